"""What commands that sign answer, and how refusals look."""

from typing import Any

from custody_schemas.declare import Record
from custody_schemas.fields import Digest, Size, Time


class Refusal(Record):
    """Why nothing was done.

    code: a code of `codes.CODES`
    message: what is wrong, and what to do
    rule: what the code says wherever it is met
    source: where the rule comes from: a requirement, SPEC.md, a standard
    instead: what to do
    explain: the command that says all of this in full
    candidates: what an ambiguous name could mean
    """

    code: str
    message: str
    rule: str
    source: str | None = None
    instead: str
    explain: str
    candidates: tuple[str, ...] | None = None


class Refused(Record):
    """The answer of whatever did not succeed."""

    refused: Refusal


class SignedBy(Record):
    """Somebody who signed."""

    name: str
    key: Digest
    capacity: str


class EntryAnswer(Record):
    """One signed entry that was recorded, and the indices of its records."""

    entry: Digest
    act: str
    records: tuple[int, ...]


class Recorded(Record):
    """What was recorded in one submission, after its proofs have verified.

    items: the items concerned, as CASE/NUMBER
    records: indices of all records
    at: the ledger's time
    """

    items: tuple[str, ...]
    entries: tuple[EntryAnswer, ...]
    records: tuple[int, ...]
    at: Time
    signed_by: tuple[SignedBy, ...]


class Digests(Record):
    """Digests of content; of a folder or of segments, those of its manifest."""

    sha256: Digest
    blake3: Digest


class Acquired(Recorded):
    """Content that was taken in.

    item: the new item, as CASE/NUMBER
    size: bytes of all files
    adverse: what speaks against the content as it was taken in
    """

    item: str
    digests: Digests
    size: Size
    adverse: tuple[str, ...]


class Planned(Record):
    """What `acquire --dry-run` would take in; nothing was read but names and headers."""

    name: str
    kind: str
    files: int
    size: Size
    unreadable: tuple[str, ...]


class Drafted(Record):
    """What `--dry-run` would have signed: each act's name and payload."""

    would_sign: tuple[dict[str, Any], ...]


class CheckedItem(Record):
    """The computed verdict on an item's content, or seal."""

    item: str
    verdict: str
    detail: str


class Checked(Recorded):
    """What was found, and that it was recorded."""

    found: tuple[CheckedItem, ...]


class Exported(Record):
    """A bundle that was made: its file, digest and size, and what it shows.

    sha256, size: of the bundle itself, also where the file is encrypted
    left_out: items whose content stayed behind because it is sensitive
    """

    bundle: str
    sha256: Digest
    size: Size
    root: Digest
    items: tuple[str, ...]
    encrypted: bool
    left_out: tuple[str, ...]


class Demonstrated(Record):
    """What `custody demo` left behind: paths.

    bundle: the bundle that passes
    trust: the trust file
    spoilt: the bundle that fails
    """

    bundle: str
    trust: str
    spoilt: str
