"""The papers themselves: property receipt, hand-over sheet, courier sheet. (R22, R24, R47, R99)

The fields follow the paper forms of the field (NIST sample form, DA 4137). What a form is silent
about on purpose: a hand-over sheet shows no seal number and no digest, for who receives is to read
them off the bag and the content; a courier sheet shows neither case nor description nor owner.
"""

from collections.abc import Sequence
from typing import NamedTuple

from custody.core.text import grouped
from custody.reports.labels import SHORT
from custody.reports.papers import Box, Boxes, Facts, Grid, Paper, Part, Stamp, Words

SIGN = ("name", "service or ID number", "signature", "date, time")
LEGS = 4  # hand-overs on the way for which a courier sheet has room
NOT_STATED = "not stated"


class Taken(NamedTuple):
    """How an item came into custody; `''` where nobody said.

    sha256: digest of the content that was taken, 64 hexadecimal digits
    """

    how: str
    when: str
    where: str
    by: str
    basis: str
    possessor: str
    sha256: str = ""


class Thing(NamedTuple):
    """An item as papers tell of it; `''` where nothing is on file.

    code: CASE/NUMBER with its check character, as on the label
    quantity: how many, with the unit, where it is not one
    numbers: make, model, serial and other numbers, with their names
    """

    code: str
    exhibit: str
    kind: str
    description: str
    quantity: str
    numbers: Sequence[tuple[str, str]]
    condition: str
    seal: str
    hazards: str
    tag: str
    digital: bool
    taken: Taken | None


class Handover(NamedTuple):
    """A hand-over; None is to be filled in by hand, `''` is not on file.

    release: id of the entry that offers the items, where there is one
    """

    giver: str | None
    receiver: str | None
    purpose: str | None
    release: str = ""
    since: str = ""
    method: str = ""
    carrier: str = ""
    tracking: str = ""
    protection: str = ""
    condition: str = ""
    contact: str = ""
    expected: str = ""


def property_receipt(
    stamp: Stamp, case: str, things: Sequence[Thing], to: str | None, *, refused: bool
) -> Paper:
    """What was taken, for the person it was taken from.

    refused: the person is said to have refused to sign: the paper says that it is said, and has a
        box for who saw it instead of hers.
    """
    parts: list[Part] = [
        Facts([("ledger", stamp.origin), ("case", case), ("for", to)]),
        Words(
            f"{_count(things, 'was', 'were')} taken, as listed below. Keep this paper: the number "
            "of each item names it in every later question."
        ),
        *(Facts(_thing(thing), _heading(number, thing)) for number, thing in enumerate(things, 1)),
    ]
    parts += _refusal() if refused else _signed()
    return Paper("Property receipt", stamp, parts)


def _signed() -> list[Part]:
    owner = Box("Owner or possessor: a copy received", ("name", "signature", "date, time"))
    boxes = Boxes([Box("For the agency", SIGN), owner])
    return [boxes, Words("[  ] refused to sign      [  ] was not there      [  ] other:")]


def _refusal() -> list[Part]:
    said = (
        "REFUSED TO SIGN: it was said when this was printed that the person named above refused "
        "to sign. Who saw that signs below."
    )
    boxes = Boxes([Box("For the agency", SIGN), Box("Saw the refusal", SIGN)])
    return [Words(said, strong=True), boxes]


def _heading(number: int, thing: Thing) -> str:
    return f"{number}.  {thing.code}" + (f"  ({thing.exhibit})" if thing.exhibit else "")


def _thing(thing: Thing) -> list[tuple[str, str | None]]:
    taken = thing.taken or Taken("", "", "", "", "", "")
    return [
        ("what", ", ".join(filter(None, (thing.kind, thing.description)))),
        ("quantity", thing.quantity),
        *thing.numbers,
        ("condition", thing.condition or NOT_STATED),
        ("seal or bag number", thing.seal or "not sealed"),
        (taken.how, taken.when),
        ("where", taken.where or NOT_STATED),
        ("by", taken.by),
        ("legal basis", taken.basis or NOT_STATED),
        ("owner or possessor", taken.possessor),
        ("SHA-256 of the content", grouped(taken.sha256)),
    ]


def handover_sheet(stamp: Stamp, things: Sequence[Thing], handover: Handover) -> Paper:
    """Both sides sign; the receiver writes down what she reads, and is not told it before."""
    columns = ("item", "what", "seal or bag number READ", "condition FOUND", "SHA-256 COMPUTED")
    rows = [
        (
            "\n".join(filter(None, (thing.code, thing.exhibit))),
            ", ".join(filter(None, (thing.kind, thing.description, thing.quantity))),
            None,
            None,
            None if thing.digital else "no content",
        )
        for thing in things
    ]
    parts: list[Part] = [
        Facts([("from", handover.giver), ("to", handover.receiver), ("purpose", handover.purpose)]),
        Facts(_release(handover)),
        Words(
            f"{_count(things, 'is', 'are')} to be handed over. Read the number off each seal or "
            "bag and write it down as it stands there; software compares it with what is on file "
            "when the hand-over is accepted (custody transfer accept)."
        ),
        Grid(columns, rows),
        Boxes([Box("Handed over by", SIGN), Box("Received by", SIGN)]),
        Words("Remarks, differences, items not handed over:\n\n"),
    ]
    return Paper("Hand-over sheet", stamp, parts)


def _release(handover: Handover) -> list[tuple[str, str | None]]:
    if not handover.release:
        return [("release", "none is open in the ledger")]
    found = grouped(handover.release[:SHORT])
    return [("release", f"{found} …, recorded {handover.since}"), ("method", handover.method)]


def courier_sheet(stamp: Stamp, consignments: Sequence[tuple[Handover, Sequence[Thing]]]) -> Paper:
    """What travels, between whom, and a line for each hand it goes through."""
    parts: list[Part] = [
        Words("Do not open. If a seal or a package is damaged, write it down and tell the sender.")
    ]
    for handover, things in consignments:
        parts += _consignment(handover, things)
    return Paper("Courier sheet", stamp, parts)


def _consignment(handover: Handover, things: Sequence[Thing]) -> list[Part]:
    heading = f"Consignment {grouped(handover.release[:SHORT])}"
    facts = [
        ("sender", handover.giver),
        ("deliver to", handover.receiver),
        ("contact", handover.contact),
        ("carrier", handover.carrier or None),
        ("tracking number", handover.tracking or None),
        ("pieces", str(len(things))),
        ("condition when released", handover.condition or NOT_STATED),
        ("protection", handover.protection),
        ("released", handover.since),
        ("expected by", handover.expected),
    ]
    pieces = [
        (str(number), grouped(thing.tag[:SHORT]), thing.hazards or "none on file", None)
        for number, thing in enumerate(things, 1)
    ]
    stops = ["handed to carrier", *["on the way"] * (LEGS - 2), "delivered"]
    ways = [(stop, None, None, None, None) for stop in stops]
    return [
        Facts(facts, heading),
        Grid(("piece", "tag on its label", "hazards", "package, seal FOUND"), pieces),
        Grid(
            ("", "date, time, place", "pieces", "packages, seals intact?", "name, signature"), ways
        ),
    ]


def _count(things: Sequence[Thing], one: str, several: str) -> str:
    return f"1 item {one}" if len(things) == 1 else f"{len(things)} items {several}"
