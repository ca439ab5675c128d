"""Rules on working copies, analyses, reviews and the numbers of others: R15, R25, R27, R51, R125."""

from typing import Any

from custody_schemas.acts import (
    AnalysisRecorded,
    AnalysisReviewed,
    CopyIssued,
    CopyReturned,
    ItemReferenceAssigned,
)
from custody_schemas.declare import Kind
from custody_schemas.terms import DiscrepancyKind
from tests.bodies import HASH
from tests.rulings import (
    Attempt,
    admits,
    attempt,
    check_out,
    hand_over,
    image,
    refuses,
    release,
    seal,
    set_state,
)
from tests.worlds import Person, Story

ITEM = Kind.ITEM


def issue(s: Story, tag: str, to: Person | None = None, number: int = 1, **given: Any) -> Attempt:
    """To give out a copy of what Eve holds."""
    receiver = {"outside": None, "to": to.tag} if to else {}
    return attempt(s, "copy.issued", [tag], {**receiver, "number": number, **given}, s.eve)


def issued(s: Story, tag: str, to: Person | None = None) -> str:
    """The entry that gave out copy 1."""
    issue(s, tag, to)()
    return s.world.runs[-1].signed.id


def analyse(s: Story, tag: str, by: Person, **given: Any) -> Attempt:
    return attempt(s, "analysis.recorded", [tag], given, by)


@admits(ItemReferenceAssigned, ITEM)
def test_a_laboratory_gives_its_own_number_and_nothing_changes(s: Story) -> None:
    before = s.world.item(s.laptop)
    s.world.record("item.reference_assigned", [s.laptop], signers=[s.pia])
    assert s.world.item(s.laptop) == before.but(people=(*before.people, s.pia.tag))
    assert s.world.chains[s.laptop].changed < s.world.chains[s.laptop].count - 1


@refuses(ItemReferenceAssigned, ITEM, "E_NO_GRANT", "in this case")
def test_who_has_no_right_in_the_case_gives_no_number(s: Story) -> Attempt:
    owner = s.world.enrol("Owner", "owner", by=s.ada)
    return attempt(s, "item.reference_assigned", [s.laptop], {}, owner)


@admits(CopyIssued, ITEM)
def test_several_copies_are_out_at_once(s: Story) -> None:
    tag = image(s)
    issue(s, tag, s.pia)()
    issue(s, tag, number=2, due_back="2026-12-01T00:00:00Z", authority=s.warrant)()
    item = s.world.item(tag)
    assert [(copy.number, copy.to) for copy in item.copies] == [(1, s.pia.tag), (2, None)]
    assert item.holder == s.eve.tag


@refuses(CopyIssued, ITEM, "E_NO_GRANT", "hold items")
def test_who_lost_the_role_gives_out_no_copy(s: Story) -> Attempt:
    """A release is still possible then: it brings the item back to somebody with a role."""
    tag = image(s)
    s.world.record("role.revoked", [s.eve.tag], {"role": "examiner"}, signers=[s.ada])
    return issue(s, tag)


@refuses(CopyIssued, ITEM, "E_OPEN_TRANSFER", "on its way")
def test_nothing_on_its_way_is_copied(s: Story) -> Attempt:
    tag = image(s)
    release(s, tag, s.eve, s.carl)
    return issue(s, tag)


@refuses(CopyIssued, ITEM, "E_NOT_HOLDER", "not with the signer")
def test_nobody_copies_what_another_holds(s: Story) -> Attempt:
    return issue(s, image(s, by=s.dora))


@refuses(CopyIssued, ITEM, "E_HASH", "no digital content on file")
def test_a_laptop_is_not_copied_but_acquired(s: Story) -> Attempt:
    hand_over(s, s.laptop, s.dora, s.eve)
    return issue(s, s.laptop)


@refuses(CopyIssued, ITEM, "E_HASH", "read back as not_checked: write it again")
def test_a_copy_is_read_back(s: Story) -> Attempt:
    return issue(s, image(s), verified="not_checked")


