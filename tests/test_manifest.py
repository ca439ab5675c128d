"""Manifests: what is written is read back, and nothing else is read."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core.canonical import encode, percent
from custody.core.digest import digest_bytes
from custody.core.errors import MalformedError
from custody.images import manifest

parts = st.binary(min_size=1, max_size=12).filter(
    lambda part: not {0, 0x2F} & set(part) and part not in (b".", b"..")
)
paths = st.lists(parts, min_size=1, max_size=4).map(b"/".join)
ONE = digest_bytes(b"one")


def line(kind: str, path: bytes) -> dict[str, object]:
    match kind:
        case "file":
            return manifest.content_line("file", path, ONE, mtime=-5)
        case "segment":
            return manifest.content_line("segment", path, ONE)
        case "symlink":
            return {"type": kind, "path": percent(path), "target": percent(b"/\xff target\n")}
        case "special":
            return {"type": kind, "path": percent(path), "what": "fifo"}
        case "unreadable":
            return {"type": kind, "path": percent(path), "why": "EACCES"}
    return {"type": "folder", "path": percent(path)}


lists = st.dictionaries(paths, st.sampled_from(sorted(manifest.MEMBERS)), max_size=6).map(
    lambda entries: [line(entries[path], path) for path in sorted(entries)]
)


@given(lists)
def test_what_is_written_is_read(lines: list[dict[str, object]]) -> None:
    assert list(manifest.read(manifest.write(lines))) == lines


@given(lists.filter(bool), st.data())
def test_any_altered_byte_is_refused_or_says_something_else(
    lines: list[dict[str, object]], data: st.DataObject
) -> None:
    good = bytearray(manifest.write(lines))
    where = data.draw(st.integers(0, len(good) - 1))
    good[where] ^= data.draw(st.integers(1, 255))
    with suppress(MalformedError):
        assert list(manifest.read(bytes(good))) != lines


def test_a_line_looks_as_the_format_says() -> None:
    written = manifest.write([line("file", b"caf\xe9 1/a b")])
    assert written == (
        b'{"blake3":"' + ONE.blake3.encode() + b'","mtime":-5,"path":"caf%e9%201/a%20b",'
        b'"sha256":"' + ONE.sha256.encode() + b'","size":3,"type":"file"}\n'
    )


GOOD = line("file", b"a")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (encode(GOOD), "line feed"),
        (manifest.write([GOOD, GOOD]), "line 2 .*come after"),
        (manifest.write([line("folder", b"a/b"), line("folder", b"a.b")]), "line 2 .*come after"),
        (manifest.write([GOOD | {"more": 1}]), "line 1 .*not the members of an entry"),
        (manifest.write([{"type": "file", "path": "a"}]), "not the members"),
        (manifest.write([GOOD | {"type": "door"}]), "'door'"),
        (manifest.write([GOOD | {"size": True}]), "not the members"),
        (manifest.write([GOOD | {"size": -1}]), "below zero"),
        (manifest.write([GOOD | {"sha256": "A" * 64}]), "sha256 is not 64"),
        (manifest.write([GOOD | {"blake3": "ab"}]), "blake3 is not 64"),
        (manifest.write([GOOD | {"path": "../a"}]), "below the folder"),
        (manifest.write([GOOD | {"path": "/a"}]), "below the folder"),
        (manifest.write([GOOD | {"path": "a//b"}]), "below the folder"),
        (manifest.write([GOOD | {"path": ""}]), "below the folder"),
        (manifest.write([GOOD | {"path": "a%00"}]), "below the folder"),
        (manifest.write([GOOD | {"path": "a%2E"}]), "line 1 "),
        (manifest.write([GOOD | {"path": "a%41"}]), "line 1 "),
        (manifest.write([line("special", b"a") | {"what": "door"}]), "'door'"),
        (b"[1]\n", "no object with a type"),
        (b"\n", "line 1 "),
        (manifest.write([GOOD]).replace(b'":', b'": '), "line 1 "),
    ],
)
def test_another_spelling_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(MalformedError, match=words):
        list(manifest.read(data))


def test_a_manifest_of_nothing_is_empty() -> None:
    assert manifest.write([]) == b""
    assert list(manifest.read(b"")) == []
