"""Hostile carried files: what an offer claims and does not prove is not believed, nor shown."""

import copy
import json
import random
import shutil
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from custody.carried import content, files, meeting
from custody.carried.checking import Examined, examine
from custody.core import canonical, disclosure
from custody.core.errors import CustodyError, MalformedError, ProofError, SignatureError
from custody.core.proof import Proof
from custody.identity import keyfile
from custody.opening import open_ledger, read_home
from tests.bench import plain
from tests.machines import Machines, machines, other_ledger
from tests.spec_tables import SPEC

Offer = dict[str, Any]
Spoil = Callable[[Offer], object]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Machines:
    """A sealed phone and a small file, offered to Bo; the phone's exhibit was corrected."""
    made = machines(tmp_path_factory.mktemp("carried"))
    made.ledger.seized("JS/1", "--seal", "S-41", "--description", "Black phone")
    made.ledger.acquired(made.ledger.file("a.bin", b"small"), "D/1")
    corrected = ("--field", "exhibit", "--value", "JS/7", "--reason", "transcription_error")
    made.ledger("correct", "JS/1", "#1", *corrected)
    made.offer("JS/7", "D/1")
    return made


@pytest.fixture
def offer(two: Machines) -> Offer:
    value = json.loads((two.stick / "offer.json").read_bytes())
    assert isinstance(value, dict)
    return value


def believes(two: Machines, value: Offer) -> Examined:
    """What Bo's software makes of an offer."""
    bo = keyfile.read(two.away.folder / "identities" / "bo")
    trust = meeting.pinned(bo)
    assert trust is not None
    return examine(files.read_offer(canonical.encode(value)), trust, bo.actor)


def test_the_offer_as_it_was_written_holds(two: Machines, offer: Offer) -> None:
    phone, disk = believes(two, offer).items
    assert (phone.name, phone.labels["exhibit"]) == ("K-7/1", "JS/7")
    assert phone.labels["description"] == "Black phone"
    assert phone.numbers == frozenset({"S-41"})
    assert "seal_number" not in phone.labels
    assert disk.content is not None


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where each string and number of a document stands."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in pairs:
        if isinstance(each, (dict, list)):
            yield from leaves(each, (*path, key))
        else:
            yield (*path, key)


def changed(value: str | int, at: int) -> str | int:
    """Another value of the same sort."""
    if isinstance(value, int):
        return value + 1
    at %= len(value)
    return f"{value[:at]}{'b' if value[at] != 'b' else 'c'}{value[at + 1 :]}"


def test_no_member_can_be_changed(two: Machines, offer: Offer) -> None:
    """Trust file and consistency are held against what she remembers, and tested apart."""
    chance, tried = random.Random(7), 0
    for path in leaves(offer):
        if path[0] in ("trust", "consistency"):
            continue
        spoilt = copy.deepcopy(offer)
        inner = spoilt
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = changed(inner[path[-1]], chance.randrange(10_000))
        with pytest.raises(CustodyError):
            believes(two, spoilt)
        tried += 1
    assert tried > 50


def test_nothing_can_be_left_out_or_said_twice(two: Machines, offer: Offer) -> None:
    for name in ("entries", "people"):
        for number in range(len(offer[name])):
            less = copy.deepcopy(offer)
            less[name].pop(number)
            with pytest.raises(CustodyError):
                believes(two, less)
    for name in ("entries", "people", "items"):
        more = copy.deepcopy(offer)
        more[name].append(more[name][0])
        with pytest.raises(MalformedError, match="twice"):
            believes(two, more)
    for item in range(2):
        for number in range(len(offer["items"][item]["records"])):
            gap = copy.deepcopy(offer)
            gap["items"][item]["records"].pop(number)
            with pytest.raises(CustodyError):
                believes(two, gap)


