"""What an image and the logs of its making say of the media, held against the media itself."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from custody.core.digest import Digests, PathLike, Progress, Unchanging, shown
from custody.core.errors import MalformedError
from custody.images import ewf, sections
from custody.images.ewf import Comparison, Decoded, Verdict
from custody.images.facts import Adverse, Fact
from custody.images.intake import Kind, Plan, Type
from custody.images.logs import LIMIT, AcquisitionLog, read
from custody.images.segments import LOGICAL, RAW, number_of
from custody.places import Place

READ_ERROR_SPANS = 5  # that a sentence names


class Keeper(Protocol):
    """Where logs are kept."""

    def put_bytes(self, data: bytes) -> Digests: ...


class Testimony(NamedTuple):
    """A log that came with the evidence. `log` is None where it was not understood: `problem`."""

    name: str
    digests: Digests
    log: AcquisitionLog | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Media:
    """The media of an image or of raw parts, and every claim about it beside what was found.

    `errors`: sectors that the imaging tool could not read, as (first, number); None: not stated.
    """

    decoded: Decoded
    claims: sections.Claims | None
    errors: tuple[tuple[int, int], ...] | None
    comparisons: tuple[Comparison, ...]
    logical: bool = False  # L01: files, whose media is not decoded
    header_damaged: bool = False

    @property
    def stored_hash(self) -> Verdict:
        """The one verdict on what the image itself says."""
        found = {each.verdict for each in self.comparisons if each.source == "image"}
        worst = (Verdict.MISMATCH, Verdict.NOT_COMPUTED, Verdict.MATCH)
        return next((each for each in worst if each in found), Verdict.ABSENT)


def read_log(path: PathLike, keeper: Keeper) -> Testimony:
    """A log, kept whole and read as far as it is understood.

    Raises:
        StorageError: unreadable, or changed meanwhile.
        MalformedError: longer than any log.
    """
    with Unchanging(path) as file:
        if file.size > LIMIT:
            raise MalformedError(f"{shown(path)} has {file.size} bytes: too long for a log")
        data = os.read(file.descriptor, file.size)
    name = shown(os.path.basename(os.fsencode(path)))  # noqa: PTH119
    digests = keeper.put_bytes(data)
    try:
        return Testimony(name, digests, read(data))
    except MalformedError as error:
        return Testimony(name, digests, None, str(error))


def examine(
    plan: Plan, places: Sequence[Place], logs: Sequence[Testimony], progress: Progress | None
) -> Media | None:
    """The second pass: over the media of an image, or of a raw one with a log to compare."""
    heard = [(each.name, each.log) for each in logs if each.log]
    algorithms = sorted({name for _, log in heard for name in log.hashes})
    if plan.kind == Kind.IMAGE:
        parts = sections.check_set(places)
        logical = begins(places[0], LOGICAL)
        if logical:
            decoded = Decoded(0, 0, None, {}, {}, "a logical image (L01) holds files, not media")
        else:
            decoded = ewf.decode(places, algorithms, progress)
    elif plan.kind == Kind.RAW_SPLIT or (plan.kind == Kind.FILE and heard):
        parts, logical = [], False
        decoded = ewf.raw_media(places, algorithms, progress)
    else:
        return None
    comparisons = ewf.compare(decoded, "image", decoded.stored)
    for name, log in heard:
        comparisons += ewf.compare(decoded, name, log.hashes)
    header = next((part.header for part in parts if part.header), None)
    return Media(
        decoded,
        sections.claims(header) if header else None,
        errors_of(parts, [log for _, log in heard]),
        tuple(comparisons),
        logical,
        any(part.damaged for part in parts),
    )


def begins(place: Place, signatures: Sequence[bytes]) -> bool:
    """Whether a file begins with one of them, each of 8 bytes."""
    with place.open() as file:
        return file.read(8) in signatures


def errors_of(
    parts: Sequence[sections.Segment], logs: Sequence[AcquisitionLog]
) -> tuple[tuple[int, int], ...] | None:
    """Read errors as image and logs state them; () only where a log says that there were none."""
    spans = {span for part in parts for span in part.errors}
    spoken = [log.errors for log in logs if log.errors is not None]
    for errors in spoken:
        spans |= set(errors)
    return tuple(sorted(spans)) if spans or spoken else None


def facts(plan: Plan, media: Media | None, logs: Sequence[Testimony]) -> Iterator[Fact]:
    """Everything that speaks against the item, in the order in which it was found out."""
    yield from of_members(plan)
    yield from of_logs(logs)
    if media is not None:
        yield from of_media(plan, media)


def of_members(plan: Plan) -> Iterator[Fact]:
    """What stands in the folder and could not be taken in."""
    for member in plan.members:
        if member.type == Type.UNREADABLE:
            why = member.detail.decode()
            yield Fact(Adverse.UNREADABLE, f"{shown(member.name)} could not be read ({why})")
        elif member.type == Type.SPECIAL:
            what = member.detail.decode()
            yield Fact(Adverse.SPECIAL_FILE, f"{shown(member.name)} is a {what}; not opened")
    if not plan.members:
        yield Fact(Adverse.NOTHING_INSIDE, f"the folder {shown(plan.name)} is empty")
    if plan.kind == Kind.FILE and not plan.size:
        yield Fact(Adverse.EMPTY_FILE, f"the file {shown(plan.name)} is empty: it has 0 bytes")
    number = number_of(plan.name.rpartition(b".")[2], RAW)
    if plan.kind == Kind.RAW_SPLIT or (plan.kind == Kind.FILE and number in (0, 1)):
        last = shown(plan.members[-1].name)
        yield Fact(
            Adverse.END_NOT_STATED,
            f"raw parts do not say how many they are: whether {last} is the last is not stated",
        )


def of_logs(logs: Sequence[Testimony]) -> Iterator[Fact]:
    for name, _, log, problem in logs:
        if log is None:
            yield Fact(Adverse.LOG_NOT_UNDERSTOOD, f"{name} was kept and not read: {problem}")
        elif log.aborted:
            yield Fact(Adverse.ACQUISITION_ABORTED, f"{name} says that the imaging did not finish")


def of_media(plan: Plan, media: Media) -> Iterator[Fact]:
    decoded = media.decoded
    if decoded.digests is None:
        yield Fact(Adverse.MEDIA_NOT_DECODED, f"the media was not decoded: {decoded.failure}")
    for source, algorithm, stated, computed, verdict in media.comparisons:
        if verdict == Verdict.MISMATCH:
            own = source == "image"
            yield Fact(
                Adverse.STORED_HASH_MISMATCH if own else Adverse.LOG_HASH_MISMATCH,
                f"{'the image' if own else source} states {algorithm} {stated} of the media; "
                f"computed was {computed}",
            )
    if plan.kind == Kind.IMAGE and not decoded.stored and not media.logical:
        yield Fact(Adverse.NO_STORED_HASH, "the image holds no hash of its media")
    if media.header_damaged:
        yield Fact(Adverse.HEADER_DAMAGED, "a header of the image does not unpack")
    yield from of_errors(media)
    for name, (raw, at) in (media.claims.times if media.claims else {}).items():
        if at is None:
            yield Fact(
                Adverse.ZONE_NOT_STATED,
                f"the header's {name.replace('_', ' ')} {raw!r} has no time zone",
            )


def of_errors(media: Media) -> Iterator[Fact]:
    if media.errors is None:
        yield Fact(
            Adverse.READ_ERRORS_NOT_STATED,
            "neither the image nor a log says whether sectors could not be read",
        )
    elif media.errors:
        total = sum(count for _, count in media.errors)
        spans = ", ".join(
            f"{first}-{first + count - 1}" for first, count in media.errors[:READ_ERROR_SPANS]
        )
        more = " …" if len(media.errors) > READ_ERROR_SPANS else ""
        yield Fact(
            Adverse.READ_ERRORS, f"{total} sectors of the source could not be read: {spans}{more}"
        )
