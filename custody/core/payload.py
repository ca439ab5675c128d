"""The members of a signed payload, each of its right form; what they mean is not judged. (SPEC §2)

Nearly all payloads are read by one pattern, which spells their members as canonical JSON does and
leaves only `body` to be decoded: what fits is canonical if its body is. The rest goes through
`by_json`, which takes every form that the format allows and names the member that is wrong.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from custody.core.canonical import DEPTH, NAME, STATEMENT_LIMIT, text_of, value_of
from custody.core.errors import MalformedError

MEMBERS = frozenset(
    (
        "v",
        "ledger",
        "act",
        "about",
        "seen",
        "time",
        "until",
        "nonce",
        "signers",
        "signing",
        "sd",
        "body",
    )
)
PLACE, SIGNER = ("as", "prev", "tag"), ("actor", "as", "key")
HEX64 = re.compile(r"[0-9a-f]{64}")
NONCE = re.compile(r"[0-9a-f]{32}")
ACT = re.compile(r"[a-z]{1,30}\.[a-z_]{1,30}")
DIGEST = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")  # 32 bytes, canonical base64url
LONGEST = 500  # characters of a text that is a member

_HEX, _WORD = f"({HEX64.pattern})", "([a-z_]{1,30})"
_TEXT = rf'([^"\\]{{1,{LONGEST}}})'
_PLACE = re.compile(rf'\{{"as":"{_WORD}","prev":"({HEX64.pattern}|)","tag":"{_HEX}"\}}')
_SIGNER = re.compile(rf'\{{"actor":"{_HEX}","as":"{_WORD}","key":"{_HEX}"\}}')
_SD = re.compile(rf'"({NAME.pattern})":"({DIGEST.pattern})"')


def _list(one: re.Pattern[str]) -> str:
    """A group that takes one or more of these, with commas between."""
    bare = re.sub(r"\((?!\?)", "(?:", one.pattern)
    return f"({bare}(?:,{bare})*)"


_PAYLOAD = re.compile(
    rf'\{{"about":\[{_list(_PLACE)}\],"act":"({ACT.pattern})","body":(\{{.*\}}),"ledger":"{_TEXT}",'
    rf'"nonce":"({NONCE.pattern})","sd":\{{{_list(_SD)}?\}},'
    rf'"seen":\{{"root":"{_HEX}","size":(0|[1-9][0-9]{{0,14}})\}},"signers":\[{_list(_SIGNER)}\],'
    rf'"signing":\{{"client":"{_TEXT}","unlock":"{_WORD}"\}},'
    r'"time":"([0-9TZ:-]{1,40})","until":"([0-9TZ:-]{1,40})","v":1\}'
)


class Payload(NamedTuple):
    """Members as they are spelt. `body` is an object of JSON values, still to be read."""

    about: Sequence[tuple[str, str, str]]  # as, prev, tag
    act: str
    body: Any
    ledger: str
    nonce: str
    sd: Mapping[str, str]
    root: str
    size: int
    signers: Sequence[tuple[str, str, str]]  # actor, as, key
    client: str
    unlock: str
    time: str
    until: str


def read(data: bytes) -> Payload:
    """The members of a payload, which must be canonical and complete.

    Raises:
        MalformedError: the message names the member.
    """
    text = text_of(data, STATEMENT_LIMIT)
    found = _PAYLOAD.fullmatch(text)
    return (by_pattern(found) if found else None) or by_json(text)


def by_pattern(found: re.Match[str]) -> Payload | None:
    """What the pattern found; None where the names in `sd` are not in order."""
    (about, act, body, ledger, nonce, sd, root, size, signers, client, unlock, time, until) = (
        found.groups()
    )
    digests = _SD.findall(sd or "")
    if any(a >= b for (a, _), (b, _) in pairwise(digests)):
        return None
    return Payload(
        _PLACE.findall(about),
        act,
        value_of(body, DEPTH - 1),
        ledger,
        nonce,
        dict(digests),
        root,
        int(size),
        _SIGNER.findall(signers),
        client,
        unlock,
        time,
        until,
    )


def by_json(text: str) -> Payload:
    """The same of any text.

    Raises:
        MalformedError: the message names the member.
    """
    value = value_of(text)
    if type(value) is not dict or value.keys() != MEMBERS:
        raise MalformedError(f"a signed entry has exactly the members {', '.join(sorted(MEMBERS))}")
    if value["v"] != 1 or type(value["v"]) is not int:
        raise MalformedError("v: only version 1 is known")
    root, size = _object(value["seen"], ("root", "size"), "seen")
    client, unlock = _object(value["signing"], ("client", "unlock"), "signing")
    if type(size) is not int or size < 0:
        raise MalformedError("seen.size: at least 1, and 0 only where a ledger is opened")
    return Payload(
        _places(value["about"]),
        _text(value["act"], "act", ACT),
        value["body"],
        _text(value["ledger"], "ledger"),
        _text(value["nonce"], "nonce", NONCE),
        _digests(value["sd"]),
        _text(root, "root", HEX64),
        size,
        _signers(value["signers"]),
        _text(client, "client"),
        _text(unlock, "signing.unlock"),
        _text(value["time"], "time"),
        _text(value["until"], "until"),
    )


def _text(text: Any, member: str, pattern: re.Pattern[str] | None = None) -> str:
    if (
        type(text) is not str
        or not 0 < len(text) <= LONGEST
        or (pattern is not None and not pattern.fullmatch(text))
    ):
        raise MalformedError(f"{member}: missing, or not as SPEC §2 spells it")
    return text


def _object(value: Any, members: tuple[str, ...], where: str) -> list[Any]:
    """The values of exactly these members, in their order."""
    if type(value) is not dict or tuple(value) != members:  # canonical: keys stand sorted
        raise MalformedError(f"{where}: exactly {', '.join(members)} are expected")
    return list(value.values())


def _places(value: Any) -> list[tuple[str, str, str]]:
    if type(value) is not list or not value:
        raise MalformedError("about: 1 to 256 places are expected")
    places = []
    for number, entry in enumerate(value):
        stands, prev, tag = _object(entry, PLACE, f"about[{number}]")
        if type(prev) is not str or (prev and not HEX64.fullmatch(prev)):
            raise MalformedError(f"about[{number}].prev: not a hash")
        places.append((_text(stands, "about.as"), prev, _text(tag, "tag", HEX64)))
    return places


def _signers(value: Any) -> list[tuple[str, str, str]]:
    if type(value) is not list or not value:
        raise MalformedError("signers: 1 to 16 are expected")
    signers = []
    for number, entry in enumerate(value):
        actor, stands, key = _object(entry, SIGNER, f"signers[{number}]")
        actor, key = _text(actor, "actor", HEX64), _text(key, "key", HEX64)
        signers.append((actor, _text(stands, "signers.as"), key))
    return signers


def _digests(value: Any) -> dict[str, str]:
    if type(value) is not dict:
        raise MalformedError("sd: not an object")
    for field, digest in value.items():
        if type(digest) is not str or not DIGEST.fullmatch(digest):
            raise MalformedError(f"sd.{field}: not a digest in base64url")
    return value
