"""What labels and papers tell of items and hand-overs, out of the signed entries."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from custody.chains import newest
from custody.core import times
from custody.core.errors import UsageError
from custody.core.state import Transfer
from custody.ledger import Ledger
from custody.reports.history import history
from custody.reports.labels import Label, checked
from custody.reports.papers import Stamp
from custody.reports.papers_forms import Handover, Taken, Thing
from custody.reports.telling import Line
from custody_cli import names
from custody_cli.items import spoken
from custody_cli.names import ItemName
from custody_cli.run import Run
from custody_cli.told import Told, chain, text
from custody_schemas.acts import (
    ItemAcquired,
    ItemReceived,
    ItemRegistered,
    ItemSeized,
    SealApplied,
    TransferReleased,
)
from custody_schemas.declare import Kind

ORIGINS = (ItemSeized, ItemReceived, ItemAcquired)
NUMBERS = ("make", "model", "serial", "unique_ids", "colour", "capacity", "marks", "packaging")


class Read(NamedTuple):
    """An entry with its retelling, which knows what was corrected later."""

    told: Told
    line: Line

    def said(self, field: str) -> str:
        """A field in words, as it is to read now; empty where it is withheld or not said."""
        corrected = {each.field: each.value for each in self.line.corrections}
        return corrected.get(field, text(self.told, field))

    def stated(self, field: str) -> str:
        """A value of the entry itself, not personal, as it is to read now."""
        corrected = {each.field: each.value for each in self.line.corrections}
        value = getattr(self.told.statement.act, field)
        several = value if isinstance(value, tuple) else (value,)
        return spoken(corrected.get(field, ", ".join(map(str, several))))


def read(ledger: Ledger, item: ItemName) -> list[Read]:
    """All entries of an item, oldest first, held against what was signed."""
    entries = [(told.entry, told) for told in chain(ledger, item.tag)]
    lines = history(entries, lambda tag: names.person(ledger, tag or None))
    return [Read(told, line) for (_, told), line in zip(entries, lines, strict=True)]


def stamp(run: Run) -> Stamp:
    """The ledger as it is now."""
    now = newest(run.ledger)
    return Stamp(now.origin, now.size, now.root.hex(), times.spelt(int(run.now())))


def label(ledger: Ledger, item: ItemName, *, with_seal: bool) -> Label:
    """What the label of an item says; the seal's number only where that is wanted."""
    entries = read(ledger, item)
    return Label(
        origin=ledger.origin,
        name=item.name,
        exhibit=entries[0].said("exhibit"),
        kind=spoken(item.state.type),
        description=_called(entries[0]),
        seal=_seal(entries, item) if with_seal else "",
        tag=item.tag,
        entry=entries[0].told.statement.id,
    )


def _called(registered: Read) -> str:
    made = " ".join(filter(None, map(registered.said, ("make", "model"))))
    return registered.said("description") or made


def _seal(entries: Sequence[Read], item: ItemName) -> str:
    """Numbers of the seal that is on file and of its bag."""
    for each in entries:
        act = each.told.statement.act
        seal = item.state.seal
        if isinstance(act, SealApplied) and seal and each.told.statement.id == seal.id:
            numbers = dict.fromkeys((each.said("seal_number"), each.said("bag_number")))
            return ", ".join(filter(None, numbers))
    return ""


def thing(ledger: Ledger, item: ItemName) -> Thing:
    """All that papers tell of an item."""
    entries = read(ledger, item)
    registered = entries[0]
    assert isinstance(registered.told.statement.act, ItemRegistered)
    many, condition = registered.stated("quantity"), registered.stated("condition")
    return Thing(
        code=checked(item.name),
        exhibit=registered.said("exhibit"),
        kind=spoken(item.state.type),
        description=registered.said("description"),
        quantity="" if many == "1" else f"{many} {registered.said('unit')}".strip(),
        numbers=tuple((name.replace("_", " "), registered.said(name)) for name in NUMBERS),
        condition="" if condition == "not stated" else condition,
        seal=_seal(entries, item),
        hazards=registered.said("hazards"),
        tag=item.tag,
        digital=item.state.content is not None,
        taken=next(filter(None, (_taken(ledger, item, each) for each in entries)), None),
    )


def _taken(ledger: Ledger, item: ItemName, each: Read) -> Taken | None:
    """What an entry says of how the item came into custody, if it does."""
    made = each.told.statement
    if not isinstance(made.act, ORIGINS) or any(made.places(Kind.SOURCE)):
        return None
    case = names.case_of(ledger, item.state.case)
    basis = names.authority_name(ledger, case, made.act.authority) if made.act.authority else ""
    content = getattr(made.act, "content", None)
    giver = {ItemSeized: "possessor", ItemReceived: "from_name"}.get(type(made.act))
    return Taken(
        how=each.line.title,
        when=each.line.happened,
        where=", ".join(filter(None, map(each.said, ("place", "position")))),
        by=", ".join(each.line.who),
        basis=basis,
        possessor=each.said(giver) if giver else "",
        sha256=(content.sha256 or each.said("content_sha256")) if content else "",
    )


def was_taken(ledger: Ledger, item: ItemName) -> bool:
    """Whether it came from somebody outside, and was neither made here nor only registered."""
    return any(_taken(ledger, item, each) for each in read(ledger, item))


def releases(items: Sequence[ItemName]) -> Mapping[str, list[ItemName]]:
    """The items by their open release; those without one under an empty id."""
    groups: dict[str, list[ItemName]] = {}
    for item in items:
        groups.setdefault(item.state.transfer.id if item.state.transfer else "", []).append(item)
    return groups


def handover(ledger: Ledger, item: ItemName, transfer: Transfer) -> Handover:
    """An open hand-over as its release tells it; `item` is one of those that were released."""
    found = next(e for e in read(ledger, item) if e.told.statement.id == transfer.id)
    assert isinstance(found.told.statement.act, TransferReleased)
    named = [found.said("to_name"), found.said("to_organisation")]
    receiver = names.person(ledger, transfer.to) or ", ".join(filter(None, named))
    method, condition = found.stated("method"), found.stated("condition")
    expected = found.told.statement.act.expected_by
    return Handover(
        giver=names.person(ledger, transfer.by),
        receiver=receiver or None,
        purpose="; ".join(filter(None, (found.stated("purpose"), found.said("purpose_text")))),
        release=transfer.id,
        since=times.spelt(transfer.since),
        method=method,
        carrier=found.said("carrier"),
        tracking=found.said("tracking"),
        protection=found.said("protection"),
        condition="" if condition == "not stated" else condition,
        contact=found.said("to_contact"),
        expected=expected or "",
    )


def one_case(ledger: Ledger, items: Sequence[ItemName]) -> str:
    """Reference of the case that all items are of.

    Raises:
        UsageError: they are of several.
    """
    cases = {item.state.case for item in items}
    if len(cases) > 1:
        raise UsageError("these are items of several cases: print one paper for each case")
    return names.case_of(ledger, cases.pop()).reference
