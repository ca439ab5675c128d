"""Rules on how items leave custody for good: R33, R34, R54–R57, R75."""

from typing import Any

from custody.core import tags, times
from custody.core.state import Case
from custody_schemas.acts import (
    DispositionApproved,
    DispositionBegun,
    DispositionCertified,
    DispositionConsulted,
    DispositionExecuted,
    DispositionRejected,
    DispositionRequested,
)
from custody_schemas.declare import Capacity, Kind
from custody_schemas.terms import DispositionKind
from tests.bodies import HASH, PACK
from tests.rulings import Attempt, admits, attempt, check_out, image, refuses, release, set_state
from tests.worlds import Person, Story

ITEM = Kind.ITEM
WITNESS = Capacity.WITNESS
DESTROYED: dict[str, Any] = {"kind": "destroy", "to": None, "assurance": None}


def over(s: Story, item: str) -> str:
    """Retention of the item has ended; the item."""
    given = {"retain_until": times.spelt(s.world.now - 60)}
    s.world.record("retention.assigned", [item], given, signers=[s.olga])
    return item


def asked(s: Story, item: str = "", by: Person | None = None, **given: Any) -> str:
    """A disposition is asked for, by Dora, who holds the laptop, unless somebody else is named."""
    about = [over(s, item or s.laptop)]
    return s.world.record("disposition.requested", about, given, signers=[by or s.dora])


def step(s: Story, act: str, which: str, *signers: Any, item: str = "", **given: Any) -> Attempt:
    """One step of a disposition."""
    return attempt(s, act, [item or s.laptop], {"disposition": which, **given}, *signers)


def approve(s: Story, which: str, *people: Person, item: str = "") -> str:
    """Each of them approves; the disposition."""
    for person in people:
        step(s, "disposition.approved", which, person, item=item)()
    return which


def approved(s: Story, item: str = "", by: Person | None = None, **given: Any) -> str:
    """A disposition that Olga and Carl have approved."""
    return approve(s, asked(s, item, by, **given), s.olga, s.carl, item=item)


def begun(s: Story, **given: Any) -> str:
    """A destruction of the laptop has begun before Pia."""
    which = approved(s, kind="destroy", **given)
    step(s, "disposition.begun", which, s.dora, (s.pia, WITNESS))()
    return which


def loaded(s: Story, **pack: Any) -> str:
    """A pack is in force, and a case of its own has a seized phone that Dora holds; the phone."""
    rule = {
        "code": "over",
        "text": "kept no longer",
        "source": "house rule",
        "lines": ["device", "image"],
        "trigger": "registration",
        "keep": {"years": 0, "months": 0, "days": 0},
        "mode": "governance",
    }
    given = {"pack": {**PACK, "retention": [rule], **pack}}
    s.world.record(
        "pack.loaded", [tags.ledger_tag(s.world.origin)], given, signers=[s.olga, s.carl]
    )
    case = s.world.open_case("K-2026/40", by=s.olga, legal_profile="house")
    warrant = s.world.record(
        "authority.recorded", [case], {"kind": "court_order"}, signers=[s.olga]
    )
    phone = s.world.seize(case, 1, warrant, by=s.dora)
    s.world.now += 86_400
    return phone


def order_of(s: Story, item: str) -> str:
    """The order on file in the item's case."""
    case = s.world.states[s.world.item(item).case]
    assert isinstance(case, Case)
    return case.authorities[0].id


def held(s: Story, *about: str, **given: Any) -> None:
    s.world.record("hold.placed", list(about), given, signers=[s.pia])


@admits(DispositionRequested, ITEM)
def test_what_nothing_protects_may_be_asked_for(s: Story) -> None:
    which = asked(s)
    found = s.world.item(s.laptop).disposition
    assert found and (found.id, found.by, found.begun) == (which, s.dora.tag, False)


@admits(DispositionRequested, ITEM)
def test_who_decides_on_retention_asks_though_another_holds_the_item(s: Story) -> None:
    asked(s, by=s.olga)


