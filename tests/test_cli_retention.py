"""How long items are kept, at the command line: said, shown, moved, reviewed, due. (R32, R69–R73)"""

import json
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from custody.core.reading import read_record
from custody_schemas import answers
from tests.bench import CASE, Bench, bench, plain

BASIS = ("--basis", "policy 7")
OVER = ("--retain-until", "2020-01-01", *BASIS)
LATER = ("--retain-until", "2090-01-01", *BASIS)


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    return bench(tmp_path)


def assign(run: Bench, item: str, *words: str, status: int = 0) -> Any:
    return run.json("--as", "bo", "retention", "assign", item, *words, status=status)


def shown(run: Bench, item: str) -> answers.ItemRetained:
    answer = run.json("retention", "show", item)
    (found,) = read_record(answers.RetentionShown, answer).items
    return found


def due(run: Bench, *words: object) -> answers.Due:
    return read_record(answers.Due, run.json("retention", "due", *words))


def swept(run: Bench, *words: object, status: int = 0) -> answers.Swept:
    return read_record(answers.Swept, run.json("sweep", *words, status=status))


def under_example(run: Bench) -> str:
    """A phone in a case under the example of England and Wales."""
    words = ("--reason", "adopted", "--with", "cy")
    run("--as", "bo", "pack", "load", "example-ew", *words)
    run("case", "open", "K-8", "--title", "Second", "--legal-profile", "example-ew")
    run("authority", "record", "K-8", "--kind", "search_warrant", "--identifier", "W-2")
    made = run.json("seize", "K-8", "--exhibit", "AB/1", "--type", "mobile")
    return str(made["items"][0])


def acquitted(run: Bench, *more: str) -> None:
    run("case", "status", "K-8", "--status", "acquitted", "--effective-at", "2026-01-01", *more)


def test_the_longest_of_all_lines_decides(run: Bench) -> None:
    item = run.seized("JS/1")
    assert shown(run, item).sentence == "nobody said how long it is kept"
    assign(run, item, *OVER)
    assert shown(run, item).over
    assign(run, item, *LATER)
    found = shown(run, item)
    assert (found.until, found.over, len(found.lines)) == ("2090-01-01T00:00:00Z", False, 2)
    assert [line.runs_from for line in found.lines] == ["", ""], "a date waits for no event"
    run.examined()


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        ((*BASIS,), 2, "say one of --rule, --retain-until and --for-good"),
        ((*OVER, "--for-good"), 2, "say one of --rule, --retain-until and --for-good"),
        (("--for-good", "--compliance", *BASIS), 2, "--compliance is said of a date"),
        (("--rule", "registered", *BASIS), 2, "a rule is written PACK/RULE"),
        (("--rule", "house/registered", *BASIS), 2, "no pack 'house' is in force"),
        (("--retain-until", "soon", *BASIS), 2, "--retain-until"),
        (("--retain-until", "2020-01-01"), 2, "--basis"),
    ],
)
def test_what_cannot_be_a_line_is_refused(
    run: Bench, words: tuple[str, ...], status: int, message: str
) -> None:
    item = run.seized("JS/1")
    made = run("--as", "bo", "retention", "assign", item, *words, status=status)
    assert message in plain(made.err)


def test_who_does_not_decide_how_long_things_are_kept_assigns_nothing(run: Bench) -> None:
    item = run.seized("JS/1")
    made = run("--as", "di", "retention", "assign", item, *OVER, status=4)
    assert "E_NO_GRANT" in made.err


def test_a_rule_of_a_pack_is_assigned_by_its_name(run: Bench) -> None:
    item = under_example(run)
    assign(run, item, "--rule", "example-ew/convicted", *BASIS)
    line = shown(run, item).lines[-1]
    assert (line.pack, line.version, line.rule) == ("example-ew", 1, "convicted")
    made = run(
        "--as", "bo", "retention", "assign", item, "--rule", "example-ew/x", *BASIS, status=2
    )
    assert "example-ew has no rule 'x': its rules are open" in plain(made.err)


