"""Salted disclosures (SPEC §8; the digest rule of RFC 9901, without its JWT).

A statement holds the digest, the disclosure travels beside it: `["<salt>","<field>",<value>]` as
base64url, where the salt is 32 random bytes. Whoever deletes the disclosure leaves a digest that
says nothing. By hand: `printf %s "$D" | openssl dgst -sha256 -binary | basenc --base64url`.
"""

import hashlib
import re
from collections.abc import Callable
from typing import Any, NamedTuple, TypeGuard

from custody.core.canonical import (
    NAME,
    STATEMENT_LIMIT,
    decode,
    encode,
    from_base64url,
    to_base64url,
)
from custody.core.errors import MalformedError

Value = str | int | bool | tuple[str, ...]
Entropy = Callable[[int], bytes]

# 32 bytes in unpadded base64url: the last character carries four bits.
THIRTY_TWO_BYTES = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
# What nearly all disclosures are: plain ASCII text without escapes, in canonical form as it is.
PLAIN = re.compile(rf'\["({THIRTY_TWO_BYTES.pattern})","({NAME.pattern})","([ !#-\[\]-~]*)"\]')


class Disclosure(NamedTuple):
    """One personal field, opened. `text` is what is kept and handed over, `digest` its digest."""

    salt: str
    field: str
    value: Value
    text: str
    digest: str


def read(text: str) -> Disclosure:
    """The disclosure that `text` spells, at most 256 KiB of JSON.

    Raises:
        MalformedError: anything else than its one spelling.
    """
    data = from_base64url(text)
    if len(data) <= STATEMENT_LIMIT and (plain := PLAIN.fullmatch(data.decode("latin-1"))):
        salt, field, value = plain.groups()
        return Disclosure(salt, field, value, text, digest(text))
    parts = decode(data, STATEMENT_LIMIT)
    if not (isinstance(parts, list) and len(parts) == 3):
        raise MalformedError("a disclosure is an array of salt, field and value")
    salt, field, value = parts
    if not is_digest(salt):
        raise MalformedError("the salt of a disclosure is 32 bytes in base64url")
    if not (isinstance(field, str) and NAME.fullmatch(field)):
        raise MalformedError(f"{field!r:.60} is not the name of a field")
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        value = tuple(value)
    elif not isinstance(value, (str, int)):
        raise MalformedError("a disclosed value is text, an integer, a boolean or a list of texts")
    return Disclosure(salt, field, value, text, digest(text))


def make(field: str, value: Value, entropy: Entropy) -> Disclosure:
    """A new disclosure; `entropy` gives as many random bytes as it is asked for.

    Raises:
        MalformedError: `field` or `value` is nothing that `read` would accept.
    """
    return read(to_base64url(encode([to_base64url(entropy(32)), field, value])))


def is_digest(value: Any) -> TypeGuard[str]:
    """Whether `value` could be the digest of a disclosure: 32 bytes in canonical base64url."""
    return isinstance(value, str) and THIRTY_TWO_BYTES.fullmatch(value) is not None


def digest(text: str) -> str:
    """What a statement holds in place of the disclosure `text` (RFC 9901 §4.2.3)."""
    return to_base64url(hashlib.sha256(text.encode()).digest())
