"""Rules on an item's beginning: R42, R43, R63, R64, R126."""

from custody_schemas.acts import ItemRegistered, ItemSeized
from custody_schemas.declare import Kind
from custody_schemas.terms import LocationKind
from tests.bodies import HASH
from tests.rulings import (
    Attempt,
    admits,
    attempt,
    refuses,
    release,
    seal,
    second_case,
    set_state,
    shown_only,
)
from tests.worlds import Story

ITEM, SOURCE, REGISTER = Kind.ITEM, Kind.SOURCE, Kind.REGISTER


def register_of(s: Story, case: str = "") -> tuple[Kind, str]:
    state = s.world.states[case or s.case]
    return REGISTER, str(vars(state)["register"])


@admits(ItemRegistered, ITEM, REGISTER)
def test_an_item_is_registered_and_held_by_nobody_yet(s: Story) -> None:
    tag = s.world.register(s.case, 7, by=s.pia)
    item = s.world.item(tag)
    assert (item.number, item.holder, item.origin, item.parents) == (7, None, None, ())
    assert vars(s.world.states[register_of(s)[1]])["items"] == 2


@admits(ItemRegistered, ITEM, SOURCE)
def test_a_part_is_registered_by_who_has_the_whole_in_hand(s: Story) -> None:
    tag = s.world.register(s.case, 2, by=s.dora, source=s.laptop)
    assert s.world.item(tag).parents == (s.laptop,)


@refuses(ItemRegistered, ITEM, "E_NO_GRANT", "hold items in this case")
def test_an_admin_registers_nothing(s: Story) -> Attempt:
    """R62."""
    return lambda: s.world.register(s.case, 2, by=s.ada)


@refuses(ItemRegistered, ITEM, "E_CASE_CLOSED", "the case is closed")
def test_nothing_enters_a_closed_case(s: Story) -> Attempt:
    set_state(s, s.case, closed=True)
    about = [(ITEM, s.world.item_tag(s.case, 2)), register_of(s)]
    given = {"case": s.case, "number": 2}
    return shown_only(s, about[0][1], "item.registered", about, given, [s.dora])


@refuses(ItemRegistered, ITEM, "E_UNKNOWN", "is not in this ledger")
def test_the_case_of_an_item_exists(s: Story) -> Attempt:
    about = [(ITEM, s.world.item_tag(s.case, 2)), register_of(s)]
    given = {"case": HASH, "number": 2}
    return shown_only(s, about[0][1], "item.registered", about, given, [s.dora])


@refuses(ItemRegistered, ITEM, "E_OTHER_CASE", "not the register of the case")
def test_an_item_does_not_hide_in_the_register_of_another_case(s: Story) -> Attempt:
    other, _ = second_case(s)
    about = [(ITEM, s.world.item_tag(s.case, 2)), register_of(s, other)]
    given = {"case": s.case, "number": 2}
    return shown_only(s, about[0][1], "item.registered", about, given, [s.dora])


@refuses(ItemRegistered, REGISTER, "E_OTHER_CASE", "not the register of the case")
def test_a_register_takes_no_item_of_another_case(s: Story) -> Attempt:
    other, _ = second_case(s)
    about = [(ITEM, s.world.item_tag(s.case, 2)), register_of(s)]
    given = {"case": other, "number": 2}
    return shown_only(s, register_of(s)[1], "item.registered", about, given, [s.dora])


@refuses(ItemRegistered, SOURCE, "E_OTHER_CASE", "of different cases")
def test_a_part_belongs_to_the_case_of_the_whole(s: Story) -> Attempt:
    other, _ = second_case(s)
    about = [(ITEM, s.world.item_tag(s.case, 2)), register_of(s), (SOURCE, s.laptop)]
    given = {"case": other, "number": 2}
    return shown_only(s, s.laptop, "item.registered", about, given, [s.dora])


@refuses(ItemRegistered, SOURCE, "E_SEAL", "break the seal first")
def test_no_part_comes_out_of_a_sealed_bag(s: Story) -> Attempt:
    seal(s, s.laptop, s.dora)
    return lambda: s.world.register(s.case, 2, by=s.dora, source=s.laptop)


@refuses(ItemRegistered, SOURCE, "E_NOT_HOLDER", "not with the signer")
def test_nobody_takes_a_part_of_what_another_holds(s: Story) -> Attempt:
    return lambda: s.world.register(s.case, 2, by=s.eve, source=s.laptop)