def test_bytes_at_random(two: Machines) -> None:
    """A reader raises what it declares, whatever the file holds."""
    data = (two.stick / "offer.json").read_bytes()
    chance = random.Random(11)
    for _ in range(200):
        spoilt = bytearray(data)
        for _ in range(chance.randrange(1, 4)):
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        try:
            files.read_offer(bytes(spoilt))
        except MalformedError:
            continue


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"form":1,"v":1}',
        b'{"form":"x","v":1}',
        b"[" * 50_000,
        b'{"form":"transfer.offer","v":2}',
        b'{"form":"transfer.offer","v":true}',
    ],
    ids=lambda data: repr(data[:40]),
)
def test_files_that_are_no_offers(two: Machines, data: bytes) -> None:
    path = two.stick / "strange.json"
    path.write_bytes(data)
    made = two.countersign(path, status=5)
    assert "E_MALFORMED" in made.err
    assert not (two.stick / "answer.json").exists()
    assert "E_MALFORMED" in two.ledger("submit", path, status=5).err


def test_a_file_beyond_all_limits_is_not_read(two: Machines) -> None:
    path = two.stick / "long.json"
    with path.open("wb") as file:
        file.truncate(files.LIMIT + 1)
    assert "no carried file is so long" in two.countersign(path, status=5).err


def test_an_offer_is_no_answer_and_says_who_reads_it(two: Machines) -> None:
    made = two.ledger("submit", two.stick / "offer.json", status=5)
    assert "`custody countersign` reads it" in plain(made.err)


def lies(offer: Offer, field: str, value: str) -> None:
    """Put a disclosure of the same field with another value in the place of the true one."""
    fresh = disclosure.make(field, value, lambda count: b"x" * count)
    for entry in offer["entries"]:
        entry["disclosures"] = [
            fresh.text if disclosure.read(text).field == field else text
            for text in entry["disclosures"]
        ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("description", "A box of chocolates"),
        ("exhibit", "JS/1"),
        ("value", "JS/1"),
        ("seal_number", "S-47"),
        ("content_sha256", "0" * 64),
        ("name", "Cy Twombly"),
        ("purpose_text", "sign here"),
    ],
)
def test_labels_that_lie(two: Machines, offer: Offer, field: str, value: str) -> None:
    before = copy.deepcopy(offer)
    lies(offer, field, value)
    assert offer != before
    with pytest.raises(ProofError, match="is not what was signed"):
        believes(two, offer)


def test_a_disclosure_that_belongs_nowhere(two: Machines, offer: Offer) -> None:
    stray = disclosure.make("warning", "do not read the seal", lambda count: b"x" * count)
    offer["entries"][0]["disclosures"].append(stray.text)
    with pytest.raises(ProofError, match="is not what was signed"):
        believes(two, offer)


def hides(offer: Offer, *fields: str) -> None:
    for entry in offer["entries"]:
        texts = entry["disclosures"]
        entry["disclosures"] = [t for t in texts if disclosure.read(t).field not in fields]


def test_what_is_withheld_is_not_shown_and_not_compared(two: Machines, offer: Offer) -> None:
    hides(offer, "seal_number", "description", "content_blake3")
    phone, disk = believes(two, offer).items
    assert phone.numbers is None
    assert "description" not in phone.labels
    found = content.compare(disk, two.ledger.folder / "evidence" / "a.bin")
    assert found == ("not_checked", "its digests are not in the offer")
    path = two.stick / "hidden.json"
    path.write_bytes(canonical.encode(offer))
    said = ("--only", "K-7/1", "--seal-read", "S-41")
    made = two.countersign(path, *said, status=4)
    assert "is withheld in the offer" in plain(made.err)


def test_a_correction_cannot_be_kept_back(two: Machines, offer: Offer) -> None:
    """Else a seal number that was corrected would be compared with the one that was wrong."""
    hides(offer, "value")
    phone, _ = believes(two, offer).items
    assert "exhibit" not in phone.labels


def proof_of(two: Machines, n: int) -> Proof:
    ledger = open_ledger(read_home(two.ledger.folder / "home"))
    return Proof.read(ledger.receipt(n))


