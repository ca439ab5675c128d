"""What a scanner types names an item, or is refused; `-` takes a list of scans."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from custody.reports.labels import checked
from custody_cli.main import cli
from tests.bench import ORIGIN, Bench, Outcome, bench, plain
from tests.test_cli_terminal import Terminal


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """Three items; nothing is recorded here."""
    made = bench(tmp_path_factory.mktemp("scans"))
    for exhibit in ("JS/1", "JS/2", "JS/3"):
        made.seized(exhibit)
    return made


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    made = bench(tmp_path)
    made.seized("JS/1")
    made.seized("JS/2")
    return made


def label(run: Bench, item: str) -> dict[str, str]:
    """What is printed of an item."""
    (made,) = run.json("print", "label", item, "-o", run.folder / f"{len(item)}.svg")["labels"]
    (run.folder / f"{len(item)}.svg").unlink()
    assert isinstance(made, dict)
    return made


def piped(run: Bench, lines: str | bytes, *words: str, status: int = 0) -> Outcome:
    """Run a command with these lines on its standard input."""
    env = {"CUSTODY_SERVER": None, **run.environ}
    made = CliRunner().invoke(cli, list(words), env=env, input=lines)
    assert made.exception is None or isinstance(made.exception, SystemExit), made.exception
    assert made.exit_code == status, made.stderr
    return Outcome(made.exit_code, made.stdout, made.stderr)


@pytest.mark.parametrize("change", [str, str.lower, str.upper, str.swapcase, "  {}  ".format])
@pytest.mark.parametrize("text", ["code", "bars", "qr"])
def test_each_text_of_a_label_names_the_item(shared: Bench, text: str, change: type[str]) -> None:
    made = label(shared, "JS/2")
    assert shared.item(change(made[text]))["item"] == "K-7/2"


def test_the_short_text_names_the_item_too(shared: Bench) -> None:
    made = label(shared, "JS/3")
    assert shared.item(checked(made["tag"][:12].upper()))["item"] == "K-7/3"


def test_a_wrong_check_character_is_a_misread_and_is_not_told(shared: Bench) -> None:
    right = checked("K-7/2")
    for wrong in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        if f"K-7/2-{wrong}" != right:
            said = shared("item", "show", f"K-7/2-{wrong}", status=2).err
            assert f"{wrong} is not the check character of K-7/2; scan it again" in said
            assert right not in said


def test_an_item_that_is_not_there_is_not_found_though_its_text_reads_well(shared: Bench) -> None:
    said = shared("item", "show", checked("K-7/9"), status=2).err
    assert "its check character fits: it may be a label of another ledger or case" in said


def test_an_exhibit_reference_that_looks_like_a_label_is_still_one(run: Bench) -> None:
    made = run.seized("JS/1-B")
    assert run.item("JS/1-B")["item"] == made
    said = run("item", "show", "JS/1-C", status=2).err
    assert "if that is a label's text, it was misread" in said


def test_a_label_that_reads_like_the_exhibit_of_another_item_is_ambiguous(run: Bench) -> None:
    run.seized(checked("K-7/1"))
    said = run("item", "show", checked("K-7/1"), status=2).err
    assert "names several items" in said
    assert "K-7/1, K-7/3" in said


def test_a_label_of_another_ledger_is_refused_by_its_origin(shared: Bench) -> None:
    text = label(shared, "JS/1")["qr"].replace(ORIGIN, "police.example/store")
    said = shared("item", "show", text, status=2).err
    assert f"a label of the ledger police.example/store, and this is {ORIGIN}" in said


def test_a_label_whose_tag_is_no_item_here_is_refused(shared: Bench) -> None:
    made = label(shared, "JS/1")
    said = shared("item", "show", made["qr"].replace(made["tag"].upper(), "0" * 64), status=2).err
    assert "no item here has its tag 000000000000" in said


def test_the_tag_of_a_person_makes_no_label(shared: Bench) -> None:
    made = label(shared, "JS/1")
    person = shared.json("whoami")["person"]["person"]
    said = shared("item", "show", made["qr"].replace(made["tag"].upper(), person), status=2).err
    assert "is not the tag of a item" in said


def test_parts_of_two_labels_do_not_make_one(shared: Bench) -> None:
    one, two = label(shared, "JS/1"), label(shared, "JS/2")
    mixed = one["qr"].replace(one["code"], two["code"])
    said = plain(shared("item", "show", mixed, status=2).err)
    assert "the label says K-7/2, and its tag is that of K-7/1" in said
    mixed = one["qr"].replace(one["entry"].upper(), two["entry"].upper())
    said = plain(shared("item", "show", mixed, status=2).err)
    assert "its entry is not the one that began K-7/1" in said
    mixed = one["qr"].replace(one["code"], "K-7/1-0")
    said = plain(shared("item", "show", mixed, status=2).err)
    assert "0 is not the check character of K-7/1" in said
    mixed = one["qr"].replace(one["code"], "K-7/1")
    assert "nothing is not the check character" in shared("item", "show", mixed, status=2).err


def test_a_scanner_with_another_keyboard_layout_is_named_as_the_likely_cause(
    shared: Bench,
) -> None:
    text = label(shared, "JS/1")["qr"].translate(str.maketrans("yzYZ-/", "zyZYß-"))
    assert "keyboard layout" in shared("item", "show", text, status=2).err


def test_a_list_of_scans_is_moved_in_one_entry_and_each_item_once(run: Bench) -> None:
    one, two = label(run, "JS/1"), label(run, "JS/2")
    lines = f"{one['qr']}\r\n\n{two['code']}\n  js/1 \n"
    done = piped(run, lines, "--json", "move", "-", "--to", "Shelf 4")
    assert done.answer["items"] == ["K-7/1", "K-7/2"]
    assert len(done.answer["entries"]) == 1
    assert "line 4: K-7/1 (JS/1) again, counted once" in done.err
    run.examined()


def test_a_list_may_stand_among_names(run: Bench) -> None:
    run.seized("JS/3")
    done = piped(run, "JS/1\nJS/2", "--json", "move", "JS/3", "-", "JS/1", "--to", "Shelf 4")
    assert done.answer["items"] == ["K-7/3", "K-7/1", "K-7/2"]


def test_scanned_items_are_released_and_accepted(run: Bench) -> None:
    lines = "\ufeff" + "\n".join(label(run, item)["bars"] for item in ("JS/1", "JS/2"))
    words = ("transfer", "release", "-", "--to", "bo", "--purpose", "storage")
    assert piped(run, lines, "--json", *words).answer["items"] == ["K-7/1", "K-7/2"]
    accept = ("--as", "bo", "--json", "transfer", "accept", "-")
    assert piped(run, lines, *accept).answer["items"] == ["K-7/1", "K-7/2"]
    checkout = ("--as", "bo", "--json", "checkout", "-", "--purpose", "examination")
    assert piped(run, lines, *checkout).answer["items"] == ["K-7/1", "K-7/2"]
    run.examined()


def test_one_line_that_names_nothing_refuses_the_whole_list(run: Bench) -> None:
    lines = f"{label(run, 'JS/1')['code']}\nJS/7\nJS/2\n"
    said = piped(run, lines, "move", "-", "--to", "Shelf 4", status=2).err
    assert "line 2: no item answers to 'JS/7'" in said
    assert run.item("JS/1")["entries"] == 2


def test_one_line_that_names_two_items_refuses_the_whole_list(run: Bench) -> None:
    run("case", "open", "K-8", "--title", "Other goods")
    run("item", "register", "K-8", "--exhibit", "JS/1", "--type", "mobile")
    said = piped(run, "JS/2\nJS/1\n", "move", "-", "--to", "Shelf 4", status=2).err
    assert "line 2: 'JS/1' names several items" in said
    assert "K-7/1, K-8/1" in said


@pytest.mark.parametrize("lines", ["", "\n \n"])
def test_a_list_of_nothing_is_refused(shared: Bench, lines: str) -> None:
    said = piped(shared, lines, "move", "-", "--to", "Shelf 4", status=2).err
    assert "there were none" in said


def test_standard_input_is_read_once(shared: Bench) -> None:
    said = piped(shared, "JS/1", "move", "-", "-", "--to", "Shelf 4", status=2).err
    assert "give it once" in said


def test_bytes_that_are_no_text_are_refused_as_a_name(shared: Bench) -> None:
    said = piped(shared, b"\xff\xfe1\n", "move", "-", "--to", "Shelf 4", status=2).err
    assert "line 1: no item answers to" in said


def test_on_a_terminal_each_scan_is_said_and_keys_are_asked_for_after_it(run: Bench) -> None:
    one, two = label(run, "JS/1"), label(run, "JS/2")
    terminal = Terminal(run, "move", "-", "--to", "Shelf 4")
    terminal.answer("scan: ", one["qr"])
    terminal.answer("1  K-7/1 (JS/1)\r\nscan: ", one["code"])
    terminal.answer("\a  K-7/1 (JS/1) again, counted once\r\nscan: ", two["bars"])
    terminal.answer("2  K-7/2 (JS/2)\r\nscan: ", "")
    terminal.answer("K-7/1 (JS/1), K-7/2 (JS/2) moved to Shelf 4", "y")
    terminal.answer("Passphrase of Ada Byron", run.environ["CUSTODY_PASSPHRASE"])
    assert "recorded: K-7/1 (JS/1), K-7/2 (JS/2) moved to Shelf 4" in plain(terminal.end(0))


def test_on_a_terminal_a_scan_that_was_not_taken_is_asked_about(run: Bench) -> None:
    terminal = Terminal(run, "move", "-", "--to", "Shelf 4")
    terminal.answer("scan: ", "K-7/1-0")
    terminal.answer("\a  not taken: no item answers to", "JS/1")
    terminal.answer("1  K-7/1 (JS/1)\r\nscan: ", "\x04", end="")
    terminal.answer("1 scan was not taken. Go on with 1 item? [y/N]", "n")
    assert "stopped; nothing was recorded" in plain(terminal.end(5))
    assert run.item("JS/1")["entries"] == 2


def test_a_scanner_that_types_ahead_loses_nothing(run: Bench) -> None:
    """All lines are there before the first is asked for; the answer to the question after them."""
    terminal = Terminal(run, "move", "-", "--to", "Shelf 4")
    terminal.answer("scan: ", "JS/1\nJS/2\n\ny")
    terminal.answer("Passphrase of Ada Byron", run.environ["CUSTODY_PASSPHRASE"])
    assert "recorded: K-7/1 (JS/1), K-7/2 (JS/2) moved" in plain(terminal.end(0))


def test_remarks_and_bundles_are_of_scanned_items_too(run: Bench) -> None:
    lines = f"{label(run, 'JS/1')['qr']}\nJS/2\n"
    noted = piped(run, lines, "--json", "note", "-", "-m", "both seen").answer
    assert noted["items"] == ["K-7/1", "K-7/2"]
    bundle = ("-o", str(run.folder / "b.zip"), "--recipient", "X", "--purpose", "storage")
    assert piped(run, lines, "--json", "export", "-", *bundle).answer["items"] == ["K-7/1", "K-7/2"]
    run.examined()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("K-7/1-0", "0 is not the check character of K-7/1"),
        (f"CUSTODY1 {'A' * 64} {'B' * 64} police.example K-7/1-A", "the ledger police.example"),
    ],
)
def test_where_cases_may_be_named_too_a_misread_is_still_called_one(
    shared: Bench, words: str, said: str
) -> None:
    assert said in shared("note", words, "-m", "x", status=2).err


def test_no_list_stands_for_the_one_item_that_a_command_is_about(shared: Bench) -> None:
    for words in (("item", "show", "-"), ("discrepancy", "resolve", "-", "#1")):
        more = ("--outcome", "explained") if "resolve" in words else ()
        said = piped(shared, "JS/1\nJS/2\n", *words, *more, status=2).err
        assert "no item answers to '-'" in said


@pytest.mark.parametrize("reference", ["K-7/9", "k-7/9", checked("K-7/9"), "K-7:JS/9"])
def test_a_number_that_reads_like_another_item_steers_nothing(run: Bench, reference: str) -> None:
    """Item 9 is not there yet: who types it must not get the one that goes by its name."""
    run("item", "ref", "K-7/1", "--kind", "laboratory", "--reference", reference, "--yes")
    made = run("item", "show", reference, status=2)
    assert "reads like an item of the case K-7" in made.err.replace("k-7", "K-7")
    assert "K-7/1 (JS/1)" in made.err
    assert run.item("JS/1")["item"] == "K-7/1"


def test_a_number_of_a_case_that_is_not_here_is_a_number(run: Bench) -> None:
    run("item", "ref", "K-7/1", "--kind", "laboratory", "--reference", "L-26/9", "--yes")
    assert run.item("L-26/9")["item"] == "K-7/1"
