"""The desk at a real ledger: what is signed is kept, sent once in effect, and believed when proved."""

import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from custody import casefile, outbox
from custody.core import dsse, statement
from custody.core.errors import (
    CustodyError,
    HeadMovedError,
    MalformedError,
    NotFoundError,
    ProofError,
    RollbackError,
    RuleError,
    SignatureError,
    StorageError,
    UsageError,
)
from custody.core.note import Note
from custody.core.proof import Proof
from custody.desk import ATTEMPTS, Cosigner, digest
from custody.identity import memory
from custody.ledger import Receipt
from custody.opening import open_ledger, read_home
from custody_schemas.declare import Capacity
from custody_schemas.terms import UnlockMethod
from tests.house import Clock, House, PowerCut, Wire, asked, cut, house


@pytest.fixture
def home(tmp_path: Path) -> House:
    return house(tmp_path)


def envelope(data: bytes) -> statement.Statement:
    return statement.read(dsse.Envelope.read(data).payload)


def test_an_act_is_recorded_proved_and_remembered(home: House) -> None:
    desk = home.desk()
    before = memory.last_seen(desk.identity.folder)
    (done,) = desk.record([home.registering(1)], home.keys["ada"])
    assert [entry.tag for entry in done.entries] == [p.tag for p in done.statement.about]
    assert (done.statement.seen.size, done.statement.seen.root) == before
    newest = Note.read(home.ledger.checkpoint()).text.split("\n")
    assert memory.last_seen(desk.identity.folder) != before
    assert f"{memory.last_seen(desk.identity.folder)}".startswith(f"LastSeen(size={newest[1]},")
    assert home.outbox() == []


def test_a_batch_that_cites_itself_is_recorded_whole(home: House) -> None:
    done = home.desk().record(home.seizing(1), home.keys["ada"])
    chain = [e for d in done for e in d.entries if e.tag == home.file.item(1).tag]
    assert [entry.seq for entry in chain] == [0, 1, 2]
    assert len({entry.at for entry in chain}) == 1


def test_a_batch_of_which_one_act_is_refused_leaves_nothing(home: House) -> None:
    requests = home.seizing(1)
    requests[2] = asked("seal.applied", home.file.item(2))
    size = home.ledger.checkpoint()
    with pytest.raises(RuleError) as refused:
        home.desk().record(requests, home.keys["ada"])
    assert refused.value.code == "E_UNKNOWN"
    assert home.acts(home.file.item(1).tag) == 0
    assert home.ledger.checkpoint() == size
    assert home.outbox() == []


def test_a_partner_key_signs_beside_its_key(home: House) -> None:
    home.desk().record(home.seizing(1), home.keys["ada"])
    item = home.file.item(1)
    release = asked("transfer.released", item, to=home.identity("bo").actor)
    release = release._replace(given={k: v for k, v in release.given.items() if k != "outside"})
    (released,) = home.desk().record([release], home.keys["ada"])
    accept = asked("transfer.accepted", item, transfer=released.statement.id, seal="intact")
    (done,) = home.desk("bo").record([accept], home.keys["bo"])
    signed = dsse.Envelope.read(done.submission.envelope)
    assert len(signed.signatures) == 2
    assert len(done.statement.signers) == 1


def test_what_was_kept_and_not_sent_is_sent_by_the_next_run(home: House) -> None:
    wire = Wire(home.ledger, before=cut)
    with pytest.raises(PowerCut):
        home.desk(ledger=wire).record([home.registering(1)], home.keys["ada"])
    assert len(home.outbox()) == 1
    assert home.acts(home.file.item(1).tag) == 0
    second = Wire(home.ledger)
    (settled,) = home.desk(ledger=second).settle()
    assert second.sent == wire.sent, "the same bytes"
    assert [d.statement.id for d in settled.done] == [envelope(wire.sent[0][0]).id]
    assert home.acts(home.file.item(1).tag) == 1
    assert home.outbox() == []


