"""The lists of a report that are said in sentences: what leads, proved, not proved, withheld."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from custody.core.bundle import layout
from custody.core.checks import bag, compare
from custody.core.checks.erased import Gone, fields
from custody.core.checks.evidence import NOT_RECORDED
from custody.core.checks.labels import Labels
from custody.core.checks.merged import Merged
from custody.core.checks.redacted import Redactions
from custody.core.checks.statements import Statements
from custody.core.checks.view import View
from custody.core.errors import SignatureError
from custody.core.findings import Check, Finding, Outcome
from custody.core.record import Entry
from custody.core.trust import TrustFile
from custody_schemas.acts import ItemRegistered

PROVES = {
    Check.STRUCTURE: "each bundle is one closed bag, and its tags are made from the keys it opens",
    Check.FIXITY: "the files are those listed in two manifests, which the exporter signed",
    Check.EVIDENCE: "the evidence files are those whose digests were signed",
    Check.CHECKPOINT: "the log signed the checkpoint",
    Check.WITNESSES: "as many independent parties as required countersigned the checkpoint",
    Check.TIMESTAMP: "the checkpoint was time-stamped",
    Check.INCLUSION: "the records shown stand in the log under the checkpoint",
    Check.CHAIN: "each record names the one before it",
    Check.COMPLETENESS: "the chains shown are whole, at the level stated",
    Check.STATEMENT: "what was signed is what was recorded, in every field they share",
    Check.SIGNATURE: "the entries were signed by the keys that they name",
    Check.KEY: "these keys were enrolled, and not revoked, when the entries were recorded",
    Check.RULES: "every act was allowed by the rules in force when it was recorded",
    Check.REDACTIONS: "every field is either opened, and was signed so, or listed as withheld",
    Check.FRESHNESS: "every signer had seen an earlier state of this same log",
}
NEVER = (
    "that what people wrote is true",
    "who was at the keyboard when a key was used",
    "what happened before the seizure, or without an entry being made",
)
NO_MIRROR = (
    "that nothing was left out, beyond the operator's signed tally (level C1): {} carries no "
    "mirror of the log; other bundles and proofs of recording can show a false tally"
)
CHOSEN = "that the case has no other items: {} shows chosen ones, and brings no key of a whole case"
NO_WITNESS = (
    "that others are shown the same log: no trust file asks for independent countersignatures"
)
NO_TIME = "when it was recorded, beyond the ledger's own clock: no time stamp was asked for"
NO_REVIEW = "that another examiner went over the analysis in {}: no review of it is on file for {}"
ERASED = (
    "that the entry of record {}, which was erased, was a {} and changed nothing: that is the word "
    "of those who signed record {}"
)
NAMED = "that there is a person {:.12}, whom record {} names: nothing of her is shown"
ANNOUNCED = "that a bundle of this content was announced to anybody: {}"
OTHER_LEDGER = (
    "this bundle is not from the ledger that the trust file names: wrong trust file, or another "
    "ledger"
)
OWN_WORD = "only within the bundle's own word, because of {}:"
UNVOUCHED = (
    "in the bundle, not vouched for by any signed entry: {} has files that are the exporter's own "
    "word: {}"
)
# What a reader rests everything else on: whose log it is, and whose keys.
GROUND = (Check.CHECKPOINT, Check.KEY)
BAD = (Outcome.FAILED, Outcome.UNDETERMINED)
MEDIA = (
    "what is inside forensic images: their files were hashed, the media in them not decoded, nor "
    "compared again with the hash that is stored in them"
)


class Registered(NamedTuple):
    """An item that a shown entry registered; `exhibit` is '' where that is withheld."""

    tag: str
    act: ItemRegistered
    exhibit: str


def leading(
    findings: Sequence[Finding], views: Sequence[View], trust: TrustFile | None
) -> tuple[str, ...]:
    """What a reader must not overlook: another ledger's bundle, and evidence that was changed."""
    foreign = [view.name for view in views if trust and not _from_ledger(view, trust)]
    changed = dict.fromkeys(f.subject for f in findings if f.detail.startswith(NOT_RECORDED))
    return (
        *(f"{name}: {OTHER_LEDGER}" for name in foreign),
        *(f"{subject} {NOT_RECORDED}" for subject in changed),
    )


def _from_ledger(view: View, trust: TrustFile) -> bool:
    """Whether the trust file's log signed the checkpoint; one that cannot be read is no other's."""
    if view.checkpoint is None or view.contents.note is None:
        return True
    try:
        trust.judge(view.contents.note)
    except SignatureError:
        return False
    return True


def proved(findings: Sequence[Finding]) -> tuple[str, ...]:
    """A counted sentence for each check that passed for something."""
    shaky = [
        check for check in GROUND if any(f.check is check and f.outcome in BAD for f in findings)
    ]
    passed = Counter(f.check for f in findings if f.outcome is Outcome.PASSED)
    made = Counter(f.check for f in findings if f.outcome is not Outcome.NOT_REQUIRED)
    sentences = []
    for check, count in sorted(passed.items(), key=lambda each: list(Check).index(each[0])):
        part = "" if count == made[check] else "in part only: "
        sentences.append(f"{part}{PROVES[check]} ({check}: {count} of {made[check]})")
    levels = (f.detail for f in findings if f.outcome is Outcome.PASSED)
    sentences += (detail for detail in levels if detail.startswith(("C2: ", "C3: ")))
    if shaky and sentences:
        sentences.insert(0, OWN_WORD.format(" and ".join(shaky)))
    return tuple(sentences)


