"""Rules on erasing and restricting personal data: R41, R54, R93, R97."""

from typing import Any

from custody_schemas.acts import PrivacyErased, PrivacyRestricted
from custody_schemas.declare import Kind
from tests.bodies import HASH
from tests.rulings import Attempt, admits, attempt, refuses
from tests.worlds import Person, Story

ITEM, CASE, ACTOR = Kind.ITEM, Kind.CASE, Kind.ACTOR


def first(s: Story, tag: str) -> str:
    """The first entry on a subject."""
    return next(entry for about, entry in s.world.citations if about == tag)


def registered(s: Story) -> str:
    """The entry that registered the laptop."""
    return first(s, s.laptop)


def erase(s: Story, about: str, entry: str, *signers: Any, **given: Any) -> Attempt:
    by = signers or (s.olga, s.carl, overseer(s))
    return attempt(s, "privacy.erased", [about], {"entry": entry, **given}, *by)


def overseer(s: Story) -> Person:
    """One more who oversees."""
    return s.world.enrol("Rita", "peer_reviewer", by=s.ada)


def note(s: Story, about: str = "") -> str:
    return s.world.record("note.recorded", [about or s.laptop], {"note": "hm"}, signers=[s.eve])


@admits(PrivacyErased, ITEM)
def test_fields_of_an_entry_are_erased(s: Story) -> None:
    erase(s, s.laptop, registered(s), fields=["owner", "description"])()


@admits(PrivacyErased, CASE)
def test_fields_of_a_case_are_erased(s: Story) -> None:
    entry = first(s, s.case)
    erase(s, s.case, entry, act="case.opened", fields=["title"])()


@admits(PrivacyErased, ACTOR)
def test_a_person_is_forgotten_when_her_time_is_over(s: Story) -> None:
    entry = first(s, s.eve.tag)
    erase(s, s.eve.tag, entry, act="actor.registered", fields=["name", "contact"])()


@admits(PrivacyErased, ITEM)
def test_a_remark_is_erased_whole(s: Story) -> None:
    erase(s, s.laptop, note(s), act="note.recorded", fields=None, envelope=HASH)()


@refuses(PrivacyErased, ITEM, "E_ERASURE", "part of what the rules need")
def test_nothing_that_the_rules_need_is_erased_whole(s: Story) -> Attempt:
    return erase(s, s.laptop, registered(s), fields=None, envelope=HASH)


@refuses(PrivacyErased, CASE, "E_ERASURE", "never erased whole")
def test_no_entry_on_a_case_is_erased_whole(s: Story) -> Attempt:
    given = {"act": "note.recorded", "fields": None, "envelope": HASH}
    return erase(s, s.case, note(s, s.case), **given)


@refuses(PrivacyErased, ITEM, "E_ERASURE", "there is no such entry (note.recorded)")
def test_a_custody_act_is_not_called_a_remark(s: Story) -> Attempt:
    given = {"act": "note.recorded", "fields": None, "envelope": HASH}
    return erase(s, s.laptop, registered(s), **given)


@refuses(PrivacyErased, ITEM, "E_ERASURE", "there is no such entry (item.seized)")
def test_an_entry_is_called_what_it_is(s: Story) -> Attempt:
    return erase(s, s.laptop, registered(s), act="item.seized", fields=["position"])


@refuses(PrivacyErased, ITEM, "E_ERASURE", "there is no such entry")
def test_an_entry_that_is_not_there(s: Story) -> Attempt:
    return erase(s, s.laptop, HASH)


@refuses(PrivacyErased, ITEM, "E_ERASURE", "no personal field quantity")
def test_what_the_rules_may_read_is_not_personal(s: Story) -> Attempt:
    return erase(s, s.laptop, registered(s), fields=["owner", "quantity"])


@refuses(PrivacyErased, ITEM, "E_ERASURE", "no personal field colours")
def test_a_field_that_is_not_there(s: Story) -> Attempt:
    return erase(s, s.laptop, registered(s), fields=["colours"])


@refuses(PrivacyErased, ITEM, "E_ERASURE", "either fields")
def test_fields_or_the_whole_not_both(s: Story) -> Attempt:
    return erase(s, s.laptop, note(s), act="note.recorded", fields=["note"], envelope=HASH)


@refuses(PrivacyErased, ITEM, "E_ERASURE", "either fields")
def test_fields_or_the_whole_not_neither(s: Story) -> Attempt:
    return erase(s, s.laptop, registered(s), fields=None)


