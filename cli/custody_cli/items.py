"""Items as they stand, and their registration."""

from collections.abc import Sequence
from typing import NamedTuple

import click

from custody.casefile import next_number, open_file
from custody.core.kept import Hold, OpenRequest
from custody.core.retention import held_by, requested
from custody.core.rules.items import sealed
from custody.core.state import Case, Item
from custody.drafting import Request, Subject
from custody.ledger import Ledger
from custody_cli import names, output
from custody_cli.consulting import Consulting, consulted
from custody_cli.errand import Errand
from custody_cli.names import CaseName, ItemName
from custody_cli.recording import acting
from custody_cli.run import Run
from custody_schemas import acts
from custody_schemas.answers import ItemAnswer, Items
from custody_schemas.declare import Kind
from custody_schemas.terms import Opinion

NOUNS = {
    "destroy": "destruction",
    "divert": "diversion",
    "secure_erase": "secure erasure",
    "crypto_erase": "erasure by its key",
}
OTHERS = ("reference", "court_number")  # what others call an item
REGISTERED_LEAVE = {"case", "number", "quantity"}
QUANTITY = click.option(
    "--quantity",
    type=click.IntRange(1, 1_000_000),
    default=1,
    metavar="NUMBER",
    help="How many; one unless given.",
)
NUMBER = click.option(
    "--number",
    type=click.IntRange(1, 99_999),
    metavar="NUMBER",
    help="Item number; the next free one unless given.",
)


@acting(acts.ItemRegistered, name="register", leave=REGISTERED_LEAVE, need={"type"})
@click.argument("case")
@NUMBER
@QUANTITY
@click.option("--part-of", metavar="ITEM", help="The item of which this is a part or a sample.")
def register(
    errand: Errand, case: str, number: int | None, quantity: int, part_of: str | None
) -> None:
    """Register an item in CASE without saying how it came into custody.

    It takes part in nothing until it has been seized, acquired, received or derived: `custody
    seize` and `custody acquire` register and say that in one go.
    """
    found = names.find_case(errand.run.ledger, case)
    source = names.find_item(errand.run.ledger, part_of) if part_of else None
    made = registration(errand, found, number, quantity=quantity, source=source)
    summary = f"{made.label} registered"
    done = errand.record([made.request], summary)
    errand.finish(done, summary, [made.name])


class Registration(NamedTuple):
    """An item that is about to be registered; `label` is its name with the exhibit reference."""

    name: str
    label: str
    subject: Subject
    request: Request


def registration(
    errand: Errand,
    case: CaseName,
    number: int | None,
    *,
    quantity: int = 1,
    main: bool = True,
    source: ItemName | None = None,
    numbered: bool = True,
    **filled: object,
) -> Registration:
    """The registration of the next item of a case, out of what the options say.

    numbered: whether `number`, if there is one, was chosen by a person.
    """
    ledger = errand.run.ledger
    file = open_file(ledger, case.tag)
    numbered = numbered and number is not None
    number = number or next_number(ledger, file)
    subject = file.item(number)
    given = errand.given(
        acts.ItemRegistered,
        main=main,
        case=case.tag,
        number=number,
        quantity=quantity,
        **filled,
    )
    about = [subject, file.register]
    if source is not None:
        about.append(Subject(Kind.SOURCE, source.tag))
    request = Request(acts.ItemRegistered.NAME, tuple(about), given, numbered=numbered)
    name, exhibit = f"{case.reference}/{number}", errand.told.get("exhibit")
    if exhibit:
        warn_of_twins(errand, case, exhibit)
    return Registration(name, f"{name} ({exhibit})" if exhibit else name, subject, request)


def numbers(errand: Errand, case: CaseName, number: int | None, many: int) -> list[int]:
    """Numbers for several new items at once: free ones, one after the other."""
    ledger = errand.run.ledger
    file = open_file(ledger, case.tag)
    found: list[int] = []
    following = number or next_number(ledger, file)
    while len(found) < many:
        if found == [] or ledger.chain(file.item(following).tag) is None:
            found.append(following)
        following += 1
    return found


def warn_of_twins(errand: Errand, case: CaseName, exhibit: str) -> None:
    """Say, once, that the case has an item under this exhibit reference already."""
    ledger = errand.run.ledger
    for each in ledger.find(Kind.ITEM, exhibit):
        twin = names.item_of(ledger, each.tag)
        if each.field == "exhibit" and twin.state.case == case.tag:
            errand.warn(f"careful: {twin.name} has the exhibit reference {exhibit} already")


def warn_of_seal(errand: Errand, number: str, *, but: str = "") -> None:
    """Say, once, which other items than `but` have a seal or bag of this number on file."""
    ledger = errand.run.ledger
    for tag in names.answering(ledger, Kind.ITEM, number, ("seal_number", "bag_number")):
        if tag != but:
            other = names.item_of(ledger, tag)
            how = "is on" if sealed(other.state) else "was on"
            errand.warn(f"careful: seal {number} {how} {other.name}")


