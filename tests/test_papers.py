"""Papers say what is on file and no more than their reader may know; people sign by hand."""

import html
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from custody.core.reading import plain as unread
from custody.core.reading import read_record
from custody.reports import papers
from custody.reports.labels import checked
from custody.reports.papers import Box, Boxes, Facts, Grid, Paper, Stamp, Words
from custody_schemas.answers import PaperPrinted
from tests.bench import CASE, ORIGIN, Bench, bench, plain

ROOT = "0123456789abcdef" * 4
STAMP = Stamp(ORIGIN, 17, ROOT, "2026-11-22T10:00:00Z")
ROWS = [("name", "A <b> & \u202e"), ("nothing", ""), ("by hand", None)]
PAPER = Paper(
    "A paper",
    STAMP,
    [
        Facts(ROWS, "1. <i>"),
        Words("take & care", strong=True),
        Grid(("one", "two"), [("<x>", None), ("y", None)]),
        Boxes([Box("For <me>", ("signature",))]),
    ],
)
RECEIPT = ("print", "property-receipt")
SHEET = ("print", "handover-sheet")
COURIER = ("print", "courier-sheet")
DEVICE = {
    "description": 'Phone "with" <b>sticker</b>',
    "make": "Maker",
    "model": "M-1",
    "serial": "SN-5",
    "unique-ids": "IMEI 356",
    "condition": "damaged",
    "place": "12 Harbour Road",
    "position": "on the desk",
    "possessor": "John Smith",
    "seal": "S-77",
}


def test_a_text_has_lines_to_write_on_and_leaves_out_what_is_not_on_file() -> None:
    text = papers.as_text(PAPER)
    assert "A PAPER\n=======\n" in text
    assert "name                      A <b> & \\u{202e}\n" in text
    assert "nothing" not in text
    assert text.count(papers.BLANK) == 4
    assert "!!  take & care\n" in text
    assert max(map(len, text.splitlines())) <= papers.WIDTH


def test_a_page_escapes_everything_and_loads_nothing() -> None:
    page = papers.as_html(PAPER)
    assert "<th>name</th><td>A &lt;b&gt; &amp; \\u{202e}</td>" in page
    assert "nothing" not in page
    assert page.count('<td class="blank"></td>') == 2
    assert not re.search(r"<(script|link|img|iframe|i|x|me)\b|(href|src)=|url\(|@import", page)
    assert "default-src 'none'" in page
    assert balanced(page)


@pytest.mark.parametrize("written", [papers.as_text, papers.as_html])
def test_every_paper_says_what_it_was_printed_from(written: type[str]) -> None:
    text = plain(written(PAPER))
    assert "Printed from the ledger; the signed entries are the record." in text
    assert f"Ledger {ORIGIN}, 17 records, root 0123 4567 89ab cdef …, printed 2026-11-22" in text


def balanced(page: str) -> bool:
    """Whether every element that is opened is closed."""
    open_ones: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag not in ("meta", "br"):
                open_ones.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert open_ones.pop() == tag

    Reader().feed(page)
    return not open_ones


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """A seized phone, a file that was copied at the scene, and something made of it."""
    made = bench(tmp_path_factory.mktemp("papers"))
    made.seized("JS/1", **DEVICE)
    made.acquired(made.file("disk.dd", b"x" * 70_000), "JS/2")
    made("derive", "JS/2", made.file("found.txt", b"found"), "--kind", "extraction")
    made("item", "register", CASE, "--exhibit", "JS/4", "--type", "mobile")
    return made


@pytest.fixture
def fresh(tmp_path: Path) -> Bench:
    """Two sealed phones that nobody has handed over yet."""
    made = bench(tmp_path)
    made.seized("JS/1", **DEVICE)
    made.seized("JS/2", "--seal", "S-78", "--hazards", "lithium battery")
    return made


def released(run: Bench, *items: str) -> None:
    """Hand items to a courier."""
    words = ("--to-outside", "Central Lab", "--to-organisation", "State", "--by", "courier")
    more = ("--carrier", "SafeMail", "--tracking", "T-9", "--protection", "padded box")
    whom = ("--to-contact", "gate 4", "--condition", "good", "--expected-by", "2099-01-02")
    purpose = ("--purpose", "laboratory_examination")
    run("transfer", "release", *items, *words, *more, *whom, *purpose)


