"""What acts on holds, retention and proceedings say against the record. (R31, R70–R73)

None of it is against the rules: it is what somebody would ask who needed the evidence, and finds
that it is gone, or soon will be.
"""

from collections.abc import Iterable, Iterator, Mapping

from custody.core import times
from custody.core.against import spaced
from custody.core.circumstances import Found, Setting
from custody.core.kept import LoadedPack
from custody.core.retention import LineAt, longest, retained
from custody.core.rules.rights import Right, rights_of
from custody.core.state import Actor, Case, Item, LedgerFacts, Subject
from custody_schemas import acts
from custody_schemas.declare import Kind
from custody_schemas.terms import CaseStatus, OffenceSeverity

UNSAID = (CaseStatus.CLOSED, CaseStatus.NOT_STATED)  # nothing is said of where they stand
GRAVITY = (OffenceSeverity.MINOR, OffenceSeverity.SERIOUS, OffenceSeverity.VERY_SERIOUS)


class Keeping:
    """Remembers who alone said where the proceedings stand."""

    def __init__(self) -> None:
        self._said: dict[str, str] = {}  # by case: the person

    def take(self, setting: Setting) -> Found:
        """Kind and words of each fact of one entry."""
        match setting.told.statement.act:
            case acts.RetentionAssigned() as act:
                yield from _assigned(act)
            case acts.RetentionChanged():
                yield from _shortened(setting)
            case acts.HoldReleased() as act:
                yield "hold", f"the hold of {setting.record(act.hold)} was released"
            case acts.CaseStatusChanged() as act:
                yield from self._stands(act.status, act.effective_at, setting)
            case acts.CaseClosed() | acts.CaseReopened() as act if act.status not in UNSAID:
                yield from self._stands(act.status, act.occurred.until or act.occurred.at, setting)
            case acts.PackLoaded() as act:
                yield from _loaded(act, setting)
            case acts.DispositionBegun():
                yield from _former(setting)
            case acts.DispositionExecuted():
                yield from self._rested(setting)
                yield from _former(setting)

    def _stands(self, status: CaseStatus, since: str, setting: Setting) -> Found:
        made = setting.told.statement
        (place,) = made.places(Kind.CASE)
        alone = {signer.actor for signer in made.signers} == {made.by}
        self._said.pop(place.tag, None)
        if alone:
            self._said[place.tag] = made.by
            words = f"{spaced(status)} since {since}"
            yield "proceedings", f"on the word of {setting.name(made.by)} alone: {words}"
        before, after = setting.before.get(place.tag), setting.after.get(place.tag)
        if isinstance(before, Case) and isinstance(after, Case):
            yield from (("proceedings", words) for words in _sooner(before, after))

    def _rested(self, setting: Setting) -> Found:
        """Who asked for a disposition, or approved it, had said alone what its dates run from."""
        for item in setting.items:
            asked = item.disposition
            took_part = {setting.told.statement.by}
            took_part |= {asked.by, *asked.approved} if asked else set()
            who = self._said.get(item.case)
            if who in took_part:
                name = setting.name(who)
                yield "disposition", f"{name} took part, and alone said where the proceedings stand"


def _former(setting: Setting) -> Found:
    """R54: people approved it, and had no right to when it was done. Their approvals stand."""
    for item in setting.items:
        for tag in item.disposition.approved if item.disposition else ():
            person = setting.after.get(tag)
            if isinstance(person, Actor) and not any(
                Right.OVERSEE in rights for rights in rights_of(person, item.case, setting.told.at)
            ):
                name = setting.name(tag)
                yield "disposition", f"{name} had approved it, and may no longer oversee the case"


def unreviewed(subject: Item | Case, now: int) -> Iterator[tuple[str, str]]:
    """Holds and items that were to be looked at again by a day that has passed."""
    if isinstance(subject, Item) and subject.terminal:
        return
    for hold in subject.holds:
        if hold.review_by is not None and hold.review_by < now:
            by = times.spelt(hold.review_by)
            yield "hold", f"a hold ({spaced(hold.kind)}) was to be looked at again by {by}"
    if isinstance(subject, Item) and subject.next_review is not None and subject.next_review < now:
        by = times.spelt(subject.next_review)
        yield "retention", f"whether it is still needed was to be looked at by {by}"


def _assigned(act: acts.RetentionAssigned) -> Found:
    if act.rule is None and act.authority is None:
        until = f"until {act.retain_until}" if act.retain_until else "for good"
        yield "retention", f"kept {until} by no rule and on no legal basis"


def _shortened(setting: Setting) -> Found:
    """R70: a date that was moved to an earlier one."""
    for place in setting.told.statement.places(Kind.ITEM):
        was = _lines(setting.before.get(place.tag), setting)
        for name, now in _lines(setting.after.get(place.tag), setting).items():
            old = was.get(name, now)
            if now is None or old == now or longest((old, now)) != old:
                continue
            before = times.spelt(old) if old is not None else "for good"
            words = f"a date was moved to an earlier one: {times.spelt(now)}, and {before} before"
            yield "retention", words


def _lines(item: Subject | None, setting: Setting) -> Mapping[LineAt, int | None]:
    """The dates of the lines of an item, where it, its case and the ledger are shown."""
    return {
        line._replace(until=None, moved=False): line.until
        for ledger in setting.after.values()
        if isinstance(ledger, LedgerFacts) and isinstance(item, Item)
        for case in (setting.after.get(item.case),)
        if isinstance(case, Case)
        for line in retained(item, case, ledger.packs, setting.told.at).lines
    }


def _sooner(before: Case, after: Case) -> Iterator[str]:
    """What is said of the proceedings so that items may be kept shorter than was said before."""
    moments = {each.trigger: each.at for each in after.happened}
    for each in before.happened:
        now = moments.get(each.trigger, each.at)
        if now < each.at:
            was = times.spelt(each.at)
            yield f"{spaced(each.trigger)} was dated back: {times.spelt(now)}, and {was} before"
    old, new = before.severity, after.severity
    if old in GRAVITY and (new not in GRAVITY or GRAVITY.index(new) < GRAVITY.index(old)):
        yield f"the offence is said to be less serious: {spaced(new)}, and {spaced(old)} before"
    if before.appeal_until is not None and (after.appeal_until or 0) < before.appeal_until:
        was = times.spelt(before.appeal_until)
        yield f"the time in which an appeal could be filed, until {was}, is said to be another"


def _loaded(act: acts.PackLoaded, setting: Setting) -> Found:
    pack = act.pack
    if pack.example:
        words = f"the pack {pack.name} says that it is an example only"
        yield "retention", f"{words}, to be confirmed by whoever uses it"
    ledger = _ledger(setting)
    packs = ledger.packs if ledger else ()
    for loaded in packs:
        if loaded.pack == pack and _replaced(loaded, packs):
            since = times.spelt(loaded.since)
            words = f"version {pack.version} of the pack {pack.name} replaces an earlier one"
            yield "retention", f"{words} on {since}: dates may be earlier from then on"


def _ledger(setting: Setting) -> LedgerFacts | None:
    return next((s for s in setting.after.values() if isinstance(s, LedgerFacts)), None)


def _replaced(loaded: LoadedPack, packs: Iterable[LoadedPack]) -> bool:
    """Whether another version of the same pack ends when this one begins."""
    return any(p.pack.name == loaded.pack.name and p.until == loaded.since for p in packs)
