"""The log signer: keys of its own, a memory of its own, and nothing signed that does not extend."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from custody.core import checkpoint, tree
from custody.core.checkpoint import Checkpoint
from custody.core.errors import RollbackError, StorageError
from custody.core.note import Note
from custody.ledger.signer import (
    ED25519_FILE,
    LOCK_FILE,
    MLDSA_FILE,
    SLOT,
    STATE_FILE,
    LogSigner,
    Signed,
    decoded,
    encoded,
)
from tests.memory import ORIGIN

NOW = 1_790_000_000


class Log:
    """A plain tree to sign checkpoints of."""

    def __init__(self, leaves: int, salt: bytes = b"") -> None:
        self.leaves = [tree.leaf_hash(salt + b"%d" % n) for n in range(leaves)]

    def node(self, level: int, index: int) -> bytes:
        return tree.root(self.leaves[index << level : (index + 1) << level])

    def root(self, size: int) -> bytes:
        return tree.root(self.leaves[:size])

    def extends(self, old: int, new: int) -> Sequence[bytes]:
        return tree.consistency_path(old, new, self.node)


LOG = Log(40)


@pytest.fixture
def signer(tmp_path: Path) -> LogSigner:
    return LogSigner.create(tmp_path / "log", ORIGIN)


def sign(signer: LogSigner, size: int, log: Log = LOG) -> bytes:
    return signer.sign(size, log.root(size), log.extends, NOW)


def test_a_checkpoint_carries_both_signatures_of_the_log(signer: LogSigner) -> None:
    note = Note.read(sign(signer, 7))
    claim = Checkpoint.read(note.text)
    assert claim == Checkpoint(ORIGIN, 7, LOG.root(7))
    assert [each.id for each in note.signatures] == [signer.key.id, signer.mldsa_key.id]
    times = [
        checkpoint.verify(key, each.signature, claim)
        for key, each in zip((signer.key, signer.mldsa_key), note.signatures, strict=True)
    ]
    assert times == [0, NOW]


def test_what_was_signed_is_remembered_by_the_next_process(signer: LogSigner) -> None:
    note = sign(signer, 7)
    assert LogSigner(signer.folder, ORIGIN).signed() == Signed(7, LOG.root(7), note)


def test_signing_the_same_again_gives_the_same_note(signer: LogSigner) -> None:
    assert sign(signer, 7) == sign(signer, 7)


@pytest.mark.parametrize("sizes", [(1, 2, 3, 40), (5, 8, 16, 33), (39, 40)])
def test_extensions_are_signed(signer: LogSigner, sizes: tuple[int, ...]) -> None:
    for size in sizes:
        sign(signer, size)
    assert signer.signed().size == sizes[-1]


def test_a_smaller_tree_is_a_rollback(signer: LogSigner) -> None:
    sign(signer, 9)
    with pytest.raises(RollbackError, match=r"holds 8 records, but 9 have been signed.*restored"):
        sign(signer, 8)
    assert signer.signed().size == 9


@pytest.mark.parametrize("size", [9, 10, 40])
def test_another_tree_is_a_fork(signer: LogSigner, size: int) -> None:
    sign(signer, 9)
    with pytest.raises(RollbackError, match=r"does not extend the 9 records.*rollback or fork"):
        sign(signer, size, Log(40, b"other"))
    assert signer.signed().root == LOG.root(9)


def test_a_lost_state_is_refused_with_what_to_do(signer: LogSigner) -> None:
    sign(signer, 9)
    (signer.folder / STATE_FILE).unlink()
    with pytest.raises(RollbackError, match=r"is missing.*newest copy.*continues this one"):
        sign(signer, 10)


def test_a_torn_write_leaves_the_state_before_it(signer: LogSigner) -> None:
    first = sign(signer, 9)
    sign(signer, 10)
    path = signer.folder / STATE_FILE
    slots = [path.read_bytes()[at : at + SLOT] for at in (0, SLOT)]
    newest = max((0, 1), key=lambda k: (decoded(slots[k]) or Signed(-1, b"", b"")).size)
    with path.open("r+b") as file:
        file.seek(newest * SLOT + 1000)
        file.write(b"torn")
    assert signer.signed() == Signed(9, LOG.root(9), first)
    sign(signer, 11)
    assert signer.signed().size == 11


def test_a_state_with_two_spoilt_slots_is_refused(signer: LogSigner) -> None:
    (signer.folder / STATE_FILE).write_bytes(bytes(2 * SLOT))
    with pytest.raises(RollbackError, match="is damaged"):
        signer.signed()


def test_every_altered_byte_of_a_slot_is_noticed() -> None:
    slot = encoded(Signed(3, LOG.root(3), b"note\n"))
    used = len(slot.rstrip(b"\n"))
    for at in range(used):
        altered = bytearray(slot)
        altered[at] ^= 1
        assert decoded(bytes(altered)) is None, f"byte {at}"
    assert decoded(slot) == Signed(3, LOG.root(3), b"note\n")


def test_only_the_owner_can_read_keys_and_state(signer: LogSigner) -> None:
    assert signer.folder.stat().st_mode & 0o777 == 0o700
    for name in (ED25519_FILE, MLDSA_FILE, STATE_FILE, LOCK_FILE):
        assert (signer.folder / name).stat().st_mode & 0o777 == 0o600, name


@pytest.mark.parametrize("name", [ED25519_FILE, MLDSA_FILE])
def test_a_key_that_others_can_read_is_refused(signer: LogSigner, name: str) -> None:
    (signer.folder / name).chmod(0o640)
    with pytest.raises(StorageError, match=f"others can read the log key .*{name}: chmod 600"):
        LogSigner(signer.folder, ORIGIN)


def test_a_missing_key_is_refused(signer: LogSigner) -> None:
    (signer.folder / MLDSA_FILE).unlink()
    with pytest.raises(StorageError, match="cannot be read: No such file"):
        LogSigner(signer.folder, ORIGIN)


def test_keys_in_the_wrong_files_are_refused(signer: LogSigner) -> None:
    (signer.folder / ED25519_FILE).rename(signer.folder / "x")
    (signer.folder / MLDSA_FILE).rename(signer.folder / ED25519_FILE)
    with pytest.raises(StorageError, match="not of the kind Ed25519PrivateKey"):
        LogSigner(signer.folder, ORIGIN)


def test_a_file_that_is_no_key_is_refused(signer: LogSigner) -> None:
    (signer.folder / ED25519_FILE).write_text("nothing")
    with pytest.raises(StorageError, match="is no private key"):
        LogSigner(signer.folder, ORIGIN)


def test_no_keys_are_made_where_there_are_some(signer: LogSigner) -> None:
    with pytest.raises(StorageError, match="File exists"):
        LogSigner.create(signer.folder, ORIGIN)


def test_two_logs_have_different_keys(signer: LogSigner, tmp_path: Path) -> None:
    other = LogSigner.create(tmp_path / "other", ORIGIN)
    assert other.key != signer.key
    assert other.mldsa_key != signer.mldsa_key


def test_one_turn_at_a_time(signer: LogSigner) -> None:
    hasty = LogSigner(signer.folder, ORIGIN, patience=0.02)
    refused = pytest.raises(StorageError, match=r"has been recording for 0\.02 seconds")
    with signer.turn(), refused, hasty.turn():
        raise AssertionError("two turns at once")
    with hasty.turn():
        pass
