"""A ledger and its first person, from whom every right descends."""

import os
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

import click

from custody.core.keys import Algorithm, fingerprint
from custody.core.text import grouped, safe
from custody_cli.files import NEW
from custody_cli.params import Choices, Words
from custody_cli.recording import passphrase_option
from custody_cli.run import Run
from custody_cli.table import Command
from custody_schemas.acts import LedgerOpened
from custody_schemas.answers import LedgerMade
from custody_schemas.declare import Chars
from custody_schemas.terms import ActorRole

if TYPE_CHECKING:
    from custody.founding import Founded, Founder
    from custody.store.keyfiles import Place

TEXT = Words([Chars(1, 500)])
ORIGIN = Words(LedgerOpened.FIELDS["origin"].marks)
POST_QUANTUM = click.option(
    "--post-quantum", is_flag=True, help="Sign with an ML-DSA-65 key beside the Ed25519 key."
)
ALGORITHM = click.option(
    "--algorithm",
    type=click.Choice(["ed25519", "p256"]),
    default="ed25519",
    show_default=True,
    help="Kind of key.",
)


KEYS = click.option(
    "--keys",
    "keys_in",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the keys of stored evidence go, if not into the ledger's folder.",
)
LEDGER_KEY = click.option(
    "--ledger-key",
    metavar="FILE",
    type=NEW,
    help="Where the key that opens them goes: a stick, for example.",
)


@click.command(cls=Command)
@click.option(
    "--origin", required=True, type=ORIGIN, help="Name of the ledger, like agency.example/evidence."
)
@click.option("--name", required=True, type=TEXT, help="Name of the first person.")
@click.option("--organisation", required=True, type=TEXT, help="The person's organisation.")
@click.option("--contact", default="", help="How to reach the person.")
@click.option(
    "--role",
    "roles",
    type=Choices(ActorRole, several=True),
    default="admin,examiner",
    show_default=True,
    help="Roles of the first person, with commas; admin is always one of them.",
)
@KEYS
@LEDGER_KEY
@ALGORITHM
@POST_QUANTUM
@passphrase_option()
@click.pass_obj
def init(
    run: Run,
    /,
    passphrase_file: Path | None,
    post_quantum: bool,
    keys_in: Path | None,
    ledger_key: Path | None,
    algorithm: str,
    roles: tuple[ActorRole, ...],
    origin: str,
    name: str,
    organisation: str,
    contact: str,
) -> None:
    """Make a ledger, its log keys, and the first person, from whom every right descends.

    The ledger is made in --home, or else CUSTODY_HOME. The person's keys go into the person's own
    folder, under a passphrase that is asked for twice. Evidence is stored encrypted: copy its keys
    with `custody backup keys`, for without them no backup can be read.
    """
    from custody.founding import Founder, found

    asked = Founder(
        origin,
        name,
        organisation,
        contact,
        roles=tuple(dict.fromkeys([ActorRole.ADMIN, *roles])),
        algorithm=Algorithm(algorithm),
        partner=post_quantum,
    )
    made = found(
        run.folder,
        run.identities,
        asked,
        run.passphrases(passphrase_file),
        clock=run.now,
        entropy=os.urandom,
        handle=run.identity,
        keys_at=keys_at(run, keys_in, ledger_key),
    )
    _tell_made(run, asked, made)


def keys_at(run: Run, folder: Path | None, ledger_key: Path | None) -> "Place | None":
    """Where the keys of a new ledger go; None for its own folder."""
    from custody.opening import key_place

    said = {"keys": folder, "ledger_key": ledger_key}
    place = {name: str(path.absolute()) for name, path in said.items() if path is not None}
    return key_place(run.folder, place, {} if place else run.environ)


def _tell_made(run: Run, asked: "Founder", made: "Founded") -> None:
    from custody_cli import overseers

    key, fingerprint_ = made.identity.key.id, made.trust.fingerprint
    run.say(f"made: the ledger {asked.origin} in {made.home.folder}")
    run.say(f"  first person: {safe(asked.name)} ({safe(asked.organisation)})")
    run.say(f"  identity: {made.identity.handle}, key {fingerprint(key, 2)} …")
    run.say(f"  roles: {', '.join(asked.roles)}")
    run.say(f"  trust file to hand out: {made.home.trust}, with the fingerprint")
    run.say(f"    {grouped(fingerprint_)}")
    run.say(f"  keys of stored evidence: {made.home.key_place.folder}")
    if made.home.key_place.ledger_key.parent != made.home.key_place.folder:
        run.say(f"    opened by {made.home.key_place.ledger_key}")
    run.say("next: custody backup keys DIR, on another medium: without them no backup can be read")
    run.say("next: custody case open REFERENCE --title …")
    run.say(f"next: {overseers.HOW} …")
    for line in wrap(overseers.lacking(run), 76):
        run.say(f"  {line}")
    run.answer(
        LedgerMade(
            origin=asked.origin,
            home=str(made.home.folder),
            identity=made.identity.handle,
            key=key,
            trust=fingerprint_,
        )
    )
