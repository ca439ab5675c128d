"""Labels: what their codes say is exact, is read back by a reader of others, and is whole."""

import itertools
import re
import subprocess
import sys
import zlib
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core.errors import MalformedError
from custody.core.reading import plain, read_record
from custody.reports import barcode, label_sheets, labels
from custody.reports.barcode import Row
from custody.reports.label_sheets import SIZES
from custody.reports.labels import BARS_MOST, Label, check_character, checked
from custody_schemas.answers import LabelsPrinted
from tests.bench import ORIGIN, Bench, bench

DOTS = 16  # pixels of a millimetre where a page is painted
RECTANGLE = re.compile(r"M([\d.]+) ([\d.]+)h([\d.]+)v([\d.]+)h-[\d.]+z")
SVG = "{http://www.w3.org/2000/svg}"
SYMBOLS = labels.SYMBOLS


def made(name: str = "2026-114/3", **said: str) -> Label:
    fields = {"exhibit": "JS/1", "kind": "mobile", "description": "black phone", "seal": ""}
    told = {**fields, "origin": ORIGIN, "name": name, "tag": "4f2a" * 16, "entry": "9c" * 32}
    return Label(**{**told, **said})


def read_back(folder: Path, image: bytes) -> list[str]:
    """What zbarimg reads in a picture."""
    path = folder / "codes.png"
    path.write_bytes(image)
    done = subprocess.run(
        ["zbarimg", "--quiet", "--raw", path], capture_output=True, text=True, check=False
    )
    return sorted(done.stdout.splitlines())


def bar_codes(texts: list[str]) -> bytes:
    """Code 128 symbols under each other."""
    widest = max(len(barcode.code128(text)) for text in texts) + 2 * barcode.QUIET
    rows = [
        row
        for text in texts
        for row in barcode.framed([barcode.code128(text)] * 20, barcode.QUIET, widest)
    ]
    return barcode.png(barcode.scaled(rows, 3, 3))


# Check values from a printer maker's and a font maker's manual; the mixed one is computed by hand:
# 104 + 40·1 + 41·2 + 99·3 + 34·4 + 56·5 + 78·6 = 1407, and 1407 modulo 103 is 68.
@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("abcdef", [104, 65, 66, 67, 68, 69, 70, 97, 106]),
        ("345678", [105, 34, 56, 78, 73, 106]),
        ("HI345678", [104, 40, 41, 99, 34, 56, 78, 68, 106]),
    ],
)
def test_published_symbols_have_their_published_values(text: str, values: list[int]) -> None:
    assert barcode.code128_values(text) == values


def test_the_table_of_widths_is_one_of_code_128() -> None:
    """11 modules, 13 of the stop; bars take an even number of them; no two symbols are alike."""
    assert len(set(barcode.WIDTHS)) == 107
    for widths in barcode.WIDTHS[:-1]:
        bars = sum(map(int, widths[::2]))
        assert (sum(map(int, widths)), bars % 2) == (11, 0), widths
    assert sum(map(int, barcode.WIDTHS[-1])) == 13


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=30))
def test_a_symbol_says_its_text_and_is_no_longer_than_in_one_code_set(text: str) -> None:
    values = barcode.code128_values(text)
    assert spelt(values) == text
    assert len(values) <= len(text) + 3
    assert values[-2] == barcode.check_value(values[:-2])


def spelt(values: list[int]) -> str:
    """What a reader would say of the values."""
    code_set, text = {104: 100, 105: 99}[values[0]], ""
    for value in values[1:-2]:
        if value in (99, 100) and value != code_set:
            code_set = value
        else:
            text += chr(value + 32) if code_set == 100 else f"{value:02}"
    return text


@pytest.mark.parametrize("text", ["", "Ä", "a\nb", "\x7f", "a\0"])
def test_what_code_128_does_not_hold_is_refused(text: str) -> None:
    with pytest.raises(MalformedError, match="printable ASCII"):
        barcode.code128(text)


@pytest.mark.needs("zbarimg")
def test_every_character_and_every_pair_of_digits_is_read_back(tmp_path: Path) -> None:
    signs = "".join(map(chr, range(33, 127)))
    digits = "".join(f"{value:02}" for value in range(100))
    written = [signs[at : at + 16] for at in range(0, len(signs), 16)]
    written += [digits[at : at + 20] for at in range(0, 200, 20)]
    assert read_back(tmp_path, bar_codes(written)) == sorted(written)


