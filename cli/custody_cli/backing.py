"""`custody backup`: a whole copy of the ledger, examined before it gets its name."""

from pathlib import Path

import click

from custody import backing
from custody.store.vault import LocalVault
from custody_cli import output
from custody_cli.run import Run
from custody_cli.table import Command
from custody_schemas.answers import BackedUp

LISTED = 10  # spoilt objects that are named


@click.command(cls=Command)
@click.argument("target", metavar="DIR", type=click.Path(path_type=Path))
@click.pass_obj
def backup(run: Run, target: Path) -> None:
    """Copy the ledger into the new folder DIR: rows, the log's keys and memory, the evidence.

    Nobody can record while the rows are copied; the evidence is copied afterwards, read back and
    held against its digests; then the copy is examined. Keep DIR as safe as the ledger itself: it
    holds the log's keys. People's own keys are not in it.

    To restore, copy DIR back. It goes on where it ends only if nothing was recorded after it: else
    continue it with `custody recover`, as docs/recovery.md says.

    Exit status: 0 all copied, 1 evidence in the vault is spoilt and was left out.
    """
    home = run.at_home
    with output.progress(
        backing.size_of(home), "copying, reading back", LocalVault.PASSES
    ) as progress:
        made = backing.back_up(home, target, progress)
    run.say(f"copied: {home.origin}, {made.records} records, into {made.folder}")
    run.say(f"  root {made.root}")
    run.say(f"  evidence: {made.objects} files, {made.size} bytes, each held against its digest")
    run.say("  it holds the log's keys: keep it as safe as the ledger itself")
    for sha256 in made.spoilt[:LISTED]:
        run.say(f"  SPOILT in the vault, and left out: {sha256}")
    if made.spoilt:
        run.say(
            f"  {len(made.spoilt)} left out: `custody check --all` says of which items they are"
        )
    run.answer(
        BackedUp(
            folder=str(made.folder),
            records=made.records,
            root=made.root,
            objects=made.objects,
            size=made.size,
            spoilt=made.spoilt,
        )
    )
    click.get_current_context().exit(1 if made.spoilt else 0)
