"""A second signature of somebody whom the first enrolled is told as such, along the whole line."""

from pathlib import Path

import pytest

from custody.core.vouching import enrollers, one_enroller
from custody_schemas.declare import Kind
from tests.bundles import Bundle, examined
from tests.rulings import hand_over, image, release, seal, stage
from tests.test_adverse import LAPTOP
from tests.test_adverse_days import ENROLLED, called, told_of
from tests.worlds import MEMBERS, Person, Story

SAME = "same enroller"
TOGETHER = ENROLLED.format("the two who took it over")


def told(folder: Path, s: Story, *kinds: str) -> list[str]:
    report = examined(folder, Bundle(s.world, s.case, s.olga))
    return [words for _, subject, words in told_of(report, *kinds) if subject == LAPTOP]


def mallory(s: Story) -> Person:
    """She enrols others, and handles items; Ada enrolled her."""
    return s.world.enrol("Mallory", "admin", "case_officer", by=s.ada)


def second(s: Story, by: Person, name: str = "Second") -> Person:
    return s.world.enrol(name, "admin", "case_officer", by=by)


def take(s: Story, by: Person, approver: Person) -> None:
    given = {"seal": None, "hash": None}
    s.world.record("custody.assumed", [s.laptop], given, signers=[by, approver])


def found_with(s: Story, holder: Person) -> str:
    """The holder's bag has another number, as Pia finds."""
    seal(s, s.laptop, s.dora)
    hand_over(s, s.laptop, s.dora, holder, seal="intact")
    given = {"verdict": "number_mismatch"}
    return s.world.record("seal.verified", [s.laptop], given, signers=[s.pia])


def end(s: Story, entry: str, *signers: Person) -> None:
    given = {"discrepancy": entry, "kind": "seal", "outcome": "recording_error"}
    s.world.record("discrepancy.resolved", [s.laptop], given, signers=signers)


def test_a_takeover_with_somebody_whom_she_enrolled(tmp_path: Path) -> None:
    s = stage()
    one = mallory(s)
    take(s, one, second(s, one))
    assert told(tmp_path, s, SAME) == [TOGETHER]


def test_and_with_somebody_whom_that_one_enrolled(tmp_path: Path) -> None:
    s = stage()
    one = mallory(s)
    take(s, second(s, second(s, one), "Third"), one)
    assert told(tmp_path, s, SAME) == [TOGETHER]


def test_people_whom_different_people_enrolled(tmp_path: Path) -> None:
    s = stage()
    take(s, second(s, second(s, s.ada, "Amy")), s.olga)
    assert told(tmp_path, s, SAME) == []


def test_a_finding_ended_by_somebody_whom_the_holder_enrolled(tmp_path: Path) -> None:
    s = stage()
    one = mallory(s)
    entry = found_with(s, one)
    other = second(s, one)
    end(s, entry, other)
    (words,) = [each for each in told(tmp_path, s, SAME) if "answers" in each]
    assert words == f"{called(one)} enrolled {called(other)}, who answers for it"


def test_a_finding_ended_by_somebody_else(tmp_path: Path) -> None:
    s = stage()
    end(s, found_with(s, mallory(s)), s.olga)
    assert not any("answers" in each for each in told(tmp_path, s, SAME))


HELD = "alone, who had the item in hand before"


def handed_on(s: Story) -> str:
    """Olga had the sealed laptop, then Carl; Eve finds another number."""
    seal(s, s.laptop, s.dora)
    for giver, taker in ((s.dora, s.olga), (s.olga, s.carl)):
        hand_over(s, s.laptop, giver, taker, seal="intact")
    entry = release(s, s.laptop, s.carl, s.eve)
    given = {"transfer": entry, "seal": "number_mismatch", "hash": None}
    return s.world.record("transfer.accepted", [s.laptop], given, signers=[s.eve])


def test_a_finding_ended_by_somebody_who_had_the_item_earlier(tmp_path: Path) -> None:
    s = stage()
    end(s, handed_on(s), s.olga)
    (words,) = [each for each in told(tmp_path, s, "discrepancy") if HELD in each]
    assert words == f"ended by {called(s.olga)} {HELD}"


def test_a_finding_ended_with_somebody_who_never_had_it(tmp_path: Path) -> None:
    s = stage()
    entry = handed_on(s)
    end(s, entry, s.olga, s.world.enrol("Una", "case_officer", by=s.ada))
    assert not any(HELD in each for each in told(tmp_path, s, "discrepancy"))


def test_who_approves_what_came_from_her_enroller(tmp_path: Path) -> None:
    s = stage()
    one, tag = mallory(s), image(s)
    hand_over(s, tag, s.eve, one, hash="match")
    approvers = [second(s, one), s.olga]
    given = {"transfer": release(s, tag, one, s.carl), "hash": "mismatch", "override": "urgency"}
    s.world.record("transfer.accepted", [tag], given, signers=[s.carl, *approvers])
    report = examined(tmp_path, Bundle(s.world, s.case, s.olga))
    (words,) = [each for _, _, each in told_of(report, SAME) if "answers" in each]
    assert words == f"{called(one)} enrolled {called(approvers[0])}, who answers for it"


