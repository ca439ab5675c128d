"""`custody recover items`: items of a lost ledger enter the new one, as far as they are seen."""

from collections.abc import Sequence
from pathlib import Path

import click

from custody import recovering, reentering
from custody.casefile import CaseFile, open_file
from custody.core.digest import UnreadableError
from custody.core.errors import RuleError, StorageError, UsageError
from custody.core.text import safe
from custody.recovering import Saved
from custody.reentering import former_item
from custody_cli import names, output
from custody_cli.cases import CASE
from custody_cli.errand import Errand
from custody_cli.items import spoken
from custody_cli.names import CaseName, ItemName
from custody_cli.params import Choices
from custody_cli.recording import NOT_STATED, acting
from custody_cli.recovering import OLD_HOME, check_sound, looking
from custody_cli.reentries import Arrival, entries
from custody_cli.rehashing import Rehash, rehash, size_of
from custody_cli.reopening import Reopened, check_continues, reopened
from custody_cli.run import Run
from custody_cli.told import chain
from custody_cli.transfers import listed
from custody_cli.verdicts import (
    CONDITION,
    SEAL_FOUND,
    SEAL_READ,
    Looked,
    Said,
    by_item,
    seal_verdict,
    tell,
)
from custody_schemas import acts
from custody_schemas.answers import Recovered
from custody_schemas.declare import Kind
from custody_schemas.terms import Condition, IntegrityVerdict

SAID = {"received_from", "from_name", "disputed"}
LOST = (IntegrityVerdict.UNREADABLE, IntegrityVerdict.NOT_CHECKED)


@acting(
    acts.ItemReceived,
    name="items",
    leave=set(acts.ItemReceived.FIELDS) - SAID,
    need={"received_from"},
)
@OLD_HOME
@CASE
@click.argument("items", nargs=-1, metavar="[ITEM…]")
@click.option("--all", "every", is_flag=True, help="All items: every one is before you.")
@click.option(
    "--not-seen",
    "unseen",
    multiple=True,
    metavar="ITEM",
    help="With --all: an item that is not there. Repeatable.",
)
@SEAL_READ
@SEAL_FOUND
@CONDITION
def items(
    errand: Errand,
    old: Path,
    case: str,
    items: tuple[str, ...],
    every: bool,
    unseen: tuple[str, ...],
    reads: Sequence[str],
    founds: Sequence[str],
    conditions: Sequence[str],
) -> None:
    """Take over ITEMs of CASE out of the lost ledger in OLD_HOME: those that are before you.

    Look at each: seal numbers are read off the bags and compared with those on file there; content
    is hashed again, copied into the new vault and compared. Each item keeps its number, cites its
    chain there, and is held by you from now on. CASE is opened under the same reference, with the
    legal bases on file there, if it is not open here yet. Items that are not seen are named.
    """
    with recovering.saved(old) as saved:
        check_continues(errand.run.ledger, saved)
        check_sound(errand.run, saved)
        there = looking(errand.run, saved)
        before = names.find_case(saved.ledger, case)
        known = names.items_of_case(saved.ledger, before)
        seen = _fresh(errand, before, _seen(there, before.tag, known, items, every, unseen))
        looked = _looked(there, seen, Said(reads, founds, conditions))
        arrivals = [Arrival(each, former_item(saved, each.item.tag)) for each in looked]
        _settled(errand, arrivals)
        tell(errand.run, looked)
        _enter(errand, saved, reopened(errand, saved, before), arrivals, known)


def _seen(
    there: Run,
    case: str,
    known: Sequence[ItemName],
    words: Sequence[str],
    every: bool,
    unseen: Sequence[str],
) -> list[ItemName]:
    """The items that are before the signer, as the lost ledger names them.

    Raises:
        UsageError: neither items nor --all, both, or an item of another case.
        RuleError: E_TERMINAL, an item that had left custody for good.
    """
    if bool(words) == every or (unseen and not every):
        raise UsageError(
            "name the items that are before you, or say --all, perhaps --not-seen ITEM"
        )
    named = [names.find_item(there.ledger, each) for each in (words or unseen)]
    for item in named:
        if item.state.case != case:
            raise UsageError(f"{item.both} is an item of another case")
    gone = {item.tag for item in named} if every else set()
    meant = [i for i in known if i.tag not in gone and not i.state.terminal] if every else named
    for item in meant:
        if item.state.terminal:
            raise RuleError("E_TERMINAL", f"{item.both} had left custody for good before the loss")
    return list({item.tag: item for item in meant}.values())


def _looked(there: Run, items: Sequence[ItemName], said: Said) -> list[Looked]:
    """What each item looks like, held against the lost ledger; content is hashed again."""
    reads = by_item(there, items, said.reads, "--seal-read")
    founds = by_item(there, items, said.founds, "--seal-found")
    conditions = by_item(there, items, said.conditions, "--condition")
    choice = Choices(Condition, several=True)
    seals = {
        item.tag: seal_verdict(there, item, reads.get(item.tag), founds.get(item.tag))
        for item in items
    }
    contents: dict[str, Rehash | None] = {}
    with output.progress(size_of(there, list(items)), "hashing again") as progress:
        for item in items:
            contents[item.tag] = rehash(there, item, progress)
    return [
        Looked(
            item,
            *seals[item.tag],
            contents[item.tag],
            choice.convert(conditions.get(item.tag, NOT_STATED), None, None),
        )
        for item in items
    ]


