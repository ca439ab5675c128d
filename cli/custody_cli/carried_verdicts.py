"""Verdicts on what an offer brings: seals and content, compared on the receiver's own machine."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from custody.carried import content
from custody.carried.checking import OfferedItem
from custody.core.errors import AmbiguousError, NotFoundError, RuleError, UsageError
from custody.core.numbers import folded
from custody_cli import output
from custody_cli.params import Choices, Words
from custody_cli.run import Run
from custody_cli.verdicts import FOUND, typed_number
from custody_schemas.answers import CheckedItem
from custody_schemas.terms import Condition, ContentForm, IntegrityVerdict, SealState

SOUND = (None, IntegrityVerdict.MATCH)


class Said(NamedTuple):
    """Options that speak of single items, each `[ITEM=]VALUE`."""

    reads: Sequence[str]
    founds: Sequence[str]
    conditions: Sequence[str]
    contents: Sequence[str]


class Found(NamedTuple):
    """What the receiver found when she looked at an item."""

    item: OfferedItem
    seal: SealState | None = None
    read: str = ""
    verdict: IntegrityVerdict | None = None
    detail: str = ""
    condition: tuple[Condition, ...] = (Condition.NOT_STATED,)

    @property
    def answer(self) -> CheckedItem:
        """The same for `--json`."""
        seal = f"seal {self.seal}" if self.seal else ""
        verdict = str(self.verdict) if self.verdict else "not_applicable"
        detail = "; ".join(filter(None, [seal, self.detail]))
        return CheckedItem(item=self.item.name, verdict=verdict, detail=detail)


def titled(item: OfferedItem) -> str:
    """CASE/NUMBER and the exhibit reference."""
    exhibit = item.labels.get("exhibit")
    return f"{item.name} ({exhibit})" if exhibit else item.name


def look(run: Run, items: Sequence[OfferedItem], said: Said) -> list[Found]:
    """Judge seals by the numbers that were read, and content by hashing what she has.

    Raises:
        RuleError: E_SEAL, a seal was not looked at.
        UsageError: something is said of an item that cannot be true of it.
    """
    reads = by_item(items, said.reads, "--seal-read")
    founds = by_item(items, said.founds, "--seal-found")
    conditions = by_item(items, said.conditions, "--condition")
    paths = {tag: Path(text) for tag, text in by_item(items, said.contents, "--content").items()}
    for item in items:
        _check_path(item, paths.get(item.tag))
    seals = [_seal(run, item, reads.get(item.tag), founds.get(item.tag)) for item in items]
    total = sum(i.content.content.size for i in items if i.content and i.tag in paths)
    choice = Choices(Condition, several=True)
    found = []
    with output.progress(total, "hashing") as progress:
        for item, (seal, read) in zip(items, seals, strict=True):
            compared = content.compare(item, paths.get(item.tag), progress)
            verdict, detail = compared or (None, "")
            condition = choice.convert(conditions.get(item.tag, Condition.NOT_STATED), None, None)
            found.append(Found(item, seal, read, verdict, detail, condition))
    return found


def _check_path(item: OfferedItem, path: Path | None) -> None:
    if path is None:
        return
    if item.content is None:
        raise UsageError(f"--content {path}: {item.name} has no digital content on file")
    if not path.exists():
        raise UsageError(f"--content {path}: there is no such file")
    if item.content.content.form is ContentForm.FILE and not path.is_file():
        raise UsageError(f"--content {path}: {item.name} is one file, and this is none")


def _seal(
    run: Run, item: OfferedItem, read: str | None, found: str | None
) -> tuple[SealState | None, str]:
    """What the seal is, and the number that was read."""
    seal = item.state.seal
    if found is not None:
        state = Choices(SealState).convert(found, None, None)
        if state not in FOUND:
            raise UsageError(f"--seal-found {found}: only {' or '.join(FOUND)} can be stated")
        if seal is None:
            raise UsageError(f"{titled(item)} was never sealed: leave --seal-found out for it")
        return state, read or ""
    if seal is None or not item.state.sealed:
        if read is not None:
            what = "was never sealed" if seal is None else "has no sound seal on file"
            raise UsageError(f"{titled(item)} {what}: leave --seal-read out for it")
        return None, ""
    if item.numbers is None:
        raise RuleError(
            "E_SEAL",
            f"the number of the seal of {titled(item)} is withheld in the offer: accept the item "
            "at the ledger, or say what is wrong with --seal-found",
        )
    read = _asked(run, item) if read is None else read
    same = folded(read) in {folded(number) for number in item.numbers}
    return (seal.state if same else SealState.NUMBER_MISMATCH), read


def _asked(run: Run, item: OfferedItem) -> str:
    if not run.interactive or run.as_json:
        raise RuleError(
            "E_SEAL",
            f"{titled(item)} is sealed: read the number off the bag and give it with --seal-read "
            f"{item.name}=NUMBER, or say what is wrong with --seal-found {item.name}=STATE",
        )
    return Words().convert(typed_number(run, titled(item), item.name), None, None)


def by_item(items: Sequence[OfferedItem], values: Sequence[str], option: str) -> Mapping[str, str]:
    """`[ITEM=]VALUE` options by tag; without ITEM, of the only item, or of all for --condition.

    Raises:
        UsageError: it is not said which item is meant, or one is meant twice.
    """
    found: dict[str, str] = {}
    for value in values:
        words, equals, rest = value.partition("=")
        if equals:
            meant = [named(items, words)]
        elif len(items) == 1 or option == "--condition":
            meant, rest = list(items), value
        else:
            raise UsageError(f"{option} {value}: say of which item, as ITEM={value}")
        for item in meant:
            if found.setdefault(item.tag, rest) != rest:
                raise UsageError(f"{option} is given twice for one item")
    return found


def named(items: Sequence[OfferedItem], words: str) -> OfferedItem:
    """The item of the offer that CASE/NUMBER, CASE:EXHIBIT or an exhibit names.

    Raises:
        NotFoundError, AmbiguousError.
    """
    wanted = words.strip().casefold()
    found = [item for item in items if wanted in {name.casefold() for name in _names(item)}]
    if not found:
        told = ", ".join(titled(item) for item in items)
        raise NotFoundError(f"no item of the offer answers to {words!r}; it offers {told}")
    if len(found) > 1:
        raise AmbiguousError(f"{words!r} names several items", [item.name for item in found])
    return found[0]


def _names(item: OfferedItem) -> set[str]:
    case, exhibit = item.name.rpartition("/")[0], item.labels.get("exhibit", "")
    return {item.name, *({exhibit, f"{case}:{exhibit}"} if exhibit else ())}


def grouped(found: Sequence[Found]) -> list[list[Found]]:
    """Items of which the same is true: what differs is said in an entry of the item's own."""
    groups: dict[object, list[Found]] = {}
    for each in found:
        alone = each.seal is SealState.NUMBER_MISMATCH or each.verdict not in SOUND
        same = (
            each.item.transfer.id,
            each.seal,
            each.verdict,
            each.condition,
            each.item.tag if alone else "",
        )
        groups.setdefault(same, []).append(each)
    return list(groups.values())
