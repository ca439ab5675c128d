"""Readers of `custody.core`: what is hashed or signed has one spelling, and gives it back."""

import json
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple

import rfc8785
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

from custody.core import canonical, disclosure, enrolment, record, statement
from custody.core.checkpoint import Checkpoint
from custody.core.checks import compare
from custody.core.disclosure import Disclosure
from custody.core.dsse import Envelope
from custody.core.enrolment import Enrolment
from custody.core.errors import MalformedError, SignatureError
from custody.core.keys import PublicKey, read_spki
from custody.core.note import Note
from custody.core.proof import Proof
from custody.core.reading import plain
from custody.core.record import Record, UnknownRecord
from custody.core.statement import Statement
from custody.core.trust import TrustFile
from tests.fuzz import Target, seeds
from tests.fuzz.mutating import base64url, json_like, json_lines

LONG = 16_384
believed = cache(TrustFile.read)


def text_of(data: bytes) -> str:
    """Readers of text are never handed bytes that are none."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise MalformedError("no text") from None


def canonical_holds(value: Any, data: bytes) -> bool:
    """Ours, the standard library and an independent RFC 8785 agree on what was read."""
    return canonical.encode(value) == data == rfc8785.dumps(value) and json.loads(data) == value


def statement_holds(made: Statement, data: bytes) -> bool:
    """What was read of the body is the body."""
    value = canonical.decode(data, canonical.STATEMENT_LIMIT)
    if made.known:
        personal = {field.name for field in made.act.FIELDS.values() if field.personal}
        body = {k: plain(v) for k, v in vars(made.act).items() if k not in personal}
        if {k: v for k, v in body.items() if v is not None} != value["body"]:
            return False
        assert made.by
    return [(p.kind, p.prev, p.tag) for p in made.about] == [
        (p["as"], p["prev"], p["tag"]) for p in value["about"]
    ]


def record_holds(made: Record, data: bytes) -> bool:
    return isinstance(made, UnknownRecord) or made.encode() == data


def note_holds(made: Note, data: bytes) -> bool:
    """The note is spelt anew; as a checkpoint it is one or none, and somebody's or nobody's."""
    trust = believed(seeds.vector("trust")["files"][1]["text"].encode())
    with suppress(MalformedError, SignatureError):
        assert Checkpoint.read(made.text).text == made.text
        trust.judge(made)
    return made.encode() == data


def trust_holds(made: TrustFile, _: bytes) -> bool:
    """Comments and blanks may go, and nothing else."""
    return TrustFile.read(made.encode()) == made


def proof_holds(made: Proof, data: bytes) -> bool:
    """What is shown by it stands in the log of the vectors, whose trust file is believed."""
    log = seeds.vector("log")
    shown = compare.read_proof("proof", data, believed(log["trust"].encode()))
    if isinstance(shown, compare.Shown):
        assert shown.leaves[made.index].data.decode() == log["records"][made.index]
    return made.encode() == data


def disclosure_holds(made: Disclosure, data: bytes) -> bool:
    value = list(made.value) if isinstance(made.value, tuple) else made.value
    spelt = canonical.to_base64url(canonical.encode([made.salt, made.field, value]))
    return spelt == made.text == data.decode() and disclosure.digest(made.text) == made.digest


def enrolment_holds(made: Enrolment, data: bytes) -> bool:
    again = enrolment.payload(made.ledger, made.nonce, made.sd, made.key, made.partner, made.actor)
    return made.envelope.encode() == data and again == made.envelope.payload


def request(data: bytes) -> bytes:
    """An enrolment's payload, without the signatures that a changed one cannot have."""
    enrolment._read_payload(data)
    return data


class Tried(NamedTuple):
    """A key, and what it is asked to verify."""

    key: PublicKey
    signature: bytes


def key(data: bytes) -> Tried:
    """An SPKI, a signature, and the length of that in two bytes."""
    length = int.from_bytes(data[-2:], "big")
    whole = data[:-2]
    at = max(len(whole) - length, 0)
    return Tried(read_spki(whole[:at]), whole[at:])


def key_holds(tried: Tried, data: bytes) -> bool:
    """OpenSSL reads the same key; a signature verifies or is refused."""
    spki = tried.key.spki
    public = load_der_public_key(spki)
    with suppress(SignatureError):
        tried.key.verify(tried.signature, seeds.vector("keys")["message"].encode())
    return (
        data.startswith(spki)
        and public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) == spki
    )


NAMES = (
    (canonical.unpercent, canonical.percent),
    (canonical.from_base64, canonical.to_base64),
    (canonical.from_base64url, canonical.to_base64url),
)


def name(data: bytes) -> list[str]:
    """Text that stands for bytes, in any of three spellings."""
    text, spelt = text_of(data), []
    for read, spell in NAMES:
        try:
            spelt.append(spell(read(text)))
        except MalformedError:
            continue
    return spelt


def name_holds(spelt: list[str], data: bytes) -> bool:
    return set(spelt) <= {data.decode()}


TARGETS = {
    "canonical": Target(
        lambda data: canonical.decode(data, LONG), canonical_holds, seeds.documents, json_like
    ),
    "envelope": Target(
        Envelope.read, lambda made, data: made.encode() == data, seeds.envelopes, json_like, LONG
    ),
    "statement": Target(statement.read, statement_holds, seeds.statements, json_like, LONG),
    "record": Target(record.read, record_holds, seeds.records, json_like),
    "note": Target(Note.read, note_holds, seeds.notes, longest=LONG),
    "trust": Target(TrustFile.read, trust_holds, seeds.trust_files, json_lines, LONG),
    "proof": Target(Proof.read, proof_holds, seeds.proofs, longest=LONG),
    "disclosure": Target(
        lambda data: disclosure.read(text_of(data)), disclosure_holds, seeds.disclosures, base64url
    ),
    "enrolment": Target(enrolment.read, enrolment_holds, seeds.enrolments, json_like, LONG),
    "request": Target(request, lambda *_: True, seeds.requests, json_like),
    "key": Target(key, key_holds, seeds.keys),
    "name": Target(name, name_holds, seeds.names),
}
