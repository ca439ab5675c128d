"""What the ledger files of a bundle say (SPEC §11), read line by line and not yet believed.

A line that cannot be read becomes a fault and the reading goes on: one spoilt line must not hide
what the others say.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, TypeVar

from custody.core import canonical, record
from custody.core.bundle import layout
from custody.core.bundle.archive import Archive
from custody.core.errors import CustodyError, MalformedError
from custody.core.findings import Check, Finding, failed
from custody.core.note import Note

HASH = re.compile("[0-9a-f]{64}")
T = TypeVar("T")
K = TypeVar("K", int, str, tuple[str, str])
Path = tuple[bytes, ...]


class Leaf(NamedTuple):
    """A record: its exact bytes, what they say, and their leaf hash in hex."""

    n: int
    data: bytes
    record: record.Record
    hash: str


class Proved(NamedTuple):
    """Inclusion path of record `n`, leaf to root."""

    n: int
    path: Path


class Companion(NamedTuple):
    """A record of a subject that is not shown, with its inclusion path."""

    leaf: Leaf
    path: Path


class Counted(NamedTuple):
    """A line of subjects.jsonl: a chain and its index proof, root to leaf."""

    tag: str
    length: int
    head: str
    proof: Path


class Earlier(NamedTuple):
    """A checkpoint that a signer had seen, and its consistency with the bundle's."""

    size: int
    root: str
    path: Path


class Opened(NamedTuple):
    """A line of disclosures.jsonl."""

    env: str
    name: str
    disclosure: str


class NamingKey(NamedTuple):
    """A case key or subject key, with what its tag is made from (SPEC §5)."""

    key: bytes
    kind: str
    reference: str
    number: int | None = None


class Contents(NamedTuple):
    """The ledger files of one bundle."""

    records: dict[int, Leaf]
    proofs: dict[int, Proved]
    subjects: dict[str, Counted]
    companions: dict[int, Companion]
    earlier: dict[int, Earlier]
    disclosures: dict[tuple[str, str], Opened]
    case_keys: tuple[NamingKey, ...]
    subject_keys: tuple[NamingKey, ...]
    note: Note | None
    faults: tuple[Finding, ...]


def read_contents(archive: Archive) -> Contents:
    """Everything but envelopes, packs, time stamps and the mirror, which are read when needed."""
    reader = _Reader(archive)
    keys = reader.whole(layout.KEYS, layout.KEYS_BYTES, read_keys) or ((), ())
    return Contents(
        records=reader.table(layout.RECORDS, read_leaf, lambda leaf: leaf.n),
        proofs=reader.table(layout.PROOFS, read_proof, lambda proof: proof.n),
        subjects=reader.table(layout.SUBJECTS, read_subject, lambda subject: subject.tag),
        companions=reader.table(layout.COMPANIONS, read_companion, lambda each: each.leaf.n),
        earlier=reader.table(layout.CONSISTENCY, read_earlier, lambda each: each.size),
        disclosures=reader.table(layout.DISCLOSURES, read_opened, lambda each: each[:2]),
        case_keys=keys[0],
        subject_keys=keys[1],
        note=reader.whole(layout.CHECKPOINT, layout.CHECKPOINT_BYTES, Note.read),
        faults=tuple(reader.faults),
    )


class _Reader:
    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.faults: list[Finding] = []

    def fault(self, where: str, error: object) -> None:
        self.faults.append(failed(Check.STRUCTURE, where, str(error)))

    def whole(self, path: str, limit: int, read: Callable[[bytes], T]) -> T | None:
        try:
            return read(self.archive.read(path, limit))
        except CustodyError as error:
            self.fault(path, error)
            return None

    def table(self, path: str, read: Callable[[bytes], T], key: Callable[[T], K]) -> dict[K, T]:
        """Lines by their key, which must ascend; one that does not is a fault, and read."""
        found: dict[K, T] = {}
        last: K | None = None
        if path not in self.archive.members:
            return found  # whether it is required is asked of the bag
        number, most = 0, layout.FAULTS + len(self.faults)
        try:
            for number, line in enumerate(lines(self.archive.chunks(path)), 1):
                try:
                    value = read(line)
                    place = key(value)
                    behind, last = last is not None and place <= last, place
                    found.setdefault(place, value)
                    if behind:
                        raise MalformedError("out of order, or said twice")
                except MalformedError as error:
                    self.fault(f"{path} line {number}", error)
                    if len(self.faults) == most:  # else a short zip could fill the memory
                        wrong = f"{most} faults so far: the rest is not read"
                        raise MalformedError(wrong) from None
        except MalformedError as error:
            self.fault(f"{path} after line {number}", error)
        return dict(sorted(found.items()))


def lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Lines without their LF; MalformedError for one too long or without end."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
        if len(rest) > layout.LINE_BYTES:
            raise MalformedError(f"a line is longer than {layout.LINE_BYTES} bytes")
    if rest:
        raise MalformedError("the last line has no end")


def members(data: bytes, **types: type) -> list[Any]:
    """Values, in the order of `types`, of a canonical object with exactly these members."""
    return typed(canonical.decode(data, layout.LINE_BYTES), **types)


def typed(value: Any, **types: type) -> list[Any]:
    """As `members`, of a value that is already decoded."""
    if type(value) is not dict or value.keys() != types.keys():
        raise MalformedError(f"expected exactly the members {', '.join(types)}")
    for name, kind in types.items():
        if type(value[name]) is not kind:
            raise MalformedError(f"{name} is not of the type that it must have")
    return [value[name] for name in types]


def hashed(value: Any) -> str:
    """Raises MalformedError for anything but 64 lower-case hex digits."""
    if type(value) is not str or not HASH.fullmatch(value):
        raise MalformedError(f"{value!r:.80} is not a hash in hex")
    return value


def base64_path(values: list[Any]) -> Path:
    if not all(type(value) is str for value in values):
        raise MalformedError("a path is a list of hashes in base64")
    return tuple(canonical.from_base64(value) for value in values)


def read_leaf(line: bytes) -> Leaf:
    entry = record.read(line)
    return Leaf(entry.n, line, entry, record.record_hash(line).hex())


def read_proof(line: bytes) -> Proved:
    n, path = members(line, n=int, path=list)
    return Proved(n, base64_path(path))


def read_companion(line: bytes) -> Companion:
    n, path, value = members(line, n=int, path=list, record=dict)
    leaf = read_leaf(canonical.encode(value))
    if leaf.n != n:
        raise MalformedError(f"record {leaf.n} stands under number {n}")
    return Companion(leaf, base64_path(path))


def read_subject(line: bytes) -> Counted:
    tag, count, head, proof = members(line, tag=str, count=int, head=str, proof=list)
    path = tuple(bytes.fromhex(hashed(value)) for value in proof)
    return Counted(hashed(tag), count, hashed(head), path)


def read_earlier(line: bytes) -> Earlier:
    size, root, path = members(line, size=int, root=str, path=list)
    return Earlier(size, hashed(root), base64_path(path))


def read_opened(line: bytes) -> Opened:
    env, name, disclosure = members(line, env=str, name=str, disclosure=str)
    return Opened(hashed(env), name, disclosure)


def read_keys(data: bytes) -> tuple[tuple[NamingKey, ...], tuple[NamingKey, ...]]:
    """keys.json: `{"cases":[{"key","reference"}],"subjects":[{"key","kind","number"?,"reference"}],"v":1}`.

    A case key opens every tag of its case, a subject key one tag; `number` belongs to items.
    """
    value = canonical.decode(data, layout.KEYS_BYTES)
    version, cases, subjects = typed(value, v=int, cases=list, subjects=list)
    if version != 1:
        raise MalformedError("keys.json of an unknown version")
    if len(cases) > layout.CASE_KEYS:
        raise MalformedError(f"{len(cases)} case keys, more than {layout.CASE_KEYS}")
    return tuple(map(_case_key, cases)), tuple(map(_subject_key, subjects))


def _case_key(value: Any) -> NamingKey:
    key, reference = typed(value, key=str, reference=str)
    return NamingKey(bytes.fromhex(hashed(key)), "case", reference)


def _subject_key(value: Any) -> NamingKey:
    numbered: dict[str, type] = {"number": int} if _member(value, "kind") == "item" else {}
    key, kind, reference, *number = typed(value, key=str, kind=str, reference=str, **numbered)
    return NamingKey(bytes.fromhex(hashed(key)), kind, reference, *number)


def _member(value: Any, name: str) -> Any:
    return value.get(name) if type(value) is dict else None