def test_rules_changed_with_somebody_whom_she_enrolled(tmp_path: Path) -> None:
    s = stage()
    one = mallory(s)
    other = second(s, one)
    ledger = next(tag for tag, state in s.world.states.items() if hasattr(state, "rules"))
    given = {"rules": {**MEMBERS["rules"], "late_after": 2_678_400}}
    s.world.record("ledger.rules_changed", [ledger], given, signers=[one, other])
    report = examined(tmp_path, Bundle(s.world, s.case, s.olga))
    (words,) = [words for _, _, words in told_of(report, SAME)]
    assert words == f"{called(one)} enrolled {called(other)}, who answers for it"


def test_two_accounts_with_one_key(tmp_path: Path) -> None:
    s = stage()
    other = second(s, s.ada)
    asked = s.world.request("Second", s.dora.signer, actor=other.tag)
    about = [(Kind.ACTOR, other.tag)]
    s.world.record("key.registered", about, {"request": asked.body}, signers=[s.ada])
    report = examined(tmp_path, Bundle(s.world, s.case, s.olga))
    (found,) = [f for f in report.adverse if "in common" in f.detail]
    assert found.subject == ", ".join(sorted((called(s.dora), called(other))))
    key = s.dora.signer.key.id
    assert found.detail == (f"these people have a key in common, {key:.12}: they may be one person")


def test_other_keys_are_of_one_person_each(tmp_path: Path) -> None:
    s = stage()
    report = examined(tmp_path, Bundle(s.world, s.case, s.olga))
    assert not any("in common" in f.detail for f in report.adverse)


LATE = 30 * 86_400


@pytest.mark.parametrize(("ago", "facts"), [(LATE, 1), (2 * 86_400, 0)])
def test_lax_rules_do_not_hide_what_was_recorded_late(ago: int, facts: int, tmp_path: Path) -> None:
    s = stage()
    ledger = next(tag for tag, state in s.world.states.items() if hasattr(state, "rules"))
    given = {"rules": {**MEMBERS["rules"], "late_after": 2_678_400}}
    s.world.record("ledger.rules_changed", [ledger], given, signers=[s.ada, second(s, s.ada)])
    happened = s.world.occurred(s.world.now - ago)
    s.world.record("note.recorded", [s.laptop], {"occurred": happened}, signers=[s.dora])
    found = told(tmp_path, s, "late")
    assert len(found) == facts
    assert all("recorded 30 days later; the rules asked for no reason" in each for each in found)


def test_of_people_who_are_not_shown_nobody_knows_who_enrolled_them() -> None:
    s = stage()
    people = s.world.states
    assert one_enroller(s.dora.tag, s.eve.tag, people)
    assert not one_enroller(s.dora.tag, "ff" * 32, people)
    assert not one_enroller("ff" * 32, s.dora.tag, people)
    assert not one_enroller(s.ada.tag, "ff" * 32, people), "the founder was enrolled by nobody"
    assert not one_enroller(s.laptop, s.laptop, people)


def test_two_whom_somebody_enrolled_who_was_enrolled_herself() -> None:
    s = stage()
    one = mallory(s)
    first, last = (second(s, one, name).tag for name in ("Second", "Third"))
    assert one_enroller(first, last, s.world.states)
    assert one_enroller(last, first, s.world.states)


def test_the_line_of_enrollers_ends_with_one_who_is_not_shown() -> None:
    s = stage()
    one = mallory(s)
    other = second(s, one)
    assert enrollers(other.tag, s.world.states) == [one.tag, s.ada.tag]
    shown = {tag: state for tag, state in s.world.states.items() if tag != one.tag}
    assert enrollers(other.tag, shown) == [one.tag]


@pytest.mark.parametrize("own", [True, False])
def test_a_finding_ended_by_somebody_whom_the_finder_enrolled(tmp_path: Path, own: bool) -> None:
    """She never had the item; another finding of hers, which stays open, is not what ended."""
    s = stage()
    one = mallory(s)
    hers, pias = (
        s.world.record("discrepancy.opened", [s.laptop], {"kind": kind}, signers=[by])
        for kind, by in (("damage", one), ("extra_item", s.pia))
    )
    other = second(s, one)
    ended = {"discrepancy": hers if own else pias, "kind": "damage" if own else "extra_item"}
    s.world.record("discrepancy.resolved", [s.laptop], ended, signers=[other])
    words = f"{called(one)} enrolled {called(other)}, who answers for it"
    assert told(tmp_path, s, SAME) == ([words] if own else [])