@refuses(DispositionRequested, ITEM, "E_NO_GRANT", "hold items")
def test_an_admin_asks_for_nothing(s: Story) -> Attempt:
    return attempt(s, "disposition.requested", [over(s, s.laptop)], {}, s.ada)


@refuses(DispositionRequested, ITEM, "E_RETENTION", "nobody said how long")
def test_nobody_said_how_long_it_is_kept(s: Story) -> Attempt:
    return attempt(s, "disposition.requested", [s.laptop], {}, s.dora)


@refuses(DispositionRequested, ITEM, "E_RETENTION", "until 2030-01-01")
def test_retention_is_not_over(s: Story) -> Attempt:
    s.world.record("retention.assigned", [over(s, s.laptop)], signers=[s.olga])
    return attempt(s, "disposition.requested", [s.laptop], {}, s.dora)


@refuses(DispositionRequested, ITEM, "E_RETENTION", "for good")
def test_it_is_kept_for_good(s: Story) -> Attempt:
    given = {"mode": "indefinite", "retain_until": None}
    s.world.record("retention.assigned", [over(s, s.laptop)], given, signers=[s.olga])
    return attempt(s, "disposition.requested", [s.laptop], {}, s.dora)


@refuses(DispositionRequested, ITEM, "E_HOLD", "the item is under hold: legal hold")
def test_a_hold_on_the_item(s: Story) -> Attempt:
    held(s, over(s, s.laptop))
    return attempt(s, "disposition.requested", [s.laptop], {}, s.dora)


@refuses(DispositionRequested, ITEM, "E_HOLD", "litigation")
def test_a_hold_on_the_case_catches_it(s: Story) -> Attempt:
    over(s, s.laptop)
    held(s, s.case, kind="litigation", lines=["device"])
    return attempt(s, "disposition.requested", [s.laptop], {}, s.dora)


@admits(DispositionRequested, ITEM)
def test_a_hold_on_images_does_not_catch_the_device(s: Story) -> None:
    held(s, s.case, lines=["image"])
    asked(s)


@refuses(DispositionRequested, ITEM, "E_OPEN_TRANSFER", "on its way")
def test_it_is_being_handed_over(s: Story) -> Attempt:
    release(s, over(s, s.laptop), s.dora, s.carl)
    return attempt(s, "disposition.requested", [s.laptop], {}, s.dora)


@refuses(DispositionRequested, ITEM, "E_CHECKED_OUT", "checked out")
def test_it_is_out(s: Story) -> Attempt:
    check_out(s, over(s, s.laptop), s.dora, s.eve)
    return attempt(s, "disposition.requested", [s.laptop], {}, s.dora)


@refuses(DispositionRequested, ITEM, "E_OPEN_DISCREPANCY", "unresolved: damage")
def test_something_about_it_is_unresolved(s: Story) -> Attempt:
    over(s, s.laptop)
    s.world.record("discrepancy.opened", [s.laptop], {"kind": "damage"}, signers=[s.dora])
    return attempt(s, "disposition.requested", [s.laptop], {}, s.dora)


@refuses(DispositionRequested, ITEM, "E_APPEAL", "the case is in appeal")
def test_an_appeal_is_pending(s: Story) -> Attempt:
    over(s, s.laptop)
    status(s, "appeal")
    return attempt(s, "disposition.requested", [s.laptop], {}, s.dora)


@refuses(DispositionRequested, ITEM, "E_APPEAL", "can still be filed")
def test_an_appeal_can_still_be_filed(s: Story) -> Attempt:
    over(s, s.laptop)
    status(s, "acquitted", appeal_deadline=times.spelt(s.world.now + 86_400))
    return attempt(s, "disposition.requested", [s.laptop], {}, s.dora)


@refuses(DispositionRequested, ITEM, "E_APPEAL", "can still be filed")
def test_an_appeal_can_be_filed_though_the_case_was_taken_up_again(s: Story) -> Attempt:
    over(s, s.laptop)
    status(s, "acquitted", appeal_deadline=times.spelt(s.world.now + 86_400))
    s.world.record("case.closed", [s.case], {"status": "closed"}, signers=[s.olga])
    s.world.record("case.reopened", [s.case], {"status": "trial"}, signers=[s.olga])
    return attempt(s, "disposition.requested", [s.laptop], {}, s.dora)