# The first from the handbook of Global Release Identifiers, the others from a vendor's manual.
@pytest.mark.parametrize(
    ("text", "check"), [("A12425GABC1234002", "M"), ("123AB", "X"), ("DADPIDA3897722461", "J")]
)
def test_published_numbers_have_their_published_check_character(text: str, check: str) -> None:
    assert check_character(text) == check


@pytest.mark.parametrize("text", ["2026-114/3", "K-7/12", "4F2A9C001B7D", "Z/1", "ÄZ 4/99999"])
def test_every_digit_and_letter_that_is_read_as_another_one_shows(text: str) -> None:
    check = check_character(text)
    for at, right in enumerate(text):
        if right.upper() in SYMBOLS:
            for wrong in SYMBOLS.replace(right.upper(), ""):
                assert check_character(text[:at] + wrong + text[at + 1 :]) != check


def test_of_630_exchanges_of_neighbours_one_does_not_show() -> None:
    pairs = itertools.combinations(SYMBOLS, 2)
    same = [
        (one, other)
        for one, other in pairs
        if check_character(f"2026{one}{other}7") == check_character(f"2026{other}{one}7")
    ]
    assert len(same) == 1


def test_where_case_and_number_part_counts() -> None:
    assert check_character("K-7/12") != check_character("K-71/2")
    assert check_character("K-7/12") != check_character("K7/12")


@pytest.mark.parametrize("text", ["k-7/12", "K-7/12 ", "Ｋ-7/12"])
def test_what_the_ledger_looks_up_alike_has_one_check_character(text: str) -> None:
    assert check_character(text) == check_character("K-7/12")


@given(st.text(min_size=1).filter(str.strip), st.integers(1, 99_999))
def test_any_case_has_labels_whose_texts_are_taken_apart_again(case: str, number: int) -> None:
    label = made(f"{case}/{number}")
    assert labels.split(label.code) == (f"{case}/{number}".lstrip(), label.code[-1])
    assert label.qr.isascii()  # of other characters readers guess the encoding
    found = labels.scanned(label.qr)
    assert found is not None
    assert (found.tag, found.entry, found.origin) == (label.tag, label.entry, ORIGIN)
    labels.check_parts(found, label.name, label.entry)
    assert len(barcode.code128(label.bars)) <= BARS_MOST


@pytest.mark.parametrize("name", ["дело/4", "A case with a name/1", "2026-114-abcdef/12345"])
def test_bars_hold_the_tag_where_the_case_has_no_place_in_them(name: str) -> None:
    label = made(name)
    assert label.bars == checked("4F2A4F2A4F2A")
    assert label.code.startswith(name)


@pytest.mark.parametrize(
    "words",
    ["", "CUSTODY1", "K-7/1-A", f"CUSTODY2 {'a' * 64} {'b' * 64} o K-7/1-A", "CUSTODY1 aa bb o c"],
)
def test_other_words_are_no_scanned_label(words: str) -> None:
    assert labels.scanned(words) is None


@pytest.mark.needs("zbarimg")
@pytest.mark.parametrize("name", ["2026-114/3", "K-7/99999", "дело № 12/4", "x" * 400 + "/7"])
def test_both_codes_of_a_png_are_read_back(tmp_path: Path, name: str) -> None:
    label = made(name)
    assert read_back(tmp_path, label_sheets.png(label)) == sorted([label.bars, label.qr])


def test_a_png_holds_the_modules_that_were_drawn() -> None:
    rows: list[Row] = [[True, False, True], [False, False, True]]
    data = barcode.png(rows)
    at = data.index(b"IDAT")
    lines = zlib.decompress(data[at + 4 : at + 4 + int.from_bytes(data[at - 4 : at], "big")])
    assert lines == bytes([0, 0b01011111, 0, 0b11011111])