@refuses(ItemRegistered, SOURCE, "E_OPEN_TRANSFER", "on its way")
def test_no_part_is_taken_on_the_way(s: Story) -> Attempt:
    release(s, s.laptop, s.dora, s.eve)
    return lambda: s.world.register(s.case, 2, by=s.dora, source=s.laptop)


@admits(ItemSeized, ITEM)
def test_who_seizes_holds_the_item_under_the_warrant(s: Story) -> None:
    item = s.world.item(s.world.seize(s.case, 2, s.warrant, by=s.dora))
    assert (item.holder, item.authority) == (s.dora.tag, s.warrant)
    assert (item.origin, item.location) == ("item.seized", LocationKind.SCENE)


@admits(ItemSeized, ITEM)
def test_a_part_is_seized_under_the_warrant_of_the_whole_though_it_has_run_out(s: Story) -> None:
    """Scope is tested later on, not the date (design §5)."""
    warrant = authority(s, valid_to=s.world.occurred(s.world.now + 600)["at"])
    whole = s.world.seize(s.case, 2, warrant, by=s.dora)
    s.world.now += 86_400
    part = s.world.register(s.case, 3, by=s.dora, source=whole)
    s.world.record("item.seized", [part], {"authority": warrant}, signers=[s.dora])


def authority(s: Story, **given: object) -> str:
    return s.world.record("authority.recorded", [s.case], given, signers=[s.olga])


@refuses(ItemSeized, ITEM, "E_NO_GRANT", "seize items")
def test_who_may_only_hold_items_seizes_none(s: Story) -> Attempt:
    tag = s.world.register(s.case, 2, by=s.dora)
    return attempt(s, "item.seized", [tag], {"authority": s.warrant}, s.pia)


@refuses(ItemSeized, ITEM, "E_ORIGIN_TWICE", "has an origin: item.seized")
def test_nothing_is_seized_twice(s: Story) -> Attempt:
    """Else whoever may seize would take custody of anything, alone."""
    return attempt(s, "item.seized", [s.laptop], {"authority": s.warrant}, s.eve)


@refuses(ItemSeized, ITEM, "E_AUTHORITY", "names its legal basis")
def test_no_seizure_without_a_legal_basis(s: Story) -> Attempt:
    return attempt(s, "item.seized", [s.world.register(s.case, 2, by=s.dora)], {}, s.dora)


@refuses(ItemSeized, ITEM, "E_AUTHORITY", "not on file in this case")
def test_the_legal_basis_of_a_seizure_is_on_file_in_the_case(s: Story) -> Attempt:
    other, _ = second_case(s)
    elsewhere = s.world.record("authority.recorded", [other], {}, signers=[s.olga])
    tag = s.world.register(s.case, 2, by=s.dora)
    return attempt(s, "item.seized", [tag], {"authority": elsewhere}, s.dora)


@refuses(ItemSeized, ITEM, "E_AUTHORITY", "what kind of legal basis")
def test_an_authority_of_no_stated_kind_is_no_basis(s: Story) -> Attempt:
    basis = authority(s, kind="not_stated")
    tag = s.world.register(s.case, 2, by=s.dora)
    return attempt(s, "item.seized", [tag], {"authority": basis}, s.dora)


@refuses(ItemSeized, ITEM, "E_AUTHORITY", "was not in force at")
def test_a_warrant_that_has_run_out_allows_nothing(s: Story) -> Attempt:
    basis = authority(s, valid_to=s.world.occurred(s.world.now - 60)["at"])
    tag = s.world.register(s.case, 2, by=s.dora)
    return attempt(s, "item.seized", [tag], {"authority": basis}, s.dora)


@refuses(ItemSeized, ITEM, "E_AUTHORITY", "was not in force at")
def test_a_warrant_allows_nothing_before_it_holds(s: Story) -> Attempt:
    basis = authority(s, valid_from=s.world.occurred(s.world.now + 3600)["at"])
    tag = s.world.register(s.case, 2, by=s.dora)
    return attempt(s, "item.seized", [tag], {"authority": basis}, s.dora)


@refuses(ItemSeized, ITEM, "E_AUTHORITY", "was not in force at")
def test_being_part_of_something_taken_under_another_warrant_does_not_help(s: Story) -> Attempt:
    basis = authority(s, valid_to=s.world.occurred(s.world.now - 60)["at"])
    part = s.world.register(s.case, 2, by=s.dora, source=s.laptop)
    return attempt(s, "item.seized", [part], {"authority": basis}, s.dora)
