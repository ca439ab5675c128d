"""Verdicts on seals and content of items that change hands; computed, never typed.

The number of a seal is read off the bag first. What is on file is compared with it by software,
and is shown to nobody before.
"""

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import click

from custody.chains import chain
from custody.core.errors import RuleError, UsageError
from custody.core.numbers import SealNumbers, folded
from custody.core.rules.items import sealed
from custody.core.text import safe
from custody.drafting import Request
from custody_cli import names, output
from custody_cli.errand import Errand
from custody_cli.names import ItemName
from custody_cli.params import Choices
from custody_cli.rehashing import Rehash, rehash, size_of
from custody_cli.run import Run
from custody_schemas.declare import Act
from custody_schemas.terms import Condition, IntegrityVerdict, SealState

SOUND = (None, IntegrityVerdict.MATCH)
FOUND = (SealState.BROKEN_UNAUTHORISED, SealState.MISSING)
SEAL_READ = click.option(
    "--seal-read",
    "reads",
    multiple=True,
    metavar="[ITEM=]NUMBER",
    help="The number as read off the seal or bag. Repeatable; asked for where it is needed.",
)
SEAL_FOUND = click.option(
    "--seal-found",
    "founds",
    multiple=True,
    metavar="[ITEM=]STATE",
    help=f"What is wrong with a seal: {', '.join(FOUND)}. Repeatable.",
)
CONDITION = click.option(
    "--condition",
    "conditions",
    multiple=True,
    metavar="[ITEM=]CONDITION",
    help=f"Condition (several with commas): {', '.join(Condition)}. Repeatable.",
)


class Looked(NamedTuple):
    """What somebody found when looking at an item."""

    item: ItemName
    seal: SealState | None = None
    read: str = ""
    content: Rehash | None = None
    condition: tuple[Condition, ...] = (Condition.NOT_STATED,)

    @property
    def hash(self) -> IntegrityVerdict | None:
        return self.content.verdict if self.content else None

    @property
    def text(self) -> str:
        """For people, one line."""
        parts = [self.item.both]
        if self.seal is not None:
            parts.append(f"seal {self.seal.replace('_', ' ')}")
        if self.content is not None:
            parts.append(f"content: {self.content.verdict.replace('_', ' ')}")
            if self.content.detail:
                parts.append(self.content.detail)
        return ", ".join(parts)


class Said(NamedTuple):
    """Options that speak of seals and condition, each `[ITEM=]VALUE`."""

    reads: Sequence[str]
    founds: Sequence[str]
    conditions: Sequence[str]


Requests = Callable[[Sequence[Looked]], list[Request]]


def look(errand: Errand, items: Sequence[ItemName], said: Said, requests: Requests) -> list[Looked]:
    """Judge seals by what was read, and content by hashing it again.

    requests: what is to be recorded of what was found. It is rehearsed before anything is hashed:
        hours of reading must not end in a refusal that was certain.
    """
    reads = by_item(errand.run, items, said.reads, "--seal-read")
    founds = by_item(errand.run, items, said.founds, "--seal-found")
    conditions = by_item(errand.run, items, said.conditions, "--condition")
    seals = {
        item.tag: seal_verdict(errand.run, item, reads.get(item.tag), founds.get(item.tag))
        for item in items
    }
    choice = Choices(Condition, several=True)
    seen = [
        Looked(
            item,
            *seals[item.tag],
            presumed(item),
            choice.convert(conditions.get(item.tag, Condition.NOT_STATED), None, None),
        )
        for item in items
    ]
    return with_contents(errand, seen, requests)


def presumed(item: ItemName) -> Rehash | None:
    """What is expected of content, until it is hashed."""
    return Rehash(IntegrityVerdict.MATCH) if item.state.content else None


def with_contents(errand: Errand, seen: Sequence[Looked], requests: Requests) -> list[Looked]:
    """The same with content hashed again, after a rehearsal that presumes that it matches."""
    errand.rehearse(requests(seen))
    contents = rehashed(errand, [each.item for each in seen])
    return [each._replace(content=contents[each.item.tag]) for each in seen]


def tell(run: Run, looked: Sequence[Looked]) -> None:
    """What was found, for people, one line an item of which there is something to say."""
    for each in looked:
        if each.seal is not None or each.content is not None:
            run.say(safe(each.text))
    for each in looked:
        if each.seal is SealState.NUMBER_MISMATCH:
            run.aside(
                safe(
                    f"careful: {each.read} is not the number on file of {each.item.both}: read the "
                    "bag again. If it really says so, this is what records it; a mismatch opens a "
                    "discrepancy"
                )
            )


def rehashed(errand: Errand, items: Sequence[ItemName]) -> dict[str, Rehash | None]:
    """The verdict on the content of each item, by tag."""
    run = errand.run
    with output.progress(size_of(run, list(items)), "hashing again") as progress:
        return {item.tag: rehash(run, item, progress) for item in items}


