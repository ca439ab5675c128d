"""The published schemas are what the declarations make, and say what the reader says."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from custody.core import canonical, statement
from custody.core.errors import MalformedError
from custody.core.record import Anchor, Entry, Tally
from custody_schemas import jsonschema
from custody_schemas.declare import Act, Field, Mode
from tests.bodies import HASH, LEAST
from tests.signers import ed25519_signer, ml_dsa_signer
from tests.worlds import story

SCHEMAS = jsonschema.every()
VALIDATORS = {name: Draft202012Validator(schema) for name, schema in SCHEMAS.items()}
HEAD = {"$schema", "title"}
SD = "A" * 43
OCCURRED = {
    "at": "2026-11-22T10:00:00Z",
    "offset_min": 60,
    "precision": "second",
    "source": "clock",
}


def whole(name: str) -> dict[str, Any]:
    """The least statement of an act, every optional place left out."""
    act = Act.ALL[name]
    kinds = [concern.kinds[0] for concern in act.ABOUT if concern.least]
    begins = {kind: c.mode is Mode.BEGINS for c in act.ABOUT for kind in c.kinds}
    opens = name == "ledger.opened"
    return {
        "v": 1,
        "ledger": "agency.example/evidence",
        "act": name,
        "about": [
            {"as": str(kind), "prev": "" if begins[kind] else HASH, "tag": f"{number:064x}"}
            for number, kind in enumerate(kinds)
        ],
        "seen": {"size": 0 if opens else 7, "root": statement.NOTHING_SEEN},
        "time": "2026-11-22T10:00:00Z",
        "until": "2026-11-23T10:00:00Z",
        "nonce": "0" * 32,
        "signers": [{"actor": HASH, "as": str(act.SIGNERS[0]), "key": HASH}],
        "signing": {"client": "tests 1", "unlock": "prompt"},
        "sd": {f.name: SD for f in act.FIELDS.values() if f.personal},
        "body": {
            "occurred": OCCURRED,
            **{k: v for k, v in LEAST[name].items() if not act.FIELDS[k].personal},
        },
    }


def read_by_core(value: Any) -> bool:
    """Whether the core reads it; what has no canonical bytes at all is no case for a schema."""
    try:
        statement.read(canonical.encode(value))
    except MalformedError:
        return False
    return True


def read_by_schema(name: str, value: Any) -> bool:
    return VALIDATORS[name].is_valid(value)


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place inside of a document."""
    yield path
    if isinstance(value, dict):
        for key, member in value.items():
            yield from paths(member, (*path, key))
    if isinstance(value, list):
        for index, member in enumerate(value):
            yield from paths(member, (*path, index))


def changed(value: Any, path: tuple[Any, ...], change: Callable[[Any], Any]) -> Any:
    """A copy with the value at `path` changed; `change` may answer REMOVED."""
    if not path:
        return change(value)
    made = value.copy()
    found = changed(made[path[0]], path[1:], change)
    if found is REMOVED:
        del made[path[0]]
    else:
        made[path[0]] = found
    return made


REMOVED = object()


def put(new: Any, old: Any) -> Any:
    return new


FOREIGN: list[Any] = [
    *(
        "",
        "x",
        HASH,
        HASH.upper(),
        HASH + "0",
        SD,
        SD[1:],
        "not_stated",
        "item",
        "case",
        "approver",
    ),
    *(
        "2026-11-22T10:00:01Z",
        "2026-13-22T10:00:00Z",
        "2026-11-22 10:00:00",
        "1969-12-31T23:59:59Z",
    ),
    *("Grüße", "a" * 501, "a" * 10_001, "witness", "match", "0" * 32, "examiner", "note.recorded"),
    *(0, 1, -1, 2, 99_999, 100_000, 2**53 - 1, True, False),
    *([], [HASH], ["good"], ["good"] * 9, [1], [[]], {}, {"a": 1}, {"occurred": OCCURRED}),
]


@st.composite
def mutations(draw: st.DrawFn) -> tuple[str, Any]:
    """An act's name, and a statement of it with one to three things changed."""
    name = draw(st.sampled_from(sorted(LEAST)))
    value: Any = whole(name)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from([p for p in paths(value) if p][:400]))
        match draw(st.sampled_from(("replace", "remove", "add", "twice", "optional"))):
            case "replace":
                new = draw(st.sampled_from(FOREIGN))
                value = changed(value, path, partial(put, new))
            case "remove":
                value = changed(value, path, lambda _: REMOVED)
            case "add":
                value = changed(
                    value, path, lambda old: {**old, "more": 1} if isinstance(old, dict) else old
                )
            case "twice":
                value = changed(
                    value, path, lambda old: old + old[:1] if isinstance(old, list) else old
                )
            case "optional" if isinstance(value.get("body"), dict):
                field = draw(st.sampled_from(sorted(Act.ALL[name].FIELDS)))
                value = {
                    **value,
                    "body": {**value["body"], field: draw(st.sampled_from(FOREIGN))},
                }
    return name, value


def beyond_schemas(value: Any) -> bool:
    """What only the core can refuse: order and doubles, until, actors; such cases are left out."""
    about, signers = value.get("about"), value.get("signers")
    if not isinstance(about, list) or not isinstance(signers, list):
        return False
    tags: list[Any] = [place.get("tag") if isinstance(place, dict) else "" for place in about]
    keys: list[Any] = [signer.get("key") if isinstance(signer, dict) else "" for signer in signers]
    seen = value.get("seen")
    return (
        not all(isinstance(text, str) for text in tags + keys)
        or tags != sorted(set(tags))
        or keys != sorted(set(keys))
        or len(signers) > 1
        or (value.get("time"), value.get("until"))
        != ("2026-11-22T10:00:00Z", "2026-11-23T10:00:00Z")
        or (isinstance(seen, dict) and seen.get("root") != statement.NOTHING_SEEN)
    )


