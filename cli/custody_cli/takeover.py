"""`custody takeover`: two people take over, item by item, from somebody who cannot hand over."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import click

from custody.core.errors import NotFoundError, RuleError, UsageError
from custody.core.rules.takeovers import ALONE, SEEN
from custody.core.state import Actor
from custody.drafting import Request
from custody_cli import names
from custody_cli.accepting import checked
from custody_cli.errand import Errand
from custody_cli.items import spoken
from custody_cli.names import ItemName
from custody_cli.params import Choices
from custody_cli.recording import acting
from custody_cli.transfers import listed
from custody_cli.verdicts import (
    CONDITION,
    SEAL_FOUND,
    SEAL_READ,
    Looked,
    Said,
    judged,
    look,
    tell,
)
from custody_schemas import acts
from custody_schemas.answers import TakenOver
from custody_schemas.declare import Capacity
from custody_schemas.terms import Absence, InventoryOutcome

GONE = (Absence.LEFT_SERVICE, Absence.DECEASED)


class Wanted(NamedTuple):
    """What the command line says of the items; `unseen` and `observed` as they were typed."""

    items: tuple[str, ...]
    person: str | None
    unseen: tuple[str, ...]
    observed: tuple[str, ...]


@acting(
    acts.CustodyAssumed,
    name="takeover",
    leave={"observed", "seal", "hash", "condition", "seal_read"},
    need={"reason"},
)
@click.argument("items", nargs=-1, metavar="ITEM…")
@click.option("--all-of", "person", metavar="PERSON", help="Everything that PERSON holds.")
@click.option(
    "--not-seen",
    "unseen",
    multiple=True,
    metavar="ITEM",
    help="An item that is not there: it is left out, and named. Repeatable.",
)
@click.option(
    "--observed",
    required=True,
    multiple=True,
    metavar="[ITEM=]HOW",
    help=f"How you saw them: {', '.join(SEEN)}. Repeatable, for items that differ.",
)
@SEAL_READ
@SEAL_FOUND
@CONDITION
def takeover(
    errand: Errand,
    reads: Sequence[str],
    founds: Sequence[str],
    conditions: Sequence[str],
    **said: Any,
) -> None:
    """Take over ITEMs from a holder who has left, lost the key, or cannot act.

    Look at each item: seal numbers are read off the bags and compared by software, the content is
    hashed again. Somebody who oversees the case, and did not hold the items, co-signs (--with).
    Both passphrases are asked for, whatever is unlocked. Open hand-overs and check-outs of the
    items end.
    """
    errand.capacity = Capacity.APPROVER
    wanted = Wanted(**said)
    found = _meant(errand, wanted)
    missing = _missing(errand, found, wanted)
    seen = [item for item in found if item not in missing]
    if not seen:
        raise RuleError("E_TAKEOVER", f"nobody has seen {listed(missing)}. {_instead(missing)}")
    observed = _observed(errand, seen, wanted.observed)
    _check_seconded(errand, seen)
    requests = partial(_requests, errand, observed)
    looked = look(errand, seen, Said(reads, founds, conditions), requests)
    tell(errand.run, looked)
    summary = f"{listed(seen)} taken over, {spoken(errand.told['reason'])}"
    done = errand.record(requests(looked), summary)
    errand.tell(summary, done)
    _tell_left(errand, seen, missing)
    errand.run.answer(
        TakenOver(
            **errand.answer(done, [item.name for item in seen]),
            found=tuple(checked(each) for each in looked),
            not_seen=tuple(item.name for item in missing),
        )
    )


def _meant(errand: Errand, wanted: Wanted) -> list[ItemName]:
    """The items named, or all that a person holds; who has them is looked at now.

    Raises:
        UsageError: neither is said, or both.
        NotFoundError: the person holds nothing.
    """
    if bool(wanted.items) == (wanted.person is not None):
        raise UsageError("name the items, or say --all-of PERSON")
    if wanted.person is None:
        return errand.items(wanted.items)
    ledger, tag = errand.run.ledger, errand.person(wanted.person)
    found = [names.item_of(ledger, each.tag) for each in ledger.concerning(tag)]
    held = [item for item in found if item.state.holder == tag]
    for item in found:
        if item not in held:
            for words in _elsewhere(errand, item, tag):
                errand.warn(words)
    if not held:
        raise NotFoundError(f"{names.person(ledger, tag)} holds nothing")
    return errand.items([item.name for item in held])


def _elsewhere(errand: Errand, item: ItemName, tag: str) -> Iterator[str]:
    """What an item that the person does not hold has to do with her, and who ends that."""
    state, name = item.state, shlex.quote(item.name)
    who = names.person(errand.run.ledger, state.holder) or "somebody without an account"
    if state.transfer is not None and state.transfer.to == tag:
        yield (
            f"{item.both} is on its way to her and still held by {who}, who records what became "
            f"of it: `custody transfer return {name}`, `cancel` or `lost`"
        )
    if state.out is not None and state.out.to == tag:
        yield f"{item.both} is out to her and held by {who}: name it here if it is to be taken over"
    for copy in state.copies:
        if copy.to == tag:
            yield f"copy {copy.number} of {item.both} is with her: `custody copy return {name}`"


def _missing(errand: Errand, found: Sequence[ItemName], wanted: Wanted) -> list[ItemName]:
    """Items that are not there: as --not-seen says, or as the answer to a question.

    Raises:
        UsageError: --not-seen names an item that is not meant at all.
    """
    unseen = [names.find_item(errand.run.ledger, words) for words in wanted.unseen]
    for item in unseen:
        if item.tag not in {each.tag for each in found}:
            raise UsageError(f"--not-seen {item.name}: it is not among the items meant")
    missing = {item.tag for item in unseen}
    run, signing = errand.run, errand.signing
    if wanted.person and run.interactive and not (run.as_json or signing.yes or signing.dry_run):
        _check_seconded(errand, [item for item in found if item.tag not in missing])
        for item in found:
            if item.tag not in missing and not click.confirm(
                f"Is {item.both} before you?", err=True
            ):
                missing.add(item.tag)
    return [item for item in found if item.tag in missing]


def _check_seconded(errand: Errand, items: Sequence[ItemName]) -> None:
    """Raises RuleError: E_TWO_PERSON, nobody co-signs who could: before anything is asked."""
    signing = {who.actor for who, said in errand.cosigners() if said is Capacity.APPROVER}
    for item in items:
        if not signing - {errand.me.actor, *item.state.hands}:
            raise RuleError("E_TWO_PERSON", f"{item.both}: {ALONE}: --with PERSON names who does")


def _observed(
    errand: Errand, items: Sequence[ItemName], values: Sequence[str]
) -> Mapping[str, InventoryOutcome]:
    """How each item was seen, by tag: `[ITEM=]HOW`; without ITEM, of all that are not named.

    Raises:
        UsageError: of an item it is said twice, or not at all.
    """
    choice, named, rest = Choices(InventoryOutcome), {}, []
    for value in values:
        words, equals, how = value.rpartition("=")
        if not equals:
            rest.append(choice.convert(how, None, None))
            continue
        tag = names.find_item(errand.run.ledger, words).tag
        if tag not in {item.tag for item in items} or tag in named:
            raise UsageError(f"--observed {value}: {words} is not meant, or said twice")
        named[tag] = choice.convert(how, None, None)
    if len(set(rest)) > 1:
        raise UsageError("--observed is given twice for all items: say ITEM=HOW for those others")
    for item in items:
        if item.tag not in named and not rest:
            raise UsageError(f"say how you saw {item.both}: --observed {item.name}=HOW")
        named.setdefault(item.tag, *rest[:1])
    return named


def _requests(
    errand: Errand, observed: Mapping[str, InventoryOutcome], looked: Sequence[Looked]
) -> list[Request]:
    batch: list[Request] = []
    for how in dict.fromkeys(observed.values()):
        alike = [each for each in looked if observed[each.item.tag] is how]
        batch += judged(errand, acts.CustodyAssumed, alike, observed=how)
    return batch


def _tell_left(errand: Errand, seen: Sequence[ItemName], missing: Sequence[ItemName]) -> None:
    """What is still to be done: items that nobody saw, keys of who has gone."""
    run = errand.run
    if missing:
        run.say(f"not seen, and not taken over: {listed(missing)}. {_instead(missing)}")
    if errand.told["reason"] in GONE:
        for tag in dict.fromkeys(item.state.holder for item in seen):
            actor = run.ledger.subject(tag) if tag else None
            if isinstance(actor, Actor) and any(key.revoked is None for key in actor.keys):
                name = run.ledger.labels(str(tag)).get("name", str(tag)[:12])
                run.say(
                    f"keys of {name} are in force still: custody actor leave {shlex.quote(name)}"
                )


def _instead(missing: Sequence[ItemName]) -> str:
    """What to do about items that are not there."""
    words = shlex.join(item.name for item in missing)
    return f"Record that: `custody discrepancy open {words} --kind missing_item --details …`"
