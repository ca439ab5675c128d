"""Every command of the table logs what it shows, signs what it does, or shows nothing of a case."""

from collections.abc import Iterator

import click
import pytest

from custody_cli.commands import SECTIONS
from custody_cli.consulting import Consulting
from custody_cli.main import cli
from custody_cli.table import Leaf, SigningOption

# Shows nothing of a case, an item or a person; or why it is not logged here all the same.
NOTHING = {
    "init": "makes a ledger in which there is nothing yet",
    "identity create": "makes keys of one's own",
    "identity list": "tells of key files in one's own folder, not of the ledger",
    "identity passphrase": "changes a key file of one's own",
    "whoami": "tells a person her own name, key and roles",
    "unlock": "opens one's own key",
    "lock": "closes one's own key",
    "bench set": "keeps defaults of one's own",
    "bench show": "tells a person her own defaults",
    "bench clear": "forgets defaults of one's own",
    "rules show": "tells the rules, which are the ledger's own",
    "pack list": "tells schedules, which are law and no case",
    "pack show": "tells schedules, which are law and no case",
    "submit": "records what was signed elsewhere, and tells that",
    "transfer submit": "records what was signed elsewhere, and tells that",
    "privacy finish": "destroys what is recorded as erased, and tells numbers",
    "consultations close": "tells how many lines there are",
    "consultations verify": "tells whether the log is what it was, not what is in it",
    "consultations note": "tells roots",
    "proof": "shows a blinded record and hashes",
    "trust show": "tells whose keys to believe",
    "verify": "tells whether records hold; a bundle that it reads lies in the reader's hands already",
    "rebuild": "makes tables anew, and tells numbers",
    "backup": "copies what is encrypted, and must work when the log does not",
    "ledger-key change": "wraps keys anew, and tells numbers",
    "explain": "tells what words mean",
    "demo": "plays on a stage of its own",
    "recover check": "tells numbers of a lost ledger, whose own log stays as it is",
    "recover ledger": "tells numbers of a lost ledger, whose own log stays as it is",
    "recover history": "reads a lost ledger, whose own log stays as it is: it is evidence",
}


def commands() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(cli)
    for members in SECTIONS.values():
        for name, entry in members.items():
            paths = [name] if isinstance(entry, Leaf) else [f"{name} {s}" for s in entry.members]
            for path in paths:
                command: click.Command | None = cli
                for word in path.split():
                    assert isinstance(command, click.Group)
                    command = command.get_command(context, word)
                assert command is not None
                yield path, command


def signs(command: click.Command) -> bool:
    """It leaves a signed entry that says who did what with which items, and why."""
    return any(isinstance(param, SigningOption) for param in command.params)


@pytest.mark.parametrize(("path", "command"), [*commands()])
def test_every_command_logs_or_signs_or_shows_nothing_of_a_case(
    path: str, command: click.Command
) -> None:
    ways = [isinstance(command, Consulting), signs(command), path in NOTHING]
    assert sum(ways) == 1, path


def test_no_reason_is_given_for_a_command_that_is_not_there() -> None:
    assert NOTHING.keys() <= {path for path, _ in commands()}
