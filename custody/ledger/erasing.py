"""Destroys what signed entries say is erased. (SPEC §8.4)

The entry is recorded first; then, in one transaction, the values go, and every label that they gave,
and what else was encrypted with the same keys is written under new ones; then the file is written anew
and its log emptied; then the old keys are destroyed, without which no older copy of those rows can be
read; only then it counts as done. Killed anywhere, the next run finds what is not done and does it
again.
"""

from collections.abc import Iterator

from custody.core import disclosure, record, statement
from custody.core.dsse import Envelope
from custody.core.errors import MalformedError, StorageError
from custody.core.findings import Check, Finding, failed
from custody.core.record import Entry
from custody.core.state import Actor, decode
from custody.core.world import Chain
from custody.ledger.erasures import WHOLE, said_at
from custody.ledger.past import Standing
from custody.ledger.projections import KEY, Labels
from custody.ledger.storage import ErasureRow, LabelRow, Leaf, Reading, Storage, Writing

PAGE = 256  # records of a chain read together


def finish(storage: Storage) -> list[int]:
    """Destroy what is to be destroyed; the records of the entries that said so.

    Raises:
        KeyStoreError: the keys are not at hand; nothing was destroyed.
        StorageError: some may be there still; it can be repeated.
    """
    with storage.writing() as rows:
        waiting = [row for row in rows.erasures() if not row.done or _stands(rows, row)]
        for row in waiting:
            _destroy(rows, row)
        renewed = rows.renew({row.envelope for row in waiting}) if waiting else {}
    if waiting:
        storage.scrub()
        storage.forget(renewed)  # only now: the old rows were in the file until then
        with storage.writing() as rows:
            rows.erased(waiting)
    return sorted({row.said for row in waiting})


def unfinished(rows: Reading) -> Iterator[Finding]:
    """What is said to be erased and may still be stored."""
    for n in sorted({row.said for row in rows.erasures() if not row.done or _stands(rows, row)}):
        detail = "what it says is erased may still be stored: run `custody privacy finish`"
        yield failed(Check.REDACTIONS, f"record {n}", detail)


def _stands(rows: Reading, row: ErasureRow) -> bool:
    """Whether it can still be read."""
    try:
        texts = rows.disclosures(row.envelope)
    except StorageError:
        return True  # nobody can say what it is
    if row.field == WHOLE:
        return bool(texts) or rows.envelope(row.envelope) is not None
    return len(_without(texts, row.field)) < len(texts)


def _without(texts: tuple[str, ...], field: str) -> list[str]:
    """The disclosures of all other fields. Raises StorageError."""
    try:
        return [text for text in texts if disclosure.read(text).field != field]
    except MalformedError as error:
        raise StorageError(
            f"a disclosure cannot be read ({error}), so nobody knows what it opens: run `custody "
            "verify --full`"
        ) from error


def _destroy(rows: Writing, row: ErasureRow) -> None:
    texts = rows.disclosures(row.envelope)
    kept = [] if row.field == WHOLE else _without(texts, row.field)
    rows.erase(row.envelope, "\n".join(kept), whole=row.field == WHOLE)
    for tag in _chains(rows, row):
        rows.relabel(tag, KEY, labels(rows, tag))


def _chains(rows: Reading, row: ErasureRow) -> list[bytes]:
    """Tags of the subjects of the erased entry. Raises StorageError."""
    said = said_at(rows, row.said)
    run = rows.statement(bytes.fromhex(said.act.entry)) if said else None
    if run is None:
        raise StorageError(f"record {row.said} erases nothing: run `custody verify --full`")
    entries = map(record.read, rows.records(run.first, run.first + run.length))
    return [bytes.fromhex(entry.tag) for entry in entries if isinstance(entry, Entry)]


def labels(rows: Reading, tag: bytes) -> list[LabelRow]:
    """What the entries of a chain call it, as far as they are kept; keys of people left out."""
    row = rows.subject(tag)
    if row is None:
        return []
    subject = decode(row.kind, row.state)
    if isinstance(subject, Actor):
        subject = subject.but(keys=())
    after = {tag.hex(): Standing(row.kind, subject, Chain(row.length, row.head.hex(), 0), None)}

    def first_of(key: str) -> int | None:
        run = rows.statement(bytes.fromhex(key))
        return run.first if run else None

    found = Labels(lambda _: (), first_of)
    for leaf in _leaves(rows, tag, row.length):
        if leaf.envelope is not None:
            made = statement.read(Envelope.read(leaf.envelope).payload)
            opened = [disclosure.read(text) for text in leaf.disclosures]
            found.take(made, opened, first_of(made.id) or 0, after)
    return [each for each in found.rows.values() if each]


def _leaves(rows: Reading, tag: bytes, length: int) -> Iterator[Leaf]:
    for start in range(0, length, PAGE):
        yield from rows.chain(tag, start, PAGE)