def test_every_act_has_the_files_that_its_declaration_makes() -> None:
    written = {p.name.removesuffix(".schema.json"): p for p in jsonschema.FOLDER.iterdir()}
    assert written.keys() == SCHEMAS.keys() >= Act.ALL.keys()
    for name, path in written.items():
        assert path.read_text(encoding="utf-8") == jsonschema.spelt(SCHEMAS[name]), (
            f"{path.name} is stale: run python -m custody_schemas.jsonschema"
        )


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_schemas_are_schemas_with_closed_objects_and_anchored_patterns(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    for path in paths(SCHEMAS[name]):
        if path and path[-1] == "pattern":
            pattern = at(SCHEMAS[name], path)
            assert pattern.startswith("^(?:") and pattern.endswith(")$"), path
        part = at(SCHEMAS[name], path)
        if isinstance(part, dict) and "properties" in part and part.get("type") == "object":
            assert part["additionalProperties"] is False, path


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


@pytest.mark.parametrize("name", sorted(Act.ALL))
def test_the_least_statement_of_every_act_is_read_and_valid(name: str) -> None:
    value = whole(name)
    assert statement.read(canonical.encode(value)).name == name
    assert list(VALIDATORS[name].iter_errors(value)) == []
    assert read_by_schema("statement", value)


def test_every_member_is_described() -> None:
    for name, act in Act.ALL.items():
        members = SCHEMAS[name]["properties"]
        described = {**members["body"]["properties"], **members["sd"]["properties"]}
        assert described.keys() == act.FIELDS.keys()
        lacking = [field for field, schema in described.items() if not schema.get("description")]
        assert lacking == [], f"{name} does not say what {lacking} mean"


@settings(max_examples=200, deadline=None)
@given(mutations())
def test_the_reader_and_the_published_schema_agree(case: tuple[str, Any]) -> None:
    name, value = case
    if not isinstance(value, dict) or beyond_schemas(value):
        return
    if value.get("act") != name:  # another act's statement follows another schema
        assert not read_by_schema(name, value)
        return
    assert read_by_core(value) == read_by_schema(name, value), value


ONE_BY_ONE = {"type", "properties", "required", "additionalProperties", "description"}


def alike(name: str, field: Field) -> str:
    """What reader and schema make of a member; the same of all members that are declared alike."""
    schema = {**SCHEMAS[name]["properties"]["body"]["properties"][field.name], "description": ""}
    return f"{field._replace(name='')} {json.dumps(schema, sort_keys=True)}"


def test_the_mutations_are_refused_and_read_in_earnest() -> None:
    """The oracle is worth something only if both answers occur.

    Members do not depend on each other, in statements or bodies: the body's schema answers for the
    whole statement, and one member for all that are declared alike.
    """
    answers = {True: 0, False: 0}
    tried: set[str] = set()
    for name in sorted(LEAST):
        body = SCHEMAS[name]["properties"]["body"]
        assert body.keys() <= ONE_BY_ONE and SCHEMAS[name].keys() <= {*ONE_BY_ONE, *HEAD}
        valid = VALIDATORS[name].evolve(schema=body)
        for field in (f for f in Act.ALL[name].FIELDS.values() if not f.personal):
            new_here = {alike(name, field)} - tried
            tried |= new_here
            for new in FOREIGN if new_here else ():
                value = whole(name)
                value["body"][field.name] = new
                read = read_by_core(value)
                assert read == valid.is_valid(value["body"]), (name, field.name, new)
                answers[read] += 1
    assert min(answers.values()) > 150, answers


def test_an_impossible_date_is_left_to_the_reader() -> None:
    value = whole("note.recorded")
    value["body"]["occurred"] = {**OCCURRED, "at": "2026-02-30T10:00:00Z"}
    assert read_by_schema("note.recorded", value)
    with pytest.raises(MalformedError, match=r"occurred\.at: .*2026-02-30"):
        statement.read(canonical.encode(value))


def test_documents_of_an_honest_ledger_follow_their_schemas() -> None:
    world = story().world
    world.tally()
    for run in world.runs:
        envelope = json.loads(run.signed.envelope.encode())
        assert read_by_schema("envelope", envelope)
        assert read_by_schema(run.signed.statement.name, json.loads(run.signed.statement.payload))
        for text in run.signed.disclosures:
            opened = json.loads(canonical.from_base64url(text))
            assert read_by_schema("disclosure", opened)
            assert not read_by_schema("disclosure", opened[:2])
        assert not read_by_schema("envelope", {**envelope, "more": 1})
    for data in world.records:
        assert read_by_schema("record", json.loads(data))
        assert not read_by_schema("record", {**json.loads(data), "kind": "other"})
    anchor = json.loads(Anchor(1, HASH, 1, 1, HASH).encode())
    assert read_by_schema("record", anchor)
    assert not read_by_schema("record", {**anchor, "of": -1})
    assert not read_by_schema("record", json.loads(Tally(1, HASH, HASH, 1, 1).encode()) | {"v": 2})
    assert not read_by_schema(
        "record", json.loads(Entry(1, HASH, HASH, 1, HASH, 1, HASH).encode()) | {"prev": "x"}
    )


def test_enrolments_follow_their_schema() -> None:
    world = story().world
    for partner in (None, ml_dsa_signer()):
        request = world.request("Nora", ed25519_signer(9), partner).body
        payload = json.loads(canonical.from_base64(request["payload"]))
        assert read_by_schema("envelope", request)
        assert read_by_schema("enrolment", payload)
        assert not read_by_schema("enrolment", {**payload, "v": 2})
        assert not read_by_schema("enrolment", {**payload, "sd": {}})
