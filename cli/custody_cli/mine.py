"""`custody mine`: what one person holds, has out, is to receive, has sent, and has to mend."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

import click

from custody.chains import Told, told_of
from custody.core import times
from custody.core.retention import requested
from custody.core.state import Item, Transfer
from custody.core.text import safe
from custody.ledger import Ledger, Named
from custody_cli import names, output
from custody_cli.consulting import Consulting, consulted_tags
from custody_cli.items import spoken
from custody_cli.params import OVERDUE_AFTER
from custody_cli.persons import person_tag
from custody_cli.run import Run
from custody_cli.told import text
from custody_schemas.answers import (
    AskedItem,
    CopyHeld,
    HeldItem,
    Mine,
    OpenDiscrepancy,
    OutItem,
    ReleasedItem,
)
from custody_schemas.declare import Record

DAY = 86_400
LOCAL = (
    "Overdue: past the day that was agreed, or, where none was, open for more than {days} days "
    "(--overdue-after). That is a local threshold, no legal deadline."
)


class Own(Consulting):
    """What is in one's own hands: to know that needs no other reason."""

    def said(self, ctx: click.Context) -> str:
        """Unless somebody else's are looked at."""
        return "" if ctx.params.get("person") else "what is in my own hands"


@click.command(cls=Own)
@click.option("--person", metavar="PERSON", help="Look at what somebody else has.")
@OVERDUE_AFTER
@click.pass_obj
def mine(run: Run, person: str | None, days: int) -> None:
    """What you hold, have out, are to receive, have released, and what is wrong with it."""
    tag = person_tag(run, person) if person else run.who.actor
    whose = names.person(run.ledger, tag)
    lists = Lists(run.ledger, tag, int(run.now()), days)
    subjects = [tag for each in lists.found for tag in (each.tag, each.state.case)]
    consulted_tags(run, [tag, *subjects])
    answer = lists.answer(whose)
    if not run.as_json:
        tell(run, answer, "you" if person is None else whose)
    run.answer(answer)


class Name(NamedTuple):
    """CASE/NUMBER and the exhibit reference."""

    item: str
    exhibit: str


class Lists:
    """One pass over the items that name a person; entries are read only for what is open."""

    def __init__(self, ledger: Ledger, actor: str, now: int, days: int) -> None:
        self.ledger, self.actor, self.now, self.days = ledger, actor, now, days
        self.found = ledger.concerning(actor)
        self.person: Callable[[str | None], str] = cache(lambda tag: names.person(ledger, tag))
        self.case = cache(lambda tag: ledger.labels(tag).get("reference", tag[:12]))
        self.standing = cache(lambda tag: names.case_of(ledger, tag).state)
        self.entry: Callable[[str], Told] = cache(lambda key: told_of(ledger.entry(key)))

    def answer(self, whose: str) -> Mine:
        """Everything, as it is answered."""
        mine = [each for each in self.found if each.state.holder == self.actor]
        return Mine(
            person=whose,
            overdue_after_days=self.days,
            held=tuple(self._held(each) for each in mine),
            out=tuple(self._out()),
            released_to=tuple(self._released(lambda transfer: transfer.to)),
            released_by=tuple(self._released(lambda transfer: transfer.by)),
            copies=tuple(self._copies()),
            requests=tuple(asked for each in mine for asked in self._asked_for(each)),
            discrepancies=tuple(
                wrong for each in mine for wrong in self._discrepancies(each, each.state)
            ),
        )

    def _name(self, each: Named) -> Name:
        case, number = self.case(each.state.case), each.state.number
        return Name(f"{case}/{number}", each.labels.get("exhibit", ""))

    def _held(self, each: Named) -> HeldItem:
        state = each.state
        return HeldItem(
            **self._name(each)._asdict(),
            type=state.type,
            location=state.location,
            seal=state.seal.state if state.seal else None,
            out_to=self.person(state.out.to) if state.out else None,
            released_to=self._receiver(state.transfer) if state.transfer else None,
        )

    def _out(self) -> Iterator[OutItem]:
        """Out to the person, and what others have out of what the person holds."""
        for each in self.found:
            out = each.state.out
            if out is not None and self.actor in (out.to, each.state.holder):
                yield OutItem(
                    **self._name(each)._asdict(),
                    has_it=self.person(out.to),
                    holder=self.person(each.state.holder),
                    since=times.spelt(out.since),
                    due=times.spelt(out.due) if out.due is not None else None,
                    overdue=self._overdue(out.since, out.due),
                )

    def _released(self, side: Callable[[Transfer], str | None]) -> Iterator[ReleasedItem]:
        for each in self.found:
            transfer = each.state.transfer
            if transfer is None or side(transfer) != self.actor:
                continue
            expected = getattr(self.entry(transfer.id).statement.act, "expected_by", None)
            by = times.seconds(expected) if expected is not None else None
            yield ReleasedItem(
                **self._name(each)._asdict(),
                transfer=transfer.id,
                by=self.person(transfer.by),
                to=self._receiver(transfer),
                since=times.spelt(transfer.since),
                expected_by=expected,
                overdue=self._overdue(transfer.since, by),
            )

    def _receiver(self, transfer: Transfer) -> str:
        """Who is to accept it; without account, the name that the release opens."""
        if transfer.to is not None:
            return self.person(transfer.to)
        kind = spoken(str(transfer.outside))
        outside = text(self.entry(transfer.id), "to_name")
        return f"{outside} ({kind})" if outside else kind

    def _copies(self) -> Iterator[CopyHeld]:
        for each in self.found:
            for copy in each.state.copies:
                if copy.to == self.actor:
                    yield CopyHeld(
                        **self._name(each)._asdict(),
                        number=copy.number,
                        since=times.spelt(copy.since),
                        due=times.spelt(copy.due) if copy.due is not None else None,
                        overdue=self._overdue(copy.since, copy.due),
                    )

    def _asked_for(self, each: Named) -> Iterator[AskedItem]:
        for request in requested(each.state, self.standing(each.state.case)):
            yield AskedItem(
                **self._name(each)._asdict(),
                kind=request.kind,
                direction=request.direction,
                since=times.spelt(request.since),
                due=times.spelt(request.due) if request.due is not None else None,
                overdue=self._overdue(request.since, request.due),
                entry=request.id,
            )

    def _discrepancies(self, each: Named, state: Item) -> Iterator[OpenDiscrepancy]:
        for wrong in state.discrepancies:
            yield OpenDiscrepancy(
                **self._name(each)._asdict(),
                kind=wrong.kind,
                since=times.spelt(self.entry(wrong.id).entry.at),
                entry=wrong.id,
            )

    def _overdue(self, since: int, due: int | None) -> bool:
        """R53: by what was agreed, or else by the local threshold."""
        return self.now > (since + self.days * DAY if due is None else due)


