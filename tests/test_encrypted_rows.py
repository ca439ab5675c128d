"""What people wrote, at rest in the ledger's database: encrypted, tied to its place, and forgotten."""

import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from custody import opening
from custody.core import disclosure
from custody.ledger.journal import Wanted
from custody.store import sqlite
from custody.store.ciphers import LABELS, subject_scope
from custody_schemas.declare import Kind
from tests.bench import CASE, Bench, bench, plain
from tests.test_erasing import SECRET, erase, found, number, registered

SHORTEST = 9  # characters of a value that cannot stand in a file by chance
DIGEST = re.compile("[0-9a-f]{64}")
OTHER = "Nonnenwerth, second floor"


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    return bench(tmp_path)


def lived(run: Bench) -> list[str]:
    """Entries of many sorts, with words of people in as many fields; the items."""
    run(
        "case",
        "open",
        "ZQ-2026/4711",
        "--title",
        "The Quellwasser affair",
        "--offence",
        "arson of an inn",
    )
    items = [
        run.seized("OBERHUBER/1", "--place", "Attic of the Zanzibar inn", owner=SECRET),
        run.seized("OBERHUBER/2", serial="SN-998877665544"),
    ]
    run("note", items[0], "-m", f"{SECRET} called, and wept")
    run("note", *items, "-m", "both smell of bergamot")
    run("note", items[0], "-m", "seen", "--attach", run.file("Quellwasser.jpg", b"photograph"))
    run("item", "ref", items[1], "--kind", "court", "--reference", "EX-QUELL-77")
    corrected = ("--field", "owner", "--value", "Mia Thorsen-Abendroth")
    run("privacy", "rectify", items[0], number(run, items[0], "item.registered"), *corrected)
    run("discrepancy", "open", items[1], "--kind", "damage", "--details", "scorched underneath")
    run.acquired(run.file("letter.txt", b"a letter"), "OBERHUBER/3")
    other = run.folder / "eva.json"
    run(
        "identity",
        "create",
        "eva",
        "--name",
        "Eva Lindgren-Tamm",
        "--organisation",
        "X",
        "-o",
        other,
    )
    run("actor", "enrol", other, "--role", "investigator", "--identity-checked", "in_person")
    sent = ("--to-outside", "Courier Wendelin", "--by", "courier", "--purpose", "storage")
    run("transfer", "release", items[1], *sent, "--carrier", "Parcels of Elbing")
    return items


def words(home: Path) -> set[str]:
    """Every text that any entry discloses, but digests, by which the vault names its objects."""
    ledger = opening.open_ledger(opening.read_home(home))
    values = (
        disclosure.read(text).value
        for entry in ledger.entries(Wanted())
        for text in entry.disclosures
    )
    texts = (part for value in values for part in (value if isinstance(value, tuple) else [value]))
    return {
        text
        for text in texts
        if isinstance(text, str) and len(text) >= SHORTEST and not DIGEST.match(text)
    }


def stored(folder: Path, said: Iterable[str]) -> dict[str, list[str]]:
    """The files in which each of these stands."""
    files = {value: found(folder, value) for value in said}
    return {value: names for value, names in files.items() if names}


