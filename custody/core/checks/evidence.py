"""EVIDENCE: are the files of the items those whose digests were signed? (SPEC §8, §11)"""

from collections import Counter
from collections.abc import Container, Iterator, Mapping
from typing import Any, NamedTuple

from custody.core import canonical
from custody.core.bundle import layout
from custody.core.bundle.bag import Sums
from custody.core.bundle.contents import lines
from custody.core.checks.labels import Labels
from custody.core.checks.merged import Told
from custody.core.checks.view import View
from custody.core.errors import MalformedError
from custody.core.findings import Check, Fact, Finding, Outcome, failed, judged, undetermined
from custody_schemas.acts import ExportPrepared, ItemRegistered
from custody_schemas.declare import Kind
from custody_schemas.fields import Content
from custody_schemas.terms import ContentForm, ContentPlace


class Signed(NamedTuple):
    """Content of an item as it was signed; a digest is '' where its field is withheld."""

    n: int
    content: Content
    sha256: str
    blake3: str


def _signed(told: Told) -> Signed | None:
    """The content that a statement puts on file."""
    content = getattr(told.statement.act, "content", None)
    if not isinstance(content, Content):
        return None
    sha256 = content.sha256 or told.text("content_sha256")
    return Signed(told.start, content, sha256, content.blake3 or told.text("content_blake3"))


class Said(NamedTuple):
    """What record `n`, under that envelope, says of an item."""

    n: int
    env: str
    tag: str
    number: int | None
    content: Signed | None


class OnFile:
    """Numbers and content of items, as all entries that are examined together state them.

    A bundle is held against what it shows itself: an entry beside it may be later, or of another log.
    """

    def __init__(self) -> None:
        self._said: list[Said] = []  # in the order of the log

    def take(self, told: Told) -> None:
        """One entry."""
        act, content = told.statement.act, _signed(told)
        number = act.number if isinstance(act, ItemRegistered) else None
        if content is None and number is None:
            return
        for n, place in zip(told.run, told.statement.about, strict=True):
            if place.kind is Kind.ITEM:
                self._said.append(Said(n, told.env, place.tag, number, content))

    def of(self, view: View) -> tuple[dict[str, int], dict[str, Signed]]:
        """By tag of the items that the bundle shows: the first number, and the last content."""
        numbers: dict[str, int] = {}
        contents: dict[str, Signed] = {}
        for each in self._said:
            if each.tag not in view.contents.subjects or not view.holds(each.n, each.env):
                continue
            if each.number is not None:
                numbers.setdefault(each.tag, each.number)
            if each.content is not None and each.n < view.size:
                contents[each.tag] = each.content
        return numbers, contents


UNREAD = {"unreadable": "why", "special": "what"}  # entries without content, and what says why
NO_MANIFEST = (MalformedError, AttributeError, KeyError, TypeError)
NOT_RECORDED = "is not the file that was recorded"


# By name: what was measured; None of a file that does not unpack.
Files = dict[str, Sums | None]