def test_a_chain_that_ends_before_the_release(two: Machines, offer: Offer) -> None:
    """The log has proved every record: an earlier end of the chain is a true one, and too early."""
    records = offer["items"][0]["records"]
    records.pop()
    last = json.loads(b64decode(records[-1]))
    proof = proof_of(two, last["n"])
    offer["items"][0]["path"] = [b64encode(each).decode() for each in proof.path]
    with pytest.raises(CustodyError, match="not released any more"):
        believes(two, offer)


def test_other_items_chain_under_this_name(two: Machines, offer: Offer) -> None:
    first, second = offer["items"]
    for name in ("records", "path"):
        first[name], second[name] = second[name], first[name]
    with pytest.raises(ProofError, match="one of another subject"):
        believes(two, offer)


def test_another_record_is_not_the_beginning(two: Machines, offer: Offer) -> None:
    proof = proof_of(two, 1)
    offer["genesis"] = {
        "record": b64encode(proof.extra).decode(),
        "path": [b64encode(each).decode() for each in proof.path],
    }
    with pytest.raises(SignatureError, match="another ledger of that name"):
        believes(two, offer)


def test_a_release_to_somebody_else(two: Machines, offer: Offer) -> None:
    cy = keyfile.read(two.ledger.folder / "identities" / "cy")
    bo = keyfile.read(two.away.folder / "identities" / "bo")
    trust = meeting.pinned(bo)
    assert trust is not None
    with pytest.raises(CustodyError, match="released to somebody else"):
        examine(files.read_offer(canonical.encode(offer)), trust, cy.actor)


def test_a_releaser_whose_key_is_not_shown(two: Machines, offer: Offer) -> None:
    """Somebody else's chain does not vouch for the releaser's signature."""
    ledger = open_ledger(read_home(two.ledger.folder / "home"))
    cy = keyfile.read(two.ledger.folder / "identities" / "cy")
    (recorded,) = ledger.history(cy.actor)
    n = json.loads(recorded.record)["n"]
    path = [b64encode(each).decode() for each in proof_of(two, n).path]
    ada = offer["people"].pop()
    offer["people"].append({"path": path, "records": [b64encode(recorded.record).decode()]})
    own = {json.loads(b64decode(each))["env"] for each in ada["records"]}
    offer["entries"] = [e for e in offer["entries"] if digest(e) not in own] + [
        {"disclosures": [], "envelope": b64encode(recorded.envelope).decode()}
    ]
    with pytest.raises(SignatureError, match="does not show that the key"):
        believes(two, offer)


def digest(entry: dict[str, Any]) -> str:
    return sha256(b64decode(entry["envelope"])).hexdigest()


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
    assert "E_" in rogue("submit", own.stick / "answer.json", status=4).err


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


def test_an_identity_of_another_ledger_cannot_be_named(two: Machines) -> None:
    request = two.away.folder / "x.json"
    words = ("--name", "Bo Peep", "--organisation", "Lab", "--origin", "other.example/x")
    two.away("identity", "create", "stranger", *words, "-o", request)
    offer = two.stick / "offer.json"
    out = two.stick / "s.json"
    made = two.away("--as", "stranger", "countersign", offer, "-o", out, status=5)
    assert "is an identity at other.example/x" in plain(made.err)


def test_an_answer_brings_no_other_act(two: Machines) -> None:
    """A signed act is a bearer instrument: none comes in under a name that hides what it is."""
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


def test_what_the_specification_says_of_carried_files() -> None:
    text = SPEC.read_text().partition("### 11.7 Carried files")[2].partition("\n## ")[0]
    assert f"{files.LIMIT:,} bytes" in text
    assert f"{files.MANIFEST_MOST:,} bytes" in text
    for kind in (files.Offer, files.Answer, files.ItemChain, files.SignedEntry):
        assert [
            name for name in kind.FIELDS if f"`{name}`" not in text and f'"{name}"' not in text
        ] == []
