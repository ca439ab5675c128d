"""STATEMENT, REDACTIONS and FRESHNESS: does what was signed agree with what was recorded?"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from custody.core import listed
from custody.core.bundle import layout
from custody.core.bundle.contents import Earlier
from custody.core.checks import erased
from custody.core.checks.erased import Erasure, Gone
from custody.core.checks.merged import Merged, Told, opened
from custody.core.checks.view import View
from custody.core.errors import CustodyError, MalformedError, ProofError
from custody.core.findings import Check, Finding, failed, judged, undetermined
from custody.core.numbers import SealNumbers, belied
from custody.core.record import Entry
from custody.core.statement import Statement
from custody.core.tree import check_consistency
from custody_schemas.acts import PrivacyErased, SealBroken, SealVerified
from custody_schemas.declare import Kind

# What cannot be asked about a record whose statement cannot be read.
NEEDS_STATEMENT = (Check.SIGNATURE, Check.KEY, Check.RULES, Check.REDACTIONS, Check.FRESHNESS)


class Trouble(NamedTuple):
    """A finding that keeps these subjects from passing its check."""

    finding: Finding
    tags: tuple[str, ...]


class Statements:
    """Reads the shown statements in the order of the log and asks what each owes."""

    def __init__(self, merged: Merged) -> None:
        self._merged = merged
        self._runs: dict[str, Told | None] = {}  # by env
        self._ids: dict[str, str] = {}  # statement id to env
        # By bundle: (size, root) to why it is not proved.
        self._earlier: dict[str, dict[tuple[int, str], str]] = {}
        self._seals = SealNumbers()
        self._erased = erased.envelopes(merged)
        self.withheld: list[tuple[Told, list[str]]] = []
        self.erasures: list[Erasure] = []
        self.gone: list[Gone] = []
        self._last_gone: dict[str, Entry] = {}  # by env
        self._people: set[str] = set()  # of whom an entry is shown
        self._named: dict[str, list[int]] = {}  # whom entries name, and their records
        for view in merged.views:
            earlier = view.contents.earlier.values()
            self._earlier[view.name] = {(e.size, e.root): unproved(view, e) for e in earlier}

    def read(self) -> Iterator[Told | Gone | Trouble]:
        """Each statement once, where its first shown record stands; what is gone, and troubles."""
        for entry in self._merged.entries():
            if (erasure := self._erased.get(entry.n)) is not None:
                yield from self._passed_over(Gone(entry, erasure))
                continue
            told = self._runs.get(entry.env)
            if entry.env not in self._runs:
                try:
                    told = self._runs[entry.env] = self._merged.told(entry)
                    yield told
                except CustodyError as error:
                    self._runs[entry.env] = None
                    yield from _unread(entry, str(error))
            elif told is None:
                yield from _unread(entry, "its signed entry could not be read")
            if told and entry.n not in told.run:
                detail = f"repeats the envelope of record {told.start}"
                yield _trouble(Check.STATEMENT, entry, detail)

    def _passed_over(self, gone: Gone) -> Iterator[Gone | Trouble]:
        """A record whose envelope was erased, and whether it can be what those say who erased it."""
        entry, erased_as = gone.entry, gone.erasure.act.entry
        self._runs[entry.env] = None
        if self._ids.setdefault(erased_as, entry.env) != entry.env:
            detail = f"was erased as the entry {erased_as}, which is that of another record"
            yield _trouble(Check.STATEMENT, entry, detail)
        other = self._last_gone.get(entry.env)
        if other and not (other.at == entry.at and other.tag < entry.tag):  # of one run
            detail = f"repeats the envelope of record {other.n}, which was erased"
            yield _trouble(Check.STATEMENT, entry, detail)
        self._last_gone[entry.env] = entry
        self.gone.append(gone)
        yield gone

    def agree(self, told: Told) -> Iterator[Finding]:
        """Do record and statement agree in every field they share, and is the run whole?"""
        made, name = told.statement, f"record {told.start}"
        if made.ledger not in {v.checkpoint.origin for v in self._merged.views if v.checkpoint}:
            yield failed(Check.STATEMENT, name, f"was signed for the ledger {made.ledger}")
        if self._ids.setdefault(made.id, told.env) != told.env:
            yield failed(Check.STATEMENT, name, f"records the entry {made.id} again")
        if told.at > made.until:
            yield failed(Check.STATEMENT, name, "was recorded after it had expired")
        for n, place in zip(told.run, made.about, strict=True):
            for view in self._merged.views:
                if n not in view.leaves and not view.leaves.keys().isdisjoint(told.run):
                    detail = f"belongs to the entry of record {told.start} and is not shown"
                    yield failed(Check.COMPLETENESS, f"{view.name}: record {n}", detail)
            leaf = self._merged.leaves.get(n)
            if leaf is None:
                continue
            found = leaf.record
            if not isinstance(found, Entry):
                detail = f"is no entry, though record {told.start} says so"
                yield failed(Check.STATEMENT, f"record {n}", detail)
            elif (found.env, found.tag, found.at) != (told.env, place.tag, told.at):
                detail = f"is not what the entry of record {told.start} says: env, tag or time"
                yield failed(Check.STATEMENT, f"record {n}", detail)
            elif (found.seq == 0) != (place.prev == ""):
                detail = "is, or is not, the first of its subject, unlike its signed entry"
                yield failed(Check.STATEMENT, f"record {n}", detail)

    @property
    def unshown(self) -> Mapping[str, list[int]]:
        """Who is named as a person, by tag, and shown as none; the records of these entries."""
        return {tag: found for tag, found in self._named.items() if tag not in self._people}

    def _take_people(self, made: Statement, n: int) -> None:
        self._people |= {place.tag for place in made.places(Kind.ACTOR)}
        for tag in made.named:
            self._named.setdefault(tag, []).append(n)

    def open(self, told: Told) -> Iterator[Finding]:
        """Take up what is disclosed of the statement; what is not, is listed as withheld."""
        for name, texts in self._merged.disclosures.get(told.env, {}).items():
            for text in texts:
                try:
                    told.opened[name] = opened(text, name, told.statement)
                except MalformedError as error:
                    yield failed(Check.REDACTIONS, f"record {told.start}", str(error))
        self._take_people(told.statement, told.start)
        if closed := sorted(told.statement.sd.keys() - told.opened.keys()):
            self.withheld.append((told, closed))
        if isinstance(told.statement.act, PrivacyErased):
            self.erasures.append(Erasure(told, told.statement.act))
        yield from self._numbers(told)
        if why := listed.belied(told):
            yield failed(Check.STATEMENT, f"record {told.start}", why, "E_DISPUTED")

    def _numbers(self, told: Told) -> Iterator[Finding]:
        """Is the verdict on a seal what comparing its numbers gives, where both are opened?"""
        made, act = told.statement, told.statement.act
        values = {name: each.value for name, each in told.opened.items()}
        verdict = act.verdict if isinstance(act, SealVerified | SealBroken) else None
        verdict = verdict or getattr(act, "seal", None)
        for place in made.places(Kind.ITEM):
            on_file = self._seals.on_file(place.tag, made.seen.size)
            if why := belied(verdict, told.text("seal_read"), on_file):
                yield failed(Check.STATEMENT, f"record {told.start}", why, "E_SEAL")
            self._seals.take(place.tag, made, told.start, values)

    def fresh(self, told: Told) -> Iterator[Finding]:
        """Had the signer seen a checkpoint of this very log? (SPEC §2)

        Each bundle proves it of its own checkpoint: another one may be of the log that the signer
        was shown, and this one of a log that she was not.
        """
        seen, name = told.statement.seen, f"record {told.start}"
        if seen.size > told.start:
            detail = f"was signed by one who had seen {seen.size} records"
            yield failed(Check.FRESHNESS, name, detail)
        for view in self._merged.views if seen.size else ():
            earlier = self._earlier[view.name]
            why = earlier.get((seen.size, seen.root), f"no proof of it is in {view.name}")
            if why and self._must_prove(view, told):
                detail = f"the signer had seen root {seen.root} at {seen.size} records: {why}"
                yield failed(Check.FRESHNESS, name, detail)

    def _must_prove(self, view: View, told: Told) -> bool:
        """Whether the bundle shows the statement, and not that it was erased since."""
        if not any(n in view.leaves for n in told.run):
            return False
        return layout.ENVELOPE.format(told.env) in view.archive.members or not any(
            each.act.envelope == told.env and each.told.start in view.leaves
            for each in self._all_erasures
        )

    @cached_property
    def _all_erasures(self) -> Sequence[Erasure]:
        return tuple(erased.recorded(self._merged))

    def strays(self) -> Iterator[Finding]:
        """Envelopes, companions and disclosures that no shown record asks for."""
        envs = self._runs.keys()
        for view, env in self._merged.unused(set(envs)):
            detail = "belongs to no record that is shown"
            yield failed(Check.STATEMENT, f"{view.name}: envelope {env}", detail)
        for env in self._merged.disclosures.keys() - envs:
            detail = "is not shown, only what it withholds"
            yield failed(Check.REDACTIONS, f"envelope {env}", detail)
        for view in self._merged.views:
            for n, each in view.contents.companions.items():
                if getattr(each.leaf.record, "env", "") not in envs:
                    detail = "is a companion of nothing that is shown"
                    yield failed(Check.STATEMENT, f"{view.name}: record {n}", detail)

    def checkpoints(self) -> Iterator[Finding]:
        """FRESHNESS of each bundle's own list: every earlier checkpoint is a beginning of it."""
        for view in self._merged.views:
            troubles = (
                failed(Check.FRESHNESS, f"{view.name}: checkpoint of {e.size} records", why)
                for e in view.contents.earlier.values()
                if (why := unproved(view, e))
            )
            count = len(view.contents.earlier)
            detail = f"{count} earlier checkpoints are beginnings of this one"
            yield from judged(Check.FRESHNESS, f"{view.name}: checkpoints seen", troubles, detail)


def _trouble(check: Check, entry: Entry, detail: str) -> Trouble:
    return Trouble(failed(check, f"record {entry.n}", detail), (entry.tag,))


def _unread(entry: Entry, detail: str) -> Iterator[Trouble]:
    yield _trouble(Check.STATEMENT, entry, detail)
    for check in NEEDS_STATEMENT:
        finding = undetermined(check, f"record {entry.n}", "its signed entry cannot be read")
        yield Trouble(finding, (entry.tag,))


def unproved(view: View, earlier: Earlier) -> str:
    """Why the earlier checkpoint is not shown to be a beginning of the bundle's; empty if it is."""
    if view.checkpoint is None:
        return "the bundle's own checkpoint cannot be read"
    try:
        root = bytes.fromhex(earlier.root)
        check_consistency(earlier.size, root, view.size, view.checkpoint.root, earlier.path)
    except ProofError as error:
        return str(error)
    return ""
