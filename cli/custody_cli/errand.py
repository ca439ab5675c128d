"""One command that signs: what is common to its acts, the question, the signatures, the answer."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import click

from custody.core import times
from custody.core.errors import HeadMovedError, RuleError, UsageError
from custody.core.keys import fingerprint
from custody.core.state import Subject as State
from custody.core.text import safe
from custody.desk import Cosigner
from custody.drafting import Draft, Request, Subject, happened, split
from custody.identity import keyfile
from custody.identity.keyfile import Identity
from custody.identity.passphrases import Unlocked
from custody.opening import local_offset, unlocked
from custody.receipts import Done
from custody_cli import leftovers, names, recording, scanning
from custody_cli.content import line
from custody_cli.moments import Moment, moment
from custody_cli.names import ItemName
from custody_cli.persons import find_identity, person_tag
from custody_cli.recording import Signing
from custody_cli.run import Run
from custody_schemas.answers import EntryAnswer, Recorded, SignedBy
from custody_schemas.declare import Act, Capacity, Kind
from custody_schemas.terms import TimeSource

MEMBERS_OF_ALL = ("late", "late_reason", "place")
# What becomes of an act that is stopped while, and after, it is signed and sent.
SIGNED = "the next act tells what became of an entry that was signed already"
RECORDED = "the entry was recorded before that"
# Families of acts that are decided on by how the items are.
HANDLING = {"transfer", "custody", "seal", "access", "court", "storage", "discrepancy"}
TAG = re.compile(r"\b[0-9a-f]{12}\b")


class Parties(NamedTuple):
    """Keys that are open, and who co-signs."""

    keys: Unlocked
    cosigners: tuple[Cosigner, ...]


class Errand:
    """What the options say, and the way from there to a recorded act."""

    def __init__(self, run: Run, signing: Signing, told: Mapping[str, Any]) -> None:
        self.run, self.signing, self.told = run, signing, told
        self.me = run.signer
        self._kept: dict[Path, str] = {}  # attachments that are in the vault
        self._opened: Parties | None = None  # keys asked for before long reading
        self._warned: set[str] = set()
        self.looked: dict[str, State | None] = {}  # items by tag, as they were when named
        self.capacity = Capacity.WITNESS  # of co-signers of whom --with does not say it

    def given(self, act: type[Act], /, *, main: bool = True, **filled: Any) -> dict[str, Any]:
        """The act's members: as typed, as `filled` by the command, and what every act says.

        main: of several acts signed at once, the one that carries remark and attachments.
        """
        common = self._of_all()
        if main:
            common |= {"note": self.signing.note, "on_behalf_of": self.signing.on_behalf_of}
            if "attachments" not in filled:
                common["attachments"] = self.attachments()
        members = {**recording.given(act, self.told), **common, **filled}
        return {name: value for name, value in members.items() if value not in (None, "", [], ())}

    def _of_all(self) -> dict[str, Any]:
        late, words = self.signing.late or (None, "")
        found = {"late": late, "late_reason": words, "place": self.signing.place}
        return {**found, "occurred": self._occurred()}

    def _occurred(self) -> dict[str, Any] | None:
        """What --at and --ended say; None: just now."""
        if self.signing.at is None:
            if self.signing.ended is not None:
                raise UsageError("--ended says when it ended: say with --at when it began")
            return None
        began = self.moment(self.signing.at)
        ended = self.moment(self.signing.ended, end=True) if self.signing.ended else None
        return happened(
            began.at,
            began.offset_min,
            precision=began.precision,
            source=TimeSource.MANUAL,
            until=ended.at if ended else None,
        )

    def moment(self, text: str, *, end: bool = False) -> Moment:
        """A time that was typed."""
        return moment(text, self.run.now(), end=end)

    def lasted(self, began: float, ended: float) -> dict[str, Any] | None:
        """`occurred` of something this very command did; None where --at says otherwise."""
        if self.signing.at is not None:
            return self._occurred()
        return happened(int(began), local_offset(began), until=int(ended))

    def attach(self, path: str) -> None:
        """One more file that goes with the entry."""
        self.signing = self.signing._replace(attach=(*self.signing.attach, Path(path)))

    def attachments(self) -> list[str]:
        """Files that go with the entry, in the vault before it is signed."""
        if self.signing.dry_run:
            return []
        for path in self.signing.attach:
            if path not in self._kept:
                self._kept[path] = line(self.run.vault.put(path), os.fsencode(path.name))
        return [self._kept[path] for path in self.signing.attach]

    def items(self, words: Sequence[str]) -> list[ItemName]:
        """The items that were named, or scanned; as they are now, the act is decided on."""
        found = scanning.items(self.run, words)
        self.looked |= {item.tag: item.state for item in found}
        return found

    def item(self, words: str) -> ItemName:
        """The one item that was named, as `items`; no list of scans stands for it."""
        found = names.find_item(self.run.ledger, words)
        self.looked[found.tag] = found.state
        return found

    def person(self, words: str) -> str:
        """Tag of a person, who may also be named by an identity on this machine."""
        return person_tag(self.run, words)

    def bring(self, actor: str | None) -> None:
        """Have a person co-sign whose keys are on this machine, if --with does not name her yet."""
        if actor in (None, self.me.actor) or actor in {i.actor for i, _ in self.cosigners()}:
            return
        for identity in keyfile.listed(self.run.identities):
            if identity.actor == actor and identity.origin == self.me.origin:
                cosigners = (*self.signing.cosigners, identity.handle)
                self.signing = self.signing._replace(cosigners=cosigners)
                return

    def on_items(
        self, act: type[Act], items: Sequence[ItemName], **filled: Any
    ) -> Iterator[Request]:
        """The act on these items: split by case, and into statements of a hundred items."""
        given = self.given(act, **filled)
        cases: dict[str, list[Subject]] = {}
        for item in items:
            cases.setdefault(item.state.case, []).append(Subject(Kind.ITEM, item.tag))
        for subjects in cases.values():
            yield from split(Request(act.NAME, tuple(subjects), given))

    def record(self, requests: Sequence[Request], summary: str, *, ask: bool = True) -> list[Done]:
        """Ask once, sign, send, and return when the proofs have verified.

        ask: whether to ask at all: not where another act takes this one back.
        """
        self.consent(requests, summary, ask=ask)
        with self.explained():
            parties = self._opened or self.parties(requests)
            desk, self.run.fate = self.run.desk, SIGNED
            seen = self._looked_at(requests)
            done = desk.record(requests, parties.keys, parties.cosigners, seen)
        self.run.fate = RECORDED
        leftovers.stop_if_done(self, requests, done)
        return done

    def _looked_at(self, requests: Sequence[Request]) -> Mapping[str, State | None] | None:
        """What must still be so when it is signed; a digest, a copy, a remark stay true anyhow."""
        handled = any(request.act.partition(".")[0] in HANDLING for request in requests)
        return self.looked if handled else None

    def consent(self, requests: Sequence[Request], summary: str, *, ask: bool = True) -> None:
        """Only show what would be signed, where that was asked for; or else ask, once."""
        recording.check_typed(requests)
        if self.signing.dry_run:
            from custody_cli.consulting import rehearsed
            from custody_cli.rehearsal import show

            rehearsed(self.run, requests, summary)
            show(self.run, self.rehearse(requests), summary)
            click.get_current_context().exit(0)
        if self.run.interactive and self._opened is None:
            self.rehearse(requests)  # nobody answers questions about what is refused anyhow
        if ask and not self.signing.yes and not self.run.as_json and self.run.interactive:
            self.run.aside(safe(summary))
            click.confirm(f"Sign this as {safe(self.me.name)}?", abort=True, err=True)

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Refusals in people's words, and word of what an earlier run left behind."""
        try:
            yield
        except (RuleError, HeadMovedError) as error:
            raise self._with_names(error) from error
        finally:
            leftovers.tell(self.run)

    def parties(self, requests: Sequence[Request]) -> Parties:
        """Unlock the keys of who signs and of who co-signs, in this order."""
        asked = self.run.passphrases(self.signing.passphrase_file)
        acts = [request.act for request in requests]
        keys = unlocked(self.me, acts, asked, self.run.environ)
        cosigners = []
        for identity, said in self.cosigners():
            opened = asked.unlock(identity, own=False)
            cosigners.append(Cosigner(identity, opened, said))
        return Parties(keys, tuple(cosigners))

    def cosigners(self) -> Iterator[tuple[Identity, Capacity]]:
        """Identities named with --with, and in what capacity."""
        for words in self.signing.cosigners:
            name, colon, capacity = words.rpartition(":")
            if colon and capacity in tuple(Capacity):
                yield find_identity(self.run, name), Capacity(capacity)
            else:
                yield find_identity(self.run, words), self.capacity

    def warn(self, text: str) -> None:
        """Say it on standard error, once."""
        if text not in self._warned:
            self._warned.add(text)
            self.run.aside(safe(text))

    def unlock(self, requests: Sequence[Request]) -> None:
        """Ask for the passphrases now: nobody waits at the end of hours of reading."""
        self._opened = self.parties(requests)

    def rehearse(self, requests: Sequence[Request]) -> list[Draft]:
        """What would be signed, past the rules: before work that a refusal would make vain.

        Raises:
            RuleError, HeadMovedError: it would be refused.
        """
        from custody_cli.rehearsal import drafts

        recording.check_typed(requests)
        parties = [(i.actor, capacity, i.key.id) for i, capacity in self.cosigners()]
        with self.explained():
            return drafts(self.run.desk, requests, parties)

    def _with_names(self, error: RuleError | HeadMovedError) -> Exception:
        """The same refusal, people and items called by their names."""
        ledger = self.run.ledger
        known = {e.tag[:12]: names.person(ledger, e.tag) for e in ledger.find(Kind.ACTOR, "")}
        text = TAG.sub(lambda found: known.get(found[0], found[0]), str(error))
        return RuleError(error.code, text) if isinstance(error, RuleError) else HeadMovedError(text)

    def answer(self, done: Sequence[Done], items: Sequence[str]) -> dict[str, Any]:
        """The members of a `Recorded` answer."""
        made = [
            EntryAnswer(
                entry=each.statement.id,
                act=each.statement.name,
                records=tuple(entry.n for entry in each.entries),
            )
            for each in done
        ]
        return {
            "items": tuple(items),
            "entries": tuple(made),
            "records": tuple(n for each in made for n in each.records),
            "at": times.spelt(done[-1].entries[0].at),
            "signed_by": tuple(self._signers(done[-1])),
        }

    def _signers(self, done: Done) -> Iterator[SignedBy]:
        for claim in done.statement.signers:
            name = names.person(self.run.ledger, claim.actor)
            yield SignedBy(name=name, key=claim.key, capacity=claim.capacity)

    def finish(self, done: Sequence[Done], summary: str, items: Sequence[str] = ()) -> None:
        """Answer with what was recorded."""
        self.tell(summary, done)
        self.run.answer(Recorded(**self.answer(done, items)))

    def tell(self, summary: str, done: Sequence[Done]) -> None:
        """What was recorded, who signed it, and where it stands, for people."""
        self.run.say(f"recorded: {safe(summary)}")
        for signer in self._signers(done[-1]):
            role = "" if signer.capacity in ("actor", "enroller") else f" as {signer.capacity}"
            key = fingerprint(signer.key, 2)
            self.run.say(f"  signed as {safe(signer.name)}{role}, key {key} …")
        found = self.answer(done, ())
        self.run.say(f"  {spelt_records(found['records'])}, {found['at']}, proofs verified")
        from custody_cli import opened  # it needs this module

        for text in opened.lines(self.run, self.looked):
            self.run.say(f"  {text}")


def spelt_records(records: Sequence[int]) -> str:
    """`record 7`, or `records 7 to 9`."""
    if len(records) == 1:
        return f"record {records[0]}"
    return f"records {records[0]} to {records[-1]}"
