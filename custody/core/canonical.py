"""The one spelling of everything hashed or signed (SPEC §1): a subset of RFC 8785 JSON.

Keys `[a-z][a-z0-9_.]*`, besides DSSE's `payloadType` (an enrolment's envelope stands as an object
in a statement); strings, integers |n| < 2**53, booleans, arrays and objects; no floats,
nulls or duplicate keys; at most 8 nested containers; base64 that re-encodes to itself. In this
subset (ASCII keys, no floats) RFC 8785 is what the standard library writes when keys are sorted
and nothing is padded: a test holds that against an independent implementation.

A reader never repairs: what `encode` would not write, `decode` refuses.
"""

import binascii
import json
import re
from collections.abc import Iterable
from typing import Any, NoReturn

from custody.core.errors import MalformedError

STATEMENT_LIMIT = 256 * 1024  # bytes
ENVELOPE_LIMIT = 512 * 1024
RECORD_LIMIT = 2 * 1024
DEPTH = 8
INTEGERS = 2**53  # every integer lies strictly between -INTEGERS and INTEGERS

# Characters that no string may hold, line feed excepted because it is always written \n: controls,
# line separators, bidirectional overrides and isolates. Of escapes only \n \" \\ can remain.
TEXT = re.compile(
    r'(?:[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\\]++|\\["\\n])*+'
)
NAME = re.compile(r"[a-z][a-z0-9_.]*")
KEYS = re.compile(rf"(?:(?:{NAME.pattern}|payloadType)\n)++")
PERCENTED = re.compile(r"(?:[A-Za-z0-9._/-]++|%[0-9a-f]{2})*+")

_PERCENT = {byte: f"%{byte:02x}" for byte in range(256) if not PERCENTED.fullmatch(chr(byte))}
_TO_URL, _FROM_URL = bytes.maketrans(b"+/", b"-_"), bytes.maketrans(b"-_+/=", b"+/!!!")
_PLAIN = bytes(byte for byte in range(0x20, 0x7F) if byte != ord("\\"))
_NAMES: set[str] = set()  # keys that were found right before; so many and so long at most:
_NAMES_MOST, _NAME_LONGEST = 2000, 40


def _refuse_number(text: str) -> NoReturn:
    raise MalformedError(f"{text[:40]} is not an integer; the formats have no other numbers")


_ENCODER = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, sort_keys=True, separators=(",", ":")
)
_DECODER = json.JSONDecoder(parse_float=_refuse_number, parse_constant=_refuse_number)


def encode(value: Any) -> bytes:
    """RFC 8785 bytes of `value`, made of dict, list or tuple, str, int and bool.

    Raises:
        MalformedError: `value` holds something that `decode` would refuse.
    """
    _check(value, DEPTH)
    text = _ENCODER.encode(value)
    _check_characters(text)
    return text.encode()  # cannot fail: surrogates are among the refused characters


def decode(data: bytes, limit: int) -> Any:
    """The value whose one spelling is `data`, at most `limit` bytes.

    Raises:
        MalformedError: too long, outside the subset, or spelt otherwise than `encode` does.
    """
    return value_of(text_of(data, limit))


def text_of(data: bytes, limit: int) -> str:
    """The text in `data`, at most `limit` bytes, which holds no character that is not allowed.

    Raises:
        MalformedError: too long, not UTF-8, or another character.
    """
    if len(data) > limit:
        raise MalformedError(f"{len(data)} bytes, where at most {limit} are allowed")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise MalformedError(f"not JSON in UTF-8: {error}") from None
    _check_characters(text)
    return text


def value_of(text: str, depth: int = DEPTH) -> Any:
    """The value whose one spelling is `text`, which came through `text_of`.

    depth: how many nested containers may be in it; fewer where it is part of something

    Raises:
        MalformedError: outside the subset, or spelt otherwise than `encode` does.
    """
    try:
        value = _DECODER.decode(text)
    except RecursionError:
        raise MalformedError(f"more than {DEPTH} nested containers") from None
    except json.JSONDecodeError as error:
        raise MalformedError(f"not JSON in UTF-8: {error}") from None
    except ValueError:  # of thousands of digits: Python does not even read it
        raise MalformedError("an integer lies beyond 2**53") from None
    _check(value, depth)
    # Also finds duplicate keys, -0, blanks and needless escapes: none of them survives this.
    if _ENCODER.encode(value) != text:
        raise MalformedError("not in canonical form (RFC 8785): its bytes have another spelling")
    return value


