"""REDACTIONS of the whole: is opened what the export announced, no more and no less? (SPEC §11.8)"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from custody.core.announced import (
    Opening,
    Restrictions,
    is_sensitive,
    is_shown,
    of_case_alone,
    profile_of,
)
from custody.core.bundle import layout
from custody.core.checks import erased
from custody.core.checks.labels import Labels
from custody.core.checks.merged import Merged, Told
from custody.core.checks.promise import is_chosen
from custody.core.checks.view import View
from custody.core.errors import CustodyError
from custody.core.findings import Check, Finding, failed, judged, undetermined
from custody.core.state import Item, Subject
from custody_schemas.acts import (
    ExportPrepared,
    ItemRegistered,
    Pack,
    PackLoaded,
    PrivacyRestricted,
)
from custody_schemas.declare import Kind
from custody_schemas.terms import Sensitivity


class Redactions:
    """Takes in every statement, then holds each bundle against what announced it.

    why: why a field of an entry is withheld, by (env, field), as far as somebody said it
    said: what was announced of each bundle, in words
    """

    def __init__(self) -> None:
        self._packs: list[Pack] = []
        self._restricting: list[Told] = []
        self._sensitivity: dict[str, Sensitivity] = {}
        self._numbers: dict[str, int] = {}
        self._sensitive: set[str] = set()
        self._on_file: dict[str, str] = {}  # ids of what put content on file, by item tag
        self.why: dict[tuple[str, str], str] = {}
        self.said: list[str] = []

    def take(self, told: Told) -> None:
        """Remember what decides on opening: packs, restrictions, what is sensitive."""
        made = told.statement
        if isinstance(made.act, PrivacyRestricted):
            self._restricting.append(told)
        if isinstance(made.act, PackLoaded):
            self._packs.append(made.act.pack)
        if isinstance(made.act, ItemRegistered):
            self._sensitivity.setdefault(made.places(Kind.ITEM)[0].tag, made.act.sensitivity)
            self._numbers.setdefault(made.places(Kind.ITEM)[0].tag, made.act.number)
        if getattr(made.act, "content", None) is not None:
            self._on_file |= {place.tag: made.id for place in made.places(Kind.ITEM)}

    def sensitive(self, states: Mapping[str, Subject]) -> set[str]:
        """Tags of the items whose content leaves only when they are named."""
        parents = {tag: s.parents for tag, s in states.items() if isinstance(s, Item)}
        found = {t for t in self._sensitivity if is_sensitive(t, self._sensitivity, parents)}
        self._sensitive |= found
        return found

    def check(
        self,
        view: View,
        prepared: Told | None,
        merged: Merged,
        erasures: Sequence[erased.Erasure],
        labels: Labels,
    ) -> Iterator[Finding]:
        """Where nothing is announced nor restricted, nothing is asked."""
        if prepared is None or not isinstance(prepared.statement.act, ExportPrepared):
            return
        opening = self._opening(view, prepared)
        sensitive = {self._numbers[tag] for tag in self._sensitive & view.contents.subjects.keys()}
        self.said += (f"{view.name}: {each}" for each in _words(opening, prepared, sensitive))
        if not (opening.announced or opening.restricts):
            return
        subject = f"{view.name}: what the export withholds"
        gone = erased.fields([each for each in erasures if each.shown_by(view)])
        shown = view.contents.subjects
        chosen = is_chosen(view, prepared, labels)
        troubles = [
            failed(Check.REDACTIONS, f"{view.name}: record {told.start}", why)
            for told in _told_in(view, merged)
            for why in self._of(
                told, view, opening, gone, chosen and of_case_alone(told.statement, shown)
            )
        ]
        if opening.unknown:
            detail = "the pack of its profile is not shown"
            troubles.append(undetermined(Check.REDACTIONS, subject, detail))
        detail = "it opens what was announced, and withholds the rest"
        yield from judged(Check.REDACTIONS, subject, troubles, detail)

    def _opening(self, view: View, prepared: Told) -> Opening:
        """What the announcement opens, with the restrictions that stood when it was made."""
        act = prepared.statement.act
        assert isinstance(act, ExportPrepared)
        restrictions = Restrictions()
        for told in self._restricting:
            if told.start < prepared.start and any(n in view.contents.records for n in told.run):
                restrictions.take(told.statement, told.start)
        profile, enclosed = profile_of(self._packs, act), self._enclosed(view)
        return Opening(prepared.statement, profile, restrictions, enclosed)

    def _enclosed(self, view: View) -> set[str]:
        """Ids of the entries that put content on file whose files are in the bundle."""
        folders = {
            path.removeprefix(layout.ITEMS).partition("/")[0]
            for path in view.archive.members
            if path.startswith(layout.ITEMS)
        }
        shown = {tag for tag, number in self._numbers.items() if str(number) in folders}
        return {self._on_file[tag] for tag in shown & self._on_file.keys()}

    def _of(
        self,
        told: Told,
        view: View,
        opening: Opening,
        gone: Collection[tuple[str, str]],
        closed: bool,
    ) -> Iterator[str]:
        """What is opened and should not be, and the other way round.

        closed: whether a bundle of this sort leaves the whole entry closed
        """
        made = told.statement
        asks = opening.by_name if opening.unknown else opening.why_not
        for field in made.sd:
            why = asks(made, field)
            if (told.env, field) in view.contents.disclosures:
                if why:
                    yield f"{field} is opened, though it was announced as withheld: {why}"
                continue
            if why:
                self.why.setdefault((told.env, field), why)
            elif (
                opening.announced
                and not opening.unknown
                and not closed
                and is_shown(made, field)
                and (made.id, field) not in gone
            ):
                yield f"{field} is withheld, and nothing that was announced says why"


def _told_in(view: View, merged: Merged) -> Iterator[Told]:
    """The statements that the bundle shows, each once; what cannot be read is found elsewhere."""
    seen: set[str] = set()
    for chain in view.chains.values():
        for _, entry in chain:
            if entry.env in seen:
                continue
            seen.add(entry.env)
            try:
                yield merged.told(entry)
            except CustodyError:
                continue


def _words(opening: Opening, prepared: Told, sensitive: Collection[int]) -> Iterator[str]:
    """What was announced, for the list of what is withheld; `sensitive` are numbers of items."""
    act = opening.act
    if act.profile is not None:
        ground = opening.profile.ground if opening.profile else "the pack is not shown"
        yield (
            f"opened by the profile {act.profile} of {act.pack}, version {act.pack_version}; the "
            f"rest is withheld on the ground: {ground}"
        )
    if act.redacted is not None:
        ground = prepared.text("ground") or "none is said"
        yield f"redacted besides: {', '.join(act.redacted)}, on the ground: {ground}"
    if act.left_out is not None:
        numbers = ", ".join(map(str, act.left_out))
        yield f"content of these items was left out because it is sensitive: {numbers}"
        if others := [number for number in act.left_out if number not in sensitive]:
            numbers = ", ".join(map(str, others))
            yield f"that it is, was not said when these of them were registered: {numbers}"
    if act.sensitive is not None:
        numbers = ", ".join(map(str, act.sensitive))
        yield f"content of these items was named, and is inside though sensitive: {numbers}"
