"""Writes the bundle of a selection: records, proofs, disclosures, evidence, mirror. (SPEC §11)"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from custody.core import canonical, dsse, tags, times
from custody.core.bundle import layout
from custody.core.errors import DamagedError, NotFoundError, StorageError
from custody.core.keys import Signer
from custody.core.state import Case, Item
from custody.ledger.enclosed import Enclosed, enclosed
from custody.ledger.index import Index
from custody.ledger.proving import Prover
from custody.ledger.selection import Selection
from custody.ledger.storage import Reading
from custody.ledger.tiles import Tiles
from custody.ledger.zipping import BLOCK, BagWriter, Seal, packing

MIRROR_STEP = 5000  # records of the mirror read together
Progress = Callable[[int], None]  # told how many more bytes are done


class Evidence(Protocol):
    """Where content is kept, by SHA-256."""

    def open(self, sha256: str) -> BinaryIO: ...
    def size(self, sha256: str) -> int: ...


class Made(NamedTuple):
    """The finished bundle: its file, and the digest and size of what is in it, encrypted or not."""

    path: Path
    sha256: str
    size: int


class Order(NamedTuple):
    """What is to be made: where, signed by whom, with what beside the records.

    `evidence` None leaves content out; `own` are files of the exporter's (reports, README);
    `seal` encrypts the whole.
    """

    path: Path
    export: str  # statement id of export.prepared
    signers: tuple[Signer, ...]
    at: int  # Unix seconds
    evidence: Evidence | None
    mirror: bool
    own: Mapping[str, bytes]
    progress: Progress | None = None
    seal: Seal | None = None


def write_bundle(rows: Reading, selection: Selection, order: Order) -> Made:
    """Write the bundle and hash it; when this returns it is on the disk.

    `rows` is the view that `selection` was gathered from.

    Raises:
        StorageError: evidence is missing or differs from its digest, or the disk refuses.
    """
    top = f"custody-{order.export[:12]}"
    with ExitStack() as stack:
        bag = stack.enter_context(BagWriter(order.path, top, order.at, order.seal))
        for name, data in sorted(order.own.items()):
            bag.add(name, data)
        _write_ledger(bag, rows, selection)
        if order.mirror:
            bag.lines(layout.MIRROR, _mirror(rows, selection.checkpoint.size))
        if order.evidence is not None:
            for file in enclosed(selection, order.evidence):
                write_evidence(bag, file, order.evidence, order.progress)
        bag.finish(_bag_info(selection, order), lambda a, b: _signature(selection, order, a, b))
    return Made(order.path, bag.sha256, bag.size)


def _write_ledger(bag: BagWriter, rows: Reading, selection: Selection) -> None:
    tiles, index = Tiles(rows), Index(rows)
    prover = Prover(tiles, selection.checkpoint)
    size = selection.checkpoint.size
    bag.add(layout.CHECKPOINT, selection.checkpoint.note)
    records = sorted(selection.records.items())
    bag.lines(layout.RECORDS, (data for _, data in records))
    bag.lines(layout.PROOFS, (_line(n=n, path=_base64(prover.path(n))) for n, _ in records))
    bag.lines(layout.SUBJECTS, _subjects(index, selection))
    bag.lines(layout.COMPANIONS, _companions(prover, selection))
    bag.lines(layout.CONSISTENCY, _consistency(tiles, selection, size))
    disclosures = list(_disclosures(selection))
    bag.lines(layout.DISCLOSURES, disclosures, packing(disclosures))
    bag.add(layout.KEYS, _keys(rows, selection))
    for told in sorted(selection.told.values(), key=lambda told: told.env):
        if told.envelope:  # else it was erased
            bag.add(layout.ENVELOPE.format(told.env), told.envelope)


def _line(**members: object) -> bytes:
    return canonical.encode(members)


def _base64(path: Iterable[bytes]) -> list[str]:
    return [canonical.to_base64(value) for value in path]


def _subjects(index: Index, selection: Selection) -> Iterator[bytes]:
    for tag, counted in sorted(index.prove(list(selection.chains)).items()):
        proof = [value.hex() for value in counted.proof]
        yield _line(tag=tag, count=counted.length, head=counted.head, proof=proof)


def _companions(prover: Prover, selection: Selection) -> Iterator[bytes]:
    for n, data in sorted(selection.companions.items()):
        value = canonical.decode(data, canonical.RECORD_LIMIT)
        yield _line(n=n, path=_base64(prover.path(n)), record=value)


def _consistency(tiles: Tiles, selection: Selection, size: int) -> Iterator[bytes]:
    seen = {told.statement.seen for told in selection.told.values()}
    for earlier, root in sorted(seen):
        if 0 < earlier < size:
            yield _line(size=earlier, root=root, path=_base64(tiles.consistency(earlier, size)))


def _disclosures(selection: Selection) -> Iterator[bytes]:
    for told in sorted(selection.told.values(), key=lambda told: told.env):
        for name, text in sorted(zip(told.opened, told.texts, strict=True)):
            yield _line(disclosure=text, env=told.env, name=name)


def _keys(rows: Reading, selection: Selection) -> bytes:
    """The case key for a whole case; else only the keys of the subjects that are shown."""
    found = rows.case_key(bytes.fromhex(selection.case))
    if found is None:
        raise StorageError("the key of the case is missing: restore it from a backup")
    key, reference = found
    if selection.whole:
        cases = [{"key": key.hex(), "reference": reference}]
        return canonical.encode({"v": 1, "cases": cases, "subjects": []})
    subjects = []
    for subject in selection.subjects.values():
        if isinstance(subject, Item | Case):
            kind = "item" if isinstance(subject, Item) else "case"
            number = subject.number if isinstance(subject, Item) else None
            own = tags.subject_key(key, kind, reference, number).hex()
            entry = {"key": own, "kind": kind, "reference": reference}
            subjects.append({**entry, "number": number} if number else entry)
    subjects.sort(key=lambda entry: (str(entry["kind"]), int(str(entry.get("number", 0)))))
    return canonical.encode({"v": 1, "cases": [], "subjects": subjects})


def _mirror(rows: Reading, size: int) -> Iterator[bytes]:
    for start in range(0, size, MIRROR_STEP):
        yield from rows.records(start, min(start + MIRROR_STEP, size))


def write_evidence(
    bag: BagWriter, file: Enclosed, evidence: Evidence, progress: Progress | None
) -> None:
    """One file out of the vault, compared with its digest on the way."""

    def blocks(source: BinaryIO) -> Iterator[bytes]:
        while block := source.read(BLOCK):
            if progress:
                progress(len(block))
            yield block

    try:
        with evidence.open(file.sha256) as source:
            # What was signed of its size may be wrong; the header of a large member must fit it.
            found = bag.stream(file.name, blocks(source), evidence.size(file.sha256))
    except NotFoundError as error:
        raise StorageError(f"{file.name}: {error}; export with --records-only") from error
    except DamagedError as error:
        raise StorageError(
            f"{file.name}: {error}; run `custody check` on the item, then export with --records-only"
        ) from error
    if found != file.sha256:
        raise StorageError(
            f"{file.name}: the vault's object {file.sha256:.12} does not have its digest any more; "
            "run `custody check` on the item, then export with --records-only"
        )


def _bag_info(selection: Selection, order: Order) -> list[str]:
    return [
        "Source-Organization: see data/reports/custody-register.txt",
        f"Bagging-Date: {times.spelt(order.at)[:10]}",
        f"External-Identifier: {order.export}",
        f"Ledger-Id: {selection.origin}",
        f"Chain-Head: {selection.checkpoint.root.hex()}",
    ]


def _signature(selection: Selection, order: Order, sha256: str, sha512: str) -> bytes:
    row = selection.checkpoint
    payload = canonical.encode(
        {
            "v": 1,
            "ledger": selection.origin,
            "export": order.export,
            "checkpoint": {"size": row.size, "root": row.root.hex()},
            "manifest_sha256": sha256,
            "manifest_sha512": sha512,
            "time": times.spelt(order.at),
        }
    )
    return dsse.sign(dsse.BUNDLE, payload, order.signers).encode()
