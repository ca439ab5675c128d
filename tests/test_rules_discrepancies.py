"""Rules on how discrepancies end: R36, R54, R65. Most of them keep one from being talked away."""

from typing import Any

from custody_schemas.acts import DiscrepancyResolved, DiscrepancyUpdated
from custody_schemas.declare import Capacity, Kind
from custody_schemas.terms import SealState
from tests.bodies import HASH
from tests.rulings import (
    Attempt,
    admits,
    attempt,
    check_out,
    image,
    refuses,
    release,
    seal,
    set_state,
)
from tests.worlds import Person, Story

ITEM = Kind.ITEM
MISSING: dict[str, Any] = {"kind": "missing_item"}


def opened(s: Story, by: Person | None = None, item: str = "", **given: Any) -> str:
    """A discrepancy that Pia found, unless somebody else is named."""
    return s.world.record("discrepancy.opened", [item or s.laptop], given, signers=[by or s.pia])


def resolve(s: Story, entry: str, *signers: Any, item: str = "", **given: Any) -> Attempt:
    values = {"discrepancy": entry, **given}
    return attempt(s, "discrepancy.resolved", [item or s.laptop], values, *signers)


def misread(s: Story, by: Person | None = None, verdict: str = "number_mismatch") -> str:
    """Another look at the laptop's seal."""
    given = {"verdict": verdict}
    return s.world.record("seal.verified", [s.laptop], given, signers=[by or s.pia])


def undo(s: Story, entry: str, *signers: Any) -> Attempt:
    return resolve(s, entry, *signers, kind="seal", outcome="recording_error")


def seal_state(s: Story) -> SealState | None:
    on_file = s.world.item(s.laptop).seal
    return on_file.state if on_file else None


@admits(DiscrepancyUpdated, ITEM)
def test_what_is_done_about_it_is_a_touch(s: Story) -> None:
    entry = opened(s)
    before = s.world.item(s.laptop)
    given = {"discrepancy": entry}
    s.world.record("discrepancy.updated", [s.laptop], given, signers=[s.carl])
    people = (*before.people, s.carl.tag)
    assert s.world.item(s.laptop) == before.but(people=people)
    assert s.world.chains[s.laptop].changed < s.world.chains[s.laptop].count - 1


@refuses(DiscrepancyUpdated, ITEM, "E_NO_GRANT", "hold items")
def test_an_admin_does_nothing_about_it(s: Story) -> Attempt:
    return attempt(s, "discrepancy.updated", [s.laptop], {"discrepancy": opened(s)}, s.ada)


@refuses(DiscrepancyUpdated, ITEM, "E_DISCREPANCY", "opened no discrepancy (damage)")
def test_only_what_is_open_is_worked_on(s: Story) -> Attempt:
    return attempt(s, "discrepancy.updated", [s.laptop], {"discrepancy": HASH}, s.pia)


@admits(DiscrepancyResolved, ITEM)
def test_who_oversees_and_had_no_hand_in_it_ends_it(s: Story) -> None:
    resolve(s, opened(s), s.olga)()
    assert s.world.item(s.laptop).discrepancies == ()


@admits(DiscrepancyResolved, ITEM)
def test_the_holder_ends_it_if_such_a_person_co_signs(s: Story) -> None:
    resolve(s, opened(s), s.dora, s.olga, outcome="confirmed")()


@admits(DiscrepancyResolved, ITEM)
def test_content_that_differed_stays_disputed(s: Story) -> None:
    tag = image(s)
    given = {"verdict": "mismatch"}
    found = s.world.record("integrity.checked", [tag], given, signers=[s.pia])
    resolve(s, found, s.olga, item=tag, kind="hash", outcome="recording_error")()
    item = s.world.item(tag)
    assert item.disputed and not item.discrepancies


@refuses(DiscrepancyResolved, ITEM, "E_NO_GRANT", "in this case")
def test_who_has_no_right_in_the_case_ends_nothing(s: Story) -> Attempt:
    owner = s.world.enrol("Owner", "owner", by=s.ada)
    return resolve(s, opened(s), owner, s.olga)


@refuses(DiscrepancyResolved, ITEM, "E_DISCREPANCY", "opened no discrepancy (damage)")
def test_a_discrepancy_ends_once(s: Story) -> Attempt:
    entry = opened(s)
    resolve(s, entry, s.olga)()
    return resolve(s, entry, s.olga)


@refuses(DiscrepancyResolved, ITEM, "E_DISCREPANCY", "opened no discrepancy (damage)")
def test_it_ends_under_its_own_name(s: Story) -> Attempt:
    """One entry can open two; the worse is not ended by the name of the other."""
    return resolve(s, opened(s, kind="seal"), s.olga)


@refuses(DiscrepancyResolved, ITEM, "E_TWO_PERSON", "oversees, and is not involved")
def test_the_finder_does_not_take_it_back(s: Story) -> Attempt:
    return resolve(s, opened(s, s.olga), s.olga)


@refuses(DiscrepancyResolved, ITEM, "E_TWO_PERSON", "oversees, and is not involved")
def test_who_only_looks_on_does_not_answer_for_it(s: Story) -> Attempt:
    return resolve(s, opened(s), s.dora, (s.olga, Capacity.WITNESS))


@refuses(DiscrepancyResolved, ITEM, "E_TWO_PERSON", "oversees, and is not involved")
def test_the_holder_does_not_talk_it_away(s: Story) -> Attempt:
    tag = s.world.seize(s.case, 2, s.warrant, by=s.carl)
    return resolve(s, opened(s, item=tag), s.carl, item=tag)


