"""Rules on what somebody outside hands in: R18, R63, R109."""

from typing import Any

from custody_schemas.acts import ItemAcquired, ItemReceived
from custody_schemas.declare import Kind
from custody_schemas.terms import DiscrepancyKind, LocationKind
from tests.bodies import CONTENT, HASH
from tests.rulings import Attempt, admits, attempt, image, refuses, set_state
from tests.worlds import Person, Story

ITEM = Kind.ITEM
DIGITAL: dict[str, Any] = {"content": CONTENT, "format": "raw"}
PRODUCED: dict[str, Any] = {**DIGITAL, "received_from": "provider", "channel": "provider_portal"}


def receive(s: Story, by: Person | None = None, **given: Any) -> Attempt:
    """To take in item 2, registered before."""
    tag = s.world.register(s.case, 2, by=s.dora)
    return attempt(s, "item.received", [tag], given, by or s.dora)


def warrant(s: Story, **given: Any) -> str:
    """A further legal basis."""
    return s.world.record("authority.recorded", [s.case], given, signers=[s.olga])


@admits(ItemReceived, ITEM)
def test_a_device_that_is_handed_in_has_no_content(s: Story) -> None:
    receive(s, s.pia)()
    item = s.world.item(s.world.item_tag(s.case, 2))
    assert (item.origin, item.holder, item.content) == ("item.received", s.pia.tag, None)
    assert item.location is LocationKind.NOT_STATED and not item.disputed


@admits(ItemReceived, ITEM)
def test_what_a_provider_produces_has_content(s: Story) -> None:
    receive(s, **PRODUCED, authority=s.warrant, supplied="match", unread=None)()
    item = s.world.item(s.world.item_tag(s.case, 2))
    assert item.content == s.world.runs[-1].signed.id
    assert item.authority == s.warrant


@admits(ItemReceived, ITEM)
def test_what_differs_from_the_digests_that_came_with_it_is_disputed(s: Story) -> None:
    receive(s, **DIGITAL, supplied="mismatch", disputed="urgency")()
    item = s.world.item(s.world.item_tag(s.case, 2))
    assert item.disputed and [d.kind for d in item.discrepancies] == [DiscrepancyKind.HASH]


@admits(ItemReceived, ITEM)
def test_an_order_in_force_when_it_was_produced_may_have_run_out_since(s: Story) -> None:
    order = warrant(s, valid_to="2026-09-21T12:00:00Z")
    occurred = s.world.occurred(1_789_990_000)
    s.world.now += 86_400
    late: dict[str, Any] = {"late": "system_failure", "occurred": occurred}
    receive(s, **PRODUCED, authority=order, **late)()


@refuses(ItemReceived, ITEM, "E_DISPUTED", "does not match the digests that came with it")
def test_a_wrong_digest_is_not_passed_over(s: Story) -> Attempt:
    return receive(s, **DIGITAL, supplied="partial")


@refuses(ItemReceived, ITEM, "E_DISPUTED", "does not match the digests that came with it")
def test_nor_is_what_could_not_be_read(s: Story) -> Attempt:
    """What nobody could compare is not laundered by being received."""
    return receive(s, **DIGITAL, supplied="unreadable")


@refuses(ItemReceived, ITEM, "E_DISPUTED", "does not match")
def test_nor_is_a_hash_stored_in_an_image(s: Story) -> Attempt:
    return receive(s, **DIGITAL, stored_hash="mismatch")


@refuses(ItemReceived, ITEM, "E_NO_GRANT", "hold items")
def test_an_admin_takes_nothing_in(s: Story) -> Attempt:
    return receive(s, s.ada)


@refuses(ItemReceived, ITEM, "E_ORIGIN_TWICE", "item.acquired")
def test_what_was_acquired_is_not_received_as_well(s: Story) -> Attempt:
    tag = image(s)
    return attempt(s, "item.received", [tag], DIGITAL, s.eve)


@refuses(ItemReceived, ITEM, "E_CASE_CLOSED", "before anybody said where the item comes from")
def test_a_closed_case_takes_no_origin(s: Story) -> Attempt:
    attempted = receive(s)
    set_state(s, s.case, closed=True)
    return attempted


@refuses(ItemAcquired, ITEM, "E_CASE_CLOSED", "before anybody said where the item comes from")
def test_an_item_registered_in_time_is_not_filled_after_the_case_ended(s: Story) -> Attempt:
    tag = s.world.register(s.case, 2, by=s.eve)
    s.world.record("case.closed", [s.case], signers=[s.olga])
    return attempt(s, "item.acquired", [tag], {}, s.eve)


@refuses(ItemReceived, ITEM, "E_AUTHORITY", "names its legal basis")
def test_a_provider_does_not_produce_on_no_basis(s: Story) -> Attempt:
    return receive(s, **PRODUCED)


@refuses(ItemReceived, ITEM, "E_AUTHORITY", "is not on file in this case")
def test_a_legal_basis_that_is_cited_exists(s: Story) -> Attempt:
    return receive(s, authority=HASH)


@refuses(ItemReceived, ITEM, "E_AUTHORITY", "does not say what kind of legal basis")
def test_a_provider_does_not_produce_on_any_paper(s: Story) -> Attempt:
    return receive(s, **PRODUCED, authority=warrant(s, kind="not_stated"))


@refuses(ItemReceived, ITEM, "E_AUTHORITY", "was not in force at")
def test_a_provider_does_not_produce_on_what_has_run_out(s: Story) -> Attempt:
    return receive(s, **PRODUCED, authority=warrant(s, valid_to="2026-01-01T00:00:00Z"))


@refuses(ItemReceived, ITEM, "E_AUTHORITY", "was not in force at")
def test_nor_on_what_was_quashed(s: Story) -> Attempt:
    given = {"authority": s.warrant, "ended_at": "2026-09-21T00:00:00Z", "cause": "quashed"}
    s.world.record("authority.ended", [s.case], given, signers=[s.olga])
    return receive(s, **PRODUCED, authority=s.warrant)


@refuses(ItemReceived, ITEM, "E_CONTENT", "said of digital content, and none is given")
def test_nothing_is_compared_of_a_device(s: Story) -> Attempt:
    """A verdict on content that is not there would read as one on the device."""
    return receive(s, supplied="match")


@refuses(ItemReceived, ITEM, "E_CONTENT", "stand in the wrong place")
def test_digests_stand_where_they_stand_elsewhere(s: Story) -> Attempt:
    return receive(s, content={**CONTENT, "size": 10})


@refuses(ItemReceived, ITEM, "E_CONTENT", "said not to be there")
def test_a_stored_hash_that_is_given_is_compared(s: Story) -> Attempt:
    media = {"size": 10**6, "sha256": HASH, "blake3": HASH, "stored_md5": "ab" * 16}
    return receive(s, **DIGITAL, media=media)
