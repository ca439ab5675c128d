"""Rules on the ledger's beginning, on actors, their keys and roles. (R37, R38, R61)"""

from custody.core import canonical, enrolment, tags, times
from custody.core.errors import CustodyError
from custody.core.keys import Algorithm, PublicKey, read_spki
from custody.core.note import ED25519_SPKI, VerifierKey
from custody.core.rules.custodians import founded, on_ledger
from custody.core.rules.rights import Right
from custody.core.rules.scene import Scene, refuse, rule
from custody.core.state import Actor, Grant, Key, LedgerFacts
from custody_schemas.acts import (
    ActorRegistered,
    KeyRegistered,
    KeyRevoked,
    KeyRotated,
    LedgerOpened,
    LedgerRulesChanged,
    RoleGranted,
    RoleRevoked,
)
from custody_schemas.declare import Capacity, Kind
from custody_schemas.terms import ActorRole


def spki_text(key: PublicKey) -> str:
    """A public key as states and bodies hold it: base64 of its DER."""
    return canonical.to_base64(key.spki)


def public_key(text: str) -> PublicKey:
    """The key that `spki_text` wrote. Raises MalformedError or SignatureError."""
    return read_spki(canonical.from_base64(text))


@rule(LedgerOpened, Kind.LEDGER)
def ledger_opened(ledger: None, act: LedgerOpened, scene: Scene) -> LedgerFacts:
    """A ledger is opened once, under its own tag, by somebody who may then enrol others."""
    if scene.statement.ledger != act.origin or scene.tag != tags.ledger_tag(act.origin):
        refuse("E_UNKNOWN", f"the entry is not about the ledger {act.origin}")
    if scene.n:
        refuse("E_EXISTS", "a ledger is opened by its first entry")
    if act.continues is not None and act.continues.origin == act.origin:
        refuse("E_EXISTS", f"a ledger does not continue one of its own name, {act.origin}")
    if ActorRole.ADMIN not in act.roles:
        refuse("E_NO_GRANT", "the first person must be an admin, or nobody could ever be enrolled")
    return LedgerFacts(
        origin=act.origin,
        log_key=act.log_key,
        log_mldsa=act.log_mldsa,
        rules=act.rules,
        founder=scene.by,
        packs=(),
        inventories=(),
        counted=(),
        custodians=founded(act.roles, scene.by),
    )


@rule(LedgerOpened, Kind.ACTOR)
def founder_registered(actor: None, act: LedgerOpened, scene: Scene) -> Actor:
    """The first person signs with the very key that the entry registers."""
    key = key_of_act(act.key)
    if scene.tag != tags.actor_tag(act.origin, key.id) or scene.by != scene.tag:
        refuse("E_KEY", "the first person's tag does not come from the key in the entry")
    if key.algorithm is Algorithm.ML_DSA_65:
        refuse("E_KEY", "an ML-DSA-65 key signs as the partner of another, not alone")
    if act.partner is not None and key_of_act(act.partner).algorithm is not Algorithm.ML_DSA_65:
        refuse("E_KEY", "a partner key must be an ML-DSA-65 key")
    _no_log_key(key, act.log_key)
    first = Key(id=key.id, spki=act.key, partner=act.partner, since=-1)
    return Actor(enrolled_by=None, keys=(first,), grants=_grants(act.roles, None, -1))


@rule(ActorRegistered, Kind.ACTOR)
def actor_registered(actor: None, act: ActorRegistered, scene: Scene) -> Actor:
    """Somebody who may enrol registers another person, who proved possession of the key."""
    scene.require(Right.ENROL, None)
    on_ledger(act.roles, scene)
    request = _request(act.request, scene)
    if request.actor is not None:
        refuse("E_KEY", f"the request is for a further key of {request.actor:.12}")
    if scene.tag != tags.actor_tag(scene.statement.ledger, request.key.id):
        refuse("E_KEY", "the person's tag does not come from the key in the request")
    if any(scene.statement.sd[field] != digest for field, digest in request.sd.items()):
        refuse("E_KEY", "the entry names the person otherwise than her own request does")
    valid_to = times.seconds(act.valid_to) if act.valid_to else None
    grants = _grants(act.roles, valid_to, scene.n)
    return Actor(enrolled_by=scene.by, keys=(_registered(request, scene),), grants=grants)


@rule(KeyRegistered, Kind.ACTOR)
def key_registered(actor: Actor, act: KeyRegistered | KeyRotated, scene: Scene) -> Actor:
    """A further key needs another person's signature: stolen keys must not breed."""
    scene.require(Right.ENROL, None)
    if scene.by == scene.tag:
        refuse("E_SAME_PERSON", "nobody registers a key for herself; another admin must")
    request = _request(act.request, scene)
    if request.actor is None:
        refuse("E_KEY", "the request does not say whose further key it is")
    if request.actor != scene.tag:
        refuse("E_KEY", f"the request is for a further key of {request.actor:.12}, another person")
    key = _registered(request, scene)
    if any(k.id == key.id for k in actor.keys):
        refuse("E_KEY", f"the key {key.id:.12} was registered for this person before")
    return actor.but(keys=(*actor.keys, key))