def not_proved(
    findings: Sequence[Finding],
    views: Sequence[View],
    chosen: Sequence[View],
    attached: Mapping[str, str],
    trust: TrustFile | None,
    unreviewed: Iterable[tuple[str, str]] = (),
    statements: Statements | None = None,
    since: Iterable[str] = (),
) -> tuple[str, ...]:
    """What failed, was not asked for or answered, and what no bundle can answer.

    chosen: those that do not bring the key of each case that they show
    unreviewed: records of analyses that nobody else went over, and their items
    statements: entries that were erased whole, and people who are named and not shown
    since: bundles that show more than there was when they were announced
    """
    said = []
    for check in Check:
        found = Counter(f.outcome for f in findings if f.check is check)
        words = (
            (Outcome.FAILED, "FAILED"),
            (Outcome.UNDETERMINED, "not determined"),
        )
        whys = [f"{found[outcome]} {word}" for outcome, word in words if found[outcome]]
        if whys or not found:
            said.append(f"{PROVES[check]} ({check}: {', '.join(whys) or 'nothing to examine'})")
    said += (NO_MIRROR.format(v.name) for v in views if layout.MIRROR not in v.archive.members)
    said += (CHOSEN.format(view.name) for view in chosen)
    if trust is None or not trust.witnesses:
        said.append(NO_WITNESS)
    if trust is None or not trust.tsa:
        said.append(NO_TIME)
    if any(path.startswith(layout.ITEMS) for view in views for path in view.archive.members):
        said.append(MEDIA)
    said += (NO_REVIEW.format(*each) for each in unreviewed)
    if statements:
        said += map(_erased, statements.gone)
        said += (NAMED.format(tag, found[0]) for tag, found in statements.unshown.items())
    said += (ANNOUNCED.format(each) for each in since)
    return (*said, *_own_word(views, attached), *compare.unlinked(views), *NEVER)


def _erased(gone: Gone) -> str:
    return ERASED.format(gone.entry.n, gone.erasure.act.act, gone.erasure.told.start)


def withheld(
    findings: Sequence[Finding],
    merged: Merged,
    statements: Statements,
    registered: Sequence[Registered],
    attached: Mapping[str, str],
    labels: Labels,
    redactions: Redactions,
) -> tuple[str, ...]:
    """What was announced, fields not opened, subjects not shown, content not enclosed."""
    return (
        *redactions.said,
        *_fields(statements, redactions.why),
        *(f"{f.subject}: {f.detail}" for f in findings if _not_enclosed(f)),
        *_documents(merged.views, attached),
        *_items(merged, registered, labels),
        *_blinded(merged),
    )


def _not_enclosed(finding: Finding) -> bool:
    return finding.check is Check.EVIDENCE and finding.outcome is Outcome.NOT_REQUIRED


def _fields(statements: Statements, whys: Mapping[tuple[str, str], str]) -> Iterator[str]:
    erased = fields(statements.erasures)
    for told, names in statements.withheld:
        where = f"record {told.start} ({told.statement.name})"
        gone = [name for name in names if (told.statement.id, name) in erased]
        by_why: dict[str, list[str]] = {}
        for name in names:
            if name not in gone:
                by_why.setdefault(whys.get((told.env, name), ""), []).append(name)
        for why, kept in by_why.items():
            yield f"{where}: {', '.join(kept)}" + (f"; {why}" if why else "")
        yield from (f"{where}: {name}, {erased[told.statement.id, name].words}" for name in gone)
    for each in statements.gone:
        yield f"record {each.entry.n} ({each.erasure.act.act}): the whole entry, {each.erasure.words}"


def _documents(views: Sequence[View], attached: Mapping[str, str]) -> Iterator[str]:
    there = {
        sums.sha256
        for view in views
        for path, sums in view.sums.items()
        if path.startswith(layout.DOCUMENTS)
    }
    for sha256, name in attached.items():
        if sha256 not in there:
            yield f"{name}, attached to an entry and not enclosed (SHA-256 {sha256})"


def _items(merged: Merged, registered: Sequence[Registered], labels: Labels) -> Iterator[str]:
    for tag, act, reference in registered:
        if tag not in merged.reach:
            exhibit = f" ({reference})" if reference else ""
            case = labels.of(act.case)
            yield f"item {act.number}{exhibit} of {case}, registered and not shown"


def _blinded(merged: Merged) -> Iterator[str]:
    others = {
        leaf.record.tag
        for leaf in merged.leaves.values()
        if isinstance(leaf.record, Entry) and leaf.record.tag not in merged.reach
    }
    if others:
        yield f"{len(others)} other subjects that take part in shown entries: blinded tags only"


def _own_word(views: Sequence[View], attached: Mapping[str, str]) -> Iterator[str]:
    for view in views:
        paths = [
            path
            for path in bag.unvouched(view)
            if path not in view.sums or view.sums[path].sha256 not in attached
        ]
        if paths:
            folders = Counter(path.rpartition("/")[0] for path in paths)
            names = ", ".join(f"{count} in {name}" for name, count in sorted(folders.items()))
            yield UNVOUCHED.format(view.name, names)
