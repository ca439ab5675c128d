"""Signatures of a whole ledger, verified here or by another process: the same is found."""

import multiprocessing
from pathlib import Path

import pytest

from custody.core import dsse
from custody.core.dsse import Signature
from custody.core.errors import SignatureError, StorageError
from custody.core.findings import Check, Outcome
from custody.ledger.signatures import Signatures
from tests.ledgers import Live, told
from tests.test_rebuild import look, recorded_unasked, swap, tamper
from tests.worlds import Story, signer_of


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return told(tmp_path / "home")


@pytest.fixture
def live(story: Story) -> Live:
    assert isinstance(story.world, Live)
    return story.world


@pytest.mark.parametrize("spread", [{}, {"processes": 2, "share": 1}], ids=["here", "elsewhere"])
def test_a_signature_that_the_ledger_should_have_refused_is_found(
    live: Live, story: Story, spread: dict[str, int]
) -> None:
    assert look(live, full=True, **spread).sound
    made = live.draft("note.recorded", [story.laptop], {"note": "so it was"}, signers=[story.dora])
    ((keyid, signature),) = made.envelope.signatures
    forged = Signature(keyid, bytes([signature[0] ^ 1]) + signature[1:])
    n = recorded_unasked(live, made._replace(envelope=made.envelope._replace(signatures=(forged,))))
    (finding,) = (
        f for f in look(live, full=True, **spread).findings if f.outcome is Outcome.FAILED
    )
    assert (finding.check, finding.subject) == (Check.SIGNATURE, f"record {n}")
    assert "this is no ed25519 signature by key" in finding.detail


@pytest.mark.parametrize("spread", [{}, {"processes": 2, "share": 1}], ids=["here", "elsewhere"])
def test_a_checkpoint_that_the_log_did_not_sign_is_found(
    live: Live, story: Story, spread: dict[str, int]
) -> None:
    tamper(live, swap("checkpoint", "note", "size = 6", "— ", "— other."))
    (finding,) = (
        f for f in look(live, full=True, **spread).findings if f.outcome is Outcome.FAILED
    )
    assert (finding.check, finding.subject) == (Check.CHECKPOINT, "checkpoint of 6 records")


@pytest.mark.parametrize("share", [1, 3, 10])
def test_where_the_other_process_is_busy_signatures_are_verified_here(share: int) -> None:
    signers = [signer_of("one"), signer_of("two")]
    entries = [dsse.sign(dsse.STATEMENT, b"%d" % n, signers) for n in range(40)]
    keys = [each.key for each in signers]
    swapped = entries[7]._replace(signatures=entries[8].signatures)
    with Signatures([], len(entries) * share, 2, share) as signatures:
        for n, envelope in enumerate([*entries, swapped]):
            signatures.take(n, envelope, keys)
        found = list(signatures.findings())
    assert {(each.check, each.subject) for each in found} == {(Check.SIGNATURE, "record 40")}
    assert not list(signatures.findings())


def test_where_the_other_process_is_killed_nothing_is_concluded() -> None:
    one = signer_of("one")
    envelope = dsse.sign(dsse.STATEMENT, b"{}", [one])
    with Signatures([], 1000, 2, 1) as signatures:
        signatures.take(0, envelope, [one.key])
        (worker,) = multiprocessing.active_children()
        worker.kill()
        worker.join()
        with pytest.raises(StorageError, match=r"nothing can be concluded.*--processes 1"):
            signatures.take(1, envelope, [one.key])
            list(signatures.findings())


@pytest.mark.parametrize("processes", [1, 2])
def test_signatures_of_others_than_had_to_sign_are_refused_at_once(processes: int) -> None:
    one, two = signer_of("one"), signer_of("two")
    envelope = dsse.sign(dsse.STATEMENT, b"{}", [one])
    with Signatures([], 1000, processes, 1) as signatures:
        with pytest.raises(SignatureError, match="the signature is missing of key"):
            signatures.take(0, envelope, [one.key, two.key])
        with pytest.raises(SignatureError, match="key"):
            signatures.take(0, envelope, [two.key])
        assert not list(signatures.findings())