@refuses(DiscrepancyResolved, ITEM, "E_TWO_PERSON", "oversees, and is not involved")
def test_nor_does_who_held_it_when_it_was_found(s: Story) -> Attempt:
    """Carl handed on a bag that Eve found open: that she holds it now does not acquit him."""
    tag = s.world.seize(s.case, 2, s.warrant, by=s.carl)
    s.world.record("seal.applied", [tag], signers=[s.carl])
    given = {"transfer": release(s, tag, s.carl, s.eve), "seal": "broken_unauthorised"}
    found = s.world.record("transfer.accepted", [tag], given, signers=[s.eve])
    return resolve(s, found, s.carl, item=tag, kind="seal")


@refuses(DiscrepancyResolved, ITEM, "E_TWO_PERSON", "oversees, and is not involved")
def test_nor_does_who_was_to_get_what_was_lost(s: Story) -> Attempt:
    given = {"transfer": release(s, s.laptop, s.dora, s.olga)}
    found = s.world.record("transfer.lost", [s.laptop], given, signers=[s.dora])
    return resolve(s, found, s.olga, kind="missing_item")


@refuses(DiscrepancyResolved, ITEM, "E_TWO_PERSON", "oversees, and is not involved")
def test_nor_does_who_has_it_out(s: Story) -> Attempt:
    entry = opened(s)
    check_out(s, s.laptop, s.dora, s.olga)
    return resolve(s, entry, s.olga)


@refuses(DiscrepancyResolved, ITEM, "E_TWO_PERSON", "oversees, and is not involved")
def test_nor_does_the_finder_under_another_name(s: Story) -> Attempt:
    """The key that found it was enrolled for two people."""
    asked = s.world.request("Olga", s.pia.signer, actor=s.olga.tag)
    given = {"request": asked.body}
    s.world.record("key.registered", [s.olga.tag], given, signers=[s.ada])
    return resolve(s, opened(s), s.olga.using(s.pia.signer))


@admits(DiscrepancyResolved, ITEM)
def test_a_number_that_was_mistyped_puts_the_seal_back(s: Story) -> None:
    seal(s, s.laptop, s.dora)
    undo(s, misread(s), s.olga)()
    assert seal_state(s) is SealState.INTACT
    misread(s)
    assert seal_state(s) is SealState.NUMBER_MISMATCH


@admits(DiscrepancyResolved, ITEM)
def test_a_seal_that_was_missing_before_is_missing_again(s: Story) -> None:
    """A number read off a bag that had lost its seal, and taken back, makes no sound seal."""
    seal(s, s.laptop, s.dora)
    misread(s, s.carl, "missing")
    undo(s, misread(s), s.olga)()
    assert seal_state(s) is SealState.MISSING


@admits(DiscrepancyResolved, ITEM)
def test_a_discrepancy_that_was_not_read_off_a_bag_puts_no_seal_back(s: Story) -> None:
    resolve(s, opened(s), s.olga, outcome="recording_error")()
    assert s.world.item(s.laptop).seal is None


@refuses(DiscrepancyResolved, ITEM, "E_DISCREPANCY", "for a number that this entry read")
def test_a_broken_seal_is_no_typing_mistake(s: Story) -> Attempt:
    seal(s, s.laptop, s.dora)
    return undo(s, misread(s, verdict="broken_unauthorised"), s.olga)


@refuses(DiscrepancyResolved, ITEM, "E_DISCREPANCY", "for a number that this entry read")
def test_what_was_found_after_the_number_is_not_undone_with_it(s: Story) -> Attempt:
    seal(s, s.laptop, s.dora)
    found = misread(s)
    misread(s, verdict="missing")
    return undo(s, found, s.olga)


@refuses(DiscrepancyResolved, ITEM, "E_DISCREPANCY", "for a number that this entry read")
def test_another_finding_does_not_undo_it(s: Story) -> Attempt:
    """Somebody opens a discrepancy about the seal, only to call that one a mistake."""
    seal(s, s.laptop, s.dora)
    misread(s)
    return undo(s, opened(s, kind="seal"), s.olga)


@admits(DiscrepancyResolved, ITEM)
def test_a_holder_is_relieved_of_what_is_lost(s: Story) -> None:
    check_out(s, s.laptop, s.dora, s.eve)
    entry = opened(s, **MISSING)
    resolve(s, entry, s.dora, s.olga, s.carl, **MISSING, outcome="relief_granted")()
    item = s.world.item(s.laptop)
    assert (item.terminal, item.out, item.discrepancies) == (True, None, ())


def relief(s: Story, *signers: Any, **given: Any) -> Attempt:
    entry = opened(s, **{**MISSING, **given})
    return resolve(s, entry, *signers, **{**MISSING, **given}, outcome="relief_granted")


@refuses(DiscrepancyResolved, ITEM, "E_TWO_PERSON", "2 approvers who are not involved")
def test_relief_takes_two_approvers(s: Story) -> Attempt:
    return relief(s, s.carl, s.olga)


@refuses(DiscrepancyResolved, ITEM, "E_DISCREPANCY", "relieved of an item for late_entry")
def test_nobody_is_relieved_of_an_item_that_is_there(s: Story) -> Attempt:
    """An item does not leave custody by way of a late entry."""
    return relief(s, s.dora, s.olga, s.carl, kind="late_entry")


@refuses(DiscrepancyResolved, ITEM, "E_OPEN_TRANSFER", "on its way")
def test_what_is_on_its_way_is_lost_first(s: Story) -> Attempt:
    release(s, s.laptop, s.dora, s.eve)
    return relief(s, s.dora, s.olga, s.carl)


@refuses(DiscrepancyResolved, ITEM, "E_TERMINAL", "left custody for good")
def test_nobody_is_relieved_twice(s: Story) -> Attempt:
    attempted = relief(s, s.dora, s.olga, s.carl)
    set_state(s, s.laptop, terminal=True)
    return attempted