# Title, what is said where there is nothing, columns, and the members that fill them.
PARTS: Sequence[tuple[str, str, str, Sequence[tuple[str, str]]]] = (
    (
        "held",
        "held by {who}",
        "{who} hold{s} nothing",
        (("kind", "type"), ("place", "location"), ("seal", "seal"), ("notes", "gone")),
    ),
    (
        "out",
        "checked out",
        "nothing is checked out to or by {who}",
        (("who has it", "has_it"), ("held by", "holder"), ("since", "since"), ("due back", "due")),
    ),
    (
        "released_to",
        "released to {who}, waiting to be accepted",
        "nothing waits for {who} to accept it",
        (("from", "by"), ("since", "since"), ("expected by", "expected_by")),
    ),
    (
        "released_by",
        "released by {who}, not accepted yet",
        "{who} {have} released nothing that is still open",
        (("to", "to"), ("since", "since"), ("expected by", "expected_by")),
    ),
    (
        "copies",
        "working copies issued to {who}",
        "no working copy is issued to {who}",
        (("copy", "number"), ("since", "since"), ("due back", "due")),
    ),
    (
        "requests",
        "requests of authorities, open on what {who} hold{s}",
        "no request is open on what {who} hold{s}",
        (
            ("what", "kind"),
            ("way", "direction"),
            ("since", "since"),
            ("due", "due"),
            ("request", "entry"),
        ),
    ),
    (
        "discrepancies",
        "open discrepancies on what {who} hold{s}",
        "no discrepancy is open on what {who} hold{s}",
        (("what", "kind"), ("since", "since"), ("entry", "entry")),
    ),
)


def tell(run: Run, answer: Mine, who: str) -> None:
    """A table for each part that says something, a sentence for each that does not."""
    words = {"who": who, "s": "", "have": "have"}
    if who != "you":
        words |= {"s": "s", "have": "has"}
    overdue = False
    for member, title, nothing, columns in PARTS:
        rows: Sequence[Record] = getattr(answer, member)
        if not rows:
            run.say(safe(_sentence(nothing.format(**words)) + "."))
        else:
            run.say(safe(f"{_sentence(title.format(**words))} ({len(rows)}):"))
            late = [getattr(row, "overdue", False) for row in rows]
            overdue = overdue or any(late)
            heads = ["item", "exhibit", *(head for head, _ in columns)]
            marked = ["overdue"] if any(late) else []
            cells = [
                [*_cells(row, columns), *(["overdue" if each else ""] if marked else [])]
                for row, each in zip(rows, late, strict=True)
            ]
            output.table([*heads, *(["notes"] if marked else [])], cells, "")
    if overdue:
        run.say(LOCAL.format(days=answer.overdue_after_days))


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _cells(row: Record, columns: Sequence[tuple[str, str]]) -> list[str]:
    members = vars(row)
    return [str(members["item"]), str(members["exhibit"])] + [
        _gone(row) if member == "gone" else _cell(member, members[member]) for _, member in columns
    ]


def _cell(member: str, value: object) -> str:
    if value is None:
        return {"seal": "never sealed", "location": "not stated"}.get(member, "not said")
    if member in ("type", "location", "seal", "kind"):
        return spoken(str(value))
    return str(value)[:12] if member == "entry" else str(value)


def _gone(row: Record) -> str:
    """Where a held item is, if it is not where its holder is."""
    assert isinstance(row, HeldItem)
    if row.out_to:
        return f"out to {row.out_to}"
    return f"released to {row.released_to}" if row.released_to else ""
