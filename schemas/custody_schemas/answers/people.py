"""People, their identities, keys and roles, and the ledger's beginning."""

from custody_schemas.declare import Record
from custody_schemas.fields import Digest, Time


class LedgerMade(Record):
    """A new ledger."""

    origin: str
    home: str
    identity: str
    key: Digest
    trust: Digest


class IdentityAnswer(Record):
    """An identity on this machine; `request` is the file to send to who enrols."""

    identity: str
    name: str
    organisation: str
    ledger: str
    key: Digest
    request: str | None = None


class Identities(Record):
    """The identities on this machine."""

    identities: tuple[IdentityAnswer, ...]


class RoleAnswer(Record):
    """A role that a person has or had."""

    role: str
    case: str | None = None
    valid_from: Time | None = None
    valid_to: Time | None = None
    in_force: bool


class KeyAnswer(Record):
    """A key of a person; `revoked` is the index from which on it signs nothing."""

    key: Digest
    algorithm: str
    in_force: bool
    since: int
    revoked: int | None = None


class PersonAnswer(Record):
    """A person who is enrolled."""

    person: Digest
    name: str
    organisation: str
    contact: str
    enrolled_by: str | None = None
    roles: tuple[RoleAnswer, ...]
    keys: tuple[KeyAnswer, ...]


class People(Record):
    """Everybody who is enrolled."""

    people: tuple[PersonAnswer, ...]


class Whoami(Record):
    """Who signs, and whether an agent keeps the key open."""

    identity: IdentityAnswer
    person: PersonAnswer | None = None
    unlocked_seconds: int


class Agent(Record):
    """Whether an agent keeps keys open, and for how long."""

    unlocked: bool
    seconds_left: int