def status(s: Story, status: str, **given: Any) -> None:
    given |= {"status": status, "effective_at": times.spelt(s.world.now - 60)}
    s.world.record("case.status_changed", [s.case], given, signers=[s.olga])


@refuses(DispositionRequested, ITEM, "E_NO_ORIGIN", "nobody said where it comes from")
def test_it_has_no_origin(s: Story) -> Attempt:
    tag = s.world.register(s.case, 5, by=s.dora)
    return attempt(s, "disposition.requested", [over(s, tag)], {}, s.dora)


@refuses(DispositionRequested, ITEM, "E_DISPOSITION", "already")
def test_it_is_asked_for_once(s: Story) -> Attempt:
    asked(s)
    return attempt(s, "disposition.requested", [s.laptop], {}, s.olga)


@refuses(DispositionRequested, ITEM, "E_DISPOSITION", "what is to become of the item")
def test_a_kind_is_said(s: Story) -> Attempt:
    given = {"kind": "not_stated"}
    return attempt(s, "disposition.requested", [over(s, s.laptop)], given, s.dora)


@refuses(DispositionRequested, ITEM, "E_DISPOSITION", "what is to become of the item")
def test_a_reason_is_said(s: Story) -> Attempt:
    given = {"reason": "not_stated"}
    return attempt(s, "disposition.requested", [over(s, s.laptop)], given, s.dora)


@refuses(DispositionRequested, ITEM, "E_DISPOSITION", "resolve the discrepancy")
def test_relief_is_no_disposition(s: Story) -> Attempt:
    given = {"kind": "relief_of_accountability"}
    return attempt(s, "disposition.requested", [over(s, s.laptop)], given, s.dora)


@refuses(DispositionRequested, ITEM, "E_AUTHORITY", "not on file")
def test_a_legal_basis_is_on_file(s: Story) -> Attempt:
    return attempt(s, "disposition.requested", [over(s, s.laptop)], {"authority": HASH}, s.dora)


@admits(DispositionConsulted, ITEM)
def test_the_last_answer_counts(s: Story) -> None:
    which = asked(s)
    step(s, "disposition.consulted", which, s.pia, opinion="objects")()
    step(s, "disposition.consulted", which, s.pia, opinion="no_objection")()
    approve(s, which, s.olga)


@refuses(DispositionConsulted, ITEM, "E_DISPOSITION", "not asked for")
def test_nobody_is_consulted_on_nothing(s: Story) -> Attempt:
    return step(s, "disposition.consulted", HASH, s.pia)


@refuses(DispositionApproved, ITEM, "E_DISPOSITION", "who was consulted objects")
def test_an_objection_stops_it(s: Story) -> Attempt:
    which = asked(s)
    step(s, "disposition.consulted", which, s.pia, opinion="objects")()
    return step(s, "disposition.approved", which, s.olga)


@admits(DispositionApproved, ITEM)
def test_two_approve(s: Story) -> None:
    approved(s)
    found = s.world.item(s.laptop).disposition
    assert found and found.approved == (s.olga.tag, s.carl.tag)


@refuses(DispositionApproved, ITEM, "E_NO_GRANT", "oversee")
def test_who_does_not_oversee_does_not_approve(s: Story) -> Attempt:
    return step(s, "disposition.approved", asked(s), s.pia)


@refuses(DispositionApproved, ITEM, "E_TWO_PERSON", "not a further approver")
def test_who_asked_does_not_approve(s: Story) -> Attempt:
    return step(s, "disposition.approved", asked(s, by=s.olga), s.olga)


@refuses(DispositionApproved, ITEM, "E_TWO_PERSON", "not a further approver")
def test_who_approved_does_not_approve_again(s: Story) -> Attempt:
    return step(s, "disposition.approved", approve(s, asked(s), s.olga), s.olga)


