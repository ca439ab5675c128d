"""Statements: what a person says was done, as the signed payload of an envelope. (SPEC §2)"""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

from custody.core import canonical, times
from custody.core.errors import MalformedError
from custody.core.reading import SD_DIGEST, read_act
from custody_schemas.declare import Act, Capacity, Concern, Kind
from custody_schemas.fields import Name
from custody_schemas.terms import UnlockMethod

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
UNTIL_MOST = 31 * 86_400  # seconds that a signed act may wait to be recorded
HEX64 = re.compile(r"[0-9a-f]{64}")
NONCE = re.compile(r"[0-9a-f]{32}")
ACT = re.compile(r"[a-z]{1,30}\.[a-z_]{1,30}")
E = TypeVar("E", bound=StrEnum)
KINDS = {kind.value: kind for kind in Kind}
CAPACITIES = {capacity.value: capacity for capacity in Capacity}
UNLOCKS = {method.value: method for method in UnlockMethod}
NOTHING_SEEN = sha256(b"").hexdigest()  # root of the empty tree


class Place(NamedTuple):
    """A subject that the statement concerns; `prev` is what the signer knew of its chain."""

    kind: Kind
    tag: str
    prev: str


class Seen(NamedTuple):
    """The last checkpoint that the signer had verified."""

    size: int
    root: str


class SignerClaim(NamedTuple):
    """Who signs, in what capacity, with which key."""

    actor: str
    capacity: Capacity
    key: str


class UnknownAct(Act):
    """An act that this version does not know; its cryptography can be checked, its rules not."""

    name: Name


class Statement(NamedTuple):
    """A statement that was read and follows its act's declaration. Times are Unix seconds."""

    id: str
    payload: bytes
    ledger: str
    name: str
    act: Act
    about: tuple[Place, ...]
    seen: Seen
    time: int
    until: int
    nonce: str
    signers: tuple[SignerClaim, ...]
    client: str
    unlock: UnlockMethod
    sd: Mapping[str, str]

    @property
    def known(self) -> bool:
        """Whether this version knows the act, so that its rules can be replayed."""
        return not isinstance(self.act, UnknownAct)

    @property
    def by(self) -> str:
        """Tag of the actor who leads: who signs in the act's first capacity."""
        if len(self.signers) == 1:
            return self.signers[0].actor
        first = self.act.SIGNERS[0] if self.known else self.signers[0].capacity
        return next(s.actor for s in self.signers if s.capacity is first)

    def signing(self, capacity: Capacity) -> tuple[str, ...]:
        """Tags of the actors who sign in that capacity, each once."""
        return tuple(dict.fromkeys(s.actor for s in self.signers if s.capacity is capacity))

    def places(self, kind: Kind) -> tuple[Place, ...]:
        """The places of that kind, in order of tag."""
        return tuple(place for place in self.about if place.kind is kind)


def read(payload: bytes) -> Statement:
    """The statement in `payload`, which must be canonical and complete.

    Raises:
        MalformedError: the message names the member.
    """
    value = canonical.decode(payload, canonical.STATEMENT_LIMIT)
    if type(value) is not dict or value.keys() != MEMBERS:
        raise MalformedError(f"a signed entry has exactly the members {', '.join(sorted(MEMBERS))}")
    if value["v"] != 1 or type(value["v"]) is not int:
        raise MalformedError("v: only version 1 is known")
    name = _text(value["act"], "act", ACT)
    act = read_act(name, value["body"], value["sd"]) if name in Act.ALL else _unknown(name, value)
    when, until = (times.seconds(_text(value[each], each)) for each in ("time", "until"))
    if not when < until <= when + UNTIL_MOST:
        raise MalformedError("until: must be after time, and at most 31 days after it")
    about, signers = _about(value["about"]), _signers(value["signers"])
    if not isinstance(act, UnknownAct):
        _check_places(name, tuple(place.kind for place in about))
        _check_capacities(act, signers)
    client, unlock = _signing(value["signing"])
    return Statement(
        id=sha256(payload).hexdigest(),
        payload=payload,
        ledger=_text(value["ledger"], "ledger"),
        name=name,
        act=act,
        about=about,
        seen=_seen(value["seen"], name),
        time=when,
        until=until,
        nonce=_text(value["nonce"], "nonce", NONCE),
        signers=signers,
        client=client,
        unlock=unlock,
        sd=value["sd"],
    )


def _text(text: Any, member: str, pattern: re.Pattern[str] | None = None) -> str:
    if (
        type(text) is not str
        or not 0 < len(text) <= 500
        or (pattern is not None and not pattern.fullmatch(text))
    ):
        raise MalformedError(f"{member}: missing, or not as SPEC §2 spells it")
    return text