@contextmanager
def watched(run: Bench) -> Iterator[None]:
    """Somebody reads all the while, so that what was written stays in the log beside the file."""
    path = run.folder / "home" / "ledger.sqlite"
    with closing(sqlite.driver.connect(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM record").fetchone()
        yield


def test_nothing_that_people_wrote_stands_anywhere_in_the_clear(run: Bench) -> None:
    home, backup = run.folder / "home", run.folder / "backup"
    with watched(run):
        lived(run)
        said = words(home)
        assert {SECRET, "ZQ-2026/4711", "Goods from the harbour", "EX-QUELL-77"} <= said
        assert len(said) > 15
        files = {path.name for path in home.rglob("ledger.sqlite*")}
        assert sqlite.JOURNAL != "wal" or "ledger.sqlite-wal" in files
        assert stored(home, said) == {}
    run("backup", backup)
    run("rebuild", "-y")
    run.examined()
    for folder in (home, backup):
        assert stored(folder, said) == {}


def with_keys(run: Bench, copy: Path, keys: Path) -> Bench:
    """Commands at a copy of the ledger with those keys, by people who remember nothing of it."""
    other = Bench(run.folder / f"at-{copy.name}-{keys.parent.name}")
    shutil.copytree(copy, other.folder / "home")
    shutil.copytree(keys, other.folder / "home" / "keys")
    (other.folder / "run").mkdir(mode=0o700)
    return other


READING: list[Callable[[str], tuple[object, ...]]] = [
    lambda item: ("item", "history", item),
    lambda item: ("item", "show", item),
    lambda item: ("item", "list"),
    lambda item: ("case", "list"),
    lambda item: ("log",),
    lambda item: ("print", "label", item),
    lambda item: ("recover", "history", "home", item),
    lambda item: ("verify", "--full"),
]


def test_a_backup_from_before_an_erasure_needs_the_destroyed_key(run: Bench) -> None:
    item, at = registered(run)
    other = run.seized("JS/2", "--place", OTHER)
    backup, keys = run.folder / "backup", run.folder / "keys" / "keys"
    keys.parent.mkdir()
    run("backup", backup)
    run("backup", "keys", keys)
    told = erase(run, item, at, "--field", "owner")
    assert f"still able to read older backups: the keys in {keys}" in plain(told.out)
    now = with_keys(run, backup, run.folder / "home" / "keys")
    assert SECRET in with_keys(run, backup, keys)("item", "history", item).out
    for command in READING:
        made = now.tried(*command(item))
        assert SECRET not in made.out + made.err, command(item)
    assert "run `custody rebuild`" in plain(now("item", "show", item, status=5).err)
    verdict = now.json("verify", "--full", "--processes", 1, status=1)
    unread = [f for f in verdict["findings"] if f["check"] == "REDACTIONS"]
    assert {f["outcome"] for f in unread} == {"UNDETERMINED"}
    assert all("destroyed since, as after an erasure" in f["detail"] for f in unread)
    now("rebuild", "-y")
    for command in READING:
        made = now.tried(*command(item))
        assert SECRET not in made.out + made.err, command(item)
    assert OTHER in now("item", "history", other).out
    shown = now.json("item", "history", item)["history"]
    assert "owner" in shown[at - 1]["withheld"]
    assert found(now.folder, SECRET) == []


def test_an_older_backup_is_recovered_with_the_keys_of_today(run: Bench) -> None:
    item, at = registered(run)
    run.seized("JS/2", "--place", OTHER)
    run("backup", run.folder / "backup")
    erase(run, item, at, "--field", "owner")
    shutil.copytree(run.folder / "home" / "keys", run.folder / "backup" / "keys")
    assert SECRET not in run("recover", "history", run.folder / "backup", "JS/2").out
    assert OTHER in run("recover", "history", run.folder / "backup", "JS/2").out


def test_what_else_a_key_had_encrypted_is_read_as_before(run: Bench) -> None:
    item, at = registered(run)
    run("note", item, "-m", OTHER)
    run("note", CASE, "-m", "of the case alone")
    before = run.json("item", "history", item)["history"]
    erase(run, item, at, "--field", "owner")
    after = run.json("item", "history", item)["history"]
    assert after[at] == before[at] and OTHER in run("item", "history", item).out
    run.seized("JS/9")
    run("note", item, "-m", "under the new key")
    run.examined()
    erase(run, item, number(run, item, "note.recorded"), "--field", "note")
    run.examined()


def test_erasing_in_a_case_writes_its_key_anew(run: Bench) -> None:
    run("note", CASE, "-m", SECRET)
    store = opening.open_keys(opening.read_home(run.folder / "home"))
    tag = next(
        iter(opening.open_ledger(opening.read_home(run.folder / "home")).find(Kind.CASE, ""))
    )
    scope = subject_scope(bytes.fromhex(tag.tag))
    erase(run, CASE, 1, "--field", "title")
    assert [key.generation for key in store.keys(scope)] == [2]
    assert [key.generation for key in store.keys(LABELS)] == [2]
    assert run.seized("JS/1") == f"{CASE}/1"
    run("note", CASE, "-m", "goes on")
    run.examined()
