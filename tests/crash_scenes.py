"""What is being done when disaster strikes, and what must be true afterwards, however it struck."""

import atexit
import shutil
import tempfile
from collections.abc import Callable, Container
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from custody.store.keystore import object_scope
from tests.bench import CASE, ORIGIN, Bench, bench
from tests.entries import entries
from tests.test_cli_dispose import approved
from tests.vaults import vault_of

ITEM = f"{CASE}/1"
IMAGE = bytes(range(256)) * 1200  # two blocks of the vault, more than fits beside its digests
REMARK = "the lid is loose"
EXPORT = ("--recipient", "Court", "--purpose", "court_production")
FOUNDER = ("--name", "Ada Byron", "--organisation", "Lab", "--as", "ada")


class Scene(NamedTuple):
    """An operation.

    words: the command. times: how often the ledger says that it was done.
    whole: asserts that what the command made beside the ledger is whole, or not there.
    answers: what the same command may exit with afterwards, when it was done already or half done.
    doomed: objects of the vault that the record says may be gone; of the others none is.
    """

    words: tuple[object, ...]
    times: Callable[[Bench], int]
    whole: Callable[[Bench], object] = lambda run: None
    answers: tuple[int, ...] = (0,)
    doomed: Callable[[Bench], tuple[str, ...]] = lambda run: ()


def acts(act: str, item: str = ITEM) -> Callable[[Bench], int]:
    """Counts entries of that act on the item."""
    return lambda run: len(entries(run, item, act))


def founded(run: Bench) -> int:
    """People in the ledger, if there is one."""
    found = run.tried("--json", "person", "list")
    return len(found.answer["people"]) if found.status == 0 else 0


def items(run: Bench) -> int:
    """Items taken in beside the first."""
    return len(run.json("item", "list", CASE)["items"]) - 1


def exports(run: Bench) -> int:
    """Bundles that are there; each is whole, and under no other name."""
    bundle = run.folder / "out.zip"
    if not bundle.exists():
        return 0
    run("trust", "show", "-o", run.folder / "trust.txt")
    assert run.json("verify", bundle, "--trust", run.folder / "trust.txt")["verdict"] == "PASSED"
    (run.folder / "trust.txt").unlink()
    return 1


def backups(run: Bench) -> int:
    """Backups that are there; each is whole and sound, and holds the evidence, but not its keys."""
    copy = run.folder / "backup"
    if not copy.exists():
        return 0
    assert not (copy / "keys").exists()
    shutil.copytree(run.folder / "home" / "keys", copy / "keys")
    assert run.json("--home", copy, "verify", "--full", "--processes", 1)["verdict"] == "PASSED"
    assert objects(copy) == objects(run.folder / "home")
    shutil.rmtree(copy / "keys")
    return 1


def copies(run: Bench) -> None:
    """A folder with a copy's name is a recorded copy, and whole."""
    made = sorted((run.folder / "medium").glob("*copy-?"))
    assert len(made) <= len(entries(run, ITEM, "copy.issued"))
    for folder in made:
        assert [path.read_bytes() for path in folder.iterdir()] == [IMAGE]


def doomed(run: Bench) -> tuple[str, ...]:
    """The item's content, from when its destruction has begun."""
    begun = entries(run, ITEM, "disposition.begun")
    return (sha256(IMAGE).hexdigest(),) if begun else ()


def destroyed(run: Bench) -> None:
    """Content is there until the record says that it may be gone, and gone once it says that it is."""
    name, vault = sha256(IMAGE).hexdigest(), vault_of(run.folder / "home")
    begun, told = doomed(run), entries(run, ITEM, "disposition.executed")
    if not begun:
        assert run.content(name) == IMAGE and not told
    if told:
        assert not vault.has(name) and not vault.keys.has(object_scope(name))
        assert [each["removal"] for each in told] == ["removed"]


def objects(home: Path, but: Container[str] = ()) -> list[str]:
    """Names of the vault's objects, each of which holds what its name says; `but` may be half gone."""
    vault = vault_of(home)
    found = [name for name in vault.objects() if name not in but]
    for name in found:
        with vault.open(name) as file:
            assert sha256(file.read()).hexdigest() == name
    return found


def scene(name: str, run: Bench) -> Scene:
    """The operation of that name, at a bench of `scenery`."""
    place = run.folder
    return {
        "init": Scene(("init", "--origin", ORIGIN, *FOUNDER), founded, answers=(0, 2)),
        "append": Scene(("note", ITEM, "-m", REMARK), acts("note.recorded")),
        "acquire": Scene(
            ("acquire", CASE, place / "evidence" / "new.bin", "--exhibit", "JS/2"), items
        ),
        "release": Scene(
            ("transfer", "release", ITEM, "--to", "Bo Peep", "--purpose", "storage"),
            acts("transfer.released"),
            answers=(0, 4),
        ),
        "accept": Scene(
            ("--as", "bo", "transfer", "accept", ITEM), acts("transfer.accepted"), answers=(0, 4)
        ),
        "export": Scene(("export", CASE, "-o", place / "out.zip", *EXPORT), exports, exports, (0, 2, 5)),
        "backup": Scene(("backup", place / "backup"), backups, backups, (0, 2)),
        "destroy": Scene(
            ("dispose", "execute", ITEM, "--with", "bo:witness", "--sanitisation", "purge"),
            acts("disposition.executed"),
            destroyed,
            (0, 4),
            doomed,
        ),
        "copy": Scene(
            ("copy", "issue", ITEM, "--to", place / "medium", "--purpose", "analysis"),
            acts("copy.issued"),
            copies,
            (0, 5),
        ),
    }[name]  # fmt: skip


SCENES = ("init", "append", "acquire", "release", "accept", "export", "backup", "copy", "destroy")


@cache
def scenery(name: str) -> Path:
    """The bench before that operation, made once for this process; its command has run before."""
    folder = Path(tempfile.mkdtemp(prefix="custody-scene-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if name == "init":
        (folder / "run").mkdir(mode=0o700)
    else:
        run = bench(folder)
        run.acquired(run.file("disk.bin", IMAGE), "JS/1")
        run.file("new.bin", IMAGE + b"new")
        (folder / "medium").mkdir()
        if name == "accept":
            run(*scene("release", run).words)
        if name == "destroy":
            approved(run, ITEM)
    rehearsed = Path(tempfile.mkdtemp(prefix="custody-scene-"))
    shutil.copytree(folder, rehearsed, dirs_exist_ok=True)
    warm = Bench(rehearsed)
    warm(*scene(name, warm).words)
    shutil.rmtree(rehearsed)
    return folder


def staged(name: str, folder: Path) -> Bench:
    """A copy of the scenery."""
    shutil.copytree(scenery(name), folder)
    return Bench(folder)
