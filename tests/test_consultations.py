"""The log of who looked at what: chained, closed under a signature, erased on schedule."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from custody.consulting import epochs, lines, sealing
from custody.consulting.lines import Look
from custody.consulting.log import MOST, ConsultationLog
from custody.consulting.verifying import Found, spoken, verify
from custody.core import dsse
from custody.core.checkpoint import Checkpoint
from custody.core.errors import (
    CustodyError,
    KeyStoreError,
    MalformedError,
    RollbackError,
    SignatureError,
    StorageError,
)
from custody.core.findings import Check, Finding, Outcome
from custody.core.keys import PublicKey
from custody.core.note import Note
from custody.ledger.signer import LogSigner
from custody.store.epochkeys import StoredEpochKeys
from custody.store.keyfiles import Place
from custody.store.keystore import KeyStore
from custody_schemas.terms import LogOperation
from tests.signers import TestSigner, ed25519_signer

ORIGIN = "agency.example/evidence"
DAY = 86_400
START = 20_000 * DAY
SIGNERS = {
    "ada": (ed25519_signer(3), ed25519_signer(1)),
    "bo": (ed25519_signer(2),),
    "di": (ed25519_signer(1),),
}


def view(at: int = START, words: tuple[str, ...] = ("K-7/1",), **more: object) -> Look:
    members: dict[str, object] = {"operation": LogOperation.CONSULTATION, "command": "item show"}
    return Look(at=at, words=words, **{**members, **more})  # type: ignore[arg-type]


@pytest.fixture
def log(tmp_path: Path) -> ConsultationLog:
    """An empty log beside fresh log keys."""
    LogSigner.create(tmp_path / "log", ORIGIN)
    KeyStore.create(place(tmp_path), ORIGIN).close()
    return log_in(tmp_path)


def place(folder: Path) -> Place:
    return Place(folder / "keys", folder / "keys" / "ledger.key")


def log_in(folder: Path) -> ConsultationLog:
    keys = StoredEpochKeys(KeyStore(place(folder), ORIGIN))
    return ConsultationLog(folder / "consultations", folder / "log", ORIGIN, keys)


@pytest.fixture
def full(log: ConsultationLog) -> ConsultationLog:
    """Three days of three lines each; the last one is open."""
    for day in range(3):
        for n in range(3):
            log.record(view(START + day * DAY + n, (f"word {day}/{n}",)))
    return log


def examined(log: ConsultationLog, kept: bytes | None = None) -> Found:
    signer = LogSigner(log.log, ORIGIN)
    return verify(log, (signer.key, signer.mldsa_key), owned, kept)


def owned(tag: str) -> list[list[PublicKey]]:
    """Ada, who has had two keys, and Bo."""
    return [[each.key] for each in SIGNERS.get(tag, ())]


def erase(
    log: ConsultationLog, before: int, at: int, *signers: TestSigner, **more: str
) -> tuple[int, ...]:
    """Ada asks for it, Bo oversees it."""
    said = {"by": "ada", "confirmed": "bo", **more}
    by = signers or (SIGNERS["ada"][1], SIGNERS["bo"][0])
    asked = view(at, ("--before",), actor=said["by"])
    return log.erase(
        before, asked, said["confirmed"], lambda payload: dsse.sign(epochs.ERASURE, payload, by)
    )


def wrong(log: ConsultationLog, kept: bytes | None = None) -> list[Finding]:
    """What an examination finds that did not pass."""
    return [each for each in examined(log, kept).findings if each.outcome is not Outcome.PASSED]


def only(log: ConsultationLog, kept: bytes | None = None) -> tuple[Check, Outcome, str]:
    (finding,) = wrong(log, kept)
    return finding.check, finding.outcome, finding.detail


def body(log: ConsultationLog, epoch: int) -> list[bytes]:
    """Its lines, decrypted."""
    key = log.keys.find(epoch)
    assert key is not None
    sealed = log.body(epoch).read_bytes().splitlines()
    return [each + b"\n" for each in sealing.all_opened(key, ORIGIN, epoch, sealed)]


def put(log: ConsultationLog, epoch: int, data: list[bytes]) -> None:
    """Other lines in their place, by somebody who has the keys."""
    key = log.keys.ensure(epoch)
    sealed = (sealing.sealed(key, ORIGIN, epoch, each[:-1], os.urandom(12)) for each in data)
    log.body(epoch).write_bytes(b"".join(each + b"\n" for each in sealed))


def test_lines_chain_and_a_day_makes_an_epoch(full: ConsultationLog) -> None:
    found = examined(full)
    assert (found.closed, found.open, found.erased) == (2, 3, ())
    assert [each.outcome for each in found.findings] == [Outcome.PASSED]
    assert found.note is not None
    assert found.note.size == 2
    first, second = (lines.Line.read(data.rstrip()) for data in body(full, 1)[:2])
    assert second.prev == lines.hashed(first.encode())


def test_an_epoch_ends_when_it_is_long(log: ConsultationLog, tmp_path: Path) -> None:
    log.record(view())
    (line,) = body(log, 1)
    first = lines.Line.read(line.rstrip())
    made, prev = [line], lines.hashed(line.rstrip())
    for n in range(2, MOST + 1):
        data = lines.Line(1, n, prev, first.salt, view()).encode()
        made.append(data + b"\n")
        prev = lines.hashed(data)
    put(log, 1, made)
    assert (log.record(view()).epoch, wrong(log)) == (2, [])
    assert len(body(log, 1)) == MOST


def test_what_was_never_used_has_nothing_to_examine(log: ConsultationLog) -> None:
    assert examined(log) == Found(())
    assert log.close(START) is None


def edited(data: list[bytes]) -> list[bytes]:
    return [data[0], data[1].replace(b"word", b"ward"), *data[2:]]


def removed(data: list[bytes]) -> list[bytes]:
    return [data[0], *data[2:]]


def moved(data: list[bytes]) -> list[bytes]:
    return [data[1], data[0], *data[2:]]


def inserted(data: list[bytes]) -> list[bytes]:
    return [data[0], data[0], *data[1:]]


def respelt(data: list[bytes]) -> list[bytes]:
    return [data[0].replace(b'":', b'": ', 1), *data[1:]]


@pytest.mark.parametrize("change", [edited, removed, moved, inserted, respelt])
@pytest.mark.parametrize("epoch", [1, 3])
def test_a_changed_body_fails_closed_or_open(
    full: ConsultationLog, change: Callable[[list[bytes]], list[bytes]], epoch: int
) -> None:
    put(full, epoch, change(body(full, epoch)))
    assert only(full)[:2] == (Check.CHAIN, Outcome.FAILED)


@pytest.mark.parametrize("epoch", [1, 3])
def test_who_has_no_keys_cannot_alter_a_line_unseen(full: ConsultationLog, epoch: int) -> None:
    good = full.body(epoch).read_bytes()
    for spoilt in (
        good.replace(good[:1], b"B" if good[:1] != b"B" else b"C", 1),
        good.replace(b"\n", b"=\n", 1),
        b"\n" + good,
        full.body(2).read_bytes(),
    ):
        full.body(epoch).write_bytes(spoilt)
        assert only(full)[:2] == (Check.CHAIN, Outcome.FAILED)


def test_no_line_stands_anywhere_in_the_clear(full: ConsultationLog, tmp_path: Path) -> None:
    assert [b"word" in each for each in body(full, 1)] == [True] * 3
    assert b"word" not in everything(tmp_path)


def test_keys_that_are_not_at_hand_leave_it_open(full: ConsultationLog, tmp_path: Path) -> None:
    (tmp_path / "keys").rename(tmp_path / "elsewhere")
    full = log_in(tmp_path)
    assert only(full)[:2] == (Check.CHAIN, Outcome.UNDETERMINED)
    with pytest.raises(KeyStoreError):
        full.record(view(START + 2 * DAY))


def test_keys_that_were_destroyed_without_an_erasure_are_missed(full: ConsultationLog) -> None:
    full.keys.destroy([1])
    check, outcome, detail = only(full)
    assert (check, outcome) == (Check.CHAIN, Outcome.FAILED)
    assert "nobody erased it on schedule" in detail


def test_a_body_that_was_chained_anew_is_not_what_was_closed(full: ConsultationLog) -> None:
    first = lines.Line.read(body(full, 1)[0].rstrip())
    other = lines.Line(1, 1, first.prev, first.salt, view(words=("other",))).encode()
    put(full, 1, [other + b"\n"])
    assert only(full)[:2] == (Check.INCLUSION, Outcome.FAILED)


def test_lines_cut_off_show_in_closed_epochs_and_not_in_the_open_one(
    full: ConsultationLog,
) -> None:
    put(full, 3, body(full, 3)[:-1])
    assert wrong(full) == []  # nobody has signed it yet, as the help says
    put(full, 2, body(full, 2)[:-1])
    assert only(full)[:2] == (Check.INCLUSION, Outcome.FAILED)


def test_what_hangs_on_a_closed_body_is_found(full: ConsultationLog) -> None:
    with full.body(1).open("ab") as file:
        file.write(b"more")
    assert only(full)[:2] == (Check.STRUCTURE, Outcome.FAILED)


def test_a_body_that_is_missing_was_not_erased(full: ConsultationLog) -> None:
    full.body(1).unlink()
    check, outcome, detail = only(full)
    assert (check, outcome) == (Check.COMPLETENESS, Outcome.FAILED)
    assert "nobody erased it" in detail


def test_a_body_of_an_epoch_to_come_is_found(full: ConsultationLog) -> None:
    full.body(9).write_bytes(full.body(1).read_bytes())
    assert only(full)[:2] == (Check.STRUCTURE, Outcome.FAILED)


def test_epochs_that_were_altered_or_cut_off_fail(full: ConsultationLog) -> None:
    first, second = full.epochs.read_bytes().splitlines(keepends=True)
    root = epochs.read(first.rstrip())
    assert isinstance(root, epochs.Closed)
    other = root.root.replace(root.root[0], "0" if root.root[0] != "0" else "1", 1)
    full.epochs.write_bytes(first.replace(root.root.encode(), other.encode()) + second)
    assert {each.check for each in wrong(full)} == {Check.INCLUSION}
    full.epochs.write_bytes(first)
    assert Check.CHECKPOINT in {each.check for each in wrong(full)}
    full.epochs.write_bytes(second + first)
    assert {each.check for each in wrong(full)} == {Check.INCLUSION, Check.STRUCTURE}


def test_the_newest_epoch_cut_off_with_its_body_fails(full: ConsultationLog) -> None:
    first, _ = full.epochs.read_bytes().splitlines(keepends=True)
    full.epochs.write_bytes(first)
    full.body(3).unlink()
    full.body(2).unlink()
    check, outcome, detail = only(full)
    assert (check, outcome) == (Check.CHECKPOINT, Outcome.FAILED)
    assert "cut off" in detail
    with pytest.raises(RollbackError, match="not what was signed last"):
        full.record(view())


def test_a_log_put_back_whole_shows_to_who_kept_a_later_note(full: ConsultationLog) -> None:
    early = {p: p.read_bytes() for p in [full.note, full.epochs, *full.bodies().values()]}
    full.close(START + 2 * DAY)
    kept = full.note.read_bytes()
    assert wrong(full, kept) == []
    for path, data in early.items():
        path.write_bytes(data)
    assert wrong(full) == []  # by itself it is what it was on that day
    assert only(full, kept)[:2] == (Check.CHECKPOINT, Outcome.FAILED)


def test_a_note_that_is_altered_or_missing_fails(full: ConsultationLog) -> None:
    good = full.note.read_bytes()
    note = Note.read(good)
    one, other = note.signatures
    swapped = one._replace(signature=bytes([one.signature[0] ^ 1]) + one.signature[1:])
    for spoilt in (
        good.replace(b"\n2\n", b"\n3\n", 1),
        note._replace(signatures=(one,)).encode(),
        note._replace(signatures=(other,)).encode(),
        note._replace(signatures=(swapped, other)).encode(),
        good[:-1],
        b"",
    ):
        full.note.write_bytes(spoilt)
        assert only(full)[:2] == (Check.CHECKPOINT, Outcome.FAILED)
        with pytest.raises(CustodyError):
            full.close(START)
    full.note.unlink()
    assert only(full)[:2] == (Check.CHECKPOINT, Outcome.FAILED)
    with pytest.raises(RollbackError, match="is missing"):
        full.record(view())


def test_a_note_is_never_a_checkpoint_of_the_ledger(full: ConsultationLog) -> None:
    signer = LogSigner(full.log, ORIGIN)
    keys = signer.key, signer.mldsa_key
    note = Note.read(full.note.read_bytes())
    said = Checkpoint.read(note.text)
    assert said.origin == f"{ORIGIN}/consultations"
    assert not {(k.name, k.id) for k in keys} & {(s.name, s.id) for s in note.signatures}
    ledger = Checkpoint(ORIGIN, said.size, said.root)
    for key, line in zip(keys, note.signatures, strict=True):
        from custody.core import checkpoint

        with pytest.raises(SignatureError):
            checkpoint.verify(key, line.signature, ledger)
    own = signer.sign(1, bytes(32), lambda _old, _new: [], START)
    with pytest.raises(MalformedError, match="the note is one of"):
        epochs.accepted(ORIGIN, keys, own)


def test_other_keys_sign_nothing_of_this_log(full: ConsultationLog, tmp_path: Path) -> None:
    other = LogSigner.create(tmp_path / "other", ORIGIN)
    found = verify(full, (other.key, other.mldsa_key), owned)
    assert Check.CHECKPOINT in {e.check for e in found.findings if e.outcome is Outcome.FAILED}


def everything(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file())


def test_erased_bodies_are_gone_and_their_roots_stay(full: ConsultationLog, tmp_path: Path) -> None:
    roots = [each.root for each in full.entries() if isinstance(each, epochs.Closed)]
    hashes = [lines.hashed(each.rstrip()).encode() for each in body(full, 1)]
    assert erase(full, START + DAY, START + 2 * DAY + 5) == (1,)
    left = everything(tmp_path)
    assert not any(each in left for each in hashes)  # what is left gives no guess away
    assert all(root.encode() in left for root in roots)
    found = examined(full)
    assert (found.erased, [e.outcome for e in found.findings]) == ((1,), [Outcome.PASSED])
    assert "bodies erased of 1" in found.findings[0].detail
    assert erase(full, START + DAY, START + 2 * DAY + 6) == ()


def test_a_backup_of_what_is_erased_cannot_be_read(full: ConsultationLog) -> None:
    kept = full.body(1).read_bytes()
    erase(full, START + DAY, START + 2 * DAY)
    full.body(1).write_bytes(kept)
    first, *_ = full.read()
    assert isinstance(first, MalformedError)
    assert "destroyed" in str(first)
    assert full.keys.find(1) is None


def test_nothing_is_erased_that_is_open_or_too_new(full: ConsultationLog) -> None:
    assert erase(full, START, START + 2 * DAY + 5) == ()
    assert erase(full, START + 9 * DAY, START + 2 * DAY + 5) == (1, 2)
    assert list(full.bodies()) == [3]


def test_an_erasure_that_was_stopped_goes_on(full: ConsultationLog) -> None:
    kept = full.body(1).read_bytes()
    erase(full, START + DAY, START + 2 * DAY)
    full.body(1).write_bytes(kept)  # as if the program had been killed before it
    check, outcome, detail = only(full)
    assert (check, outcome) == (Check.COMPLETENESS, Outcome.UNDETERMINED)
    assert "erase again" in detail
    erase(full, START, START + 2 * DAY)
    assert (wrong(full), full.body(1).exists()) == ([], False)
    full.keys.ensure(1)  # or before its key went
    assert only(full)[:2] == (Check.COMPLETENESS, Outcome.UNDETERMINED)


ADA, BO = ed25519_signer(1), ed25519_signer(2)


@pytest.mark.parametrize(
    ("signers", "more"),
    [
        ([ADA], {}),
        ([BO], {}),
        ([ADA, ed25519_signer(4)], {}),
        ([ADA, BO, ed25519_signer(4)], {}),
        ([ADA, ed25519_signer(3)], {"confirmed": "ada"}),
        ([ADA, BO], {"confirmed": "cy"}),
        ([ADA], {"confirmed": "di"}),
    ],
    ids=["one", "other", "stranger", "one more", "herself", "another", "her key"],
)
def test_an_erasure_that_two_did_not_sign_fails(
    full: ConsultationLog, signers: list[TestSigner], more: dict[str, str]
) -> None:
    erase(full, START + DAY, START + 2 * DAY, *signers, **more)
    assert only(full)[:2] == (Check.SIGNATURE, Outcome.FAILED)


def test_an_erasure_that_the_log_did_not_sign_is_not_one_yet(full: ConsultationLog) -> None:
    full.body(1).unlink()
    full.keys.destroy([1])
    with full.epochs.open("ab") as file:
        file.write(epochs.encode(erasure(START, START + 9)) + b"\n")
    assert only(full)[:2] == (Check.CHECKPOINT, Outcome.UNDETERMINED)


def erasure(at: int, before: int) -> epochs.Erased:
    what = epochs.Erasing(at, before, "ada", "bo", (1,))
    return epochs.Erased.of(dsse.sign(epochs.ERASURE, what.payload(ORIGIN), [ADA, BO]))


def test_an_erasure_of_another_log_is_none_of_this(full: ConsultationLog) -> None:
    what = epochs.Erasing(START + 2 * DAY, START + DAY, "ada", "bo", (1,))
    other = dsse.sign(epochs.ERASURE, what.payload("other.example"), [ADA, BO])
    asked = view(START + 2 * DAY, actor="ada")
    full.erase(START + DAY, asked, "bo", lambda _payload: other)
    assert only(full)[:2] == (Check.SIGNATURE, Outcome.FAILED)


def test_the_epoch_of_a_day_that_is_over_is_closed(full: ConsultationLog) -> None:
    assert full.close_due(START + 2 * DAY + 9) is None
    closed = full.close_due(START + 3 * DAY)
    assert closed is not None
    assert (closed.epoch, closed.lines) == (3, 3)
    assert full.close_due(START + 4 * DAY) is None
    assert wrong(full) == []


def test_an_epoch_closed_before_a_crash_is_signed_by_the_next_writer(
    full: ConsultationLog,
) -> None:
    before = full.note.read_bytes()
    full.close(START + 2 * DAY)
    full.note.write_bytes(before)
    assert only(full)[:2] == (Check.CHECKPOINT, Outcome.UNDETERMINED)
    assert full.record(view(START + 2 * DAY)).epoch == 4
    assert wrong(full) == []


@pytest.mark.parametrize("cut", [1, 2, 60])
def test_a_torn_line_is_cut_off_by_the_next_writer(full: ConsultationLog, cut: int) -> None:
    whole = full.body(3).read_bytes()
    full.body(3).write_bytes(whole[:-cut])
    assert (wrong(full), examined(full).open) == ([], 2)
    assert full.record(view(START + 2 * DAY + 9)).n == 3
    assert (wrong(full), len(body(full, 3))) == ([], 3)


def test_a_torn_epoch_is_cut_off_too(full: ConsultationLog) -> None:
    with full.epochs.open("ab") as file:
        file.write(b'{"epoch":3')
    assert wrong(full) == []
    full.close(START + 2 * DAY)
    assert (wrong(full), examined(full).closed) == ([], 3)


def test_a_spoilt_newest_line_stops_the_log(full: ConsultationLog) -> None:
    data = body(full, 3)
    put(full, 3, [*data[:-1], b"{}\n"])
    with pytest.raises(StorageError, match="bring back the newest copy"):
        full.record(view(START + 2 * DAY))


def test_where_nothing_can_be_written_nothing_is_recorded(log: ConsultationLog) -> None:
    log.folder.write_bytes(b"a file stands where the folder belongs")
    with pytest.raises(StorageError, match="nothing is shown"):
        log.record(view())


def many(folder: Path, count: int) -> None:
    for n in range(count):
        log_in(folder).record(view(START + n // 10 * DAY, (f"{n}",)))


def test_two_processes_write_one_chain(log: ConsultationLog) -> None:
    context = multiprocessing.get_context("spawn")
    started = [context.Process(target=many, args=(log.folder.parent, 25)) for _ in range(2)]
    for each in started:
        each.start()
    for each in started:
        each.join(60)
        assert each.exitcode == 0
    assert wrong(log) == []
    assert sum(1 for _ in log.read()) == 50


def test_a_writer_that_is_killed_leaves_a_chain(log: ConsultationLog) -> None:
    log.record(view())
    context = multiprocessing.get_context("spawn")
    for _ in range(2):
        before = sum(1 for _ in log.read())
        process = context.Process(target=many, args=(log.folder.parent, 100_000))
        process.start()
        while process.is_alive() and sum(1 for _ in log.read()) < before + 5:
            pass
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join(60)
        log.record(view(START + 5 * DAY))
        assert wrong(log) == []


def changes(good: bytes) -> Iterator[bytes]:
    yield good.replace(b'"n":1', b'"n":true')
    yield good.replace(b'"at":', b'"at":-')
    yield good.replace(b'"operation":"consultation"', b'"operation":"peeking"')
    yield good.replace(b'"v":1', b'"v":2')
    yield good.replace(b'"words":["K-7/1"]', b'"words":"K-7/1"')
    yield good.replace(b'"words"', b'"wordz"')
    yield good.replace(b'"account":""', b'"account":7')
    yield good.replace(b'"subjects":[]', b'"subjects":[7]')
    yield good + b" "
    yield b"[]"
    yield b"7"


def test_a_line_has_one_spelling(log: ConsultationLog) -> None:
    good = log.record(view()).encode()
    assert lines.Line.read(good).encode() == good
    for other in changes(good):
        assert other != good
        with pytest.raises(MalformedError):
            lines.Line.read(other)


def test_a_line_holds_whatever_was_typed(log: ConsultationLog) -> None:
    log.record(view(words=("\udcff\x1b[31m\u202e", "x" * 9_000, *["y"] * 300)))
    (line,) = log.read()
    assert isinstance(line, lines.Line)
    assert line.look.words[0] == "\N{REPLACEMENT CHARACTER}" * 2 + "[31m\N{REPLACEMENT CHARACTER}"
    assert (len(line.look.words[1]), len(line.look.words)) == (lines.LENGTH, lines.WORDS)


@pytest.mark.parametrize(
    "spoilt",
    [
        b'{"epoch":2,"first":1,"kind":"closed","last":1,"lines":1,"root":"00"}',
        b'{"at":1,"before":1,"by":"","epochs":[1],"kind":"erased"}',
        b'{"kind":"erased","signed":{}}',
        *(
            b'{"kind":"erased","signed":%b}' % dsse.sign(kind, payload, [ADA]).encode()
            for kind, payload in (
                (epochs.ERASURE, b"{}"),
                (
                    epochs.ERASURE,
                    b'{"at":true,"before":1,"by":"a","confirmed":"b","epochs":[],"ledger":"x","v":1}',
                ),
                (
                    epochs.ERASURE,
                    b'{"at":1,"before":1,"by":7,"confirmed":"b","epochs":[],"ledger":"x","v":1}',
                ),
                (
                    dsse.STATEMENT,
                    b'{"at":1,"before":1,"by":"a","confirmed":"b","epochs":[],"ledger":"x","v":1}',
                ),
            )
        ),
        b'{"at":1,"before":1,"by":"","epochs":[],"kind":"other"}',
        b'{"epoch":1,"first":1,"kind":"closed","last":1,"lines":1}',
        b'{"epoch":1,"first":true,"kind":"closed","last":1,"lines":1,"root":"00"}',
        b"[]",
    ],
)
def test_what_says_nothing_of_epochs_is_refused(spoilt: bytes) -> None:
    with pytest.raises(MalformedError, match="line 1 of epochs"):
        list(epochs.read_all([spoilt]))


def test_what_is_too_new_is_not_erased() -> None:
    closed = epochs.encode(epochs.Closed(1, 5, 9, 3, "00"))
    list(epochs.read_all([closed, epochs.encode(erasure(20, 10))]))
    with pytest.raises(MalformedError, match="line 2 of epochs erases"):
        list(epochs.read_all([closed, epochs.encode(erasure(20, 9))]))


def test_runs_of_numbers_are_joined() -> None:
    assert spoken((1, 2, 3, 5, 7, 8)) == "1 to 3, 5, 7 to 8"