def test_a_date_moves_later_on_one_persons_word(run: Bench) -> None:
    item = run.seized("JS/1")
    line = assign(run, item, *OVER)["entries"][0]["entry"][:12]
    words = ("retention", "change", item, "--line", line)
    run("--as", "bo", *words, *LATER)
    assert shown(run, item).lines[0].moved
    refused = run("--as", "bo", *words, *OVER, status=4)
    assert "E_RETENTION" in refused.err and "an earlier date names its legal basis" in refused.err


def test_an_earlier_date_takes_a_legal_basis_and_two_who_are_not_involved(run: Bench) -> None:
    item = run.seized("JS/1")
    line = assign(run, item, *LATER)["entries"][0]["entry"][:12]
    words = ("retention", "change", item, "--line", line, *OVER, "--authority", "W-1")
    assert "E_TWO_PERSON" in run("--as", "bo", *words, status=4).err
    assert "E_TWO_PERSON" in run("--as", "bo", *words, "--with", "cy", status=4).err
    run("--as", "bo", *words, "--with", "cy", "--with", "di")
    assert shown(run, item).over


def test_nobody_moves_a_date_in_compliance_mode_to_an_earlier_one(run: Bench) -> None:
    item = run.seized("JS/1")
    line = assign(run, item, *LATER, "--compliance")["entries"][0]["entry"][:12]
    words = ("retention", "change", item, "--line", line, *OVER, "--authority", "W-1")
    made = run("--as", "bo", *words, "--with", "cy", "--with", "di", status=4)
    assert "is never moved to an earlier one" in plain(made.err)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--line", "0123456789ab", *LATER), "has no line '0123456789ab'"),
        (("--line", "0123456789ab", *BASIS), "say --retain-until or --for-good"),
        (LATER, "--line"),
    ],
)
def test_a_line_that_is_not_there_is_not_moved(
    run: Bench, words: tuple[str, ...], message: str
) -> None:
    item = run.seized("JS/1")
    assert message in plain(run("--as", "bo", "retention", "change", item, *words, status=2).err)


def test_where_proceedings_stand_moves_the_dates(run: Bench) -> None:
    item = under_example(run)
    assert shown(run, item).until is None
    acquitted(run)
    found = shown(run, item)
    assert (found.until, found.lines[0].because) == ("2026-01-29T00:00:00Z", "acquittal")
    run("case", "status", "K-8", "--status", "appeal", "--effective-at", "2026-02-01")
    assert shown(run, item).until is None


def test_a_case_says_where_its_proceedings_stand(run: Bench) -> None:
    under_example(run)
    answer = read_record(answers.CaseAnswer, run.json("case", "show", "K-8", "--because", "review"))
    said = (answer.proceedings, answer.proceedings_since, answer.appeal_until, answer.pack)
    assert said == ("open", None, None, "example-ew")
    acquitted(run, "--appeal-deadline", "2026-02-01")
    told = run("case", "show", "K-8", "--because", "review").out
    assert "proceedings   acquitted since 2026-01-01T00:00:00Z" in told
    assert "appeal until  2026-02-01T00:00:00Z" in told
    run("case", "close", "K-8", "--status", "closed")
    answer = read_record(answers.CaseAnswer, run.json("case", "show", "K-8", "--because", "review"))
    assert (answer.proceedings, answer.proceedings_since) == ("closed", None)


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("--status", "acquitted"), 2, "--effective-at"),
        (("--status", "free", "--effective-at", "2026-01-01"), 2, "free"),
        (("--status", "acquitted", "--effective-at", "2090-01-01"), 4, "E_TIME"),
        (
            ("--status", "appeal", "--effective-at", "2026-01-01", "--appeal-ended", "2026-01-02"),
            4,
            "E_APPEAL",
        ),
    ],
)
def test_a_status_that_cannot_be_is_refused(
    run: Bench, words: tuple[str, ...], status: int, message: str
) -> None:
    assert message in run("case", "status", CASE, *words, status=status).err


