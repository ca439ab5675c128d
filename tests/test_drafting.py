"""Drafting: the same request in the same surroundings gives the same bytes, and only sound ones."""

import json
import tomllib
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody import drafting
from custody.core import canonical, disclosure, statement, tags
from custody.core.errors import MalformedError, UsageError
from custody.core.statement import Seen, SignerClaim
from custody.drafting import Draft, Request, Subject, Surroundings
from custody_schemas.declare import Act, Capacity, Kind
from custody_schemas.terms import UnlockMethod
from tests.bodies import LEAST

ITEM, OTHER, ACTOR, KEY = "cd" * 32, "aa" * 32, "12" * 32, "34" * 32
NOW = 1_790_000_000


def counting() -> Callable[[int], bytes]:
    drawn = iter(range(1, 10_000))
    return lambda size: next(drawn).to_bytes(size, "big")


def surroundings(**changes: Any) -> Surroundings:
    return Surroundings(
        origin="agency.example/evidence",
        seen=Seen(7, "ef" * 32),
        signers=(SignerClaim(ACTOR, Capacity.ACTOR, KEY),),
        unlock=UnlockMethod.PROMPT,
        now=NOW,
        entropy=counting(),
        offset_min=120,
    )._replace(**changes)


def drafted(act: str, *about: Subject, **given: Any) -> Draft:
    request = Request(act, about, {**LEAST.get(act, {}), **given})
    return drafting.draft(request, lambda tag: f"prev of {tag}"[-2:] * 32, surroundings())


MOVED = Request(
    "storage.moved",
    (Subject(Kind.ITEM, ITEM), Subject(Kind.ITEM, OTHER)),
    {"location": "vault", "to_place": "Safe 3"},
)


def test_the_same_request_in_the_same_surroundings_gives_the_same_bytes() -> None:
    one, two = (drafting.draft(MOVED, lambda _: "ee" * 32, surroundings()) for _ in range(2))
    assert one == two
    three = drafting.draft(MOVED, lambda _: "ee" * 32, surroundings(now=NOW + 1))
    assert three.statement.id != one.statement.id


def test_a_statement_says_who_where_when_and_what_was_seen() -> None:
    heads = {ITEM: "11" * 32, OTHER: ""}
    made = drafting.draft(MOVED, heads.__getitem__, surroundings()).statement
    assert made == statement.read(made.payload)
    assert made.about == ((Kind.ITEM, OTHER, ""), (Kind.ITEM, ITEM, "11" * 32))
    assert (made.seen, made.time, made.until) == (Seen(7, "ef" * 32), NOW, NOW + 86_400)
    assert made.signers == ((ACTOR, Capacity.ACTOR, KEY),)
    assert (made.unlock, made.client) == (UnlockMethod.PROMPT, drafting.CLIENT)
    occurred = json.loads(made.payload)["body"]["occurred"]
    assert occurred == {
        "at": "2026-09-21T14:13:20Z",
        "offset_min": 120,
        "precision": "second",
        "source": "clock",
    }


def test_the_time_that_was_given_stands() -> None:
    hour = drafting.happened(NOW - 7200, 0, until=NOW - 3600)
    made = drafting.draft(
        MOVED._replace(given={**MOVED.given, "occurred": hour}), lambda _: "", surroundings()
    )
    assert json.loads(made.statement.payload)["body"]["occurred"] == hour


def test_every_personal_member_is_disclosed_and_none_stands_in_the_body() -> None:
    made = drafting.draft(MOVED, lambda _: "", surroundings())
    opened = [disclosure.read(text) for text in made.disclosures]
    declared = {f.name for f in Act.ALL["storage.moved"].FIELDS.values() if f.personal}
    assert {d.field for d in opened} == declared
    assert {d.field: d.digest for d in opened} == made.statement.sd
    assert {d.field: d.value for d in opened if d.value != ""} == {"to_place": "Safe 3"}
    assert len({d.salt for d in opened}) == len(opened), "a salt is never used twice"
    assert b"Safe 3" not in made.statement.payload


def test_signers_are_sorted_by_key() -> None:
    second = SignerClaim("56" * 32, Capacity.WITNESS, "01" * 32)
    around = surroundings(signers=(*surroundings().signers, second))
    made = drafting.draft(MOVED, lambda _: "", around).statement
    assert [claim.key for claim in made.signers] == ["01" * 32, KEY]


def test_labels_are_written_in_nfc_and_line_ends_are_plain() -> None:
    made = drafted("note.recorded", Subject(Kind.ITEM, ITEM), note="Cafe\u0301\r\nnoir")
    values = {d.field: d.value for d in map(disclosure.read, made.disclosures)}
    assert values["note"] == "Caf\u00e9\nnoir"


