"""Statements: what a person says was done, as the signed payload of an envelope. (SPEC §2)"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise
from typing import NamedTuple, TypeVar

from custody.core import payload, times
from custody.core.errors import MalformedError
from custody.core.reading import read_act
from custody_schemas.declare import Act, Capacity, Concern, Kind, Refers
from custody_schemas.fields import Name
from custody_schemas.terms import UnlockMethod

UNTIL_MOST = 31 * 86_400  # seconds that a signed act may wait to be recorded
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

    @property
    def named(self) -> tuple[str, ...]:
        """Tags that stand where the act names a person: that there is one is its word. (SPEC §11.6)"""
        fields = type(self.act).FIELDS
        marked = ((member, fields[name].marks) for name, member in vars(self.act).items())
        return tuple(m for m, marks in marked if isinstance(m, str) and Refers(Kind.ACTOR) in marks)

    def places(self, kind: Kind) -> tuple[Place, ...]:
        """The places of that kind, in order of tag."""
        return tuple(place for place in self.about if place.kind is kind)


def read(data: bytes) -> Statement:
    """The statement in the payload `data`, which must be canonical and complete.

    Raises:
        MalformedError: the message names the member.
    """
    found = payload.read(data)
    name, seen = found.act, Seen(found.size, found.root)
    act: Act = UnknownAct(name=name)
    if name in Act.ALL:
        act = read_act(name, found.body, found.sd)
    elif type(found.body) is not dict:
        raise MalformedError(f"{name}: body must be an object")
    when, until = times.seconds(found.time), times.seconds(found.until)
    if not when < until <= when + UNTIL_MOST:
        raise MalformedError("until: must be after time, and at most 31 days after it")
    about, signers = _about(found.about), _signers(found.signers)
    if name in Act.ALL:
        _check_places(name, tuple([place.kind for place in about]))
        _check_capacities(act, signers)
    if (seen.size == 0) != (name == "ledger.opened"):
        raise MalformedError("seen.size: at least 1, and 0 only where a ledger is opened")
    if seen.size == 0 and seen.root != NOTHING_SEEN:
        raise MalformedError("seen.root: not the root of the empty tree")
    return Statement(
        id=sha256(data).hexdigest(),
        payload=data,
        ledger=found.ledger,
        name=name,
        act=act,
        about=about,
        seen=seen,
        time=when,
        until=until,
        nonce=found.nonce,
        signers=signers,
        client=found.client,
        unlock=_member(UNLOCKS, found.unlock, "signing.unlock"),
        sd=found.sd,
    )


def _about(spelt: Sequence[tuple[str, str, str]]) -> tuple[Place, ...]:
    if len(spelt) > 256:
        raise MalformedError("about: 1 to 256 places are expected")
    places = [Place(_member(KINDS, kind, "about.as"), tag, prev) for kind, prev, tag in spelt]
    if len(places) > 1 and any(a.tag >= b.tag for a, b in pairwise(places)):
        raise MalformedError("about: not sorted by tag, or a tag twice")
    return tuple(places)


def _signers(spelt: Sequence[tuple[str, str, str]]) -> tuple[SignerClaim, ...]:
    if len(spelt) > 16:
        raise MalformedError("signers: 1 to 16 are expected")
    claims = [
        SignerClaim(actor, _member(CAPACITIES, stands, "signers.as"), key)
        for actor, stands, key in spelt
    ]
    if len(claims) > 1:
        if any(a.key >= b.key for a, b in pairwise(claims)):
            raise MalformedError("signers: not sorted by key, or a key twice")
        if len({c.actor for c in claims}) != len({(c.actor, c.capacity) for c in claims}):
            raise MalformedError("signers: somebody signs in two capacities")
    return tuple(claims)


def _member(members: Mapping[str, E], word: str, where: str) -> E:
    found = members.get(word)
    if found is None:
        raise MalformedError(f"{where}: {word!r} is none of {', '.join(members)}")
    return found


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
