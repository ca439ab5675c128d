"""Conditions of the rules on keeping that decide alone: another one would have let it pass."""

from typing import Any

from custody.core import times
from custody.core.retention import LineAt, Retained
from custody_schemas.acts import (
    DispositionApproved,
    DispositionBegun,
    DispositionCertified,
    DispositionConsulted,
    DispositionExecuted,
    DispositionRequested,
    HoldAmended,
    HoldPlaced,
    HoldReleased,
    InventoryClosed,
    PrivacyErased,
    RetentionAssigned,
    RetentionChanged,
)
from custody_schemas.declare import Kind
from custody_schemas.terms import RetentionMode
from tests.bodies import HASH
from tests.rulings import Attempt, admits, attempt, hand_over, image, refuses, set_state
from tests.schedules import case_of, housed, kept, load, rule
from tests.test_rules_dispositions import (
    DESTROYED,
    WITNESS,
    approve,
    approved,
    asked,
    begun,
    certify,
    destroyed,
    image_of_the_laptop,
    imaged,
    light,
    loaded,
    over,
    second_account,
    status,
    step,
)
from tests.test_rules_holds import amending, holds, placed, placing, releasing
from tests.test_rules_inventories import close, start
from tests.test_rules_privacy import erase
from tests.test_rules_retention import BY_RULE, LATE, assigning, moving, warrant
from tests.worlds import Person, Story

ITEM, CASE, ACTOR = Kind.ITEM, Kind.CASE, Kind.ACTOR


@refuses(RetentionAssigned, ITEM, "E_PACK", "version 1 of the pack house is in force")
def test_a_pack_alone_is_no_line_of_somebodys_own(s: Story) -> Attempt:
    """Else a date that somebody made up would stand in the record as the pack's."""
    load(s, rule())
    return assigning(s, s.laptop, s.carl, pack="house")


@refuses(RetentionAssigned, ITEM, "E_PACK", "no pack None is in force")
def test_nor_is_a_version_alone(s: Story) -> Attempt:
    load(s, rule())
    return assigning(s, s.laptop, s.carl, pack_version=1)


@refuses(RetentionAssigned, ITEM, "E_PACK", "the pack house has no rule None")
def test_nor_are_both_without_a_rule(s: Story) -> Attempt:
    load(s, rule())
    return assigning(s, s.laptop, s.carl, pack="house", pack_version=1)


@admits(RetentionChanged, ITEM)
def test_while_two_versions_count_it_is_the_later_date_that_was_moved(s: Story) -> None:
    """By it one sees later whether the date that was moved is still the one that is computed."""
    item = housed(s, rule(keep=1_000))
    load(s, rule(keep=2_000), version=2, cooling_off_days=30)
    moving(s, item, "2040-01-01T00:00:00Z", s.carl)()
    (moved,) = s.world.item(item).moved
    assert moved.began is not None and moved.computed is not None
    assert moved.computed - moved.began == 2_000 * 86_400


@admits(RetentionChanged, ITEM)
def test_the_date_that_a_rule_gives_is_moved_and_not_what_somebody_assigned_by_it(s: Story) -> None:
    item = housed(s, rule(keep=1_000))
    s.world.record("retention.assigned", [item], BY_RULE, signers=[s.carl])
    before = kept(s, item).until
    order, paul = warrant(s, item), s.world.enrol("Paul", "prosecutor", by=s.ada)
    moving(s, item, "2027-01-01T00:00:00Z", paul, s.carl, s.olga, authority=order)()
    assert sorted(line.moved for line in kept(s, item).lines) == [False, True]
    assert kept(s, item).until == before


@refuses(HoldPlaced, ITEM, "E_HOLD", "whatever it is")
def test_a_hold_on_an_item_asks_for_no_lines_either(s: Story) -> Attempt:
    return placing(s, s.laptop, s.dora, lines=["device"])


@refuses(HoldAmended, ITEM, "E_HOLD", "no hold that still stands")
def test_a_hold_is_amended_by_its_own_name_while_another_stands(s: Story) -> Attempt:
    placed(s, s.laptop)
    return amending(s, s.laptop, HASH, s.dora)


@refuses(HoldReleased, ITEM, "E_HOLD", "no hold that still stands")
def test_to_lift_a_hold_of_the_case_lifts_none_of_the_item(s: Story) -> Attempt:
    of_case = placed(s, s.case)
    placed(s, s.laptop)
    return releasing(s, s.laptop, of_case, s.pia, s.olga, s.carl)


@admits(HoldAmended, CASE)
def test_of_two_holds_one_is_amended_and_catches_as_much_as_before(s: Story) -> None:
    one, other = (placed(s, s.case, types=["computer"], lines=["device"]) for _ in range(2))
    given = {"types": ["computer"], "lines": ["device"], "review_by": LATE}
    amending(s, s.case, other, s.dora, **given)()
    assert [each.review_by for each in case_of(s, s.laptop).holds] == [None, times.seconds(LATE)]
    assert holds(s, s.laptop) == [one, other]


