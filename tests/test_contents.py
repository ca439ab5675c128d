"""Lines of a bundle's ledger files: read as they are, or a fault that leaves the others alone."""

import io
import json
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from custody.core import canonical
from custody.core.bundle import contents, layout
from custody.core.bundle.archive import Archive
from custody.core.errors import MalformedError
from tests.bundles import Bundle, zipped
from tests.worlds import story

H = "ab" * 32
KEYS: dict[str, Any] = {"v": 1, "cases": [], "subjects": []}


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """The files of an honest bundle of one item; nobody changes them."""
    told = story()
    told.world.register(told.case, 2, by=told.dora)
    return Bundle(told.world, told.case, told.olga, [told.laptop]).files


def read(files: dict[str, bytes]) -> contents.Contents:
    return contents.read_contents(Archive(io.BytesIO(zipped(files))))


def faults(files: dict[str, bytes]) -> list[tuple[str, str]]:
    return [(f.subject, f.detail) for f in read(files).faults]


def test_what_an_honest_bundle_says_is_read_whole(files: dict[str, bytes]) -> None:
    found = read(files)
    assert found.faults == ()
    for path, table in (
        (layout.RECORDS, found.records),
        (layout.PROOFS, found.proofs),
        (layout.SUBJECTS, found.subjects),
        (layout.COMPANIONS, found.companions),
        (layout.CONSISTENCY, found.earlier),
        (layout.DISCLOSURES, found.disclosures),
    ):
        assert table, path
        assert len(table) == len(files[path].splitlines()), path
    first = json.loads(files[layout.COMPANIONS].splitlines()[0])
    companion = found.companions[first["n"]]
    assert companion.leaf.n == first["n"]
    assert companion.leaf.data == canonical.encode(first["record"])
    assert [canonical.to_base64(value) for value in companion.path] == first["path"]


def change(line: bytes, **members: Any) -> bytes:
    return canonical.encode({**json.loads(line), **members})


SPOILT: dict[str, tuple[str, Callable[[bytes], bytes], str]] = {
    "a number that is text": (layout.PROOFS, lambda x: change(x, n="0"), "n is not of the type"),
    "a number that is true": (layout.PROOFS, lambda x: change(x, n=True), "n is not of the type"),
    "a path that is none": (layout.PROOFS, lambda x: change(x, path="x"), "path is not of the ty"),
    "a path of numbers": (layout.PROOFS, lambda x: change(x, path=[1]), "hashes in base64"),
    "a path half text": (layout.PROOFS, lambda x: change(x, path=["AA==", 1]), "hashes in base64"),
    "a member too many": (layout.PROOFS, lambda x: change(x, mood="good"), "exactly the members"),
    "a list": (layout.PROOFS, lambda x: b"[0,[]]", "exactly the members n, path"),
    "another spelling": (layout.PROOFS, lambda x: x.replace(b":", b": ", 1), "canonical form"),
    "a hash in capitals": (layout.SUBJECTS, lambda x: change(x, head=H.upper()), "not a hash"),
    "a hash with a line feed": (layout.SUBJECTS, lambda x: change(x, tag=H + "\n"), "not a hash"),
    "a proof of numbers": (layout.SUBJECTS, lambda x: change(x, proof=[7]), "7 is not a hash"),
    "a short root": (layout.CONSISTENCY, lambda x: change(x, root=H[2:]), "not a hash"),
    "a name for an envelope": (layout.DISCLOSURES, lambda x: change(x, env="it"), "not a hash"),
    "a record that is none": (layout.RECORDS, lambda x: b'{"n":0}', ""),
    "another number": (layout.COMPANIONS, lambda x: change(x, n=9000), "under number 9000"),
}


@pytest.mark.parametrize("spoilt", SPOILT)
def test_a_spoilt_line_is_a_fault_and_hides_no_other(files: dict[str, bytes], spoilt: str) -> None:
    path, spoil, telling = SPOILT[spoilt]
    first, *others = files[path].splitlines()
    data = b"".join(line + b"\n" for line in (spoil(first), *others))
    found = read({**files, path: data})
    ((subject, detail),) = [(f.subject, f.detail) for f in found.faults]
    assert subject == f"{path} line 1" and telling in detail
    honest = read(files)
    for name in ("records", "proofs", "subjects", "companions", "earlier", "disclosures"):
        missing = len(getattr(honest, name)) - len(getattr(found, name))
        assert missing == (path == getattr(layout, FILE_OF[name])), name


FILE_OF = {
    "records": "RECORDS",
    "proofs": "PROOFS",
    "subjects": "SUBJECTS",
    "companions": "COMPANIONS",
    "earlier": "CONSISTENCY",
    "disclosures": "DISCLOSURES",
}


def test_a_line_said_twice_counts_once_and_is_told(files: dict[str, bytes]) -> None:
    first, second, *others = files[layout.PROOFS].splitlines()
    lines = [first, second, change(first, path=[]), *others]
    found = read({**files, layout.PROOFS: b"".join(line + b"\n" for line in lines)})
    told = [(f.subject, f.detail) for f in found.faults]
    assert told == [(f"{layout.PROOFS} line 3", "out of order, or said twice")]
    assert found.proofs[0].path == read(files).proofs[0].path != ()


def test_a_line_said_twice_in_a_row_counts_once_and_is_told(files: dict[str, bytes]) -> None:
    first, *others = files[layout.PROOFS].splitlines()
    lines = [first, change(first, path=[]), *others]
    found = read({**files, layout.PROOFS: b"".join(line + b"\n" for line in lines)})
    told = [(f.subject, f.detail) for f in found.faults]
    assert told == [(f"{layout.PROOFS} line 2", "out of order, or said twice")]
    assert found.proofs[0].path == read(files).proofs[0].path != ()