@click.command("list", cls=Consulting)
@click.argument("case", required=False)
@click.option("--mine", is_flag=True, help="Only what you hold or have out.")
@click.pass_obj
def list_items(run: Run, case: str | None, mine: bool) -> None:
    """Items of CASE, or of all cases: what they are and who holds them."""
    ledger = run.ledger
    cases = (
        [names.find_case(ledger, case)]
        if case
        else [names.case_of(ledger, each.tag) for each in ledger.find(Kind.CASE, "")]
    )
    found = [item for each in cases for item in names.items_of_case(ledger, each)]
    consulted(run, cases=cases if case else (), whole=case is None)
    if mine:
        me = run.who.actor
        found = [i for i in found if me in (i.state.holder, i.state.out and i.state.out.to)]
    if not run.as_json:
        items_table(ledger, found)
    run.answer(Items(items=tuple(item_answer(ledger, item) for item in found)))


def items_table(ledger: Ledger, items: Sequence[ItemName]) -> None:
    """Items for people."""
    rows: list[tuple[str, ...]] = []
    for item in items:
        answer = item_answer(ledger, item)
        trouble = [*(["disputed"] if answer.disputed else []), *map(spoken, answer.discrepancies)]
        trouble += ["under hold"] if answer.holds else []
        trouble += ["asked for"] if answer.requests else []
        trouble += [answer.disposition] if answer.disposition else []
        if answer.terminal and not answer.disposition:
            trouble.append("left custody for good")
        rows.append(
            (
                item.name,
                item.exhibit,
                ", ".join(answer.references),
                spoken(answer.type),
                whereabouts(answer),
                spoken(answer.seal or "never sealed"),
                ", ".join(trouble),
            )
        )
    columns = ["item", "exhibit", "other numbers", "kind", "held by", "seal", "notes"]
    if not any(row[2] for row in rows):  # nobody else has given any of them a number
        columns, rows = columns[:2] + columns[3:], [row[:2] + row[3:] for row in rows]
    output.table(columns, rows, "no items: `custody seize` and `custody acquire` bring them in")


def item_answer(ledger: Ledger, item: ItemName) -> ItemAnswer:
    """An item as an answer."""
    state, chain = item.state, ledger.chain(item.tag)
    called = ledger.called(item.tag)
    released = None
    if state.transfer is not None:
        released = names.person(ledger, state.transfer.to) or spoken(str(state.transfer.outside))
    return ItemAnswer(
        item=item.name,
        exhibit=item.exhibit,
        references=tuple(dict.fromkeys(each for f in OTHERS for each in called.get(f, ()))),
        description=called.get("description", ("",))[-1],
        type=state.type,
        origin=state.origin,
        holder=names.person(ledger, state.holder) or None,
        outside=state.outside,
        out_to=names.person(ledger, state.out.to) if state.out else None,
        released_to=released,
        location=state.location,
        seal=state.seal.state if state.seal else None,
        digital=state.content is not None,
        disputed=state.disputed,
        discrepancies=tuple(each.kind for each in state.discrepancies),
        terminal=state.terminal,
        holds=tuple(hold.kind for hold in _holds(ledger, state)),
        requests=tuple(each.kind for each in _requests(ledger, state)),
        disposition=_disposition(state),
        entries=chain.count if chain else 0,
    )


def _holds(ledger: Ledger, state: Item) -> tuple[Hold, ...]:
    case = ledger.subject(state.case)
    return held_by(state, case) if isinstance(case, Case) else state.holds


def _requests(ledger: Ledger, state: Item) -> tuple[OpenRequest, ...]:
    case = ledger.subject(state.case)
    return requested(state, case) if isinstance(case, Case) else state.requests


def _disposition(state: Item) -> str:
    """How an item is to leave custody, or left it."""
    if state.gone is not None:
        return f"{noun(state.gone)}: done"
    asked = state.disposition
    if asked is None:
        return ""
    if asked.begun:
        return f"{noun(asked.kind)}: begun"
    approvals = len(asked.approved) + (asked.order is not None)
    said = {Opinion.OBJECTS: ", objected to"}.get(asked.opinion, "") if asked.opinion else ""
    return f"{noun(asked.kind)}: asked for, {approvals} approvals{said}"


def noun(kind: str) -> str:
    """What becomes of an item, as a thing that is asked for and done."""
    return NOUNS.get(kind, spoken(kind))


def whereabouts(answer: ItemAnswer) -> str:
    """Who has an item, in one line."""
    holder = answer.holder or (spoken(answer.outside) if answer.outside else "nobody")
    if answer.out_to:
        return f"{holder}, out to {answer.out_to}"
    return f"{holder}, released to {answer.released_to}" if answer.released_to else holder


def spoken(value: str) -> str:
    """A value of a closed list as people say it."""
    return value.replace("_", " ")