def _object(value: Any, members: tuple[str, ...], where: str, number: int = -1) -> list[Any]:
    """The values of exactly these members, in their order."""
    if type(value) is not dict or tuple(value) != members:  # canonical: keys stand sorted
        where = f"{where}[{number}]" if number >= 0 else where
        raise MalformedError(f"{where}: exactly {', '.join(members)} are expected")
    return list(value.values())


def _unknown(name: str, value: Mapping[str, Any]) -> UnknownAct:
    sd = value["sd"]
    if type(value["body"]) is not dict or type(sd) is not dict:
        raise MalformedError(f"{name}: body and sd must be objects")
    if not all(type(d) is str and SD_DIGEST.fullmatch(d) for d in sd.values()):
        raise MalformedError(f"{name}: sd holds something that is no digest")
    return UnknownAct(name=name)


def _about(value: Any) -> tuple[Place, ...]:
    if type(value) is not list or not 1 <= len(value) <= 256:
        raise MalformedError("about: 1 to 256 places are expected")
    places = []
    for number, entry in enumerate(value):
        stands, prev, tag = _object(entry, ("as", "prev", "tag"), "about", number)
        kind = _member(KINDS, stands, "about.as")
        if type(prev) is not str or (prev and not HEX64.fullmatch(prev)):
            raise MalformedError(f"about[{number}].prev: not a hash")
        places.append(Place(kind, _text(tag, "tag", HEX64), prev))
    if len(places) > 1 and any(a.tag >= b.tag for a, b in pairwise(places)):
        raise MalformedError("about: not sorted by tag, or a tag twice")
    return tuple(places)


def _signers(value: Any) -> tuple[SignerClaim, ...]:
    if type(value) is not list or not 1 <= len(value) <= 16:
        raise MalformedError("signers: 1 to 16 are expected")
    claims = []
    for number, entry in enumerate(value):
        actor, stands, key = _object(entry, ("actor", "as", "key"), "signers", number)
        capacity = _member(CAPACITIES, stands, "signers.as")
        claims.append(SignerClaim(_text(actor, "actor", HEX64), capacity, _text(key, "key", HEX64)))
    if len(claims) == 1:
        return tuple(claims)
    if any(a.key >= b.key for a, b in pairwise(claims)):
        raise MalformedError("signers: not sorted by key, or a key twice")
    if len({c.actor for c in claims}) != len({(c.actor, c.capacity) for c in claims}):
        raise MalformedError("signers: somebody signs in two capacities")
    return tuple(claims)


def _member(members: Mapping[str, E], value: Any, where: str) -> E:
    if type(value) is not str or value not in members:
        raise MalformedError(f"{where}: {value!r} is none of {', '.join(members)}")
    return members[value]


def _seen(value: Any, act: str) -> Seen:
    root, size = _object(value, ("root", "size"), "seen")
    root = _text(root, "root", HEX64)
    if type(size) is not int or size < 0 or (size == 0) != (act == "ledger.opened"):
        raise MalformedError("seen.size: at least 1, and 0 only where a ledger is opened")
    if size == 0 and root != NOTHING_SEEN:
        raise MalformedError("seen.root: not the root of the empty tree")
    return Seen(size, root)


def _signing(value: Any) -> tuple[str, UnlockMethod]:
    client, unlock = _object(value, ("client", "unlock"), "signing")
    return _text(client, "client"), _member(UNLOCKS, unlock, "signing.unlock")


@lru_cache(maxsize=1024)  # few combinations, asked for again and again
def _check_places(name: str, about: tuple[Kind, ...]) -> None:
    act, kinds = Act.ALL[name], list(about)
    for concern in act.ABOUT:
        found = [kind for kind in kinds if kind in concern.kinds]
        if not concern.least <= len(found) <= concern.most or len(set(found)) > 1:
            raise MalformedError(f"about: {act.NAME} takes {_wanted(concern)}")
        kinds = [kind for kind in kinds if kind not in concern.kinds]
    if kinds:
        raise MalformedError(f"about: {act.NAME} does not concern a {kinds[0]}")


def _wanted(concern: Concern) -> str:
    kinds = " or ".join(concern.kinds)
    return f"{concern.least} to {concern.most} of {kinds}" if concern.most > 1 else f"one {kinds}"


def _check_capacities(act: Act, signers: tuple[SignerClaim, ...]) -> None:
    if any(s.capacity not in act.SIGNERS for s in signers):
        raise MalformedError(f"signers: {act.NAME} is signed as {', '.join(act.SIGNERS)} only")
    if len({s.actor for s in signers if s.capacity is act.SIGNERS[0]}) != 1:
        raise MalformedError(f"signers: exactly one must sign as {act.SIGNERS[0]}")
