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
        self.cases: dict[str, NamingKey] = {}  # by tag of the case
        self.references: dict[str, str] = {}  # of cases, as the entries that opened them say

    def learn(self, contents: Contents, origin: str) -> None:
        """Take in one bundle's keys.json; keys that open nothing are passed over."""
        for key in (*contents.subject_keys, *_of_cases(contents.case_keys)):
            self._open(key)
        for key in contents.case_keys:
            for case in _opened_by(key, "case", None):
                if (tag := tags.tag(case.key, "case", key.reference)) in contents.subjects:
                    self.cases[tag] = key
        if origin:
            self._names[tags.ledger_tag(origin)] = f"ledger {origin}"

    def number(self, tag: str, number: int, exhibit: str) -> None:
        """An item of that number was registered: look whether a case key opens its tag.

        exhibit: the reference on its label, where it is opened
        """
        if tag not in self.opened:
            for key in self.cases.values():
                for item in _opened_by(key, "item", number):
                    self._open(item)
        if exhibit and tag in self.opened:
            reference = self.opened[tag].reference
            self._names[tag] = f"item {number} ({exhibit}) of case {reference}"

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
    meant: dict[tuple[str, str, int | None], str] = {}
    for tag, state in states.items():
        if not isinstance(state, Item | Case | Register):
            continue
        name, key = f"tag of {labels.of(tag)}", labels.opened.get(tag)
        case = tag if isinstance(state, Case) else state.case
        if key is None and case not in labels.cases:
            yield undetermined(Check.STRUCTURE, name, "no key in keys.json opens it")
            continue
        why = _misnamed(state, key, labels.opened.get(case))
        if key and labels.references.get(case, "") not in ("", key.reference):
            why = f"the entry that opened the case calls it {labels.references[case]}"
        if key and meant.setdefault(key[1:], tag) != tag:
            why = f"another subject is {_called(key)} of that case as well"
        troubles = (failed(Check.STRUCTURE, name, why),) if why else ()
        yield from judged(Check.STRUCTURE, name, troubles, "recomputed from its key")


KINDS: Mapping[str, type[Subject]] = {"item": Item, "case": Case, "register": Register}


def _misnamed(state: Item | Case | Register, key: NamingKey | None, case: NamingKey | None) -> str:
    """Why the subject is not what its key says; empty if it is."""
    if key is None:
        return "the key of its case makes another one"
    number = state.number if isinstance(state, Item) else None
    if not isinstance(state, KINDS[key.kind]) or key.number != number:
        return f"the key makes it {_called(key)}, the entries do not"
    if case is not None and case.reference != key.reference:
        return f"the key makes it one of case {key.reference}, the entries do not"
    return ""


def _called(key: NamingKey) -> str:
    return f"{key.kind} {key.number}" if key.number else f"the {key.kind}"
