"""A whole ledger from which an entry was erased: what cites it is examined like anything else."""

from pathlib import Path

import pytest

from custody.core.findings import Check, Outcome
from custody.ledger.rebuild import rebuild
from tests.ledgers import Live, told
from tests.memory import ORIGIN
from tests.test_erased import cited_ahead, erase, noted
from tests.test_rebuild import look
from tests.worlds import Story


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return told(tmp_path / "home")


@pytest.fixture
def live(story: Story) -> Live:
    assert isinstance(story.world, Live)
    return story.world


def erased_before(live: Live, story: Story, *, corrected: bool = False) -> int:
    """Two entries that Dora signed in a row, the first of them erased; where the second stands."""
    n = len(live.records) + 1
    cited_ahead(story, corrected=corrected)
    assert live.ledger.finish_erasures()
    return n


def test_what_was_signed_right_after_an_erased_entry_is_examined(live: Live, story: Story) -> None:
    erased_before(live, story)
    for spread in ({}, {"processes": 2, "share": 1}):
        assert look(live, full=True, **spread).verdict is Outcome.PASSED
    rebuild(live.home.storage(), ORIGIN)
    assert look(live, full=True).verdict is Outcome.PASSED


def test_a_restriction_of_what_was_erased_since_is_examined(live: Live, story: Story) -> None:
    entry = noted(story)
    given = {"entry": entry, "fields": ["note"], "ground": "request_of_person"}
    live.record("privacy.restricted", [story.laptop], given, signers=[story.olga])
    erase(story, entry)
    assert live.ledger.finish_erasures()
    assert look(live, full=True).verdict is Outcome.PASSED


def test_a_correction_of_what_was_erased_cannot_be_judged(live: Live, story: Story) -> None:
    n = erased_before(live, story, corrected=True)
    found = [f for f in look(live, full=True).findings if f.outcome is not Outcome.PASSED]
    assert [(f.check, f.outcome, f.subject) for f in found] == [
        (Check.RULES, Outcome.UNDETERMINED, f"record {n}")
    ]
