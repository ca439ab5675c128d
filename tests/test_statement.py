"""Statements: every member missing, unknown, of a wrong type or out of order is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import canonical, statement
from custody.core.errors import MalformedError
from custody.core.payload import MEMBERS
from custody.core.statement import Statement, UnknownAct
from custody_schemas.declare import Capacity, Kind
from tests.bodies import HASH
from tests.rulings import stage
from tests.test_jsonschema import whole

Value = dict[str, Any]
OTHER, THIRD = "cd" * 32, "bb" * 32


def honest(act: str = "note.recorded") -> Value:
    """A statement as a client writes it."""
    s = stage()
    given_ = {"to": s.carl.tag} if act == "transfer.released" else {}
    signed = s.world.draft(act, [s.laptop], given_, signers=[s.dora, (s.eve, Capacity.WITNESS)])
    found: Value = canonical.decode(signed.statement.payload, 10**6)
    return found


def read(value: Any) -> Statement:
    return statement.read(canonical.encode(value))


def test_an_honest_statement_is_read() -> None:
    value = honest("transfer.released")
    made = read(value)
    assert (made.name, made.ledger, made.nonce) == (value["act"], value["ledger"], value["nonce"])
    assert made.places(Kind.ITEM) == made.about and made.known
    (leader,) = made.signing(Capacity.ACTOR)
    (witness,) = made.signing(Capacity.WITNESS)
    assert made.by == leader != witness


@pytest.mark.parametrize("member", sorted(MEMBERS))
def test_no_member_may_be_missing(member: str) -> None:
    value = honest()
    del value[member]
    with pytest.raises(MalformedError, match=rf"exactly the members .*{member}"):
        read(value)


def test_no_member_is_unknown() -> None:
    with pytest.raises(MalformedError, match="exactly the members"):
        read({**honest(), "mood": "good"})
    with pytest.raises(MalformedError, match="exactly the members"):
        read([honest()])


WRONG: tuple[tuple[str, Any, str], ...] = (
    ("v", 2, "only version 1"),
    ("v", True, "only version 1"),
    ("ledger", "", "ledger: missing, or not"),
    ("ledger", 7, "ledger: missing, or not"),
    ("ledger", "a" * 501, "ledger: missing, or not"),
    ("act", "Note.recorded", "act: missing, or not"),
    ("act", "note", "act: missing, or not"),
    ("act", "note.recorded\n", "act: missing, or not"),
    ("about", [], "about: 1 to 256 places"),
    ("about", {}, "about: 1 to 256 places"),
    ("about", {"as": "item"}, "about: 1 to 256 places"),
    ("about", [7], r"about\[0\]: exactly as, prev, tag"),
    ("seen", {"root": HASH}, "seen: exactly root, size"),
    ("seen", {"root": HASH, "size": 0}, r"seen\.size: at least 1, and 0 only"),
    ("seen", {"root": HASH, "size": -1}, r"seen\.size: at least 1"),
    ("seen", {"root": HASH, "size": True}, r"seen\.size: at least 1"),
    ("seen", {"root": HASH[1:], "size": 1}, "root: missing, or not"),
    ("time", 1_790_000_000, "time: missing, or not"),
    ("time", "yesterday", "'yesterday' is not a time"),
    ("nonce", "0" * 31, "nonce: missing, or not"),
    ("nonce", "A" * 32, "nonce: missing, or not"),
    ("signers", [], "signers: 1 to 16"),
    ("signers", {"as": "actor"}, "signers: 1 to 16"),
    ("signers", ["Ada"], r"signers\[0\]: exactly actor, as, key"),
    ("signing", {"client": "x"}, "signing: exactly client, unlock"),
    ("signing", {"client": "", "unlock": "prompt"}, "client: missing, or not"),
    ("signing", {"client": "x", "unlock": "guess"}, r"signing\.unlock: 'guess' is none of prompt"),
    ("sd", {}, "sd must hold exactly"),
    ("body", [], "note.recorded: not an object"),
    ("body", {}, "note.recorded: occurred missing"),
)


@pytest.mark.parametrize(("member", "wrong", "words"), WRONG)
def test_a_wrong_member_is_named(member: str, wrong: Any, words: str) -> None:
    with pytest.raises(MalformedError, match=rf"(?<!\w){words}"):
        read({**honest(), member: wrong})


def test_the_longest_name_of_a_ledger_is_read() -> None:
    assert read({**honest(), "ledger": "a" * 500}).ledger == "a" * 500


def test_every_member_is_tried_with_something_wrong() -> None:
    assert {member for member, _, _ in WRONG} | {"until"} == MEMBERS


@pytest.mark.parametrize(
    ("time", "until", "good"),
    (
        ("2026-11-22T10:00:00Z", "2026-11-22T10:00:01Z", True),
        ("2026-11-22T10:00:00Z", "2026-12-23T10:00:00Z", True),
        ("2026-11-22T10:00:00Z", "2026-12-23T10:00:01Z", False),
        ("2026-11-22T10:00:00Z", "2026-11-22T10:00:00Z", False),
        ("2026-11-22T10:00:00Z", "2026-11-22T09:59:59Z", False),
    ),
)
def test_a_statement_waits_at_most_31_days(time: str, until: str, good: bool) -> None:
    value = {**honest(), "time": time, "until": until}
    if good:
        assert read(value).until > read(value).time
        return
    with pytest.raises(MalformedError, match="until: must be after time, and at most 31 days"):
        read(value)


def place(tag: str = HASH, kind: str = "item", prev: str = HASH) -> Value:
    return {"as": kind, "prev": prev, "tag": tag}


ABOUT: tuple[tuple[str, list[Value], str], ...] = (
    ("note.recorded", [place(OTHER), place(HASH)], "not sorted by tag"),
    ("note.recorded", [place(), place()], "or a tag twice"),
    ("note.recorded", [place(THIRD), place(OTHER), place(THIRD)], "not sorted by tag"),
    ("note.recorded", [place(HASH), place(OTHER), place(THIRD)], "not sorted by tag"),
    ("note.recorded", [{**place(), "as": ["item"]}], "about.as: missing, or not"),
    ("note.recorded", [{**place(), "prev": 7}], r"about\[0\]\.prev: not a hash"),
    ("note.recorded", [place(kind="thing")], "about.as: 'thing' is none of item"),
    ("note.recorded", [place(prev="x")], r"about\[0\]\.prev: not a hash"),
    ("note.recorded", [place(prev=HASH + "\n")], r"about\[0\]\.prev: not a hash"),
    ("note.recorded", [place(tag="x")], "tag: missing, or not"),
    ("note.recorded", [{**place(), "more": 1}], r"about\[0\]: exactly"),
    ("note.recorded", [place(kind="actor")], "about: note.recorded takes 1 to 255 of item or case"),
    ("note.recorded", [place(), place(OTHER, "case")], "takes 1 to 255 of item or case"),
    ("transfer.released", [place(), place(OTHER, "case")], "does not concern a case"),
    ("item.registered", [place()], "takes one register"),
    ("item.registered", [place(), place(OTHER)], "takes one item"),
    ("item.derived", [place()], "takes 1 to 255 of source"),
    ("case.opened", [place(kind="case")], "takes one register"),
    ("ledger.opened", [place(kind="ledger")], "takes one actor"),
)


@pytest.mark.parametrize(("act", "about", "words"), ABOUT)
def test_an_act_concerns_what_it_declares(act: str, about: list[Value], words: str) -> None:
    value = as_act(act)
    with pytest.raises(MalformedError, match=rf"(?<!\w){words}"):
        read({**value, "about": about})


def as_act(act: str) -> Value:
    """The least statement of an act, as the schema tests write it."""
    return whole(act)


def test_at_most_256_places() -> None:
    tags = [f"{number:064x}" for number in range(257)]
    value = as_act("note.recorded")
    with pytest.raises(MalformedError, match="1 to 256 places"):
        read({**value, "about": [place(tag) for tag in tags]})
    with pytest.raises(MalformedError, match="takes 1 to 255"):
        read({**value, "about": [place(tag) for tag in tags[:256]]})
    assert len(read({**value, "about": [place(tag) for tag in tags[:255]]}).about) == 255


def signer(key: str = HASH, actor: str = HASH, capacity: str = "actor") -> Value:
    return {"actor": actor, "as": capacity, "key": key}


SIGNERS: tuple[tuple[str, list[Value], str], ...] = (
    ("note.recorded", [signer(OTHER), signer(HASH, OTHER, "witness")], "not sorted by key"),
    ("note.recorded", [signer(), signer(HASH, OTHER, "witness")], "or a key twice"),
    ("note.recorded", [signer(), signer(OTHER), signer(THIRD)], "not sorted by key"),
    ("note.recorded", [signer(THIRD), signer(OTHER), signer(THIRD)], "not sorted by key"),
    ("note.recorded", [{**signer(), "as": {}}], "signers.as: missing, or not"),
    ("note.recorded", [signer(), signer(OTHER, HASH, "witness")], "signs in two capacities"),
    ("note.recorded", [signer(capacity="witness")], "exactly one must sign as actor"),
    ("note.recorded", [signer(), signer(OTHER, OTHER)], "exactly one must sign as actor"),
    ("note.recorded", [signer(capacity="friend")], "signers.as: 'friend' is none of actor"),
    ("note.recorded", [signer(capacity="enroller")], "is signed as actor, witness, approver only"),
    ("transfer.accepted", [signer(), signer(OTHER, OTHER, "counterparty")], "is signed as"),
    ("actor.registered", [signer()], "is signed as enroller, witness, approver only"),
    ("note.recorded", [signer(key="x")], "key: missing, or not"),
    ("note.recorded", [signer(actor="")], "actor: missing, or not"),
)


@pytest.mark.parametrize(("act", "signers", "words"), SIGNERS)
def test_people_sign_in_capacities_that_the_act_has(
    act: str, signers: list[Value], words: str
) -> None:
    with pytest.raises(MalformedError, match=rf"(?<!\w){words}"):
        read({**as_act(act), "signers": signers})


def test_at_most_16_signers() -> None:
    people = [signer(f"{number:064x}", f"{number:064x}", "witness") for number in range(17)]
    people[0]["as"] = "actor"
    value = as_act("note.recorded")
    with pytest.raises(MalformedError, match="signers: 1 to 16"):
        read({**value, "signers": people})
    assert len(read({**value, "signers": people[:16]}).signers) == 16


def test_one_person_may_sign_with_two_keys() -> None:
    made = read({**as_act("note.recorded"), "signers": [signer(), signer(OTHER)]})
    assert made.signing(Capacity.ACTOR) == (HASH,)


def test_only_the_opening_has_seen_nothing() -> None:
    value = as_act("ledger.opened")
    assert read(value).seen.size == 0
    with pytest.raises(MalformedError, match="not the root of the empty tree"):
        read({**value, "seen": {"root": HASH, "size": 0}})
    with pytest.raises(MalformedError, match="0 only where a ledger is opened"):
        read({**value, "seen": {"root": HASH, "size": 1}})


def test_an_act_of_a_later_version_is_read_without_its_body() -> None:
    """SPEC §10: its cryptography can be checked, its rules not."""
    value = {**honest(), "act": "item.teleported", "body": {"to": "the moon"}}
    value["about"] = [place(kind="ledger"), place(OTHER, "item")]
    value["signers"] = [signer(capacity="counterparty")]
    made = read(value)
    assert isinstance(made.act, UnknownAct) and not made.known
    assert (made.name, made.by) == ("item.teleported", HASH)
    for member, wrong, words in (
        ("body", [], "body must be an object"),
        ("sd", [], "sd: not an object"),
        ("sd", {"a": "b"}, r"sd\.a: not a digest"),
        ("sd", {"a": 7}, r"sd\.a: not a digest"),
        ("sd", {"a": "A" * 43, "b": "b"}, r"sd\.b: not a digest"),
        ("sd", {"a": "a", "b": "A" * 43}, r"sd\.a: not a digest"),
        ("about", [], "1 to 256 places"),
    ):
        with pytest.raises(MalformedError, match=words):
            read({**value, member: wrong})


def test_of_an_act_of_a_later_version_who_stands_first_leads() -> None:
    """Its capacities are not known: who leads is whoever signs as the first signer does."""
    value = {**honest(), "act": "item.teleported", "body": {}}
    first = signer("0" * 64, HASH, "witness")
    second = signer("f" * 64, OTHER, "approver")
    assert read({**value, "signers": [first, second]}).by == first["actor"]


def test_bytes_that_are_spelt_otherwise_are_no_statement() -> None:
    data = canonical.encode(honest())
    respelt: tuple[Callable[[bytes], bytes], ...] = (
        lambda b: b.replace(b'"v":1', b'"v": 1'),
        lambda b: b + b"\n",
        lambda b: b'{"v":1,' + b[1:].replace(b',"v":1', b""),
        lambda b: b[:-1],
    )
    for change in respelt:
        with pytest.raises(MalformedError):
            statement.read(change(data))
    with pytest.raises(MalformedError, match="at most 262144"):
        statement.read(data + b" " * 262_144)


@given(st.binary(max_size=200))
def test_no_bytes_do_anything_but_refuse(data: bytes) -> None:
    with pytest.raises(MalformedError):
        statement.read(data)


@given(st.data())
def test_one_altered_byte_is_another_statement_or_none(data: st.DataObject) -> None:
    payload = PAYLOAD
    where = data.draw(st.integers(0, len(payload) - 1))
    flip = data.draw(st.integers(1, 255))
    altered = payload[:where] + bytes([payload[where] ^ flip]) + payload[where + 1 :]
    try:
        made = statement.read(altered)
    except MalformedError:
        return
    assert made.id != statement.read(payload).id and made.payload == altered


PAYLOAD = canonical.encode(honest())
