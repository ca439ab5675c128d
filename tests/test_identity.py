"""Identity files, passphrases, and what an identity remembers of its ledger."""

import json
import os
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from custody.core import tags
from custody.core.errors import (
    MalformedError,
    NotFoundError,
    RollbackError,
    SignatureError,
    StorageError,
    UsageError,
)
from custody.core.keys import Algorithm
from custody.identity import keyfile, memory, pkcs8
from custody.identity.keyfile import Identity
from custody.identity.passphrases import Passphrases, variable
from custody.identity.signers import generated
from custody_schemas.terms import UnlockMethod
from tests.bench import quick_keys

ORIGIN = "agency.example/evidence"
PASSPHRASE = "three dusty crates"


def made(
    folder: Path, *, algorithm: Algorithm = Algorithm.ED25519, partner: bool = False
) -> Identity:
    with quick_keys():
        identity, _ = keyfile.create(
            folder,
            origin=ORIGIN,
            name="Дежурный Ёлкин",
            organisation="Digital Forensics Unit",
            passphrase=PASSPHRASE,
            entropy=os.urandom,
            algorithm=algorithm,
            partner=partner,
        )
    return identity


@pytest.mark.parametrize("algorithm", [Algorithm.ED25519, Algorithm.P256])
def test_a_key_of_each_kind_signs_after_a_round_trip_through_the_disk(
    tmp_path: Path, algorithm: Algorithm
) -> None:
    made(tmp_path / "examiner", algorithm=algorithm)
    (signer,) = keyfile.read(tmp_path / "examiner").unlock(PASSPHRASE)
    signer.key.verify(signer.sign(b"message"), b"message")
    with pytest.raises(SignatureError):
        signer.key.verify(signer.sign(b"message"), b"massage")


def test_what_is_read_is_what_was_made(tmp_path: Path) -> None:
    identity = made(tmp_path / "examiner", partner=True)
    assert keyfile.read(tmp_path / "examiner") == identity
    assert keyfile.listed(tmp_path) == [identity]
    assert identity.actor == tags.actor_tag(ORIGIN, identity.key.id)
    assert identity.partner is not None
    assert identity.partner.algorithm is Algorithm.ML_DSA_65
    assert [s.key for s in identity.unlock(PASSPHRASE)] == [identity.key, identity.partner]


def test_nothing_of_the_folder_is_open_to_others_and_no_secret_is_in_it(tmp_path: Path) -> None:
    identity = made(tmp_path / "ids" / "examiner")
    modes = {stat.S_IMODE(p.stat().st_mode) for p in (identity.folder, identity.folder.parent)}
    assert modes == {0o700}
    file = identity.folder / keyfile.FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (signer,) = identity.unlock(PASSPHRASE)
    assert pkcs8.plain(signer.private)[-32:] not in file.read_bytes()
    assert [p.name for p in identity.folder.parent.iterdir()] == ["examiner"]


