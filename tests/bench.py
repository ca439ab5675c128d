"""A bench for the command line: a ledger of three people with a case, copied for each test.

`bench("seize", …)` runs the real command in this process, `bench.process(…)` as a program of its
own. Ada founded the ledger and may examine; Bo keeps the evidence room; Cy oversees.
"""

import atexit
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from custody.identity import pkcs8
from custody.store import age
from custody_cli.main import cli
from tests.vaults import vault_of

ORIGIN = "agency.example/evidence"
CASE = "K-7"
WORDS = "three dusty crates"
WHY = "to see what a test did"


@dataclass(frozen=True)
class Outcome:
    """What a command answered."""

    status: int
    out: str
    err: str

    @property
    def answer(self) -> Any:
        """Standard output as the one JSON document that it must be."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Bench:
    """Runs commands at one ledger; `status` is what they must exit with."""

    folder: Path

    @property
    def environ(self) -> dict[str, str]:
        return {
            "CUSTODY_HOME": str(self.folder / "home"),
            "CUSTODY_IDENTITIES": str(self.folder / "identities"),
            "CUSTODY_PASSPHRASE": WORDS,
            "CUSTODY_BECAUSE": WHY,
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "TZ": "UTC",
        }

    def __call__(
        self, *words: object, status: int = 0, environ: Mapping[str, str | None] | None = None
    ) -> Outcome:
        """Run a command in this process."""
        return self._checked(self.tried(*words, environ=environ), words, status)

    def tried(self, *words: object, environ: Mapping[str, str | None] | None = None) -> Outcome:
        """Run a command in this process, whatever it exits with."""
        stray = {name: None for name in os.environ if name.startswith("CUSTODY_")}
        env = {**stray, **self.environ, **(environ or {})}
        made = CliRunner().invoke(cli, [str(word) for word in words], env=env)
        if made.exception is not None and not isinstance(made.exception, SystemExit):
            raise made.exception
        return Outcome(made.exit_code, made.stdout, made.stderr)

    def json(self, *words: object, status: int = 0) -> Any:
        """Run a command with --json; its answer."""
        return self("--json", *words, status=status).answer

    def process(
        self,
        *words: object,
        status: int = 0,
        environ: Mapping[str, str] | None = None,
        later: int = 0,
    ) -> Outcome:
        """Run a command as a program of its own; every warning is an error.

        later: days by which its clock is ahead (the program `faketime` turns it).
        """
        made = subprocess.run(
            [
                *(("faketime", "-f", f"+{later}d") if later else ()),
                sys.executable,
                "-W",
                "error",
                "-m",
                "custody_cli.start",
                *map(str, words),
            ],
            env={**clean_environ(), **self.environ, **(environ or {})},
            cwd=self.folder,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=120,
            check=False,
        )
        return self._checked(Outcome(made.returncode, made.stdout, made.stderr), words, status)

    def _checked(self, outcome: Outcome, words: object, status: int) -> Outcome:
        assert "Traceback" not in outcome.err, outcome.err
        assert outcome.status == status, f"{words}: {outcome}"
        return outcome

    def file(self, name: str, data: bytes = b"evidence") -> Path:
        """A file of evidence."""
        path = self.folder / "evidence" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def seized(self, exhibit: str = "JS/1", *more: object, **said: str) -> str:
        """Seize an item; its name as CASE/NUMBER."""
        options = [part for name, value in said.items() for part in (f"--{name}", value)]
        answer = self.json("seize", CASE, "--exhibit", exhibit, "--type", "mobile", *options, *more)
        return str(answer["items"][0])

    def acquired(self, path: Path, exhibit: str = "", *more: object) -> str:
        """Acquire a file; the item's name."""
        named = ["--exhibit", exhibit] if exhibit else []
        return str(self.json("acquire", CASE, path, *named, *more)["item"])

    def item(self, words: str) -> Any:
        """An item as it stands."""
        return self.json("item", "show", words)

    def content(self, sha256: str) -> bytes:
        """What the vault's object holds."""
        with vault_of(self.folder / "home").open(sha256) as file:
            return file.read()

    def vault_object(self, sha256: str) -> Path:
        """Where the vault keeps an object, encrypted."""
        return self.folder / "home" / "vault" / "objects" / sha256[:2] / sha256[2:]

    def spoil(self, sha256: str) -> None:
        """Change an object in the vault behind everybody's back."""
        path = self.vault_object(sha256)
        path.chmod(0o600)
        data = bytearray(path.read_bytes())
        data[age.START] ^= 1  # the first byte of its content
        path.write_bytes(data)

    def examined(self) -> None:
        """The whole ledger, examined from record 0."""
        assert self.json("verify", "--full", "--processes", 1)["verdict"] == "PASSED"


def clean_environ() -> dict[str, str]:
    """This process's environment without settings of the command, and with the source roots."""
    found = {name: value for name, value in os.environ.items() if not name.startswith("CUSTODY_")}
    return {**found, **python_path()}


def python_path() -> dict[str, str]:
    """Source roots for another process, as this one has them."""
    root = Path(__file__).parent.parent
    roots = (root, root / "api", root / "cli", root / "schemas")
    return {"PYTHONPATH": os.pathsep.join(map(str, roots))}


def bench(folder: Path) -> Bench:
    """A fresh copy in `folder`."""
    shutil.copytree(_template(), folder, dirs_exist_ok=True)
    (folder / "run").mkdir(mode=0o700, exist_ok=True)
    return Bench(folder)


@contextmanager
def quick_keys() -> Iterator[None]:
    """Keys made meanwhile open at once: what slows a guesser slows thousands of test commands."""
    costs = pkcs8.COST, pkcs8.PASSES
    pkcs8.COST, pkcs8.PASSES = 2, 1
    try:
        yield
    finally:
        pkcs8.COST, pkcs8.PASSES = costs


@cache
def _template() -> Path:
    made = Bench(Path(tempfile.mkdtemp(prefix="custody-bench-")))
    atexit.register(shutil.rmtree, made.folder, ignore_errors=True)
    with quick_keys():
        return _furnished(made)


def _furnished(made: Bench) -> Path:
    made("init", "--origin", ORIGIN, "--name", "Ada Byron", "--organisation", "Lab", "--as", "ada")
    for handle, name, roles in (
        ("bo", "Bo Peep", "custodian_primary"),
        ("cy", "Cy Twombly", "case_officer,peer_reviewer"),
        ("di", "Di Prima", "peer_reviewer"),
    ):
        request = made.folder / f"{handle}.json"
        made("identity", "create", handle, "--name", name, "--organisation", "Lab", "-o", request)
        made("actor", "enrol", request, "--role", roles, "--identity-checked", "in_person")
    made("case", "open", CASE, "--title", "Goods from the harbour")
    warrant = ("--kind", "search_warrant", "--identifier", "W-1", "--valid-to", "2099-01-01")
    made("authority", "record", CASE, *warrant)
    for handle in ("bo", "cy", "di"):  # each meets the ledger once, and sees its fingerprint
        met = made("--as", handle, "note", CASE, "-m", "met")
        assert "Compare this fingerprint" in met.err
    return made.folder


def plain(text: str) -> str:
    """Text with every run of blanks as one: what it says, however it is laid out."""
    return re.sub(r"\s+", " ", text)
