"""Requests of authorities and limits of use, at the command line. (R56, R98, R101, R105)"""

from pathlib import Path
from typing import Any

import pytest

from custody.core.reading import read_record
from custody_schemas import answers
from tests.bench import CASE, Bench, bench, plain
from tests.entries import entry
from tests.test_cli_retention import OVER

WHAT = ("--kind", "mla", "--direction", "in", "--instrument", "budapest", "--asked", "the disk")
WHO = ("--requesting", "Parket Rotterdam", "--requesting-state", "NL", "--requested-state", "DE")
LATER = ("--respond-by", "2090-01-01")
EARLIER = ("--respond-by", "2026-01-05", "--sent-at", "2026-01-01", "--received-at", "2026-01-02")
LIMITS = ("--use-limits", "no_onward_transfer", "--delete-by", "2090-12-31")
ABROAD = ("--outside", "foreign_authority", "--purpose", "mla_transmission")


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    return bench(tmp_path)


def asked(run: Bench, *words: object) -> str:
    """A request is put on file; the beginning of its name."""
    made = run.json("request", "record", *words, *WHAT)
    return str(made["entries"][-1]["entry"][:12])


def listed(run: Bench, *words: object) -> tuple[answers.RequestListed, ...]:
    return read_record(answers.Requests, run.json("request", "list", *words)).requests


def over(run: Bench, item: str) -> str:
    """Nobody has to keep it any longer; the item."""
    run("--as", "bo", "retention", "assign", item, *OVER)
    return item


def received(run: Bench, *words: object) -> str:
    made = run.json(
        *("receive", CASE, run.file("abroad.bin", b"y" * 70_000)),
        *("--from", "foreign_authority:Rotterdam", "--channel", "post", *words),
    )
    return str(made["items"][0])


def exported(run: Bench, *words: object, status: int = 0) -> Any:
    target = run.folder / "out.zip"
    answer = run.json("export", *words, "--recipient", "X", "-o", target, status=status)
    target.unlink(missing_ok=True)
    return answer


def test_a_request_is_put_on_file_listed_and_ended(run: Bench) -> None:
    item = run.seized("JS/1")
    more = ("--expires-at", "2089-01-01", "--request-reference", "LURIS 7", "--authority", "W-1")
    made = run("request", "record", item, *WHAT, *WHO, *LATER, *more)
    assert f"request (mla) that came in on {item} (JS/1)" in made.out
    (found,) = listed(run)
    assert found.respond_by == "2090-01-01T23:59:59Z"
    assert (found.items, found.kind, found.direction) == ((item,), "mla", "in")
    assert (found.requesting, found.requested) == ("Parket Rotterdam (NL)", "DE")
    assert (found.reference, found.asked, found.overdue) == ("LURIS 7", "the disk", False)
    assert found.due == found.expires_at and found.respond_by != found.due
    assert f"the request is called {found.request[:12]}" in made.out
    shown = run("request", "list", "--case", CASE).out
    assert "Parket Rotterdam (NL)" in shown and "LURIS 7" in shown
    ended = ("request", "end", item, "--outcome", "refused", "--ground", "press_freedom")
    run("--as", "bo", *ended)
    assert listed(run) == ()
    assert "no request is open" in run("request", "list").out
    said = entry(run, item, "request.ended")
    assert (said["outcome"], said["ground"]) == ("refused", "press_freedom")
    history = plain(run("item", "history", item).out)
    assert "REQUEST OF AN AUTHORITY ENDED" in history and "request entry #3" in history
    run.examined()


def test_nothing_that_is_asked_for_is_disposed_of(run: Bench) -> None:
    item = over(run, run.seized("JS/1"))
    name = asked(run, "--case", CASE, "--follows", asked(run, "--case", CASE))
    words = ("dispose", "request", item, "--kind", "destroy", "--reason", "case_closed")
    refused = run.json(*words, status=4)["refused"]
    assert refused["code"] == "E_REQUEST"
    assert "another authority's request is open: mla" in refused["message"]
    assert "custody request list" in refused["instead"]
    several = run("request", "end", CASE, "--outcome", "answered", status=2).err
    assert "several requests answer to" in several
    run("request", "end", name, "--outcome", "answered")
    run("request", "end", CASE, "--outcome", "withdrawn")
    run(*words)


def test_what_is_due_for_review_says_that_it_is_asked_for(run: Bench) -> None:
    item = over(run, run.seized("JS/1"))
    (due,) = read_record(answers.Due, run.json("retention", "due")).overdue
    assert due.next[-1].startswith("custody dispose request")
    name = asked(run, "--case", CASE)
    (due,) = read_record(answers.Due, run.json("retention", "due")).overdue
    assert [each[:12] for each in due.requests] == [name]
    assert due.next[-1] == f"custody request list --case {CASE}"
    (kept,) = read_record(answers.RetentionShown, run.json("retention", "show", item)).items
    assert kept.sentence.endswith("; 1 request open on it, whatever the date")
    assert kept.requests == due.requests


