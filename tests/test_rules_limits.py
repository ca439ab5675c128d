"""Rules on what a giver allows: R98. What goes beyond it takes the giver's consent on file."""

from typing import Any

from custody_schemas.acts import (
    CopyIssued,
    ExportPrepared,
    ItemDerived,
    ItemReceived,
    ItemRegistered,
    TransferReleased,
)
from custody_schemas.declare import Kind
from custody_schemas.terms import UseLimit
from tests.bodies import CONTENT, HASH
from tests.rulings import Attempt, admits, attempt, refuses
from tests.worlds import Story

CASE, ITEM, SOURCE = Kind.CASE, Kind.ITEM, Kind.SOURCE
DIGITAL: dict[str, Any] = {"content": CONTENT, "format": "raw"}
ABROAD = {"outside": "foreign_authority", "purpose": "mla_transmission"}
ONWARD: dict[str, Any] = {"use_limits": ["onward_transfer_with_consent"]}
DAY = "2026-12-31T00:00:00Z"


def given_to(s: Story, number: int = 2, **given: Any) -> str:
    """An item that Eve received, with digital content; nothing may be passed on, unless said."""
    tag = s.world.register(s.case, number, by=s.eve)
    limits = given or {"use_limits": ["no_onward_transfer"]}
    s.world.record("item.received", [tag], {**DIGITAL, **limits}, signers=[s.eve])
    return tag


def made_of(s: Story, source: str, number: int = 3) -> str:
    """An item that Eve derived from it."""
    tag = s.world.register(s.case, number, by=s.eve)
    given = {"parents": [s.world.item(source).content]}
    s.world.record("item.derived", [tag, (SOURCE, source)], given, signers=[s.eve])
    return tag


def consent(s: Story, **given: Any) -> str:
    """The giver's consent, put on file."""
    given = {"kind": "consent", **given}
    return s.world.record("authority.recorded", [s.case], given, signers=[s.olga])


def releasing(s: Story, item: str, **given: Any) -> Attempt:
    return attempt(s, "transfer.released", [item], {**ABROAD, **given}, s.eve)


def copying(s: Story, item: str, **given: Any) -> Attempt:
    return attempt(s, "copy.issued", [item], given, s.eve)


def exporting(s: Story, item: str, **given: Any) -> Attempt:
    return attempt(s, "export.prepared", [s.case, item], given, s.olga)


@admits(ItemReceived, ITEM)
def test_limits_stay_with_what_was_received(s: Story) -> None:
    tag = given_to(s, use_limits=["specialty", "no_onward_transfer"], delete_by=DAY)
    limits = s.world.item(tag).limits
    assert limits and limits.kinds == (UseLimit.SPECIALTY, UseLimit.NO_ONWARD_TRANSFER)
    assert limits.delete_by is not None
    assert s.world.item(given_to(s, 3, use_limits=None)).limits is None


@admits(ItemDerived, ITEM)
def test_limits_pass_to_what_is_made_from_it(s: Story) -> None:
    tag = given_to(s, use_limits=["specialty"], delete_by=DAY)
    child = made_of(s, tag)
    assert s.world.item(made_of(s, child, 4)).limits == s.world.item(tag).limits


@admits(ItemDerived, ITEM)
def test_limits_of_all_parents_join(s: Story) -> None:
    one = given_to(s, 2, use_limits=["no_onward_transfer"], delete_by="2029-01-01T00:00:00Z")
    two = given_to(s, 3, use_limits=["specialty"], delete_by=DAY)
    three = given_to(s, 4, use_limits=["specialty", "other"])
    parents = [str(s.world.item(each).content) for each in (one, two, three)]
    tag = s.world.register(s.case, 5, by=s.eve)
    about: list[str | tuple[Kind, str]] = [tag, *((SOURCE, each) for each in (one, two, three))]
    s.world.record("item.derived", about, {"parents": parents}, signers=[s.eve])
    limits, second = s.world.item(tag).limits, s.world.item(two).limits
    assert limits and second
    assert limits.kinds == (UseLimit.SPECIALTY, UseLimit.NO_ONWARD_TRANSFER, UseLimit.OTHER)
    assert limits.delete_by == second.delete_by


@admits(ItemRegistered, ITEM, SOURCE)
def test_limits_pass_to_a_part_of_it(s: Story) -> None:
    whole = given_to(s)
    tag = s.world.item_tag(s.case, 7)
    register = s.world.states[s.case].register  # type: ignore[union-attr]
    about = [(ITEM, tag), (Kind.REGISTER, register), (SOURCE, whole)]
    s.world.record("item.registered", about, {"case": s.case, "number": 7}, signers=[s.eve])
    assert s.world.item(tag).limits == s.world.item(whole).limits
    s.world.record("item.received", [tag], ONWARD, signers=[s.eve])
    limits = s.world.item(tag).limits
    assert limits and len(limits.kinds) == 2


@admits(TransferReleased, ITEM)
def test_it_goes_to_who_takes_part_in_the_proceedings(s: Story) -> None:
    given = {"outside": "court", "purpose": "court_production"}
    releasing(s, given_to(s, use_limits=["no_onward_transfer", "specialty"]), **given)()


