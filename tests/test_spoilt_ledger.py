"""Ledger files spoilt behind the program's back: each defect alone, and the finding that names it."""

import shutil
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pytest

from custody.core.errors import RollbackError
from custody.core.findings import Check, Finding, Outcome
from custody.core.tree import EMPTY
from custody.ledger.examine import Examination, examine
from custody.ledger.signer import STATE_FILE, LogSigner, Signed, encoded
from custody.store import age
from custody.store.database import Database
from custody.store.keystore import KeyStore
from tests.bench import Bench, bench
from tests.ledgers import Home, Live
from tests.memory import ORIGIN
from tests.test_rebuild import look, remarks, tamper
from tests.worlds import tell


class Defect(NamedTuple):
    """What is changed, and what must be found of it: check, subject (its beginning), words.

    also: checks that find something of another subject, or besides, and why that is so.
    """

    change: str
    check: Check
    subject: str
    words: str
    also: Mapping[Check, str] = {}


PREFIX = "WHERE prefix = (SELECT prefix FROM prefix LIMIT 1)"
LAST = "(SELECT max(n) FROM record)"
BETWEEN = "INSERT INTO checkpoint SELECT {size}, root, note FROM checkpoint WHERE size = 6"
TOO_MANY = "the signed entries account for"
UNREAD = "cannot be read: what is stored of it is damaged, altered, or another's"
ROW = "(scope, generation, texts)"
UNSIGNED = {Check.INCLUSION: "they do not make the root that was signed"}
LOST = {Check.STRUCTURE: "the label that was made of its words is accounted for no more"}
UNLIKE = {
    **UNSIGNED,
    Check.CHECKPOINT: "the log that was signed is not this one",
    Check.FRESHNESS: "nor is what its signers saw",
}
REBUILD = "is not what the signed entries give: run `custody rebuild`"