def painted(svg: str) -> list[Row]:
    """The dark rectangles of a page as a picture."""
    root = ElementTree.fromstring(svg.partition("?>")[2] if svg.startswith("<?") else svg)
    width, height = (float(part) for part in root.attrib["viewBox"].split()[2:])
    rows: list[Row] = [[False] * round(width * DOTS) for _ in range(round(height * DOTS))]
    for group in root.iter(f"{SVG}g"):
        left, top = map(float, re.findall(r"[\d.]+", group.attrib["transform"]))
        for path in group.iter(f"{SVG}path"):
            for found in RECTANGLE.findall(path.attrib["d"]):
                x, y, across, down = map(float, found)
                assert 0 <= left + x <= left + x + across <= width, "off the page"
                assert 0 <= top + y <= top + y + down <= height, "off the page"
                for row in rows[round((top + y) * DOTS) : round((top + y + down) * DOTS)]:
                    first, last = round((left + x) * DOTS), round((left + x + across) * DOTS)
                    row[first:last] = [True] * (last - first)
    return rows


@pytest.mark.needs("zbarimg")
@pytest.mark.parametrize("size", SIZES)
def test_the_codes_of_a_drawn_page_are_read_back(tmp_path: Path, size: str) -> None:
    shown = [made("2026-114/3"), made("дело/4", tag="0b" * 32), made("K/1", tag="1c" * 32)]
    for page in label_sheets.pages(shown, SIZES[size], skip=SIZES[size].room - 1):
        wanted = sorted(text for _, label in page for text in (label.bars, label.qr))
        image = barcode.png(painted(label_sheets.svg_page(page, SIZES[size])))
        assert read_back(tmp_path, image) == wanted


