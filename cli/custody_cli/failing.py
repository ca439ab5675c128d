"""Hand-overs that fail: nobody has the items, or they came back."""

from collections.abc import Sequence
from functools import partial

from custody.drafting import Request
from custody_cli.accepting import checked
from custody_cli.errand import Errand
from custody_cli.recording import acting
from custody_cli.transfers import ITEMS, by_transfer, listed
from custody_cli.verdicts import (
    CONDITION,
    SEAL_FOUND,
    SEAL_READ,
    Looked,
    Said,
    judged,
    look,
    of_release,
    tell,
)
from custody_schemas import acts
from custody_schemas.answers import Checked
from custody_schemas.declare import Capacity


@acting(acts.TransferLost, name="lost", leave={"transfer"}, need={"details"})
@ITEMS
def lost(errand: Errand, items: tuple[str, ...]) -> None:
    """Record that released ITEMs did not arrive and nobody has them.

    The release ends, and the discrepancy missing_item opens by itself; who released them answers
    for them until it is resolved. The releaser, the receiver, or somebody who oversees the case
    records it.
    """
    found = errand.items(items)
    batch: list[Request] = []
    for transfer, members in by_transfer(found).items():
        batch += errand.on_items(acts.TransferLost, members, transfer=transfer)
    summary = f"{listed(found)} lost on the way"
    done = errand.record(batch, summary)
    errand.finish(done, summary, [item.name for item in found])
    errand.run.say("  opened by itself: the discrepancy missing_item")
    errand.run.say(f"next: custody discrepancy update {found[0].name} '#…' --details …")


@acting(
    acts.TransferReturned,
    name="return",
    leave={"transfer", "seal", "hash", "condition", "seal_read"},
)
@ITEMS
@SEAL_READ
@SEAL_FOUND
@CONDITION
def give_back(
    errand: Errand,
    items: tuple[str, ...],
    reads: Sequence[str],
    founds: Sequence[str],
    conditions: Sequence[str],
) -> None:
    """Take back ITEMs that you released and nobody accepted: they are with you again.

    Seal numbers are read off the bags and compared by software, the content is hashed again. If
    they never left you, `custody transfer cancel` is enough.
    """
    if errand.told.get("override") is not None:
        errand.capacity = Capacity.APPROVER
    found = errand.items(items)
    by_transfer(found)
    looked = look(errand, found, Said(reads, founds, conditions), partial(_returned, errand))
    tell(errand.run, looked)
    summary = f"{listed(found)} back from a hand-over that nobody accepted"
    done = errand.record(_returned(errand, looked), summary)
    errand.tell(summary, done)
    errand.run.answer(
        Checked(
            **errand.answer(done, [item.name for item in found]),
            found=tuple(checked(each) for each in looked),
        )
    )


def _returned(errand: Errand, looked: Sequence[Looked]) -> list[Request]:
    return list(judged(errand, acts.TransferReturned, looked, of_release))
