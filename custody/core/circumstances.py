"""What an act says against the record-keeping in view of what stood before and after it. (R68)

`against` reads an act by itself; here are the subjects as they were and as they became, and the
records of the entries that an act cites.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from custody.core import times
from custody.core.against import COMPARED, NOT_STATED, spaced
from custody.core.checks.merged import Told
from custody.core.listed import weak
from custody.core.rules.cases import in_force
from custody.core.rules.items import sealed
from custody.core.state import Authority, Case, Copy, Item, LedgerFacts, Subject
from custody.core.vouching import answered, one_enroller
from custody_schemas import acts
from custody_schemas.declare import Capacity, Kind
from custody_schemas.terms import (
    Answer,
    AuthorityEnd,
    Automation,
    CopyFate,
    Countersignature,
    ReviewOutcome,
)

Found = Iterator[tuple[str, str]]  # kind and words
SOFTWARE: Mapping[Automation, str] = {
    Automation.AUTOMATED: "software decided by itself",
    Automation.AI_ASSISTED: "a learned model took part",
    Automation.AI: "a learned model decided",
}
# Ends of a legal basis that are no fulfilment of it.
UNDONE: Mapping[AuthorityEnd, str] = {
    AuthorityEnd.REVOKED: "was revoked",
    AuthorityEnd.QUASHED: "was quashed",
    AuthorityEnd.WITHDRAWN: "was withdrawn",
    AuthorityEnd.NOT_RATIFIED: "was not ratified",
    AuthorityEnd.OTHER: "no longer holds",
}
RULES: Mapping[str, str] = {
    "version": "version of the rules",
    "late_after": "seconds after which an entry is late",
    "ahead": "seconds by which clocks may disagree",
    "approvers": "people who must approve an override",
}
ENROLLED = "one person enrolled {}, or is one of them"


class Setting(NamedTuple):
    """One entry, the shown subjects that it concerns before it, and all after it.

    name: what a subject is called. record: words for the record of an entry, by its id.
    """

    told: Told
    before: Mapping[str, Subject | None]
    after: Mapping[str, Subject]
    name: Callable[[str], str]
    record: Callable[[str], str]

    @property
    def items(self) -> list[Item]:
        """The items as they were."""
        tags = (place.tag for place in self.told.statement.places(Kind.ITEM))
        return [item for tag in tags if isinstance(item := self.before.get(tag), Item)]


def of_setting(setting: Setting) -> Found:
    """Kind and words of each fact that the act states in view of its setting."""
    yield from _of_kind(setting)
    made = setting.told.statement
    for words in answered(made, setting.items, setting.after, setting.name):
        yield "same enroller", words


def _of_kind(setting: Setting) -> Found:
    match setting.told.statement.act:
        case acts.ItemAcquired() as act:
            yield from _of_acquisition(act, setting)
        case acts.ItemReceived() as act:
            yield from _of_receipt(act, setting)
        case acts.TransferAccepted():
            yield from _accepted(setting)
        case acts.CustodyAssumed() as act:
            yield from _assumed(act, setting)
        case acts.CopyReturned() as act:
            yield from _copy_back(act, setting)
        case acts.AnalysisRecorded() as act:
            yield from _analysed(act, setting)
        case acts.AnalysisReviewed(outcome=ReviewOutcome.NOT_CONFIRMED) as act:
            remarks = _reason(setting, "remarks")
            of = setting.record(act.analysis)
            yield "analysis", f"a review did not confirm the analysis of {of}{remarks}"
        case acts.StatementCountersigned(position=Countersignature.OBJECTS) as act:
            who = setting.name(setting.told.statement.by)
            yield "objection", f"{who} signed an objection to {setting.record(act.entry)}"
        case acts.DiscrepancyResolved() as act:
            words = f"a discrepancy ({spaced(act.kind)}) of {setting.record(act.discrepancy)} ended"
            yield "discrepancy", f"{words}: {spaced(act.outcome)}"
        case acts.CorrectionRecorded() as act:
            yield from _corrected(act, setting)
        case acts.AuthorityEnded() as act:
            yield from _undone(act, setting)
        case acts.CaseClosed():
            yield from _closed(setting)
        case acts.KeyRegistered() | acts.KeyRotated():
            yield from _unasked(setting)
        case acts.LedgerRulesChanged() as act:
            yield from _rules(act, setting)
        case acts.LedgerOpened(continues=lost) if lost is not None:
            words = f"this ledger continues a lost one, {lost.origin}, with {lost.size} records"
            yield "lost ledger", f"{words}: what they say is not here"


def _of_acquisition(act: acts.ItemAcquired, setting: Setting) -> Found:
    if act.read_errors is None:
        yield NOT_STATED, "read errors"
    elif act.read_errors:
        yield "source", f"{act.read_errors} read errors"
    if act.authority is None:
        yield "authority", "acquired without a legal basis on file"
    else:
        yield from _not_in_force(act.authority, act, setting)


def _of_receipt(act: acts.ItemReceived, setting: Setting) -> Found:
    if act.content is not None and act.supplied is None:
        yield "received", "no digests came with it that it could be compared with"
    if differs := setting.told.lines("differs"):
        if act.supplied in COMPARED:
            what = "files that differ from the digests that came with them"
            yield "digest", f"{what}: {len(differs)}"
        else:  # what is handed in is said to be a part of what the list names
            yield "received", f"named in the list that came with it, and not there: {len(differs)}"
    if weak(setting.told):
        yield (
            "received",
            "the digests that came with it are MD5 or SHA-1 alone, which can be forged",
        )
    if act.delete_by is not None:
        yield "use limit", f"the giver wants it deleted by {act.delete_by}"
    if act.former is not None:
        lost = act.former
        words = f"its earlier history is in a lost ledger, {lost.origin}: {lost.count} records"
        yield "lost ledger", f"{words} there, which are not here"
    if act.authority is None:
        yield "authority", "received without a legal basis on file"
    else:
        yield from _not_in_force(act.authority, act, setting)


def _not_in_force(authority: str, act: acts.Common, setting: Setting) -> Found:
    for found in rested_on(authority, setting):
        if not in_force(found, times.seconds(act.occurred.at)):
            words = f"the {spaced(found.kind)} was not in force at {act.occurred.at}"
            yield "authority", words


def rested_on(authority: str, setting: Setting) -> Iterator[Authority]:
    """The legal basis of that id in the case of the entry's items, where the case is shown."""
    for case in {item.case for item in setting.items}:
        state = setting.after.get(case)
        if isinstance(state, Case):  # pragma: no branch - without its case an item has no state
            yield from (each for each in state.authorities if each.id == authority)


