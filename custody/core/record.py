"""Records, the leaves of the tree: blinded, about 350 bytes, written by the ledger (SPEC §4).

    entry   one subject's part in one statement
    tally   count and head of every chain, as the root of the subject index
    anchor  digest of a time-stamp token, CRL, OCSP answer or cosignature file

One pattern reads each kind, so that a record has one spelling; a kind of a later version is read
as `UnknownRecord`, whose place in the log can still be checked (SPEC §10).
"""

import hashlib
import re
from typing import NamedTuple

from custody.core.canonical import INTEGERS, NAME, RECORD_LIMIT, decode
from custody.core.errors import MalformedError

_HASH = "([0-9a-f]{64})"
_LINK = "([0-9a-f]{64}|)"  # empty: there is nothing before
_NUMBER = "(0|[1-9][0-9]{0,15})"
_ENTRY = re.compile(
    rf'\{{"at":{_NUMBER},"chain":"{_LINK}","env":"{_HASH}","kind":"entry","n":{_NUMBER},'
    rf'"prev":"{_LINK}","seq":{_NUMBER},"tag":"{_HASH}","v":1\}}'
)
_TALLY = re.compile(
    rf'\{{"at":{_NUMBER},"chain":"{_LINK}","index":"{_HASH}","kind":"tally","n":{_NUMBER},'
    rf'"subjects":{_NUMBER},"v":1\}}'
)
_ANCHOR = re.compile(
    rf'\{{"at":{_NUMBER},"chain":"{_LINK}","kind":"anchor","n":{_NUMBER},'
    rf'"of":{_NUMBER},"sha256":"{_HASH}","v":1\}}'
)
_KINDS = {"entry", "tally", "anchor"}
_LINKS = re.compile(_LINK)


class Entry(NamedTuple):
    """A statement touched or changed one subject."""

    at: int  # ledger time, Unix seconds
    chain: str  # hash of record n-1, '' in record 0
    env: str  # SHA-256 of the envelope file
    n: int  # index in the log
    prev: str  # hash of the subject's previous record, '' in its first
    seq: int  # place in the subject's chain, from 0
    tag: str

    def encode(self) -> bytes:
        """The bytes that are hashed, stored and exported."""
        at, chain, env, n, prev, seq, tag = self
        return (
            f'{{"at":{at},"chain":"{chain}","env":"{env}","kind":"entry","n":{n},'
            f'"prev":"{prev}","seq":{seq},"tag":"{tag}","v":1}}'
        ).encode()


class Tally:
    """Seals count and head of all chains of the records before it.

    index: root of the subject index over records 0 … n-1
    """

    __slots__ = ("at", "chain", "index", "n", "subjects")  # a tuple has an `index` of its own

    def __init__(self, at: int, chain: str, index: str, n: int, subjects: int) -> None:
        self.at, self.chain, self.index, self.n, self.subjects = at, chain, index, n, subjects

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tally) and other.encode() == self.encode()

    def __hash__(self) -> int:
        return hash(self.encode())

    def encode(self) -> bytes:
        """The bytes that are hashed, stored and exported."""
        return (
            f'{{"at":{self.at},"chain":"{self.chain}","index":"{self.index}","kind":"tally",'
            f'"n":{self.n},"subjects":{self.subjects},"v":1}}'
        ).encode()


class Anchor(NamedTuple):
    """Names a file that dates or confirms the checkpoint of size `of`."""

    at: int
    chain: str
    n: int
    of: int
    sha256: str

    def encode(self) -> bytes:
        """The bytes that are hashed, stored and exported."""
        return (
            f'{{"at":{self.at},"chain":"{self.chain}","kind":"anchor","n":{self.n},'
            f'"of":{self.of},"sha256":"{self.sha256}","v":1}}'
        ).encode()


class UnknownRecord(NamedTuple):
    """A kind that this version does not know: it has a place in the log, and no more is said."""

    at: int
    chain: str
    n: int
    kind: str


Record = Entry | Tally | Anchor | UnknownRecord


def read(data: bytes) -> Record:
    """The record in `data`; a known kind's `encode` gives the same bytes back.

    Raises:
        MalformedError: not the one spelling of a record.
    """
    text = data.decode("latin-1")
    if found := _ENTRY.fullmatch(text):
        at, chain, env, n, prev, seq, tag = found.groups()
        entry = Entry(_number(at), chain, env, _number(n), prev, _number(seq), tag)
        if (entry.seq == 0) != (prev == ""):
            raise MalformedError("the first entry of a subject, and no other, has an empty prev")
        _check_link(entry.n, chain)
        return entry
    record: Record
    if found := _TALLY.fullmatch(text):
        at, chain, index, n, subjects = found.groups()
        record = Tally(_number(at), chain, index, _number(n), _number(subjects))
    elif found := _ANCHOR.fullmatch(text):
        at, chain, n, of, sha256 = found.groups()
        record = Anchor(_number(at), chain, _number(n), _number(of), sha256)
        if record.of > record.n:
            raise MalformedError(f"record {n} dates a checkpoint of {of} records, which came later")
    else:
        record = _unknown(data)
    _check_link(record.n, record.chain)
    return record


def record_hash(data: bytes) -> bytes:
    """RFC 6962 leaf hash of the record's bytes: what `chain` and `prev` name."""
    return hashlib.sha256(b"\0" + data).digest()


def _number(digits: str) -> int:
    value = int(digits)
    if value >= INTEGERS:
        raise MalformedError(f"{digits} lies beyond 2**53")
    return value


def _check_link(n: int, chain: str) -> None:
    if (n == 0) != (chain == ""):
        raise MalformedError("record 0, and no other, has an empty chain")


def _unknown(data: bytes) -> UnknownRecord:
    match decode(data, RECORD_LIMIT):
        case {"at": int(at), "chain": str(chain), "kind": str(kind), "n": int(n), "v": int(v)}:
            numbers = at >= 0 and n >= 0 and v == 1 and bool not in map(type, (at, n, v))
            if numbers and _LINKS.fullmatch(chain) and NAME.fullmatch(kind) and kind not in _KINDS:
                return UnknownRecord(at, chain, n, kind)
    raise MalformedError("not a record: a member is missing, unknown or of another form")
