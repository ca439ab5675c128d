"""All signed entries in the ledger's own order, a page at a time: what an auditor reads.

What can be told from an index is never read: times are found by halving, because `at` never
decreases (SPEC §4), subjects by their places. Memory does not grow with the ledger.
"""

from binascii import Error, a2b_base64
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from custody.core import record
from custody.core.errors import StorageError
from custody.ledger import Recorded
from custody.ledger.erasures import saying as saying_of
from custody.ledger.storage import Reading, Storage

PAGE = 128  # records looked at in one view
PAYLOAD = b'{"payload":"'  # how every envelope begins: RFC 8785 sorts its members


class Wanted(NamedTuple):
    """Which entries: all of these must hold.

    since, until: recorded at or after, and at or before, in Unix seconds of the ledger's clock.
    tags: about one of these subjects; None: about anything.
    saying: texts that stand in the signed bytes, as they are spelt there.
    """

    since: int | None = None
    until: int | None = None
    tags: Sequence[str] | None = None
    saying: Sequence[bytes] = ()


def entries(storage: Storage, wanted: Wanted) -> Iterator[Recorded]:
    """The first wanted record of each entry; entries that are added meanwhile are left out."""
    with storage.reading() as rows:
        numbers = _numbers(rows, wanted)
    before: int | None = None
    for low in range(0, len(numbers), PAGE):
        found: list[Recorded] = []
        with storage.reading() as rows:
            for data, envelope in _records(rows, numbers[low : low + PAGE]):
                if envelope is not None and envelope != before:
                    found += _recorded(rows, data, envelope, wanted.saying)
                before = envelope
        yield from found


def _numbers(rows: Reading, wanted: Wanted) -> Sequence[int]:
    """Indexes of the records that may be wanted, ascending."""
    every = range(rows.size())
    low, high = 0, len(every)
    if wanted.since is not None:
        low = bisect_left(every, wanted.since, key=lambda n: _at(rows, n))
    if wanted.until is not None:
        high = bisect_left(every, wanted.until + 1, key=lambda n: _at(rows, n))
    if wanted.tags is None:
        return every[low:high]
    places = (n for tag in wanted.tags for n in rows.places(bytes.fromhex(tag)))
    return sorted({n for n in places if low <= n < high})


def _at(rows: Reading, n: int) -> int:
    data = rows.record(n)
    if data is None:
        raise StorageError(f"record {n} is missing: run `custody verify --full`")
    return record.read(data).at


def _records(rows: Reading, numbers: Sequence[int]) -> Iterator[tuple[bytes, int | None]]:
    """The records of those indexes, each with the id of its envelope."""
    if isinstance(numbers, range):
        yield from rows.headers(numbers.start, numbers.stop)
        return
    for n in numbers:
        yield from rows.headers(n, n + 1)


def _recorded(
    rows: Reading, data: bytes, envelope: int, saying: Sequence[bytes]
) -> Iterator[Recorded]:
    signed = rows.envelope(envelope)
    if signed is None or _says(signed, saying):
        erased = saying_of(rows, envelope) if signed is None else b""
        yield Recorded(data, signed or b"", rows.disclosures(envelope), erased)


def _says(envelope: bytes, saying: Sequence[bytes]) -> bool:
    """Whether all of it stands in the payload; True also where the payload cannot be read.

    A first look, for speed: whoever reads the statement looks at the members themselves.
    """
    if not saying or not envelope.startswith(PAYLOAD):
        return True
    try:
        payload = a2b_base64(envelope[len(PAYLOAD) : envelope.find(b'"', len(PAYLOAD))])
    except Error:
        return True
    return all(each in payload for each in saying)