def seal_verdict(
    run: Run, item: ItemName, read: str | None, found: str | None
) -> tuple[SealState | None, str]:
    """What the seal is, and the number that was read.

    Raises:
        RuleError: E_SEAL, a seal is on file and nobody looked at it.
        UsageError: something is said of a seal that the item never had, or that is open.
    """
    if found is not None:
        state = Choices(SealState).convert(found, None, None)
        if state not in FOUND:
            raise UsageError(f"--seal-found {found}: only {' or '.join(FOUND)} can be stated")
        return state, read or ""
    if item.state.seal is None or not sealed(item.state):
        if read is not None:
            what = "was never sealed" if item.state.seal is None else "has no sound seal on file"
            raise UsageError(f"{item.both} {what}: leave --seal-read out for it")
        return None, ""
    if read is None:
        read = _asked(run, item)
    same = folded(read) in numbers_on_file(run, item)
    return (item.state.seal.state if same else SealState.NUMBER_MISMATCH), read


def numbers_on_file(run: Run, item: ItemName) -> set[str]:
    """Numbers of the seal on file and of its bag, as they are compared. Not to be shown."""
    seals = SealNumbers()
    for told in chain(run.ledger, item.tag):
        seals.take(item.tag, told.statement, told.entry.n, told.opened)
    return {folded(number) for number in seals.on_file(item.tag) or ()}


def _asked(run: Run, item: ItemName) -> str:
    if not run.interactive or run.as_json:
        raise RuleError(
            "E_SEAL",
            f"{item.both} is sealed: read the number off the bag and give it with --seal-read "
            f"{item.name}=NUMBER, or say what is wrong with --seal-found {item.name}=STATE",
        )
    return typed_number(run, item.both, item.name)


def typed_number(run: Run, what: str, name: str) -> str:
    """The number that somebody reads off a bag; who types nothing learns what else can be said."""
    question = f"Number on the seal or bag of {safe(what)}"
    while True:
        answer: str = click.prompt(question, default="", show_default=False, err=True)
        if answer.strip():
            return answer.strip()
        run.aside(
            "no number was typed. If there is none to read, stop with Ctrl-C and say what is wrong: "
            f"--seal-found {shlex.quote(name)}={SealState.MISSING}, or {SealState.BROKEN_UNAUTHORISED}"
        )


def by_item(
    run: Run, items: Sequence[ItemName], values: Sequence[str], option: str
) -> Mapping[str, str]:
    """`[ITEM=]VALUE` options by tag; without ITEM, of the only item, or of all for --condition.

    Raises:
        UsageError: it is not said which item is meant, or one is meant twice.
    """
    found: dict[str, str] = {}
    for value in values:
        words, equals, rest = value.partition("=")
        if equals:
            tags = [names.find_item(run.ledger, words).tag]
        elif len(items) == 1 or option == "--condition":
            tags, rest = [item.tag for item in items], value
        else:
            raise UsageError(f"{option} {value}: say of which item, as ITEM={value}")
        for tag in tags:
            if tag not in {item.tag for item in items}:
                raise UsageError(f"{option} {value}: {words} is not among the items named")
            if tag in found and found[tag] != rest:
                raise UsageError(f"{option} is given twice for one item")
            found[tag] = rest
    return found


def grouped(looked: Sequence[Looked]) -> list[list[Looked]]:
    """Items of which the same is true: an entry on many items says only what holds of each.

    A number that does not match, or content that does not, is said in an entry of the item's own.
    """
    groups: dict[object, list[Looked]] = {}
    for each in looked:
        state, transfer = each.item.state, each.item.state.transfer
        alone = each.seal is SealState.NUMBER_MISMATCH or each.hash not in SOUND
        same = (
            transfer.id if transfer else None,
            state.case,
            each.seal,
            each.hash,
            each.condition,
            each.item.tag if alone else "",
        )
        groups.setdefault(same, []).append(each)
    return list(groups.values())


def read_of(group: Sequence[Looked]) -> str | None:
    """The number to state: of one item only. Numbers that match are on file, and `prev` says so."""
    return group[0].read or None if len(group) == 1 else None


def judged(
    errand: Errand,
    act: type[Act],
    looked: Sequence[Looked],
    more: Callable[[Looked], Mapping[str, Any]] = lambda _: {},
    **filled: Any,
) -> Iterator[Request]:
    """An act that states verdicts, an entry for all items of which the same is true.

    An override is stated only where there is something to override; what a re-hash found goes
    with the remarks, or the details, that were typed.

    more: members that follow from one item of such a group.
    """
    words = "remarks" if "remarks" in act.FIELDS else "details"
    for group in grouped(looked):
        first = group[0]
        members = {
            "seal": first.seal,
            "hash": first.hash,
            "condition": list(first.condition),
            "seal_read": read_of(group),
            **more(first),
            **filled,
        }
        if first.hash in SOUND:
            members |= {"override": None, "override_reason": None}
        if first.content and first.content.detail:
            said = [errand.told.get(words), first.content.detail]
            members[words] = "\n".join(filter(None, said))
        yield from errand.on_items(act, [each.item for each in group], **members)


def of_release(looked: Looked) -> dict[str, Any]:
    """The release that an entry on such an item cites; None where none is open."""
    transfer = looked.item.state.transfer
    return {"transfer": transfer.id if transfer else None}
