"""A ledger on disk: proofs, answers, tallies; restarts, crashes and restored backups."""

import shutil
from pathlib import Path

import pytest

from custody.core import proof, subject_index, tree
from custody.core.checkpoint import Checkpoint
from custody.core.errors import NotFoundError, RollbackError, StorageError, UsageError
from custody.core.note import Note
from custody.core.record import Tally, read, record_hash
from custody.ledger import Ledger
from custody.ledger.local import LocalLedger
from custody.ledger.signer import STATE_FILE, LogSigner
from custody.store.database import Database
from custody_schemas.declare import Kind
from tests.ledgers import Home, Live
from tests.memory import ORIGIN
from tests.worlds import Story, tell


@pytest.fixture
def live(tmp_path: Path) -> Live:
    return Live(Home.make(tmp_path / "home"))


@pytest.fixture
def story(live: Live) -> Story:
    return tell(live)


def remark(live: Live, story: Story, words: str = "seen") -> None:
    live.record("note.recorded", [story.laptop], {"note": words}, signers=[story.eve])


def checkpoint_of(ledger: Ledger) -> Checkpoint:
    return Checkpoint.read(Note.read(ledger.checkpoint()).text)


def copy(home: Home, to: Path) -> Home:
    """A backup of the database, without the log signer's state."""
    with home.storage().reading() as rows:
        rows._connection.execute("COMMIT")
        rows._connection.execute("VACUUM INTO ?", (str(to),))
        rows._connection.execute("BEGIN")
    return home


def test_every_receipt_proves_its_records(live: Live, story: Story) -> None:
    for receipt in live.receipts:
        for at, (data, text) in enumerate(zip(receipt.records, receipt.proofs, strict=True)):
            made = proof.Proof.read(text)
            assert (made.index, made.extra) == (receipt.first + at, data)
            assert made.verify(record_hash(data)).origin == ORIGIN


def test_receipts_are_the_same_in_whatever_company(live: Live, story: Story) -> None:
    """Recorded before or only now, side by side or not, in another order, twice."""
    a, b, c, d = (
        live.submission(
            live.draft("note.recorded", [story.laptop], {"note": each}, signers=[story.eve])
        )
        for each in "abcd"
    )
    (one,), (two,), (three,) = (live.ledger.submit([each]) for each in (a, b, c))
    assert live.ledger.submit([a, b, c]) == [one, two, three]
    assert live.ledger.submit([c, a, a]) == [three, one, one]
    again, four = live.ledger.submit([a, d])
    assert (again, four.first) == (one, three.first + 1)
    assert live.ledger.submit([d]) == [four]


def test_the_newest_receipt_of_any_record_verifies(live: Live, story: Story) -> None:
    claim = checkpoint_of(live.ledger)
    for n, data in enumerate(live.records):
        made = proof.Proof.read(live.ledger.receipt(n))
        assert made.verify(record_hash(data)) == claim
    with pytest.raises(NotFoundError, match=f"no record {len(live.records)} under"):
        live.ledger.receipt(len(live.records))


def test_checkpoints_are_consistent(live: Live, story: Story) -> None:
    claims = [proof.Proof.read(receipt.proofs[0]).checkpoint for receipt in live.receipts]
    for old in claims:
        for new in claims:
            if old.size <= new.size:
                path = live.ledger.consistency(old.size, new.size)
                tree.check_consistency(old.size, old.root, new.size, new.root, path)
    with pytest.raises(UsageError, match="from 9 to 3 of 14 records"):
        live.ledger.consistency(9, 3)


def test_an_empty_ledger_has_nothing_to_show(live: Live) -> None:
    with pytest.raises(NotFoundError, match="nothing has been recorded"):
        live.ledger.checkpoint()
    with pytest.raises(UsageError, match="nothing to seal"):
        live.ledger.tally()
    assert live.ledger.consistency(0, 0) == []


def test_subjects_are_found_by_what_people_call_them(live: Live, story: Story) -> None:
    ledger = live.ledger
    assert [found.tag for found in ledger.find(Kind.CASE, " k-2026/17 ")] == [story.case]
    assert [found.tag for found in ledger.find(Kind.ACTOR, "DORA")] == [story.dora.tag]
    key = story.eve.signer.key.id
    assert [found.tag for found in ledger.find(Kind.ACTOR, key)] == [story.eve.tag]
    assert [found.tag for found in ledger.find(Kind.ITEM, story.laptop)] == [story.laptop]
    assert ledger.find(Kind.CASE, story.laptop) == []
    assert ledger.find(Kind.ITEM, "Dora") == []
    everybody = [found.tag for found in ledger.find(Kind.ACTOR, "")]
    assert everybody[:3] == [story.ada.tag, story.dora.tag, story.eve.tag]
    assert ledger.kind(story.laptop) is Kind.ITEM
    with pytest.raises(NotFoundError, match="has the tag abab"):
        ledger.kind("ab" * 32)


