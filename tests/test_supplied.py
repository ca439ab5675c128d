"""Digest lists that come with evidence: every form is read, no line passes in silence. (R18, R84)"""

import hashlib
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from blake3 import blake3
from hypothesis import given
from hypothesis import strategies as st

from custody.core.digest import digest_bytes
from custody.core.errors import MalformedError
from custody.images import supplied
from custody.images.compared import Comparison, Delivered, File, Judged
from custody.images.supplied import Stated
from custody.places import Left
from custody_schemas.terms import IntegrityVerdict

SHA256 = hashlib.sha256(b"one").hexdigest()
MD5 = hashlib.md5(b"one", usedforsecurity=False).hexdigest()
SHA1 = hashlib.sha1(b"one", usedforsecurity=False).hexdigest()
SHA512 = hashlib.sha512(b"one").hexdigest()


def of(name: str, algorithm: str = "sha256", digest: str = SHA256, certain: bool = True) -> Stated:
    return Stated(name, algorithm, digest, certain)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"{SHA256}  a b.txt\n", [of("a b.txt", certain=False)]),
        (f"{SHA256} *a.bin\r\n\r\n", [of("a.bin", certain=False)]),
        (f"\ufeff# made by hand\n{SHA256.upper()}\ta.txt", [of("a.txt", certain=False)]),
        (f"{MD5}  a\n{SHA1}  a\n", [of("a", "md5", MD5, False), of("a", "sha1", SHA1, False)]),
        (f"\\{MD5}  a\\nb\\\\c\n", [of("a\nb\\c", "md5", MD5, False)]),
        (f"SHA256 (dir/a (1).txt) = {SHA256}\n", [of("dir/a (1).txt")]),
        (f"SHA2-512(a.txt)= {SHA512}\n", [of("a.txt", "sha512", SHA512)]),
        (f"BLAKE3 (a) = {SHA256}\n", [of("a", "blake3")]),
        (
            f"%%%% HASHDEEP-1.0\n%%%% size,md5,sha256,filename\n## x\n## \n3,{MD5},{SHA256},a,b\n",
            [of("a,b", "md5", MD5), of("a,b")],
        ),
        (
            f"Dateiname;ignored\n{SHA256}  x\n".replace("Dateiname;ignored\n", ""),
            [of("x", certain=False)],
        ),
        (
            f'"File Name","Size","MD5 Hash","SHA-1"\n"a, b.txt","3","{MD5}","{SHA1}"\n',
            [of("a, b.txt", "md5", MD5), of("a, b.txt", "sha1", SHA1)],
        ),
        (f"\ufeffsha256;file\r\n{SHA256};a.txt\r\n", [of("a.txt")]),
        (f"sep=;\nSHA256 checksum;Path\n0x{SHA256};C:\\x\\a.txt\n", [of("C:\\x\\a.txt")]),
        (
            f'#TYPE x\n"Algorithm","Hash","Path"\n"SHA256","{SHA256.upper()}","C:\\a.txt"\n',
            [of("C:\\a.txt")],
        ),
        (f"name\thash\na\t{SHA256}\n", [of("a", certain=False)]),
        (f"name,md5\nfolder/,\na,{MD5}\n", [of("folder/", "none", ""), of("a", "md5", MD5)]),
        (f"SHA3-256 (a) = {SHA256}\n", [of("a", "sha3256")]),
    ],
)
def test_a_list_of_every_known_form_is_read(text: str, found: list[Stated]) -> None:
    assert supplied.read(text.encode()) == found
    assert supplied.read(b"\xff\xfe" + text.removeprefix("\ufeff").encode("utf-16-le")) == found


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "states no digest of any file"),
        (b"# nothing\n\n", "states no digest"),
        (b"hello\n", "line 1 is not understood: 'hello'"),
        (f"{MD5}  a\nall of these are good\n".encode(), "line 2 is not understood"),
        (f"{MD5[:-1]}  a\n".encode(), "line 1 is not understood"),
        (f"{MD5}ab  a\n".encode(), "a digest of 34 digits; none known has so many"),
        (f"SHA256 (a) = {MD5}\n".encode(), "a digest of 32 digits; sha256 has 64"),
        (b"name,md5\na,unknown\n", "line 2: 'unknown' is no digest"),
        (f"name,md5\na,{MD5},more\n".encode(), "line 2 has 3 columns, the header 2"),
        (f"name,md5\n ,{MD5}\n".encode(), "line 2 names no file"),
        (b'name,md5\n"a,b\n', "is no line of a table"),
        (f"%%%% HASHDEEP-1.0\n{MD5}\n".encode(), "line 2 of a hashdeep file"),
        (b"%%%% HASHDEEP-1.0\n%%%% size,filename\n3,a\n", "line 2 of a hashdeep file reads"),
        (b"%%%% HASHDEEP-1.0\n%%%% size,md5,filename\n3,a\n", "line 3 has not the columns"),
        (b"\xff\xfea", "not the utf-16-le that it begins as"),
        (b"a" * 70_000, "line 1 has 70000 characters"),
        (b"\n" * 1_000_001, "1000001 lines"),
    ],
)
def test_what_is_no_list_is_refused_with_its_line(data: bytes, message: str) -> None:
    with pytest.raises(MalformedError, match=None) as refused:
        supplied.read(data)
    assert message in str(refused.value)


