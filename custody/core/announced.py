"""What an export announced that it opens and withholds: signed, and held against it. (SPEC §11.8)

The exporter opens by this, and the verifier computes the same again.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from custody.core.statement import Statement
from custody_schemas.acts import (
    AuthorityRecorded,
    CaseOpened,
    CorrectionRecorded,
    ExportPrepared,
    Pack,
    PrivacyRestricted,
    Profile,
)
from custody_schemas.declare import Act, Kind
from custody_schemas.terms import Sensitivity

OF_PEOPLE = ("name", "organisation")
CORRECTED = ("value", "values")  # what a correction says instead
DIGESTS = ("content_sha256", "content_blake3")
REFERENCE = "reference"  # of a case: its blinded name cannot be recomputed without it
GROUND = "ground"
ORDINARY = (Sensitivity.NORMAL, Sensitivity.NOT_STATED)


class Restriction(NamedTuple):
    """The entry that restricts a field: of which act it is, and where it says on what ground."""

    act: PrivacyRestricted
    n: int


class Restrictions:
    """Fields that leave the house only when they are named, as the entries on the chains say."""

    def __init__(self) -> None:
        self._standing: dict[tuple[str, str], Restriction] = {}

    def take(self, made: Statement, n: int) -> None:
        """The next entry, in the order of the log; `n` is its first record."""
        if isinstance(made.act, PrivacyRestricted):
            for field in made.act.fields:
                key = (made.act.entry, field)
                self._standing.pop(key, None)
                if not made.act.lifted:
                    self._standing[key] = Restriction(made.act, n)

    @property
    def any(self) -> bool:
        """Whether any field is restricted."""
        return bool(self._standing)

    def of(self, made: Statement, field: str) -> Restriction | None:
        """What restricts a field, or the one that it corrects."""
        own = self._standing.get((made.id, field))
        act = made.act
        if own or not isinstance(act, CorrectionRecorded) or field not in CORRECTED:
            return own
        return self._standing.get((act.corrects, act.field or ""))


class Opening:
    """Which fields one export opens, by what was signed of it.

    profile: what `act.profile` names, None where there is none or no pack that has it is known
    enclosed: ids of the entries that put content on file which is in the bundle
    """

    def __init__(
        self,
        prepared: Statement,
        profile: Profile | None,
        restrictions: Restrictions,
        enclosed: Collection[str],
    ) -> None:
        assert isinstance(prepared.act, ExportPrepared)
        self.export, self.act, self.profile = prepared.id, prepared.act, profile
        self.items = prepared.places(Kind.ITEM)
        self._restrictions, self._enclosed = restrictions, enclosed

    @property
    def announced(self) -> bool:
        """Whether it said that it withholds anything, so that nothing else may be withheld."""
        return self.act.profile is not None or self.act.redacted is not None

    def needed(self, made: Statement, field: str) -> bool:
        """Whether a check that a bundle must pass reads the field: it is opened whatever else."""
        if made.name == CaseOpened.NAME:
            return field == REFERENCE
        if made.id == self.export:
            return field == GROUND
        return field in DIGESTS and made.id in self._enclosed

    @property
    def restricts(self) -> bool:
        """Whether any field was restricted when it was made."""
        return self._restrictions.any

    @property
    def unknown(self) -> bool:
        """Whether it named a profile of which nobody knows what it opens."""
        return self.act.profile is not None and self.profile is None

    def why_not(self, made: Statement, field: str) -> str:
        """Why the field is withheld; '' where it is opened as far as the announcement goes."""
        if self.needed(made, field):
            return ""
        if why := self.by_name(made, field):
            return why
        opens = self.profile.opens if self.profile else ()
        if self.act.profile is not None and not opened_by(opens, made, field):
            return f"by the profile {self.act.profile}"
        return ""

    def by_name(self, made: Statement, field: str) -> str:
        """Why the field is withheld, whatever a profile opens; '' where nobody named it."""
        if self.needed(made, field):
            return ""
        restriction = self._restrictions.of(made, field)
        if restriction and not covers(self.act.restricted or (), made, field):
            ground = restriction.act.ground.replace("_", " ")
            return f"restricted, {ground} (record {restriction.n})"
        if covers(self.act.redacted or (), made, field):
            return "redacted by who exported"
        return ""


def covers(names: Iterable[str], made: Statement, field: str) -> bool:
    """Whether one of `names` means the field of that entry, itself or as the one it corrects."""
    act = made.act
    meant = {field, f"{made.name}.{field}"}
    if isinstance(act, CorrectionRecorded) and act.field and field in CORRECTED:
        meant |= {act.field, f"{act.act}.{act.field}"}
    return not meant.isdisjoint(names)


def opened_by(names: Iterable[str], made: Statement, field: str) -> bool:
    """Whether a list of what is opened has the field; of a correction, the one that it corrects."""
    act = made.act
    if isinstance(act, CorrectionRecorded) and act.field and field in CORRECTED:
        return not {act.field, f"{act.act}.{act.field}"}.isdisjoint(names)
    return not {field, f"{made.name}.{field}"}.isdisjoint(names)


def unknown(names: Iterable[str]) -> list[str]:
    """Of these names, those that no personal field of any act has."""
    personal = {
        name
        for act in Act.ALL.values()
        for field in act.FIELDS.values()
        if field.personal
        for name in (field.name, f"{act.NAME}.{field.name}")
    }
    return [name for name in names if name not in personal]


def profile_of(packs: Iterable[Pack], act: ExportPrepared) -> Profile | None:
    """The profile that an export names, out of the packs that were ever loaded."""
    found = (
        profile
        for pack in packs
        if (pack.name, pack.version) == (act.pack, act.pack_version)
        for profile in pack.profiles
        if profile.name == act.profile
    )
    return next(found, None)


def is_shown(made: Statement, field: str) -> bool:
    """Whether any bundle opens a field of a statement, leaving aside what it withholds by name.

    Of people it takes their name and organisation to understand a case. How to reach them, their
    staff numbers and papers, and what else is on file of them are no business of its readers: the
    entries themselves are shown, and the fields stand among those withheld.
    """
    if any(place.kind not in (Kind.ACTOR, Kind.LEDGER) for place in made.about):
        return True
    if isinstance(made.act, CorrectionRecorded):
        return field == "value" and made.act.field in OF_PEOPLE
    return field in OF_PEOPLE


def of_case_alone(made: Statement, shown: Collection[str]) -> bool:
    """Whether a bundle of chosen items leaves the whole entry closed.

    Of the case's own chain it opens what a case is and rests on. Other exports, their recipients,
    and remarks on the case concern readers of the whole case.
    """
    items = {p.tag for p in made.about if p.kind in (Kind.ITEM, Kind.SOURCE)}
    corrected = made.act.act if isinstance(made.act, CorrectionRecorded) else made.name
    of_case = bool(made.places(Kind.CASE)) and items.isdisjoint(shown)
    return of_case and corrected not in (CaseOpened.NAME, AuthorityRecorded.NAME)


def is_sensitive(
    tag: str, said: Mapping[str, Sensitivity], parents: Mapping[str, Sequence[str]]
) -> bool:
    """Whether an item's content leaves only when it is named. (R99)

    said: sensitivity by tag, as registered. What nobody stated of an item is that of what it was
    made from: an image is what the telephone is, until somebody says that it is not.
    """
    seen, waiting = {tag}, [tag]
    while waiting:
        each = waiting.pop()
        if said.get(each, Sensitivity.NOT_STATED) not in ORDINARY:
            return True
        if said.get(each) is not Sensitivity.NORMAL:
            fresh = [parent for parent in parents.get(each, ()) if parent not in seen]
            seen.update(fresh)
            waiting += fresh
    return False
