"""COMPLETENESS of the export: does the bundle show what was said to be exported? (SPEC §11)"""

from collections.abc import Iterable, Iterator, Mapping

from custody.core.bundle import layout
from custody.core.bundle.contents import NamingKey
from custody.core.checks.labels import Labels
from custody.core.checks.merged import Told
from custody.core.checks.view import View
from custody.core.findings import Check, Finding, failed, judged, undetermined
from custody.core.state import Case, Subject
from custody.core.statement import Place
from custody_schemas.acts import ExportCreated, ExportPrepared
from custody_schemas.declare import Kind

OF_A_CASE = (Kind.CASE, Kind.REGISTER, Kind.ITEM, Kind.SOURCE)


class Promise:
    """Takes in every statement, then holds each bundle against the one that announced it."""

    def __init__(self) -> None:
        self._concerned: dict[str, list[int]] = {}  # records of a case and its items, by tag
        # Records and tags of items, by tag of what they were made from.
        self._descended: dict[str, list[tuple[int, str]]] = {}
        self._made: dict[str, set[str]] = {}  # digests of bundles, by statement id of their export

    def take(self, told: Told) -> None:
        """Remember what a statement concerns."""
        made = told.statement
        for n, place in zip(told.run, made.about, strict=True):
            if place.kind in OF_A_CASE:
                self._concerned.setdefault(place.tag, []).append(n)
            if place.kind is Kind.ITEM:
                for source in made.places(Kind.SOURCE):
                    self._descended.setdefault(source.tag, []).append((n, place.tag))
        if isinstance(made.act, ExportCreated):
            self._made.setdefault(made.act.export, set()).add(made.act.sha256)

    def check(self, view: View, prepared: Told | None, labels: Labels) -> Iterator[Finding]:
        """One finding for each thing promised and not shown."""
        subject = f"{view.name}: what the export promises"
        if prepared is None or not isinstance(prepared.statement.act, ExportPrepared):
            detail = "the entry that announced it is not shown: nobody says what it should hold"
            yield undetermined(Check.COMPLETENESS, subject, detail)
            return
        (case,), items = prepared.statement.places(Kind.CASE), prepared.statement.places(Kind.ITEM)
        chosen = is_chosen(view, prepared, labels)
        troubles = (
            *self._chosen(view, (case, *items), labels),
            *(self._descent(view) if chosen else self._whole(view, case.tag, labels)),
        )
        if prepared.statement.act.mirror and layout.MIRROR not in view.archive.members:
            detail = "the export promises the mirror of the log; it is missing"
            troubles += (failed(Check.COMPLETENESS, f"{view.name}: mirror", detail),)
        yield from judged(Check.COMPLETENESS, subject, troubles, "is shown")

    def remade(self, export: str, digest: str) -> str:
        """Why a bundle of that digest is not the one that was made; empty if none is known."""
        made = self._made.get(export, {digest})
        if digest in made:
            return ""
        return f"the bundle on file as made of this export is {', '.join(sorted(made))}"

    def on_file(self, export: str, digest: str) -> bool:
        """Whether the ledger says that a bundle of that digest was made of the export."""
        return digest in self._made.get(export, ())

    def _chosen(self, view: View, about: Iterable[Place], labels: Labels) -> Iterator[Finding]:
        for place in about:
            if place.tag not in view.contents.subjects:
                subject = f"{view.name}: {labels.of(place.tag)}"
                yield failed(Check.COMPLETENESS, subject, "the export promises it; it is not shown")

    def _whole(self, view: View, case: str, labels: Labels) -> Iterator[Finding]:
        """An export that names no items shows all items that its entries concern."""
        for n in _hidden(view, self._concerned):
            detail = "concerns what this export of the whole case does not show"
            yield failed(Check.COMPLETENESS, f"{view.name}: record {n}", detail)
        if case not in labels.cases:
            detail = "no key of the case shows that it has no other items"
            yield undetermined(Check.COMPLETENESS, f"{view.name}: {labels.of(case)}", detail)

    def _descent(self, view: View) -> Iterator[Finding]:
        """Chosen items come with the items that they were made from.

        What was made of them and of others is not chosen with them.
        """
        shown = view.contents.subjects
        made = {
            source: [n for n, item in items if item in shown]
            for source, items in self._descended.items()
        }
        for n in _hidden(view, made):
            detail = "made the item from one that is not shown"
            yield undetermined(Check.COMPLETENESS, f"{view.name}: record {n}", detail)


def is_chosen(view: View, prepared: Told | None, labels: Labels) -> bool:
    """Whether the bundle is one of chosen items: who brings the key of the case shows all of it."""
    if prepared is None or not prepared.statement.places(Kind.ITEM):
        return False
    (case,) = prepared.statement.places(Kind.CASE)
    return labels.cases.get(case.tag) not in view.contents.case_keys


def whole_cases(view: View, prepared: Told | None, labels: Labels) -> dict[str, NamingKey]:
    """By tag, keys of the cases of which the bundle shows every item, or says so.

    Chosen items come without the key of their case: who brings it says that this is all.
    """
    chosen = prepared is not None and prepared.statement.places(Kind.ITEM)
    return {
        tag: key
        for tag, key in labels.cases.items()
        if tag in view.contents.subjects and not (chosen and key not in view.contents.case_keys)
    }


def cases_of(view: View, states: Mapping[str, Subject]) -> set[str]:
    """Tags of the cases that the bundle shows."""
    shown = view.contents.subjects
    return {tag for tag, state in states.items() if isinstance(state, Case) and tag in shown}


def brings_keys(view: View, states: Mapping[str, Subject], labels: Labels) -> bool:
    """Whether the bundle itself has the key of each case that it shows."""
    cases, keys = cases_of(view, states), view.contents.case_keys
    return bool(cases) and all(labels.cases.get(tag) in keys for tag in cases)


def since(view: View, prepared: Told | None) -> Iterator[str]:
    """Words for a bundle that shows entries which came after it was announced."""
    last = prepared.run[-1] if prepared else view.size
    later = sum(leaf.n > last for chain in view.chains.values() for leaf, _ in chain)
    if later:
        yield f"{view.name}: {later} of its records were made after record {last}, which announced it"


def _hidden(view: View, tags: Mapping[str, list[int]]) -> Iterator[int]:
    """The first record, of those that the bundle has, for each tag that it does not show."""
    for tag, numbers in tags.items():
        if tag not in view.contents.subjects:
            yield from [n for n in numbers if n in view.leaves][:1]