def second_account(s: Story, person: Person, *roles: str) -> Person:
    """An account with a key of its own, and one of somebody else's."""
    other = s.world.enrol("Rita", *roles, by=s.ada)
    given = {"request": s.world.request("Rita", person.signer, actor=other.tag).body}
    s.world.record("key.registered", [other.tag], given, signers=[s.ada])
    return other


@refuses(DispositionApproved, ITEM, "E_TWO_PERSON", "not a further approver")
def test_two_accounts_with_one_key_are_one_approver(s: Story) -> Attempt:
    which = approve(s, asked(s), s.olga)
    return step(s, "disposition.approved", which, second_account(s, s.olga, "peer_reviewer"))


@refuses(DispositionBegun, ITEM, "E_TWO_PERSON", "does not carry it out")
def test_who_approved_under_another_account_does_not_carry_it_out(s: Story) -> Attempt:
    which = approved(s, kind="destroy")
    other = second_account(s, s.carl, "lab_receiver")
    set_state(s, s.laptop, holder=other.tag)
    return step(s, "disposition.begun", which, other, (s.pia, WITNESS))


@refuses(DispositionBegun, ITEM, "E_WITNESS", "watches and signs")
def test_who_asked_watches_under_no_other_account(s: Story) -> Attempt:
    which = approved(s, by=s.eve, kind="destroy")
    other = second_account(s, s.eve, "lab_receiver")
    return step(s, "disposition.begun", which, s.dora, (other, WITNESS))


@refuses(DispositionApproved, ITEM, "E_TWO_PERSON", "not a further approver")
def test_the_holder_does_not_approve(s: Story) -> Attempt:
    tag = image(s, 2, by=s.eve)
    given = {"transfer": release(s, tag, s.eve, s.carl), "hash": "match"}
    s.world.record("transfer.accepted", [tag], given, signers=[s.carl])
    return step(s, "disposition.approved", asked(s, tag, by=s.olga), s.carl, item=tag)


@refuses(DispositionApproved, ITEM, "E_HOLD", "under hold: legal hold")
def test_a_hold_that_came_between(s: Story) -> Attempt:
    which = asked(s)
    held(s, s.case)
    return step(s, "disposition.approved", which, s.olga)


@admits(DispositionApproved, ITEM)
def test_an_order_counts_where_the_pack_says_so(s: Story) -> None:
    phone = loaded(s, orders=["court_order"])
    which = s.world.record("disposition.requested", [phone], signers=[s.dora])
    step(s, "disposition.approved", which, s.carl, item=phone, order=order_of(s, phone))()
    s.world.record("disposition.executed", [phone], {"disposition": which}, signers=[s.dora])
    assert s.world.item(phone).gone is DispositionKind.RETURN_TO_OWNER


@refuses(DispositionApproved, ITEM, "E_TWO_PERSON", "does not count as an approval here")
def test_an_order_does_not_count_by_itself(s: Story) -> Attempt:
    phone = loaded(s)
    which = s.world.record("disposition.requested", [phone], signers=[s.dora])
    given = {"order": order_of(s, phone)}
    return step(s, "disposition.approved", which, s.carl, item=phone, **given)


@refuses(DispositionApproved, ITEM, "E_TWO_PERSON", "counted as an approval already")
def test_an_order_counts_once(s: Story) -> Attempt:
    phone = loaded(s, orders=["court_order"])
    which = s.world.record("disposition.requested", [phone], signers=[s.dora])
    given = {"order": order_of(s, phone)}
    step(s, "disposition.approved", which, s.carl, item=phone, **given)()
    return step(s, "disposition.approved", which, s.olga, item=phone, **given)


@admits(DispositionRejected, ITEM)
def test_who_asked_takes_it_back(s: Story) -> None:
    step(s, "disposition.rejected", asked(s), s.dora)()
    assert s.world.item(s.laptop).disposition is None


@admits(DispositionRejected, ITEM)
def test_who_oversees_says_no(s: Story) -> None:
    step(s, "disposition.rejected", approve(s, asked(s), s.olga), s.carl)()
    asked(s)


@refuses(DispositionRejected, ITEM, "E_NO_GRANT", "oversee")
def test_nobody_else_ends_it(s: Story) -> Attempt:
    return step(s, "disposition.rejected", asked(s), s.pia)