def _settled(errand: Errand, arrivals: Sequence[Arrival]) -> None:
    """Refuse what cannot be taken over as it is.

    Raises:
        RuleError: E_HASH, content is gone; E_DISPUTED, it is another, and no reason is given.
    """
    for looked, _ in arrivals:
        name, content = looked.item.name, looked.content
        if content is None or content.verdict is IntegrityVerdict.MATCH:
            continue
        what = f"the content of {looked.item.both}: {content.detail or spoken(content.verdict)}"
        if content.verdict in LOST:
            raise RuleError(
                "E_HASH",
                f"{what}. It cannot be taken over without content: leave it out (--not-seen "
                f"{name}), and acquire it again from its source",
            )
        if errand.told["disputed"] is None:
            raise RuleError("E_DISPUTED", what)


def _enter(
    errand: Errand,
    saved: Saved,
    case: Reopened,
    arrivals: Sequence[Arrival],
    known: Sequence[ItemName],
) -> None:
    """Copy the content, record everything, and name what is left."""
    ledger = errand.run.ledger
    file = open_file(ledger, case.name.tag)
    batch = [r for each in arrivals for r in entries(errand, saved, case, file, each)]
    missing = [item for item in known if not _entered(errand, file, item, arrivals)]
    errand.rehearse(batch)
    _take_content(errand, saved, arrivals)
    taken = [each.looked.item for each in arrivals]
    summary = f"{listed(taken)} taken over from {saved.home.origin}"
    done = errand.record(batch, summary, ask=not case.asked)
    errand.tell(summary, done)
    for item in taken:
        if item.state.seal is not None:
            errand.run.say(f"next: custody seal apply {item.name} --seal NUMBER")
    if missing:
        errand.run.say(safe(f"not seen, and only in the lost ledger: {listed(missing)}"))
    opened = [
        f"{e.before.state.number}: {d.kind}" for e in arrivals for d in e.before.state.discrepancies
    ]
    errand.run.answer(
        Recovered(
            **errand.answer(done, [item.name for item in taken]),
            case=case.name.reference,
            not_seen=tuple(item.name for item in missing),
            was_open=tuple(opened),
        )
    )


def _fresh(errand: Errand, case: CaseName, items: Sequence[ItemName]) -> list[ItemName]:
    """The items that are not here yet; of the others it is said.

    Raises:
        UsageError: all of them are here.
        RuleError: E_EXISTS, another item has the number of one of them here.
    """
    ledger = errand.run.ledger
    if any(found.field == "reference" for found in ledger.find(Kind.CASE, case.reference)):
        file = open_file(ledger, names.find_case(ledger, case.reference).tag)
        fresh = [item for item in items if not _here(errand, file, item)]
    else:
        fresh = list(items)
    if not fresh:
        raise UsageError(f"nothing to take over: {listed(items) or 'nothing'} is here already")
    return fresh


def _here(errand: Errand, file: CaseFile, item: ItemName) -> bool:
    """Whether an earlier call took the item over. Raises RuleError: E_EXISTS."""
    tag = file.item(item.state.number).tag
    if errand.run.ledger.chain(tag) is None:
        return False
    for told in chain(errand.run.ledger, tag):
        former = getattr(told.statement.act, "former", None)
        if former is not None and former.tag == item.tag:
            errand.warn(f"{item.both} is here already")
            return True
    raise RuleError("E_EXISTS", f"{item.name} is another item here: the number is taken")


def _entered(errand: Errand, file: CaseFile, item: ItemName, arrivals: Sequence[Arrival]) -> bool:
    """Whether an item of the lost ledger is here, comes now, or had left custody for good."""
    here = errand.run.ledger.chain(file.item(item.state.number).tag) is not None
    return here or item.state.terminal or item.tag in {each.before.tag for each in arrivals}


def _take_content(errand: Errand, saved: Saved, arrivals: Sequence[Arrival]) -> None:
    """Copy what the old vault keeps into the new one, read back, each under its own digest.

    Raises:
        StorageError: a copy cannot be made, or is not what was hashed a moment ago.
    """
    vault = errand.run.vault
    for looked, before in arrivals:
        found = list(reentering.objects(saved, before))
        sound = looked.hash is IntegrityVerdict.MATCH
        total = sum(place.size() for _, place in found)
        what = f"{looked.item.name}: copying, reading back"
        with output.progress(total, what, vault.PASSES) as progress:
            made = vault.put_many((place for _, place in found), progress)
            for (sha256, place), copy in zip(found, made, strict=True):
                if isinstance(copy, UnreadableError):
                    raise StorageError(f"{place.name} cannot be read: {copy}")
                if sound and copy.sha256 != sha256:
                    raise StorageError(
                        f"{place.name} changed while it was copied; nothing was recorded"
                    )