def _check(value: Any, depth: int) -> None:
    """Refuse what no member of the subset can be; characters are checked in the text."""
    if isinstance(value, dict):
        if not _NAMES.issuperset(value):
            _check_keys(value)
        items: Iterable[Any] = value.values()
    elif isinstance(value, (list, tuple)):
        items = value
    elif isinstance(value, int):
        if not -INTEGERS < value < INTEGERS:
            raise MalformedError("an integer lies beyond 2**53")
        return
    elif isinstance(value, str):
        return
    else:
        raise MalformedError(f"a {type(value).__name__} has no place in the formats")
    if depth == 0:
        raise MalformedError(f"more than {DEPTH} nested containers")
    for item in items:  # what most members are is passed over without a call
        kind = type(item)
        if kind is not str and not (kind is int and -INTEGERS < item < INTEGERS):
            _check(item, depth - 1)


def _check_keys(value: dict[Any, Any]) -> None:
    try:  # one match for all keys; the count finds a key with a line feed of its own
        lines = "\n".join((*value, ""))
    except TypeError:  # what is not a string is no key either
        lines = ""
    if not KEYS.fullmatch(lines) or lines.count("\n") != len(value):
        raise MalformedError(f"{list(value)!r:.200} are not all keys like [a-z][a-z0-9_.]*")
    if len(_NAMES) < _NAMES_MOST:
        _NAMES.update(key for key in value if len(key) <= _NAME_LONGEST)


def check_text(text: str) -> None:
    """Refuse a string that could stand in no document (for text that is hashed outside of JSON).

    Raises:
        MalformedError: it holds a character that the formats do not allow.
    """
    _check_characters(_ENCODER.encode(text))


def _check_characters(text: str) -> None:
    # Nearly all documents are plain ASCII without escapes: one pass in C instead of the pattern.
    if text.isascii() and not text.encode().translate(None, _PLAIN):
        return
    if not TEXT.fullmatch(text):
        raise MalformedError("holds a control, separator or bidirectional character, or its escape")


def to_base64(data: bytes) -> str:
    """Standard alphabet, padded (RFC 4648 §4)."""
    return binascii.b2a_base64(data, newline=False).decode()


def from_base64(text: str) -> bytes:
    """Inverse of `to_base64`: set trailing bits, blanks and missing padding are refused.

    Raises:
        MalformedError: not what `to_base64` writes.
    """
    try:
        data = binascii.a2b_base64(text)
    except ValueError:
        data = b""
    if to_base64(data) != text:
        raise MalformedError(f"{text!r:.60} is not base64 in its one spelling")
    return data


def to_base64url(data: bytes) -> str:
    """URL-safe alphabet, not padded (RFC 4648 §5)."""
    return binascii.b2a_base64(data, newline=False).translate(_TO_URL, b"=").decode()


def from_base64url(text: str) -> bytes:
    """Inverse of `to_base64url`.

    Raises:
        MalformedError: not what `to_base64url` writes.
    """
    data, padded = b"", b"!"  # which no data is spelt as
    try:
        padded = text.encode("ascii").translate(_FROM_URL) + b"=" * (-len(text) % 4)
        data = binascii.a2b_base64(padded)
    except ValueError:
        pass
    if binascii.b2a_base64(data, newline=False) != padded:
        raise MalformedError(f"{text!r:.60} is not unpadded base64url in its one spelling")
    return data


def percent(name: bytes) -> str:
    """A name found in evidence, all but `A–Z a–z 0–9 . _ - /` as %xx in lower-case hex."""
    return name.decode("latin-1").translate(_PERCENT)


def unpercent(text: str) -> bytes:
    """The name that `percent` spells as `text`.

    Raises:
        MalformedError: `percent` spells no name so: a character encoded needlessly, in upper
            case, or not at all.
    """
    if not PERCENTED.fullmatch(text):
        raise MalformedError(f"{text!r:.60} is not a percent-encoded name")
    name = re.sub(rb"%(..)", lambda found: bytes.fromhex(found[1].decode()), text.encode())
    if percent(name) != text:
        raise MalformedError(f"{text!r:.60} encodes a character that stands for itself")
    return name