def test_a_last_line_without_its_end_is_a_fault(files: dict[str, bytes]) -> None:
    number = len(files[layout.PROOFS].splitlines())
    cut = {**files, layout.PROOFS: files[layout.PROOFS][:-1]}
    assert faults(cut) == [(f"{layout.PROOFS} after line {number - 1}", "the last line has no end")]
    assert len(read(cut).proofs) == number - 1


def test_a_file_without_one_whole_line_is_at_fault_from_its_beginning(
    files: dict[str, bytes],
) -> None:
    assert faults({**files, layout.PROOFS: b"{"}) == [
        (f"{layout.PROOFS} after line 0", "the last line has no end")
    ]


def test_each_file_may_have_so_many_faults_and_no_more(
    files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was at fault in the files before it: else a short zip could fill the memory."""
    monkeypatch.setattr(layout, "FAULTS", 3)
    spoilt = {**files, layout.RECORDS: b"x\n" * 9, layout.PROOFS: b"x\n" * 9}
    assert [subject for subject, _ in faults(spoilt)] == [
        *(f"{layout.RECORDS} line {number}" for number in (1, 2, 3)),
        f"{layout.RECORDS} after line 3",
        *(f"{layout.PROOFS} line {number}" for number in (1, 2, 3)),
        f"{layout.PROOFS} after line 3",
    ]


def test_without_readable_keys_there_are_none(files: dict[str, bytes]) -> None:
    found = read({**files, layout.KEYS: b"[]"})
    ((subject, detail),) = [(f.subject, f.detail) for f in found.faults]
    assert (subject, detail) == (layout.KEYS, "expected exactly the members v, cases, subjects")
    assert (found.case_keys, found.subject_keys) == ((), ())


def test_a_file_that_is_missing_has_no_lines(files: dict[str, bytes]) -> None:
    found = read({name: data for name, data in files.items() if name != layout.PROOFS})
    assert (found.proofs, found.faults) == ({}, ())


def test_a_line_without_end_is_not_gathered_in_memory(files: dict[str, bytes]) -> None:
    endless = files[layout.PROOFS] + Random(1).randbytes(layout.LINE_BYTES).hex().encode()
    number = len(files[layout.PROOFS].splitlines())
    assert faults({**files, layout.PROOFS: endless}) == [
        (f"{layout.PROOFS} after line {number}", f"a line is longer than {layout.LINE_BYTES} bytes")
    ]


def test_lines_are_cut_alike_wherever_the_pieces_end() -> None:
    data = b"one\n\nthree\n"
    for cut in range(len(data) + 1):
        assert list(contents.lines([data[:cut], data[cut:]])) == [b"one", b"", b"three"]
    assert list(contents.lines([])) == []


def test_the_longest_line_is_read() -> None:
    most = b"x" * layout.LINE_BYTES
    assert list(contents.lines([most, b"\n"])) == [most]
    with pytest.raises(MalformedError, match="a line is longer"):
        list(contents.lines([most + b"x", b"\n"]))


CASE = {"key": H, "reference": "K-1"}
ITEM = {"key": H, "kind": "item", "number": 3, "reference": "K-1"}


def test_keys_are_read_with_what_their_tags_are_made_from() -> None:
    register = {"key": H, "kind": "register", "reference": "K-1"}
    data = canonical.encode({**KEYS, "cases": [CASE], "subjects": [ITEM, register]})
    key = bytes.fromhex(H)
    assert contents.read_keys(data) == (
        (contents.NamingKey(key, "case", "K-1"),),
        (
            contents.NamingKey(key, "item", "K-1", 3),
            contents.NamingKey(key, "register", "K-1", None),
        ),
    )


def test_so_many_case_keys_are_read_and_no_more() -> None:
    most = {**KEYS, "cases": [CASE] * layout.CASE_KEYS}
    cases, _ = contents.read_keys(canonical.encode(most))
    assert len(cases) == layout.CASE_KEYS
    more = {**KEYS, "cases": [CASE] * (layout.CASE_KEYS + 1)}
    with pytest.raises(MalformedError, match="17 case keys, more than 16"):
        contents.read_keys(canonical.encode(more))


@pytest.mark.parametrize(
    ("keys", "telling"),
    [
        ({**KEYS, "v": 2}, "unknown version"),
        ({**KEYS, "v": True}, "v is not of the type"),
        ({**KEYS, "more": []}, "exactly the members"),
        ({**KEYS, "cases": [{**CASE, "key": H[2:]}]}, "not a hash"),
        ({**KEYS, "cases": [{**CASE, "kind": "case"}]}, "exactly the members key, reference"),
        ({**KEYS, "cases": ["K-1"]}, "exactly the members key, reference"),
        ({**KEYS, "subjects": [{**CASE, "kind": "item"}]}, "exactly the members .*number"),
        ({**KEYS, "subjects": [{**ITEM, "kind": "case"}]}, "exactly the members"),
        ({**KEYS, "subjects": [{**ITEM, "number": "3"}]}, "number is not of the type"),
        ({**KEYS, "subjects": [7]}, "exactly the members key, kind, reference"),
    ],
    ids=str,
)
def test_keys_of_another_form_are_refused(keys: dict[str, Any], telling: str) -> None:
    with pytest.raises(MalformedError, match=telling):
        contents.read_keys(canonical.encode(keys))