def test_labels_follow_corrections(live: Live, story: Story) -> None:
    tag = live.item_tag(story.case, 2)
    register = live.states[story.case].register  # type: ignore[union-attr]
    given = {"case": story.case, "number": 2, "serial": "S/N 1", "unique_ids": ["imei 1", "mac 2"]}
    about: list[str | tuple[Kind, str]] = [(Kind.ITEM, tag), register]
    made = live.record("item.registered", about, given, signers=[story.dora])
    assert live.ledger.labels(tag) == {"serial": "S/N 1", "unique_ids": "imei 1; mac 2"}
    given = {"corrects": made, "field": "serial", "value": "S/N 2"}
    live.record("correction.recorded", [tag], given, signers=[story.dora])
    assert live.ledger.labels(tag)["serial"] == "S/N 2"
    assert live.ledger.find(Kind.ITEM, "s/n 1") == []
    assert [found.tag for found in live.ledger.find(Kind.ITEM, "s/n 2")] == [tag]
    given = {"corrects": made, "field": "unique_ids", "values": ["imei 3"], "value": ""}
    live.record("correction.recorded", [tag], given, signers=[story.dora])
    assert live.ledger.labels(tag)["unique_ids"] == "imei 3"


def test_notes_and_reasons_are_no_labels(live: Live, story: Story) -> None:
    remark(live, story, "smells of smoke")
    assert live.ledger.labels(story.laptop) == {}
    assert live.ledger.find(Kind.ITEM, "smells of smoke") == []


def test_a_history_is_what_was_submitted(live: Live, story: Story) -> None:
    for number in range(300):
        remark(live, story, f"remark {number}")
    told = list(live.ledger.history(story.laptop))
    assert len(told) == 302
    recorded = {run.signed.envelope.encode(): run.signed for run in live.runs}
    for each in told:
        assert set(each.disclosures) == set(recorded[each.envelope].disclosures)
    assert [each.record for each in told] == [
        data for data in live.records if story.laptop in data.decode()
    ]
    assert list(live.ledger.history("ab" * 32)) == []


def test_a_tally_seals_every_chain(live: Live, story: Story) -> None:
    sealed = live.ledger.tally([story.laptop, story.case])
    claim = Checkpoint.read(Note.read(sealed.checkpoint).text)
    assert claim.size == sealed.n + 1 == 15
    tally = read(sealed.record)
    assert isinstance(tally, Tally)
    assert tally.subjects == len(live.chains)
    for tag, counted in sealed.subjects.items():
        chain = live.chains[tag]
        assert (counted.length, counted.head) == (chain.count, chain.head)
        content = subject_index.value(counted.length, bytes.fromhex(counted.head))
        root = subject_index.root_from_proof(bytes.fromhex(tag), content, counted.proof)
        assert root.hex() == tally.index
    assert live.ledger.checkpoint() == sealed.checkpoint
    again = live.ledger.tally()
    assert (again.n, again.subjects) == (15, {})


def test_a_tally_of_strangers_records_nothing(live: Live, story: Story) -> None:
    with pytest.raises(NotFoundError, match="no subject abab"):
        live.ledger.tally([story.laptop, "ab" * 32])
    assert checkpoint_of(live.ledger).size == 14


def test_a_restarted_ledger_goes_on(live: Live, story: Story) -> None:
    before = live.ledger.checkpoint()
    live.ledger = live.home.open()
    assert live.ledger.checkpoint() == before
    remark(live, story)
    with live.ledger._storage.reading() as rows:
        assert rows.records(0, 1000) == live.records


def steps_of_opening(home: Home) -> int:
    """Instructions that SQLite runs while the ledger is opened, in hundreds."""
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    database = home.storage()
    with database.reading() as rows:
        rows._connection.set_progress_handler(step, 100)
    LocalLedger(database, LogSigner(home.keys, ORIGIN), lambda: home.now)
    database.close()
    return count


def test_opening_costs_the_same_at_any_size(live: Live, story: Story) -> None:
    small = steps_of_opening(live.home)
    for _ in range(300):
        remark(live, story)
    assert steps_of_opening(live.home) <= small + 1