@pytest.mark.needs("openssl")
def test_the_key_opens_by_hand_with_openssl(tmp_path: Path) -> None:
    identity = made(tmp_path / "examiner")
    (tmp_path / "key.der").write_bytes(identity.keys[0].sealed)
    arguments = ["openssl", "pkey", "-inform", "DER", "-in", "key.der", "-pubout"]
    spki = subprocess.run(
        [*arguments, "-outform", "DER", "-passin", f"pass:{PASSPHRASE}"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    ).stdout
    assert spki == identity.key.spki


def test_a_wrong_passphrase_and_an_empty_one_are_refused(tmp_path: Path) -> None:
    identity = made(tmp_path / "examiner")
    with pytest.raises(SignatureError, match="does not open"):
        identity.unlock(PASSPHRASE + " ")
    with pytest.raises(UsageError, match="empty passphrase"):
        identity.unlock("")


def test_a_key_is_as_slow_to_guess_as_it_is_meant_to_be() -> None:
    """scrypt with N = 2^14, r = 8, p = 5 and 32 bytes, as it stands in the key file."""
    sealed = pkcs8.seal(generated(Algorithm.ED25519).private, PASSPHRASE, os.urandom)
    assert bytes.fromhex("0202 4000 0201 08 0201 05 0201 20") in sealed


def test_the_same_letters_typed_on_another_keyboard_open_the_key() -> None:
    signer = generated(Algorithm.ED25519)
    sealed = pkcs8.seal(signer.private, "caf\u00e9 noir", os.urandom)
    assert pkcs8.plain(pkcs8.opened(sealed, "cafe\u0301 noir")) == pkcs8.plain(signer.private)


def test_a_key_of_a_kind_that_signs_nothing_here_is_refused(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric import x25519

    with pytest.raises(MalformedError, match="X25519"):
        pkcs8.checked(x25519.X25519PrivateKey.generate())


def test_a_private_key_put_under_another_public_one_is_noticed(tmp_path: Path) -> None:
    one, two = made(tmp_path / "one"), made(tmp_path / "two")
    path = one.folder / keyfile.FILE
    value = json.loads(path.read_text())
    value["keys"][0]["private"] = json.loads((two.folder / keyfile.FILE).read_text())["keys"][0][
        "private"
    ]
    path.write_text(json.dumps(value))
    with pytest.raises(SignatureError, match="private key of another"):
        keyfile.read(one.folder).unlock(PASSPHRASE)


def test_an_identity_is_never_overwritten(tmp_path: Path) -> None:
    identity = made(tmp_path / "examiner")
    with pytest.raises(UsageError, match="exists"):
        made(tmp_path / "examiner")
    assert keyfile.read(tmp_path / "examiner") == identity


@pytest.mark.parametrize("name", [".hidden", "a b", "é", "a" * 65, "x/../y"])
def test_a_name_that_is_no_folder_is_refused(tmp_path: Path, name: str) -> None:
    folder = Path(f"{tmp_path}/{name}") if "/" not in name else tmp_path / "-"
    with pytest.raises(UsageError, match="letters, digits"):
        made(folder)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_refuses_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StorageError, match="cannot be written"):
        made(tmp_path / "file" / "examiner")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


SPOILT: dict[str, Callable[[dict[str, Any]], object]] = {
    "a member missing": lambda v: v.pop("actor"),
    "another version": lambda v: v.update(v=2),
    "a name that is no text": lambda v: v.update(name=7),
    "no key": lambda v: v["keys"].clear(),
    "no public key": lambda v: v["keys"][0].update(public="AAAA"),
    "not base64": lambda v: v["keys"][0].update(private="?"),
    "a key that is no object": lambda v: v.update(keys=[1]),
}


@pytest.mark.parametrize("spoilt", SPOILT)
def test_a_spoilt_file_is_refused_by_name(tmp_path: Path, spoilt: str) -> None:
    path = made(tmp_path / "examiner").folder / keyfile.FILE
    value = json.loads(path.read_text())
    SPOILT[spoilt](value)
    path.write_text(json.dumps(value))
    with pytest.raises(MalformedError, match="not an identity file"):
        keyfile.read(path.parent)


def test_a_partner_key_is_no_identity_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="beside another key"):
        made(tmp_path / "examiner", algorithm=Algorithm.ML_DSA_65)


def test_an_identity_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no identity in"):
        keyfile.read(tmp_path / "nobody")
    assert keyfile.listed(tmp_path / "nowhere") == []


def test_the_last_checkpoint_seen_never_goes_back(tmp_path: Path) -> None:
    assert memory.last_seen(tmp_path) is None
    five = memory.LastSeen(5, "ab" * 32)
    memory.advance(tmp_path, five)
    memory.advance(tmp_path, memory.LastSeen(3, "cd" * 32))
    assert memory.last_seen(tmp_path) == five
    with pytest.raises(RollbackError, match="two different ledgers of 5"):
        memory.advance(tmp_path, memory.LastSeen(5, "cd" * 32))
    memory.advance(tmp_path, memory.LastSeen(6, "ef" * 32))
    assert memory.last_seen(tmp_path) == memory.LastSeen(6, "ef" * 32)
    assert [p.name for p in tmp_path.iterdir()] == ["seen.json"]


@pytest.mark.parametrize("text", ["", "{}", '{"size":1,"root":"ab"}', '{"size":"1","root":""}'])
def test_a_spoilt_memory_is_not_guessed_at(tmp_path: Path, text: str) -> None:
    (tmp_path / "seen.json").write_text(text)
    with pytest.raises(MalformedError, match="spoilt"):
        memory.last_seen(tmp_path)