@refuses(DispositionRejected, ITEM, "E_DISPOSITION", "has begun")
def test_what_has_begun_is_not_taken_back(s: Story) -> Attempt:
    return step(s, "disposition.rejected", begun(s), s.olga)


@admits(DispositionBegun, ITEM)
def test_a_destruction_begins_before_its_witness(s: Story) -> None:
    begun(s)
    found = s.world.item(s.laptop).disposition
    assert found and found.begun


@refuses(DispositionBegun, ITEM, "E_DISPOSITION", "destroys nothing")
def test_a_return_does_not_begin(s: Story) -> Attempt:
    return step(s, "disposition.begun", approved(s), s.dora, (s.pia, WITNESS))


@refuses(DispositionBegun, ITEM, "E_TWO_PERSON", "1 of 2 approvals are there")
def test_one_approval_is_not_enough(s: Story) -> Attempt:
    which = approve(s, asked(s, kind="destroy"), s.olga)
    return step(s, "disposition.begun", which, s.dora, (s.pia, WITNESS))


@refuses(DispositionBegun, ITEM, "E_WITNESS", "watches and signs")
def test_nobody_destroys_alone(s: Story) -> Attempt:
    return step(s, "disposition.begun", approved(s, kind="destroy"), s.dora)


@refuses(DispositionBegun, ITEM, "E_WITNESS", "watches and signs")
def test_who_asked_is_no_witness(s: Story) -> Attempt:
    which = approved(s, by=s.eve, kind="destroy")
    return step(s, "disposition.begun", which, s.dora, (s.eve, WITNESS))


@admits(DispositionBegun, ITEM)
def test_an_approver_may_be_the_witness(s: Story) -> None:
    """Units of two can dispose, with an order."""
    step(s, "disposition.begun", approved(s, kind="destroy"), s.dora, (s.carl, WITNESS))()


@refuses(DispositionBegun, ITEM, "E_NOT_HOLDER", "not with the signer")
def test_only_the_holder_destroys(s: Story) -> Attempt:
    return step(s, "disposition.begun", approved(s, kind="destroy"), s.eve, (s.pia, WITNESS))


@refuses(DispositionBegun, ITEM, "E_NO_GRANT", "hold items")
def test_an_admin_destroys_nothing(s: Story) -> Attempt:
    return step(s, "disposition.begun", approved(s, kind="destroy"), s.ada, (s.pia, WITNESS))


@refuses(DispositionBegun, ITEM, "E_TWO_PERSON", "does not carry it out")
def test_who_approved_does_not_carry_it_out(s: Story) -> Attempt:
    """The item came to an approver after she had approved."""
    which = approved(s, kind="destroy")
    set_state(s, s.laptop, holder=s.carl.tag)
    return step(s, "disposition.begun", which, s.carl, (s.pia, WITNESS))


@refuses(DispositionBegun, ITEM, "E_HOLD", "under hold: legal hold")
def test_a_hold_on_the_last_step(s: Story) -> Attempt:
    which = approved(s, kind="destroy")
    held(s, s.laptop)
    return step(s, "disposition.begun", which, s.dora, (s.pia, WITNESS))


@refuses(DispositionBegun, ITEM, "E_DISPOSITION", "who was consulted objects")
def test_an_objection_on_the_last_step(s: Story) -> Attempt:
    which = approved(s, kind="destroy")
    step(s, "disposition.consulted", which, s.pia, opinion="objects")()
    return step(s, "disposition.begun", which, s.dora, (s.pia, WITNESS))


@refuses(DispositionBegun, ITEM, "E_WITNESS_IN_CHAIN", "somebody from outside who watches")
def test_a_witness_from_the_chain_where_the_pack_wants_a_stranger(s: Story) -> Attempt:
    phone = loaded(s, outside_witness=["computer"])
    which = s.world.record("disposition.requested", [phone], {"kind": "destroy"}, signers=[s.dora])
    approve(s, which, s.olga, s.carl, item=phone)
    return step(s, "disposition.begun", which, s.dora, (s.carl, WITNESS), item=phone)


