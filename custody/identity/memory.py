"""What an identity remembers of its ledger: the pinned trust file, the last checkpoint it verified.

Kept beside the keys and not in the ledger's home: a ledger that is put back, or replaced, must meet
somebody who remembers.
"""

import json
from pathlib import Path
from typing import NamedTuple

from custody import durable
from custody.core.errors import MalformedError, RollbackError, StorageError, UsageError


class LastSeen(NamedTuple):
    """Size and root (hex) of the largest checkpoint that this identity verified."""

    size: int
    root: str


def last_seen(folder: Path) -> LastSeen | None:
    """None before the first one.

    Raises:
        MalformedError: the file is spoilt; it is not guessed at, because it guards against
            a ledger that was put back.
    """
    data = _bytes(folder / "seen.json")
    if data is None:
        return None
    try:
        found = json.loads(data)
        if not isinstance(found["size"], int) or len(bytes.fromhex(found["root"])) != 32:
            raise ValueError("size and root")
        return LastSeen(found["size"], found["root"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise MalformedError(f"{folder / 'seen.json'} is spoilt: {error!r}") from error


def advance(folder: Path, seen: LastSeen) -> None:
    """Remember `seen`; the caller has checked that it extends what was seen before.

    Of two processes that finish at once the smaller size may win: the next act mends that, and
    no size is ever remembered that was not verified.

    Raises:
        RollbackError: another root was seen at that size.
    """
    before = last_seen(folder)
    if before is not None and before.size == seen.size and before.root != seen.root:
        raise RollbackError(f"two different ledgers of {seen.size} records were shown to you")
    if before is None or before.size < seen.size:
        value = {"v": 1, "size": seen.size, "root": seen.root}
        durable.replace(folder / "seen.json", json.dumps(value).encode() + b"\n")


def pinned(folder: Path) -> bytes | None:
    """The text of the trust file that this identity pinned, None before it did."""
    return _bytes(folder / "trust.txt")


def pin(folder: Path, text: bytes) -> None:
    """Pin a trust file. The same text again is no change.

    Raises:
        UsageError: another one is pinned. Replacing it is a decision for people: move the old
            one away first.
    """
    before = pinned(folder)
    if before is None:
        durable.replace(folder / "trust.txt", text)
    elif before != text:
        raise UsageError(
            f"{folder / 'trust.txt'} pins another ledger or other keys; compare the fingerprints "
            "with the operator, and move that file away if the new one is right"
        )


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}") from error
