"""Carried files: what an offer and an answer hold, in one spelling (SPEC §11.7).

    offer    the releaser's machine → the receiver's: what she needs to check and to sign
    answer   the receiver's machine → the ledger's: what she signed

Neither is signed itself: each part is proved by what it holds, or it is not believed.
"""

from pathlib import Path
from typing import Annotated, Any, TypeVar

from custody.core import canonical
from custody.core.errors import MalformedError, StorageError
from custody.core.reading import plain, read_record
from custody_schemas.declare import Chars, Matches, Record, Several, Within
from custody_schemas.fields import HEX, Number, Origin

LIMIT = 32 << 20  # bytes of a file
OFFER, ANSWER = "transfer.offer", "transfer.answer"
ITEMS_MOST = 1000  # items of one offer
MANIFEST_MOST = 1 << 20  # bytes of a manifest that goes with an item

Version = Annotated[int, Within(1, 1)]
Base64 = Annotated[str, Chars(4, 2 << 20)]
Hash = Annotated[str, Chars(44, 44)]
Path64 = Annotated[tuple[Hash, ...], Several(0, 64)]
Records = Annotated[tuple[Base64, ...], Several(1, 100_000)]
Key = Annotated[str, Matches(HEX, "64 hexadecimal digits")]
R = TypeVar("R", bound=Record)


class SignedEntry(Record):
    """An envelope, and what is opened of it."""

    envelope: Base64
    disclosures: Annotated[tuple[Annotated[str, Chars(1, 400_000)], ...], Several(0, 100)]


class Begun(Record):
    """Record 0, and its path to the root."""

    record: Base64
    path: Path64


class Extended(Record):
    """That the first `size` records are the beginning of the checkpoint's."""

    size: Annotated[int, Within(1, 2**53 - 1)]
    path: Path64


class PersonChain(Record):
    """All records of somebody who signed a release, oldest first, and the last one's path."""

    records: Records
    path: Path64


class ItemChain(Record):
    """All records of an item, oldest first, the last one's path, and what its tag is made of."""

    reference: Annotated[str, Chars(1, 500)]
    number: Number
    key: Key
    records: Records
    path: Path64
    manifest: Base64 | None = None


class Offer(Record):
    """What the receiver's software checks and drafts from; all paths lead to `checkpoint`."""

    v: Version
    form: Annotated[str, Matches("transfer[.]offer", OFFER)]
    ledger: Origin
    trust: Annotated[str, Chars(1, 1_000_000)]
    checkpoint: Annotated[str, Chars(1, 1_000_000)]
    genesis: Begun
    consistency: Annotated[tuple[Extended, ...], Several(0, 1000)]
    entries: Annotated[tuple[SignedEntry, ...], Several(1, 100_000)]
    people: Annotated[tuple[PersonChain, ...], Several(1, 1000)]
    items: Annotated[tuple[ItemChain, ...], Several(1, ITEMS_MOST)]


class Answer(Record):
    """What the receiver signed, all of it opened, to be recorded together or not at all."""

    v: Version
    form: Annotated[str, Matches("transfer[.]answer", ANSWER)]
    ledger: Origin
    entries: Annotated[tuple[SignedEntry, ...], Several(1, 1000)]


def encode(file: Offer | Answer) -> bytes:
    """The file's bytes.

    Raises:
        MalformedError: it holds more than a carried file may.
    """
    data = canonical.encode(plain(file))
    if len(data) > LIMIT:
        raise MalformedError(
            f"{len(data)} bytes, where a carried file has at most {LIMIT}: offer fewer items"
        )
    return data


def read_offer(data: bytes) -> Offer:
    """The offer in `data`; nothing in it is believed yet. Raises MalformedError."""
    return _read(Offer, OFFER, data)


def read_answer(data: bytes) -> Answer:
    """The answer in `data`; nothing in it is believed yet. Raises MalformedError."""
    return _read(Answer, ANSWER, data)


def load(path: Path) -> bytes:
    """A file somebody carried here, as far as it may be read.

    Raises:
        StorageError: it cannot be read.
        MalformedError: it is longer than a carried file may be.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LIMIT + 1)
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > LIMIT:
        raise MalformedError(f"{path} has more than {LIMIT} bytes: no carried file is so long")
    return data


def _read(kind: type[R], form: str, data: bytes) -> R:
    try:
        value = canonical.decode(data, LIMIT)
    except MalformedError as error:
        raise MalformedError(f"not a carried file: {error}") from error
    _check_form(value, form)
    return read_record(kind, value, kind.__name__.lower())


def _check_form(value: Any, form: str) -> None:
    """What sort of file it is, said before anything about its members."""
    if type(value) is not dict or type(value.get("form")) is not str:
        raise MalformedError("not a carried file: it does not say of which form it is")
    if value["form"] != form:
        other = {OFFER: "`custody countersign` reads it", ANSWER: "`custody submit` reads it"}
        hint = other.get(value["form"], "a later version may read it")
        raise MalformedError(f"not a {form} but a {value['form']!r:.60}: {hint}")
    if value.get("v") != 1 or type(value["v"]) is not int:
        raise MalformedError("v: only version 1 is known")