DEFECTS = {
    "a record put at the end": Defect(
        f"INSERT INTO record SELECT {LAST} + 1, data, envelope FROM record WHERE n = 12",
        Check.CHAIN, "record 17", "says it is number 12 where 17 follows",
        {Check.STATEMENT: "it is no record of its run", Check.STRUCTURE: "and one more than the rows"}),
    "the last record taken away": Defect(
        f"DELETE FROM record WHERE n = {LAST}",
        Check.CHECKPOINT, "checkpoint of 17", "rollback or fork", UNSIGNED),
    "the last record moved far away": Defect(
        f"UPDATE record SET n = 4000000 WHERE n = {LAST}",
        Check.CHAIN, "record 4000000", "stands where number 16 follows",
        {**UNSIGNED, Check.CHECKPOINT: "the log that was signed is not this one"}),
    "a record that is a number": Defect(
        "UPDATE record SET data = 5 WHERE n = 4", Check.CHAIN, "record 4", "not a record",
        {**UNLIKE, Check.CHAIN: "the next one names what stood there",
         Check.STATEMENT: "its run is not whole", Check.COMPLETENESS: "nor are the chains tallied",
         Check.STRUCTURE: "nor what was made of them"}),
    "an envelope in another one's place": Defect(
        "UPDATE envelope SET data = (SELECT data FROM envelope WHERE id = 4) WHERE id = 3",
        Check.STATEMENT, "record 3", "not the one that the record names",
        {Check.KEY: "whom it enrolled has no key", Check.RULES: "and no rights",
         Check.COMPLETENESS: "she has no chain", Check.STRUCTURE: "nor state and labels"}),
    "an envelope too many": Defect(
        "INSERT INTO envelope VALUES (99, zeroblob(32), x'00')",
        Check.STRUCTURE, "envelopes", TOO_MANY),
    "an entry that is listed and was never recorded": Defect(
        "INSERT INTO statement VALUES (zeroblob(32), 4, 1, 3)",
        Check.STRUCTURE, "statements", TOO_MANY),
    "disclosures too many": Defect(
        "INSERT INTO disclosure VALUES (99, NULL, 0, x'78')", Check.STRUCTURE, "disclosures", TOO_MANY),
    "disclosures of another entry": Defect(
        f"UPDATE disclosure SET {ROW} = (SELECT {ROW[1:-1]} FROM disclosure WHERE envelope = 4) "
        "WHERE envelope = 3", Check.REDACTIONS, "record 3", UNREAD, LOST),
    "disclosures of another entry on the same item": Defect(
        f"UPDATE disclosure SET {ROW} = (SELECT {ROW[1:-1]} FROM disclosure WHERE envelope = "
        "(SELECT envelope FROM record WHERE n = 14)) WHERE envelope = (SELECT envelope FROM record "
        "WHERE n = 15)", Check.REDACTIONS, "record 15", UNREAD),
    "disclosures that are not encrypted": Defect(
        "UPDATE disclosure SET texts = x'ff00fe', generation = 0 WHERE envelope = 3",
        Check.REDACTIONS, "record 3", "is missing, and no entry says that it was erased", LOST),
    "disclosures with a byte changed": Defect(
        "UPDATE disclosure SET texts = substr(texts, 1, 20) || x'00' || substr(texts, 22) "
        "WHERE envelope = 3", Check.REDACTIONS, "record 3", UNREAD, LOST),
    "disclosures cut to less than a nonce": Defect(
        "UPDATE disclosure SET texts = x'00' WHERE envelope = 3",
        Check.REDACTIONS, "record 3", UNREAD, LOST),
    "disclosures of nobody": Defect(
        "UPDATE disclosure SET scope = zeroblob(32) WHERE envelope = 3",
        Check.REDACTIONS, "record 3", "older than the ledger, or another's", LOST),
    "disclosures of a scope that is none": Defect(
        "UPDATE disclosure SET scope = 'abc', generation = 'x' WHERE envelope = 3",
        Check.REDACTIONS, "record 3", "is missing, and no entry says that it was erased", LOST),
    "disclosures under a key that never was": Defect(
        "UPDATE disclosure SET generation = 7 WHERE envelope = 3",
        Check.REDACTIONS, "record 3", "older than the ledger, or another's", LOST),
    "disclosures gone": Defect(
        "DELETE FROM disclosure WHERE envelope = 3", Check.STRUCTURE, "disclosures", TOO_MANY,
        {**LOST, Check.REDACTIONS: "no erasure on file says why they are gone"}),
    "an older checkpoint of another ledger": Defect(
        "UPDATE checkpoint SET note = CAST(replace(CAST(note AS TEXT), 'example', 'exemple') AS "
        "BLOB) WHERE size = 6", Check.CHECKPOINT, "checkpoint of 6", "its signed text"),
    "a checkpoint of a size that was never signed": Defect(
        BETWEEN.format(size=1), Check.INCLUSION, "checkpoint of 1", "not what the records give",
        {Check.CHECKPOINT: "its note is that of another size"}),
    "a checkpoint beyond the records": Defect(
        BETWEEN.format(size=99), Check.CHECKPOINT, "checkpoint of 99", "something else than its",
        UNSIGNED),
    "checkpoints with roots that are none": Defect(
        "UPDATE checkpoint SET root = 'abc'", Check.CHECKPOINT, "checkpoint of", "no tree has",
        UNSIGNED),
    "a label too many": Defect(
        "INSERT INTO label SELECT tag, 'name', 'mallory', kind, 'Mallory', n FROM label LIMIT 1",
        Check.STRUCTURE, "name of", REBUILD),
    "labels of something that is no tag": Defect(
        "UPDATE label SET tag = 'abc' WHERE field = 'name'", Check.STRUCTURE, "name of", REBUILD),
    "another key of a case": Defect(
        "UPDATE case_key SET stored = zeroblob(32), generation = 0",
        Check.STRUCTURE, "key of case", "does not make the tag of the case"),
    "a key of a case that is none": Defect(
        "UPDATE case_key SET stored = 'abc', generation = 0",
        Check.STRUCTURE, "key of case", "does not make the tag"),
    "a case's key altered": Defect(
        "UPDATE case_key SET stored = substr(stored, 1, 60) || x'00'",
        Check.STRUCTURE, "key of case", "another's: bring it back from a backup"),
    "a case's key gone": Defect(
        "DELETE FROM case_key", Check.STRUCTURE, "key of case", "it is missing",
        {Check.STRUCTURE: "and fewer are stored than there are cases"}),
    "a key of no case": Defect(
        "INSERT INTO case_key VALUES (zeroblob(32), 0, zeroblob(32))",
        Check.STRUCTURE, "keys of cases", TOO_MANY),
    "a cached root of the index": Defect(
        f"UPDATE prefix SET root = zeroblob(32) {PREFIX}",
        Check.COMPLETENESS, "index of subjects", REBUILD),
    "a count in the index": Defect(
        f"UPDATE prefix SET count = 'many' {PREFIX}",
        Check.COMPLETENESS, "index of subjects", REBUILD),
    "a part of the index gone": Defect(
        f"DELETE FROM prefix {PREFIX}", Check.COMPLETENESS, "index of subjects", REBUILD),
    "a part of the index moved": Defect(
        f"UPDATE prefix SET prefix = 99999 {PREFIX}",
        Check.COMPLETENESS, "index of subjects", REBUILD),
    "a subject gone": Defect(
        "DELETE FROM subject WHERE kind = 'item'", Check.STRUCTURE, "subject", REBUILD),
    "a subject of another kind": Defect(
        "UPDATE subject SET kind = 'ghost' WHERE kind = 'item'",
        Check.STRUCTURE, "subject", REBUILD),
    "a head that is no hash": Defect(
        "UPDATE subject SET head = 'abc' WHERE kind = 'item'",
        Check.STRUCTURE, "subject", REBUILD),
    "a place too many": Defect(
        "INSERT INTO place VALUES (zeroblob(32), 0, 4)",
        Check.STRUCTURE, "places in chains", TOO_MANY),
    "a hash too many": Defect(
        "INSERT INTO link VALUES (5, 4)", Check.STRUCTURE, "hashes of records", TOO_MANY),
    "an edge before there is one": Defect(
        "INSERT INTO edge VALUES (1, zeroblob(32))", Check.STRUCTURE, "edges", TOO_MANY),
    "a tile before there is one": Defect(
        "INSERT INTO tile VALUES (0, 0, zeroblob(8192))", Check.STRUCTURE, "tiles", TOO_MANY,
        UNLIKE),
}  # fmt: skip

