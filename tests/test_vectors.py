"""The generated vectors: made again without a changed byte, and true by another path than ours."""

import calendar
import hmac
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric import ed25519
from jsonschema import Draft202012Validator
from securesystemslib.dsse import Envelope as OtherEnvelope

from custody.core import (
    canonical,
    disclosure,
    dsse,
    enrolment,
    record,
    state,
    statement,
    subject_index,
    tree,
)
from custody.core.checkpoint import Checkpoint
from custody.core.errors import MalformedError, SignatureError
from custody.core.keys import read_spki
from custody.core.note import Note
from custody.core.proof import Proof
from custody.core.trust import TrustFile
from custody_schemas import jsonschema
from tests.memory import Memory, Signed
from tests.vectors.__main__ import generated
from tests.vectors.story import MEMO

VECTORS = Path(__file__).parent / "vectors"


@cache
def vector(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text())


def test_regeneration_changes_no_byte() -> None:
    for name, data in generated().items():
        assert (VECTORS / name).read_bytes() == data, f"{name}: run `make vectors` and look at it"


def test_canonical_json() -> None:
    for text in vector("canonical")["accepted"]:
        value = canonical.decode(text.encode(), 1000)
        assert canonical.encode(value) == rfc8785.dumps(value) == text.encode()


@pytest.mark.parametrize("case", vector("canonical")["refused"], ids=lambda case: case["why"])
def test_refused_json(case: dict[str, str]) -> None:
    with pytest.raises(MalformedError):
        canonical.decode(bytes.fromhex(case["hex"]), 1000)


def test_names_and_base64() -> None:
    given = vector("canonical")
    for each in given["percent"]:
        assert canonical.percent(bytes.fromhex(each["hex"])) == each["text"]
        assert canonical.unpercent(each["text"]) == bytes.fromhex(each["hex"])
    readers: list[tuple[str, Callable[[str], object]]] = [
        ("percent_refused", canonical.unpercent),
        ("base64_refused", canonical.from_base64),
        ("base64url_refused", canonical.from_base64url),
    ]
    for name, read in readers:
        for text in given[name]:
            with pytest.raises(MalformedError):
                read(text)


def test_keys() -> None:
    given = vector("keys")
    message = bytes.fromhex(given["message"])
    keys = {each["algorithm"]: read_spki(bytes.fromhex(each["spki"])) for each in given["keys"]}
    for each in given["keys"]:
        der = bytes.fromhex(each["spki"])
        assert keys[each["algorithm"]].id == each["id"] == sha256(der).hexdigest()
    for name, signature in given["signatures"].items():
        keys[name].verify(bytes.fromhex(signature), message)
    for case in given["refused_signatures"]:
        with pytest.raises(SignatureError):
            keys[case["algorithm"]].verify(bytes.fromhex(case["signature"]), message)


@pytest.mark.parametrize("case", vector("keys")["refused_keys"], ids=lambda case: case["why"])
def test_refused_keys(case: dict[str, str]) -> None:
    with pytest.raises((MalformedError, SignatureError)):
        read_spki(bytes.fromhex(case["spki"]))


def test_envelopes() -> None:
    given = vector("envelopes")
    envelope = dsse.Envelope.read(given["envelope"].encode())
    other = OtherEnvelope.from_dict(json.loads(given["envelope"]))
    assert envelope.pae == bytes.fromhex(given["pae"]) == other.pae()
    envelope.check_signatures([read_spki(bytes.fromhex(each)) for each in given["signers"]])
    for case in given["refused"]:
        with pytest.raises(MalformedError):
            dsse.Envelope.read(case["envelope"].encode())


def test_enrolments() -> None:
    given = vector("envelopes")
    for each in given["enrolments"]:
        asked = enrolment.read(each["envelope"].encode())
        assert [key.id for key in asked.keys] == each["keys"]
    for case in given["refused_enrolments"]:
        with pytest.raises((MalformedError, SignatureError)):
            enrolment.read(case["envelope"].encode())


def test_disclosures() -> None:
    given = vector("disclosures")
    for each in given["disclosures"]:
        read = disclosure.read(each["text"])
        assert (list(read.value) if isinstance(read.value, tuple) else read.value) == each["value"]
        digest = sha256(each["text"].encode()).digest()
        assert canonical.from_base64url(each["digest"]) == digest
    for case in given["refused"]:
        with pytest.raises(MalformedError):
            disclosure.read(case["text"])