@admits(DispositionBegun, ITEM)
def test_a_stranger_watches_where_the_pack_wants_one(s: Story) -> None:
    phone = loaded(s, outside_witness=["computer"])
    which = s.world.record("disposition.requested", [phone], {"kind": "destroy"}, signers=[s.dora])
    approve(s, which, s.olga, s.carl, item=phone)
    step(s, "disposition.begun", which, s.dora, (s.pia, WITNESS), item=phone)()


@admits(DispositionExecuted, ITEM)
def test_a_destruction_ends(s: Story) -> None:
    which = begun(s)
    step(s, "disposition.executed", which, s.dora, (s.pia, WITNESS), **DESTROYED)()
    item = s.world.item(s.laptop)
    assert (item.terminal, item.gone, item.holder) == (True, DispositionKind.DESTROY, None)


@refuses(DispositionExecuted, ITEM, "E_DISPOSITION", "not begun before its witness")
def test_a_destruction_is_begun_first(s: Story) -> Attempt:
    which = approved(s, kind="destroy")
    return step(s, "disposition.executed", which, s.dora, (s.pia, WITNESS), **DESTROYED)


@refuses(DispositionExecuted, ITEM, "E_DISPOSITION", "destroy was begun, not secure_erase")
def test_what_was_begun_is_what_is_done(s: Story) -> Attempt:
    given = {**DESTROYED, "kind": "secure_erase"}
    return step(s, "disposition.executed", begun(s), s.dora, (s.pia, WITNESS), **given)


@refuses(DispositionExecuted, ITEM, "E_WITNESS", "watches and signs")
def test_the_witness_is_there_to_the_end(s: Story) -> Attempt:
    return step(s, "disposition.executed", begun(s), s.dora, **DESTROYED)


@refuses(DispositionExecuted, ITEM, "E_NOT_HOLDER", "says how its destruction ended")
def test_who_holds_it_says_how_it_ended(s: Story) -> Attempt:
    which = begun(s)
    return step(s, "disposition.executed", which, s.eve, (s.pia, WITNESS), **DESTROYED)


@refuses(DispositionExecuted, ITEM, "E_CONTENT", "was not kept")
def test_content_of_what_is_destroyed_is_not_kept(s: Story) -> Attempt:
    given = {**DESTROYED, "removal": "kept"}
    return step(s, "disposition.executed", begun(s), s.dora, (s.pia, WITNESS), **given)


@refuses(DispositionExecuted, ITEM, "E_CONTENT", "was not removed")
def test_nothing_is_removed_that_was_not_there(s: Story) -> Attempt:
    given = {**DESTROYED, "removal": "removed"}
    return step(s, "disposition.executed", begun(s), s.dora, (s.pia, WITNESS), **given)


@admits(DispositionExecuted, ITEM)
def test_an_item_goes_back_to_its_owner(s: Story) -> None:
    step(s, "disposition.executed", approved(s), s.dora)()


@refuses(DispositionExecuted, ITEM, "E_TWO_PERSON", "0 of 2 approvals")
def test_nothing_leaves_unapproved(s: Story) -> Attempt:
    return step(s, "disposition.executed", asked(s), s.dora)


@refuses(DispositionExecuted, ITEM, "E_DISPOSITION", "return_to_owner was approved, not auction")
def test_what_was_approved_is_what_is_done(s: Story) -> Attempt:
    return step(s, "disposition.executed", approved(s), s.dora, kind="auction")


@refuses(DispositionExecuted, ITEM, "E_DISPOSITION", "who has the item now")
def test_a_receiver_is_named(s: Story) -> Attempt:
    return step(s, "disposition.executed", approved(s), s.dora, to=None)


@refuses(DispositionExecuted, ITEM, "E_DISPOSITION", "how that is known")
def test_how_the_receipt_is_known(s: Story) -> Attempt:
    return step(s, "disposition.executed", approved(s), s.dora, assurance="not_stated")


