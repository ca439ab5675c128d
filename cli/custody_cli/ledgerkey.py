"""`custody ledger-key change`: another key for the keys of all that is stored encrypted."""

import os

import click

from custody.core import times
from custody.core.text import safe
from custody.opening import open_keys
from custody_cli.backing import described
from custody_cli.run import Run
from custody_cli.table import Command
from custody_schemas.answers import LedgerKeyChanged


@click.command(cls=Command)
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.pass_obj
def change(run: Run, yes: bool) -> None:
    """Put another ledger key in the place of the one that is there.

    The keys of evidence and of what people wrote stay what they are, and are wrapped under the new
    one; nothing stored is written anew. Do it when somebody may have copied the file of the ledger
    key, or when whoever kept it leaves. Who has the old one *and* a copy of keys.db from before still
    opens what was stored until then: such copies are named. Replace them.

    A command that is stopped leaves one of the two in force; repeat it.
    """
    place = run.at_home.key_place
    if not yes and run.interactive and not run.as_json:
        click.confirm(f"Put another key in the place of {place.ledger_key}?", abort=True, err=True)
    keys = open_keys(run.at_home)
    count, copies = keys.change_ledger_key(os.urandom), keys.copies()
    run.say(f"changed: {place.ledger_key} is another key now, and opens {count} keys")
    for copy in copies:
        where = f"{safe(copy.folder)}, of {times.spelt(copy.at)}"
        run.say(f"  the old one still opens the copy of the keys in {where}; replace it")
    run.say("next: custody backup keys DIR, and bring the new ledger key where you keep a copy")
    run.answer(
        LedgerKeyChanged(
            ledger_key=str(place.ledger_key), keys=count, copies=tuple(map(described, copies))
        )
    )
