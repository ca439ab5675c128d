"""The examination of one or several bundles: every question asked, every answer reported.

Offline, without state, and without believing anything that the bundles say of themselves: whom to
believe stands in the trust file, which the reader brings.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from custody.core.adverse import Adverse
from custody.core.bundle.archive import Archive
from custody.core.bundle.contents import Leaf, read_contents
from custody.core.checks import bag, chains, compare, log, mirror
from custody.core.checks.erased import Gone
from custody.core.checks.evidence import Evidence, OnFile
from custody.core.checks.exporter import Exported
from custody.core.checks.labels import Labels, recomputed
from custody.core.checks.merged import Merged, Told
from custody.core.checks.promise import Promise, brings_keys, cases_of, since, whole_cases
from custody.core.checks.redacted import Redactions
from custody.core.checks.replay import Replay
from custody.core.checks.statements import Statements, Trouble
from custody.core.checks.view import View
from custody.core.digest import Progress, Unchanging
from custody.core.errors import MalformedError, UsageError
from custody.core.findings import Check, Finding, Outcome, Report, Source, failed
from custody.core.sources import anchor_of, read_checkpoint, seen_keys, source_of
from custody.core.summary import Registered, leading, not_proved, proved, withheld
from custody.core.trust import TrustFile
from custody_schemas.acts import (
    ActorRegistered,
    CaseOpened,
    ExportPrepared,
    ItemRegistered,
    LedgerOpened,
)
from custody_schemas.declare import Kind

if TYPE_CHECKING:
    from pathlib import Path  # slow to load

PER_SUBJECT = (
    Check.STATEMENT,
    Check.SIGNATURE,
    Check.KEY,
    Check.RULES,
    Check.REDACTIONS,
    Check.FRESHNESS,
)


def verify(
    bundles: Sequence["Path"],
    trust: TrustFile | None,
    proofs: Sequence[bytes] = (),
    progress: Progress | None = None,
) -> Report:
    """Examine bundles of one ledger together, with proofs of recording that somebody kept.

    progress: told how many bytes more were read; each bundle is read twice, whole and file by file

    Raises:
        StorageError: a file cannot be read.
        UsageError: no bundle, or bundles of different ledgers.
    """
    if not bundles:
        raise UsageError("name at least one bundle")
    with ExitStack() as stack:
        examination = Examination(trust, progress)
        for path in bundles:
            examination.open(path, stack)
        return examination.report(proofs)


class Examination:
    """What is known so far; `open` every bundle, then ask for the `report`."""

    def __init__(self, trust: TrustFile | None, progress: Progress | None) -> None:
        self._trust, self._progress = trust, progress
        self._views: list[View] = []
        self._sources: list[Source] = []
        self._findings: list[Finding] = []
        self._labels = Labels()
        self._adverse = Adverse(self._labels)
        self._exports: dict[str, Told] = {}  # what prepared them, by statement id
        self._registered: list[Registered] = []
        self._on_file = OnFile()
        self._attached: dict[str, str] = {}  # SHA-256 to record and name
        self._promise = Promise()
        self._redactions = Redactions()
        self._since: list[str] = []  # bundles made later than they were announced

    def open(self, path: "Path", stack: ExitStack) -> None:
        """Take in one bundle. A zip that cannot be read is a finding like any other."""
        known = {source.name for source in self._sources}
        name = str(path) if path.name in known else path.name
        while name in known:  # findings say which of them they are about
            name += " (again)"
        whole = stack.enter_context(Unchanging(path.resolve()))  # what is hashed is what is read
        sums, file = whole.digests(self._progress), stack.enter_context(whole.again())
        try:
            archive = Archive(file)
        except MalformedError as error:
            self._findings.append(failed(Check.STRUCTURE, name, str(error)))
            self._sources.append(Source(name, sums.sha256, sums.size))
            return
        contents, checkpoint = read_contents(archive), None
        if contents.note:
            try:
                checkpoint = read_checkpoint(contents.note.text)
            except MalformedError as error:
                self._findings.append(failed(Check.CHECKPOINT, name, str(error)))
        view = View(name, archive, contents, checkpoint)
        self._views.append(view)
        self._sources.append(source_of(view, sums.sha256, sums.size))
        if len({each.origin for each in self._sources if each.origin}) > 1:
            raise UsageError("these bundles are of different ledgers: verify them one by one")

    def report(self, proofs: Sequence[bytes]) -> Report:
        """Ask everything."""
        for view in self._views:
            self._labels.learn(view.contents, view.checkpoint.origin if view.checkpoint else "")
            self._findings += log.checkpoint(view, self._trust)
            view.included = log.included(view)
        merged = Merged(self._views)
        statements, replay = Statements(merged), Replay(merged)
        self._ask(merged, statements, replay, proofs)
        now = max((view.tally.at for view in self._views if view.tally), default=0)
        self._adverse.finish(replay.past.states, now)
        return self._told(merged, statements, replay)

    def _ask(
        self, merged: Merged, statements: Statements, replay: Replay, proofs: Sequence[bytes]
    ) -> None:
        """Every check, in the order in which each knows what it needs of the others."""
        self._findings += self._replayed(merged, statements, replay)
        for view in self._views:
            self._findings += self._one(view)
        self._findings += self._compared(proofs, replay)
        replay.past.n = -1  # everything shown may be asked for now, as of its last record
        for view in self._views:
            self._findings += self._whole(view, replay, merged)
            prepared = self._prepared(view, Exported(view))
            asked = view, prepared, merged, statements.erasures, self._labels
            self._findings += self._redactions.check(*asked)
        self._findings += recomputed(replay.past.states, self._labels)
        self._findings.append(log.genesis(merged.leaves.get(0), self._trust))

    def _told(self, merged: Merged, statements: Statements, replay: Replay) -> Report:
        """What was found, in the blocks of the report. (design §4)"""
        findings = tuple(sorted(self._findings, key=lambda f: list(Check).index(f.check)))
        keyless = [v for v in self._views if not brings_keys(v, replay.past.states, self._labels)]
        return Report(
            findings=findings,
            leading=leading(findings, self._views, self._trust),
            adverse=tuple(self._adverse.facts),
            proved=proved(findings),
            not_proved=not_proved(
                findings,
                self._views,
                keyless,
                self._attached,
                self._trust,
                self._adverse.unreviewed,
                statements,
                self._since,
            ),
            withheld=withheld(
                findings,
                merged,
                statements,
                self._registered,
                self._attached,
                self._labels,
                self._redactions,
            ),
            sources=tuple(self._sources),
            trust=anchor_of(self._trust),
            seen_keys=seen_keys(merged, replay),
        )

    def _one(self, view: View) -> Iterator[Finding]:
        """What can be asked of a bundle by itself; files are measured first."""
        yield from bag.fixity(view, self._progress)
        yield from bag.structure(view)
        yield log.timestamp(view, self._trust)
        yield from log.inclusion(view, self._labels)
        yield from chains.chain(view, self._labels)
        yield from chains.completeness(view, self._labels)

    def _replayed(
        self, merged: Merged, statements: Statements, replay: Replay
    ) -> Iterator[Finding]:
        """Every statement in the order of the log; then one pass for each untroubled subject."""
        troubled: set[tuple[Check, str]] = set()
        for told in statements.read():
            if isinstance(told, Gone):
                replay.pass_over(told)
                continue
            for trouble in (
                (told,)
                if isinstance(told, Trouble)
                else self._told_of(told, merged, statements, replay)
            ):
                troubled |= {(trouble.finding.check, tag) for tag in trouble.tags}
                yield trouble.finding
        yield from statements.strays()
        yield from statements.checkpoints()
        counts = Counter(entry.tag for entry in merged.entries())
        gone = Counter(each.entry.tag for each in statements.gone)
        for check in PER_SUBJECT:
            for tag, count in counts.items():
                if (check, tag) not in troubled:
                    detail = f"{count - gone[tag]} entries"
                    detail += f", and {gone[tag]} that was erased" if gone[tag] else ""
                    yield Finding(check, Outcome.PASSED, self._labels.of(tag), detail)

    def _told_of(
        self, told: Told, merged: Merged, statements: Statements, replay: Replay
    ) -> Iterator[Trouble]:
        tags = tuple(p.tag for p in told.statement.about if p.tag in merged.reach)
        before = {tag: replay.past.states.get(tag) for tag in tags}
        for finding in (*statements.open(told), *statements.agree(told), *statements.fresh(told)):
            yield Trouble(finding, tags)
        self._remember(told)
        yield from replay.step(told)
        self._adverse.take(told, before, replay.past.states)

    def _remember(self, told: Told) -> None:
        made = told.statement
        self._promise.take(told)
        self._redactions.take(told)
        if isinstance(made.act, ExportPrepared):
            self._exports[made.id] = told
        self._on_file.take(told)
        for digest, name in told.attached():
            self._attached.setdefault(digest, f"record {told.start}: {name}")
        if isinstance(made.act, ItemRegistered):
            tag, exhibit = made.places(Kind.ITEM)[0].tag, told.text("exhibit")
            self._registered.append(Registered(tag, made.act, exhibit))
            self._labels.number(tag, made.act.number, exhibit)
        if isinstance(made.act, CaseOpened):
            self._labels.references[made.places(Kind.CASE)[0].tag] = told.text("reference")
        if isinstance(made.act, ActorRegistered | LedgerOpened):
            self._labels.call(made.places(Kind.ACTOR)[0].tag, told.text("name"))

    def _whole(self, view: View, replay: Replay, merged: Merged) -> Iterator[Finding]:
        """What needs the states: who exported, and which content was signed."""
        prepared = self._prepared(view, exported := Exported(view))
        digest = next(source.sha256 for source in self._sources if source.name == view.name)
        remade = self._promise.remade(exported.export, digest)
        yield from exported.check(prepared, replay.past, merged.of_view[view.name], remade)
        on_file = self._promise.on_file(exported.export, digest)
        self._adverse.found(exported.doubtful(prepared, replay.past, on_file))
        self._since += since(view, prepared)
        yield from self._promise.check(view, prepared, self._labels)
        evidence = Evidence(view, self._on_file)
        self._adverse.found(evidence.unread(self._labels))
        sensitive = self._redactions.sensitive(replay.past.states)
        yield from evidence.check(prepared, self._labels, sensitive)

    def _prepared(self, view: View, exported: Exported) -> Told | None:
        """What announced the bundle, if it shows that itself."""
        prepared = self._exports.get(exported.export)
        return prepared if prepared and prepared.start in view.contents.records else None

    def _compared(self, proofs: Sequence[bytes], replay: Replay) -> Iterator[Finding]:
        """Bundles and proofs against each other, and each mirror against all of them."""
        kept: list[compare.Shown] = []
        for number, data in enumerate(proofs, 1):
            proof = compare.read_proof(f"proof {number}", data, self._trust)
            if isinstance(proof, Finding):
                yield proof
            else:
                kept.append(proof)
                yield from compare.unanswered(proof, self._views)
        sources = [*map(compare.shown, self._views), *kept]
        yield from compare.forks(sources)
        known: dict[int, Leaf] = {}
        for source in sources:
            known = dict(source.leaves) | known
        for place, view in enumerate(self._views):
            others = sources[:place] + sources[place + 1 :]
            cases = whole_cases(view, self._prepared(view, Exported(view)), self._labels)
            if others:
                yield from compare.held_back(view, others, self._labels, cases.values())
            whole = bool(cases) and cases.keys() >= cases_of(view, replay.past.states)
            yield from mirror.mirror(view, self._labels, known, others, cases, whole)
