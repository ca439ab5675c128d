"""All signed entries of a ledger, as an auditor reads them."""

from typing import Any

from custody_schemas.declare import Record
from custody_schemas.fields import Digest, Time


class JournalEntry(Record):
    """One signed entry; what is not said is an empty string.

    records: index of its first and of its last record
    at: when it was recorded, by the ledger's clock
    target: to whom something went by it
    why: purpose and reasons
    late: why it was recorded late
    not_stated: members of which the entry says that they are not stated
    withheld: fields that are not opened here
    """

    records: tuple[int, ...]
    at: Time
    happened: str
    act: str
    title: str
    entry: Digest
    subjects: tuple[str, ...]
    signed_by: tuple[str, ...]
    target: str
    why: str
    late: str
    not_stated: tuple[str, ...]
    withheld: tuple[str, ...]


class AccessedEntry(Record):
    """An entry that concerns a person.

    ways: how: as who signs it, as whom it names, as who held the item until then
    said: fields in which one of her names stands, with what they say
    proof: of recording of its first record, a C2SP tlog proof
    """

    entry: JournalEntry
    ways: tuple[str, ...]
    said: tuple[str, ...]
    proof: str


class Accessed(Record):
    """Everything that the record says of one person in one case. (R100)

    called: the names that were looked for
    size, root: of the checkpoint that the ledger had signed by then
    file: where it was written
    """

    person: str
    called: tuple[str, ...]
    case: str
    origin: str
    size: int
    root: Digest
    entries: tuple[AccessedEntry, ...]
    file: str | None = None


class Journal(Record):
    """Entries in the order of the ledger, and what they count up to.

    more: there are further entries than the limit let through
    acts: number of the entries by act
    not_stated: in how many entries a member is not stated
    csv: the file that the entries were written to, in place of `entries`
    """

    entries: tuple[JournalEntry, ...]
    more: bool
    count: int
    acts: dict[str, Any]
    not_stated: dict[str, Any]
    csv: str | None = None
