"""Blinded names of subjects (SPEC §5).

    X            custody/<kind>/v1 0x00 case reference [0x00 decimal item number]
    subject key  HMAC-SHA256(case key, X)
    tag          HMAC-SHA256(subject key, X)

A reference cannot hold 0x00, so two different subjects never share an X. Items are numbered from
1 to 99,999: whoever holds a case key can compute every tag that an item of the case can have.
"""

import hashlib
import hmac
from collections.abc import Iterator
from functools import lru_cache

from custody.core.canonical import check_text
from custody.core.errors import MalformedError

ITEM_NUMBERS = range(1, 100_000)
KEY_BYTES = 32


def subject_key(case_key: bytes, kind: str, reference: str, number: int | None = None) -> bytes:
    """The key that opens one subject's tag; `case_key` is 32 bytes, so is the answer.

    `kind` is case, register or item; only an item has a `number`.

    Raises:
        MalformedError: a reference, kind or number that no subject can have.
    """
    return _hmac(case_key, _name(kind, reference, number))


def tag(subject_key: bytes, kind: str, reference: str, number: int | None = None) -> str:
    """Tag of the subject whose key is `subject_key`, in hex.

    Raises:
        MalformedError: as `subject_key`.
    """
    return _hmac(subject_key, _name(kind, reference, number)).hex()


def actor_tag(origin: str, first_key_id: str) -> str:
    """Tag of the actor who was registered at ledger `origin` with this key."""
    return _hash("actor", origin, first_key_id)


def item_tags(case_key: bytes, reference: str) -> Iterator[tuple[int, str]]:
    """Number and tag of every item that a case can have: what `tag` says, for all of them."""
    name = _joined("item", reference)
    for number in ITEM_NUMBERS:
        numbered = b"%b\0%d" % (name, number)
        yield number, _hmac(_hmac(case_key, numbered), numbered).hex()


@lru_cache(maxsize=16)
def ledger_tag(origin: str) -> str:
    """Tag of the ledger's own chain."""
    return _hash("ledger", origin)


def _hmac(key: bytes, message: bytes) -> bytes:
    if len(key) != KEY_BYTES:
        raise MalformedError(f"a key of {len(key)} bytes; case and subject keys have {KEY_BYTES}")
    return hmac.digest(key, message, "sha256")


def _hash(kind: str, *parts: str) -> str:
    return hashlib.sha256(_joined(kind, *parts)).hexdigest()


def _name(kind: str, reference: str, number: int | None) -> bytes:
    if kind == "item" and type(number) is int and number in ITEM_NUMBERS:
        return _joined(kind, reference, str(number))
    if kind in ("case", "register") and number is None:
        return _joined(kind, reference)
    raise MalformedError(f"no {kind} can have number {number}: items are numbered 1 to 99999")


def _joined(kind: str, *parts: str) -> bytes:
    for part in parts:
        if not part:
            raise MalformedError("a reference cannot be empty")
        check_text(part)  # also keeps out the 0x00 that separates the parts
    return "\0".join((f"custody/{kind}/v1", *parts)).encode()
