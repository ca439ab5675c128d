"""What was taken in, as the members of an act."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from custody.core.canonical import percent
from custody.core.digest import Digests as Found
from custody.images.acquiring import Acquired
from custody.images.ewf import Verdict
from custody.images.facts import DISPUTING
from custody.images.intake import Kind as Form
from custody.images.testimony import Media as Decoded
from custody.images.testimony import Testimony
from custody_schemas.answers import Digests
from custody_schemas.fields import Content, Media
from custody_schemas.terms import ContentForm, ContentPlace, ImageFormat, StoredHash

SMALL = 65_536  # bytes: digests of less stand in personal fields (SPEC §8)
LINES_MOST = 1000  # that a member of an act can hold
LINE_MOST = 5000  # characters of such a line
TOOL_MOST = 500  # of names and versions of tools
TEXT_MOST = 10_000  # characters of a long text
ELSEWHERE = "which the manifest or the logs name"
RAW_NAMES = {".dd", ".raw", ".img", ".bin", ".001"}
STORED = {
    Verdict.MATCH: StoredHash.MATCH,
    Verdict.MISMATCH: StoredHash.MISMATCH,
    Verdict.ABSENT: StoredHash.ABSENT,
    Verdict.NOT_COMPUTED: StoredHash.NOT_STATED,
}


def described(taken: Acquired, told: Mapping[str, Any], in_place: bool) -> dict[str, Any]:
    """Members of `item.acquired` that the content itself, its image and its logs give.

    told: what was typed; it counts where a log says the same.
    """
    members: dict[str, Any] = {
        **content(taken, in_place),
        "format": image_format(taken),
        "stored_hash": stored_hash(taken),
        "claims": bounded(_claims(taken)),
        "scope": fitting([*filter(None, [told.get("scope")]), *_left_out(taken)], TEXT_MOST),
    }
    if taken.media is not None:
        members |= _media(taken.media)
    tools = [f"{t.log.tool} {t.log.version or ''}".strip() for t in taken.logs if t.log]
    if tools and not told.get("tool"):
        members["tool"] = ", ".join(dict.fromkeys(tools))[:TOOL_MOST]
    return members


def content(taken: Acquired, in_place: bool) -> dict[str, Any]:
    """The members that `item.acquired` and `item.derived` share."""
    form = ContentForm.FILE if taken.manifest is None else ContentForm.SEGMENTS
    small = taken.size < SMALL
    digests = taken.digests
    where = ContentPlace.IN_PLACE if in_place else ContentPlace.VAULT
    made = Content(
        form=ContentForm.FOLDER if taken.plan.kind is Form.FOLDER else form,
        count=len(taken.taken),
        size=taken.size,
        sha256=None if small else digests.sha256,
        blake3=None if small else digests.blake3,
        where=where,
    )
    members: dict[str, Any] = {"content": made, "files": list(_files(taken))}
    if taken.unread:
        members["unread"] = taken.unread
    if small:
        members |= {"content_sha256": digests.sha256, "content_blake3": digests.blake3}
    if in_place:
        members["location"] = location(taken)
    return members


def location(taken: Acquired) -> str:
    """Where content left in place is: the folder, the file, or the first segment."""
    plan = taken.plan
    folder = plan.kind is Form.FOLDER
    return percent(plan.base if folder else plan.path(plan.members[0]))


def _files(taken: Acquired) -> Iterator[str]:
    """One line a file; of folders, and of very many segments, the manifest says it."""
    if taken.plan.kind is Form.FOLDER or len(taken.taken) > LINES_MOST:
        return
    for member, digests in taken.taken:
        yield line(digests, member.name)


def line(digests: Found, name: bytes) -> str:
    """A file as acts list it: SHA-256, BLAKE3, size in bytes, percent-encoded name."""
    return f"{digests.sha256} {digests.blake3} {digests.size} {percent(name)}"


def attachment(log: Testimony) -> str:
    """A log as an attachment; it is in the vault already."""
    return line(log.digests, log.name.encode(errors="surrogateescape"))


def digests_of(taken: Acquired) -> Digests:
    """The item's digests, for the answer."""
    return Digests(sha256=taken.digests.sha256, blake3=taken.digests.blake3)


