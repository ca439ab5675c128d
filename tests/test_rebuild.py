"""Rebuilding what is derived, and examining a whole ledger: what was tampered with is found."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from custody.core import disclosure
from custody.core.errors import StorageError
from custody.core.findings import Check, Outcome
from custody.ledger.admission import Prepared, read_disclosures
from custody.ledger.examine import Examination, examine
from custody.ledger.local import Waiting
from custody.ledger.marks import MARK_FILE
from custody.ledger.rebuild import rebuild
from custody.ledger.signer import LogSigner
from custody_schemas.declare import Kind
from tests.ledgers import Live, told
from tests.memory import ORIGIN, Signed
from tests.worlds import Story

DERIVED = ("subject", "place", "link", "edge", "label", "due")
TRIGGERS = [
    f"{table}_{event}"
    for table in ("record", "envelope", "statement", "checkpoint", "tile")
    for event in ("next", "update", "delete")
]


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return told(tmp_path / "home")


@pytest.fixture
def live(story: Story) -> Live:
    assert isinstance(story.world, Live)
    return story.world


def look(live: Live, **options: Any) -> Examination:
    """Examine, as another process would."""
    signer = LogSigner(live.home.keys, ORIGIN)
    return examine(live.home.storage(), signer, **options)


def tamper(live: Live, *changes: str) -> None:
    """Change the database as somebody who can write it, triggers out of the way."""
    live.ledger._storage.close()  # type: ignore[attr-defined]
    with live.home.storage().writing() as rows:
        for trigger in TRIGGERS:
            rows._connection.execute(f"DROP TRIGGER {trigger}")
        for sql in changes:
            assert rows._connection.execute(sql).rowcount, sql


def contents(live: Live) -> dict[str, list[Any]]:
    """All rows of the derived tables, those of labels as they are read."""
    with live.home.storage().reading() as rows:
        found = {
            table: rows._connection.execute(f"SELECT * FROM {table}").fetchall()
            for table in DERIVED
        }
        return {**found, "label": sorted(rows.all_labels())}


def failures(examination: Examination) -> set[Check]:
    return {each.check for each in examination.findings if each.outcome is Outcome.FAILED}


def remarks(live: Live, story: Story, count: int = 1) -> None:
    for _ in range(count):
        live.record("note.recorded", [story.laptop], signers=[story.eve])


def test_who_waits_is_told_of_every_record_once(live: Live, story: Story) -> None:
    told: list[int] = []
    found = look(live, progress=told.append)
    assert sum(told) == found.size > 0
    remarks(live, story)
    told.clear()
    again = look(live, progress=told.append)
    assert told == [found.size, 1] and again.size == found.size + 1


def test_an_honest_ledger_passes_every_check(live: Live, story: Story) -> None:
    live.ledger.tally()
    found = look(live)
    assert found.sound
    assert (found.start, found.size) == (0, 15)
    assert all(each.outcome is Outcome.PASSED for each in found.findings)
    assert [each.check for each in found.findings if each.check is Check.RULES] == [Check.RULES]


def test_the_records_of_an_entry_are_of_one_time(live: Live, story: Story) -> None:
    live.register(story.case, 2, by=story.dora)
    last = "WHERE n = (SELECT max(n) FROM record)"
    later = "CAST(replace(CAST(data AS TEXT), '\"at\":17', '\"at\":18') AS BLOB)"
    tamper(live, f"UPDATE record SET data = {later} {last}")
    found = [f.detail for f in look(live, full=True).findings if f.check is Check.STATEMENT]
    assert found == ["the records of the run are not of one time"]


def test_the_next_examination_looks_at_what_is_new(live: Live, story: Story) -> None:
    look(live)
    remarks(live, story, 3)
    found = look(live)
    assert (found.start, found.size, found.sound) == (14, 17, True)
    assert look(live).start == 17
    assert look(live, full=True).start == 0


def test_tallies_after_the_mark_are_recounted(live: Live, story: Story) -> None:
    look(live)
    remarks(live, story)
    live.ledger.tally()
    with live.home.storage().reading() as rows:
        before = rows.size()
    found = look(live)
    assert (found.start, found.size, found.sound) == (14, before, True)


def test_tiles_and_edges_are_examined(live: Live, story: Story) -> None:
    remarks(live, story, 300)
    assert look(live, full=True).sound
    tamper(live, "UPDATE tile SET data = zeroblob(8192) WHERE level = 0")
    found = look(live, full=True)
    assert ("tile 0 of level 0", Outcome.FAILED) in {(f.subject, f.outcome) for f in found.findings}


def recorded_unasked(live: Live, made: Signed) -> int:
    """Have the ledger record what it believes it has verified; at which index."""
    data = made.envelope.encode()
    opened = read_disclosures(made.statement.sd, made.disclosures)
    keys = tuple(signer.key for signer in made.statement.signers)
    digest = sha256(data).digest()
    prepared = Prepared(made.envelope, data, digest, made.statement, opened, None, keys)
    n = len(live.records)
    live.ledger._queued(Waiting([prepared]))
    return n


def test_a_value_that_the_ledger_should_have_refused_is_found(live: Live, story: Story) -> None:
    number = disclosure.make("note", 7, live.entropy).text
    about = [story.laptop]
    made = live.draft("note.recorded", about, signers=[story.dora], disclosed=[number])
    n = recorded_unasked(live, made)
    (finding,) = (f for f in look(live).findings if f.outcome is Outcome.FAILED)
    assert (finding.check, finding.subject) == (Check.REDACTIONS, f"record {n}")
    assert finding.detail == "note.recorded.note: str expected, not int"


def swap(table: str, column: str, where: str, old: str, new: str) -> str:
    return (
        f"UPDATE {table} SET {column} = CAST(replace(CAST({column} AS TEXT), '{old}', '{new}') "
        f"AS BLOB) WHERE {where}"
    )


STRANGER = (
    "INSERT INTO subject SELECT zeroblob(32), kind, count, head, changed, state "
    "FROM subject LIMIT 1"
)


# What fails besides, and why.
UNREAD = {
    Check.STRUCTURE: "what its entry made is accounted for no more",
    Check.COMPLETENESS: "nor are the chains that the index counts",
}
REPLACED = {
    **UNREAD,
    Check.INCLUSION: "no later checkpoint is over this record",
    Check.CHECKPOINT: "nor is the one that was signed last",
    Check.FRESHNESS: "nor what later signers saw",
}
CHANGED = {**REPLACED, Check.STATEMENT: "its entry has not the records that it concerns"}
REFUSED = {**CHANGED, Check.RULES: "a later entry builds on what nobody can read"}
UNSIGNED = {Check.INCLUSION: "nor is it the root of the records"}
UNLIKE = {Check.CHECKPOINT: "nor what was signed"}
LOST = {Check.STRUCTURE: "the label that was made of its words is accounted for no more"}


@pytest.mark.parametrize(
    ("change", "expected", "subject", "also"),
    [
        (swap("record", "data", "n = 5", '"at":17', '"at":16'), Check.CHAIN, "record 5", CHANGED),
        (swap("record", "data", "n = 5", '"kind":"entry"', '"kind":"other"'), Check.CHAIN, "record 6", CHANGED),
        (swap("record", "data", "n = 12", '"seq":1', '"seq":2'), Check.CHAIN, "record 12", REPLACED),
        ("UPDATE record SET data = data || ' ' WHERE n = 12", Check.CHAIN, "record 12", REFUSED),
        ("DELETE FROM record WHERE n = 4", Check.CHAIN, "record 5", REFUSED),
        ("UPDATE envelope SET data = data || ' ' WHERE id = 3", Check.STATEMENT, "record 3", UNREAD),
        ("DELETE FROM envelope WHERE id = 3", Check.STATEMENT, "record 3", UNREAD),
        ("UPDATE record SET envelope = 2 WHERE n = 4", Check.STATEMENT, "record 4", UNREAD),
        ("UPDATE record SET envelope = NULL WHERE n = 4", Check.STATEMENT, "record 4", UNREAD),
        ("DELETE FROM statement WHERE first = 4", Check.STATEMENT, "record 4", UNREAD),
        ("UPDATE statement SET first = 3 WHERE first = 4", Check.STATEMENT, "record 4", UNREAD),
        ("UPDATE checkpoint SET root = zeroblob(32) WHERE size = 14", Check.CHECKPOINT, "checkpoint of 14", UNSIGNED),
        ("UPDATE checkpoint SET root = zeroblob(32) WHERE size = 6", Check.INCLUSION, "checkpoint of 6", UNLIKE),
        (swap("checkpoint", "note", "size = 14", "14", "13"), Check.CHECKPOINT, "checkpoint of 14", {}),
        ("UPDATE disclosure SET texts = substr(texts, 1, 40) WHERE envelope = 3", Check.REDACTIONS, "record 3", LOST),
        ("UPDATE disclosure SET texts = '' WHERE envelope = 3", Check.REDACTIONS, "record 3", LOST),
        ("DELETE FROM disclosure WHERE envelope = 3", Check.REDACTIONS, "record 3", LOST),
        (swap("subject", "state", "kind = 'item'", '"copied":false', '"copied":true'), Check.STRUCTURE, "subject", {}),
        ("UPDATE subject SET changed = 0 WHERE kind = 'item'", Check.STRUCTURE, "subject", {}),
        ("UPDATE place SET n = 3 WHERE n = 4", Check.STRUCTURE, "record 4", {}),
        ("UPDATE link SET key = 3 WHERE n = 4", Check.STRUCTURE, "record 4", {}),
        ("UPDATE label SET value = 'Nobody' WHERE field = 'name'", Check.STRUCTURE, "name of actor", {}),
        ("UPDATE label SET blind = zeroblob(16) WHERE field = 'name'", Check.STRUCTURE, "name of actor", {}),
        ("UPDATE label SET n = n + 1 WHERE field = 'name'", Check.STRUCTURE, "name of actor", {}),
        ("DELETE FROM label WHERE field = 'name'", Check.STRUCTURE, "name of actor", {}),
        ("INSERT INTO renewed VALUES ('labels', 2)", Check.STRUCTURE, "", {}),
        ("INSERT INTO renewed VALUES ('labels', 0)", Check.STRUCTURE, "", {}),
        (STRANGER, Check.STRUCTURE, "subject 0000", {}),
    ],
)  # fmt: skip
def test_what_was_tampered_with_is_found(
    live: Live, story: Story, change: str, expected: Check, subject: str, also: Mapping[Check, str]
) -> None:
    """By the check that is asked, on the first subject that it is about; what else fails is told."""
    tamper(live, change)
    found = look(live, full=True)
    troubles = [each for each in found.findings if each.outcome is not Outcome.PASSED]
    assert {each.outcome for each in troubles} == {Outcome.FAILED}
    first = next(each.subject for each in troubles if each.check is expected)
    assert first.startswith(subject)
    assert {each.check for each in troubles} == {expected, *also}
    assert not (live.home.keys / MARK_FILE).exists()


def test_a_false_tally_is_found(live: Live, story: Story) -> None:
    """The operator leaves out a chain: the index root is signed, and wrong."""
    with live.home.storage().writing() as rows:
        rows._connection.execute(
            "UPDATE prefix SET root = zeroblob(32), count = 0 WHERE prefix = "
            "(SELECT prefix FROM prefix LIMIT 1)"
        )
    live.ledger.tally()
    assert failures(look(live)) == {Check.COMPLETENESS}


HOLDER = 'UPDATE {0} SET state = replace(CAST(state AS TEXT), \'"holder":"\', \'"holder":"ee\')'
AFTERWARDS = {
    "before it is touched": (HOLDER.format("subject") + " WHERE kind = 'item'",),
    "on both sides": tuple(
        HOLDER.format(t) + " WHERE kind = 'item'" for t in ("subject", "before")
    ),
    "as it stood": (HOLDER.format("before") + " WHERE kind = 'item'",),
    "that it stood": ("DELETE FROM before WHERE kind = 'item'",),
    "who signed": ("UPDATE subject SET state = '{}' WHERE kind = 'actor'",),
}


@pytest.mark.parametrize("where", AFTERWARDS)
def test_a_state_altered_after_it_was_examined_is_found(
    live: Live, story: Story, where: str
) -> None:
    """Otherwise somebody is made the holder, releases the item, and all checks pass."""
    assert look(live).sound
    remarks(live, story)
    tamper(live, *AFTERWARDS[where])
    found = look(live)
    assert Check.STRUCTURE in {f.check for f in found.findings if f.outcome is Outcome.FAILED}
    assert not look(live).sound, "what was found once is found again"
    assert not look(live, full=True).sound or where in ("as it stood", "that it stood")


def test_honest_states_pass_from_mark_to_mark(live: Live, story: Story) -> None:
    start = 0
    for _ in range(3):
        found = look(live)
        assert found.sound
        assert found.start == start
        start = found.size
        remarks(live, story)


def test_a_mark_that_others_could_have_written_is_not_used(live: Live, story: Story) -> None:
    look(live)
    (live.home.keys / MARK_FILE).chmod(0o622)
    assert look(live).start == 0


@pytest.mark.parametrize("text", ["", "{}", '{"root":"00","size":"x"}', "nonsense"])
def test_a_mark_that_cannot_be_read_is_not_used(live: Live, story: Story, text: str) -> None:
    look(live)
    (live.home.keys / MARK_FILE).write_text(text)
    assert look(live).start == 0


def test_what_does_not_extend_the_mark_is_a_fork(live: Live, story: Story) -> None:
    look(live)
    path = live.home.keys / MARK_FILE
    text = path.read_text()
    root = text.split('"root":"')[1].split('"')[0]
    path.write_text(text.replace(root, "00" * 32))
    found = look(live)
    assert found.start == 0
    assert failures(found) == {Check.CHECKPOINT}
    assert any("rollback or fork" in each.detail for each in found.findings)


def test_rebuilding_changes_nothing_in_an_honest_ledger(live: Live, story: Story) -> None:
    remarks(live, story, 260)
    before = contents(live)
    assert rebuild(live.home.storage(), ORIGIN) == 274
    assert contents(live) == before
    assert look(live, full=True).sound


@pytest.mark.parametrize("table", [*DERIVED, "prefix", "before"])
def test_what_was_lost_is_made_anew(live: Live, story: Story, table: str) -> None:
    remarks(live, story, 260 if table == "edge" else 3)
    before = contents(live)
    tamper(live, f"DELETE FROM {table}")
    rebuild(live.home.storage(), ORIGIN)
    assert contents(live) == before
    live.ledger = live.home.open()
    remarks(live, story)
    live.ledger.tally()
    assert look(live, full=True).sound


def test_a_ledger_that_does_not_fit_is_not_rebuilt(live: Live, story: Story) -> None:
    tamper(live, "UPDATE envelope SET data = data || ' ' WHERE id = 3")
    before = contents(live)
    with pytest.raises(StorageError, match="cannot be rebuilt: record 3: the envelope is not"):
        rebuild(live.home.storage(), ORIGIN)
    assert contents(live) == before


def test_corrected_labels_are_rebuilt(live: Live, story: Story) -> None:
    tag = live.item_tag(story.case, 2)
    register = live.states[story.case].register  # type: ignore[union-attr]
    given = {"case": story.case, "number": 2, "serial": "S/N 1"}
    made = live.record("item.registered", [(Kind.ITEM, tag), register], given, signers=[story.dora])
    given = {"corrects": made, "field": "serial", "value": "S/N 2"}
    live.record("correction.recorded", [tag], given, signers=[story.dora])
    before = contents(live)
    rebuild(live.home.storage(), ORIGIN)
    assert contents(live) == before
    assert look(live, full=True).sound