@refuses(PrivacyErased, ITEM, "E_ERASURE", "on what ground")
def test_a_ground_is_said(s: Story) -> Attempt:
    return erase(s, s.laptop, registered(s), ground="not_stated")


@refuses(PrivacyErased, ITEM, "E_ERASURE", "on what ground it is done, and how")
def test_a_method_is_said(s: Story) -> Attempt:
    return erase(s, s.laptop, registered(s), method="not_stated")


@refuses(PrivacyErased, ITEM, "E_HOLD", "under hold: legal hold")
def test_nothing_is_erased_under_a_hold_on_the_item(s: Story) -> Attempt:
    s.world.record("hold.placed", [s.laptop], signers=[s.pia])
    return erase(s, s.laptop, registered(s))


@refuses(PrivacyErased, ITEM, "E_HOLD", "under hold: legal hold")
def test_nothing_is_erased_under_a_hold_on_the_case(s: Story) -> Attempt:
    s.world.record("hold.placed", [s.case], signers=[s.pia])
    return erase(s, s.laptop, registered(s))


@refuses(PrivacyErased, CASE, "E_HOLD", "under hold: legal hold")
def test_nor_of_the_case_itself(s: Story) -> Attempt:
    s.world.record("hold.placed", [s.case], signers=[s.pia])
    entry = first(s, s.case)
    return erase(s, s.case, entry, act="case.opened", fields=["title"])


@refuses(PrivacyErased, ITEM, "E_TWO_PERSON", "2 approvers who are not involved must co-sign, 1")
def test_one_approver_is_not_enough(s: Story) -> Attempt:
    return erase(s, s.laptop, registered(s), s.olga, s.carl)


@refuses(PrivacyErased, ITEM, "E_NO_GRANT", "decide how long items are kept")
def test_an_examiner_erases_nothing(s: Story) -> Attempt:
    return erase(s, s.laptop, registered(s), s.eve, s.olga, s.carl)


@refuses(PrivacyErased, ACTOR, "E_TWO_PERSON", "0 did")
def test_nobody_is_forgotten_on_one_word(s: Story) -> Attempt:
    entry = first(s, s.eve.tag)
    given = {"act": "actor.registered", "fields": ["name"]}
    return erase(s, s.eve.tag, entry, s.olga, **given)


def restrict(s: Story, about: str, entry: str, by: Person, **given: Any) -> Attempt:
    return attempt(s, "privacy.restricted", [about], {"entry": entry, **given}, by)


@admits(PrivacyRestricted, ITEM)
def test_fields_are_restricted(s: Story) -> None:
    restrict(s, s.laptop, registered(s), s.olga)()


@admits(PrivacyRestricted, CASE)
def test_fields_of_a_case_are_restricted(s: Story) -> None:
    entry = first(s, s.case)
    restrict(s, s.case, entry, s.olga, fields=["title"])()


@admits(PrivacyRestricted, ACTOR)
def test_fields_of_a_person_are_restricted(s: Story) -> None:
    entry = first(s, s.eve.tag)
    restrict(s, s.eve.tag, entry, s.olga, fields=["contact"])()


@refuses(PrivacyRestricted, ITEM, "E_NO_GRANT", "decide how long items are kept")
def test_an_examiner_restricts_nothing(s: Story) -> Attempt:
    return restrict(s, s.laptop, registered(s), s.eve)


@refuses(PrivacyRestricted, ITEM, "E_ERASURE", "no such entry")
def test_an_entry_that_is_not_there_is_not_restricted(s: Story) -> Attempt:
    return restrict(s, s.laptop, HASH, s.olga)


@refuses(PrivacyRestricted, ITEM, "E_ERASURE", "no personal field type")
def test_only_personal_fields_are_restricted(s: Story) -> Attempt:
    return restrict(s, s.laptop, registered(s), s.olga, fields=["type"])


@refuses(PrivacyRestricted, CASE, "E_ERASURE", "case.opened has no personal field form")
def test_what_the_rules_may_read_of_a_case_is_not_restricted(s: Story) -> Attempt:
    return restrict(s, s.case, first(s, s.case), s.olga, fields=["form"])


@refuses(PrivacyRestricted, ACTOR, "E_NO_GRANT", "decide how long items are kept")
def test_nobody_restricts_what_is_said_of_herself(s: Story) -> Attempt:
    return restrict(s, s.eve.tag, first(s, s.eve.tag), s.eve, fields=["contact"])
