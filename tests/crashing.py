"""Commands that are struck while they run: killed, or refused a call by the system, at any point.

A command runs in a fork of this process, in which all its modules are loaded already; strace
watches the fork and strikes at its n-th call of one sort, so that points repeat from run to run.
"""

import ctypes
import os
import re
import socket
import subprocess
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.bench import Bench

CALLS = (
    *("openat", "write", "pwrite64", "fsync", "fdatasync", "ftruncate", "rename", "link"),
    *("unlink", "unlinkat", "rmdir", "mkdir", "fchmod", "syncfs"),
)
ANY_TRACER = 0x59616D61, -1  # prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY)
LIBC = ctypes.CDLL(None)
WATCHED = b"attached"


class Fault(NamedTuple):
    """What happens at the `when`-th `call`: KILL, or an errno; with a `+`, from then on."""

    call: str
    when: int
    what: str = "KILL"

    @property
    def expression(self) -> str:
        """As strace wants it."""
        effect = "signal=KILL" if self.what == "KILL" else f"error={self.what.rstrip('+')}"
        onward = "+" if self.what.endswith("+") else ""
        return f"inject={self.call}:{effect}:when={self.when}{onward}"

    def __str__(self) -> str:
        return f"{self.call}-{self.when}-{self.what}"


class Fate(NamedTuple):
    """How a command ended. status: None where it was killed. told: its output, and its errors."""

    status: int | None
    told: str


def strike(run: Bench, words: tuple[object, ...], fault: Fault) -> Fate:
    """Run a command, and strike it there."""
    return _traced(run, words, "-e", f"trace={fault.call}", "-e", fault.expression)


def counted(run: Bench, words: tuple[object, ...]) -> Counter[str]:
    """How often an undisturbed command makes each of `CALLS`."""
    log = run.folder / "calls.txt"
    fate = _traced(run, words, "-e", f"trace={','.join(CALLS)}", log=log)
    assert fate.status == 0, fate
    return Counter(re.findall(r"^\d+ +(\w+)\(", log.read_text(), re.MULTILINE))


def _traced(
    run: Bench, words: tuple[object, ...], *options: str, log: Path = Path(os.devnull)
) -> Fate:
    ours, theirs = socket.socketpair()
    child = _forked(run, words, theirs)
    theirs.close()
    command = ["strace", "-f", "-o", str(log), *options, "-p", str(child)]
    with ours, subprocess.Popen(command, stderr=subprocess.PIPE) as tracer:
        assert tracer.stderr is not None
        assert WATCHED in tracer.stderr.readline()
        with suppressed():
            ours.sendall(b"go")
        told = b"".join(_received(ours))
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return Fate(None if status < 0 else status, told.decode())


@contextmanager
def suppressed() -> Iterator[None]:
    """Forking is said to be dangerous where there are threads; ours do nothing in the fork."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


def _received(ours: socket.socket) -> Iterator[bytes]:
    try:
        while part := ours.recv(1 << 16):
            yield part
    except ConnectionResetError:  # killed with our word unread
        return


def _forked(run: Bench, words: tuple[object, ...], channel: socket.socket) -> int:
    """A fork that waits for a word, runs the command, tells its output, and exits as it does.

    It tells by a socket: no fault strikes that call.
    """
    with suppressed():
        child = os.fork()
    if child:
        return child
    status = 99
    try:
        LIBC.prctl(*ANY_TRACER, 0, 0, 0)
        channel.recv(2)
        outcome = run.tried(*words)
        channel.sendall((outcome.out + outcome.err).encode())
        status = outcome.status
    finally:  # of the fork itself, whatever was raised
        os._exit(status)
