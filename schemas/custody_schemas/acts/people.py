"""Acts on actors, their keys and roles, and the ledger's own beginning."""

from typing import Annotated, Any

from custody_schemas.acts.common import Common
from custody_schemas.declare import (
    Capacity,
    Kind,
    Personal,
    Record,
    Several,
    Within,
    begins,
    changes,
)
from custody_schemas.fields import (
    CaseTag,
    Digest,
    KeyId,
    Lines,
    LongText,
    Origin,
    Size,
    Spki,
    Text,
    Time,
    VerifierKey,
)
from custody_schemas.terms import ActorRole, IdentityCheck, RevocationReason

ENROLLED_BY = (Capacity.ENROLLER, Capacity.WITNESS, Capacity.APPROVER)
Roles = Annotated[tuple[ActorRole, ...], Several(1, 20)]


class Rules(Record):
    """The rules in force, and the parameters they read (SPEC §10).

    version: version of the rules
    late_after: seconds after which an entry is late and says why
    ahead: seconds by which clocks may disagree
    approvers: how many people must approve an override
    """

    version: Annotated[int, Within(1, 1)]
    late_after: Annotated[int, Within(0, 31 * 86_400)]
    ahead: Annotated[int, Within(0, 86_400)]
    approvers: Annotated[int, Within(2, 5)]


class Continues(Record):
    """The lost ledger that this one succeeds: its last checkpoint.

    origin: name of the lost ledger
    size: number of its records
    root: its Merkle root
    """

    origin: Origin
    size: Size
    root: Digest


class LedgerOpened(Common, name="ledger.opened", about=(begins(Kind.ACTOR), begins(Kind.LEDGER))):
    """A ledger begins, and with it the first person, from whom every right descends. (SPEC §2)

    origin: name of the ledger
    log_key: the log's Ed25519 verifier key
    log_mldsa: the log's ML-DSA-44 verifier key
    rules: rules and parameters in force
    key: the first person's public key
    partner: an ML-DSA-65 key that must sign beside it
    roles: the first person's roles
    continues: the lost ledger that this one succeeds
    name: the first person's name
    organisation: the organisation
    contact: how to reach the person
    """

    origin: Origin
    log_key: VerifierKey
    log_mldsa: VerifierKey
    rules: Rules
    key: Spki
    partner: Spki | None = None
    roles: Roles
    continues: Continues | None = None
    name: Personal[Text]
    organisation: Personal[Text]
    contact: Personal[Text]


class LedgerRulesChanged(Common, name="ledger.rules_changed", about=(changes(Kind.LEDGER),)):
    """Rules or their parameters change from here on; two people sign. (SPEC §10, R129)

    rules: rules and parameters in force from here on
    details: why
    """

    rules: Rules
    details: Personal[LongText]


class ActorRegistered(
    Common,
    name="actor.registered",
    about=(begins(Kind.ACTOR), changes(Kind.LEDGER, optional=True)),
    signers=ENROLLED_BY,
):
    """A person is enrolled: name, first key and roles. A primary custodian concerns the ledger too.

    (R37, R38, R66)

    request: the person's own signed request, which proves possession of the key
    identity_checked: how the enroller made sure who it is
    roles: what the person may do
    valid_to: when the roles end
    name: the person's name
    organisation: the person's organisation
    contact: how to reach the person
    staff_number: badge or staff number
    appointed_by: the authority that appointed the person
    competence: qualifications and training records
    """

    request: dict[str, Any]
    identity_checked: IdentityCheck
    roles: Roles
    valid_to: Time | None = None
    name: Personal[Text]
    organisation: Personal[Text]
    contact: Personal[Text]
    staff_number: Personal[Text]
    appointed_by: Personal[Text]
    competence: Personal[Lines]


class KeyRegistered(
    Common,
    name="key.registered",
    about=(changes(Kind.ACTOR),),
    signers=(*ENROLLED_BY, Capacity.COUNTERPARTY),
):
    """A person gets a further key. An old key alone never suffices. (R38)

    request: the person's own request, signed with the new key, which says whose it is to be
    identity_checked: how the enroller made sure who it is
    """

    request: dict[str, Any]
    identity_checked: IdentityCheck


class KeyRevoked(
    Common,
    name="key.revoked",
    about=(changes(Kind.ACTOR),),
    signers=(Capacity.ACTOR, Capacity.ENROLLER, Capacity.WITNESS),
):
    """A key is withdrawn: nothing that it signs is recorded any more. (R38, R61)

    key: the key
    reason: why
    compromised_from: since when somebody else may have used it
    details: what happened
    """

    key: KeyId
    reason: RevocationReason
    compromised_from: Time | None = None
    details: Personal[Text]


class KeyRotated(
    Common,
    name="key.rotated",
    about=(changes(Kind.ACTOR),),
    signers=(*ENROLLED_BY, Capacity.COUNTERPARTY),
):
    """A person gets a new key in place of an old one, in one step. (R38)

    request: the person's own request, signed with the new key, which says whose it is to be
    identity_checked: how the enroller made sure who it is
    replaces: the key that it replaces
    reason: why
    compromised_from: since when somebody else may have used the old key
    """

    request: dict[str, Any]
    identity_checked: IdentityCheck
    replaces: KeyId
    reason: RevocationReason
    compromised_from: Time | None = None


class RoleGranted(
    Common,
    name="role.granted",
    about=(changes(Kind.ACTOR), changes(Kind.LEDGER, optional=True)),
    signers=ENROLLED_BY,
):
    """A person may act in a role, in one case or in all. A primary custodian's concerns the ledger.

    (R37, R66)

    role: the role
    case: the only case it holds for
    valid_from: when it begins
    valid_to: when it ends
    appointed_by: the authority that appointed the person
    competence: qualifications and training records
    """

    role: ActorRole
    case: CaseTag | None = None
    valid_from: Time | None = None
    valid_to: Time | None = None
    appointed_by: Personal[Text]
    competence: Personal[Lines]


class RoleRevoked(Common, name="role.revoked", about=(changes(Kind.ACTOR),), signers=ENROLLED_BY):
    """A person no longer acts in a role. (R37)

    role: the role
    case: the case it was granted for
    reason: why
    """

    role: ActorRole
    case: CaseTag | None = None
    reason: Personal[Text]
