"""What people call things, and what that means. Nothing is guessed: two candidates are refused."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from custody.casefile import open_file
from custody.core.errors import AmbiguousError, NotFoundError
from custody.core.state import Case, Item
from custody.ledger import Ledger
from custody.reports import labels
from custody_cli import readings
from custody_cli.told import Told, chain, text
from custody_schemas.declare import Kind

T = TypeVar("T")
S = TypeVar("S", Case, Item)
CASE_FIELDS = ("reference", "tag")
IN_CASE = ("exhibit", "reference", "court_number")  # what CASE:… names an item by
ITEM_FIELDS = (*IN_CASE, "seal_number", "bag_number", "tag")
PERSON_FIELDS = ("name", "staff_number", "key", "tag")
PREFIX = 8  # hex digits that may stand for a whole tag, key or entry


class CaseName(NamedTuple):
    """A case that was found."""

    tag: str
    reference: str
    state: Case


class ItemName(NamedTuple):
    """An item that was found; `name` is CASE/NUMBER."""

    tag: str
    name: str
    exhibit: str
    state: Item

    @property
    def both(self) -> str:
        """CASE/NUMBER and the exhibit reference."""
        return f"{self.name} ({self.exhibit})" if self.exhibit else self.name


class Authority(NamedTuple):
    """A legal basis on file: the entry's id and its number as people know it."""

    id: str
    identifier: str
    told: Told


def find_case(ledger: Ledger, words: str) -> CaseName:
    """The case of that reference.

    Raises:
        NotFoundError, AmbiguousError.
    """
    found = [case_of(ledger, tag) for tag in answering(ledger, Kind.CASE, words, CASE_FIELDS)]
    if not found:
        raise NotFoundError(f"there is no case {words!r}: `custody case list` shows all")
    return _only(f"{words!r} names several cases", found, lambda c: f"{c.reference} = {c.tag[:12]}")


def case_of(ledger: Ledger, tag: str) -> CaseName:
    """The case with that tag."""
    return CaseName(tag, ledger.labels(tag).get("reference", tag[:12]), _state(ledger, tag, Case))


def find_item(ledger: Ledger, words: str) -> ItemName:
    """The item that CASE/NUMBER, CASE:EXHIBIT, a seal or bag number, an exhibit or a label names.

    Raises:
        NotFoundError, AmbiguousError.
    """
    if (label := labels.scanned(words)) is not None:
        return _of_label(ledger, label)
    meant = {*_numbered(ledger, words), *_in_case(ledger, words), *_checked(ledger, words)}
    tags = meant.union(answering(ledger, Kind.ITEM, words, ITEM_FIELDS))
    found = sorted((item_of(ledger, tag) for tag in tags), key=lambda item: item.name)
    if found and not meant and (case := _case_meant(ledger, words)):
        trouble = f"{words!r} reads like an item of the case {case}, which has none of that name"
        raise AmbiguousError(trouble, [item.both for item in found])
    if not found:
        raise NotFoundError(
            f"no item answers to {words!r}{labels.doubt(words)}: write CASE/NUMBER, CASE:EXHIBIT, a "
            "seal or bag number, or an exhibit reference; `custody item list` shows all"
        )
    return _only(f"{words!r} names several items", found, lambda i: i.name)


def item_of(ledger: Ledger, tag: str) -> ItemName:
    """The item with that tag."""
    state = _state(ledger, tag, Item)
    reference = ledger.labels(state.case).get("reference", state.case[:12])
    return ItemName(
        tag, f"{reference}/{state.number}", ledger.labels(tag).get("exhibit", ""), state
    )


def items_of_case(ledger: Ledger, case: CaseName) -> list[ItemName]:
    """All items of a case, by number. Their tags are in the register's history."""
    items = (
        place.tag
        for told in chain(ledger, case.state.register)
        for place in told.statement.places(Kind.ITEM)
    )
    return sorted((item_of(ledger, tag) for tag in items), key=lambda item: item.state.number)


def find_person(ledger: Ledger, words: str) -> str:
    """Tag of the person who goes by that name, staff number, key id, or beginning of a tag.

    Raises:
        NotFoundError, AmbiguousError.
    """
    found = answering(ledger, Kind.ACTOR, words, PERSON_FIELDS)
    if not found and len(words) >= PREFIX:
        found = [e.tag for e in ledger.find(Kind.ACTOR, "") if e.tag.startswith(words.lower())]
    if not found:
        raise NotFoundError(f"nobody called {words!r} is enrolled: see `custody actor list`")
    return _only(
        f"{words!r} names several people", found, lambda t: f"{person(ledger, t)} = {t[:12]}"
    )


def person(ledger: Ledger, tag: str | None) -> str:
    """What a person is called, with the organisation."""
    if tag is None:
        return ""
    labels = ledger.labels(tag)
    name = labels.get("name", f"person {tag[:12]}")
    organisation = labels.get("organisation")
    return f"{name} ({organisation})" if organisation else name


def authorities(ledger: Ledger, case: CaseName) -> list[Authority]:
    """The legal bases on file in a case, oldest first."""
    return [
        Authority(told.statement.id, text(told, "identifier"), told)
        for told in chain(ledger, case.tag)
        if told.statement.name == "authority.recorded"
    ]


