"""How things are named, and what is told of them: lists, histories, corrections, notes."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from custody.core.proof import Proof
from custody.core.trust import TrustFile
from tests.bench import CASE, Bench, bench, plain


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    return bench(tmp_path)


def history(run: Bench, item: str) -> Any:
    return run.json("item", "history", item)


def opened(run: Bench, reference: str) -> None:
    run("case", "open", reference, "--title", "Another")
    run("authority", "record", reference, "--kind", "consent")


@pytest.mark.parametrize(
    "words", ["K-7/1", "k-7/1", "K-7:JS/1", "JS/1", "js/1", "S-41", "B-9", "  JS/1 "]
)
def test_an_item_answers_to_all_its_names(run: Bench, words: str) -> None:
    run.seized("JS/1", "--seal", "S-41", "--bag-number", "B-9")
    assert run.item(words)["item"] == "K-7/1"


@pytest.mark.parametrize(
    "words", ["", "1", "K-7", "K-7/", "/1", "K-7/01x", "K-7/2", "K-7:JS/2", "K-8:JS/1", "JS", "99"]
)
def test_nothing_is_guessed(run: Bench, words: str) -> None:
    run.seized("JS/1")
    refused = run.json("item", "show", words, status=2)["refused"]
    assert refused["code"] == "E_NOT_FOUND"


def test_an_exhibit_of_two_cases_is_refused_with_both_candidates(run: Bench) -> None:
    opened(run, "K-8")
    run.seized("JS/1")
    run("seize", "K-8", "--exhibit", "JS/1", "--type", "mobile")
    made = run("item", "show", "JS/1", status=2)
    assert "'JS/1' names several items" in made.err
    assert "it could be: K-7/1, K-8/1" in made.err
    assert run.item("K-8:JS/1")["item"] == "K-8/1"


def test_a_number_and_an_exhibit_spelt_alike_are_not_told_apart(run: Bench) -> None:
    run.seized("first")
    run.seized("K-7/1")
    refused = run.json("item", "show", "K-7/1", status=2)["refused"]
    assert refused["code"] == "E_AMBIGUOUS"
    assert run.item("K-7:K-7/1")["item"] == "K-7/2"


def test_references_with_slashes_and_colons_are_found(run: Bench) -> None:
    opened(run, "2026/A")
    run("seize", "2026/A", "--exhibit", "X:1", "--type", "mobile")
    for words in ("2026/A/1", "2026/A:X:1", "X:1"):
        assert run.item(words)["item"] == "2026/A/1"


@pytest.mark.parametrize("reference", ["K-7/1", "K-7/00012", "K-7:A"])
def test_no_case_is_called_like_an_item_of_another(run: Bench, reference: str) -> None:
    made = plain(run("case", "open", reference, "--title", "T", status=2).err)
    assert f"{reference} would read like an item of the case K-7" in made


def test_no_case_gets_items_that_read_like_another_case(run: Bench) -> None:
    opened(run, "FR-26/114")
    made = plain(run("case", "open", "FR-26", "--title", "T", status=2).err)
    assert "FR-26/114 would read like an item of the case FR-26" in made
    run("seize", "FR-26/114", "--exhibit", "X", "--type", "mobile")
    assert run.item("FR-26/114/1")["exhibit"] == "X"


@pytest.mark.parametrize("reference", ["2026/A", "A/1234567", "A/0", "/7", "FR/26/x", "2026/114"])
def test_other_slashes_are_part_of_a_reference(run: Bench, reference: str) -> None:
    opened(run, reference)
    run("seize", reference, "--exhibit", "X", "--type", "mobile")
    assert run.item(f"{reference}/1")["exhibit"] == "X"


def test_a_case_is_opened_once(run: Bench) -> None:
    made = run("case", "open", CASE.lower(), "--title", "T", status=2)
    assert "is open already" in made.err


def test_lists_show_all_or_what_is_mine(run: Bench) -> None:
    run.seized("JS/1")
    run.seized("JS/2")
    run("transfer", "release", "JS/1", "--to", "bo", "--purpose", "storage")
    run("--as", "bo", "transfer", "accept", "JS/1")
    assert [i["exhibit"] for i in run.json("item", "list")["items"]] == ["JS/1", "JS/2"]
    mine = run.json("--as", "bo", "item", "list", "--mine")["items"]
    assert [i["exhibit"] for i in mine] == ["JS/1"]
    lines = run("item", "list", CASE).out.splitlines()
    assert lines[0].split() == ["item", "exhibit", "kind", "held", "by", "seal", "notes"]
    assert plain(lines[1]) == "K-7/1 JS/1 mobile Bo Peep (Lab) never sealed"
    case = run.json("case", "show", CASE)
    assert (case["items"], len(case["authorities"])) == (2, 1)


def test_a_history_tells_who_what_when_why_and_from_whom_to_whom(run: Bench) -> None:
    run.seized("JS/1", "--seal", "S-1")
    run("transfer", "release", "JS/1", "--to", "bo", "--purpose", "storage", "--note", "in rain")
    run("--as", "bo", "transfer", "accept", "JS/1", "--seal-read", "S-1", "--location", "vault")
    text = run("item", "history", "JS/1").out
    told = plain(text)
    assert "#4 RELEASED by Ada Byron (Lab) – key" in told
    assert "from – to Ada Byron (Lab) – Bo Peep (Lab) why storage" in told
    assert "note in rain" in told
    assert "seal intact, no. S-1 place vault" in told
    for word in ("happened", "signed", "recorded"):
        assert text.count(f"    {word} ") == 5
    answer = history(run, "JS/1")
    assert [each["number"] for each in answer["history"]] == [1, 2, 3, 4, 5]
    assert answer["item"]["holder"] == "Bo Peep (Lab)"


def test_times_without_a_holder_are_gaps(run: Bench) -> None:
    run("item", "register", CASE, "--exhibit", "JS/1", "--type", "mobile")
    (gap,) = history(run, "JS/1")["gaps"]
    assert "now: registered, and nobody is recorded as its holder" in gap
    assert gap in run("item", "history", "JS/1").out


def test_times_without_a_place_are_gaps(run: Bench) -> None:
    item = run.acquired(run.file("disk.dd"))
    (gap,) = history(run, item)["gaps"]
    assert gap.endswith("now: held, with no place on file")
    run("move", item, "--to", "Shelf 3", "--location", "evidence_room")
    gaps = history(run, item)["gaps"]
    assert all("now" not in gap for gap in gaps)
    run("transfer", "release", item, "--to", "bo", "--purpose", "storage")
    run("--as", "bo", "transfer", "accept", item)
    assert history(run, item)["gaps"][-1].endswith("now: held, with no place on file")


def test_the_history_of_a_source_tells_what_was_made_of_it(run: Bench) -> None:
    run.seized("JS/1")
    item = run.acquired(run.file("disk.dd"), "D/1", "--source", "JS/1")
    assert f"SOURCE OF {item} (D/1), ACQUIRED" in run("item", "history", "JS/1").out
    assert "SOURCE OF" not in run("item", "history", item).out
    assert history(run, "JS/1")["gaps"] == []


def test_a_correction_stands_beside_the_old_value(run: Bench) -> None:
    run.seized("JS/1", "--make", "Nokai")
    made = run(
        "correct",
        "JS/1",
        "#1",
        "--field",
        "make",
        "--value",
        "Nokia",
        "--reason",
        "transcription_error",
    )
    assert "K-7/1 #1, make: Nokai is to read Nokia" in made.out
    first = history(run, "JS/1")["history"][0]
    assert first["details"]["make"] == "Nokai"
    assert first["corrections"] == [{"by": 3, "field": "make", "value": "Nokia"}]
    text = plain(run("item", "history", "JS/1").out)
    assert "make Nokai" in text and "corrected by #3 make is to read: Nokia" in text
    assert "Nokia" in run("item", "show", "JS/1").out
    run.examined()


@pytest.mark.parametrize(
    ("words", "code", "telling"),
    [
        (("#1", "--field", "make", "--value", "Nokia"), "E_CORRECTION", "'Nokia' already"),
        (("#1", "--field", "number", "--value", "7"), "E_CORRECTION", "no number"),
        (("#1", "--field", "weight", "--value", "7"), "E_CORRECTION", "no weight"),
        (("#9", "--field", "make", "--value", "x"), "E_NOT_FOUND", "there are #1 to #2"),
        (("#1", "--field", "type", "--value", "toaster"), "E_USAGE", "none of computer"),
        (("#1", "--field", "make", "--value", "a", "--value", "b"), "E_USAGE", "one value"),
    ],
)
def test_a_correction_that_corrects_nothing_is_refused(
    run: Bench, words: tuple[str, ...], code: str, telling: str
) -> None:
    run.seized("JS/1", "--make", "Nokia")
    status = 4 if code == "E_CORRECTION" else 2
    reason = ("--reason", "transcription_error")
    refused = run.json("correct", "JS/1", *words, *reason, status=status)["refused"]
    assert refused["code"] == code
    assert telling in refused["message"]


def test_computed_verdicts_are_not_corrected_by_typing(run: Bench) -> None:
    run.seized("JS/1", "--seal", "S-1")
    run("seal", "verify", "JS/1", "--seal-read", "S-2", status=1)
    words = ("#4", "--field", "verdict", "--value", "intact", "--reason", "system_error")
    refused = run.json("correct", "JS/1", *words, status=4)["refused"]
    assert "no verdict" in refused["message"]


def test_others_correct_only_with_oversight(run: Bench) -> None:
    run.seized("JS/1", "--make", "Nokai")
    words = ("JS/1", "#1", "--field", "make", "--value", "Nokia", "--reason", "transcription_error")
    made = run.json("--as", "di", "correct", *words, status=4)
    assert "says why with --for-absent" in made["refused"]["message"]
    answer = run.json("--as", "di", "correct", *words, "--for-absent", "on_leave")
    assert answer["entries"][0]["act"] == "correction.recorded"
    assert history(run, "JS/1")["history"][2]["details"]["for a signer who is absent"] == "on leave"


def test_lists_and_choices_are_corrected_by_their_own_types(run: Bench) -> None:
    run.seized("JS/1", "--state", "on")
    run(
        *("correct", "JS/1", "#2", "--field", "found-by", "--value", "PC Jones"),
        *("--reason", "omitted_field"),
    )
    run("correct", "JS/1", "#2", "--field", "state", "--value", "off", "--reason", "system_error")
    run(
        *("correct", "JS/1", "#2", "--field", "witnesses", "--value", "A", "--value", "B"),
        *("--reason", "omitted_field"),
    )
    corrections = history(run, "JS/1")["history"][1]["corrections"]
    assert [(c["field"], c["value"]) for c in corrections] == [
        ("found_by", "PC Jones"),
        ("state", "off"),
        ("witnesses", "A; B"),
    ]


def test_notes_go_to_items_and_cases(run: Bench) -> None:
    run.seized("JS/1")
    run.seized("JS/2")
    answer = run.json("note", "JS/1", "JS/2", "-m", "smells of smoke")
    assert (len(answer["entries"]), answer["items"]) == (1, ["K-7/1", "K-7/2"])
    run("note", CASE, "--note", "hearing moved")
    assert history(run, "JS/2")["history"][-1]["details"]["note"] == "smells of smoke"


def test_a_discrepancy_is_open_until_something_ends_it(run: Bench) -> None:
    run.seized("JS/1")
    run("discrepancy", "open", "JS/1", "--kind", "damage", "--details", "screen cracked")
    assert run.item("JS/1")["discrepancies"] == ["damage"]


def test_an_export_of_one_item_says_what_it_is_and_hides_the_others(run: Bench) -> None:
    run.seized("JS/1")
    item = run.acquired(run.file("disk.dd", b"x" * 70_000), "D/1")
    bundle, trust = run.folder / "b.zip", run.folder / "trust.txt"
    words = ("export", item, "--to", "bo", "--purpose", "storage", "-o", bundle)
    answer = run.json(*words)
    assert (answer["items"], answer["bundle"]) == ([item], str(bundle))
    assert answer["size"] == bundle.stat().st_size
    run("trust", "show", "-o", trust)
    assert TrustFile.read(trust.read_bytes()).origin == "agency.example/evidence"
    report = run.json("verify", bundle, "--trust", trust)
    assert (report["verdict"], report["bundles"][0]["sha256"]) == ("PASSED", answer["sha256"])
    assert run("verify", bundle, "--trust", trust).out.startswith("RESULT")
    assert "exists: name another file" in run(*words, status=2).err
    bundle.write_bytes(bundle.read_bytes()[:-30])
    assert run.json("verify", bundle, "--trust", trust, status=1)["verdict"] == "FAILED"


def test_an_export_says_for_whom_and_is_refused_before_it_is_written(run: Bench) -> None:
    run.seized("JS/1")
    bundle = run.folder / "b.zip"
    made = run("export", "JS/1", "--purpose", "storage", "-o", bundle, status=2)
    assert "say for whom it is" in made.err
    words = ("export", "JS/1", "--recipient", "X", "--purpose", "storage", "-o", bundle)
    assert "E_NO_GRANT" in run("--as", "di", *words, status=4).err
    assert not bundle.exists()
    two = ("export", "JS/1", CASE, "--recipient", "X", "--purpose", "storage", "-o", bundle)
    assert "name one case, or items of one case" in run(*two, status=2).err


def test_a_proof_of_recording_is_kept_in_a_file_of_its_own(run: Bench) -> None:
    target = run.folder / "p.txt"
    run("proof", 3, "-o", target)
    assert Proof.read(target.read_bytes()).index == 3
    assert "exists: name another file" in run("proof", 3, "-o", target, status=2).err
    assert "there is no record 999" in run("proof", 999, status=2).err


def test_the_ledger_is_examined_from_where_it_was_and_rebuilt_from_its_entries(run: Bench) -> None:
    first = run.json("verify")
    run.seized("JS/1")
    second = run.json("verify")
    assert (first["start"], second["start"]) == (0, first["size"])
    idle = run("verify").out
    assert "examined now: nothing" in idle
    assert "passed: STRUCTURE, CHECKPOINT, INCLUSION\n" in idle  # no signature was looked at
    assert run.json("verify", "--full")["start"] == 0
    made = run.json("rebuild")
    assert (made["records"], made["differed"]) == (second["size"], [])
    run.examined()


def test_a_rebuild_says_what_had_been_changed_behind_the_rules(run: Bench) -> None:
    run.seized("JS/1")
    database = sqlite3.connect(run.folder / "home" / "ledger.sqlite")
    changed = database.execute("UPDATE label SET value = 'JS/9' WHERE field = 'exhibit'")
    assert changed.rowcount
    database.commit()
    database.close()
    made = run.json("rebuild")
    assert {each["check"] for each in made["differed"]} == {"STRUCTURE"}
    assert run.json("rebuild")["differed"] == []


def test_tables_of_another_version_are_made_anew(run: Bench) -> None:
    """A state that lacks what this version expects stops everything, and says what to do."""
    run.seized("JS/1")
    database = sqlite3.connect(run.folder / "home" / "ledger.sqlite")
    changed = database.execute(
        "UPDATE subject SET state = CAST(replace(CAST(state AS TEXT), ',\"packs\":[]', '') AS BLOB)"
        " WHERE kind = 'ledger'"
    )
    assert changed.rowcount == 1
    database.commit()
    database.close()
    made = run("note", "K-7", "-m", "x", status=5)
    assert "run `custody rebuild`" in made.err and "packs missing" in made.err
    run("rebuild", "--yes")
    run("note", "K-7", "-m", "x")
    run.examined()
