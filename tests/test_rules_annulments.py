"""Rules on annulling, on correcting for the absent, and on countersigning: R9, R35, R58, R59."""

from typing import Any

from custody_schemas.acts import CorrectionRecorded, StatementCountersigned
from custody_schemas.declare import Capacity, Kind
from tests.bodies import HASH
from tests.rulings import Attempt, admits, attempt, hand_over, image, refuses, seal
from tests.worlds import Person, Signers, Story

ACTOR, CASE, ITEM = Kind.ACTOR, Kind.CASE, Kind.ITEM
WHOLE = {"field": None, "annuls": True, "reason": "duplicate_entry"}


def sealing(s: Story) -> str:
    """The entry that sealed the laptop."""
    return seal(s, s.laptop, s.dora)


def annul(s: Story, entry: str, by: Person, **given: Any) -> Attempt:
    values = {"corrects": entry, "act": "seal.applied", **WHOLE, **given}
    return attempt(s, "correction.recorded", [s.laptop], values, by)


@admits(CorrectionRecorded, ITEM)
def test_who_signed_an_entry_annuls_it_and_no_state_changes(s: Story) -> None:
    entry = sealing(s)
    before = s.world.item(s.laptop)
    annul(s, entry, s.dora)()
    assert s.world.item(s.laptop) == before
    assert before.seal and before.seal.id == entry


@admits(CorrectionRecorded, ITEM)
def test_who_oversees_annuls_it_for_one_who_left(s: Story) -> None:
    annul(s, sealing(s), s.olga, for_absent="left_service")()


@refuses(CorrectionRecorded, ITEM, "E_CORRECTION", "or say why she cannot")
def test_who_is_there_annuls_her_entry_herself(s: Story) -> Attempt:
    return annul(s, sealing(s), s.olga)


@refuses(CorrectionRecorded, ITEM, "E_CORRECTION", "nobody is absent")
def test_nobody_stands_in_for_herself(s: Story) -> Attempt:
    return annul(s, sealing(s), s.dora, for_absent="on_leave")


@refuses(CorrectionRecorded, ITEM, "E_NO_GRANT", "correct for others")
def test_a_colleague_annuls_nothing(s: Story) -> Attempt:
    return annul(s, sealing(s), s.eve, for_absent="left_service")


def renumber(s: Story, *signers: Any) -> Attempt:
    """To correct the number of the seal that Dora applied, after Carl got the laptop."""
    entry = sealing(s)
    hand_over(s, s.laptop, s.dora, s.carl, seal="intact")
    given = {"corrects": entry, "act": "seal.applied", "field": "seal_number"}
    given |= {"for_absent": "left_service", "value": "S-9"}
    return attempt(s, "correction.recorded", [s.laptop], given, *signers)


@admits(CorrectionRecorded, ITEM)
def test_who_oversees_corrects_the_seal_number_of_one_who_left(s: Story) -> None:
    renumber(s, s.olga)()
    assert s.world.item(s.laptop).seal


@admits(CorrectionRecorded, ITEM)
def test_the_holder_does_if_such_a_person_approves(s: Story) -> None:
    renumber(s, s.carl, s.olga)()


@refuses(CorrectionRecorded, ITEM, "E_TWO_PERSON", "oversees, and is not involved")
def test_the_holder_does_not_put_another_number_on_the_bag(s: Story) -> Attempt:
    """Carl would exchange the bag, and its number."""
    return renumber(s, s.carl)


@refuses(CorrectionRecorded, ITEM, "E_CORRECTION", "and as a whole")
def test_a_field_is_not_annulled(s: Story) -> Attempt:
    return annul(s, sealing(s), s.dora, field="seal_number")


@refuses(CorrectionRecorded, ITEM, "E_CORRECTION", "an entry is annulled as duplicate_entry")
def test_an_entry_is_not_annulled_because_one_knows_better_now(s: Story) -> Attempt:
    return annul(s, sealing(s), s.dora, reason="later_information")


