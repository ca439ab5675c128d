"""Rules on digital content: acquisition and derivation. (R42, R43, R51, R126)"""

from custody.core.state import Item
from custody_schemas.acts import ItemAcquired, ItemDerived
from custody_schemas.declare import Kind
from custody_schemas.terms import DiscrepancyKind
from tests.bodies import CONTENT, HASH
from tests.rulings import (
    Attempt,
    admits,
    attempt,
    check_out,
    image,
    refuses,
    release,
    seal,
    send_out,
    set_state,
    shown_only,
)
from tests.worlds import Story

ITEM, SOURCE = Kind.ITEM, Kind.SOURCE
SMALL = {k: v for k, v in CONTENT.items() if k not in ("sha256", "blake3")} | {"size": 65_535}
MEDIA = {"size": 1_000_000, "sha256": HASH, "blake3": HASH}


def unregistered(s: Story) -> str:
    return s.world.register(s.case, 5, by=s.dora)


@admits(ItemAcquired, ITEM)
def test_who_acquires_holds_the_content(s: Story) -> None:
    tag = image(s, authority=s.warrant)
    item = s.world.item(tag)
    assert (item.holder, item.content) == (s.eve.tag, s.world.runs[-1].signed.id)
    assert item.authority == s.warrant and not item.disputed


@admits(ItemAcquired, ITEM)
def test_small_content_keeps_its_digests_to_itself(s: Story) -> None:
    image(s, content=SMALL, media={"size": 3}, content_sha256=HASH)


@admits(ItemAcquired, ITEM)
def test_a_dying_disk_is_recorded_and_disputed(s: Story) -> None:
    """R126: the discrepancy opens by itself."""
    tag = image(s, stored_hash="mismatch", disputed="evidence_would_be_lost")
    item = s.world.item(tag)
    assert item.disputed and [d.kind for d in item.discrepancies] == [DiscrepancyKind.HASH]


@refuses(ItemAcquired, ITEM, "E_DISPUTED", "does not match the hash stored")
def test_a_stored_hash_that_differs_is_not_passed_over(s: Story) -> Attempt:
    return attempt(s, "item.acquired", [unregistered(s)], {"stored_hash": "mismatch"}, s.eve)


@refuses(ItemAcquired, ITEM, "E_NO_GRANT", "acquire and examine")
def test_a_custodian_acquires_nothing(s: Story) -> Attempt:
    return attempt(s, "item.acquired", [unregistered(s)], {}, s.carl)


@refuses(ItemAcquired, ITEM, "E_ORIGIN_TWICE", "has an origin")
def test_nothing_is_acquired_twice(s: Story) -> Attempt:
    return attempt(s, "item.acquired", [image(s)], {}, s.eve)


@refuses(ItemAcquired, ITEM, "E_AUTHORITY", "not on file in this case")
def test_an_authority_that_is_cited_exists(s: Story) -> Attempt:
    return attempt(s, "item.acquired", [unregistered(s)], {"authority": HASH}, s.eve)


@refuses(ItemAcquired, ITEM, "E_CONTENT", "digests of 65535 bytes")
def test_digests_of_small_content_do_not_stand_in_the_open(s: Story) -> Attempt:
    given = {"content": {**CONTENT, "size": 65_535}}
    return attempt(s, "item.acquired", [unregistered(s)], given, s.eve)


@refuses(ItemAcquired, ITEM, "E_CONTENT", "digests of 65536 bytes")
def test_digests_of_large_content_are_both_there(s: Story) -> Attempt:
    given = {"content": {**SMALL, "size": 65_536, "sha256": HASH}}
    return attempt(s, "item.acquired", [unregistered(s)], given, s.eve)


@refuses(ItemAcquired, ITEM, "E_CONTENT", "content of one file, and 2 files")
def test_one_file_is_one_file(s: Story) -> Attempt:
    given = {"content": {**SMALL, "count": 2}}
    return attempt(s, "item.acquired", [unregistered(s)], given, s.eve)


@refuses(ItemAcquired, ITEM, "E_CONTENT", "only an empty folder")
def test_segments_are_one_at_least(s: Story) -> Attempt:
    given = {"content": {**SMALL, "form": "segments", "count": 0, "size": 0}}
    return attempt(s, "item.acquired", [unregistered(s)], given, s.eve)


@refuses(ItemAcquired, ITEM, "E_CONTENT", "only an empty folder")
def test_no_files_have_no_bytes(s: Story) -> Attempt:
    given = {"content": {**SMALL, "form": "folder", "count": 0, "size": 1}}
    return attempt(s, "item.acquired", [unregistered(s)], given, s.eve)