def _accepted(setting: Setting) -> Found:
    taker = setting.told.statement.by
    givers = [item.transfer.by for item in setting.items if item.transfer is not None]
    if any(one_enroller(giver, taker, setting.after) for giver in givers):
        yield "same enroller", ENROLLED.format("the giver and the receiver")


def _assumed(act: acts.CustodyAssumed, setting: Setting) -> Found:
    """R45, design §5: from whom, why, and what of hers was open."""
    holders = dict.fromkeys(item.holder for item in setting.items if item.holder)
    names = " and ".join(map(setting.name, holders)) or "a holder who is not shown"
    words = f"taken over from {names}, who could not hand it over: {spaced(act.reason)}"
    if any(item.transfer for item in setting.items):
        words += "; an open hand-over ended with it"
    if any(item.out for item in setting.items):
        words += "; it was checked out at the time"
    yield "takeover", words
    made = setting.told.statement
    if any(one_enroller(made.by, x, setting.after) for x in made.signing(Capacity.APPROVER)):
        yield "same enroller", ENROLLED.format("the two who took it over")


def _copy_back(act: acts.CopyReturned, setting: Setting) -> Found:
    """R25, R75: what became of a working copy, and whether it was still the same."""
    copies = [copy for item in setting.items for copy in item.copies if copy.id == act.copy]
    name = f"copy {copies[0].number}" if copies else "a copy"
    signed = {signer.actor for signer in setting.told.statement.signers}
    for copy in copies:
        if copy.to is None or (copy.to not in signed and act.fate is not CopyFate.RETURNED):
            had, fate = whom(copy, setting.name), spaced(act.fate)
            yield "copy", f"{name} was with {had}, who did not sign what became of it: {fate}"
    if act.fate is CopyFate.LOST:
        yield "copy", f"{name} was lost"
    if act.fate is CopyFate.RETAINED:
        yield "copy", f"{name} was not given back: who got it keeps it"
    if act.hash in COMPARED:
        yield "copy", f"{name}, compared with the digests on file: {spaced(str(act.hash))}"
    if act.hash is None and act.fate is CopyFate.RETURNED:
        yield NOT_STATED, f"whether {name} still matched when it came back"


