"""What commands about carried files answer."""

from custody_schemas.answers.recording import CheckedItem, Recorded, SignedBy
from custody_schemas.declare import Record
from custody_schemas.fields import Digest, Size, StatementId, Time


class OfferWritten(Record):
    """An offer that was written to a file.

    items: the items offered, as CASE/NUMBER
    to: who is to accept them
    releases: the entries that released them
    records: indices of what was recorded just now; none, where they were released before
    fingerprint: of the trust file in the offer
    checkpoint: number of records of the ledger at which the offer is proved
    size: bytes of the file
    """

    file: str
    items: tuple[str, ...]
    to: str
    releases: tuple[StatementId, ...]
    records: tuple[int, ...]
    fingerprint: Digest
    checkpoint: Size
    size: Size


class CountersignedEntry(Record):
    """An entry that was signed, and is recorded nowhere yet."""

    entry: StatementId
    act: str


class Countersigned(Record):
    """What the receiver signed, in a file that is to be carried back.

    until: when the ledger stops recording it
    found: what was found of seals and content
    """

    file: str
    ledger: str
    items: tuple[str, ...]
    entries: tuple[CountersignedEntry, ...]
    found: tuple[CheckedItem, ...]
    until: Time
    signed_by: tuple[SignedBy, ...]


class Submitted(Recorded):
    """What an answer brought, after its proofs have verified.

    earlier: whether all of it was recorded before this
    proofs: files with proofs of recording, to be carried back
    """

    earlier: bool
    proofs: tuple[str, ...]