@refuses(ItemAcquired, ITEM, "E_CONTENT", "counted of a folder only")
def test_one_file_has_no_entries_that_could_not_be_read(s: Story) -> Attempt:
    given = {"content": SMALL, "unread": 1}
    return attempt(s, "item.acquired", [unregistered(s)], given, s.eve)


@refuses(ItemDerived, ITEM, "E_CONTENT", "counted of a folder only")
def test_nor_has_a_derived_one(s: Story) -> Attempt:
    parent, child = image(s), unregistered(s)
    given = {"parents": [s.world.item(parent).content], "content": SMALL, "unread": 1}
    return shown_only(s, child, "item.derived", [child, (SOURCE, parent)], given, [s.eve])


@refuses(ItemDerived, ITEM, "E_CONTENT", "content of one file, and 0 files")
def test_a_derived_file_is_one_file(s: Story) -> Attempt:
    parent, child = image(s), unregistered(s)
    given = {"parents": [s.world.item(parent).content], "content": {**SMALL, "count": 0}}
    return shown_only(s, child, "item.derived", [child, (SOURCE, parent)], given, [s.eve])


@refuses(ItemAcquired, ITEM, "E_CONTENT", "bytes of media")
def test_digests_of_media_are_both_there(s: Story) -> Attempt:
    given = {"media": {"size": 1_000_000, "sha256": HASH}}
    return attempt(s, "item.acquired", [unregistered(s)], given, s.eve)


@refuses(ItemAcquired, ITEM, "E_CONTENT", "said not to be there")
def test_a_stored_hash_is_not_denied(s: Story) -> Attempt:
    given = {"media": {**MEDIA, "stored_md5": "0" * 32}, "stored_hash": "absent"}
    return attempt(s, "item.acquired", [unregistered(s)], given, s.eve)


@refuses(ItemAcquired, ITEM, "E_CONTENT", "said to match, and none is given")
def test_a_stored_hash_that_matches_is_given(s: Story) -> Attempt:
    """Else a disputed hash could be shown as a match, and nobody could compare it again."""
    given = {"media": MEDIA, "stored_hash": "match"}
    return attempt(s, "item.acquired", [unregistered(s)], given, s.eve)


def imaging(s: Story, *signers: object, **given: object) -> Attempt:
    about = [unregistered(s), (SOURCE, s.laptop)]
    return attempt(s, "item.acquired", about, given, *signers)


@admits(ItemAcquired, ITEM, SOURCE)
def test_a_source_in_hand_is_imaged(s: Story) -> None:
    imaging(s, s.dora)()
    copy, source = s.world.item(s.world.item_tag(s.case, 5)), s.world.item(s.laptop)
    assert copy.parents == (s.laptop,) and source.copied and source.holder == s.dora.tag


@admits(ItemAcquired, SOURCE)
def test_a_copy_that_nobody_compared_does_not_count_as_verified(s: Story) -> None:
    """R51: only a verified copy bars analysis of the original."""
    imaging(s, s.dora, verified="not_stated")()
    assert not s.world.item(s.laptop).copied


@admits(ItemAcquired, SOURCE)
def test_who_has_it_out_images_it(s: Story) -> None:
    check_out(s, s.laptop, s.dora, s.eve)
    imaging(s, s.eve)()


@admits(ItemAcquired, SOURCE)
def test_a_source_in_other_hands_is_imaged_with_a_reason(s: Story) -> None:
    imaging(s, s.eve, override="urgency")()
    assert s.world.item(s.laptop).holder == s.dora.tag


@admits(ItemAcquired, SOURCE)
def test_a_sealed_source_is_imaged_with_a_reason_and_two_approvers(s: Story) -> None:
    seal(s, s.laptop, s.dora)
    imaging(s, s.dora, s.olga, s.carl, override="urgency")()


@refuses(ItemAcquired, SOURCE, "E_SEAL", "break the seal first")
def test_no_image_comes_out_of_a_sealed_bag(s: Story) -> Attempt:
    seal(s, s.laptop, s.dora)
    return imaging(s, s.dora)


@refuses(ItemAcquired, SOURCE, "E_TWO_PERSON", "2 approvers who are not involved must co-sign, 1")
def test_the_refusal_of_a_seal_is_not_overridden_alone(s: Story) -> Attempt:
    """R54."""
    seal(s, s.laptop, s.dora)
    return imaging(s, s.dora, s.olga, override="urgency")


@refuses(ItemAcquired, SOURCE, "E_NOT_HOLDER", "not with the signer")
def test_nobody_images_what_another_holds(s: Story) -> Attempt:
    return imaging(s, s.eve)


@refuses(ItemAcquired, SOURCE, "E_OPEN_TRANSFER", "on its way")
def test_no_override_images_what_is_on_its_way(s: Story) -> Attempt:
    release(s, s.laptop, s.dora, s.eve)
    return imaging(s, s.dora, override="urgency")


