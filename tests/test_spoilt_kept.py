"""Rows that no signed entry gives again, spoilt: older checkpoints, refusals, names of envelopes.

One defect each, behind the triggers, and the finding of `custody verify --full` that names it.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from custody.core.errors import RuleError
from custody.core.findings import Check, Finding, Outcome
from custody.core.note import Note
from custody.ledger.marks import MARK_FILE
from tests.ledgers import Home, Live
from tests.test_rebuild import look, remarks, tamper
from tests.worlds import Story, tell

OLDER = 6
EXAMINED = "not those that were examined before"


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Live:
    """17 records, the last one a tally, and an entry that was refused before the last three."""
    made = Live(Home.make(tmp_path_factory.mktemp("kept") / "home"))
    story = tell(made)
    refuse(made, story)
    remarks(made, story, 2)
    made.ledger.tally()
    return made


@pytest.fixture
def live(first: Live, tmp_path: Path) -> Live:
    return first.copied(tmp_path / "home")


def refuse(live: Live, story: Story) -> None:
    """Carl tries to hand on what Dora holds."""
    given = {"to": story.eve.tag}
    signed = live.draft("transfer.released", [story.laptop], given, signers=[story.carl])
    live.home.now = live.now
    with pytest.raises(RuleError):
        live.ledger.submit([live.submission(signed)])


def troubles(live: Live, **options: int) -> list[Finding]:
    found = look(live, full=True, **options)
    return [each for each in found.findings if each.outcome is not Outcome.PASSED]


def only(found: list[Finding], check: Check, subject: str, words: str) -> bool:
    """Whether this failed, and nothing else did."""
    (one,) = found
    told = (one.outcome, one.check, one.subject)
    return told == (Outcome.FAILED, check, subject) and words in one.detail


def notes(live: Live) -> dict[int, Note]:
    with live.home.storage().reading() as rows:
        return {row.size: Note.read(row.note) for row in rows.checkpoints(0, 99)}


def test_what_this_is_about_is_sound(live: Live) -> None:
    assert troubles(live) == []
    with live.home.storage().reading() as rows:
        assert rows.any_refusals()
        assert rows.checkpoint(OLDER)


def first_of_another(note: Note, other: Note) -> Note:
    return Note(note.text, (other.signatures[0], note.signatures[1]))


def second_of_another(note: Note, other: Note) -> Note:
    return Note(note.text, (note.signatures[0], other.signatures[1]))


def without_first(note: Note, other: Note) -> Note:
    return Note(note.text, note.signatures[1:])


def without_second(note: Note, other: Note) -> Note:
    return Note(note.text, note.signatures[:1])


@pytest.mark.parametrize(
    "spoil", [first_of_another, second_of_another, without_first, without_second]
)
@pytest.mark.parametrize("spread", [{}, {"processes": 2, "share": 5}], ids=["here", "elsewhere"])
def test_a_signature_of_an_older_checkpoint_that_is_none_is_found(
    live: Live, spoil: Callable[[Note, Note], Note], spread: dict[str, int]
) -> None:
    found = notes(live)
    spoilt = spoil(found[OLDER], found[OLDER + 1]).encode()
    tamper(live, f"UPDATE checkpoint SET note = x'{spoilt.hex()}' WHERE size = {OLDER}")
    assert only(troubles(live, **spread), Check.CHECKPOINT, f"checkpoint of {OLDER} records", "")


def test_an_older_checkpoint_that_was_taken_away_is_missed(live: Live) -> None:
    """Whether it was taken away, or its viewer made it up, nobody can say."""
    tamper(live, f"DELETE FROM checkpoint WHERE size = {OLDER}")
    found = look(live, full=True)
    (missed,) = (each for each in found.findings if each.outcome is not Outcome.PASSED)
    assert (missed.check, missed.outcome) == (Check.CHECKPOINT, Outcome.UNDETERMINED)
    assert missed.subject == f"checkpoint of {OLDER} records"
    assert found.verdict is Outcome.UNDETERMINED
    assert troubles(live) == [missed], "what was found once is found again"


AFTERWARDS = {
    "an older checkpoint taken away": (
        f"DELETE FROM checkpoint WHERE size = {OLDER}", Check.CHECKPOINT, "older checkpoints"),
    "all older checkpoints taken away": (
        "DELETE FROM checkpoint WHERE size < 16", Check.CHECKPOINT, "older checkpoints"),
    "a refusal taken away": ("DELETE FROM refusal", Check.STRUCTURE, "refusals"),
    "a refusal in other words": (
        "UPDATE refusal SET message = 'too late'", Check.STRUCTURE, "refusals"),
    "a refusal with another code": (
        "UPDATE refusal SET code = 'E_PREV'", Check.STRUCTURE, "refusals"),
    "a refusal at another time": ("UPDATE refusal SET at = at + 1", Check.STRUCTURE, "refusals"),
    "a refusal after everything": (
        "UPDATE refusal SET at = at + 1000000", Check.STRUCTURE, "refusals"),
    "a refusal of something else": (
        "UPDATE refusal SET statement = zeroblob(32)", Check.STRUCTURE, "refusals"),
    "a refusal that nobody made": (
        "INSERT INTO refusal SELECT zeroblob(32), at, code, message FROM refusal",
        Check.STRUCTURE, "refusals"),
}  # fmt: skip


@pytest.mark.parametrize("name", AFTERWARDS)
def test_what_was_altered_after_it_was_examined_is_found(live: Live, name: str) -> None:
    assert look(live).sound
    change, check, subject = AFTERWARDS[name]
    tamper(live, change)
    failures = [each for each in troubles(live) if each.outcome is Outcome.FAILED]
    assert only(failures, check, subject, EXAMINED)
    failures = [each for each in troubles(live) if each.outcome is Outcome.FAILED]
    assert only(failures, check, subject, EXAMINED), "what was found once is found again"


def test_what_comes_after_an_examination_is_no_alteration(tmp_path: Path) -> None:
    """Refusals and checkpoints that are added, from mark to mark and in one view of all."""
    live = Live(Home.make(tmp_path / "home"))
    story = tell(live)
    for _ in range(3):
        assert look(live).sound
        refuse(live, story)
        remarks(live, story)
        refuse(live, story)
    assert troubles(live) == []
    mark = (live.home.keys / MARK_FILE).read_bytes()
    remarks(live, story)
    assert look(live).sound
    stepwise = (live.home.keys / MARK_FILE).read_bytes()
    (live.home.keys / MARK_FILE).unlink()
    assert look(live).sound
    assert mark != stepwise == (live.home.keys / MARK_FILE).read_bytes()


MALFORMED = {
    "no code": "UPDATE refusal SET code = 'E_NONE'",
    "words for a time": "UPDATE refusal SET at = 'never'",
    "a time before there was time": "UPDATE refusal SET at = -1",
    "bytes for a message": "UPDATE refusal SET message = x'ff00'",
    "no entry's id": "UPDATE refusal SET statement = x'00'",
    "words for an id": "UPDATE refusal SET statement = 'abc'",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_refusal_that_no_software_writes_is_found(live: Live, name: str) -> None:
    tamper(live, MALFORMED[name])
    (found,) = troubles(live)
    assert (found.check, found.outcome) == (Check.STRUCTURE, Outcome.FAILED)
    assert found.subject.startswith("refusal")
    assert "none that this software writes" in found.detail


def test_an_entry_that_is_both_recorded_and_refused_is_found(live: Live) -> None:
    tamper(
        live,
        "INSERT INTO refusal SELECT s.id, at, code, message FROM refusal, "
        "(SELECT id FROM statement WHERE first = 4) s",
    )
    (found,) = troubles(live)
    assert only([found], Check.STRUCTURE, found.subject, "was recorded, and what was refused never")


def test_an_envelope_under_the_digest_of_another_is_found(live: Live) -> None:
    """So that the true one could be recorded a second time."""
    tamper(live, "UPDATE envelope SET sha256 = zeroblob(32) WHERE id = 3")
    filed, unread, *labels = troubles(live)
    assert only([filed], Check.STRUCTURE, "record 3", "filed under another digest")
    assert only([unread], Check.REDACTIONS, "record 3", "cannot be read")  # tied to its digest
    assert all("a stored label" in each.detail for each in labels)
