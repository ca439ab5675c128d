"""A process in which our code finds what it would find on Windows, as far as that can be had here.

    python -m tests.windows pytest FILE…      python -m tests.windows custody WORD…

Modules that Windows lacks cannot be imported. `os`, as whatever is imported from now on sees it,
says that it is "nt" and lacks what it lacks there; the standard library, imported before, keeps the
real one, because it would be another one on Windows. File names, line ends and locks stay Linux's.
"""

import asyncio
import ctypes
import getpass
import logging.handlers
import multiprocessing.connection
import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
import types
import webbrowser
from collections.abc import Sequence
from importlib.machinery import ModuleSpec

import blake3
import cryptography.hazmat.primitives.serialization
import pytest

# What stands beside our code, and uses what is taken away: imported before that happens.
BEFORE = (
    *(asyncio, ctypes, getpass, logging.handlers, multiprocessing.connection, shutil, subprocess),
    *(sysconfig, tempfile, webbrowser, blake3, cryptography),
)
MODULES = frozenset(
    (
        *("crypt", "curses", "fcntl", "grp", "nis", "ossaudiodev", "pty", "pwd", "readline"),
        *("resource", "spwd", "syslog", "termios", "tty"),
    )
)
OS = (
    *("O_CLOEXEC", "O_DIRECT", "O_DIRECTORY", "O_DSYNC", "O_NOATIME", "O_NOCTTY", "O_NOFOLLOW"),
    *("O_NONBLOCK", "O_PATH", "O_SYNC", "O_TMPFILE", "POSIX_FADV_DONTNEED", "WNOHANG", "chown"),
    *("chroot", "confstr", "copy_file_range", "ctermid", "fchdir", "fchmod", "fchown", "fdatasync"),
    *("fork", "forkpty", "fstatvfs", "getegid", "geteuid", "getgid", "getgroups", "getloadavg"),
    *("getpgid", "getsid", "getuid", "killpg", "lchown", "lockf", "major", "memfd_create"),
    *("minor", "mkfifo", "mknod", "nice", "openpty", "pathconf", "posix_fadvise"),
    *("posix_fallocate", "posix_spawn", "pread", "preadv", "pwrite", "pwritev", "readv"),
    *("register_at_fork", "sched_getaffinity", "sched_yield", "sendfile", "setgid", "setsid"),
    *("setuid", "splice", "statvfs", "sync", "sysconf", "tcgetpgrp", "ttyname", "uname", "wait"),
    *("wait3", "wait4", "waitid", "writev"),
)
SOCKET = ("AF_UNIX", "SO_PEERCRED", "socketpair", "SCM_RIGHTS", "CMSG_LEN")


class Missing:
    """An import hook: these modules are not there."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Nothing, or an error as it would be without the module."""
        if name.partition(".")[0] in MODULES:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


def become() -> None:
    """From here on; nothing of ours may have been imported before."""
    stray = {name for name in sys.modules if name.partition(".")[0].startswith("custody")}
    assert not stray, f"imported too early: {stray}"
    sysconfig.get_config_vars()
    for name in [name for name in sys.modules if name.partition(".")[0] in MODULES]:
        del sys.modules[name]
    sys.meta_path.insert(0, Missing())
    seen = types.ModuleType("os")
    vars(seen).update({k: v for k, v in vars(os).items() if k not in OS})
    vars(seen)["name"] = "nt"
    sys.modules["os"] = seen
    for name in SOCKET:
        if hasattr(socket, name):
            delattr(socket, name)


class Plugin:
    """Comes after pytest's own plugins are there, and before the tests are imported."""

    def pytest_sessionstart(self) -> None:
        """From here on it is Windows."""
        import hypothesis.strategies  # not before pytest, which rewrites its assertions

        assert hypothesis.strategies
        become()


def main(words: Sequence[str]) -> None:
    """Run the tests, or the command."""
    kind, *arguments = words
    if kind == "pytest":
        raise SystemExit(pytest.main(arguments, plugins=[Plugin()]))
    become()
    from custody_cli.start import main as custody

    sys.argv = ["custody", *arguments]
    custody()


if __name__ == "__main__":
    main(sys.argv[1:])