def test_a_receipt_lists_what_was_taken_from_whom_where_and_why(run: Bench) -> None:
    text = plain(run(*RECEIPT, CASE, "--to", "Mrs Smith").out)
    for said in (
        f"ledger {ORIGIN}",
        f"case {CASE}",
        "for Mrs Smith",
        "2 items were taken",
        f"1. {checked('K-7/1')} (JS/1)",
        'mobile, Phone "with" <b>sticker</b>',
        "make Maker",
        "model M-1",
        "serial SN-5",
        "unique ids IMEI 356",
        "condition damaged",
        "seal or bag number S-77",
        "where 12 Harbour Road, on the desk",
        "by Ada Byron (Lab)",
        "legal basis search warrant W-1",
        "owner or possessor John Smith",
        f"2. {checked('K-7/2')} (JS/2)",
        "seal or bag number not sealed",
        "where not stated",
    ):
        assert said in text
    sha256 = run.json("item", "history", "K-7/2")["history"][1]["details"]["content"]
    assert text.count("SHA-256 of the content") == 1
    digest = re.search(r"sha256 ([0-9a-f]{64})", sha256)
    assert digest and digest[1] in text.replace(" ", "")


def test_a_receipt_of_a_case_leaves_out_what_nobody_took(run: Bench) -> None:
    assert run.json(*RECEIPT, CASE)["items"] == ["K-7/1", "K-7/2"]


@pytest.mark.parametrize("item", ["K-7/3", "JS/4"])
def test_there_is_no_receipt_for_what_was_made_here_or_only_registered(
    run: Bench, item: str
) -> None:
    said = run(*RECEIPT, "JS/1", item, status=2).err
    assert "there is nothing to give a property receipt for" in said


def test_there_is_no_receipt_for_a_case_without_items_and_none_for_two_cases(
    fresh: Bench,
) -> None:
    fresh("case", "open", "K-8", "--title", "Other goods")
    assert "no item of K-8 was taken" in fresh(*RECEIPT, "K-8", status=2).err
    warrant = ("--kind", "search_warrant", "--identifier", "W-2", "--valid-to", "2099-01-01")
    fresh("authority", "record", "K-8", *warrant)
    fresh("seize", "K-8", "--exhibit", "X/1", "--type", "mobile")
    assert "of several cases" in fresh(*RECEIPT, "JS/1", "X/1", status=2).err
    assert "no item answers to 'K-9'" in fresh(*RECEIPT, "K-9", status=2).err


def test_words_that_name_a_case_and_an_item_are_not_guessed(fresh: Bench) -> None:
    fresh.seized("K-7")
    said = fresh(*RECEIPT, CASE, status=2).err
    assert "it could be: case K-7, item K-7/3" in said


def test_corrections_are_in_a_receipt_and_what_they_replaced_is_not(fresh: Bench) -> None:
    for entry, field, value in (
        ("#1", "serial", "SN-6"),
        ("#2", "place", "14 Harbour Road"),
        ("#3", "seal_number", "S-79"),
    ):
        given = ("--field", field, "--value", value, "--reason", "omitted_field")
        fresh("correct", "JS/1", entry, *given)
    text = plain(fresh(*RECEIPT, "JS/1").out)
    assert "serial SN-6" in text
    assert "where 14 Harbour Road, on the desk" in text
    assert "seal or bag number S-79" in text
    assert not re.search("SN-5|12 Harbour|S-77", text)


def test_nobody_is_signed_for(run: Bench) -> None:
    text = run(*RECEIPT, CASE).out
    lines = [
        line for line in text.splitlines() if re.match(r" *(name|signature|date, time) ", line)
    ]
    assert len(lines) == 6
    assert all(line.endswith(papers.BLANK) for line in lines)
    assert "[  ] refused to sign" in text
    assert "REFUSED" not in text


def test_who_refused_to_sign_has_no_box_to_sign_and_it_is_not_taken_for_recorded(
    run: Bench,
) -> None:
    before = len(run.json("item", "history", "JS/1")["history"])
    done = run(*RECEIPT, CASE, "--to", "John Smith", "--refused-to-sign")
    assert "!!  REFUSED TO SIGN: it was said when this was printed" in done.out
    assert "Saw the refusal" in done.out
    assert "Owner or possessor: a copy received" not in done.out
    assert "the refusal is not on file yet: custody note" in done.err
    assert len(run.json("item", "history", "JS/1")["history"]) == before


def test_a_hand_over_sheet_keeps_numbers_and_digests_to_itself(run: Bench) -> None:
    text = run(*SHEET, "JS/1", "JS/2").out
    assert "S-77" not in text
    assert not re.search("[0-9a-f]{16}", text.replace(" ", "").partition("Printedfrom")[0])
    assert f"seal or bag number READ   {papers.BLANK}" in text
    assert text.count("SHA-256 COMPUTED          no content") == 1
    assert text.count(f"SHA-256 COMPUTED          {papers.BLANK}") == 1


