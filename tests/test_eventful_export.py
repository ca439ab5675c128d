"""A story in which everything happens replays from its export as the ledger recorded it."""

from pathlib import Path
from typing import Any

import pytest

from custody.core.findings import Outcome
from custody.core.state import Case
from custody.core.tags import ledger_tag
from tests.bundles import Bundle, bad, examined
from tests.rulings import release
from tests.test_state import eventful
from tests.worlds import Person, Story, signer_of


def days() -> Story:
    """What goes on after that story: taken over, back from court, lost, undone, examined."""
    s = eventful()
    s.world.record("case.reopened", [s.case], signers=[s.olga])
    _moved(s)
    _examined(s)
    rules = {"version": 1, "late_after": 600, "ahead": 60, "approvers": 3}
    given: dict[str, Any] = {"rules": rules}
    about = [ledger_tag(s.world.origin)]
    s.world.record("ledger.rules_changed", about, given, signers=[s.ada, s.olga])
    asked = s.world.request("Dora", signer_of("spare"), actor=s.dora.tag)
    given = {"request": asked.body, "replaces": s.dora.signer.key.id}
    s.world.record("key.rotated", [s.dora.tag], given, signers=[s.ada])
    return s


def _moved(s: Story) -> None:
    lent, sent, match = s.world.item_tag(s.case, 2), s.world.item_tag(s.case, 3), {"hash": "match"}
    s.world.record("custody.assumed", [lent], match, signers=[s.carl, s.olga])
    s.world.record("court.returned", [sent], match, signers=[s.carl])
    given = {"transfer": release(s, sent, s.carl, s.dora)}
    lost = s.world.record("transfer.lost", [sent], given, signers=[s.dora])
    given = {"discrepancy": lost, "kind": "missing_item", "outcome": "recovered"}
    s.world.record("discrepancy.resolved", [sent], given, signers=[s.olga])
    given = {"transfer": release(s, sent, s.carl, s.dora), **match}
    s.world.record("transfer.returned", [sent], given, signers=[s.carl])
    s.world.record("court.exhibited", [sent], {"retained": "yes"}, signers=[s.carl])


def _examined(s: Story) -> None:
    tag = s.world.item_tag(s.case, 4)
    analysis = s.world.record("analysis.recorded", [tag], signers=[s.eve])
    s.world.record("analysis.reviewed", [tag], {"analysis": analysis}, signers=[s.dora])
    s.world.record("statement.countersigned", [tag], {"entry": analysis}, signers=[s.carl])
    given: dict[str, Any] = {"corrects": analysis, "act": "analysis.recorded", "field": None}
    given |= {"annuls": True, "reason": "wrong_item"}
    s.world.record("correction.recorded", [tag], given, signers=[s.eve])
    copy = s.world.item(tag).copies[0].id
    s.world.record("copy.returned", [tag], {"copy": copy, "fate": "lost"}, signers=[s.eve])
    s.world.record("item.reference_assigned", [tag], signers=[s.dora])


class OfOneCase(Bundle):
    """Other cases of the ledger stay out, as the real exporter leaves them out."""

    def shows(self, tag: str) -> bool:
        state = self.world.states[tag]
        case = tag if isinstance(state, Case) else getattr(state, "case", self.case)
        return case == self.case and super().shows(tag)


def exported(s: Story, *numbers: int, by: Person) -> Bundle:
    return OfOneCase(s.world, s.case, by, tuple(s.world.item_tag(s.case, each) for each in numbers))


def test_a_whole_case_replays(tmp_path: Path) -> None:
    s = days()
    report = examined(tmp_path, OfOneCase(s.world, s.case, s.olga, mirror=True))
    assert bad(report) == []
    assert report.verdict is Outcome.PASSED


@pytest.mark.parametrize("numbers", [(1,), (2,), (3,), (4,), (5,), (5, 6)])
def test_each_item_replays_alone(tmp_path: Path, numbers: tuple[int, ...]) -> None:
    """What rules read is in the bundle of one item: its case, its parents, and who signed."""
    s = days()
    report = examined(tmp_path, exported(s, *numbers, by=s.olga))
    assert bad(report) == []
    assert report.verdict is Outcome.PASSED


def test_without_its_parent_a_part_is_not_shown_whole(tmp_path: Path) -> None:
    s = days()
    report = examined(tmp_path, exported(s, 6, by=s.olga))
    assert report.verdict is not Outcome.PASSED