# What is found though an examination has passed them, and nothing was recorded since: what is
# there must still be what was signed, and the next tally must not be a lie.
FOUND_ANYHOW = (
    "a record put at the end",
    "the last record taken away",
    "the last record moved far away",
    "a record that is a number",
    "a checkpoint beyond the records",
    "checkpoints with roots that are none",
    "a cached root of the index",
    "a count in the index",
    "a part of the index gone",
    "a part of the index moved",
    "a tile before there is one",
)


def len_of(left: bytes | None) -> str:
    return "nothing" if left is None else f"{len(left)} bytes"


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Live:
    """17 records, the last one a tally."""
    made = Live(Home.make(tmp_path_factory.mktemp("spoilt") / "home"))
    remarks(made, tell(made), 2)
    made.ledger.tally()
    return made


@pytest.fixture
def live(first: Live, tmp_path: Path) -> Live:
    return first.copied(tmp_path / "home")


def told(found: Examination, defect: Defect) -> bool:
    """Whether the finding is among the failures, and named."""
    return any(
        each.check is defect.check
        and each.subject.startswith(defect.subject)
        and defect.words in each.detail
        for each in found.findings
        if each.outcome is Outcome.FAILED
    )


@pytest.mark.parametrize("name", DEFECTS)
def test_what_is_spoilt_is_found_and_named(live: Live, name: str) -> None:
    tamper(live, DEFECTS[name].change)
    found = look(live, full=True)
    troubles = [each for each in found.findings if each.outcome is not Outcome.PASSED]
    assert told(found, DEFECTS[name]), troubles
    assert {each.outcome for each in troubles} == {Outcome.FAILED}
    assert others(troubles, DEFECTS[name]) == DEFECTS[name].also.keys(), troubles


def others(troubles: Sequence[Finding], defect: Defect) -> set[Check]:
    """Checks that found something else than what the defect is about."""
    main = (defect.check, defect.subject)
    return {
        each.check
        for each in troubles
        if not (each.check is main[0] and each.subject.startswith(main[1]))
    }


@pytest.mark.parametrize("name", FOUND_ANYHOW)
def test_an_examination_that_passed_hides_nothing_that_matters(live: Live, name: str) -> None:
    assert look(live).sound
    tamper(live, DEFECTS[name].change)
    assert not look(live).sound
    assert not look(live).sound, "what was found once is found again"


def test_a_false_index_is_found_before_a_tally_signs_it_and_after(live: Live) -> None:
    """An index that was altered after an examination would seal the next tally with a lie."""
    assert look(live).sound
    tamper(live, f"UPDATE prefix SET root = zeroblob(32) {PREFIX}")
    live.home.open().tally()
    found = look(live)
    assert (found.start, found.sound) == (0, False)