@pytest.mark.parametrize("error", [PowerCut, StorageError, TimeoutError])
def test_a_lost_answer_does_not_make_a_second_entry(
    home: House, error: type[BaseException]
) -> None:
    def lost(receipts: list[Receipt]) -> list[Receipt]:
        raise error("the line is dead")

    note = asked("note.recorded", home.file.case, note="twice?")
    with pytest.raises(error):
        home.desk(ledger=Wire(home.ledger, after=lost)).record([note], home.keys["ada"])
    before = home.acts(home.case_tag)
    desk = home.desk()
    (done,) = desk.record([note], home.keys["ada"])
    assert home.acts(home.case_tag) == before, "the first one counts"
    desk.record([note], home.keys["ada"])
    assert home.acts(home.case_tag) == before + 1, "asked for again, it is another one"
    assert done.entries[0].seq == before - 1


def test_a_failure_says_what_becomes_of_the_signed_entry(home: House) -> None:
    def full(_: object) -> None:
        raise StorageError("the disk is full; nothing was recorded")

    with pytest.raises(StorageError, match=r"nothing was recorded\. What you signed is kept in"):
        home.desk(ledger=Wire(home.ledger, before=full)).record(
            [home.registering(1)], home.keys["ada"]
        )
    assert len(home.outbox()) == 1


def test_nothing_is_not_recorded(home: House) -> None:
    with pytest.raises(UsageError, match="nothing to record"):
        home.desk().record([], home.keys["ada"])


def test_another_request_does_not_take_the_place_of_one_that_was_settled(home: House) -> None:
    with pytest.raises(PowerCut):
        home.desk(ledger=Wire(home.ledger, before=cut)).record(
            [home.registering(1)], home.keys["ada"]
        )
    desk = home.desk()
    desk.record([home.registering(2)], home.keys["ada"])
    assert [home.acts(home.file.item(n).tag) for n in (1, 2)] == [1, 1]
    assert [s.batch[0].statement.name for s in desk.settled] == ["item.registered"]


def test_what_the_ledger_refuses_later_is_told_and_forgotten(home: House) -> None:
    with pytest.raises(PowerCut):
        home.desk(ledger=Wire(home.ledger, before=cut)).record(
            [home.registering(1)], home.keys["ada"]
        )
    home.clock.now += 86_401
    (settled,) = home.desk().settle()
    assert settled.done == ()
    assert isinstance(settled.refusal, RuleError)
    assert settled.refusal.code == "E_EXPIRED"
    assert home.outbox() == []
    assert home.acts(home.file.item(1).tag) == 0


def test_an_entry_in_between_that_changes_nothing_is_drafted_around(home: House) -> None:
    home.desk().record(home.seizing(1), home.keys["ada"])
    item = home.file.item(1)

    def between(_: object) -> None:
        if len(wire.sent) < 3:
            home.desk().record([asked("note.recorded", item, note="in between")], home.keys["ada"])

    wire = Wire(home.ledger, before=between)
    moved = asked("storage.moved", item, to_place="Shelf 2")
    (done,) = home.desk(ledger=wire).record([moved], home.keys["ada"])
    assert len({each for batch in wire.sent for each in batch}) == 3, "signed three times"
    assert done.entries[0].seq == 5
    assert home.outbox() == []


def test_an_entry_in_between_that_changes_something_is_for_people_to_look_at(home: House) -> None:
    home.desk().record(home.seizing(1), home.keys["ada"])
    item = home.file.item(1)

    def between(_: object) -> None:
        if len(wire.sent) == 1:
            court = asked("storage.moved", item, location="court")
            home.desk().record([court], home.keys["ada"])

    wire = Wire(home.ledger, before=between)
    with pytest.raises(HeadMovedError, match="recorded first"):
        home.desk(ledger=wire).record([asked("storage.moved", item)], home.keys["ada"])
    assert len(wire.sent) == 1
    assert home.acts(item.tag) == 4
    assert home.outbox() == []


def test_it_is_not_drafted_for_ever(home: House) -> None:
    home.desk().record(home.seizing(1), home.keys["ada"])
    item = home.file.item(1)

    def between(_: object) -> None:
        home.desk().record([asked("note.recorded", item)], home.keys["ada"])

    wire = Wire(home.ledger, before=between)
    with pytest.raises(HeadMovedError):
        home.desk(ledger=wire).record([asked("storage.moved", item)], home.keys["ada"])
    assert len(wire.sent) == ATTEMPTS