def merkle(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1 as it stands there."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256().digest()
    middle = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + merkle(leaves[:middle]) + merkle(leaves[middle:])).digest()


def index_root(entries: list[tuple[str, bytes, bytes]]) -> bytes:
    """SPEC §7 as it stands there, over the bits that are left of each tag."""
    if len(entries) < 2:
        return sha256(b"\2" + b"".join(entries[0][1:])).digest() if entries else bytes(32)
    zero, one = ([(b[1:], t, v) for b, t, v in entries if b[0] == bit] for bit in "01")
    return sha256(b"\3" + index_root(zero) + index_root(one)).digest()


@pytest.mark.parametrize("given", [vector("subject_index"), vector("log")["index"]])
def test_subject_index(given: dict[str, Any]) -> None:
    root, entries = given["root"], []
    for each in given["chains"]:
        tag, head = bytes.fromhex(each["tag"]), bytes.fromhex(each["head"])
        value = sha256(each["count"].to_bytes(8) + head).digest()
        assert value.hex() == each["value"]
        entries.append((f"{int.from_bytes(tag):0256b}", tag, value))
        proof = [bytes.fromhex(h) for h in each["proof"]]
        assert subject_index.root_from_proof(tag, value, proof).hex() == root
    assert index_root(entries).hex() == root


def test_log_is_a_tree_of_its_records() -> None:
    given = vector("log")
    leaves = [sha256(b"\0" + each.encode()).digest() for each in given["records"]]
    assert [leaf.hex() for leaf in leaves] == given["hashes"]
    assert [merkle(leaves[:n]).hex() for n in range(len(leaves) + 1)] == given["roots"]
    size, root = len(leaves), bytes.fromhex(given["root"])
    for n, path in enumerate(given["inclusion"]):
        hashes = [bytes.fromhex(h) for h in path]
        assert tree.root_from_inclusion(leaves[n], n, size, hashes) == root
    for old, path in given["consistency"].items():
        before = bytes.fromhex(given["roots"][int(old)])
        hashes = [bytes.fromhex(h) for h in path]
        tree.check_consistency(int(old), before, size, root, hashes)


def test_log_links() -> None:
    heads: dict[str, str] = {}
    given = vector("log")
    for n, text in enumerate(given["records"]):
        value = json.loads(text)
        assert (value["n"], value["chain"]) == (n, given["hashes"][n - 1] if n else "")
        if value["kind"] == "entry":
            assert value["prev"] == heads.get(value["tag"], "")
            heads[value["tag"]] = given["hashes"][n]
    assert value["kind"] == "tally"
    assert (value["index"], value["subjects"]) == (given["index"]["root"], len(heads))


def test_log_replays_to_its_states() -> None:
    given, world = vector("log"), Memory(vector("log")["origin"], 0)
    for told in given["statements"]:
        envelope = dsse.Envelope.read(told["envelope"].encode())
        made = statement.read(envelope.payload)
        assert (made.id, made.payload.decode()) == (
            sha256(made.payload).hexdigest(),
            told["payload"],
        )
        assert told["id"] == made.id
        opened = {disclosure.read(text).field: text for text in told["disclosures"]}
        assert {name: disclosure.digest(text) for name, text in opened.items()} == dict(made.sd)
        if told["n"] > len(world.records):  # a tally stands between
            world.now = json.loads(given["records"][len(world.records)])["at"]
            world.tally()
        at = json.loads(given["records"][told["n"]])["at"]
        world.submit(Signed(made, envelope, tuple(told["disclosures"])), at=at)
        world.now = at
    assert [each.decode() for each in world.records] == given["records"][:-1]
    states = {tag: state.encode(value).decode() for tag, value in world.states.items()}
    assert states == given["states"]


def test_published_schemas_accept_the_log() -> None:
    schemas = jsonschema.every()
    for told in vector("log")["statements"]:
        value = json.loads(told["payload"])
        Draft202012Validator(schemas[value["act"]]).validate(value)
        Draft202012Validator(schemas["envelope"]).validate(json.loads(told["envelope"]))
    for text in vector("log")["records"]:
        Draft202012Validator(schemas["record"]).validate(json.loads(text))


