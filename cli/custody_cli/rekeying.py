"""`custody identity passphrase`: the same keys under another passphrase."""

import os
from pathlib import Path

import click

from custody.core.errors import AmbiguousError, NotFoundError, UsageError
from custody.core.text import safe
from custody.identity import keyfile
from custody.identity.keyfile import Identity
from custody.identity.passphrases import Passphrases
from custody.identity.signers import MemorySigner
from custody_cli.identities import described
from custody_cli.recording import passphrase_option
from custody_cli.run import Asking, Run
from custody_cli.table import Command


@click.command(cls=Command)
@click.argument("handle", metavar="NAME", required=False)
@passphrase_option()
@passphrase_option("--new-passphrase-file", "fresh", which="new passphrase")
@click.pass_obj
def passphrase(
    run: Run, /, handle: str | None, passphrase_file: Path | None, fresh: Path | None
) -> None:
    """Give the identity NAME another passphrase. The old one is needed; the keys stay the same.

    Copies of the identity, on sticks and in backups, still open with the old passphrase: replace
    them. If somebody else has learnt it, have the key itself replaced: `custody key rotate`.
    """
    identity = _meant(run, handle or run.identity)
    opened = run.passphrases(passphrase_file).unlock(identity)
    signers = [signer for signer in opened.signers if isinstance(signer, MemorySigner)]
    # The environment holds the old one: a new one is asked for, or comes from its own file.
    asking = Passphrases({}, fresh, Asking() if run.interactive else None)
    if fresh is None and not run.interactive:
        raise UsageError("nobody can be asked for the new passphrase: give --new-passphrase-file")
    text = asking.chosen(identity.handle).text
    if not text:
        raise UsageError("the new passphrase is empty; the old one holds")
    made = keyfile.resealed(identity, signers, text, os.urandom)
    run.say(f"the identity {made.handle} of {safe(made.name)} has a new passphrase")
    run.say("  copies of it elsewhere still open with the old one: replace them")
    run.answer(described(made))


def _meant(run: Run, handle: str | None) -> Identity:
    """The identity named, or the only one on this machine.

    Raises:
        NotFoundError, AmbiguousError.
    """
    if handle is not None:
        run.check_identity(handle)
        kept = run.identities / handle
        return keyfile.read(kept if kept.exists() else Path(handle).absolute())
    found = keyfile.listed(run.identities)
    if not found:
        raise NotFoundError(f"there are no identities in {run.identities}")
    if len(found) > 1:
        raise AmbiguousError("say which identity", [each.handle for each in found])
    return found[0]
