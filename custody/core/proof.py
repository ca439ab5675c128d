"""Proof that a record is in the log: C2SP tlog-proof v1, one text file.

c2sp.org/tlog-proof@v1 ⏎
extra <base64> ⏎                  left out when empty; ours is the record itself
index <n> ⏎
<base64 of a hash> ⏎ …            inclusion path, leaf to root
⏎
<checkpoint, a signed note>
"""

from custody.core.checkpoint import Checkpoint
from custody.core.errors import MalformedError, ProofError
from custody.core.note import LIMIT as NOTE_LIMIT
from custody.core.note import Note, decode64, encode64, number
from custody.core.tree import root_from_inclusion

HEADER = "c2sp.org/tlog-proof@v1"
LIMIT = NOTE_LIMIT + 100_000  # bytes


class Proof:
    """An inclusion proof with the note that holds its checkpoint; nothing has been checked."""

    __slots__ = ("extra", "index", "note", "path")

    def __init__(self, index: int, path: tuple[bytes, ...], note: Note, extra: bytes = b"") -> None:
        self.index, self.path, self.note, self.extra = index, path, note, extra

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Proof) and other.encode() == self.encode()

    def __hash__(self) -> int:
        return hash(self.encode())

    def encode(self) -> bytes:
        extra = f"extra {encode64(self.extra)}\n" if self.extra else ""
        path = "".join(f"{encode64(each)}\n" for each in self.path)
        head = f"{HEADER}\n{extra}index {self.index}\n{path}\n"
        return head.encode() + self.note.encode()

    @classmethod
    def read(cls, data: bytes) -> "Proof":
        """Parse a proof; what it accepts, `encode` gives back byte for byte.

        Raises:
            MalformedError: not a tlog-proof, or longer than LIMIT bytes.
        """
        head, separator, note = data.partition(b"\n\n")
        if len(data) > LIMIT or not separator or not head.isascii():
            raise MalformedError(f"not a proof of recording: it begins with {HEADER}")
        header, *lines = head.decode().split("\n")
        if header != HEADER:
            raise MalformedError(f"a proof of recording begins with {HEADER}, not {header[:60]!r}")
        extra = b""
        if lines and lines[0].startswith("extra "):
            extra = decode64(lines.pop(0)[6:])
            if not extra:
                raise MalformedError("a proof without extra data has no extra line")
        if not lines or not lines[0].startswith("index "):
            raise MalformedError("a proof of recording names the index of its record")
        path = tuple(decode64(line) for line in lines[1:])
        if any(len(each) != 32 for each in path):
            raise MalformedError("every line of the path is a hash of 32 bytes")
        return cls(number(lines[0][6:]), path, Note.read(note), extra)

    @property
    def checkpoint(self) -> Checkpoint:
        return Checkpoint.read(self.note.text)

    def verify(self, leaf: bytes) -> Checkpoint:
        """The checkpoint in which the leaf hash `leaf` is shown to be record `index`.

        Whose checkpoint that is, only a trust file can say: `TrustFile.judge(proof.note)`.

        Raises:
            ProofError: the path does not lead there.
        """
        checkpoint = self.checkpoint
        if root_from_inclusion(leaf, self.index, checkpoint.size, self.path) != checkpoint.root:
            raise ProofError(
                f"record {self.index} is not shown to be in the checkpoint of {checkpoint.size}"
            )
        return checkpoint