@refuses(DispositionConsulted, ITEM, "E_NO_GRANT", "hold items")
def test_who_has_no_right_in_the_case_tells_no_advice(s: Story) -> Attempt:
    s.world.record("role.revoked", [s.pia.tag], {"role": "lab_receiver"}, signers=[s.ada])
    return step(s, "disposition.consulted", asked(s), s.pia, opinion="no_objection")


@refuses(DispositionApproved, ITEM, "E_DISPOSITION", "not asked for, or has ended")
def test_another_disposition_than_the_one_that_was_asked_for_is_not_approved(s: Story) -> Attempt:
    asked(s)
    return step(s, "disposition.approved", HASH, s.olga)


@refuses(DispositionExecuted, ITEM, "E_DISPOSITION", "not asked for, or has ended")
def test_what_has_begun_does_not_end_as_another_disposition(s: Story) -> Attempt:
    begun(s)
    given = {**DESTROYED, "disposition": HASH}
    return attempt(s, "disposition.executed", [s.laptop], given, s.dora, (s.pia, WITNESS))


@refuses(
    DispositionApproved, ITEM, "E_TWO_PERSON", "does not count as an approval here, or not now"
)
def test_an_order_that_has_ended_is_no_approval(s: Story) -> Attempt:
    phone = loaded(s, orders=["court_order"])
    given = {"kind": "court_order", "valid_to": times.spelt(s.world.now + 60)}
    case = s.world.item(phone).case
    order = s.world.record("authority.recorded", [case], given, signers=[s.olga])
    which = s.world.record("disposition.requested", [phone], signers=[s.dora])
    s.world.now += 3_600
    return step(s, "disposition.approved", which, s.carl, item=phone, order=order)


@refuses(DispositionExecuted, ITEM, "E_TWO_PERSON", "1 of 2 approvals are there")
def test_an_order_that_was_quashed_meanwhile_approves_no_longer(s: Story) -> Attempt:
    phone = loaded(s, orders=["court_order"])
    case = s.world.item(phone).case
    given = {"kind": "court_order"}
    order = s.world.record("authority.recorded", [case], given, signers=[s.olga])
    which = s.world.record("disposition.requested", [phone], signers=[s.dora])
    step(s, "disposition.approved", which, s.carl, item=phone, order=order)()
    given = {"authority": order, "cause": "quashed"}
    s.world.record("authority.ended", [case], given, signers=[s.olga])
    return step(s, "disposition.executed", which, s.dora, item=phone)


@refuses(DispositionApproved, ITEM, "E_TWO_PERSON", "does not count as an approval here")
def test_where_no_pack_says_so_no_order_is_an_approval(s: Story) -> Attempt:
    return step(s, "disposition.approved", asked(s), s.carl, order=s.warrant)


@refuses(DispositionBegun, ITEM, "E_WITNESS_IN_CHAIN", "somebody from outside who watches")
def test_nobody_of_the_chain_watches_under_another_account(s: Story) -> Attempt:
    phone = loaded(s, outside_witness=["computer"])
    hand_over(s, phone, s.dora, s.eve)
    hand_over(s, phone, s.eve, s.dora)
    which = s.world.record("disposition.requested", [phone], {"kind": "destroy"}, signers=[s.dora])
    approve(s, which, s.olga, s.carl, item=phone)
    other = second_account(s, s.eve, "lab_receiver")
    return step(s, "disposition.begun", which, s.dora, (other, WITNESS), item=phone)


@refuses(DispositionExecuted, ITEM, "E_DISPOSITION", "a request and two approvals")
def test_an_image_on_file_opens_no_light_path_to_other_types(s: Story) -> Attempt:
    return light(s, imaged(s, light=["mobile"]), s.dora, s.carl)


@refuses(DispositionExecuted, ITEM, "E_NOT_HOLDER", "")
def test_who_does_not_hold_it_gives_it_back_to_nobody(s: Story) -> Attempt:
    return light(s, imaged(s), s.eve, s.carl)


@refuses(DispositionExecuted, ITEM, "E_NO_GRANT", "hold items")
def test_who_may_not_hold_items_gives_none_back(s: Story) -> Attempt:
    phone = imaged(s)
    set_state(s, phone, holder=s.ada.tag)
    return light(s, phone, s.ada, s.carl)


@refuses(DispositionExecuted, ITEM, "E_DISPOSITION", "who has the item now")
def test_the_light_path_leads_to_somebody(s: Story) -> Attempt:
    return light(s, imaged(s), s.dora, s.carl, to=None)