@refuses(DispositionExecuted, ITEM, "E_CONTENT", "removed by a destruction")
def test_a_return_removes_no_content(s: Story) -> Attempt:
    return step(s, "disposition.executed", approved(s), s.dora, removal="removed")


@refuses(DispositionExecuted, ITEM, "E_DISPOSITION", "not asked for")
def test_nothing_is_done_that_was_not_asked_for(s: Story) -> Attempt:
    return step(s, "disposition.executed", HASH, s.dora)


@refuses(DispositionExecuted, ITEM, "E_RETENTION", "2030-01-01")
def test_retention_that_was_added_after_the_approvals(s: Story) -> Attempt:
    which = approved(s)
    s.world.record("retention.assigned", [s.laptop], signers=[s.olga])
    return step(s, "disposition.executed", which, s.dora)


def imaged(s: Story, **pack: Any) -> str:
    """A phone of which a verified image is on file."""
    phone = loaded(s, **{"light": ["computer"], **pack})
    case = s.world.item(phone).case
    tag = s.world.register(case, 2, by=s.dora)
    about: list[Any] = [tag, (Kind.SOURCE, phone)]
    s.world.record("item.acquired", about, {"verified": "yes"}, signers=[s.dora])
    return phone


def light(s: Story, phone: str, *signers: Any, **given: Any) -> Attempt:
    return attempt(s, "disposition.executed", [phone], given, *signers)


@admits(DispositionExecuted, ITEM)
def test_the_weekly_return_takes_one_approver(s: Story) -> None:
    phone = imaged(s)
    light(s, phone, s.dora, s.carl)()
    assert s.world.item(phone).gone is DispositionKind.RETURN_TO_OWNER


@refuses(DispositionExecuted, ITEM, "E_DISPOSITION", "a request and two approvals")
def test_without_an_image_there_is_no_light_path(s: Story) -> Attempt:
    return light(s, loaded(s, light=["computer"]), s.dora, s.carl)


@refuses(DispositionExecuted, ITEM, "E_DISPOSITION", "a request and two approvals")
def test_without_a_pack_there_is_no_light_path(s: Story) -> Attempt:
    return light(s, over(s, s.laptop), s.dora, s.carl)


@refuses(DispositionExecuted, ITEM, "E_DISPOSITION", "a request and two approvals")
def test_the_light_path_leads_to_the_owner_only(s: Story) -> Attempt:
    return light(s, imaged(s), s.dora, s.carl, kind="auction")


@refuses(DispositionExecuted, ITEM, "E_DISPOSITION", "go on with it")
def test_the_light_path_does_not_pass_a_request_by(s: Story) -> Attempt:
    phone = imaged(s)
    s.world.record("disposition.requested", [phone], signers=[s.dora])
    return light(s, phone, s.dora, s.carl)


@refuses(DispositionExecuted, ITEM, "E_TWO_PERSON", "has nothing to do with the item")
def test_nobody_returns_alone(s: Story) -> Attempt:
    return light(s, imaged(s), s.dora)


@refuses(DispositionExecuted, ITEM, "E_TWO_PERSON", "has nothing to do with the item")
def test_the_approver_of_a_return_oversees(s: Story) -> Attempt:
    return light(s, imaged(s), s.dora, s.pia)


@refuses(DispositionExecuted, ITEM, "E_HOLD", "under hold: legal hold")
def test_a_hold_stops_the_light_path_too(s: Story) -> Attempt:
    phone = imaged(s)
    held(s, phone)
    return light(s, phone, s.dora, s.carl)


@refuses(DispositionExecuted, ITEM, "E_TERMINAL", "left custody for good")
def test_what_is_gone_is_gone(s: Story) -> Attempt:
    phone = imaged(s)
    light(s, phone, s.dora, s.carl)()
    return light(s, phone, s.dora, s.carl)


