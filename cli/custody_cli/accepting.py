"""`custody transfer accept`: look at seals and content, then take over."""

import shlex
from collections.abc import Sequence
from functools import partial

import click

from custody.core.errors import RuleError, UsageError
from custody.drafting import Request
from custody_cli.errand import Errand
from custody_cli.items import item_answer, whereabouts
from custody_cli.names import ItemName
from custody_cli.recording import acting
from custody_cli.transfers import listed, open_items
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
from custody_schemas.answers import Checked, CheckedItem
from custody_schemas.declare import Capacity


@acting(
    acts.TransferAccepted,
    name="accept",
    leave={"transfer", "seal", "hash", "condition", "seal_read"},
)
@click.argument("items", nargs=-1, metavar="ITEM…")
@click.option("--all", "all_of_them", is_flag=True, help="All items that are released to you.")
@SEAL_READ
@SEAL_FOUND
@CONDITION
def accept(
    errand: Errand,
    items: tuple[str, ...],
    all_of_them: bool,
    reads: Sequence[str],
    founds: Sequence[str],
    conditions: Sequence[str],
) -> None:
    """Take over ITEMs that were released to you: from now on you hold them.

    Seal numbers are read off the bags and compared by software; the content is hashed again and
    compared with the digests on file. Items that differ are accepted by entries of their own, all
    in one go. A wrong digest is refused unless --override says why and two approvers co-sign.
    Your passphrase is asked for, whatever is unlocked. Without a release, items come back from
    somebody without an account.
    """
    if errand.told.get("override") is not None:
        errand.capacity = Capacity.APPROVER
    found = _meant(errand, items, all_of_them)
    said = Said(reads, founds, conditions)
    looked = look(errand, found, said, partial(_requests, errand))
    tell(errand.run, looked)
    summary = f"{listed(found)} accepted"
    done = errand.record(_requests(errand, looked), summary)
    errand.tell(summary, done)
    errand.run.answer(
        Checked(
            **errand.answer(done, [item.name for item in found]),
            found=tuple(checked(each) for each in looked),
        )
    )


def checked(looked: Looked) -> CheckedItem:
    """What was found, as an answer."""
    seal = f"seal {looked.seal}" if looked.seal else ""
    content = looked.content
    return CheckedItem(
        item=looked.item.name,
        verdict=str(content.verdict) if content else "not_applicable",
        detail="; ".join(filter(None, [seal, content.detail if content else ""])),
    )


def _meant(errand: Errand, words: Sequence[str], all_of_them: bool) -> list[ItemName]:
    if bool(words) == all_of_them:
        raise UsageError("name the items, or say --all; `custody transfer list --mine` shows them")
    me = errand.me.actor
    if words:
        named = errand.items(words)
        for item in named:
            _on_its_way(errand, item, me)
        return named
    found = [item for item, transfer in open_items(errand.run.ledger) if transfer.to == me]
    if not found:
        raise RuleError("E_NO_TRANSFER", "nothing is released to you")
    return errand.items([item.name for item in found])


def _on_its_way(errand: Errand, item: ItemName, me: str) -> None:
    """Raises RuleError: E_NO_TRANSFER, it was not released to `me`; E_SAME_PERSON, it was by `me`."""
    state, transfer = item.state, item.state.transfer
    if transfer is not None and transfer.by == me:
        raise RuleError(
            "E_SAME_PERSON",
            f"{item.both} was released by yourself: who gets it accepts it, with her own key. "
            f"`custody transfer cancel {shlex.quote(item.name)} --reason …` takes that back",
        )
    if state.holder is None or (transfer is not None and me == transfer.to):
        return
    if transfer is None and state.holder == me and state.out is None:
        raise RuleError("E_NO_TRANSFER", f"{item.both} is with you already")
    who = whereabouts(item_answer(errand.run.ledger, item))
    raise RuleError(
        "E_NO_TRANSFER",
        f"{item.both} is not on its way to you. It is held by {who}: only what its holder "
        "releases to you can be accepted",
    )


def _requests(errand: Errand, looked: Sequence[Looked]) -> list[Request]:
    return list(judged(errand, acts.TransferAccepted, looked, of_release))
