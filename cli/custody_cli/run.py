"""One run of the command: its global options, and what is opened only when it is needed."""

import getpass
import os
import sys
import time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody.core.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from custody.desk import Desk
    from custody.identity.keyfile import Identity
    from custody.identity.passphrases import Passphrases
    from custody.ledger.local import LocalLedger
    from custody.opening import Home
    from custody.store.vault import LocalVault
    from custody_cli.consulting import Consulted
    from custody_schemas.declare import Record


class Run:
    """What the whole command line says, and the ledger, vault and identity that follow from it."""

    def __init__(
        self, home: str | None, server: str | None, identity: str | None, as_json: bool
    ) -> None:
        if server is not None:
            raise UsageError("--server: ledgers behind a server are not possible yet; use --home")
        self.home, self.identity, self.as_json = home, identity, as_json
        self.leap_confirmed = False
        self.fate = "nothing was recorded"  # what a key stroke that stops the command leaves
        self.environ = os.environ
        self.lost = False  # it looks at a lost ledger, whose home is left as it is
        self.asking: Consulted | None = None  # what is logged before a command discloses anything

    @property
    def folder(self) -> Path:
        """The ledger's home, whether there is one or not."""
        from custody import opening

        return opening.home_folder(self.environ, Path(self.home) if self.home else None)

    @property
    def identities(self) -> Path:
        """Where this user keeps identities."""
        from custody import opening

        return opening.identities_folder(self.environ)

    @cached_property
    def at_home(self) -> "Home":
        """The ledger's home. Raises NotFoundError."""
        from custody import opening

        return opening.read_home(self.folder, self.environ)

    @cached_property
    def ledger(self) -> "LocalLedger":
        """The ledger, open."""
        from custody import opening

        return opening.open_ledger(self.at_home, leap_confirmed=self.leap_confirmed)

    @cached_property
    def vault(self) -> "LocalVault":
        """The evidence beside the ledger."""
        from custody import opening

        return opening.open_vault(self.at_home)

    @cached_property
    def who(self) -> "Identity":
        """Who acts: --as, or else the one identity that is enrolled here."""
        from custody import opening

        wanted = self.identity or self.environ.get("CUSTODY_IDENTITY")
        if wanted:
            self.check_identity(wanted)
        return opening.choose_identity(self.ledger, self.identities, wanted)

    def check_identity(self, words: str) -> None:
        """Raises NotFoundError where nothing on this machine can be meant by `words`."""
        if not (self.identities / words).exists() and not Path(words).is_dir():
            raise NotFoundError(
                f"no identity is called {words!r} in {self.identities}, and {words} is no "
                "folder: see `custody identity list`"
            )

    @cached_property
    def signer(self) -> "Identity":
        """Who acts, and may sign: enrolled in this very ledger.

        Raises:
            NotFoundError: not enrolled yet.
        """
        from custody import opening

        if not opening.is_enrolled(self.ledger, self.who):
            raise NotFoundError(
                f"{self.who.name} is not enrolled in {self.ledger.origin} with this key yet: "
                "somebody who may enrol runs `custody actor enrol REQUEST`"
            )
        return self.who

    @cached_property
    def desk(self) -> "Desk":
        """Her desk. At the first meeting with a ledger its fingerprint is shown."""
        from custody import opening
        from custody.core.text import grouped

        desk, first = opening.open_desk(self.ledger, self.signer)
        if first:
            self.aside(
                f"{self.who.name} meets the ledger {self.ledger.origin} for the first time. "
                "Compare this fingerprint of its trust file with what the operator says:\n"
                f"  {grouped(desk.trust.fingerprint)}"
            )
        return desk

    def passphrases(self, file: Path | None) -> "Passphrases":
        """Where passphrases may come from in this run."""
        from custody.identity.passphrases import Passphrases

        return Passphrases(self.environ, file, Asking() if self.interactive else None)

    @property
    def interactive(self) -> bool:
        """Whether somebody sits there who can be asked."""
        return sys.stdin.isatty() and sys.stderr.isatty()

    def now(self) -> float:
        """Unix seconds."""
        return time.time()

    def say(self, text: str = "") -> None:
        """A line of the answer, for people."""
        if not self.as_json:
            click.echo(printable(text))

    def aside(self, text: str) -> None:
        """Something to know that is not the answer: never on standard output."""
        from custody_cli import output

        output.aside(printable(text))

    def answer(self, record: "Record") -> None:
        """The answer as a JSON document, where that was asked for."""
        from custody.core.reading import plain
        from custody_cli.exits import document

        if self.as_json:
            click.echo(document(plain(record)))


def printable(text: str) -> str:
    """File names are bytes: those that are no UTF-8 must not stop what is being said."""
    return text.encode("utf-8", "backslashreplace").decode()


class Asking:
    """Asks on the terminal without echo; the same question again means that the answer was wrong."""

    def __init__(self) -> None:
        self.last = ""

    def __call__(self, question: str) -> str:
        """The answer."""
        if question == self.last:
            click.echo("That passphrase does not open the key. Once more:", err=True)
        self.last = question
        return getpass.getpass(f"{question}: ")  # click's own shows the question too early