@refuses(ItemAcquired, SOURCE, "E_NO_ORIGIN", "where it comes from")
def test_what_has_no_origin_is_not_imaged(s: Story) -> Attempt:
    """R42."""
    about = [unregistered(s), (SOURCE, s.world.register(s.case, 3, by=s.dora))]
    return attempt(s, "item.acquired", about, {}, s.dora)


def derive(s: Story, parent: str, *signers: object, **given: object) -> Attempt:
    state = s.world.states[parent]
    assert isinstance(state, Item)
    values = {"parents": [state.content or HASH], **given}
    about = [s.world.register(s.case, 9, by=s.eve), (SOURCE, parent)]
    return attempt(s, "item.derived", about, values, *signers)


@admits(ItemDerived, ITEM, SOURCE)
def test_an_extraction_is_derived_from_an_image(s: Story) -> None:
    parent = image(s)
    derive(s, parent, s.eve)()
    item = s.world.item(s.world.item_tag(s.case, 9))
    assert (item.parents, item.holder) == ((parent,), s.eve.tag)
    assert s.world.chains[parent].changed == 1  # a match is a touch


@admits(ItemDerived, SOURCE)
def test_a_parent_that_does_not_match_is_used_with_a_reason_and_disputed(s: Story) -> None:
    """R29: any mismatch opens a discrepancy; a finding is a change."""
    parent = image(s)
    derive(s, parent, s.eve, parents_verified="mismatch", variance="urgency")()
    assert s.world.item(parent).disputed
    assert s.world.item(parent).discrepancies[0].kind is DiscrepancyKind.HASH
    assert s.world.chains[parent].changed == s.world.chains[parent].count - 1


@refuses(ItemDerived, ITEM, "E_NO_GRANT", "acquire and examine")
def test_a_custodian_derives_nothing(s: Story) -> Attempt:
    return derive(s, image(s), s.carl)


@refuses(ItemDerived, ITEM, "E_ORIGIN_TWICE", "has an origin")
def test_nothing_is_derived_that_has_an_origin(s: Story) -> Attempt:
    parent, other = image(s), image(s, 3)
    given = {"parents": [s.world.item(parent).content]}
    return shown_only(s, other, "item.derived", [other, (SOURCE, parent)], given, [s.eve])


@refuses(ItemDerived, ITEM, "E_PARENT", "as many parents' contents")
def test_every_parent_has_its_entry_cited(s: Story) -> Attempt:
    parent, child = image(s), unregistered(s)
    given = {"parents": [s.world.item(parent).content, HASH]}
    return shown_only(s, child, "item.derived", [child, (SOURCE, parent)], given, [s.eve])


@refuses(ItemDerived, ITEM, "E_CONTENT", "digests of 65535 bytes")
def test_digests_of_derived_content_stand_by_its_size(s: Story) -> Attempt:
    parent, child = image(s), unregistered(s)
    given = {
        "parents": [s.world.item(parent).content],
        "content": {**CONTENT, "size": 65_535},
    }
    return shown_only(s, child, "item.derived", [child, (SOURCE, parent)], given, [s.eve])


@refuses(ItemDerived, SOURCE, "E_PARENT", "no content of the parent is on file")
def test_nothing_digital_is_derived_from_a_laptop(s: Story) -> Attempt:
    child = unregistered(s)
    about = [child, (SOURCE, s.laptop)]
    return shown_only(s, s.laptop, "item.derived", about, {"parents": [HASH]}, [s.eve])


@refuses(ItemDerived, SOURCE, "E_PARENT", "or another one is cited")
def test_the_content_that_is_cited_is_the_parents(s: Story) -> Attempt:
    parent, child = image(s), unregistered(s)
    about = [child, (SOURCE, parent)]
    return shown_only(s, parent, "item.derived", about, {"parents": [HASH]}, [s.eve])


@refuses(ItemDerived, SOURCE, "E_PARENT", "does not match its digests")
def test_an_unreadable_parent_is_not_passed_over(s: Story) -> Attempt:
    parent, child = image(s), unregistered(s)
    given = {"parents": [s.world.item(parent).content], "parents_verified": "unreadable"}
    return shown_only(s, parent, "item.derived", [child, (SOURCE, parent)], given, [s.eve])


@refuses(ItemDerived, SOURCE, "E_TERMINAL", "left custody for good")
def test_nothing_is_derived_from_what_is_gone(s: Story) -> Attempt:
    parent = image(s)
    set_state(s, parent, terminal=True)
    return derive(s, parent, s.eve)


@refuses(ItemAcquired, SOURCE, "E_NOT_HOLDER", "without an account (court)")
def test_what_is_with_a_court_is_not_imaged_here(s: Story) -> Attempt:
    send_out(s, s.laptop, s.dora)
    return imaging(s, s.dora)
