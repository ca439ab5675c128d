"""Hostile carried files: what an offer claims and does not prove is not believed, nor shown."""

import copy
import json
import random
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256
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
from tests.carriers import hides, lies
from tests.machines import Machines, machines
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


def test_what_the_specification_says_of_carried_files() -> None:
    text = SPEC.read_text().partition("### 11.7 Carried files")[2].partition("\n## ")[0]
    assert f"{files.LIMIT:,} bytes" in text
    assert f"{files.MANIFEST_MOST:,} bytes" in text
    for kind in (files.Offer, files.Answer, files.ItemChain, files.SignedEntry):
        assert [
            name for name in kind.FIELDS if f"`{name}`" not in text and f'"{name}"' not in text
        ] == []
