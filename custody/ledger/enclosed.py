"""Which files of evidence and which documents belong into a bundle, and under which names."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO, NamedTuple, Protocol

from custody.core import canonical
from custody.core.bundle import layout
from custody.core.errors import MalformedError, NotFoundError, StorageError
from custody.core.state import Item
from custody.ledger.selection import Selection, Told
from custody_schemas.acts import ItemAcquired, ItemDerived, ItemReceived
from custody_schemas.terms import ContentForm, ContentPlace

EXTENSION = re.compile(r"\.[a-z0-9]{1,8}")
SHA256 = re.compile(r"[0-9a-f]{64}")
LINE_LIMIT = 1 << 16  # bytes of a manifest's line
LINE = re.compile(r"([0-9a-f]{64}) ([0-9a-f]{64}) (0|[1-9][0-9]{0,15}) (.*)")


class Enclosed(NamedTuple):
    """A file of the bundle: its name there, its SHA-256 and size, and its name in evidence."""

    name: str
    sha256: str
    size: int
    original: str  # percent-encoded


class Opens(Protocol):
    """The part of a vault that is needed to read a manifest."""

    def open(self, sha256: str) -> BinaryIO: ...
    def size(self, sha256: str) -> int: ...


def enclosed(selection: Selection, evidence: Opens) -> Iterator[Enclosed]:
    """All content of the items asked for, then the attachments that are there, each file once.

    Attachments are what signers say they attached, and no rule asks whether it is true: one that
    is not in the vault does not stop every later export of the case.
    """
    contents = selection.contents()
    for tag in selection.items:
        for _, told in selection.history(tag):
            if contents.get(told.statement.id) == tag:
                yield from _content(selection.item(tag).number, told, evidence)
    yield from attachments(selection, evidence)[0]


def attachments(selection: Selection, evidence: Opens) -> tuple[list[Enclosed], list[Enclosed]]:
    """Files that shown entries list as attached: those in the vault, and those that are not."""
    held: dict[str, Enclosed] = {}
    missing: dict[str, Enclosed] = {}
    behind = set(_behind(selection, evidence))  # nobody attaches it to have it all the same
    items = ((tag, selection.item(tag).number) for tag in selection.items)
    closed = {tag for tag, number in items if number in selection.left_out}
    for told in selection.told.values():
        if not closed.isdisjoint(place.tag for place in told.statement.about):
            continue  # photographs of what is sensitive are as sensitive
        for line in lines_of(told, "attachments"):
            if line.sha256 in behind:
                continue
            name = layout.DOCUMENT.format(line.sha256, extension(line.original))
            files = held if _holds(evidence, line) else missing
            files.setdefault(line.sha256, line._replace(name=name))
    return list(held.values()), [file for file in missing.values() if file.sha256 not in held]


def _behind(selection: Selection, evidence: Opens) -> Iterator[str]:
    """Digests of content of shown items that the bundle leaves out, as far as it can be read."""
    inside = selection.contents()
    for tag, item in selection.subjects.items():
        if not isinstance(item, Item) or item.content is None or item.content in inside:
            continue
        for _, told in selection.history(tag):
            if told.statement.id == item.content:
                with suppress(StorageError, NotFoundError):
                    yield from (file.sha256 for file in _content(item.number, told, evidence))


def _holds(evidence: Opens, file: Enclosed) -> bool:
    try:
        return evidence.size(file.sha256) == file.size
    except NotFoundError:
        return False


def lines_of(told: Told, field: str) -> list[Enclosed]:
    """The files that an opened field lists: SHA-256, BLAKE3, size, percent-encoded name.

    No rule reads personal values, so a signer may have put anything there: what names no file
    is passed over, and does not stand in the way of every later export.
    """
    value = told.opened.get(field, ())
    found = (LINE.fullmatch(line) for line in (value if isinstance(value, tuple) else ()))
    return [Enclosed("", match[1], int(match[3]), match[4]) for match in found if match]


def extension(original: str) -> str:
    """The extension that a file keeps in a bundle, `.bin` where it has none that is plain."""
    dot = original.rfind(".")
    suffix = original[dot:].lower() if dot >= 0 else ""
    return suffix if EXTENSION.fullmatch(suffix) else ".bin"


def _content(number: int, told: Told, evidence: Opens) -> Iterator[Enclosed]:
    act = told.statement.act
    assert isinstance(act, ItemAcquired | ItemDerived | ItemReceived)
    content = act.content
    if content is None or content.where is not ContentPlace.VAULT:
        return
    sha256 = content.sha256 or str(told.opened.get("content_sha256", ""))
    if content.form is ContentForm.FILE:
        original = next((line.original for line in lines_of(told, "files")), "")
        files = [Enclosed("", sha256, content.size, original)]
    else:
        name = f"{layout.ITEMS}{number}/manifest.jsonl"
        yield Enclosed(name, sha256, evidence.size(sha256), "")
        files = list(listed(number, sha256, evidence))
    for place, file in enumerate(files, 1):
        suffix = extension(file.original)
        yield file._replace(name=layout.ITEM_FILE.format(number, place, suffix))


def listed(number: int, sha256: str, evidence: Opens) -> Iterator[Enclosed]:
    """The files of a folder or the segments of a set, in the order of their manifest.

    What a signer called a manifest may be any object of the vault, of any size.

    Raises:
        StorageError: it is no manifest.
    """
    with evidence.open(sha256) as source:
        while line := source.readline(LINE_LIMIT + 1):
            try:
                entry = canonical.decode(line.removesuffix(b"\n"), LINE_LIMIT)
                match entry["type"], entry:
                    case (("file" | "segment"), {"sha256": str(of), "size": int(size)}) if (
                        SHA256.fullmatch(of) and size >= 0
                    ):
                        yield Enclosed("", of, size, str(entry["path"]))
                    case (("file" | "segment"), _):
                        raise MalformedError("a file without digest or size")
                    case _:
                        pass
            except (MalformedError, KeyError, TypeError) as error:
                raise StorageError(
                    f"the content of item {number} was recorded as a folder or a set, and is no "
                    f"manifest ({error!r:.80}): export with --records-only"
                ) from error