def test_a_pinned_trust_file_is_not_replaced_in_passing(tmp_path: Path) -> None:
    assert memory.pinned(tmp_path) is None
    memory.pin(tmp_path, b"log one\n")
    memory.pin(tmp_path, b"log one\n")
    with pytest.raises(UsageError, match="compare the fingerprints"):
        memory.pin(tmp_path, b"log two\n")
    assert memory.pinned(tmp_path) == b"log one\n"


def test_passphrases_come_from_the_nearest_source(tmp_path: Path) -> None:
    identity = made(tmp_path / "duty.examiner")
    assert variable("duty.examiner") == "CUSTODY_PASSPHRASE_DUTY_EXAMINER"
    file = tmp_path / "file"
    file.write_text(f"{PASSPHRASE}\nsecond line\n")
    wrong = {"CUSTODY_PASSPHRASE": "wrong"}
    named = {**wrong, "CUSTODY_PASSPHRASE_DUTY_EXAMINER": PASSPHRASE}
    right = {"CUSTODY_PASSPHRASE": PASSPHRASE}
    methods = [
        Passphrases(named, file=Path("/nowhere")).unlock(identity).method,
        Passphrases(wrong, file=file).unlock(identity).method,
        Passphrases(right, prompt=pytest.fail).unlock(identity).method,
        Passphrases({}, prompt=lambda _: PASSPHRASE).unlock(identity).method,
    ]
    environment, prompt = UnlockMethod.ENVIRONMENT, UnlockMethod.PROMPT
    assert methods == [environment, UnlockMethod.FILE, environment, prompt]


def test_a_cosigner_is_asked_although_the_environment_holds_a_passphrase(tmp_path: Path) -> None:
    identity = made(tmp_path / "second")
    general = {"CUSTODY_PASSPHRASE": PASSPHRASE}
    asked = Passphrases(general, prompt=lambda _: PASSPHRASE).unlock(identity, own=False)
    assert asked.method is UnlockMethod.PROMPT
    alone = Passphrases(general).unlock(identity, own=False)
    assert alone.method is UnlockMethod.ENVIRONMENT


def test_a_person_may_mistype_twice_and_no_more(tmp_path: Path) -> None:
    identity = made(tmp_path / "examiner")
    typed = iter(["one", "two", PASSPHRASE, "one", "two", "three", PASSPHRASE])
    passphrases = Passphrases({}, prompt=lambda _: next(typed))
    assert passphrases.unlock(identity).signers[0].key == identity.key
    with pytest.raises(SignatureError, match="does not open"):
        passphrases.unlock(identity)
    assert list(typed) == [PASSPHRASE]


def test_a_wrong_passphrase_in_the_environment_is_not_followed_by_a_question(
    tmp_path: Path,
) -> None:
    identity = made(tmp_path / "examiner")
    with pytest.raises(SignatureError):
        Passphrases({"CUSTODY_PASSPHRASE": "wrong"}, prompt=pytest.fail).unlock(identity)


def test_with_no_source_the_message_lists_them(tmp_path: Path) -> None:
    identity = made(tmp_path / "examiner")
    with pytest.raises(UsageError, match="--passphrase-file"):
        Passphrases({}).unlock(identity)
    with pytest.raises(NotFoundError, match="nowhere"):
        Passphrases({}, file=tmp_path / "nowhere").unlock(identity)
    (tmp_path / "latin").write_bytes(b"caf\xe9\n")
    with pytest.raises(UsageError, match="not UTF-8"):
        Passphrases({}, file=tmp_path / "latin").unlock(identity)


def test_a_new_passphrase_is_typed_twice_alike() -> None:
    typed = iter(["one", "one", "one", "two"])
    passphrases = Passphrases({}, prompt=lambda _: next(typed))
    assert passphrases.chosen("examiner") == ("one", UnlockMethod.PROMPT)
    with pytest.raises(UsageError, match="differ"):
        passphrases.chosen("examiner")
    assert Passphrases({"CUSTODY_PASSPHRASE": "given"}).chosen("examiner").text == "given"


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    memory.advance(tmp_path, memory.LastSeen(1, "ab" * 32))
    shutil.rmtree(tmp_path)
    with pytest.raises(StorageError, match=r"seen\.json cannot be written"):
        memory.advance(tmp_path, memory.LastSeen(2, "ab" * 32))
