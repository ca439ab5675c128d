"""Options made of declared acts; times and reasons as people type them."""

import time
import typing
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import times
from custody.core.errors import UsageError
from custody_cli import recording
from custody_cli.moments import moment
from custody_cli.params import Choices, Reason, When, Why, Words
from custody_schemas import acts
from custody_schemas.declare import Act, Chars
from custody_schemas.terms import DeviceState, EvidenceType, LateReason, Override, Precision

NOW = 1_795_000_000.0
ACTS = [each for each in Act.ALL.values() if issubclass(each, acts.Common)]


def typed(act: type[Act], *words: str, need: set[str] | None = None) -> dict[str, Any]:
    """What `words` say of an act."""
    params: list[click.Parameter] = [*recording.options(act, (), need or set())]
    command = click.Command("x", params=params)
    context = command.make_context("x", list(words))
    return recording.given(act, context.params)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.NAME)
def test_every_member_that_people_can_state_has_an_option(act: type[Act]) -> None:
    options = {option.name: option for option in recording.options(act, (), ())}
    for field in act.FIELDS.values():
        bare = typing.get_origin(field.type) or field.type
        made_by_commands = field.name in {*acts.Common.FIELDS, "override_reason"} or not (
            bare is tuple or bare in (str, int, bool) or issubclass(bare, StrEnum)
        )
        assert (field.name in options) is not made_by_commands, field.name
    for option in options.values():
        assert option.help and option.help[0].isupper(), option.name
        assert option.opts[0] == f"--{str(option.name).replace('_', '-')}"


def test_an_option_is_required_where_the_act_requires_it() -> None:
    required = {o.name for o in recording.options(acts.ItemRegistered, (), ()) if o.required}
    assert required == {"case", "number", "quantity"}
    with pytest.raises(click.MissingParameter, match="title"):
        typed(acts.CaseOpened, need={"title"})
    with pytest.raises(click.MissingParameter) as caught:
        typed(acts.TransferReleased, need={"purpose"})
    assert "It is one of transport, storage" in caught.value.format_message()


def test_what_is_not_said_is_not_stated_and_never_a_good_word() -> None:
    said = typed(acts.ItemSeized)
    assert said["state"] == (DeviceState.NOT_STATED,)
    assert set(map(str, (v for v in said.values() if isinstance(v, StrEnum)))) == {"not_stated"}
    assert "authority" not in said and "found_by" not in said


def test_lists_take_commas_or_repetition() -> None:
    said = typed(
        acts.ItemSeized, "--state", "on, Encrypted", "--witnesses", "A, B", "--witnesses", "C"
    )
    assert said["state"] == (DeviceState.ON, DeviceState.ENCRYPTED)
    assert said["witnesses"] == ("A, B", "C")


def test_reasons_of_overrides_stand_in_two_members() -> None:
    said = typed(acts.ItemAcquired, "--override", "safety: the battery swelled")
    assert (said["override"], said["override_reason"]) == (
        Override.SAFETY,
        "the battery swelled",
    )


@pytest.mark.parametrize(
    ("words", "kind", "rest"),
    [
        ("forgotten", LateReason.FORGOTTEN, ""),
        ("no_network: in a cellar", LateReason.NO_NETWORK, "in a cellar"),
        ("no network", LateReason.NO_NETWORK, ""),
        ("the pen was dry", LateReason.OTHER, "the pen was dry"),
        ("note: it rained", LateReason.OTHER, "note: it rained"),
    ],
)
def test_a_reason_is_a_word_of_the_list_or_other(words: str, kind: LateReason, rest: str) -> None:
    assert Why(LateReason).convert(words, None, None) == Reason(kind, rest)


@pytest.mark.parametrize("text", ["", "   ", "a\x07b", "a\u202eb", "x" * 501])
def test_text_that_no_entry_can_hold_is_refused_at_the_option(text: str) -> None:
    with pytest.raises(click.BadParameter):
        Words([Chars(1, 500)]).convert(text, None, None)


@given(st.sampled_from(list(EvidenceType)), st.booleans())
def test_choices_forgive_case_and_dashes_only(member: EvidenceType, upper: bool) -> None:
    words = member.replace("_", "-")
    assert Choices(EvidenceType).convert(words.upper() if upper else words, None, None) is member
    with pytest.raises(click.BadParameter, match="is none of computer"):
        Choices(EvidenceType).convert(words + "x", None, None)


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)).map(
        lambda d: d.replace(microsecond=0)
    ),
    st.integers(-14 * 60, 14 * 60),
)
def test_a_time_with_its_zone_means_that_moment(when: datetime, offset: int) -> None:
    zone = timezone(timedelta(minutes=offset))
    made = moment(when.replace(tzinfo=zone).isoformat(" "), NOW)
    assert made.at == int(when.replace(tzinfo=zone).timestamp())
    assert (made.precision, made.offset_min) == (Precision.SECOND, offset)


@pytest.mark.parametrize(
    ("text", "spelt", "precision"),
    [
        ("2026-11-22T10:30:05Z", "2026-11-22T10:30:05Z", Precision.SECOND),
        ("2026-11-22 10:30Z", "2026-11-22T10:30:00Z", Precision.MINUTE),
        ("2026-11-22 10:30+0530", "2026-11-22T05:00:00Z", Precision.MINUTE),
        ("2026-11-22", "2026-11-22T00:00:00Z", Precision.DAY),
        ("9:05", "2026-11-18T09:05:00Z", Precision.MINUTE),
    ],
)
def test_times_as_people_type_them(
    monkeypatch: pytest.MonkeyPatch, text: str, spelt: str, precision: Precision
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    now = float(times.seconds("2026-11-18T12:00:00Z"))
    made = moment(text, now)
    assert (times.spelt(made.at), made.precision) == (spelt, precision)


def test_a_day_alone_ends_at_its_last_second_where_it_ends_something(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    assert When(end=True).convert("2026-12-31", None, None) == "2026-12-31T23:59:59Z"
    assert When(end=False).convert("2026-12-31", None, None) == "2026-12-31T00:00:00Z"
    said = typed(acts.AuthorityRecorded, "--kind", "consent", "--valid-to", "2026-12-31")
    assert said["valid_to"] == "2026-12-31T23:59:59Z"


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "2026", "2026-13-01", "2026-02-30", "25:00", "10:61", "2026-11-22 Z"),
        *("2026-11-22T10:30:00.5Z", "22.11.2026", "2026-11-22T10", "10:30+99:00"),
    ],
)
def test_what_is_no_time_is_refused_with_examples(text: str) -> None:
    with pytest.raises(UsageError, match=r"is not a time.*2026-11-22 10:30"):
        moment(text, NOW)