@refuses(CopyIssued, ITEM, "E_UNKNOWN", "one receiver")
def test_a_copy_goes_to_somebody(s: Story) -> Attempt:
    return issue(s, image(s), outside=None)


@refuses(CopyIssued, ITEM, "E_COPY", "the next copy of this item is number 2")
def test_no_number_is_used_twice(s: Story) -> Attempt:
    tag = image(s)
    issued(s, tag)
    return issue(s, tag)


@refuses(CopyIssued, ITEM, "E_AUTHORITY", "is not on file")
def test_the_basis_of_a_copy_is_on_file(s: Story) -> Attempt:
    return issue(s, image(s), authority=HASH)


def give_back(s: Story, tag: str, copy: str, by: Person, **given: Any) -> Attempt:
    return attempt(s, "copy.returned", [tag], {"copy": copy, **given}, by)


@admits(CopyReturned, ITEM)
def test_who_got_the_copy_says_that_it_was_wiped(s: Story) -> None:
    tag = image(s)
    give_back(s, tag, issued(s, tag, s.pia), s.pia, fate="wiped")()
    assert (s.world.item(tag).copies, s.world.item(tag).issued) == ((), 1)
    assert s.world.item(tag).discrepancies == ()


@admits(CopyReturned, ITEM)
def test_a_changed_copy_says_nothing_against_the_item(s: Story) -> None:
    tag = image(s)
    give_back(s, tag, issued(s, tag), s.eve, hash="mismatch")()
    item = s.world.item(tag)
    assert not item.disputed
    assert [d.kind for d in item.discrepancies] == [DiscrepancyKind.RECORD_CONFLICT]


@admits(CopyReturned, ITEM)
def test_a_lost_copy_is_something_that_somebody_must_answer_for(s: Story) -> None:
    tag = image(s)
    give_back(s, tag, issued(s, tag), s.eve, fate="lost")()
    kinds = [d.kind for d in s.world.item(tag).discrepancies]
    assert kinds == [DiscrepancyKind.UNAUTHORISED_ACCESS]


@refuses(CopyReturned, ITEM, "E_COPY", "no copy of this item that is still out")
def test_a_copy_ends_once(s: Story) -> Attempt:
    tag = image(s)
    copy = issued(s, tag)
    give_back(s, tag, copy, s.eve)()
    return give_back(s, tag, copy, s.eve)


@refuses(CopyReturned, ITEM, "E_NOT_HOLDER", "who holds the item, or got the copy")
def test_a_stranger_does_not_say_what_became_of_a_copy(s: Story) -> Attempt:
    tag = image(s)
    return give_back(s, tag, issued(s, tag, s.pia), s.carl)


@admits(AnalysisRecorded, ITEM)
def test_who_holds_an_image_examines_it_and_it_is_a_touch(s: Story) -> None:
    tag = image(s)
    analyse(s, tag, s.eve, working_copy="not_stated", authority=s.warrant)()
    assert s.world.chains[tag].changed < s.world.chains[tag].count - 1


@admits(AnalysisRecorded, ITEM)
def test_who_got_a_copy_examines_that(s: Story) -> None:
    tag = image(s)
    issued(s, tag, s.dora)
    analyse(s, tag, s.dora)()


@admits(AnalysisRecorded, ITEM)
def test_an_original_is_examined_for_a_reason(s: Story) -> None:
    """R51: the reason is an adverse fact."""
    s.world.acquire(s.case, 2, by=s.dora, source=s.laptop)
    seal(s, s.laptop, s.dora)
    analyse(s, s.laptop, s.dora, working_copy="no", original="court_direction")()


@refuses(AnalysisRecorded, ITEM, "E_NO_GRANT", "acquire and examine")
def test_a_custodian_examines_nothing(s: Story) -> Attempt:
    return analyse(s, image(s), s.carl)