def texts(svg: str) -> list[str]:
    """What people read on a page."""
    return ["".join(each.itertext()) for each in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_a_label_says_what_it_is_of_without_the_ledger() -> None:
    label = made(description='<b>"black" & dull</b>', seal="S-1")
    page = label_sheets.svg_page([(0, label)], SIZES["roll"])
    assert texts(page) == [
        "2026-114/3-U",
        "JS/1 · mobile",
        '<b>"black" & dull</b>',
        "seal S-1",
        "tag 4f2a 4f2a 4f2a",
        ORIGIN,
    ]


def test_a_long_name_is_made_smaller_and_then_cut_in_its_middle() -> None:
    roll = SIZES["roll"]
    fits = "0123456789/12345"
    assert checked(fits) in texts(label_sheets.svg_page([(0, made(fits))], roll))
    name = texts(label_sheets.svg_page([(0, made("long " * 90 + "/7"))], roll))[0]
    assert name.startswith("long ")
    assert "…" in name
    assert name.endswith(f"/7-{check_character('long ' * 90 + '/7')}")


def test_words_that_would_hide_or_reorder_others_are_escaped() -> None:
    page = label_sheets.svg_page([(0, made(exhibit="JS\u202e/1", kind="\ufffe"))], SIZES["large"])
    assert "JS\\u{202e}/1 · \\u{fffe}" in texts(page)


def test_sheets_are_filled_from_where_they_are_not_used_up() -> None:
    shown = [made(f"K/{number}") for number in range(1, 40)]
    found = label_sheets.pages(shown, SIZES["sheet"], skip=10)
    assert [[place for place, _ in page] for page in found] == [
        list(range(10, 24)),
        list(range(24)),
        [0],
    ]


def test_the_pages_of_an_html_file_load_nothing_and_have_the_size_of_the_labels() -> None:
    shown = [(0, made())]
    page = label_sheets.html_pages([shown, shown], SIZES["roll"])
    assert page.count("<svg ") == 2
    assert "@page { size: 62mm 29mm; margin: 0 }" in page
    assert "default-src 'none'" in page
    assert re.findall(r"(?:href|src)=", page) == []


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """Two items, of which one is sealed and was corrected; nothing is recorded here."""
    made = bench(tmp_path_factory.mktemp("labels"))
    made.seized("JS/1", "--seal", "S-77", "--description", "old phone")
    made.seized("JS/2")
    given = ("--field", "exhibit", "--value", "JS/9", "--reason", "omitted_field")
    made("correct", "JS/1", "#1", *given)
    return made


def test_a_printed_label_is_what_the_ledger_has_on_file(run: Bench, tmp_path: Path) -> None:
    file = tmp_path / "label.svg"
    answer = run.json("print", "label", "K-7/1", "--size", "roll", "-o", file)
    assert plain(read_record(LabelsPrinted, answer)) == answer
    (label,) = answer["labels"]
    first = run.json("item", "history", "K-7/1")["history"][0]["entry"]
    assert (label["item"], label["code"]) == ("K-7/1", checked("K-7/1"))
    assert label["qr"] == " ".join(
        ["CUSTODY1", label["tag"].upper(), first.upper(), ORIGIN, checked("K-7/1")]
    )
    assert texts(file.read_text())[:3] == [checked("K-7/1"), "JS/9 · mobile", "old phone"]


def test_the_number_of_a_seal_is_printed_only_where_it_is_wanted(
    run: Bench, tmp_path: Path
) -> None:
    run("print", "label", "K-7/1", "-o", tmp_path / "plain.svg")
    assert "S-77" not in (tmp_path / "plain.svg").read_text()
    run("print", "label", "K-7/1", "--with-seal", "-o", tmp_path / "seal.svg")
    assert "seal S-77" in texts((tmp_path / "seal.svg").read_text())
    run("print", "label", "K-7/2", "--with-seal", "-o", tmp_path / "none.svg")
    assert "seal" not in (tmp_path / "none.svg").read_text()


def test_a_case_stands_for_all_its_items(run: Bench, tmp_path: Path) -> None:
    answer = run.json("print", "label", "K-7", "-o", tmp_path / "a.svg")
    assert [each["item"] for each in answer["labels"]] == ["K-7/1", "K-7/2"]
    empty = bench(tmp_path / "empty")
    said = empty("print", "label", "K-7", "-o", tmp_path / "b.svg", status=2).err
    assert "K-7 has no items yet" in said


@pytest.mark.parametrize(
    ("options", "files"),
    [
        (("a.svg",), ["a.svg"]),
        (("a.svg", "--skip", "23"), ["a-2.svg", "a.svg"]),
        (("a.svg", "--size", "roll"), ["a-2.svg", "a.svg"]),
        (("a.html", "--size", "roll"), ["a.html"]),
        (("a.png",), ["a-2.png", "a.png"]),
        (("a", "--format", "svg"), ["a"]),
    ],
)
def test_each_page_is_a_file_of_its_own(
    run: Bench, tmp_path: Path, options: tuple[str, ...], files: list[str]
) -> None:
    name, *more = options
    answer = run.json("print", "label", "K-7/1", "K-7/2", "K-7/1", "-o", tmp_path / name, *more)
    assert sorted(path.name for path in tmp_path.iterdir()) == files
    assert sorted(Path(file).name for file in answer["files"]) == files
    assert [each["item"] for each in answer["labels"]] == ["K-7/1", "K-7/2"]


def test_a_png_says_that_it_has_no_text(run: Bench, tmp_path: Path) -> None:
    done = run("print", "label", "K-7/1", "-o", tmp_path / "a.png")
    assert "a PNG shows the codes only" in done.err
    assert f"a.png: {checked('K-7/1')}" in done.out


def test_nothing_is_written_where_any_of_the_files_exists(run: Bench, tmp_path: Path) -> None:
    (tmp_path / "a-2.svg").write_text("mine")
    said = run(
        *("print", "label", "K-7/1", "K-7/2", "--size", "roll", "-o", tmp_path / "a.svg"), status=2
    ).err
    assert "a-2.svg exists: name another file" in said
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("K-7/1", "-o", "a.pdf"), "say --format svg, html, png"),
        (("K-7/1", "-o", "a"), "say --format svg, html, png"),
        (("K-7/1", "-o", "a.svg", "--size", "roll", "--skip", "1"), "a page of size roll has 1"),
        (("K-7/1", "-o", "a.svg", "--skip", "24"), "24 is not in the range"),
        (("K-7/5", "-o", "a.svg"), "no item answers to 'K-7/5'"),
        (("K-7/1",), "Missing option '-o'"),
    ],
)
def test_labels_that_cannot_be_printed_are_refused(
    run: Bench, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    placed = [str(tmp_path / word) if word.startswith("a") else word for word in words]
    assert said in run("print", "label", *placed, status=2).err
    assert list(tmp_path.iterdir()) == []


def test_without_segno_people_are_told_what_to_install(
    run: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "segno", None)
    said = run("print", "label", "K-7/1", "-o", tmp_path / "a.svg", status=5).err
    assert "pip install 'custody[cli]'" in said
