"""How a ledger begins: under its own name and tag, by the person whose key the entry registers."""

from custody.core import canonical, rules, tags
from custody_schemas.acts import LedgerOpened
from custody_schemas.declare import Capacity, Kind
from tests.memory import ORIGIN
from tests.rulings import Attempt, refuses
from tests.signers import ml_dsa_signer
from tests.test_rules_people import founding, opening
from tests.worlds import MEMBERS, Person, Signers, Story, World, signer_of

ACTOR, LEDGER = Kind.ACTOR, Kind.LEDGER


@refuses(LedgerOpened, ACTOR, "E_KEY", "tag does not come from the key")
def test_the_founder_signs_as_herself(s: Story) -> Attempt:
    world, signer = World(), signer_of("Ada")
    tag = tags.actor_tag(ORIGIN, signer.key.id)
    about = [(ACTOR, tag), (LEDGER, tags.ledger_tag(ORIGIN))]
    members = opening(world).act
    given = {**MEMBERS, "origin": ORIGIN, "key": members.key, "roles": ["admin"]}  # type: ignore[attr-defined]
    another = Person("Ada", "f" * 64, signer)
    made = world.draft("ledger.opened", about, given, signers=[another]).statement
    return lambda: rules.admit(world, made, at=world.now, n=0, shown={tag})


@refuses(LedgerOpened, LEDGER, "E_UNKNOWN", "not about the ledger other.example")
def test_the_tag_of_another_ledger_does_not_make_the_entry_one_of_it(s: Story) -> Attempt:
    """The entry says ORIGIN, its body and its tag another name."""
    world, signer = World(), signer_of("Ada")
    person = Person("Ada", tags.actor_tag("other.example", signer.key.id), signer)
    about = [(ACTOR, person.tag), (LEDGER, tags.ledger_tag("other.example"))]
    members = opening(world).act
    given = {**MEMBERS, "origin": "other.example", "key": members.key, "roles": ["admin"]}  # type: ignore[attr-defined]
    made = world.draft("ledger.opened", about, given, signers=[person]).statement
    return lambda: rules.admit(world, made, at=world.now, n=0)


@refuses(LedgerOpened, LEDGER, "E_UNKNOWN", f"not about the ledger {ORIGIN}")
def test_a_ledger_has_the_tag_of_its_name(s: Story) -> Attempt:
    world, signer = World(), signer_of("Ada")
    person = Person("Ada", tags.actor_tag(ORIGIN, signer.key.id), signer)
    about = [(ACTOR, person.tag), (LEDGER, "0" * 64)]
    members = opening(world).act
    given = {**MEMBERS, "origin": ORIGIN, "key": members.key, "roles": ["admin"]}  # type: ignore[attr-defined]
    made = world.draft("ledger.opened", about, given, signers=[person]).statement
    return lambda: rules.admit(world, made, at=world.now, n=0)


@refuses(LedgerOpened, LEDGER, "E_EXISTS", "does not continue one of its own name")
def test_a_ledger_does_not_continue_itself(s: Story) -> Attempt:
    """Two pasts under one name would look like a forgery, or hide one."""
    world, signer = World(), signer_of("Ada")
    person = Person("Ada", tags.actor_tag(ORIGIN, signer.key.id), signer)
    about = [(ACTOR, person.tag), (LEDGER, tags.ledger_tag(ORIGIN))]
    members = opening(world).act
    lost = {"origin": ORIGIN, "size": 5, "root": "ab" * 32}
    given = {**MEMBERS, "origin": ORIGIN, "key": members.key, "roles": ["admin"], "continues": lost}  # type: ignore[attr-defined]
    made = world.draft("ledger.opened", about, given, signers=[person]).statement
    return lambda: rules.admit(world, made, at=world.now, n=0)


def test_a_founder_has_a_partner_key_from_the_start() -> None:
    partner = ml_dsa_signer().key
    world = World()
    spki = canonical.to_base64(partner.spki)
    effects = founding(world, partner=spki)()
    assert isinstance(effects, dict)
    (key,) = effects[tags.actor_tag(ORIGIN, signer_of("Ada").key.id)].subject.keys
    assert key.partner == spki


@refuses(LedgerOpened, LEDGER, "E_EXISTS", "opened once, by one person", by_rule=False)
def test_nobody_is_said_to_have_witnessed_the_opening(s: Story) -> Attempt:
    """Her key is on no chain yet: nothing could show that she signed."""
    world, signer, key = World(), signer_of("Ada"), signer_of("Ada").key
    person = Person("Ada", tags.actor_tag(ORIGIN, key.id), signer)
    about = [(ACTOR, person.tag), (LEDGER, tags.ledger_tag(ORIGIN))]
    spki = canonical.to_base64(key.spki)
    given = {**MEMBERS, "origin": ORIGIN, "key": spki, "roles": ["admin"]}
    signers: Signers = [person, (Person("Bob", "e" * 64, signer_of("Bob")), Capacity.WITNESS)]
    made = world.draft("ledger.opened", about, given, signers=signers).statement
    return lambda: rules.keys_of(world, made, 0)
