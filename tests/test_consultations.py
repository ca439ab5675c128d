"""The log of who looked at what: chained, closed under a signature, erased on schedule."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from custody.consulting import epochs, lines
from custody.consulting.lines import Look
from custody.consulting.log import MOST, ConsultationLog
from custody.consulting.verifying import Found, spoken, verify
from custody.core.checkpoint import Checkpoint
from custody.core.errors import (
    CustodyError,
    MalformedError,
    RollbackError,
    SignatureError,
    StorageError,
)
from custody.core.findings import Check, Finding, Outcome
from custody.core.note import Note
from custody.ledger.signer import LogSigner
from custody_schemas.terms import LogOperation

ORIGIN = "agency.example/evidence"
DAY = 86_400
START = 20_000 * DAY


def view(at: int = START, words: tuple[str, ...] = ("K-7/1",), **more: object) -> Look:
    members: dict[str, object] = {"operation": LogOperation.CONSULTATION, "command": "item show"}
    return Look(at=at, words=words, **{**members, **more})  # type: ignore[arg-type]


@pytest.fixture
def log(tmp_path: Path) -> ConsultationLog:
    """An empty log beside fresh log keys."""
    LogSigner.create(tmp_path / "log", ORIGIN)
    return ConsultationLog(tmp_path / "consultations", tmp_path / "log", ORIGIN)


@pytest.fixture
def full(log: ConsultationLog) -> ConsultationLog:
    """Three days of three lines each; the last one is open."""
    for day in range(3):
        for n in range(3):
            log.record(view(START + day * DAY + n, (f"word {day}/{n}",)))
    return log


def examined(log: ConsultationLog, kept: bytes | None = None) -> Found:
    signer = LogSigner(log.log, ORIGIN)
    return verify(log, (signer.key, signer.mldsa_key), kept)


def wrong(log: ConsultationLog, kept: bytes | None = None) -> list[Finding]:
    """What an examination finds that did not pass."""
    return [each for each in examined(log, kept).findings if each.outcome is not Outcome.PASSED]


def only(log: ConsultationLog, kept: bytes | None = None) -> tuple[Check, Outcome, str]:
    (finding,) = wrong(log, kept)
    return finding.check, finding.outcome, finding.detail


def body(log: ConsultationLog, epoch: int) -> list[bytes]:
    return log.body(epoch).read_bytes().splitlines(keepends=True)


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
    log.body(1).write_bytes(b"".join(made))
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
    full.body(epoch).write_bytes(b"".join(change(body(full, epoch))))
    assert only(full)[:2] == (Check.CHAIN, Outcome.FAILED)


def test_a_body_that_was_chained_anew_is_not_what_was_closed(full: ConsultationLog) -> None:
    first = lines.Line.read(body(full, 1)[0].rstrip())
    other = lines.Line(1, 1, first.prev, first.salt, view(words=("other",))).encode()
    full.body(1).write_bytes(other + b"\n")
    assert only(full)[:2] == (Check.INCLUSION, Outcome.FAILED)


def test_lines_cut_off_show_in_closed_epochs_and_not_in_the_open_one(
    full: ConsultationLog,
) -> None:
    full.body(3).write_bytes(b"".join(body(full, 3)[:-1]))
    assert wrong(full) == []  # nobody has signed it yet, as the help says
    full.body(2).write_bytes(b"".join(body(full, 2)[:-1]))
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
    found = verify(full, (other.key, other.mldsa_key))
    assert Check.CHECKPOINT in {e.check for e in found.findings if e.outcome is Outcome.FAILED}


def everything(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file())


def test_erased_bodies_are_gone_and_their_roots_stay(full: ConsultationLog, tmp_path: Path) -> None:
    roots = [each.root for each in full.entries() if isinstance(each, epochs.Closed)]
    hashes = [lines.hashed(each.rstrip()).encode() for each in body(full, 1)]
    assert b"word 0/0" in everything(tmp_path)
    gone = full.erase(START + DAY, view(START + 2 * DAY + 5, ("--before",), actor="ab"))
    assert gone == (1,)
    left = everything(tmp_path)
    assert b"word 0/" not in left
    assert not any(each in left for each in hashes)  # what is left gives no guess away
    assert b"word 1/0" in left
    assert all(root.encode() in left for root in roots)
    found = examined(full)
    assert (found.erased, [e.outcome for e in found.findings]) == ((1,), [Outcome.PASSED])
    assert "bodies erased of 1" in found.findings[0].detail
    assert full.erase(START + DAY, view(START + 2 * DAY + 6)) == ()


def test_nothing_is_erased_that_is_open_or_too_new(full: ConsultationLog) -> None:
    assert full.erase(START, view(START + 2 * DAY + 5)) == ()
    assert full.erase(START + 9 * DAY, view(START + 2 * DAY + 5)) == (1, 2)
    assert list(full.bodies()) == [3]


def test_an_erasure_that_was_stopped_goes_on(full: ConsultationLog) -> None:
    kept = full.body(1).read_bytes()
    full.erase(START + DAY, view(START + 2 * DAY))
    full.body(1).write_bytes(kept)  # as if the program had been killed before it
    check, outcome, detail = only(full)
    assert (check, outcome) == (Check.COMPLETENESS, Outcome.UNDETERMINED)
    assert "erase again" in detail
    full.erase(START, view(START + 2 * DAY))
    assert (wrong(full), full.body(1).exists()) == ([], False)


def test_an_erasure_nobody_signed_is_not_one(full: ConsultationLog) -> None:
    full.body(1).unlink()
    with full.epochs.open("ab") as file:
        file.write(epochs.encode(epochs.Erased(START, START + 9, "", (1,))) + b"\n")
    assert only(full)[:2] == (Check.CHECKPOINT, Outcome.UNDETERMINED)


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
    full.body(3).write_bytes(b"".join([*data[:-1], b"{}\n"]))
    with pytest.raises(StorageError, match="bring back the newest copy"):
        full.record(view(START + 2 * DAY))


def test_where_nothing_can_be_written_nothing_is_recorded(log: ConsultationLog) -> None:
    log.folder.write_bytes(b"a file stands where the folder belongs")
    with pytest.raises(StorageError, match="nothing is shown"):
        log.record(view())


def many(folder: Path, log: Path, count: int) -> None:
    for n in range(count):
        ConsultationLog(folder, log, ORIGIN).record(view(START + n // 10 * DAY, (f"{n}",)))


def test_two_processes_write_one_chain(log: ConsultationLog) -> None:
    context = multiprocessing.get_context("spawn")
    started = [context.Process(target=many, args=(log.folder, log.log, 25)) for _ in range(2)]
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
        process = context.Process(target=many, args=(log.folder, log.log, 100_000))
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
    list(epochs.read_all([closed, epochs.encode(epochs.Erased(20, 10, "", (1,)))]))
    with pytest.raises(MalformedError, match="line 2 of epochs erases"):
        list(epochs.read_all([closed, epochs.encode(epochs.Erased(20, 9, "", (1,)))]))


def test_runs_of_numbers_are_joined() -> None:
    assert spoken((1, 2, 3, 5, 7, 8)) == "1 to 3, 5, 7 to 8"
