"""What a declaration says is what is read; all else is refused, and the message says where."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import reading, times
from custody.core.errors import MalformedError
from custody_schemas.declare import Act, Sealed
from custody_schemas.fields import Content, Occurred
from tests.bodies import CONTENT, HASH, LEAST

OCCURRED = {
    "at": "2026-11-22T10:00:00Z",
    "offset_min": 60,
    "precision": "second",
    "source": "clock",
}
SD = "A" * 43


def body(name: str) -> dict[str, Any]:
    fields = Act.ALL[name].FIELDS
    return {
        "occurred": OCCURRED,
        **{k: v for k, v in LEAST[name].items() if not fields[k].personal},
    }


def sd(name: str) -> dict[str, str]:
    return {f.name: SD for f in Act.ALL[name].FIELDS.values() if f.personal}


MEMBERS = [(name, field) for name in sorted(LEAST) for field in body(name)]
PERSONAL = [(name, field) for name in sorted(LEAST) for field in sd(name)]


@pytest.mark.parametrize("name", sorted(LEAST))
def test_the_least_body_is_read_and_comes_back(name: str) -> None:
    act = reading.read_act(name, body(name), sd(name))
    assert name == act.NAME
    shown = {k: v for k, v in vars(act).items() if not isinstance(v, Sealed)}
    assert {k: reading.plain(v) for k, v in shown.items() if v is not None} == body(name)
    assert all(vars(act)[field] == Sealed(SD) for field in sd(name))


def test_bodies_for_every_act_are_here() -> None:
    assert LEAST.keys() == Act.ALL.keys()


@pytest.mark.parametrize(("name", "field"), MEMBERS)
def test_a_missing_member_is_named(name: str, field: str) -> None:
    value = {k: v for k, v in body(name).items() if k != field}
    if Act.ALL[name].FIELDS[field].optional:
        assert getattr(reading.read_act(name, value, sd(name)), field) is None
        return
    with pytest.raises(MalformedError, match=rf"{name}: {field} missing"):
        reading.read_act(name, value, sd(name))


@pytest.mark.parametrize("name", sorted(LEAST))
def test_an_unknown_member_is_named(name: str) -> None:
    with pytest.raises(MalformedError, match=rf"{name}: no member is called mood"):
        reading.read_act(name, {**body(name), "mood": "good"}, sd(name))


@pytest.mark.parametrize(("name", "field"), MEMBERS)
@pytest.mark.parametrize("wrong", (None, 1.5, [[]], object(), b"bytes"))
def test_a_member_of_another_type_is_named(name: str, field: str, wrong: Any) -> None:
    with pytest.raises(MalformedError, match=rf"{name}\.{field}"):
        reading.read_act(name, {**body(name), field: wrong}, sd(name))


@pytest.mark.parametrize("name", sorted(LEAST))
def test_a_personal_value_does_not_stand_in_the_body(name: str) -> None:
    with pytest.raises(MalformedError, match="no member is called note"):
        reading.read_act(name, {**body(name), "note": "he said"}, sd(name))


@pytest.mark.parametrize(("name", "field"), PERSONAL[::5])
def test_sd_is_complete_and_holds_digests(name: str, field: str) -> None:
    full = sd(name)
    others: list[Any] = [{k: v for k, v in full.items() if k != field}, {**full, "mood": SD}, []]
    for wrong in (*others, None):
        with pytest.raises(MalformedError, match=rf"{name}: sd must hold exactly .*{field}"):
            reading.read_act(name, body(name), wrong)
    for digest in ("", SD[1:], SD + "A", "A" * 42 + "B", "=" * 43, 7, None, "A" * 42 + "\n"):
        with pytest.raises(MalformedError, match=rf"{name} sd\.{field}: not a digest"):
            reading.read_act(name, body(name), {**full, field: digest})


@pytest.mark.parametrize("value", (True, 1.0, "1"))
def test_a_number_is_a_whole_number_and_no_other_thing(value: Any) -> None:
    with pytest.raises(MalformedError, match=r"item\.registered\.number: int expected, not"):
        reading.read_act(
            "item.registered", {**body("item.registered"), "number": value}, sd("item.registered")
        )


@pytest.mark.parametrize("value", (0, 100_000, -1))
def test_numbers_have_bounds(value: int) -> None:
    with pytest.raises(MalformedError, match="allowed are 1 to 99999"):
        reading.read_act(
            "item.registered", {**body("item.registered"), "number": value}, sd("item.registered")
        )


def test_a_pattern_covers_the_whole_text() -> None:
    """`$` would let a trailing line feed through."""
    for wrong in (HASH + "\n", HASH.upper(), HASH[1:], " " + HASH):
        with pytest.raises(MalformedError, match="is not 64 hexadecimal digits"):
            reading.read_record(Content, {**CONTENT, "sha256": wrong})


@pytest.mark.parametrize(
    "wrong", ("2026-02-30T10:00:00Z", "2025-02-29T00:00:00Z", "2026-04-31T00:00:00Z")
)
def test_a_time_is_one_that_the_calendar_has(wrong: str) -> None:
    with pytest.raises(MalformedError, match=rf"Occurred\.at: '{wrong}' is not a time"):
        reading.read_record(Occurred, {**OCCURRED, "at": wrong})


@given(st.integers(0, 253_402_300_799))
def test_every_time_that_is_written_is_read(moment: int) -> None:
    text = times.spelt(moment)
    assert times.seconds(text) == moment
    assert reading.read_record(Occurred, {**OCCURRED, "at": text}).at == text


@given(st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", fullmatch=True))
def test_reader_and_clock_know_the_same_times(text: str) -> None:
    try:
        seconds: int | None = times.seconds(text)
    except MalformedError as error:
        assert "is not a time like" in str(error)
        seconds = None
    try:
        reading.read_record(Occurred, {**OCCURRED, "at": text})
    except MalformedError:
        assert seconds is None
    else:
        assert seconds is not None and times.spelt(seconds) == text


def test_a_list_is_never_empty_and_says_which_member_is_wrong() -> None:
    seized = body("item.seized")
    with pytest.raises(MalformedError, match=r"item\.seized\.state: a list of 1 to 5"):
        reading.read_act("item.seized", {**seized, "state": []}, sd("item.seized"))
    with pytest.raises(MalformedError, match=r"item\.seized\.state\[1\]: 'asleep' is none of on"):
        reading.read_act("item.seized", {**seized, "state": ["on", "asleep"]}, sd("item.seized"))


def test_what_people_leave_out_is_the_empty_string() -> None:
    values = {"occurred": OCCURRED, "note": "seen", "attachments": []}
    given_body, personal = reading.open_act("note.recorded", values)
    assert given_body == {"occurred": OCCURRED}
    assert personal.pop("note") == "seen" and set(personal.values()) == {""}
    assert personal.keys() | {"note"} == sd("note.recorded").keys()


@pytest.mark.parametrize(
    ("values", "words"),
    (
        ({"note": 7}, r"note\.recorded\.note: str expected"),
        ({"note": "a" * 10_001}, "10001 characters, allowed are 0 to 10000"),
        ({"attachments": "a line"}, "a list of 0 to 1000"),
        ({"mood": "good"}, "no member is called mood"),
    ),
)
def test_what_people_give_is_checked_before_it_is_sealed(values: Any, words: str) -> None:
    with pytest.raises(MalformedError, match=words):
        reading.open_act("note.recorded", {"occurred": OCCURRED, **values})


def test_what_is_opened_later_is_held_against_the_declaration() -> None:
    for field, value in (("note", "seen"), ("note", ""), ("attachments", ""), ("attachments", ())):
        reading.check_opened("note.recorded", field, value)
    reading.check_opened("mood.recorded", "mood", 7)  # nothing is declared of it
    with pytest.raises(MalformedError, match=r"note\.recorded\.note: str expected, not int"):
        reading.check_opened("note.recorded", "note", 7)


def test_values_as_programs_hold_them_are_opened_alike() -> None:
    """Records, enums and tuples: what a desk builds."""
    given_body, _ = reading.open_act(
        "note.recorded", {"occurred": reading.read_record(Occurred, OCCURRED), "late": None}
    )
    assert given_body == {"occurred": OCCURRED}
