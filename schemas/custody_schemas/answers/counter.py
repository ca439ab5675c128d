"""What goes wrong and is mended: takeovers, closed cases, people who leave, ledgers recovered."""

from custody_schemas.answers.recording import Checked, Recorded
from custody_schemas.declare import Record
from custody_schemas.fields import Digest, Origin, Size, Time


class TakenOver(Checked):
    """Items taken over; `not_seen` are those that were meant and are not there."""

    not_seen: tuple[str, ...]


class CaseEnded(Recorded):
    """A case that was closed, and what is still open in it, a sentence each."""

    case: str
    still_open: tuple[str, ...]


class Left(Recorded):
    """A person whose keys and roles were withdrawn.

    keys: the keys that were revoked
    roles: the roles that were revoked, with the case where they held in one only
    still_open: what she holds, has out, or is to receive, a sentence each
    next: commands that take it over
    """

    person: str
    keys: tuple[Digest, ...]
    roles: tuple[str, ...]
    still_open: tuple[str, ...]
    next: tuple[str, ...]


class RulesAnswer(Record):
    """The rules in force; `late_after` and `ahead` in seconds."""

    version: int
    late_after: int
    ahead: int
    approvers: int


class Saved(Record):
    """What was saved of a lost ledger, after every record of it was examined.

    origin, size, root: its last checkpoint
    reasons: why it cannot go on, a sentence each
    missing: what must be brought back before the evidence can be read, a sentence each
    proofs: what proofs of recording say that were handed out before the loss
    """

    origin: Origin
    size: Size
    root: Digest
    reasons: tuple[str, ...]
    missing: tuple[str, ...]
    proofs: tuple[str, ...]


class Continued(Record):
    """A new ledger that continues a lost one."""

    origin: Origin
    home: str
    identity: str
    key: Digest
    trust: Digest
    continues: Saved


class Recovered(Recorded):
    """Items of a lost ledger that were taken over.

    case: its reference
    not_seen: items of the lost ledger that are not taken over
    was_open: discrepancies that were open there and are open here
    """

    case: str
    not_seen: tuple[str, ...]
    was_open: tuple[str, ...]


class BackedUp(Record):
    """A copy of a ledger: its folder, records, vault objects and their bytes.

    spoilt: objects that are not what their names stand for, and were left out
    """

    folder: str
    records: int
    root: Digest
    objects: int
    size: Size
    spoilt: tuple[Digest, ...]


class KeyCopy(Record):
    """A copy of the keys of what is stored: in which folder, and when it was made."""

    folder: str
    at: Time


class LedgerKeyChanged(Record):
    """Another ledger key is in force.

    ledger_key: its file
    keys: how many it opens
    copies: copies of the keys that were made before, which the old one opens
    """

    ledger_key: str
    keys: int
    copies: tuple[KeyCopy, ...]


class KeysBackedUp(Record):
    """A copy of the keys of what is stored.

    ledger_key: whether the key that opens them lies there too
    others: copies that were made before, and hold keys that were destroyed since
    """

    copy: KeyCopy
    ledger_key: bool
    others: tuple[KeyCopy, ...]