@admits(TransferReleased, ITEM)
def test_it_goes_to_people_with_accounts(s: Story) -> None:
    releasing(s, given_to(s, delete_by=DAY), outside=None, to=s.pia.tag)()


@admits(TransferReleased, ITEM)
def test_the_giver_consents(s: Story) -> None:
    releasing(s, given_to(s, **ONWARD), consent=consent(s))()


@admits(TransferReleased, ITEM)
def test_what_is_said_in_words_alone_people_must_heed(s: Story) -> None:
    releasing(s, given_to(s, use_limits=["handling_code", "other", "delete_by"]))()


@admits(CopyIssued, ITEM)
def test_a_copy_goes_to_the_defence(s: Story) -> None:
    copying(s, given_to(s, use_limits=["no_onward_transfer", "specialty"]))()


@admits(ExportPrepared, ITEM)
def test_its_entries_are_exported_without_its_content(s: Story) -> None:
    item = given_to(s)
    exporting(s, item, **ABROAD, evidence=False)()
    exporting(s, item, **ABROAD, left_out=[2])()
    exporting(s, item)()
    exporting(s, item, **ABROAD, consent=consent(s))()
    assert len(s.world.item(item).exports) == 2


@admits(ExportPrepared, ITEM)
def test_until_the_day_on_which_it_is_to_be_deleted(s: Story) -> None:
    exporting(s, given_to(s, delete_by=DAY), **ABROAD)()


@refuses(TransferReleased, ITEM, "E_USE_LIMIT", "not passed on without the giver's consent")
def test_what_may_not_be_passed_on_is_not_sent_abroad(s: Story) -> Attempt:
    return releasing(s, given_to(s))


@refuses(TransferReleased, ITEM, "E_USE_LIMIT", "goes to not_stated")
def test_nor_to_nobody_knows_whom(s: Story) -> Attempt:
    return releasing(s, given_to(s, **ONWARD), outside="not_stated", purpose="storage")


@refuses(TransferReleased, ITEM, "E_USE_LIMIT", "and goes to court")
def test_nor_to_a_court_that_sends_it_abroad(s: Story) -> Attempt:
    return releasing(s, given_to(s, **ONWARD), outside="court")


@refuses(TransferReleased, ITEM, "E_USE_LIMIT", "the search_warrant on file is no consent")
def test_a_warrant_is_not_the_givers_consent(s: Story) -> Attempt:
    return releasing(s, given_to(s), consent=s.warrant)


@refuses(TransferReleased, ITEM, "E_USE_LIMIT", "or not in force now")
def test_a_consent_that_was_over(s: Story) -> Attempt:
    over = {"issued_at": None, "valid_to": "2026-01-01T00:00:00Z"}
    return releasing(s, given_to(s), consent=consent(s, **over))


@refuses(TransferReleased, ITEM, "E_AUTHORITY", "is not on file in this case")
def test_a_consent_that_nobody_put_on_file(s: Story) -> Attempt:
    return releasing(s, given_to(s), consent=HASH)


@refuses(CopyIssued, ITEM, "E_USE_LIMIT", "not passed on")
def test_no_copy_goes_where_the_item_may_not(s: Story) -> Attempt:
    return copying(s, given_to(s), outside="foreign_authority")


@refuses(CopyIssued, ITEM, "E_USE_LIMIT", "this is for training")
def test_no_copy_for_another_use(s: Story) -> Attempt:
    return copying(s, given_to(s, use_limits=["specialty"]), purpose="training")


@refuses(ExportPrepared, ITEM, "E_USE_LIMIT", "not passed on")
def test_nothing_made_from_it_goes_where_it_may_not(s: Story) -> Attempt:
    return exporting(s, made_of(s, given_to(s)), **ABROAD)


@refuses(ExportPrepared, ITEM, "E_USE_LIMIT", "this is for not_stated")
def test_what_is_for_one_purpose_is_not_exported_for_none(s: Story) -> Attempt:
    item = given_to(s, use_limits=["specialty"])
    return exporting(s, item, outside=None, to=s.pia.tag, purpose="not_stated")


@refuses(ExportPrepared, ITEM, "E_USE_LIMIT", "wanted it deleted by 2026-12-31T00:00:00Z")
def test_what_was_to_be_deleted_is_not_exported(s: Story) -> Attempt:
    item = given_to(s, delete_by=DAY)
    s.world.now += 200 * 86_400
    return exporting(s, item)


@refuses(ExportPrepared, CASE, "E_USE_LIMIT", "the search_warrant on file is no consent")
def test_a_whole_case_goes_out_on_no_warrant_either(s: Story) -> Attempt:
    return attempt(s, "export.prepared", [s.case], {**ABROAD, "consent": s.warrant}, s.olga)


@refuses(ExportPrepared, CASE, "E_AUTHORITY", "is not on file in this case")
def test_nor_on_a_consent_of_nobody(s: Story) -> Attempt:
    return attempt(s, "export.prepared", [s.case], {"consent": HASH}, s.olga)