def find_authority(ledger: Ledger, case: CaseName, words: str | None) -> str | None:
    """The legal basis meant: by number or entry id; unnamed, the only one on file.

    Raises:
        NotFoundError, AmbiguousError.
    """
    on_file = authorities(ledger, case)
    if words is None:
        if not on_file:
            return None
        return _only(
            f"{case.reference} has several legal bases: say which with --authority",
            on_file,
            named,
        ).id
    wanted = words.strip().casefold()
    found = [
        each
        for each in on_file
        if wanted == each.identifier.casefold()
        or (len(wanted) >= PREFIX and each.id.startswith(wanted))
    ]
    if not found:
        raise NotFoundError(
            f"{case.reference} has no legal basis {words!r}: see `custody authority list`"
        )
    return _only(f"{words!r} names several legal bases", found, named).id


def named(authority: Authority) -> str:
    """An authority for a list of candidates."""
    return f"{authority.identifier or '(no number)'} = {authority.id[:12]}"


def find_entry(entries: Iterable[Told], words: str) -> tuple[int, Told]:
    """An entry of a chain, as #4 (its place, from 1) or by the beginning of its id.

    Raises:
        NotFoundError, AmbiguousError.
    """
    numbered = list(enumerate(entries, 1))
    wanted = words.strip().lower()
    if wanted.removeprefix("#").isdigit() and len(wanted) < PREFIX:
        found = [each for each in numbered if each[0] == int(wanted.removeprefix("#"))]
    else:
        found = [
            e for e in numbered if len(wanted) >= PREFIX and e[1].statement.id.startswith(wanted)
        ]
    if not found:
        raise NotFoundError(f"there is no entry {words!r}: there are #1 to #{len(numbered)}")
    return _only(f"{words!r} names several entries", found, lambda e: f"#{e[0]}")


def _numbered(ledger: Ledger, words: str) -> Iterator[str]:
    """CASE/NUMBER: the tag is computed, not asked for."""
    case, number = readings.numbered(words)
    if not number:
        return
    for found in answering(ledger, Kind.CASE, case, CASE_FIELDS):
        tag = open_file(ledger, found).item(number).tag
        if ledger.chain(tag) is not None:
            yield tag


def _checked(ledger: Ledger, words: str) -> Iterator[str]:
    """What a label's bar code says, with its check character, as long as that fits."""
    if not (head := readings.unchecked(words)):
        return
    yield from _numbered(ledger, head)
    if labels.SHORT_TAG.fullmatch(head):
        yield from (e.tag for e in ledger.find(Kind.ITEM, "") if e.tag.startswith(head.lower()))


def _of_label(ledger: Ledger, label: labels.Scanned) -> ItemName:
    """The item of a scanned label, every part of which must be true of it.

    Raises:
        NotFoundError: it is of another ledger, was misread, or its parts do not belong together.
    """
    labels.check_origin(label, ledger.origin)
    if ledger.chain(label.tag) is None:
        raise NotFoundError(
            f"the label says {label.code}, and no item here has its tag {label.tag[:12]}: it was "
            "misread, or it is a label of another ledger or case"
        )
    item = item_of(ledger, label.tag)
    labels.check_parts(label, item.name, next(chain(ledger, item.tag)).statement.id)
    return item


def _case_meant(ledger: Ledger, words: str) -> str:
    """The case of which these words would name an item, whether or not it has one; or nothing.

    Otherwise whoever calls an item CASE/NUMBER of another steers what is typed for that one.
    """
    found = (c for c in readings.cases(words) if answering(ledger, Kind.CASE, c, CASE_FIELDS))
    return next(found, "")


def _in_case(ledger: Ledger, words: str) -> Iterator[str]:
    """CASE:EXHIBIT."""
    for at, letter in enumerate(words):
        cases = answering(ledger, Kind.CASE, words[:at], CASE_FIELDS) if letter == ":" else ()
        for tag in answering(ledger, Kind.ITEM, words[at + 1 :], IN_CASE) if cases else ():
            if _state(ledger, tag, Item).case in cases:
                yield tag


def answering(ledger: Ledger, kind: Kind, words: str, fields: Sequence[str]) -> list[str]:
    """Tags of the subjects that go by `words` under one of those fields, whole and not empty."""
    try:
        words.encode()
    except UnicodeEncodeError:  # bytes of another encoding: nothing on file is called so
        return []
    if not words.strip():
        return []
    return [
        found.tag
        for found in ledger.find(kind, words)
        if found.field in fields or _also(ledger.called(found.tag), fields, words)
    ]


def _also(called: Mapping[str, Sequence[str]], fields: Sequence[str], words: str) -> bool:
    """A ledger names one field for each subject, which need not be the one that is wanted."""
    wanted = words.strip().casefold()
    return any(each.casefold() == wanted for field in fields for each in called.get(field, ()))


def _only(trouble: str, found: Sequence[T], name: Callable[[T], str]) -> T:
    if len(found) > 1:
        raise AmbiguousError(trouble, [name(each) for each in found])
    return found[0]


def _state(ledger: Ledger, tag: str, kind: type[S]) -> S:
    state = ledger.subject(tag)
    if not isinstance(state, kind):
        raise NotFoundError(f"{tag[:12]} is not the tag of a {kind.__name__.lower()}")
    return state


def authority_name(ledger: Ledger, case: CaseName, authority: str | None) -> str:
    """What people call a legal basis."""
    for each in authorities(ledger, case):
        if each.id == authority:
            kind = str(getattr(each.told.statement.act, "kind", "")).replace("_", " ")
            return f"{kind} {each.identifier}".strip()
    return "no legal basis"
