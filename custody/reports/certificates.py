"""The certificate of destruction or release of an item. (R34, R75; templates T6 and T7)

What it says was recorded and signed; the boxes are for the hands of those who want paper. What is
left of the item stands on it, and nothing is sworn for anybody.
"""

from collections.abc import Sequence
from typing import NamedTuple

from custody.reports.papers import Box, Boxes, Facts, Paper, Part, Stamp, Words

SIGN = ("name", "service or ID number", "signature", "date, time")
RELEASED = "The item was handed out and is no longer in custody."
DESTROYED = "The item was destroyed."


class Ending(NamedTuple):
    """How an item left custody, as its entries say; `''` where nobody said.

    asked, approved: who asked for it and who approved, with dates
    watched: who signed as having seen it
    content: what became of its content in the vault, in words
    """

    kind: str
    reason: str
    authority: str
    asked: str
    approved: Sequence[str]
    consulted: str
    done: str
    by: str
    watched: Sequence[str]
    sanitisation: str
    method: str
    media: str
    verification: str
    content: str
    recipient: str
    recipient_address: str
    recipient_document: str
    ownership: str
    known_by: str
    destroyed: bool


def certificate(
    stamp: Stamp,
    number: str,
    case: str,
    item: Sequence[tuple[str, str | None]],
    ending: Ending,
    remaining: Sequence[str],
) -> Paper:
    """The paper.

    item: names and values of the item's own facts
    remaining: what is left of it: copies, products, exports with its content
    """
    parts: list[Part] = [
        Facts([("certificate", number or None), ("ledger", stamp.origin), ("case", case)]),
        Facts(item, "Item"),
        Words(DESTROYED if ending.destroyed else RELEASED, strong=True),
        Facts(_how(ending), "How it ended"),
    ]
    if remaining:
        parts.append(Words(f"WHAT IS LEFT: {len(remaining)}, as listed below.", strong=True))
        parts += [Words(f"– {each}") for each in remaining]
    elif ending.destroyed:
        parts.append(Words("Nothing is left of it on the record: no copy, product or export."))
    titles = ("Carried out by", "Watched by" if ending.destroyed else "Received by")
    parts.append(Boxes([Box(title, SIGN) for title in titles]))
    title = "Certificate of destruction" if ending.destroyed else "Certificate of release"
    return Paper(title, stamp, parts)


def _how(ending: Ending) -> list[tuple[str, str | None]]:
    return [
        ("what became of it", ending.kind),
        ("why", ending.reason),
        ("legal basis", ending.authority),
        ("asked for by", ending.asked),
        *(("approved by", each) for each in ending.approved),
        ("adviser", ending.consulted),
        ("carried out", ending.done),
        ("by", ending.by),
        *(("watched by", each) for each in ending.watched),
        ("sanitisation", ending.sanitisation),
        ("method", ending.method),
        ("media", ending.media),
        ("made sure by", ending.verification),
        ("content in the vault", ending.content),
        ("handed to", ending.recipient),
        ("address", ending.recipient_address),
        ("document shown", ending.recipient_document),
        ("says of ownership", ending.ownership),
        ("known by", ending.known_by),
    ]