class Evidence:
    """The item files of one bundle, beside what its statements say of them, whatever rules do."""

    def __init__(self, view: View, on_file: OnFile) -> None:
        self._view = view
        self._numbers, self._contents = on_file.of(view)
        self._files: dict[str, Files] = {}  # by item number, as the folder spells it
        for path in view.archive.members:
            if path.startswith(layout.ITEMS):
                number, _, name = path.removeprefix(layout.ITEMS).partition("/")
                self._files.setdefault(number, {})[name] = view.sums.get(path)

    def check(
        self, prepared: Told | None, labels: Labels, sensitive: Container[str] = ()
    ) -> Iterator[Finding]:
        """One finding for each shown item with content, and one for each file that is nobody's.

        sensitive: tags of items whose content goes along only where they are named
        """
        none = True
        for tag, number in self._numbers.items():
            name = f"{self._view.name}: {labels.of(tag)}"
            files = self._files.pop(str(number), {})
            if (content := self._contents.get(tag)) is None:
                for file in files:
                    yield failed(Check.EVIDENCE, f"{name}: {file}", "no content of it is on file")
                continue
            none = False
            if files:
                troubles = [
                    *self._compare(name, number, content, files),
                    *_unnamed(prepared, name, tag, number, tag in sensitive),
                ]
                detail = f"{len(files)} files, as signed in record {content.n}"
                yield from judged(Check.EVIDENCE, name, troubles, detail)
            elif _promised(prepared, tag, number) and content.content.where is ContentPlace.VAULT:
                yield failed(Check.EVIDENCE, name, "the export promises the content; it is missing")
            else:
                detail = "its content is not in the bundle"
                yield Finding(Check.EVIDENCE, Outcome.NOT_REQUIRED, name, detail)
        for folder, files in self._files.items():
            for file in files:
                path = f"{self._view.name}: {layout.ITEMS}{folder}/{file}"
                yield failed(Check.EVIDENCE, path, "no shown entry names it")
        if none:
            detail = "no item with digital content is shown"
            yield Finding(Check.EVIDENCE, Outcome.NOT_REQUIRED, self._view.name, detail)

    def unread(self, labels: Labels) -> Iterator[Fact]:
        """What the manifests of folders name and nobody read: it speaks against the evidence."""
        for tag, number in self._numbers.items():
            path = layout.ITEM_MANIFEST_PATH.format(number)
            if path not in self._view.archive.members:
                continue
            found: Counter[tuple[str, str]] = Counter()
            try:
                for entry in self._entries(path):
                    if entry["type"] in UNREAD:
                        found[entry["type"], str(entry[UNREAD[entry["type"]]])[:20]] += 1
            except NO_MANIFEST:
                pass  # EVIDENCE says so; what was read so far counts
            if found:
                yield Fact("unread", labels.of(tag), f"{_left(found)}; {path}")

    def _entries(self, path: str) -> Iterator[Any]:
        for line in lines(self._view.archive.chunks(path)):
            yield canonical.decode(line, layout.LINE_BYTES)

    def _compare(self, name: str, number: int, content: Signed, files: Files) -> Iterator[Finding]:
        folder = f"{name}: {layout.ITEMS}{number}"
        if not content.sha256 or not content.blake3:
            yield undetermined(Check.EVIDENCE, folder, "the signed digests are withheld")
            return
        whole, size = layout.ITEM_MANIFEST, None
        if content.content.form is ContentForm.FILE:
            whole = next((name for name in files if name.partition(".")[0] == "0001"), "")
            if not whole:
                yield failed(Check.EVIDENCE, folder, "its one file is not called 0001")
                return
            size = content.content.size
        elif whole not in files:
            yield failed(Check.EVIDENCE, folder, f"{whole}, which was signed, is missing")
            return
        yield from _same(f"{folder}/{whole}", files[whole], content.sha256, content.blake3, size)
        if content.content.form is not ContentForm.FILE:
            if files[whole] is not None:
                yield from self._parts(folder, number, content.content, files)
            return
        for file in sorted(files.keys() - {whole}):
            yield failed(Check.EVIDENCE, f"{folder}/{file}", "no shown entry names it")

    def _parts(self, folder: str, number: int, content: Content, files: Files) -> Iterator[Finding]:
        """The files of a folder or of segments, numbered in the order of their manifest."""
        path = layout.ITEM_MANIFEST_PATH.format(number)
        nobodys = files.keys() - {layout.ITEM_MANIFEST}  # until the manifest speaks of them
        named = {file.partition(".")[0]: file for file in sorted(nobodys)}
        total = count = 0
        try:
            for entry in self._entries(path):
                if entry["type"] not in ("file", "segment"):
                    continue
                count, total = count + 1, total + entry["size"]
                if count > content.count:
                    break
                file = named.get(f"{count:04d}")
                if file is None:
                    yield failed(Check.EVIDENCE, f"{folder}: file {count}", "is missing")
                    continue
                nobodys.remove(file)
                sums = entry["sha256"], entry["blake3"], entry["size"]
                yield from _same(f"{folder}/{file}", files[file], *sums)
        except NO_MANIFEST as error:
            yield failed(
                Check.EVIDENCE,
                f"{folder}/{layout.ITEM_MANIFEST}",
                f"is no manifest of files: {error}",
            )
            return
        if count != content.count:
            what = f"{count} files" if count < content.count else "more files"
            yield failed(Check.EVIDENCE, folder, f"{what}, recorded {content.count}")
        elif total != content.size:
            yield failed(Check.EVIDENCE, folder, f"{total} bytes, recorded {content.size}")
        for file in sorted(nobodys):
            yield failed(Check.EVIDENCE, f"{folder}/{file}", "is not in the manifest")


def _unnamed(
    prepared: Told | None, name: str, tag: str, number: int, sensitive: bool
) -> Iterator[Finding]:
    """Content that is inside although nobody announced it: no rule asked whether it may leave."""
    if prepared is None or not isinstance(prepared.statement.act, ExportPrepared):
        return
    act = prepared.statement.act
    if not act.evidence or not _among(prepared, tag):
        yield failed(
            Check.EVIDENCE, name, "the export did not announce its content, and it is inside"
        )
    elif number in (act.left_out or ()):
        yield failed(Check.EVIDENCE, name, "the export left its content out, and it is inside")
    elif sensitive and number not in (act.sensitive or ()):
        detail = "its content is sensitive, and is inside though the export did not name it"
        yield failed(Check.EVIDENCE, name, detail)


def _among(prepared: Told, tag: str) -> bool:
    """Whether the export is of this item: it names it, or none."""
    chosen = prepared.statement.places(Kind.ITEM)
    return not chosen or any(place.tag == tag for place in chosen)


def _promised(prepared: Told | None, tag: str, number: int) -> bool:
    """Whether the export said that it holds this item's content."""
    if prepared is None or not isinstance(prepared.statement.act, ExportPrepared):
        return False
    act = prepared.statement.act
    return act.evidence and _among(prepared, tag) and number not in (act.left_out or ())


def _same(
    name: str, sums: Sums | None, sha256: str, blake3: str, size: int | None
) -> Iterator[Finding]:
    """One finding for a file that is another; `size` None where only its digests were signed."""
    if sums is None:
        why = "it is damaged and does not unpack"
    else:
        compared = (
            ("SHA-256 is", sums.sha256, sha256),
            ("BLAKE3 is", sums.blake3, blake3),
            ("bytes are", sums.size, sums.size if size is None else size),
        )
        why = "; ".join(
            f"{what} {is_}, recorded {was}" for what, is_, was in compared if is_ != was
        )
    if why:
        yield failed(Check.EVIDENCE, name, f"{NOT_RECORDED}: {why}")


def _left(found: Mapping[tuple[str, str], int]) -> str:
    """By kind, with their number and the reasons: unreadable entries, then special files."""
    said = []
    for kind, one, many, verb in (
        ("unreadable", "entry of the folder", "entries of the folder", "could not be read"),
        ("special", "special file", "special files", "not opened"),
    ):
        whys = {why: count for (each, why), count in found.items() if each == kind}
        if count := sum(whys.values()):
            helper = "" if kind == "unreadable" else "was " if count == 1 else "were "
            said.append(
                f"{count} {one if count == 1 else many} {helper}{verb} ({', '.join(sorted(whys)[:5])})"
            )
    return ", ".join(said)