def image_format(taken: Acquired) -> ImageFormat:
    """How the content is kept."""
    match taken.plan.kind:
        case Form.IMAGE:
            return ImageFormat.EWF
        case Form.RAW_SPLIT:
            return ImageFormat.SPLIT_RAW
        case Form.FOLDER:
            return ImageFormat.FOLDER
    suffix = Path(os.fsdecode(taken.plan.name)).suffix.lower()
    raw = taken.media is not None or suffix in RAW_NAMES
    return ImageFormat.RAW if raw else ImageFormat.FILE


def stored_hash(taken: Acquired) -> StoredHash:
    """The verdict on what the image, or a log of its making, states of the media."""
    if taken.media is None:
        return StoredHash.NOT_APPLICABLE
    if any(each.verdict is Verdict.MISMATCH for each in taken.media.comparisons):
        return StoredHash.MISMATCH
    if taken.plan.kind is not Form.IMAGE:
        return StoredHash.NOT_APPLICABLE
    return STORED[taken.media.stored_hash]


def doubts(taken: Acquired) -> list[str]:
    """What puts the content itself in doubt."""
    return [fact.sentence for fact in taken.facts if fact.code in DISPUTING]


def _media(media: Decoded) -> dict[str, Any]:
    members: dict[str, Any] = {}
    found = media.decoded.digests
    if found is not None:
        small = found.size < SMALL
        members["media"] = Media(
            size=found.size,
            sha256=None if small else found.sha256,
            blake3=None if small else found.blake3,
            stored_md5=media.decoded.stored.get("md5"),
            stored_sha1=media.decoded.stored.get("sha1"),
        )
        if small:
            members |= {"media_sha256": found.sha256, "media_blake3": found.blake3}
    if media.errors is not None:
        members["read_errors"] = sum(count for _, count in media.errors)
        spans = [f"sectors {at} to {at + count - 1}" for at, count in media.errors]
        members["error_list"] = spans[:LINES_MOST]
    return members


def _claims(taken: Acquired) -> Iterator[str]:
    """What header and logs say, and what was computed: claims, marked as such."""
    media = taken.media
    if media is not None:
        if media.claims is not None:
            yield from (f"header: {name}: {value}" for name, value in media.claims.values.items())
            yield from (f"header: {name}: {raw}" for name, (raw, _) in media.claims.times.items())
        for each in media.comparisons:
            computed = f", computed {each.computed}" if each.computed != each.stated else ""
            yield f"{each.source}: {each.algorithm} {each.stated}: {each.verdict}{computed}"
    for testimony in taken.logs:
        if testimony.log is not None:
            for name in ("started", "ended"):
                if (said := getattr(testimony.log, name)) is not None:
                    yield f"{testimony.name}: {name} {said} (zone not stated)"


def _left_out(taken: Acquired) -> Iterator[str]:
    """Adverse facts that no other member of the act says."""
    yield from (fact.sentence for fact in taken.facts)


def fitting(lines: Sequence[str], most: int) -> str:
    """Lines as one text of at most `most` characters; how many are cut stands at the end."""
    text = "\n".join(lines)
    if len(text) <= most:
        return text
    end = f"and {len(lines)} more, {ELSEWHERE}"
    room, kept = most - len(end), list[str]()
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join([*kept, f"and {len(lines) - len(kept)} more, {ELSEWHERE}"])


def bounded(lines: Iterable[str]) -> list[str]:
    """Lines as a member of an act can hold them; a cut one ends with three dots."""
    found = [line if len(line) <= LINE_MOST else f"{line[: LINE_MOST - 1]}…" for line in lines]
    return found[:LINES_MOST]
