"""Lines of the consultation log, each of which names the hash of the line before. (SPEC §14.1)"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from custody.core import canonical
from custody.core.errors import MalformedError
from custody_schemas.terms import LogOperation

LIMIT = 262_144  # bytes of a line
SUBJECTS = 1_000  # tags that a line names; it counts the others
WORDS = 60  # typed words that a line keeps
LENGTH = 500  # characters of one of them, of a name, and of a justification
SALT = 16  # bytes: without them who guesses a line could tell an erased one by its hash
UNFIT = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
SHOWN, NAMED, ALL = "shown", "named", "all"


@dataclass(frozen=True, slots=True)
class Look:
    """One view, search or disclosure.

    at: Unix seconds, by this machine's clock
    operation: one of `LogOperation`
    command: what was typed, without arguments
    words: the arguments, as typed
    scope: `named`: the `subjects`; `all`: everything that the ledger knows
    subjects: tags; `count` of them, more than are named where there were too many
    result: `shown` (or done), or the code with which nothing was
    actor, name: whose identity was chosen; empty where there is none
    account: who was logged in at this machine
    because: the justification; empty where none was given
    """

    at: int
    operation: LogOperation
    command: str
    words: tuple[str, ...] = ()
    scope: str = NAMED
    subjects: tuple[str, ...] = ()
    count: int = 0
    result: str = SHOWN
    actor: str = ""
    name: str = ""
    account: str = ""
    because: str = ""

    def members(self) -> dict[str, Any]:
        """As a line spells it."""
        return {
            "account": _short(self.account),
            "actor": self.actor,
            "at": self.at,
            "because": _short(self.because),
            "command": self.command,
            "count": self.count,
            "name": _short(self.name),
            "operation": str(self.operation),
            "result": self.result,
            "scope": self.scope,
            "subjects": list(self.subjects[:SUBJECTS]),
            "words": [_short(word) for word in self.words[:WORDS]],
        }


@dataclass(frozen=True, slots=True)
class Line:
    """A look as it stands in the body of an epoch, as number `n` (from 1)."""

    epoch: int
    n: int
    prev: str
    salt: str
    look: Look

    def encode(self) -> bytes:
        """The bytes that are hashed; a line feed follows them. Raises MalformedError."""
        place = {"epoch": self.epoch, "n": self.n, "prev": self.prev, "salt": self.salt, "v": 1}
        return canonical.encode({**self.look.members(), **place})

    @classmethod
    def read(cls, data: bytes) -> "Line":
        """Inverse of `encode`. Raises MalformedError."""
        members = canonical.decode(data, LIMIT)
        try:
            line = _line(members)
        except (KeyError, TypeError, ValueError) as error:
            raise MalformedError(f"is no line of a consultation log: {error!r}") from None
        if line.encode() != data:
            raise MalformedError("has members that no line has, or of another kind")
        return line


def _line(members: Mapping[str, Any]) -> Line:
    look = Look(
        at=members["at"],
        operation=LogOperation(members["operation"]),
        command=members["command"],
        words=tuple(members["words"]),
        scope=members["scope"],
        subjects=tuple(members["subjects"]),
        count=members["count"],
        result=members["result"],
        actor=members["actor"],
        name=members["name"],
        account=members["account"],
        because=members["because"],
    )
    own = (look.command, look.scope, look.result, look.actor, look.name, look.account)
    texts = (*own, look.because, *look.words, *look.subjects, members["prev"], members["salt"])
    if not all(type(text) is str for text in texts):
        raise ValueError("a text is none")
    place = (members["epoch"], members["n"], look.at, look.count)
    if not all(type(number) is int and number >= 0 for number in place):
        raise ValueError("a number is none")
    line = Line(*place[:2], members["prev"], members["salt"], look)
    if len(bytes.fromhex(line.salt)) != SALT:
        raise ValueError("the salt is of another length")
    return line


def hashed(data: bytes) -> str:
    """Hash of a line, without its line feed, as the next line names it."""
    return sha256(data).hexdigest()


def first_prev(origin: str, epoch: int) -> str:
    """What the first line of an epoch names in place of a line before it."""
    return sha256(f"{origin}/consultations\n{epoch}\n".encode()).hexdigest()


def chained(origin: str, epoch: int, body: Sequence[bytes]) -> Iterator[Line]:
    """The lines of a body, each at its place.

    Raises:
        MalformedError: one was altered, removed, put elsewhere or added; the message names it.
    """
    prev = first_prev(origin, epoch)
    for n, data in enumerate(body, 1):
        try:
            line = Line.read(data)
        except MalformedError as error:
            raise MalformedError(f"line {n}: {error}") from error
        if (line.epoch, line.n) != (epoch, n):
            raise MalformedError(f"line {n} says that it is line {line.n} of epoch {line.epoch}")
        if line.prev != prev:
            raise MalformedError(f"line {n} does not follow from the line before it")
        prev = hashed(data)
        yield line


def _short(text: str) -> str:
    """Text that any document can hold, cut where it is longer than anybody needs."""
    clean = UNFIT.sub("\N{REPLACEMENT CHARACTER}", text)
    return clean if len(clean) <= LENGTH else clean[: LENGTH - 1] + "…"