def test_published_schema_accepts_what_the_exporter_signs() -> None:
    with zipfile.ZipFile(VECTORS / "case.zip") as case:
        name = next(each for each in case.namelist() if each.endswith("/signature.json"))
        envelope = dsse.Envelope.read(case.read(name))
    schema = jsonschema.every()["bundle-signature"]
    Draft202012Validator(schema).validate(json.loads(envelope.payload))


def test_tags_of_the_log() -> None:
    given = vector("log")
    key, reference = bytes.fromhex(given["case_key"]), given["reference"].encode()
    name = b"custody/item/v1\0" + reference + b"\0002"
    own = hmac.digest(key, name, "sha256")
    assert hmac.digest(own, name, "sha256").hex() in given["states"]


def test_checkpoint_and_proof() -> None:
    given = vector("log")
    trust = TrustFile.read(given["trust"].encode())
    assert trust.fingerprint == given["fingerprint"] == sha256(given["trust"].encode()).hexdigest()
    note = Note.read(given["checkpoint"].encode())
    assert trust.judge(note).accepted
    text, _, block = given["checkpoint"].partition("\n\n")
    line = canonical.from_base64(block.split("\n")[0].split(" ")[2])
    seed = bytes.fromhex(given["log_seed"])
    public = ed25519.Ed25519PrivateKey.from_private_bytes(seed).public_key()
    public.verify(line[4:], f"{text}\n".encode())
    proof = Proof.read(given["tlog_proof"].encode())
    assert proof.verify(record.record_hash(proof.extra)) == Checkpoint.read(note.text)


def test_trust_files() -> None:
    given = vector("trust")
    for case in given["files"]:
        trust = TrustFile.read(case["text"].encode())
        assert trust.fingerprint == case["fingerprint"]
        for name in ("checkpoint", "cosigned"):
            verdict = trust.judge(Note.read(given[name].encode()))
            assert verdict.mldsa
            assert verdict.met is case["met_without_witnesses"]
    for case in given["refused"]:
        with pytest.raises(MalformedError):
            TrustFile.read(case["text"].encode())


def test_the_memo_is_the_one_that_was_signed() -> None:
    acquired = next(t for t in vector("log")["statements"] if '"item.acquired"' in t["payload"])
    values = [disclosure.read(text) for text in acquired["disclosures"]]
    assert sha256(MEMO).hexdigest() in [each.value for each in values]


def test_moments_after_a_period() -> None:
    """Day by day on the calendar, and not by a division of seconds."""
    for each in vector("retention")["after"]:
        period = each["period"]
        when = datetime.fromtimestamp(each["moment"], UTC)
        months = 12 * (when.year + period["years"]) + when.month - 1 + period["months"]
        year, month = months // 12, months % 12 + 1
        late = year > 9999
        if not late:
            day = min(when.day, calendar.monthrange(year, month)[1])
            moved = when.replace(year=year, month=month, day=day)
            late = (datetime.max.replace(tzinfo=UTC) - moved).days < period["days"]
        expected = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
        expected = expected if late else moved + timedelta(days=period["days"])
        assert each["after"] == int(expected.timestamp())


def test_how_long_items_are_kept() -> None:
    """Read as a foreign program does: the states as plain JSON, the conditions as sets."""
    cases = vector("retention")["kept"]
    for each in cases:
        lines, at = each["lines"], each["at"]
        ends = [line.get("until") for line in lines]
        assert each.get("until") == (None if None in ends or not ends else max(ends))
        assert each["over"] == ("until" in each and each["until"] <= at)
        counting = [p for p in each["packs"] if p.get("until") is None or at < p["until"]]
        fitting = {
            (p["pack"]["version"], rule["code"])
            for p in counting
            for rule in p["pack"]["retention"]
            if _fits(rule, each["item"], each["case"])
        }
        told = {(x["version"], x["rule"]) for x in lines if "assigned" not in x}
        assert told == (fitting if lines else set())
    assert {each["over"] for each in cases} == {False, True}
    assert len({each.get("until") for each in cases}) > 3


def _fits(rule: dict[str, Any], item: dict[str, Any], case: dict[str, Any]) -> bool:
    asked = [("lines", item["line"]), ("types", item["type"]), ("severities", case["severity"])]
    asked += [("categories", case.get("category")), ("statuses", case["status"])]
    return all(value in rule[name] for name, value in asked if name in rule)