def test_a_refused_line_is_shown_without_what_a_terminal_obeys() -> None:
    with pytest.raises(MalformedError) as refused:
        supplied.read(b"\x1b[2J\xff evil\n")
    assert "\x1b" not in str(refused.value)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_list_or_are_refused(data: bytes) -> None:
    try:
        found = supplied.read(data)
    except MalformedError:
        return
    assert found
    assert all(each.digest == each.digest.lower() for each in found)


LINES = st.text(st.sampled_from("abF0159 *\\(),;=\"'\t%#./\x00é" + "\n"), max_size=200)


@given(st.sampled_from(["", "name,md5\n", "%%%% HASHDEEP-1.0\n%%%% size,md5,filename\n"]), LINES)
def test_lines_near_to_lists_are_read_or_refused(head: str, rest: str) -> None:
    try:
        supplied.read((head + rest).encode())
    except MalformedError as error:
        assert str(error)


def spelt(name: str) -> bool:
    return name not in (".", "..") and not name.startswith("-")


@given(
    st.dictionaries(
        st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="/\x00\r\x85"))
        .filter(lambda name: 0 < len(name.encode()) < 200)
        .filter(spelt),
        st.binary(max_size=20),
        min_size=1,
        max_size=5,
    )
)
def test_what_coreutils_would_write_is_read_back(files: dict[str, bytes]) -> None:
    text = ""
    for name, data in files.items():
        escaped = name.replace("\\", "\\\\").replace("\n", "\\n")
        mark = "\\" if escaped != name else ""
        text += f"{mark}{hashlib.sha256(data).hexdigest()}  {escaped}\n"
    found = supplied.read(text.encode())
    assert {each.name: each.digest for each in found} == {
        name: hashlib.sha256(data).hexdigest() for name, data in files.items()
    }


TOOLS = [
    pytest.param(("sha256sum", "--"), marks=pytest.mark.needs("sha256sum")),
    pytest.param(("md5sum", "--tag", "--"), marks=pytest.mark.needs("md5sum")),
    pytest.param(("sha512sum", "-b", "--"), marks=pytest.mark.needs("sha512sum")),
    pytest.param(("openssl", "dgst", "-sha256"), marks=pytest.mark.needs("openssl")),
    pytest.param(("hashdeep", "-c", "md5,sha1,sha256"), marks=pytest.mark.needs("hashdeep")),
]


@pytest.mark.parametrize("tool", TOOLS)
def test_lists_of_real_tools_match(tmp_path: Path, tool: tuple[str, ...]) -> None:
    names = ["a, b (1).txt", "ü.txt", "plain"]
    files = [kept(tmp_path, name, name.encode()) for name in names]
    made = subprocess.run([*tool, *names], cwd=tmp_path, capture_output=True, check=True)
    assert judged([supplied.read(made.stdout)], files) == Judged(
        IntegrityVerdict.MATCH, (), legacy=3 if tool[0] == "md5sum" else 0
    )