def test_what_is_due_is_told_with_what_decides_and_what_to_type(run: Bench) -> None:
    item = under_example(run)
    found = due(run)
    assert found == answers.Due(at=found.at, within=30, overdue=(), due=(), soon=())
    acquitted(run)
    found = due(run)
    (one,) = found.overdue
    assert (found.due, found.soon) == ((), ())
    assert (one.what, one.items, one.since) == ("retention", (item,), "2026-01-29T00:00:00Z")
    (line,) = one.lines
    assert (line.pack, line.version, line.rule) == ("example-ew", 1, "acquitted")
    assert f"custody dispose request {item} --kind … --reason …" in one.next
    assert due(run, "--within", 36_500).due == found.overdue, "a local threshold"
    out = run("retention", "due").out
    assert "Overdue for review: for more than 30 days (1):" in out
    assert "example-ew/acquitted v1, acquittal" in out and f"{item}: `custody" in out


def test_what_is_to_come_is_told_before(run: Bench) -> None:
    item = run.seized("JS/1")
    assign(run, item, *LATER)
    assert due(run).soon == ()
    (one,) = due(run, "--within", 36_500).soon
    assert one.days < 0 and one.words == "its retention will be over"


def test_only_one_case(run: Bench) -> None:
    item = under_example(run)
    acquitted(run)
    assign(run, run.seized("JS/1"), *OVER)
    assert [each.items for each in due(run, "--case", "K-8").overdue] == [(item,)]
    assert len(due(run).overdue) == 2


def test_who_reviewed_it_is_asked_again_on_the_day_that_was_named(run: Bench) -> None:
    item = run.seized("JS/1")
    assign(run, item, *OVER)
    words = ("retention", "review", item, "--reason", "the appeal is not decided")
    run("--as", "bo", *words, "--next-review", "2090-01-01")
    assert due(run).overdue == ()
    (again,) = due(run, "--within", 36_500).soon
    assert (again.what, again.since) == ("review", "2090-01-01T00:00:00Z")
    assert "--next-review" in run("--as", "bo", *words, status=2).err


def test_a_hold_is_to_be_looked_at_again_once_for_all_its_items(run: Bench) -> None:
    items = [run.seized("JS/1"), run.seized("JS/2")]
    words = ("--kind", "litigation", "--reason", "r", "--review-by", "2026-01-05")
    run("hold", "place", *items, *words)
    (one,) = due(run).overdue
    assert (one.what, one.items) == ("hold", tuple(items))
    assert one.next[0].startswith(f"custody hold amend {one.entry or '':.12}")


def test_of_what_is_held_disposal_is_not_offered(run: Bench) -> None:
    item = run.seized("JS/1")
    assign(run, item, *OVER)
    run("hold", "place", item, "--kind", "litigation", "--reason", "r")
    (one,) = due(run).overdue
    assert len(one.holds) == 1 and not any("dispose" in each for each in one.next)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("retention", "due", "--within", "-1"), "--within"),
        (("retention", "due", "--case", "K-99"), "there is no case 'K-99'"),
        (("sweep", "--check", "0"), "--check"),
        (("sweep", "--overdue-after", "0"), "--overdue-after"),
        (("sweep", "K-7"), "unexpected extra argument"),
    ],
)
def test_wrong_usage(run: Bench, words: tuple[str, ...], message: str) -> None:
    assert message in run(*words, status=2).err


