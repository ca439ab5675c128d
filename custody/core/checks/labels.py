"""Names for people instead of tags, from the keys and fields that a bundle opens."""

from collections.abc import Iterable, Iterator, Mapping

from custody.core import tags
from custody.core.bundle.contents import Contents, NamingKey
from custody.core.errors import MalformedError
from custody.core.findings import Check, Finding, failed, judged, undetermined
from custody.core.state import Case, Item, Register, Subject


class Labels:
    """What the tags of the shown subjects stand for."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self.opened: dict[str, NamingKey] = {}
        self._case_keys: tuple[NamingKey, ...] = ()

    def learn(self, contents: Contents, origin: str) -> None:
        """Take in one bundle's keys.json; keys that open nothing are passed over."""
        for key in (*contents.subject_keys, *_of_cases(contents.case_keys)):
            self._open(key)
        self._case_keys += contents.case_keys
        if origin:
            self._names[tags.ledger_tag(origin)] = f"ledger {origin}"

    def number(self, tag: str, number: int) -> None:
        """An item of that number was registered: look whether a case key opens its tag."""
        if tag not in self.opened:
            for key in self._case_keys:
                for item in _opened_by(key, "item", number):
                    self._open(item)

    def _open(self, key: NamingKey) -> None:
        try:
            tag = tags.tag(key.key, key.kind, key.reference, key.number)
        except MalformedError:
            return
        what = f"item {key.number} of case" if key.kind == "item" else key.kind
        self.opened[tag] = key
        self._names[tag] = f"{what} {key.reference}"

    def call(self, tag: str, name: str) -> None:
        """A person's disclosed name, beside the tag: the name proves nothing."""
        self._names.setdefault(tag, f"{name} ({tag:.12})")

    def of(self, tag: str) -> str:
        """The name of a subject, or the beginning of its tag."""
        return self._names.get(tag, f"subject {tag:.12}")


def _of_cases(keys: Iterable[NamingKey]) -> Iterator[NamingKey]:
    for key in keys:
        for kind in ("case", "register"):
            yield from _opened_by(key, kind, None)


def _opened_by(key: NamingKey, kind: str, number: int | None) -> Iterator[NamingKey]:
    """The subject key that a case key opens; nothing for a reference that no case can have."""
    try:
        own = tags.subject_key(key.key, kind, key.reference, number)
    except MalformedError:
        return
    yield NamingKey(own, kind, key.reference, number)


def recomputed(states: Mapping[str, Subject], labels: Labels) -> Iterator[Finding]:
    """STRUCTURE: is every tag of a case the one that its key, reference and number make?"""
    kinds = {"item": Item, "case": Case, "register": Register}
    for tag, state in states.items():
        if not isinstance(state, Item | Case | Register):
            continue
        name, key = f"tag of {labels.of(tag)}", labels.opened.get(tag)
        if key is None:
            yield undetermined(Check.STRUCTURE, name, "no key in keys.json opens it")
            continue
        number = state.number if isinstance(state, Item) else None
        good = isinstance(state, kinds[key.kind]) and key.number == number
        detail = f"the key makes it {key.kind} {key.number or ''}, the entries do not"
        troubles = () if good else (failed(Check.STRUCTURE, name, detail),)
        yield from judged(Check.STRUCTURE, name, troubles, "recomputed from its key")
