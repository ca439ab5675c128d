"""Keys of rows: renewed, missing, older than the ledger; and rows that somebody altered."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from custody.core.errors import KeyStoreError, StorageError
from custody.core.findings import Check, Outcome
from custody.ledger.journal import Wanted
from custody.ledger.rebuild import rebuild
from custody.store.ciphers import LABELS, subject_scope
from custody.store.keystore import KeyStore
from custody_schemas.declare import Kind
from tests.ledgers import Home, Live
from tests.memory import ORIGIN
from tests.test_rebuild import failures, look, remarks, tamper
from tests.worlds import Story, tell


@pytest.fixture
def live(tmp_path: Path) -> Live:
    return Live(Home.make(tmp_path / "home"))


@pytest.fixture
def story(live: Live) -> Story:
    return tell(live)


def note(live: Live, story: Story) -> Any:
    return live.draft("note.recorded", [story.laptop], {"note": "n"}, signers=[story.eve])


def size_of(live: Live) -> int:
    with live.home.storage().reading() as rows:
        return rows.size()


def last(live: Live) -> int:
    with live.home.storage().reading() as rows:
        return rows.envelopes()


def test_another_process_writes_under_the_key_that_took_the_place_of_its_own(
    live: Live, story: Story
) -> None:
    """It has the old key in memory; what it wrote with that nobody could ever read."""
    remarks(live, story)
    other = live.home.storage()
    with other.writing() as rows:
        renewed = rows.renew([rows.envelopes()])
    other.scrub()
    other.forget(renewed)
    remarks(live, story, 2)
    found = look(live, full=True)
    assert found.sound and found.verdict is Outcome.PASSED
    keys = KeyStore(live.home.key_place, ORIGIN)
    assert {key.generation for scope in renewed for key in keys.keys(scope)} == {2}


def test_a_view_reads_with_the_keys_of_its_own_moment(live: Live, story: Story) -> None:
    storage = live.home.storage()
    with storage.reading() as before:
        first = list(before.all_labels())
        with live.home.storage().writing() as rows:
            rows.renew([rows.envelopes()])
        assert list(before.all_labels()) == first
        assert all(leaf.disclosures is not None for leaf in before.leaves(0, before.size()))
        assert before.find(first[0].kind, first[0].folded)
    with storage.reading() as after:
        assert sorted(after.all_labels()) == sorted(first)
        assert after.find(first[0].kind, first[0].folded)


def test_keys_are_made_once_for_a_batch_and_not_again(live: Live, story: Story) -> None:
    store = KeyStore(live.home.key_place, ORIGIN)

    def changed() -> int:
        return live.home.key_place.database.stat().st_mtime_ns

    before = changed()
    remarks(live, story, 3)
    assert changed() == before
    live.register(story.case, 2, by=story.dora)
    assert changed() != before
    assert store.has(subject_scope(bytes.fromhex(live.item_tag(story.case, 2))))


def test_without_keys_nothing_is_recorded_and_nothing_lost(live: Live, story: Story) -> None:
    away = live.home.key_place.folder.rename(live.home.path / "away")
    live.ledger = live.home.open()
    size = size_of(live)
    with pytest.raises(KeyStoreError, match="bring back there what `custody backup keys` saved"):
        live.ledger.submit([live.submission(note(live, story))])
    with pytest.raises(KeyStoreError, match="bring back there what"):
        look(live, full=True)
    away.rename(live.home.key_place.folder)
    assert size_of(live) == size
    live.ledger = live.home.open()
    live.ledger.submit([live.submission(note(live, story))])
    assert look(live, full=True).verdict is Outcome.PASSED


def test_an_older_copy_of_the_keys_is_refused_and_gets_no_new_ones(
    live: Live, story: Story, tmp_path: Path
) -> None:
    """A new key for a scope that has rows would bury them under it."""
    store = KeyStore(live.home.key_place, ORIGIN)
    store.copy_to(tmp_path / "older")
    live.register(story.case, 2, by=story.dora)
    store.close()
    shutil.copy(tmp_path / "older" / "keys.db", live.home.key_place.database)
    live.ledger = live.home.open()
    size = size_of(live)
    tag = live.item_tag(story.case, 2)
    drafted = live.draft("note.recorded", [tag], {"note": "n"}, signers=[story.eve])
    with pytest.raises(KeyStoreError, match="is older than the ledger, or another's"):
        live.ledger.submit([live.submission(drafted)])
    with pytest.raises(StorageError, match="is older than the ledger"):
        [entry.disclosures for entry in live.ledger.history(tag)]
    assert size_of(live) == size
    told = [f for f in look(live, full=True).findings if f.check is Check.REDACTIONS]
    assert [f.outcome for f in told] == [Outcome.FAILED]
    assert "bring back there the newest copy" in told[0].detail


def test_keys_of_another_ledger_are_refused(live: Live, story: Story) -> None:
    shutil.rmtree(live.home.key_place.folder)
    KeyStore.create(live.home.key_place, "other.example/evidence").close()
    live.ledger = live.home.open()
    with pytest.raises(KeyStoreError, match="holds the keys of other"):
        live.ledger.submit([live.submission(note(live, story))])


def test_a_key_gone_from_the_store_ends_what_it_encrypted_and_is_found(
    live: Live, story: Story
) -> None:
    KeyStore(live.home.key_place, ORIGIN).destroy([subject_scope(bytes.fromhex(story.laptop))])
    found = look(live, full=True)
    assert failures(found) == {Check.REDACTIONS}
    assert not any("destroyed since" in each.detail for each in found.findings)


def test_the_key_of_the_labels_gone_stops_searching_until_a_rebuild(
    live: Live, story: Story
) -> None:
    store = KeyStore(live.home.key_place, ORIGIN)
    store.destroy([LABELS])
    live.ledger = live.home.open()
    with pytest.raises(KeyStoreError, match="nothing can be found by its name"):
        live.ledger.find(Kind.ACTOR, "dora")
    with pytest.raises(StorageError, match="run `custody rebuild`"):
        live.ledger.labels(story.dora.tag)
    rebuild(live.home.storage(), ORIGIN)
    live.ledger = live.home.open()
    assert [f.value for f in live.ledger.find(Kind.ACTOR, "dora")] == ["Dora"]
    assert look(live, full=True).verdict is Outcome.PASSED


def test_an_altered_row_is_not_read_as_withheld(live: Live, story: Story) -> None:
    tamper(live, "UPDATE disclosure SET texts = zeroblob(80) WHERE envelope = 3")
    live.ledger = live.home.open()
    with pytest.raises(StorageError, match="damaged, altered, or another's"):
        [entry.disclosures for entry in live.ledger.entries(Wanted())]


def test_an_altered_key_of_a_case_makes_no_items(live: Live, story: Story) -> None:
    tamper(live, "UPDATE case_key SET stored = zeroblob(80)")
    live.ledger = live.home.open()
    with pytest.raises(StorageError, match="cannot be read"):
        live.ledger.case_key(story.case)
    with pytest.raises(StorageError, match="cannot be read"):
        live.register(story.case, 2, by=story.dora)


def test_what_cannot_be_read_is_not_lost_with_its_key(live: Live, story: Story) -> None:
    remarks(live, story, 2)
    tamper(live, f"UPDATE disclosure SET texts = zeroblob(80) WHERE envelope = {last(live)}")
    storage = live.home.storage()
    with (
        pytest.raises(StorageError, match="nothing was destroyed: run `custody verify --full`"),
        storage.writing() as rows,
    ):
        rows.renew([last(live) - 1])
    with live.home.storage().reading() as rows:
        assert rows.generation(LABELS) == 1
    keys = KeyStore(live.home.key_place, ORIGIN)
    assert 1 in {key.generation for key in keys.keys(subject_scope(bytes.fromhex(story.laptop)))}


def test_a_label_in_anothers_place_is_not_believed(live: Live, story: Story) -> None:
    live.record("note.recorded", [story.laptop], signers=[story.eve])
    tamper(
        live,
        "UPDATE label SET value = (SELECT value FROM label WHERE tag <> l.tag AND field = 'name') "
        "FROM label l WHERE label.field = 'name' AND l.field = 'name'",
    )
    live.ledger = live.home.open()
    with pytest.raises(StorageError, match="a value in the ledger cannot be read"):
        live.ledger.find(Kind.ACTOR, "dora")