def unsigned(live: Live, story: Story) -> None:
    """Die between the commit of the rows and the signature: only the rows are kept."""
    signer = live.ledger._signer
    state = (signer.folder / STATE_FILE).read_bytes()
    remark(live, story)
    database = live.home.storage()
    with database.writing() as rows:
        rows._connection.execute("DROP TRIGGER checkpoint_delete")
        rows._connection.execute("DELETE FROM checkpoint WHERE size = 15")
    database.close()
    (signer.folder / STATE_FILE).write_bytes(state)


def test_a_crash_before_the_signature_heals_when_opened(live: Live, story: Story) -> None:
    unsigned(live, story)
    assert checkpoint_of(live.ledger).size == 14
    ledger = live.home.open()
    assert checkpoint_of(ledger).size == 15
    assert proof.Proof.read(ledger.receipt(14)).verify(record_hash(live.records[14]))


def test_a_crash_before_the_signature_heals_when_sent_again(live: Live, story: Story) -> None:
    unsigned(live, story)
    (receipt,) = live.ledger.submit([live.submission(live.runs[-1].signed)])
    assert receipt.records == (live.records[14],)
    assert checkpoint_of(live.ledger).size == 15


def test_a_crash_before_the_signature_heals_with_the_next_act(live: Live, story: Story) -> None:
    unsigned(live, story)
    remark(live, story)
    assert checkpoint_of(live.ledger).size == 16


def test_a_lost_checkpoint_row_is_the_same_note_again(live: Live, story: Story) -> None:
    """Loss of power after the signer's state was written: the row was not synced."""
    remark(live, story)
    note = live.ledger.checkpoint()
    with live.home.storage().writing() as rows:
        rows._connection.execute("DROP TRIGGER checkpoint_delete")
        rows._connection.execute("DELETE FROM checkpoint WHERE size = 15")
    assert live.home.open().checkpoint() == note


def test_a_restored_backup_is_refused(live: Live, story: Story, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    copy(live.home, backup)
    remark(live, story)
    live.ledger._storage.close()  # type: ignore[attr-defined]
    shutil.copy(backup, live.home.database)
    with pytest.raises(RollbackError, match="holds 14 records, but 15 have been signed"):
        live.home.open()


def test_a_running_ledger_refuses_a_restored_backup(
    live: Live, story: Story, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.db"
    copy(live.home, backup)
    other = live.home.open()
    remark(live, story)
    shutil.copy(backup, tmp_path / "home" / "restored.db")
    ledger = live.home.open()
    ledger._storage = Database(tmp_path / "home" / "restored.db")
    signed = live.draft("note.recorded", [story.laptop], signers=[story.eve])
    with pytest.raises(RollbackError, match="but 15 have been signed"):
        ledger.tally()
    assert other.submit([live.submission(signed)])
    with ledger._storage.reading() as rows:
        assert rows.size() == 14


def test_a_backup_that_went_its_own_way_is_refused(
    live: Live, story: Story, tmp_path: Path
) -> None:
    fork = live.fork()
    other = Home(tmp_path / "other", live.home.now)
    shutil.copytree(live.home.path, other.path)
    fork.home, fork.ledger = other, other.open()
    for words in ("one", "two"):
        remark(fork, story, words)
    remark(live, story, "three")
    live.ledger._storage.close()  # type: ignore[attr-defined]
    fork.ledger._storage.close()  # type: ignore[attr-defined]
    shutil.copy(other.database, live.home.database)
    with pytest.raises(RollbackError, match=r"does not extend the 15 records.*rollback or fork"):
        live.home.open()


def test_a_lost_signer_state_is_refused(live: Live, story: Story) -> None:
    (live.home.keys / STATE_FILE).unlink()
    with pytest.raises(RollbackError, match="is missing"):
        live.home.open()


def test_a_signer_that_begins_again_is_refused(live: Live, story: Story, tmp_path: Path) -> None:
    fresh = Home.make(tmp_path / "fresh")
    shutil.copy(fresh.keys / STATE_FILE, live.home.keys / STATE_FILE)
    with pytest.raises(RollbackError, match="has signed nothing: its state was lost"):
        live.home.open()


def test_the_keys_of_another_log_are_refused(live: Live, story: Story, tmp_path: Path) -> None:
    shutil.rmtree(live.home.keys)
    LogSigner.create(live.home.keys, ORIGIN)
    with pytest.raises(StorageError, match=r"are not those that .* was opened with"):
        live.home.open()


def test_the_database_of_another_ledger_is_refused(live: Live, story: Story) -> None:
    live.home.origin = "other.example/evidence"
    with pytest.raises(StorageError, match=r"is not of the ledger other\.example/evidence"):
        live.home.open()