def kept(folder: Path, name: str, data: bytes) -> File:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return File(name.encode(), digest_bytes(data), Left(path))


def judged(lists: Sequence[list[Stated]], files: Sequence[File], folder: bytes = b"") -> Judged:
    return Comparison(lists, [Delivered(folder, tuple(files))]).judge()[0]


@pytest.fixture
def files(tmp_path: Path) -> list[File]:
    return [kept(tmp_path, "a.txt", b"one"), kept(tmp_path, "sub/b.txt", b"two")]


def listed(files: Sequence[File], name: Callable[[str], str] = str) -> list[Stated]:
    return [of(name(each.name.decode()), digest=each.digests.sha256) for each in files]


@pytest.mark.parametrize(
    "name",
    [
        str,
        lambda name: f"./{name}",
        lambda name: f"pkg/{name}",
        lambda name: f"/mnt/x/pkg/{name}",
        lambda name: f"/mnt/x/{name}",
        lambda name: "C:\\Export\\" + name.replace("/", "\\"),
    ],
    ids=["as they are", "dot", "with folder", "absolute", "other root", "windows"],
)
def test_names_are_known_by_what_follows_the_givers_own_root(
    files: list[File], name: Callable[[str], str]
) -> None:
    found = judged([listed(files, name)], files, b"pkg")
    assert found == Judged(IntegrityVerdict.MATCH, ())


@pytest.mark.parametrize(
    ("change", "verdict", "lines"),
    [
        (lambda good: good[:1], "partial", ["sub/b.txt: not in the list"]),
        (lambda good: [*good, of("c.txt")], "partial", ["c.txt: listed, and not there"]),
        (lambda good: [of("a.txt", "md5", "0" * 32)], "mismatch", ["a.txt: md5 stated 0000", "b"]),
        (lambda good: [*good, of("a.txt", "md5", "0" * 32)], "partial", ["a.txt: md5 stated 0000"]),
        (lambda good: [*good, of("a.txt", digest="0" * 64)], "partial", ["sha256 stated 0000"]),
        (lambda good: [*good, of("A.TXT")], "partial", ["A.TXT: listed, and not there"]),
        (lambda good: [*good, of("../a.txt")], "partial", ["../a.txt: listed, and not there"]),
        (lambda good: [*good, of("x/a.txt")], "partial", ["x/a.txt: listed, and not there"]),
        (lambda good: [*good, of("a.txt/")], "match", []),
        (lambda good: [*good, of("/" * 5000)], "partial", ["listed, and not there"]),
        (lambda good: [good[0], of("sub/b.txt", "none", "")], "partial", ["listed without digest"]),
    ],
    ids=[
        *("not listed", "missing", "differs", "legacy differs", "two digests", "case"),
        *("traversal", "other folder", "slash", "slashes", "no digest"),
    ],
)
def test_whatever_does_not_fit_is_named(
    files: list[File],
    change: Callable[[list[Stated]], list[Stated]],
    verdict: str,
    lines: list[str],
) -> None:
    found = judged([change(listed(files))], files)
    assert found.verdict == verdict
    assert len(found.differs) == len(lines)
    assert all(want in line for want, line in zip(lines, found.differs, strict=True))


def test_a_missing_twin_is_not_hidden_by_a_file_of_the_same_name_and_content(
    tmp_path: Path,
) -> None:
    files = [kept(tmp_path, "b.txt", b"two")]
    stated = listed(files, lambda name: f"pkg/{name}") + listed(files, lambda n: f"pkg/c/{n}")
    found = judged([stated], files, b"pkg")
    assert found.differs == ("pkg/c/b.txt: listed, and not there",)