@pytest.mark.needs("faketime")
def test_a_sweep_tells_what_is_away_too_long(run: Bench) -> None:
    first, second = run.seized("JS/1"), run.seized("JS/2")
    out = ("--purpose", "analysis", "--original-or-copy", "original", "--due-back", "2026-01-02")
    run("checkout", first, "--to", "Bo Peep", *out)
    run("transfer", "release", second, "--to", "Bo Peep", "--purpose", "storage")
    found = swept(run)
    assert [(each.what, each.items) for each in found.waiting] == [("check_out", (first,))]
    assert found.waiting[0].words == "checked out to Bo Peep (Lab)"
    late = run.process("--json", "sweep", later=9)
    whats = {(each["what"], each["agreed"]) for each in json.loads(late.out)["waiting"]}
    assert whats == {("check_out", True), ("transfer", False)}
    assert "a local threshold" in run.process("sweep", later=9).out


def test_a_sweep_tells_what_is_to_be_ratified_and_appeals_that_nobody_ended(run: Bench) -> None:
    under_example(run)
    acquitted(run, "--appeal-deadline", "2026-02-01")
    urgent = ("--kind", "exigent_circumstances", "--ratify-by", "2026-01-03")
    run("authority", "record", "K-8", *urgent)
    found = {each.what: each for each in swept(run).waiting}
    assert set(found) == {"retention", "ratification", "appeal"}
    assert found["appeal"].next == ("custody case status K-8 --status … --appeal-ended DATE",)
    run(
        "authority",
        "end",
        "K-8",
        found["ratification"].entry,
        "--cause",
        "not_ratified",
        "--ended-at",
        "2026-01-04",
    )
    run("case", "status", "K-8", "--status", "appeal", "--effective-at", "2026-01-20")
    assert swept(run).waiting == ()
    acquitted(run, "--appeal-ended", "2026-02-01")
    assert {each.what for each in swept(run).waiting} == {"retention"}


@pytest.mark.needs("faketime")
def test_a_sweep_tells_of_inventories_left_open(run: Bench) -> None:
    run("inventory", "start", "--kind", "periodic")
    assert swept(run).waiting == ()
    (found,) = json.loads(run.process("--json", "sweep", later=9).out)["waiting"]
    assert (found["what"], found["case"]) == ("inventory", "")


def test_a_sweep_checks_what_was_not_checked_longest(run: Bench) -> None:
    first = run.acquired(run.file("a.bin", b"a"))
    second = run.acquired(run.file("b.bin", b"b"))
    for item in (first, second, first):
        checked = swept(run, "--check", 1).checked
        assert checked is not None
        assert [(each.item, each.verdict) for each in checked.found] == [(item, "match")]
    entry = run.json("item", "history", first)["history"][-1]
    assert entry["act"] == "integrity.checked"
    run.examined()


def test_a_sweep_that_finds_content_altered_ends_with_status_1(run: Bench) -> None:
    data = b"a" * 70_000
    item = run.acquired(run.file("a.bin", data))
    assert swept(run).checked is None
    run.spoil(sha256(data).hexdigest())
    found = swept(run, "--check", 5, status=1)
    assert found.checked is not None and found.checked.found[0].item == item


def test_a_sweep_disposes_of_nothing_and_records_nothing_else(run: Bench) -> None:
    item = run.seized("JS/1")
    assign(run, item, *OVER)
    before = run.json("item", "history", item)
    for _ in range(2):
        assert len(swept(run).waiting) == 1
        assert "No item has content" in run("sweep", "--check", 3).out
    assert run.json("item", "history", item) == before


def test_two_sweeps_at_once(run: Bench) -> None:
    item = under_example(run)
    run.acquired(run.file("a.bin", b"a"))
    acquitted(run)
    with ThreadPoolExecutor(2) as pool:
        sweeps = list(pool.map(lambda _: run.process("--json", "sweep", "--check", 1), range(2)))
    for sweep in sweeps:
        answer = json.loads(sweep.out)
        assert [each["items"] for each in answer["waiting"]] == [[item]]
        assert answer["checked"]["found"][0]["verdict"] == "match"
    run.examined()