@admits(DispositionExecuted, Kind.SOURCE, ITEM)
def test_a_product_that_is_gone_is_counted_no_longer(s: Story) -> None:
    phone = imaged(s)
    (made,) = s.world.item(phone).products
    which = s.world.record("disposition.requested", [made], {"kind": "destroy"}, signers=[s.dora])
    approve(s, which, s.olga, s.carl, item=made)
    step(s, "disposition.begun", which, s.dora, (s.pia, WITNESS), item=made)()
    given = {**DESTROYED, "disposition": which, "removal": "removed"}
    about: list[Any] = [made, (Kind.SOURCE, phone)]
    s.world.record("disposition.executed", about, given, signers=[s.dora, (s.pia, WITNESS)])
    assert s.world.item(phone).products == ()


@refuses(DispositionExecuted, Kind.SOURCE, "E_PARENT", "none of the items was made from this one")
def test_a_stranger_is_no_product(s: Story) -> Attempt:
    other = image(s, 2, by=s.dora)
    given = {"disposition": approved(s)}
    return attempt(s, "disposition.executed", [s.laptop, (Kind.SOURCE, other)], given, s.dora)


def destroyed(s: Story) -> str:
    """The laptop is destroyed; the entry that says so."""
    given = {**DESTROYED, "disposition": begun(s)}
    signers: list[Any] = [s.dora, (s.pia, WITNESS)]
    return s.world.record("disposition.executed", [s.laptop], given, signers=signers)


def certify(s: Story, executed: str, by: Person, **given: Any) -> Attempt:
    return attempt(s, "disposition.certified", [s.laptop], {"executed": executed, **given}, by)


@admits(DispositionCertified, ITEM)
def test_all_of_it_is_gone(s: Story) -> None:
    certify(s, destroyed(s), s.olga, total="yes")()


@refuses(DispositionCertified, ITEM, "E_NO_GRANT", "hold items")
def test_an_admin_certifies_nothing(s: Story) -> Attempt:
    return certify(s, destroyed(s), s.ada)


@refuses(DispositionCertified, ITEM, "E_DISPOSITION", "did not dispose of this item")
def test_nothing_is_certified_that_was_not_done(s: Story) -> Attempt:
    return certify(s, begun(s), s.olga)


@refuses(DispositionCertified, ITEM, "E_SURVIVING", "1 copies, products and exports remain, not 0")
def test_what_remains_is_counted(s: Story) -> Attempt:
    image_of_the_laptop(s)
    return certify(s, destroyed(s), s.olga)


@refuses(DispositionCertified, ITEM, "E_SURVIVING", "remain of an item destroy")
def test_no_certificate_says_that_all_is_gone_while_an_image_remains(s: Story) -> Attempt:
    image_of_the_laptop(s)
    return certify(s, destroyed(s), s.olga, total="yes", surviving=1)


@refuses(DispositionCertified, ITEM, "E_SURVIVING", "of an item return_to_owner")
def test_what_was_given_back_is_not_gone(s: Story) -> Attempt:
    given = {"disposition": approved(s)}
    executed = s.world.record("disposition.executed", [s.laptop], given, signers=[s.dora])
    return certify(s, executed, s.olga, total="yes")


def image_of_the_laptop(s: Story) -> str:
    tag = s.world.register(s.case, 2, by=s.dora)
    s.world.record("item.acquired", [tag, (Kind.SOURCE, s.laptop)], signers=[s.dora])
    return tag


@refuses(DispositionExecuted, ITEM, "E_DISPOSITION", "a request and two approvals")
def test_an_image_on_file_is_not_enough_for_other_types(s: Story) -> Attempt:
    phone = loaded(s, light=["mobile"])
    return light(s, phone, s.dora, s.carl)


@refuses(DispositionCertified, ITEM, "E_SURVIVING", "1 copies, products and exports remain")
def test_content_that_another_item_has_too_is_not_all_gone(s: Story) -> Attempt:
    tag = image(s, 2, by=s.dora)
    which = approved(s, tag, kind="destroy")
    signers: list[Any] = [s.dora, (s.pia, WITNESS)]
    step(s, "disposition.begun", which, *signers, item=tag)()
    given = {**DESTROYED, "disposition": which, "removal": "removed_in_part"}
    done = s.world.record("disposition.executed", [tag], given, signers=signers)
    return attempt(s, "disposition.certified", [tag], {"executed": done, "total": "yes"}, s.olga)