def test_without_a_release_both_sides_are_told_or_left_blank(run: Bench) -> None:
    text = run(*SHEET, "JS/1", "--to", "Bo", "--purpose", "storage").out
    assert "from                      Ada Byron (Lab)\n" in text
    assert "to                        Bo\n" in text
    assert "purpose                   storage\n" in text
    assert "none is open in the ledger" in text
    assert f"to                        {papers.BLANK}\n" in run(*SHEET, "JS/1").out
    assert f"from                      {papers.BLANK}\n" in run(*SHEET, "JS/1", "JS/4").out


def test_an_open_release_names_the_sides_and_the_purpose(fresh: Bench) -> None:
    fresh("transfer", "release", "JS/1", "JS/2", "--to", "bo", "--purpose", "storage")
    text = plain(fresh(*SHEET, "JS/1", "JS/2").out)
    assert "from Ada Byron (Lab) to Bo Peep (Lab) purpose storage" in text
    release = fresh.json("transfer", "list")["transfers"][0]["transfer"]
    assert f"release {release[:4]} {release[4:8]} {release[8:12]} …, recorded" in text
    said = fresh(*SHEET, "JS/1", "--to", "Cy", status=2).err
    assert "its own receiver and purpose are told" in said


def test_items_of_two_hand_overs_are_not_put_on_one_sheet(fresh: Bench) -> None:
    fresh("transfer", "release", "JS/1", "--to", "bo", "--purpose", "storage")
    assert "do not go together" in fresh(*SHEET, "JS/1", "JS/2", status=2).err


def test_a_courier_learns_where_to_and_neither_case_nor_content(fresh: Bench) -> None:
    released(fresh, "JS/1", "JS/2")
    done = fresh(*COURIER, "JS/1", "JS/2")
    text = plain(done.out)
    tags = [
        fresh.json("print", "label", item, "-o", fresh.folder / f"{item[-1]}.svg")["labels"][0][
            "tag"
        ]
        for item in ("K-7/1", "K-7/2")
    ]
    for said in (
        "sender Ada Byron (Lab)",
        "deliver to Central Lab, State",
        "contact gate 4",
        "carrier SafeMail",
        "tracking number T-9",
        "pieces 2",
        "condition when released good",
        "protection padded box",
        "expected by 2099-01-02",
        *(f"tag on its label {tag[:4]} {tag[4:8]} {tag[8:12]}" for tag in tags),
        "hazards none on file",
        "hazards lithium battery",
        "handed to carrier",
        "delivered",
    ):
        assert said in text
    for kept in (CASE, "JS/", "Phone", "mobile", "SN-5", "S-77", "John", "Harbour", "W-1"):
        assert kept not in text


def test_two_consignments_are_two_on_the_sheet(fresh: Bench) -> None:
    released(fresh, "JS/1")
    released(fresh, "JS/2")
    assert fresh(*COURIER, "JS/1", "JS/2").out.count("Consignment ") == 2


def test_what_is_not_released_does_not_travel(fresh: Bench) -> None:
    released(fresh, "JS/1")
    said = fresh(*COURIER, "JS/1", "JS/2", status=4).err
    assert "E_NO_TRANSFER K-7/2 (JS/2) is not released to anybody" in said


@pytest.mark.parametrize("words", [(*RECEIPT, CASE), (*SHEET, "JS/1")])
def test_papers_are_written_as_their_names_say(
    run: Bench, tmp_path: Path, words: tuple[str, ...]
) -> None:
    page, text = tmp_path / "p.html", tmp_path / "p.txt"
    answer = run.json(*words, "-o", page)
    assert unread(read_record(PaperPrinted, answer)) == answer
    assert answer["file"] == str(page)
    assert balanced(page.read_text())
    run(*words, "-o", text)
    shown = [line for line in run(*words).out.splitlines() if "printed" not in line]
    written = text.read_text().splitlines()
    assert shown[:-3] == written[: len(shown) - 3]
    assert run.json(*words)["text"].splitlines()[0] == written[0]
    assert html.escape("<b>sticker</b>") in page.read_text()


def test_a_paper_is_of_the_newest_state_of_the_ledger(fresh: Bench) -> None:
    before = fresh.json(*RECEIPT, CASE)
    fresh("note", CASE, "-m", "one more")
    after = fresh.json(*RECEIPT, CASE)
    assert after["size"] == before["size"] + 1
    assert after["root"] == fresh.json("verify", "--full", "--processes", 1)["root"]


@pytest.mark.parametrize("name", ["p.pdf", "p", "p.svg"])
def test_other_forms_are_refused(run: Bench, tmp_path: Path, name: str) -> None:
    said = run(*RECEIPT, CASE, "-o", tmp_path / name, status=2).err
    assert "papers are written as .html or .txt" in said
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(run: Bench, tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text("mine")
    assert (
        "exists: name another file" in run(*SHEET, "JS/1", "-o", tmp_path / "p.txt", status=2).err
    )
    assert (tmp_path / "p.txt").read_text() == "mine"
