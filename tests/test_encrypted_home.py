"""A ledger's evidence at rest: nothing of it lies there in the clear, and without keys nothing opens."""

import os
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from custody import opening
from custody.core.errors import NotFoundError
from custody.core.reading import read_record
from custody_schemas import answers
from tests import olden
from tests.aged import decrypted, encrypted
from tests.bench import CASE, ORIGIN, Bench, bench, plain
from tests.entries import entries
from tests.vaults import content, vault_of

SECRET = b"what nobody may find by looking at the disk"
BIG = SECRET * 5000
FOUNDER = ("--name", "Ada Byron", "--organisation", "Lab", "--as", "ada")


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    return bench(tmp_path)


def found(folder: Path, secret: bytes = SECRET) -> list[Path]:
    """Files in which it stands."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path for path in files if secret in path.read_bytes()]


def object_key(run: Bench, name: str) -> bytes:
    return vault_of(run.folder / "home").keys.key(f"object/{name}").secret


def taken_in(run: Bench) -> list[str]:
    """A file, a folder with a small file, an attachment and a log, all with the secret inside."""
    run.file("folder/small.txt", SECRET)
    run.file("folder/big.bin", BIG + b"2")
    items = [
        run.acquired(run.file("disk.bin", BIG), "JS/1"),
        run.acquired(run.folder / "evidence" / "folder", "JS/2"),
    ]
    run("note", items[0], "-m", "seen", "--attach", run.file("scene.jpg", SECRET + b"3"))
    return items


def test_evidence_stands_nowhere_in_the_clear(run: Bench) -> None:
    items = taken_in(run)
    run("derive", items[0], run.file("part.bin", SECRET + b"4"), "--kind", "extraction")
    run.json("check", *items)
    assert found(run.folder / "home") == []
    assert found(run.folder / "evidence") != []
    objects = content(run.folder / "home")
    assert {SECRET, BIG, SECRET + b"3", SECRET + b"4"} <= set(objects.values())
    assert all(sha256(data).hexdigest() == name for name, data in objects.items())


def test_an_image_is_decoded_out_of_the_vault_and_leaves_nothing_behind(run: Bench) -> None:
    for number in (1, 2):
        run.file(f"disk.00{number}", BIG)
    log = run.file("disk.txt", b"MD5: 0123\n")
    run.acquired(run.folder / "evidence" / "disk.001", "JS/1", "--log", log)
    assert found(run.folder / "home") == []


@pytest.mark.needs("age")
def test_the_tools_of_others_decrypt_what_a_key_is_given_for(run: Bench, tmp_path: Path) -> None:
    taken_in(run)
    for name, data in content(run.folder / "home").items():
        path = run.vault_object(name)
        assert decrypted(path, object_key(run, name), tmp_path) == data
        assert decrypted(path, bytes(32), tmp_path) is None


def test_a_backup_holds_no_keys_and_says_what_is_missing(run: Bench) -> None:
    item, _ = taken_in(run)
    run("backup", run.folder / "copy")
    assert found(run.folder / "copy") == []
    assert not (run.folder / "copy" / "keys").exists()
    there = ("--home", run.folder / "copy")
    made = run(*there, "check", item, status=5)
    assert f"the keys of {ORIGIN} are not in {run.folder / 'copy' / 'keys'}" in plain(made.err)
    assert "E_KEYSTORE" in made.err
    assert entries(run, item, "integrity.verified") == [], "nothing is said against the evidence"
    for words in ((*there, "verify", "--full"), ("recover", "check", run.folder / "copy")):
        assert "bring back there what `custody backup keys` saved" in plain(
            run(*words, status=5).err
        )
    shutil.copytree(run.folder / "home" / "keys", run.folder / "copy" / "keys")
    saved = read_record(answers.Saved, run.json("recover", "check", run.folder / "copy"))
    assert saved.missing == ()
    assert run.json(*there, "item", "list") == run.json("item", "list")


def test_a_backup_and_its_keys_make_a_ledger_that_goes_on(run: Bench) -> None:
    item, _ = taken_in(run)
    run("backup", run.folder / "copy")
    made = read_record(answers.KeysBackedUp, run.json("backup", "keys", run.folder / "k"))
    assert (made.copy.folder, made.ledger_key, made.others) == (str(run.folder / "k"), True, ())
    before = content(run.folder / "home")
    shutil.rmtree(run.folder / "home")
    shutil.copytree(run.folder / "copy", run.folder / "home")
    shutil.copytree(run.folder / "k", run.folder / "home" / "keys")
    assert content(run.folder / "home") == before
    assert run.json("check", item)["found"][0]["verdict"] == "match"
    run.acquired(run.file("more.bin", SECRET + b"5"), "JS/3")
    assert run.json("recover", "check", run.folder / "home")["missing"] == []


def test_a_destroyed_key_ends_the_object_and_every_backup_but_copies_of_keys_are_named(
    run: Bench,
) -> None:
    item, _ = taken_in(run)
    name = sha256(BIG).hexdigest()
    run("backup", run.folder / "copy")
    run("backup", "keys", run.folder / "k")
    vault = vault_of(run.folder / "home")
    assert vault.remove(name).key
    assert run.json("check", item, status=1)["found"][0]["verdict"] == "unreadable"
    shutil.copytree(run.folder / "home" / "keys", run.folder / "copy" / "keys")
    copy = vault_of(run.folder / "copy")
    assert copy.has(name)
    with pytest.raises(NotFoundError, match=f"there is no key of object/{name}"):
        copy.open(name)
    assert [each.folder for each in vault.keys.copies()] == [str(run.folder / "k")]
    told = run("backup", "keys", run.folder / "k2").out
    assert "another copy, of 20" in told
    shutil.rmtree(run.folder / "k")
    last = run.json("backup", "keys", run.folder / "k3", "--replaces", run.folder / "k")
    assert [each["folder"] for each in last["others"]] == [str(run.folder / "k2")]


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("keys",), 2, "say where: custody backup DIR, or custody backup keys DIR"),
        (("other", "x"), 2, "say where"),
        (("x", "--without-ledger-key"), 2, "no backup holds keys but"),
        (("keys", "x", "--replaces", "never"), 2, "is known; known: none"),
        (("keys", "home/k"), 2, "lies within the ledger's own home"),
        (("keys", "evidence"), 2, "a backup never overwrites"),
        (("keys", "no/k"), 5, "no copy of the keys in"),
    ],
)
def test_how_keys_are_not_copied(
    run: Bench, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], status: int, told: str
) -> None:
    run.file("a")
    monkeypatch.chdir(run.folder)
    assert told in plain(run("backup", *words, status=status).err)
    assert not (run.folder / "keys").exists()


def test_the_ledger_key_can_stay_on_its_stick(tmp_path: Path) -> None:
    run = Bench(tmp_path)
    stick = tmp_path / "stick" / "our.key"
    where = ("--keys", tmp_path / "safe", "--ledger-key", stick)
    told = run("init", "--origin", ORIGIN, *FOUNDER, *where).out
    assert f"opened by {stick}" in told
    assert sorted(path.name for path in (tmp_path / "safe").iterdir()) == ["keys.db"]
    run("case", "open", CASE, "--title", "x")
    warrant = ("--kind", "search_warrant", "--identifier", "W-1", "--valid-to", "2099-01-01")
    run("authority", "record", CASE, *warrant)
    item = run.acquired(run.file("a", SECRET), "JS/1")
    assert not (tmp_path / "home" / "keys").exists()
    out = run("backup", "keys", tmp_path / "k", "--without-ledger-key").out
    assert f"not in it, and needed to open them: {stick}" in out
    away = stick.rename(tmp_path / "away")
    refused = run("acquire", CASE, run.file("b", SECRET), status=5)
    assert f"the ledger key is not at {stick}: plug in" in plain(refused.err)
    run("check", item, status=5)
    assert "E_KEYSTORE" in run("item", "list", status=5).err
    moved = {"CUSTODY_KEYS": str(tmp_path / "safe"), "CUSTODY_LEDGER_KEY": str(away)}
    assert "match" in run("check", item, environ=moved).out


def made_before(run: Bench) -> None:
    """The home as it was before there was encryption."""
    home = opening.read_home(run.folder / "home")
    olden.made_before(home.database, opening.open_keys(home))
    for name, data in content(run.folder / "home").items():
        path = run.vault_object(name)
        path.chmod(0o600)
        path.write_bytes(data)
    shutil.rmtree(home.consultations.folder, ignore_errors=True)
    (home.log / "consultations").unlink(missing_ok=True)
    shutil.rmtree(run.folder / "home" / "keys")


def test_a_ledger_that_was_made_before_is_read_and_encrypted_when_rebuilt(run: Bench) -> None:
    items = taken_in(run)
    odd = run.acquired(
        run.file("mail.age", b"age-encryption.org/v1\n-> X25519 of a suspect"), "JS/3"
    )
    before = content(run.folder / "home")
    made_before(run)
    assert run.content(sha256(BIG).hexdigest()) == BIG
    acquired = ("acquire", CASE, run.file("new.bin", SECRET + b"9"))
    for words in (acquired, ("check", *items), ("item", "list"), ("note", CASE, "-m", "x")):
        assert "`custody rebuild`" in plain(run(*words, status=5).err), words
    assert run.json("recover", "check", run.folder / "home")["missing"] == []
    made = read_record(answers.Rebuilt, run.json("rebuild", "--yes"))
    assert (made.encrypted, made.left) == (len(before), ())
    assert found(run.folder / "home") == []
    assert content(run.folder / "home") == before
    assert {each["verdict"] for each in run.json("check", *items, odd)["found"]} == {"match"}
    assert run.json("rebuild", "--yes")["encrypted"] == 0


def test_what_is_not_what_its_name_says_is_left_as_it_is_and_named(run: Bench) -> None:
    taken_in(run)
    made_before(run)
    name = sha256(BIG).hexdigest()
    run.vault_object(name).write_bytes(BIG + b"spoilt")
    made = run.json("rebuild", "--yes")
    assert made["left"] == [name]
    assert run.vault_object(name).read_bytes() == BIG + b"spoilt"
    assert f"NOT ENCRYPTED, for it is not what its name says: {name}" in run("rebuild", "--yes").out


def test_lost_keys_are_not_made_anew(run: Bench) -> None:
    taken_in(run)
    shutil.rmtree(run.folder / "home" / "keys")
    assert "E_KEYSTORE" in run("rebuild", "--yes", status=5).err
    assert not (run.folder / "home" / "keys").exists()


@pytest.mark.needs("age")
def test_an_object_that_somebody_encrypted_anew_with_age_is_read(run: Bench) -> None:
    item, _ = taken_in(run)
    name = sha256(BIG).hexdigest()
    path = run.vault_object(name)
    path.chmod(0o600)
    path.write_bytes(encrypted(BIG, object_key(run, name)))
    assert run.json("check", item)["found"][0]["verdict"] == "match"


def test_a_backup_leaves_out_what_no_key_opens(run: Bench) -> None:
    taken_in(run)
    name = sha256(BIG).hexdigest()
    vault_of(run.folder / "home").keys.destroy([f"object/{name}"])
    assert run.json("backup", run.folder / "copy", status=1)["spoilt"] == [name]
    assert not (run.folder / "copy" / "vault" / "objects" / name[:2] / name[2:]).exists()
    assert os.listdir(run.folder / "copy" / "vault") == ["objects"]  # noqa: PTH208