def test_rows_that_wait_for_their_checkpoint_are_no_defect(live: Live) -> None:
    """Another process is between its rows and its checkpoint, or died there."""
    tamper(live, f"DELETE FROM checkpoint WHERE size = {LAST} + 1")
    found = look(live, full=True)
    assert (found.sound, found.size) == (True, 16)
    live.home.open()
    assert look(live, full=True).size == 17


def test_the_signers_state_of_another_ledger_is_found(live: Live, tmp_path: Path) -> None:
    other = Live(Home.make(tmp_path / "other"))
    story = tell(other)
    other.record("note.recorded", [story.laptop], {"note": "elsewhere"}, signers=[story.eve])
    shutil.copy(other.home.keys / STATE_FILE, live.home.keys / STATE_FILE)
    found = look(live, full=True)
    assert told(found, Defect("", Check.CHECKPOINT, "checkpoint of 17", "rollback or fork"))
    with pytest.raises(RollbackError):
        live.home.open()


def test_an_older_state_of_the_signer_is_refused(live: Live, tmp_path: Path) -> None:
    shutil.copy(live.home.keys / STATE_FILE, tmp_path / "older")
    live.ledger.tally()
    shutil.copy(tmp_path / "older", live.home.keys / STATE_FILE)
    with pytest.raises(RollbackError, match=r"a checkpoint of 18 records, but .* signed only 17"):
        live.home.open()


@pytest.mark.parametrize("left", [None, b"", encoded(Signed(0, EMPTY, b"")) * 2], ids=len_of)
def test_a_lost_state_of_the_signer_is_refused(live: Live, left: bytes | None) -> None:
    """Taken away, emptied, or as it was before anything was signed."""
    path = live.home.keys / STATE_FILE
    path.unlink()
    if left is not None:
        path.write_bytes(left)
        path.chmod(0o600)
    with pytest.raises(RollbackError, match="state"):
        live.home.open()


def test_an_older_database_under_the_signers_state_is_found(live: Live, tmp_path: Path) -> None:
    live.ledger._storage.close()  # type: ignore[attr-defined]
    shutil.copy(live.home.database, tmp_path / "older")
    live.home.open().tally()
    signer = LogSigner(live.home.keys, ORIGIN)
    older = Database(tmp_path / "older", KeyStore(live.home.key_place, ORIGIN))
    found = examine(older, signer, full=True)
    assert told(found, Defect("", Check.CHECKPOINT, "checkpoint of 17", "rollback or fork"))


def flip(path: Path, other: Path, at: int = age.START) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])


def flip_in_the_header(path: Path, other: Path) -> None:
    flip(path, other, 70)


def flip_at_the_beginning(path: Path, other: Path) -> None:
    flip(path, other, 0)


def flip_beside_the_content(path: Path, other: Path) -> None:
    flip(path, other, path.stat().st_size - 1)


def cut_short(path: Path, other: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def swap(path: Path, other: Path) -> None:
    path.write_bytes(other.read_bytes())


def lose(path: Path, other: Path) -> None:
    path.unlink()


def lengthen(path: Path, other: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


def link(path: Path, other: Path) -> None:
    path.unlink()
    path.symlink_to(other)


def put_in_the_clear(path: Path, other: Path) -> None:
    path.write_bytes(b"First" * 9000)


@pytest.mark.parametrize(
    "spoil",
    [
        *(flip, flip_in_the_header, flip_at_the_beginning, flip_beside_the_content),
        *(cut_short, lengthen, swap, link, put_in_the_clear, lose),
    ],
)
def test_an_object_of_the_vault_that_is_spoilt_is_found(tmp_path: Path, spoil: object) -> None:
    run: Bench = bench(tmp_path)
    item = run.acquired(run.file("a", b"first" * 9000), "JS/1")
    run.acquired(run.file("b", b"other" * 9000), "JS/2")
    assert callable(spoil)
    path, other = (
        run.vault_object(sha256(word * 9000).hexdigest()) for word in (b"first", b"other")
    )
    path.chmod(0o600)
    spoil(path, other)
    found = run.json("check", item, status=1)
    assert [each["verdict"] for each in found["found"]] == [
        "unreadable" if spoil in (lose, link) else "mismatch"
    ]
    run.examined()  # the record-keeping is sound, and the entry says what was found