@refuses(AnalysisRecorded, ITEM, "E_TERMINAL", "left custody for good")
def test_what_is_gone_is_not_examined(s: Story) -> Attempt:
    tag = image(s)
    set_state(s, tag, terminal=True)
    return analyse(s, tag, s.eve)


@refuses(AnalysisRecorded, ITEM, "E_AUTHORITY", "is not on file")
def test_the_basis_of_an_analysis_is_on_file(s: Story) -> Attempt:
    return analyse(s, image(s), s.eve, authority=HASH)


@refuses(AnalysisRecorded, ITEM, "E_NOT_HOLDER", "not with the signer")
def test_who_has_neither_item_nor_copy_has_nothing_to_examine(s: Story) -> Attempt:
    return analyse(s, image(s), s.dora)


@refuses(AnalysisRecorded, ITEM, "E_NOT_HOLDER", "not with the signer")
def test_a_copy_given_back_is_no_copy(s: Story) -> Attempt:
    tag = image(s)
    give_back(s, tag, issued(s, tag, s.dora), s.dora)()
    return analyse(s, tag, s.dora)


@refuses(AnalysisRecorded, ITEM, "E_NOT_HOLDER", "not with the signer")
def test_who_got_a_copy_did_not_examine_the_item_itself(s: Story) -> Attempt:
    """The entry says so: then she must have had it."""
    tag = image(s)
    issued(s, tag, s.dora)
    return analyse(s, tag, s.dora, working_copy="no")


@refuses(AnalysisRecorded, ITEM, "E_ORIGINAL", "record the analysis on its copy")
def test_a_laptop_is_no_working_copy(s: Story) -> Attempt:
    return analyse(s, s.laptop, s.dora)


@refuses(AnalysisRecorded, ITEM, "E_ORIGINAL", "a verified copy of this original is on file")
def test_an_original_is_left_alone_while_there_is_a_copy(s: Story) -> Attempt:
    s.world.acquire(s.case, 2, by=s.dora, source=s.laptop)
    return analyse(s, s.laptop, s.dora, working_copy="no")


@refuses(AnalysisRecorded, ITEM, "E_SEAL", "break the seal first")
def test_nothing_is_examined_inside_its_bag(s: Story) -> Attempt:
    seal(s, s.laptop, s.dora)
    return analyse(s, s.laptop, s.dora, working_copy="no")


@refuses(AnalysisRecorded, ITEM, "E_NOT_HOLDER", "not with the signer")
def test_the_holder_does_not_examine_what_another_has_out(s: Story) -> Attempt:
    check_out(s, s.laptop, s.dora, s.eve)
    return analyse(s, s.laptop, s.dora, working_copy="no")


def review(s: Story, by: Person, **given: Any) -> Attempt:
    """To review Eve's analysis of an image."""
    tag = image(s)
    analyse(s, tag, s.eve)()
    given = {"analysis": s.world.runs[-1].signed.id, **given}
    return attempt(s, "analysis.reviewed", [tag], given, by)


@admits(AnalysisReviewed, ITEM)
def test_another_examiner_reviews_who_has_not_the_item(s: Story) -> None:
    review(s, s.dora, outcome="not_confirmed")()


@admits(AnalysisReviewed, ITEM)
def test_who_oversees_reviews(s: Story) -> None:
    review(s, s.olga)()


@refuses(AnalysisReviewed, ITEM, "E_NO_GRANT", "correct for others")
def test_a_receiver_reviews_nothing(s: Story) -> Attempt:
    return review(s, s.pia)


@refuses(AnalysisReviewed, ITEM, "E_UNKNOWN", "no such analysis on this chain")
def test_only_an_analysis_is_reviewed(s: Story) -> Attempt:
    return review(s, s.dora, analysis=HASH)


@refuses(AnalysisReviewed, ITEM, "E_SAME_PERSON", "nobody reviews an analysis of her own")
def test_nobody_reviews_herself(s: Story) -> Attempt:
    return review(s, s.eve)
