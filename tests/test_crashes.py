"""Struck at any call of the system: what was acknowledged is there, and nothing half-made counts.

Afterwards the ledger opens and verifies, and the same command, typed again, ends recorded once.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench import Bench
from tests.crash_scenes import ITEM, SCENES, Scene, founded, objects, scene, staged
from tests.crashing import Fate, Fault, counted, strike

pytestmark = pytest.mark.needs("strace")

# A few points of each operation, the kinds of failure in turn: `make soak` sweeps them all.
SAMPLE = {
    "init": "rename-1 rename-3 rename-4 fsync-9 fsync-22-EIO fsync-40 pwrite64-60 pwrite64-140 pwrite64-170 fdatasync-1 openat-40-EROFS+",
    "append": "write-1-ENOSPC+ rename-1 fsync-4 pwrite64-24 pwrite64-30-EIO pwrite64-38 fdatasync-1 fdatasync-1-EIO",
    "acquire": "pwrite64-3 pwrite64-5-EIO pwrite64-9 fchmod-1 fsync-3-ENOSPC+ fsync-5 fsync-7-EIO link-1 pwrite64-40 pwrite64-60 fdatasync-1 unlink-6",
    "release": "pwrite64-25-ENOSPC+ fdatasync-1 openat-20-EROFS+",
    "accept": "pwrite64-36 fdatasync-1-EIO rename-2",
    "export": "write-40-ENOSPC+ link-1",
    "backup": "fsync-5-EIO pwrite64-50-ENOSPC+ write-3 rename-2 link-1 mkdir-5 openat-30-EROFS+",
    "copy": "write-1 write-1-ENOSPC+ pwrite64-30 fdatasync-1 rename-3",
    "destroy": "rename-2 fdatasync-1 unlink-5 fsync-11 fsync-13-EIO unlink-6 unlink-7 unlink-7-EIO fsync-16 rename-4 fdatasync-2 fdatasync-2-EIO unlink-9 openat-48-EROFS+",
}  # fmt: skip

# How often the undisturbed command makes each call; a few fewer, where it depends on the machine.
CALLS_MADE = {
    "init": {"openat": 88, "mkdir": 8, "write": 11, "fsync": 60, "pwrite64": 180, "rename": 8},
    "append": {
        "openat": 34,
        "pwrite64": 42,
        "write": 3,
        "fsync": 8,
        "rename": 2,
        "unlink": 4,
        "fdatasync": 1,
    },
    "acquire": {
        "openat": 52,
        "pwrite64": 62,
        "write": 5,
        "fsync": 15,
        "link": 1,
        "unlink": 8,
        "fchmod": 1,
        "fdatasync": 1,
    },
    "release": {
        "openat": 38,
        "pwrite64": 44,
        "write": 3,
        "fsync": 8,
        "rename": 2,
        "unlink": 4,
        "fdatasync": 1,
    },
    "accept": {
        "openat": 36,
        "pwrite64": 42,
        "write": 4,
        "fsync": 10,
        "rename": 3,
        "unlink": 4,
        "fdatasync": 1,
    },
    "export": {
        "openat": 58,
        "pwrite64": 80,
        "write": 84,
        "fsync": 18,
        "rename": 5,
        "unlink": 7,
        "fdatasync": 1,
    },
    "backup": {"openat": 54, "pwrite64": 78, "write": 7, "fsync": 19, "mkdir": 8, "unlinkat": 2},
    "copy": {
        "openat": 43,
        "pwrite64": 48,
        "write": 4,
        "fsync": 10,
        "mkdir": 2,
        "rename": 3,
        "fdatasync": 1,
    },
    "destroy": {
        "openat": 64,
        "pwrite64": 84,
        "write": 6,
        "fsync": 21,
        "rename": 5,
        "unlink": 9,
        "fdatasync": 2,
    },
}
STEPS = {"export": 13, "init": 9}  # what takes long is swept with longer steps
ERRORS = ("EIO", "ENOSPC+", "EROFS+")


def read(text: str) -> Fault:
    """`call-when` or `call-when-what`."""
    call, when, *what = text.split("-")
    return Fault(call, int(when), *what)


def sampled() -> Iterator[tuple[str, Fault]]:
    for name, points in SAMPLE.items():
        yield from ((name, read(text)) for text in points.split())


def swept() -> Iterator[tuple[str, Fault]]:
    """Every k-th call of each sort: killed there, and refused that call, the errors in turn."""
    turn = 0
    for name, made in CALLS_MADE.items():
        for call, times in made.items():
            for when in range(1, times + 1, STEPS.get(name, 5)):
                yield name, Fault(call, when)
                # What a backup cannot read it leaves out, and says so: that is no fault of it.
                if (name, call) != ("backup", "openat"):
                    yield name, Fault(call, when, ERRORS[turn % len(ERRORS)])
                    turn += 1


def survived(run: Bench, done: Scene, fault: Fault, fate: Fate) -> int:
    """How often the operation was done, in a ledger that is sound whatever struck it."""
    if fault.what == "KILL":
        assert fate.status is None, f"it never got there: {fate}"
    else:
        # Who is to accept content that cannot be read is told so, and nothing is recorded.
        unread = fate.status == 4 and "content: unreadable" in fate.told
        assert fate.status in (0, 5) or unread, fate
        assert "Traceback" not in fate.told
    if founded(run) == 0:
        return 0  # `init` did not get far
    run.examined()
    objects(run.folder / "home", done.doomed(run))
    done.whole(run)
    times = done.times(run)
    assert times == 1 if fate.status == 0 else times <= (fate.status != 4)
    return times


def waiting(run: Bench) -> list[Path]:
    """Signed entries whose fate is unknown to who signed them."""
    return list(run.folder.glob("identities/*/outbox/[!.]*.json"))


def repeated(run: Bench, done: Scene, times: int) -> None:
    """The same command again: it ends recorded once, unless all was done but to say so."""
    over = times == 1 and not waiting(run)
    made = run.tried(*done.words)
    assert made.status in done.answers, made
    if done.times(run) == 0:
        assert made.status == 5 and "remove it" in made.err, "it says what is in the way"
        clear(run)
        run(*done.words)
    assert done.times(run) <= 1 + over
    assert done.times(run) >= 1
    if made.status in (2, 4) and waiting(
        run
    ):  # refused before anything was sent: the next act sends
        run(*done.words[:2] * (done.words[0] == "--as"), "note", ITEM, "-m", "the next act")
    assert waiting(run) == []
    done.whole(run)
    run.examined()


def clear(run: Bench) -> None:
    """Take away what the command said is in its way."""
    (left,) = run.folder.glob("**/*.partial")
    shutil.rmtree(left) if left.is_dir() else left.unlink()


def strike_and_go_on(folder: Path, name: str, fault: Fault) -> None:
    run = staged(name, folder / "bench")
    done = scene(name, run)
    fate = strike(run, done.words, fault)
    repeated(run, done, survived(run, done, fault, fate))


def named(points: Iterator[tuple[str, Fault]]) -> list[object]:
    """As parameters, with ids that name operation, call, count and fault."""
    return [pytest.param(name, fault, id=f"{name}-{fault}") for name, fault in points]


@pytest.mark.parametrize(("name", "fault"), named(sampled()))
def test_what_is_struck_loses_nothing(tmp_path: Path, name: str, fault: Fault) -> None:
    strike_and_go_on(tmp_path, name, fault)


@pytest.mark.soak
@pytest.mark.parametrize(("name", "fault"), named(swept()))
def test_wherever_it_is_struck_it_loses_nothing(tmp_path: Path, name: str, fault: Fault) -> None:
    strike_and_go_on(tmp_path, name, fault)


@pytest.mark.soak
@pytest.mark.parametrize("name", SCENES)
def test_the_sweep_reaches_what_there_is_to_strike(tmp_path: Path, name: str) -> None:
    run = staged(name, tmp_path / "bench")
    made = counted(run, scene(name, run).words)
    for call, times in CALLS_MADE[name].items():
        assert times <= made[call] <= times * 3, (call, made[call])
