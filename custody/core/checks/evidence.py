"""EVIDENCE: are the files of the items those whose digests were signed? (SPEC §8, §11)"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from custody.core import canonical
from custody.core.bundle import layout
from custody.core.bundle.bag import Sums
from custody.core.bundle.contents import lines
from custody.core.checks.labels import Labels
from custody.core.checks.merged import Told
from custody.core.checks.view import View
from custody.core.errors import MalformedError
from custody.core.findings import Check, Finding, Outcome, failed, judged, undetermined
from custody.core.state import Item
from custody_schemas.acts import ExportPrepared
from custody_schemas.declare import Kind
from custody_schemas.fields import Content
from custody_schemas.terms import ContentForm, ContentPlace


class Signed(NamedTuple):
    """Content of an item as it was signed; a digest is '' where its field is withheld."""

    n: int
    content: Content
    sha256: str
    blake3: str


def signed(told: Told) -> Signed | None:
    """The content that a statement puts on file."""
    content = getattr(told.statement.act, "content", None)
    if not isinstance(content, Content):
        return None
    sha256 = content.sha256 or told.text("content_sha256")
    return Signed(told.start, content, sha256, content.blake3 or told.text("content_blake3"))


class Evidence:
    """The item files of one bundle, beside what the shown statements say of them."""

    def __init__(
        self, view: View, items: Mapping[str, Item], contents: Mapping[str, Signed]
    ) -> None:
        self._view = view
        self._items = {tag: item for tag, item in items.items() if tag in view.contents.subjects}
        self._contents = contents
        self._files: dict[str, dict[str, Sums]] = {}  # by item number, as the folder spells it
        for path, sums in view.sums.items():
            if path.startswith(layout.ITEMS):
                number, _, name = path.removeprefix(layout.ITEMS).partition("/")
                self._files.setdefault(number, {})[name] = sums

    def check(self, prepared: Told | None, labels: Labels) -> Iterator[Finding]:
        """One finding for each shown item with content, and one for each file that is nobody's."""
        none = True
        for tag, item in self._items.items():
            name = f"{self._view.name}: {labels.of(tag)}"
            files = self._files.pop(str(item.number), {})
            if (content := self._contents.get(tag)) is None:
                for file in files:
                    yield failed(Check.EVIDENCE, f"{name}: {file}", "no content of it is on file")
                continue
            none = False
            if files:
                troubles = self._compare(item, content, files)
                detail = f"{len(files)} files, as signed in record {content.n}"
                yield from judged(Check.EVIDENCE, name, troubles, detail)
            elif _promised(prepared, tag) and content.content.where is ContentPlace.VAULT:
                yield failed(Check.EVIDENCE, name, "the export promises the content; it is missing")
            else:
                detail = "its content is not in the bundle"
                yield Finding(Check.EVIDENCE, Outcome.NOT_REQUIRED, name, detail)
        for number, files in self._files.items():
            for file in files:
                path = f"{self._view.name}: {layout.ITEMS}{number}/{file}"
                yield failed(Check.EVIDENCE, path, "no shown entry names it")
        if none:
            detail = "no item with digital content is shown"
            yield Finding(Check.EVIDENCE, Outcome.NOT_REQUIRED, self._view.name, detail)

    def _compare(self, item: Item, content: Signed, files: dict[str, Sums]) -> Iterator[Finding]:
        name = f"{self._view.name}: {layout.ITEMS}{item.number}"
        if not content.sha256 or not content.blake3:
            yield undetermined(Check.EVIDENCE, name, "the signed digests are withheld")
            return
        whole = layout.ITEM_MANIFEST
        if content.content.form is ContentForm.FILE:
            whole = next((name for name in files if name.partition(".")[0] == "0001"), "")
            if not whole:
                yield failed(Check.EVIDENCE, name, "its one file is not called 0001")
                return
            extra = files.keys() - {whole}
            yield from _size(name, files[whole].size, content.content.size)
        elif whole not in files:
            yield failed(Check.EVIDENCE, name, f"{whole}, which was signed, is missing")
            return
        else:
            extra = files.keys() - {whole}
            yield from self._parts(item, content.content, files)
            extra = set()
        yield from _same(f"{name}/{whole}", files[whole], content.sha256, content.blake3)
        for file in sorted(extra):
            yield failed(Check.EVIDENCE, f"{name}/{file}", "no shown entry names it")

    def _parts(self, item: Item, content: Content, files: dict[str, Sums]) -> Iterator[Finding]:
        """The files of a folder or of segments, numbered in the order of their manifest."""
        name = f"{self._view.name}: {layout.ITEMS}{item.number}"
        path = layout.ITEM_MANIFEST_PATH.format(item.number)
        left = {file.partition(".")[0]: file for file in files if file != layout.ITEM_MANIFEST}
        total = count = 0
        try:
            for line in lines(self._view.archive.chunks(path)):
                entry: Any = canonical.decode(line, layout.LINE_BYTES)
                if entry["type"] not in ("file", "segment"):
                    continue
                count, total = count + 1, total + entry["size"]
                file = left.pop(f"{count:04d}", None)
                if file is None:
                    yield failed(Check.EVIDENCE, f"{name}: file {count}", "is missing")
                    continue
                yield from _same(f"{name}/{file}", files[file], entry["sha256"], entry["blake3"])
                yield from _size(f"{name}/{file}", files[file].size, entry["size"])
        except (MalformedError, AttributeError, KeyError, TypeError) as error:
            yield failed(Check.EVIDENCE, path, f"is no manifest of files: {error}")
        yield from _size(name, total, content.size)
        if count != content.count:
            yield failed(Check.EVIDENCE, name, f"{count} files, signed were {content.count}")
        for file in sorted(files.keys() & left.values()):
            yield failed(Check.EVIDENCE, f"{name}/{file}", "is not in the manifest")


def _promised(prepared: Told | None, tag: str) -> bool:
    """Whether the export said that it holds this item's content."""
    if prepared is None or not isinstance(prepared.statement.act, ExportPrepared):
        return False
    chosen = prepared.statement.places(Kind.ITEM)
    inside = not chosen or any(place.tag == tag for place in chosen)
    return prepared.statement.act.evidence and inside


def _same(name: str, sums: Sums, sha256: str, blake3: str) -> Iterator[Finding]:
    if sums.sha256 != sha256:
        yield failed(Check.EVIDENCE, name, f"SHA-256 is {sums.sha256}, signed was {sha256}")
    if sums.blake3 != blake3:
        yield failed(Check.EVIDENCE, name, f"BLAKE3 is {sums.blake3}, signed was {blake3}")


def _size(name: str, found: int, stated: int) -> Iterator[Finding]:
    if found != stated:
        yield failed(Check.EVIDENCE, name, f"{found} bytes, signed were {stated}")