@given(st.text(max_size=60))
def test_text_is_disclosed_as_it_was_composed_or_refused(text: str) -> None:
    wanted = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    try:
        made = drafted("note.recorded", Subject(Kind.ITEM, ITEM), note=text)
    except MalformedError:
        with pytest.raises(MalformedError):
            canonical.encode([wanted])
        return
    values = {d.field: d.value for d in map(disclosure.read, made.disclosures)}
    assert values["note"] == wanted


def test_disclosures_made_elsewhere_are_repeated_digest_for_digest() -> None:
    made = [disclosure.make(name, "Bo", lambda size: bytes(size)) for name in ("name", "contact")]
    request = Request(
        "actor.registered",
        (Subject(Kind.ACTOR, OTHER),),
        LEAST["actor.registered"],
        disclosed=tuple(d.text for d in made),
    )
    lead = (SignerClaim(ACTOR, Capacity.ENROLLER, KEY),)
    done = drafting.draft(request, lambda _: "", surroundings(signers=lead))
    assert {d.field: done.statement.sd[d.field] for d in made} == {d.field: d.digest for d in made}
    assert {d.text for d in made} < set(done.disclosures)
    with pytest.raises(UsageError, match="name: given, and disclosed elsewhere"):
        drafting.draft(
            request._replace(given={**request.given, "name": "Bo"}), lambda _: "", surroundings()
        )


def test_a_disclosure_of_something_else_is_refused() -> None:
    foreign = disclosure.make("colour", "red", lambda size: bytes(size)).text
    with pytest.raises(UsageError, match=r"no personal member.*colour"):
        drafting.draft(MOVED._replace(disclosed=(foreign,)), lambda _: "", surroundings())


@pytest.mark.parametrize(
    ("request_", "telling"),
    [
        (MOVED._replace(about=()), "1 to 256 places"),
        (MOVED._replace(about=(Subject(Kind.CASE, ITEM),)), "storage.moved takes"),
        (MOVED._replace(about=MOVED.about * 2), "a tag twice"),
        (MOVED._replace(given={}), "location missing"),
        (MOVED._replace(given={"location": "the moon"}), "location"),
        (MOVED._replace(given={**MOVED.given, "colour": "red"}), "colour"),
        (MOVED._replace(given={**MOVED.given, "note": "x" * 10_001}), "note"),
        (MOVED._replace(given={**MOVED.given, "note": "\u202e"}), "character"),
    ],
    ids=[
        "about nothing",
        "another kind",
        "a tag twice",
        "a member missing",
        "no such value",
        "no such member",
        "too long",
        "bidirectional override",
    ],
)
def test_what_no_reader_would_accept_is_not_drafted(request_: Request, telling: str) -> None:
    with pytest.raises(MalformedError, match=telling):
        drafting.draft(request_, lambda _: "", surroundings())


def test_an_act_that_is_not_declared_is_refused() -> None:
    with pytest.raises(UsageError, match=r"no act called item\.eaten"):
        drafting.draft(MOVED._replace(act="item.eaten"), lambda _: "", surroundings())


def test_a_statement_waits_at_most_31_days() -> None:
    drafting.draft(MOVED, lambda _: "", surroundings(wait=31 * 86_400))
    with pytest.raises(MalformedError, match="until"):
        drafting.draft(MOVED, lambda _: "", surroundings(wait=31 * 86_400 + 1))


@given(st.integers(1, 350), st.integers(1, 120))
def test_a_hand_over_of_many_items_is_split_and_nothing_is_lost(count: int, most: int) -> None:
    items = tuple(Subject(Kind.ITEM, f"{n:064x}") for n in range(count))
    case = Subject(Kind.CASE, "ff" * 32)
    parts = list(drafting.split(MOVED._replace(about=(case, *items)), most))
    assert all(part.about[0] == case and 2 <= len(part.about) <= most + 1 for part in parts)
    assert tuple(item for part in parts for item in part.about[1:]) == items
    assert {part.given["to_place"] for part in parts} == {"Safe 3"}


def test_an_act_on_no_item_is_one_statement() -> None:
    assert list(drafting.split(MOVED._replace(about=()))) == [MOVED._replace(about=())]


def test_tags_are_those_of_the_formats() -> None:
    key = bytes(range(32))
    case, register = drafting.case_subjects("K-1/26", key)
    own = tags.subject_key(key, "case", "K-1/26")
    assert case == (Kind.CASE, tags.tag(own, "case", "K-1/26"))
    assert register.kind is Kind.REGISTER
    assert register.tag != case.tag
    own = tags.subject_key(key, "item", "K-1/26", 7)
    assert drafting.item_tag("K-1/26", key, 7) == tags.tag(own, "item", "K-1/26", 7)


def test_the_client_names_its_version() -> None:
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())
    assert f"custody {project['project']['version']}" == drafting.CLIENT