def test_a_list_need_not_name_itself(tmp_path: Path, files: list[File]) -> None:
    own = kept(tmp_path, "SHA256SUMS", b"the list")
    item = Delivered(b"", (*files, own))
    assert Comparison([listed(files)], [item], [own.digests.sha256]).judge()[0].differs == ()
    assert Comparison([listed(files)], [item]).judge()[0].differs == (
        "SHA256SUMS: not in the list",
    )


def test_64_digits_without_a_name_may_be_a_blake3_and_named_ones_may_not(tmp_path: Path) -> None:
    file = kept(tmp_path, "a", b"one")
    digest = blake3(b"one").hexdigest()
    assert judged([[of("a", digest=digest, certain=False)]], [file]).differs == ()
    assert judged([[of("a", digest=digest)]], [file]).verdict is IntegrityVerdict.MISMATCH


def test_what_nobody_here_computes_is_said_and_is_no_match(tmp_path: Path) -> None:
    files = [kept(tmp_path, "a", b"one"), kept(tmp_path, "b", b"two")]
    odd = [of("a", "whirlpool", "ab"), of("b", "whirlpool", "cd")]
    assert judged([odd], files).verdict is IntegrityVerdict.ALGORITHM_UNSUPPORTED
    mixed = [of("a"), odd[1]]
    assert judged([mixed], files) == Judged(
        IntegrityVerdict.PARTIAL, ("b: no digest that can be compared, only whirlpool",)
    )


def test_names_composed_otherwise_are_the_same_and_two_such_files_stay_apart(
    tmp_path: Path,
) -> None:
    composed, apart = "\u00fc.txt", "u\u0308.txt"
    one = kept(tmp_path, apart, b"one")
    assert judged([[of(composed)]], [one]).differs == ()
    both = [one, kept(tmp_path, composed, b"two")]
    assert judged([listed(both)], both).differs == ()
    swapped = [of(composed), of(apart, digest=both[1].digests.sha256)]
    assert judged([swapped], both).verdict is IntegrityVerdict.MISMATCH


def test_where_nothing_was_compared_nothing_matches(tmp_path: Path) -> None:
    own = kept(tmp_path, "SHA256SUMS", b"the list")
    comparison = Comparison([[of("a")]], [Delivered(b"", (own,))], [own.digests.sha256])
    assert comparison.judge()[0].verdict is IntegrityVerdict.MISMATCH
    assert comparison.judge(part=True)[0] == Judged(
        IntegrityVerdict.NOT_CHECKED, ("a: listed, and not there",)
    )


def test_what_is_nowhere_speaks_against_every_item_of_the_delivery(tmp_path: Path) -> None:
    items = [Delivered(b"", (kept(tmp_path, name, b"one"),)) for name in ("a", "b")]
    found = Comparison([[of("a"), of("b"), of("c")]], items).judge()
    assert [each.differs for each in found] == [("c: listed, and not there",)] * 2


@given(
    st.dictionaries(
        st.lists(st.sampled_from(["a", "b", "c d"]), min_size=1, max_size=3).map("/".join),
        st.integers(0, 3),
        min_size=1,
    ),
    st.sampled_from(["", "./", "pkg/", "/x/y/", "D:\\out\\"]),
    st.data(),
)
def test_the_verdict_is_match_exactly_when_nothing_was_changed(
    tree: dict[str, int], root: str, data: st.DataObject
) -> None:
    contents = [bytes([number]) for number in tree.values()]
    files = [
        File(name.encode(), digest_bytes(content), Left(Path()))
        for name, content in zip(tree, contents, strict=True)
    ]
    stated = listed(files, lambda name: root + name)
    assert judged([stated], files, b"pkg").verdict is IntegrityVerdict.MATCH
    at = data.draw(st.integers(0, len(stated) - 1))
    wrong = stated[at]._replace(digest=hashlib.sha256(b"another").hexdigest())
    spoilt = [*stated[:at], wrong, *stated[at + 1 :]]
    assert judged([spoilt], files, b"pkg").verdict is not IntegrityVerdict.MATCH
    if len(stated) > 1:
        short = [*stated[:at], *stated[at + 1 :]]
        assert judged([short], files, b"pkg").verdict is not IntegrityVerdict.MATCH