@admits(DispositionRequested, ITEM)
def test_once_no_appeal_can_be_filed_any_more_it_may_be_asked_for(s: Story) -> None:
    status(s, "acquitted", appeal_deadline=times.spelt(s.world.now + 3_600))
    s.world.now += 2 * 3_600
    asked(s)


@refuses(DispositionRequested, ITEM, "E_APPEAL", "can still be filed")
def test_in_its_last_second_an_appeal_can_be_filed(s: Story) -> Attempt:
    over(s, s.laptop)
    status(s, "acquitted", appeal_deadline=times.spelt(s.world.now + 60))
    return attempt(s, "disposition.requested", [s.laptop], {}, s.dora)


@refuses(DispositionCertified, ITEM, "E_DISPOSITION", "did not dispose of this item")
def test_a_certificate_rests_on_the_entry_that_disposed_of_it(s: Story) -> Attempt:
    remark = s.world.record("note.recorded", [s.laptop], {"note": "x"}, signers=[s.dora])
    destroyed(s)
    return certify(s, remark, s.olga)


@refuses(DispositionCertified, ITEM, "E_DISPOSITION", "did not dispose of this item")
def test_nor_on_an_entry_that_is_not_on_its_chain(s: Story) -> Attempt:
    destroyed(s)
    return certify(s, HASH, s.olga)


@admits(DispositionCertified, ITEM)
def test_who_does_not_say_that_all_is_gone_may_certify_what_remains(s: Story) -> None:
    image_of_the_laptop(s)
    certify(s, destroyed(s), s.olga, total="no", surviving=1)()


def exported(s: Story) -> None:
    """The whole case leaves the house, with content."""
    s.world.record("export.prepared", [s.case], {"evidence": True}, signers=[s.olga])


@admits(DispositionCertified, ITEM)
def test_an_export_of_content_leaves_nothing_of_what_had_none(s: Story) -> None:
    exported(s)
    certify(s, destroyed(s), s.olga, total="yes")()


@refuses(DispositionCertified, ITEM, "E_SURVIVING", "2 copies, products and exports remain")
def test_what_was_removed_in_part_is_counted_beside_what_was_made_of_it(s: Story) -> Attempt:
    tag, product = image(s, 2, by=s.dora), s.world.register(s.case, 3, by=s.dora)
    s.world.record("item.acquired", [product, (Kind.SOURCE, tag)], signers=[s.dora])
    which = approved(s, tag, kind="destroy")
    signers: list[Any] = [s.dora, (s.pia, WITNESS)]
    step(s, "disposition.begun", which, *signers, item=tag)()
    given = {**DESTROYED, "disposition": which, "removal": "removed_in_part"}
    done = s.world.record("disposition.executed", [tag], given, signers=signers)
    return attempt(s, "disposition.certified", [tag], {"executed": done, "surviving": 1}, s.olga)


@refuses(PrivacyErased, ITEM, "E_ERASURE", "there is no such entry (note.recorded)")
def test_no_remark_is_erased_that_is_not_on_the_chain(s: Story) -> Attempt:
    given = {"act": "note.recorded", "fields": None, "envelope": HASH}
    return erase(s, s.laptop, HASH, **given)


def overseers_of_one_case(s: Story) -> list[Person]:
    """Three who oversee in the story's case, and nowhere else."""
    people = [s.world.enrol(name, "auditor", by=s.ada) for name in ("Uma", "Vic", "Wim")]
    for person in people:
        given = {"role": "peer_reviewer", "case": s.case}
        s.world.record("role.granted", [person.tag], given, signers=[s.ada])
    return people


@admits(PrivacyErased, CASE)
def test_who_oversees_in_a_case_erases_what_is_said_of_it(s: Story) -> None:
    entry = next(entry for about, entry in s.world.citations if about == s.case)
    people = overseers_of_one_case(s)
    erase(s, s.case, entry, *people, act="case.opened", fields=["title"])()


@refuses(PrivacyErased, ACTOR, "E_NO_GRANT", "how long items are kept")
def test_nobody_is_forgotten_on_the_word_of_one_case(s: Story) -> Attempt:
    entry = next(entry for about, entry in s.world.citations if about == s.eve.tag)
    people = overseers_of_one_case(s)
    return erase(s, s.eve.tag, entry, *people, act="actor.registered", fields=["name"])


@refuses(InventoryClosed, Kind.LEDGER, "E_INVENTORY", "not begun, or is closed already")
def test_an_inventory_is_closed_by_its_own_name_while_another_is_open(s: Story) -> Attempt:
    start(s, s.carl)
    return close(s, HASH, s.carl)


def test_a_date_is_over_in_the_second_that_it_names() -> None:
    line = LineAt(None, None, None, "x", None, None, 10, 10, RetentionMode.GOVERNANCE, False)
    assert [Retained((line,)).over(at) for at in (9, 10, 11)] == [False, True, True]
