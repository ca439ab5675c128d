"""Changes that know the form of what they change, so that they get past its outermost checks."""

import base64
import json
import string
import struct
import zlib
from random import Random
from typing import Any

# Values at the edges of what the formats allow, and beyond.
ODD: tuple[Any, ...] = (
    *(0, 1, -1, 2**53 - 1, 2**53, -(2**53), 2**64, 10**400, True, False, None, 1.5),
    *("", "0", "\n", "\0", "\x7f", "\u2028", "\u202e", "\ud800", "é", "💾", "ß", "ı", '"', "\\"),
    *("0" * 64, "f" * 64, "A" * 43, "AA==", "2026-02-30T00:00:00Z", "9999-12-31T23:59:60Z"),
    *([], {}, [[]], [{}], {"a": 1}, "x" * 501, "-", "none", "not_stated", "data/../x"),
)
SECTION = 76  # bytes of a descriptor of an E01 section
FIRST = 13  # where the first one begins


def json_like(data: bytes, rng: Random) -> bytes:
    """A document with one to three places changed; base64 of documents is looked into.

    What is no JSON, and one in eight of the others, is changed byte by byte.
    """
    for _ in range(rng.choice((1, 1, 2, 3))):
        data = _one_place(data, rng)
    return data


def _one_place(data: bytes, rng: Random) -> bytes:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return spliced(data, rng)
    return spliced(data, rng) if rng.random() < 1 / 8 else spelt(_changed(value, rng))


def spelt(value: Any) -> bytes:
    """RFC 8785 as far as the standard library writes it, also of what our formats refuse."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode(errors="surrogatepass")


def json_lines(data: bytes, rng: Random) -> bytes:
    """A line left out, doubled, moved, or changed as `json_like` does."""
    lines = data.splitlines(keepends=True) or [b"\n"]
    place, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    match rng.randrange(5):
        case 0:
            del lines[place]
        case 1:
            lines.insert(other, lines[place])
        case 2:
            lines[place], lines[other] = lines[other], lines[place]
        case _:
            lines[place] = json_like(lines[place].rstrip(b"\n"), rng) + b"\n"
    return b"".join(lines)


def base64url(data: bytes, rng: Random) -> bytes:
    """The base64url of a document, changed as `json_like` does."""
    inside = _from_base64url(data.decode("latin-1"))
    return _to_base64url(json_like(inside, rng)).encode()


def spliced(data: bytes, rng: Random) -> bytes:
    """A few bytes replaced, left out, inserted or said twice."""
    here = rng.randrange(len(data) + 1)
    there = min(len(data), here + rng.choice((0, 1, 1, 2, 4, 8, 64)))
    new = rng.choice((b"", rng.randbytes(rng.randint(1, 8)), data[here:there] * 2))
    return data[:here] + new + data[there:]


def _changed(value: Any, rng: Random) -> Any:
    if isinstance(value, (dict, list)) and value and rng.random() < 0.85:
        return _inside(value, rng)
    if isinstance(value, str) and rng.random() < 0.85:
        return _text(value, rng)
    if isinstance(value, int) and not isinstance(value, bool) and rng.random() < 0.6:
        return value + rng.choice((-1, 1, 60, -60, 86_400, 2**31, 2**53))
    return rng.choice(ODD)


def _inside(value: Any, rng: Random) -> Any:
    """A container with a member changed, left out, said twice, added, or traded for another."""
    places = list(value) if isinstance(value, dict) else list(range(len(value)))
    place, other = rng.choice(places), rng.choice(places)
    changed = value.copy()
    how = rng.random()
    if how < 0.8:
        changed[place] = _changed(value[place], rng)
    elif how < 0.87:
        del changed[place]
    elif how < 0.94:
        changed[place], changed[other] = value[other], value[place]
    elif isinstance(value, list):
        changed.insert(other, value[place])
    else:
        changed[rng.choice(("a", "zz", "payloadType", "a.b", "A", str(place) + "x"))] = value[place]
    return changed


def _text(text: str, rng: Random) -> str:
    for plain, spell in ((_from_base64, _to_base64), (_from_base64url, _to_base64url)):
        inside = plain(text)
        if inside[:1] in (b"{", b"[", b"<") and rng.random() < 0.9:
            return spell(_one_place(inside, rng))
        if len(inside) > 8 and rng.random() < 0.3:
            return spell(spliced(inside, rng))
    place = rng.randrange(len(text) + 1)
    odd = [each for each in ODD if isinstance(each, str)]
    letter = rng.choice((rng.choice(string.printable), rng.choice(odd), ""))
    return text[:place] + letter + text[place + rng.randint(0, 1) :]


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""


def _from_base64url(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return b""


def _to_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _to_base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def image(data: bytes, rng: Random) -> bytes:
    """A segment of an E01 with bytes changed, and the checksums of its sections made right again."""
    changed = bytearray(data)
    sections = list(_sections(data)) or [FIRST]
    for _ in range(rng.choice((1, 1, 2, 4))):
        base = rng.choice((*sections, *(each + SECTION for each in sections)))
        place = base + rng.choice((rng.randrange(SECTION), rng.randrange(600)))
        width = rng.choice((1, 1, 2, 4, 8))
        edge = rng.choice((0, 1, 0xFF, 0x7F, 2 ** (8 * width) - 1, len(data), rng.getrandbits(64)))
        if place + width <= len(changed):
            changed[place : place + width] = (edge % 2 ** (8 * width)).to_bytes(width, "little")
    if rng.random() < 0.1:
        changed = changed[: rng.randrange(len(changed) + 1)]
    return checked(changed) if rng.random() < 0.95 else bytes(changed)


def checked(data: bytearray) -> bytes:
    """The segment with every Adler-32 of descriptors, and of what follows them, computed anew."""
    for place in _sections(bytes(data)):
        _seal(data, place, SECTION)
        (size,) = struct.unpack_from("<Q", data, place + 24)
        for length in {24, 36, 94, 1052, size - SECTION}:  # table, hash, volume, and others
            kind = bytes(data[place : place + 16]).rstrip(b"\0")
            wanted = {b"table": 24, b"table2": 24, b"hash": 36, b"digest": 80}
            if length == wanted.get(kind, size - SECTION) and kind not in (b"sectors", b"header"):
                _seal(data, place + SECTION, length)
    return bytes(data)


def _sections(data: bytes) -> list[int]:
    found: list[int] = []
    place = FIRST
    while place + SECTION <= len(data) and place not in found and len(found) < 100:
        found.append(place)
        (place,) = struct.unpack_from("<Q", data, place + 16)
    return found


def _seal(data: bytearray, place: int, length: int) -> None:
    """Four bytes of Adler-32 end what begins at `place`."""
    if length > 4 and place + length <= len(data):
        sum_ = zlib.adler32(bytes(data[place : place + length - 4]))
        data[place + length - 4 : place + length] = sum_.to_bytes(4, "little")
