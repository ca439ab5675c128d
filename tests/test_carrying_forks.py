"""Hostile ledgers and hostile couriers: forks, namesakes, and answers changed on the way."""

import copy
import json
import shutil
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

from custody.core import canonical
from custody.identity import keyfile
from custody.opening import open_ledger, read_home
from tests.bench import plain
from tests.carriers import hides, lies
from tests.machines import machines, other_ledger

Offer = dict[str, Any]
Spoil = Callable[[Offer], object]


def test_a_list_of_files_that_is_not_the_one_on_file(tmp_path: Path) -> None:
    own = machines(tmp_path)
    folder = own.ledger.folder / "evidence" / "tree"
    folder.mkdir(parents=True)
    (folder / "a").write_bytes(b"a")
    own.ledger.acquired(folder, "F/1")
    path = own.offer("F/1")

    def other(value: Offer) -> None:
        lines = b64decode(value["items"][0]["manifest"]).replace(b'"path":"a"', b'"path":"b"')
        value["items"][0]["manifest"] = b64encode(lines).decode()

    made = own.countersign(own.spoilt(path, other), "--content", folder, status=5)
    assert "is not the one on file" in made.err


def test_another_ledger_of_the_same_name(tmp_path: Path) -> None:
    """Somebody enrolled the very same Bo, under the same name of the ledger, with other log keys."""
    own = machines(tmp_path)
    rogue = other_ledger(tmp_path / "rogue", own.away)
    rogue.seized("JS/1")
    path = own.stick / "rogue.json"
    rogue("transfer", "offer", "JS/1", "--to", "Bo Peep", "--purpose", "storage", "-o", path)
    assert "has not signed this checkpoint" in own.countersign(path, status=5).err
    identity = own.away.folder / "identities" / "bo"
    trust = own.stick / "trust.txt"
    own.ledger("trust", "show", "-o", trust)
    for name in ("trust.txt", "seen.json"):
        (identity / name).unlink()
    assert "has not signed" in own.countersign(path, "--trust", trust, status=5).err
    assert not (identity / "trust.txt").exists()
    rogue("trust", "show", "-o", own.stick / "theirs.txt")
    own.ledger.seized("JS/1")
    own.countersign(own.offer("JS/1"), "--trust", trust)
    made = own.countersign(path, "--trust", own.stick / "theirs.txt", name="b.json", status=2)
    assert "is not the trust file that Bo Peep has pinned" in plain(made.err)
    assert "E_SEEN" in rogue("submit", own.stick / "answer.json", status=4).err


def test_a_fork_of_what_she_has_seen(tmp_path: Path) -> None:
    """The operator's own keys over another past: her memory notices."""
    own = machines(tmp_path)
    fork = tmp_path / "fork"
    shutil.copytree(own.ledger.folder, fork)
    own.ledger.seized("JS/1")
    own.countersign(own.offer("JS/1"))
    other = type(own.ledger)(fork)
    other.seized("JS/1", "--description", "Another phone")
    other("note", "K-7", "-m", "longer than the true one")
    path = own.stick / "fork.json"
    words = ("--to", "Bo Peep", "--purpose", "storage")
    other("transfer", "offer", "JS/1", *words, "-o", path)
    made = own.countersign(path, name="b.json", status=5)
    assert "E_ROLLBACK" in made.err
    assert not (own.stick / "b.json").exists()


def test_a_forged_proof_that_it_goes_on(tmp_path: Path) -> None:
    own = machines(tmp_path)
    own.ledger.seized("JS/1")

    def forge(value: Offer) -> None:
        for each in value["consistency"]:
            each["path"] = [b64encode(b"x" * 32).decode() for _ in each["path"]]

    made = own.countersign(own.spoilt(own.offer("JS/1"), forge), status=5)
    assert "E_ROLLBACK" in made.err


def test_answers_that_were_changed_on_the_way(tmp_path: Path) -> None:
    own = machines(tmp_path)
    own.ledger.seized("JS/1")
    own.countersign(own.offer("JS/1"), "--storage", "Shelf 3")
    path = own.stick / "answer.json"
    answer = json.loads(path.read_bytes())

    def refused(spoil: Spoil) -> str:
        value = copy.deepcopy(answer)
        spoil(value)
        (own.stick / "spoilt.json").write_bytes(canonical.encode(value))
        return plain(own.submit(name="spoilt.json", status=5).err)

    def signature(value: Offer) -> None:
        entry = value["entries"][0]
        envelope = json.loads(b64decode(entry["envelope"]))
        bytes_ = bytearray(b64decode(envelope["signatures"][0]["sig"]))
        bytes_[0] ^= 1
        envelope["signatures"][0]["sig"] = b64encode(bytes_).decode()
        entry["envelope"] = b64encode(canonical.encode(envelope)).decode()

    assert "E_SIGNATURE" in refused(signature)
    assert "E_MALFORMED" in refused(lambda v: lies(v, "storage", "Shelf 4"))
    assert "without the disclosures of storage" in refused(lambda v: hides(v, "storage"))
    assert "the answer is for the ledger other" in refused(lambda v: v.update(ledger="other"))
    assert "no member is called more" in refused(lambda v: v.update(more=1))
    assert "a list of 1 to 1000" in refused(lambda v: v.update(entries=[]))
    assert own.ledger.item("JS/1")["holder"] == "Ada Byron (Lab)"
    own.submit()
    assert own.ledger.item("JS/1")["holder"] == "Bo Peep (Lab)"


def test_an_identity_of_another_ledger_cannot_be_named(tmp_path: Path) -> None:
    two = machines(tmp_path)
    two.ledger.seized("JS/1")
    two.offer("JS/1")
    request = two.away.folder / "x.json"
    words = ("--name", "Bo Peep", "--organisation", "Lab", "--origin", "other.example/x")
    two.away("identity", "create", "stranger", *words, "-o", request)
    offer = two.stick / "offer.json"
    out = two.stick / "s.json"
    made = two.away("--as", "stranger", "countersign", offer, "-o", out, status=5)
    assert "is an identity at other.example/x" in plain(made.err)


def test_an_answer_brings_no_other_act(tmp_path: Path) -> None:
    """A signed act is a bearer instrument: none comes in under a name that hides what it is."""
    two = machines(tmp_path)
    ledger = open_ledger(read_home(two.ledger.folder / "home"))
    cy = keyfile.read(two.ledger.folder / "identities" / "cy")
    (recorded,) = ledger.history(cy.actor)
    entry = {
        "disclosures": list(recorded.disclosures),
        "envelope": b64encode(recorded.envelope).decode(),
    }
    value = {"entries": [entry], "form": "transfer.answer", "ledger": ledger.origin, "v": 1}
    path = two.stick / "other.json"
    path.write_bytes(canonical.encode(value))
    made = two.ledger("submit", path, status=5)
    assert "this one holds actor.registered" in plain(made.err)