@refuses(CorrectionRecorded, ITEM, "E_CORRECTION", "no field None that can be corrected")
def test_a_correction_is_of_something(s: Story) -> Attempt:
    return annul(s, sealing(s), s.dora, annuls=None)


@refuses(CorrectionRecorded, ITEM, "E_CORRECTION", "has no field supplied that can")
def test_what_came_with_the_content_was_compared_by_software(s: Story) -> Attempt:
    tag = s.world.register(s.case, 2, by=s.dora)
    entry = s.world.record("item.received", [tag], signers=[s.dora])
    given = {"corrects": entry, "act": "item.received", "field": "supplied"}
    return attempt(s, "correction.recorded", [tag], given, s.dora)


def countersign(s: Story, about: str, entry: str, *signers: Any) -> Attempt:
    return attempt(s, "statement.countersigned", [about], {"entry": entry}, *signers)


@admits(StatementCountersigned, ITEM)
def test_another_signs_an_entry_that_stands_and_it_is_a_touch(s: Story) -> None:
    entry = sealing(s)
    countersign(s, s.laptop, entry, s.pia)()
    chain = s.world.chains[s.laptop]
    assert chain.changed < chain.count - 1


@admits(StatementCountersigned, CASE)
def test_a_warrant_is_countersigned(s: Story) -> None:
    countersign(s, s.case, s.warrant, s.dora)()


@admits(StatementCountersigned, ACTOR)
def test_an_enrolment_is_countersigned_by_the_person(s: Story) -> None:
    countersign(s, s.dora.tag, s.world.runs[1].signed.id, s.dora)()


@refuses(StatementCountersigned, ITEM, "E_UNKNOWN", "no such entry on this chain")
def test_nobody_signs_what_is_not_there(s: Story) -> Attempt:
    return countersign(s, s.laptop, HASH, s.pia)


@refuses(StatementCountersigned, CASE, "E_UNKNOWN", "no such entry on this chain")
def test_nor_what_stands_elsewhere(s: Story) -> Attempt:
    return countersign(s, s.case, sealing(s), s.olga)


@refuses(StatementCountersigned, ITEM, "E_SAME_PERSON", "does not countersign it")
def test_nobody_countersigns_her_own_entry(s: Story) -> Attempt:
    return countersign(s, s.laptop, sealing(s), s.dora)


@refuses(StatementCountersigned, ITEM, "E_SAME_PERSON", "does not countersign it")
def test_nor_one_that_she_co_signed(s: Story) -> Attempt:
    tag = image(s)
    signers: Signers = [s.eve, (s.pia, Capacity.WITNESS)]
    entry = s.world.record("storage.moved", [tag], signers=signers)
    return countersign(s, tag, entry, s.pia)


@refuses(StatementCountersigned, ITEM, "E_NO_GRANT", "in this case")
def test_a_stranger_countersigns_nothing(s: Story) -> Attempt:
    owner = s.world.enrol("Owner", "owner", by=s.ada)
    return countersign(s, s.laptop, sealing(s), owner)


@refuses(StatementCountersigned, CASE, "E_NO_GRANT", "in this case")
def test_nor_in_a_case(s: Story) -> Attempt:
    owner = s.world.enrol("Owner", "owner", by=s.ada)
    return countersign(s, s.case, s.warrant, owner)


@refuses(StatementCountersigned, ACTOR, "E_SAME_PERSON", "does not countersign it")
def test_who_enrolled_a_person_does_not_countersign_that(s: Story) -> Attempt:
    return countersign(s, s.dora.tag, s.world.runs[1].signed.id, s.ada)


@refuses(CorrectionRecorded, ITEM, "E_TWO_PERSON", "oversees, and is not involved")
def test_the_holder_does_not_annul_the_seal_that_another_put_on(s: Story) -> Attempt:
    """Its numbers would be gone, and whatever is read off a bag would contradict nothing."""
    entry = sealing(s)
    hand_over(s, s.laptop, s.dora, s.olga, seal="intact")
    return annul(s, entry, s.olga, for_absent="left_service")