def _analysed(act: acts.AnalysisRecorded, setting: Setting) -> Found:
    """R27, R51: originals that were examined, and software whose word nobody reviewed."""
    why = _reason(setting, "override_reason", "impact")
    if act.original is not None:
        words = ", ".join(("the original was examined", *dict.fromkeys(_spared(setting.items))))
        yield "analysis", f"{words}: {spaced(act.original)}{why}"
    elif act.working_copy is Answer.NO:
        yield "analysis", f"the item itself was examined, and no working copy of it{why}"
    if act.automation in SOFTWARE and act.human_review is not Answer.YES:
        words = "and nobody says that a person reviewed what it put out"
        if act.human_review is Answer.NO:
            words = "and nobody reviewed what it put out"
        yield "analysis", f"{SOFTWARE[act.automation]}, {words}"


def _spared(items: Iterable[Item]) -> Iterator[str]:
    """Why each original should have been left alone."""
    for item in items:
        if item.copied:
            yield "though a verified copy of it is on file"
        if sealed(item):
            yield "though it is recorded as sealed"


def _corrected(act: acts.CorrectionRecorded, setting: Setting) -> Found:
    record = setting.record(act.corrects)
    if act.annuls:
        yield "correction", f"an entry was annulled ({spaced(act.reason)}): {record}, {act.act}"
    else:
        field = spaced(act.field or "")
        yield "correction", f"a field of an earlier entry was corrected: {field}, in {record}"
    if act.for_absent is not None:
        why = spaced(act.for_absent)
        yield "correction", f"{record} was corrected for its signer, who is absent ({why})"


def _undone(act: acts.AuthorityEnded, setting: Setting) -> Found:
    if act.cause not in UNDONE:
        return
    for place in setting.told.statement.places(Kind.CASE):
        case = setting.after.get(place.tag)
        for each in case.authorities if isinstance(case, Case) else ():
            if each.id == act.authority:
                words = f"the {spaced(each.kind)} {UNDONE[act.cause]} as of {act.ended_at}"
                yield "authority", words


def _closed(setting: Setting) -> Found:
    closed = {place.tag for place in setting.told.statement.places(Kind.CASE)}
    for tag, item in setting.after.items():
        if isinstance(item, Item) and item.case in closed and (things := ", ".join(_open(item))):
            yield "closed case", f"the case was closed with {setting.name(tag)} left open: {things}"


def _open(item: Item) -> Iterator[str]:
    """What still goes on with an item, in words."""
    if item.transfer is not None:
        yield "a hand-over"
    if item.out is not None:
        yield "a check-out"
    yield from (f"copy {copy.number}" for copy in item.copies)
    yield from (f"a discrepancy ({spaced(each.kind)})" for each in item.discrepancies)


def _unasked(setting: Setting) -> Found:
    """The person whom the key is for did not sign the entry herself."""
    made = setting.told.statement
    if {place.tag for place in made.about}.isdisjoint(signer.actor for signer in made.signers):
        yield "key", "a key was registered for this person without her own signature"


def _rules(act: acts.LedgerRulesChanged, setting: Setting) -> Found:
    """R129: each parameter that changed, with what it was."""
    for was in (s.rules for s in setting.before.values() if isinstance(s, LedgerFacts)):
        for name, words in RULES.items():
            old, new = getattr(was, name), getattr(act.rules, name)
            if old != new:
                yield "rules", f"the ledger's rules changed: {words}: {new}, and {old} before"


def whom(copy: Copy, name: Callable[[str], str]) -> str:
    """Who got a copy, in words."""
    return (
        name(copy.to) if copy.to else f"somebody without an account ({spaced(str(copy.outside))})"
    )


def _reason(setting: Setting, *fields: str) -> str:
    words = setting.told.text(*fields)
    return f" ({words})" if words else ""