def test_where_it_is_shown(run: Bench) -> None:
    item = run.seized("JS/1")
    name = asked(run, item, *EARLIER)
    asked(run, "--case", CASE, *LATER)
    assert run.item(item)["requests"] == ["mla", "mla"]
    assert "asked for" in run("item", "show", item).out
    assert "asked for" in run("item", "list", CASE).out
    case = run.json("case", "show", CASE)
    assert (case["requests"], case["holds"]) == (["mla"], [])
    assert "asked for" in run("case", "show", CASE).out
    mine = read_record(answers.Mine, run.json("mine"))
    assert [(each.item, each.overdue) for each in mine.requests] == [(item, True), (item, False)]
    assert mine.requests[0].entry[:12] == name
    assert "Requests of authorities, open on what you hold (2):" in run("mine").out
    assert "No request is open on what" in run("mine", "--person", "bo").out


def test_a_request_past_its_day_waits_for_somebody(run: Bench) -> None:
    item, other = run.seized("JS/1"), run.seized("JS/2")
    name = asked(run, item, other, *EARLIER)
    asked(run, "--case", CASE, *LATER)
    (found,) = read_record(answers.Swept, run.json("sweep")).waiting
    assert (found.what, found.items, found.agreed) == ("request", (item, other), True)
    assert found.words == "request (mla) is open: how did it end"
    assert found.next == (f"custody request end {name} --outcome …",)
    run("request", "end", name, "--outcome", "expired")
    assert read_record(answers.Swept, run.json("sweep")).waiting == ()


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        ((*WHAT,), 2, "name either items, or a case"),
        (("JS/1", "--case", CASE, *WHAT), 2, "name either items, or a case"),
        (("JS/1", *WHAT[2:]), 2, "Missing option '--kind'"),
        (("JS/1", *WHAT[:2], *WHAT[4:]), 2, "Missing option '--direction'"),
        (("JS/1", *WHAT, "--requesting-state", "Holland"), 2, "the two letters of a State"),
        (("JS/1", *WHAT, "--authority", "W-9"), 2, "no legal basis 'W-9'"),
        (("JS/1", *WHAT, "--follows", "abcdef123456"), 2, "K-7 has no request 'abcdef123456'"),
        (("JS/1", *WHAT, "--received-at", "2090-01-01"), 4, "E_TIME"),
    ],
)
def test_what_is_no_request(run: Bench, words: tuple[str, ...], status: int, message: str) -> None:
    run.seized("JS/1")
    assert message in plain(run("request", "record", *words, status=status).err)
    assert listed(run) == ()


def test_what_was_to_be_preserved_is_never_produced(run: Bench) -> None:
    words = ("--kind", "preservation", "--direction", "in", "--asked", "x")
    run("request", "record", "--case", CASE, *words)
    refused = run("request", "end", CASE, "--outcome", "produced", status=4).err
    assert "E_REQUEST" in refused and "takes another request" in plain(refused)
    assert (
        "no request 'abcdefgh' stands"
        in run("request", "end", "abcdefgh", "--outcome", "released", status=2).err
    )
    run("request", "end", CASE, "--outcome", "released")


def test_who_has_no_right_in_the_case_ends_no_request(run: Bench) -> None:
    item = run.seized("JS/1")
    asked(run, item)
    words = ("request", "end", item, "--outcome", "withdrawn")
    assert "E_NO_GRANT" in run("--as", "di", *words, status=4).err


def test_nothing_goes_back_to_its_owner_by_a_hand_over_while_it_is_kept(run: Bench) -> None:
    item = run.seized("JS/1")
    back = ("--outside", "owner", "--purpose", "return_to_owner")
    words = ("transfer", "release", item, "--to-outside", "Mia", *back)
    refused = run(*words, status=4).err
    assert "E_RETENTION" in refused and f"custody dispose request {item} --kind" in refused
    over(run, item)
    run("hold", "place", item, "--kind", "litigation", "--reason", "x")
    assert "E_HOLD" in run(*words, status=4).err
    run("hold", "release", item, "--reason", "x", "--with", "bo", "--with", "cy")
    asked(run, item)
    assert "E_REQUEST" in run(*words, status=4).err
    run("request", "end", item, "--outcome", "withdrawn")
    run(*words)


def test_limits_of_use_hold_unless_the_giver_consents(run: Bench) -> None:
    item = received(run, *LIMITS)
    run.acquired(run.file("own.bin", b"z"))
    release = ("transfer", "release", item, "--to-outside", "Z", *ABROAD)
    assert "E_USE_LIMIT" in run(*release, status=4).err
    for what in (item, CASE):
        refused = exported(run, what, *ABROAD, status=4)["refused"]
        assert refused["code"] == "E_USE_LIMIT"
        assert f"{item}: it is not passed on without" in refused["message"]
    exported(run, item, *ABROAD, "--records-only")
    exported(run, CASE, "--outside", "court", "--purpose", "court_production")
    run("authority", "record", CASE, "--kind", "consent", "--identifier", "C-1")
    exported(run, CASE, *ABROAD, "--consent", "C-1")
    assert "E_USE_LIMIT" in run(*release, "--consent", "W-1", status=4).err
    run(*release, "--consent", "C-1")
    assert "consent consent C-1" in plain(run("item", "history", item).out)
    run.examined()


def test_no_copy_goes_out_for_another_use(run: Bench) -> None:
    item = received(run, "--use-limits", "specialty")
    stick = run.folder / "stick"
    stick.mkdir()
    words = ("copy", "issue", item, "--to", stick, "--for-outside", "defence:Roe", "--purpose")
    assert "E_USE_LIMIT" in run(*words, "subject_access_request", status=4).err
    assert list(stick.iterdir()) == []
    run(*words, "defence_examination")