def first(receipts: list[Receipt], **changes: Any) -> list[Receipt]:
    return [receipts[0]._replace(**changes), *receipts[1:]]


def moved_proof(proof: bytes) -> bytes:
    read = Proof.read(proof)
    return Proof(read.index - 1, read.path, read.note, read.extra).encode()


def unsigned(proof: bytes) -> bytes:
    """The same proof under a note that only a stranger signed."""
    read = Proof.read(proof)
    stranger = tuple(s._replace(id=b"\0\0\0\0") for s in read.note.signatures)
    note = read.note._replace(signatures=stranger)
    return Proof(read.index, read.path, note, read.extra).encode()


LIES: dict[str, tuple[Callable[[list[Receipt]], list[Receipt]], type[CustodyError], str]] = {
    "no receipt": (lambda r: [], ProofError, "1 entries were sent, 0 proofs came back"),
    "of another entry": (lambda r: first(r, statement="ab" * 32), ProofError, "another entry"),
    "a record left out": (lambda r: first(r, records=r[0].records[1:]), ProofError, "1 records"),
    "records swapped": (
        lambda r: first(r, records=r[0].records[::-1]),
        ProofError,
        "not about what was signed",
    ),
    "of another place": (lambda r: first(r, first=r[0].first + 1), ProofError, "not about what"),
    "no record at all": (lambda r: first(r, records=(b"{}",) * 2), MalformedError, "not a record"),
    "another time": (
        lambda r: first(r, records=tuple(d.replace(b'"at":1', b'"at":9') for d in r[0].records)),
        ProofError,
        "several times, or one after",
    ),
    "another predecessor": (
        lambda r: first(
            r,
            records=tuple(
                data.replace(b'"prev":"","seq":0', b'"prev":"%b","seq":1' % (b"ab" * 32))
                for data in r[0].records
            ),
        ),
        ProofError,
        "does not follow the record",
    ),
    "proofs swapped": (
        lambda r: first(r, proofs=r[0].proofs[::-1]),
        ProofError,
        "not one of record",
    ),
    "proof of another place": (
        lambda r: first(r, proofs=tuple(map(moved_proof, r[0].proofs))),
        ProofError,
        "not one of record",
    ),
    "signed by a stranger": (
        lambda r: first(r, proofs=tuple(map(unsigned, r[0].proofs))),
        SignatureError,
        "has not signed this checkpoint",
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_receipt_that_proves_nothing_is_not_believed(home: House, lie: str) -> None:
    told, error, telling = LIES[lie]
    desk = home.desk(ledger=Wire(home.ledger, after=told))
    seen = memory.last_seen(desk.identity.folder)
    with pytest.raises(error, match=telling):
        desk.record([home.registering(1)], home.keys["ada"])
    assert len(home.outbox()) == 1, "it is not forgotten before it is proved"
    assert memory.last_seen(desk.identity.folder) == seen
    assert len(home.desk().settle()[0].done) == 1, "an honest ledger proves it"
    assert home.outbox() == []


def test_a_ledger_put_back_to_a_backup_is_noticed(home: House, tmp_path: Path) -> None:
    shutil.copytree(home.folder / "home", tmp_path / "backup")
    home.desk().record(home.seizing(1), home.keys["ada"])
    old = open_ledger(read_home(tmp_path / "backup"), Clock(home.clock.now))
    with pytest.raises(RollbackError, match="put back to an earlier state"):
        home.desk(ledger=old).record([home.registering(2)], home.keys["ada"])


def test_a_forked_ledger_is_noticed(home: House, tmp_path: Path) -> None:
    shutil.copytree(home.folder / "home", tmp_path / "fork")
    shutil.copytree(home.folder / "ids", tmp_path / "ids")
    home.desk().record(home.seizing(1), home.keys["ada"])
    fork = open_ledger(read_home(tmp_path / "fork"), Clock(home.clock.now))
    other = dataclasses.replace(home, folder=tmp_path, ledger=fork)
    for number in (2, 3):
        other.desk().record(other.seizing(number), other.keys["ada"])
    with pytest.raises(RollbackError, match="forked, restored from a backup, or is another"):
        home.desk(ledger=fork).look()


def test_a_checkpoint_without_the_second_signature_is_not_accepted(home: House) -> None:
    def stripped(note: bytes) -> bytes:
        read = Note.read(note)
        return read._replace(signatures=read.signatures[:1]).encode()

    with pytest.raises(SignatureError, match="ML-DSA"):
        home.desk(ledger=Wire(home.ledger, note=stripped)).look()


def test_a_cosigner_signs_the_same_statement(home: House) -> None:
    home.desk().record(home.seizing(1), home.keys["ada"])
    witness = Cosigner(home.identity("bo"), home.keys["bo"], Capacity.WITNESS)
    moved = asked("storage.moved", home.file.item(1))
    (done,) = home.desk().record([moved], home.keys["ada"], [witness])
    assert {(c.actor, c.capacity) for c in done.statement.signers} == {
        (home.identity().actor, Capacity.ACTOR),
        (home.identity("bo").actor, Capacity.WITNESS),
    }
    assert len(dsse.Envelope.read(done.submission.envelope).signatures) == 3


@pytest.mark.parametrize("act", ["transfer.accepted", "transfer.acknowledged", "actor.registered"])
def test_the_agent_is_not_even_asked_for_what_it_must_not_sign(home: House, act: str) -> None:
    keys = home.keys["ada"]._replace(method=UnlockMethod.AGENT)
    with pytest.raises(UsageError, match=f"{act} as .* wants Ada's passphrase"):
        home.desk().record([asked(act, home.file.item(1))], keys)
    witness = Cosigner(home.identity("bo"), keys, Capacity.WITNESS)
    with pytest.raises(UsageError, match="as witness wants Bo's passphrase"):
        home.desk().record([home.registering(1)], home.keys["ada"], [witness])


def test_an_act_that_is_not_declared_is_refused(home: House) -> None:
    with pytest.raises(UsageError, match="no act called"):
        home.desk().record([asked("item.eaten", home.file.item(1))], home.keys["ada"])


def test_what_another_process_is_sending_is_left_alone(home: House) -> None:
    with pytest.raises(PowerCut):
        home.desk(ledger=Wire(home.ledger, before=cut)).record(
            [home.registering(1)], home.keys["ada"]
        )
    (held,) = outbox.pending(home.identity().folder / "outbox")
    assert home.desk().settle() == []
    held.leave()
    assert len(home.desk().settle()) == 1


def test_a_proof_older_than_what_was_seen_since_is_as_good(home: House) -> None:
    with pytest.raises(PowerCut):
        home.desk(ledger=Wire(home.ledger, after=cut)).record(
            [home.registering(1)], home.keys["ada"]
        )
    (held,) = outbox.pending(home.identity().folder / "outbox")
    home.desk().record([home.registering(2)], home.keys["ada"])
    held.leave()
    seen = memory.last_seen(home.identity().folder)
    (settled,) = home.desk().settle()
    assert seen is not None
    assert Proof.read(settled.done[0].receipt.proofs[0]).checkpoint.size < seen.size
    assert memory.last_seen(home.identity().folder) == seen


@pytest.mark.parametrize("data", [b"", b"{}", b'{"asked":"","batch":[{}],"v":1}', b"\xff"])
def test_a_spoilt_outbox_is_not_passed_over(home: House, data: bytes) -> None:
    folder = home.identity().folder / "outbox"
    folder.mkdir(exist_ok=True)
    (folder / "spoilt.json").write_bytes(data)
    with pytest.raises(MalformedError, match="fate is unknown"):
        home.desk().record([home.registering(1)], home.keys["ada"])


def test_a_disk_that_cannot_keep_the_act_sends_nothing(home: House) -> None:
    folder = home.identity().folder / "outbox"
    shutil.rmtree(folder, ignore_errors=True)
    folder.write_text("in the way")
    wire = Wire(home.ledger)
    with pytest.raises(StorageError, match="nothing was sent"):
        home.desk(ledger=wire).record([home.registering(1)], home.keys["ada"])
    assert wire.sent == []


def test_the_outbox_is_nobody_elses_to_read(home: House) -> None:
    with pytest.raises(PowerCut):
        home.desk(ledger=Wire(home.ledger, before=cut)).record(
            [home.registering(1)], home.keys["ada"]
        )
    folder = home.identity().folder / "outbox"
    (file,) = folder.iterdir()
    assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)


def test_requests_are_told_apart_by_what_they_ask_for(home: House) -> None:
    note = asked("note.recorded", home.file.case, note="one")
    same = note._replace(given=dict(sorted(note.given.items(), reverse=True)))
    assert digest([note]) == digest([same])
    assert digest([note]) != digest([note, note])
    assert digest([note]) != digest([note._replace(given={**note.given, "note": "two"})])
    witness = Cosigner(home.identity("bo"), home.keys["bo"], Capacity.WITNESS)
    assert digest([note]) != digest([note], [witness])
    one, two = home.registering(1), home.registering(2)
    assert digest([one]) != digest([two]), "somebody chose the numbers"
    assert digest([one._replace(numbered=False)]) == digest([two._replace(numbered=False)])


def test_a_case_file_gives_the_tags_that_the_ledger_has(home: House) -> None:
    home.desk().record(home.seizing(1), home.keys["ada"])
    file = home.file
    assert home.acts(file.item(1).tag) == 3
    assert home.acts(file.register.tag) == 2
    assert casefile.next_number(home.ledger, file) == 2
    home.desk().record([home.registering(3), home.registering(2)], home.keys["ada"])
    assert casefile.next_number(home.ledger, file) == 4


def test_a_key_of_another_case_is_not_believed(home: House) -> None:
    class Liar(Wire):
        def case_key(self, tag: str) -> bytes:
            return bytes(32)

    with pytest.raises(SignatureError, match="does not give the case's tag"):
        casefile.open_file(Liar(home.ledger), home.case_tag)


def test_a_case_that_is_not_there_is_not_found(home: House) -> None:
    with pytest.raises(NotFoundError):
        casefile.open_file(home.ledger, "ab" * 32)
    with pytest.raises(NotFoundError, match="not on file"):
        casefile.first_reference(home.ledger, home.identity("bo").actor)


def test_the_outbox_file_says_what_the_formats_say(home: House) -> None:
    with pytest.raises(PowerCut):
        home.desk(ledger=Wire(home.ledger, before=cut)).record(
            [home.registering(1)], home.keys["ada"]
        )
    (file,) = (home.identity().folder / "outbox").iterdir()
    value = json.loads(file.read_bytes())
    assert value.keys() == {"asked", "batch", "v"}
    assert value["asked"] == digest([home.registering(1)])
    assert file.name.removesuffix(".json") == file.name.split(".")[0]


def test_what_changed_after_somebody_looked_is_not_signed_for(home: House) -> None:
    """The look at an item, the question, the passphrase: meanwhile its seal is broken."""
    desk, item = home.desk(), home.file.item(1)
    desk.record(home.seizing(1), home.keys["ada"])
    release = asked("transfer.released", item, to=home.identity("bo").actor)
    looked = desk.states([release])
    desk.record([asked("seal.broken", item)], home.keys["ada"])
    with pytest.raises(HeadMovedError, match="look again"):
        desk.record([release], home.keys["ada"], looked=looked)
    assert home.outbox() == []
    desk.record([release], home.keys["ada"], looked=desk.states([release]))


def test_a_remark_after_somebody_looked_changes_nothing(home: House) -> None:
    desk, item = home.desk(), home.file.item(1)
    desk.record(home.seizing(1), home.keys["ada"])
    release = asked("transfer.released", item, to=home.identity("bo").actor)
    looked = {**desk.states([release]), "ab" * 32: None}
    desk.record([asked("note.recorded", item, note="n")], home.keys["ada"])
    desk.record([release], home.keys["ada"], looked=looked)
