"""What was handed in, working copies, and how analyses are named."""

from custody_schemas.answers.recording import Digests, Planned, Recorded
from custody_schemas.declare import Record
from custody_schemas.fields import Digest, Size, Time


class ReceivedItem(Record):
    """An item that was handed in.

    digests, size: of its content; absent of a device or a paper
    supplied: whether the content matches the digests that came with it; absent where none came
    differs: what does not match them, a line each
    adverse: what speaks against the content as it was taken in
    """

    item: str
    digests: Digests | None = None
    size: Size | None = None
    supplied: str | None = None
    differs: tuple[str, ...]
    adverse: tuple[str, ...]


class Received(Recorded):
    """What was handed in, and that it was recorded."""

    received: tuple[ReceivedItem, ...]


class PlannedItems(Record):
    """What `receive --dry-run` would take in, an item each; nothing was read but names."""

    planned: tuple[Planned, ...]


class CopyAnswer(Record):
    """A working copy.

    number: counted from 1 for each item
    entry: the entry that issued it
    to: who got it
    path: where on the medium it was written
    fate: what became of it; absent while it is out
    check: whether it still matched the digests on file when it ended
    """

    item: str
    exhibit: str
    number: int
    entry: Digest
    to: str
    medium: str
    path: str
    since: Time
    due: Time | None = None
    fate: str | None = None
    check: str | None = None


class Copies(Record):
    """Working copies, by item and number."""

    copies: tuple[CopyAnswer, ...]


class CopyMade(Recorded):
    """A copy that was written, read back and recorded.

    path: where it is
    size: bytes of all files
    left_out: what the folder on file names and a copy does not hold: links, special files
    """

    item: str
    number: int
    path: str
    files: int
    size: Size
    verified: str
    left_out: tuple[str, ...]


class CopyEnded(Recorded):
    """What became of a copy.

    check: whether it still matches the digests on file; absent where it was not compared
    differs: files that do not match
    more: files that stand beside the content and are not part of it
    """

    item: str
    number: int
    fate: str
    check: str | None = None
    differs: tuple[str, ...]
    more: tuple[str, ...]