@rule(KeyRevoked, Kind.ACTOR)
def key_revoked(actor: Actor, act: KeyRevoked, scene: Scene) -> Actor:
    """A person withdraws a key of her own, or somebody who may enrol does."""
    if scene.by != scene.tag:
        scene.require(Right.ENROL, None)
    return _revoked(actor, _in_force(actor, act.key), act.compromised_from, scene)


@rule(KeyRotated, Kind.ACTOR)
def key_rotated(actor: Actor, act: KeyRotated, scene: Scene) -> Actor:
    """A further key and the end of an old one, in one step."""
    renewed = key_registered(actor, act, scene)
    old = _in_force(renewed, act.replaces)
    if old.id == renewed.keys[-1].id:
        refuse("E_KEY", "the key cannot replace itself")
    return _revoked(renewed, old, act.compromised_from, scene)


@rule(LedgerRulesChanged, Kind.LEDGER)
def rules_changed(ledger: LedgerFacts, act: LedgerRulesChanged, scene: Scene) -> LedgerFacts:
    """An administrator changes the rules, and one more person who answers for it signs. (R54)"""
    scene.require(Right.ENROL, None)
    others = set(scene.statement.signing(Capacity.APPROVER)) - {scene.by}
    if not any(scene.may(o, r, None) for o in others for r in (Right.ENROL, Right.OVERSEE)):
        refuse("E_TWO_PERSON", "another person who may enrol or oversee everywhere co-signs")
    if act.rules == ledger.rules:
        refuse("E_CORRECTION", "these rules are in force already")
    return ledger.but(rules=act.rules)


@rule(RoleGranted, Kind.ACTOR)
def role_granted(actor: Actor, act: RoleGranted, scene: Scene) -> Actor:
    """Somebody who may enrol grants a role to another person."""
    scene.require(Right.ENROL, None)
    if scene.by == scene.tag:
        refuse("E_SAME_PERSON", "nobody grants a role to herself; another admin must")
    on_ledger((act.role,), scene)
    grant = Grant(
        role=act.role,
        case=act.case,
        since=scene.n,
        valid_from=times.seconds(act.valid_from) if act.valid_from else None,
        valid_to=times.seconds(act.valid_to) if act.valid_to else None,
    )
    return actor.but(grants=(*actor.grants, grant))


@rule(RoleRevoked, Kind.ACTOR)
def role_revoked(actor: Actor, act: RoleRevoked, scene: Scene) -> Actor:
    """A role that stands is withdrawn."""
    scene.require(Right.ENROL, None)
    standing = [
        g for g in actor.grants if (g.role, g.case) == (act.role, act.case) and g.revoked is None
    ]
    if not standing:
        refuse("E_NO_GRANT", f"the person does not have the role {act.role} there")
    grants = tuple(g.but(revoked=scene.n) if g in standing else g for g in actor.grants)
    return actor.but(grants=grants)


def _in_force(actor: Actor, key: str) -> Key:
    found = next((k for k in actor.keys if k.id == key and k.revoked is None), None)
    if found is None:
        refuse("E_KEY", f"the key {key:.12} is not in force for this person")
    return found


def _revoked(actor: Actor, key: Key, compromised_from: str | None, scene: Scene) -> Actor:
    since = times.seconds(compromised_from) if compromised_from else None
    ended = key.but(revoked=scene.n, compromised_from=since)
    return actor.but(keys=tuple(ended if k == key else k for k in actor.keys))


def _grants(roles: tuple[ActorRole, ...], valid_to: int | None, since: int) -> tuple[Grant, ...]:
    return tuple(Grant(role=role, since=since, valid_to=valid_to) for role in roles)


def key_of_act(text: str) -> PublicKey:
    """A public key out of a body. Raises E_KEY."""
    try:
        return public_key(text)
    except CustodyError as error:
        refuse("E_KEY", f"the key in the entry cannot be used: {error}")


def _request(value: object, scene: Scene) -> enrolment.Enrolment:
    try:
        request = enrolment.read_object(value)
    except CustodyError as error:
        refuse("E_KEY", f"the request does not prove possession of its key: {error}")
    if request.ledger != scene.statement.ledger:
        refuse("E_KEY", f"the request is for the ledger {request.ledger}")
    ledger = scene.world.subject(tags.ledger_tag(request.ledger))
    assert isinstance(ledger, LedgerFacts)  # else the entry was refused before all rules
    _no_log_key(request.key, ledger.log_key)
    return request


def _no_log_key(key: PublicKey, log: str) -> None:
    """A log key is never a person's: its holder could sign acts with what signs checkpoints."""
    try:
        log_key = VerifierKey.read(log)
    except CustodyError as error:
        refuse("E_KEY", f"the log key of the ledger cannot be used: {error}")
    if key.spki == ED25519_SPKI + log_key.public:
        refuse("E_KEY", "the key is the log key of the ledger, which signs checkpoints only")


def _registered(request: enrolment.Enrolment, scene: Scene) -> Key:
    for tag in {signer.actor for signer in scene.statement.signers} - {scene.tag}:
        other = scene.world.subject(tag)
        had = {each for k in other.keys for each in k.ids} if isinstance(other, Actor) else ()
        if any(key.id in had for key in request.keys):
            refuse("E_SAME_PERSON", "the key belongs to somebody who signs the entry")
    partner = spki_text(request.partner) if request.partner else None
    return Key(id=request.key.id, spki=spki_text(request.key), partner=partner, since=scene.n)
