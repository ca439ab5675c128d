"""A ledger and its first person; identities on this machine; who signs, and whose key is open."""

import os
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

import click

from custody.core.errors import NotFoundError, UsageError
from custody.core.keys import Algorithm, fingerprint
from custody.core.text import grouped, safe
from custody_cli import output
from custody_cli.params import Choices, Words
from custody_cli.recording import passphrase_option
from custody_cli.run import Run
from custody_cli.table import Command
from custody_schemas.acts import LedgerOpened
from custody_schemas.answers import Agent, Identities, IdentityAnswer, LedgerMade, Whoami
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
    type=click.Path(dir_okay=False, path_type=Path),
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


@click.command(cls=Command)
@click.argument("handle", metavar="NAME")
@click.option("--name", required=True, type=TEXT, help="The person's name.")
@click.option("--organisation", required=True, type=TEXT, help="The person's organisation.")
@click.option("--contact", default="", help="How to reach the person.")
@click.option(
    "--origin", type=ORIGIN, help="Name of the ledger, if it is not the one on this machine."
)
@click.option(
    "--for", "person", metavar="PERSON", help="A further key of somebody who is enrolled already."
)
@click.option(
    "-o",
    "--output",
    "target",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The request to be enrolled: send it to somebody who may enrol.",
)
@ALGORITHM
@POST_QUANTUM
@passphrase_option()
@click.pass_obj
def create(
    run: Run,
    /,
    handle: str,
    origin: str | None,
    person: str | None,
    target: Path,
    passphrase_file: Path | None,
    contact: str,
    algorithm: str,
    post_quantum: bool,
    **said: str,
) -> None:
    """Make keys under a passphrase, and a request to be enrolled.

    NAME is what you will type after --as. The request holds the public key, signed with the
    private one; the private key never leaves this machine.
    """
    from custody import durable
    from custody.identity import enrolling, keyfile

    if target.exists() or not target.absolute().parent.is_dir():
        raise UsageError(f"{target} exists, or its folder does not: name another file")
    identity, signers = keyfile.create(
        run.identities / handle,
        origin=origin or run.at_home.origin,
        passphrase=run.passphrases(passphrase_file).chosen(handle).text,
        entropy=os.urandom,
        algorithm=Algorithm(algorithm),
        partner=post_quantum,
        actor=_person(run, person) if person else None,
        **said,
    )
    request = enrolling.request(identity, signers, contact, os.urandom)
    durable.write(target, request, mode=0o644)
    run.say(f"made: the identity {handle} of {safe(identity.name)} for {identity.origin}")
    run.say(f"  key {grouped(identity.key.id)}")
    run.say(f"  request: {target}")
    run.say(
        "next: hand the request to somebody who may enrol, and read the key aloud to them; they "
        f"run\n  custody {'key add PERSON' if person else 'actor enrol'} {target.name} …"
    )
    run.answer(described(identity, str(target)))


def _person(run: Run, words: str) -> str:
    from custody_cli.persons import person_tag

    return person_tag(run, words)


@click.command(cls=Command)
@click.pass_obj
def identities(run: Run) -> None:
    """The identities that are kept on this machine."""
    from custody.identity import keyfile

    found = keyfile.listed(run.identities)
    if not run.as_json:
        rows = [(i.handle, i.name, i.organisation, i.origin, i.key.id[:8]) for i in found]
        output.table(
            ("identity", "name", "organisation", "ledger", "key"),
            rows,
            f"no identities in {run.identities}",
        )
    run.answer(Identities(identities=tuple(described(each) for each in found)))


def described(identity: object, request: str | None = None) -> IdentityAnswer:
    """An identity as an answer."""
    from custody.identity.keyfile import Identity

    assert isinstance(identity, Identity)
    return IdentityAnswer(
        identity=identity.handle,
        name=identity.name,
        organisation=identity.organisation,
        ledger=identity.origin,
        key=identity.key.id,
        request=request,
    )


@click.command(cls=Command)
@click.pass_obj
def whoami(run: Run) -> None:
    """Which identity signs here, with which key and roles, and whether its key is open."""
    from custody.identity import agent
    from custody_cli.people import described as person_described
    from custody_cli.people import roles_text

    identity = run.who
    running = agent.running(identity, run.environ)
    seconds = running.seconds_left if running else 0
    try:
        person = person_described(run.ledger, identity.actor)
    except NotFoundError:
        person = None
    run.say(f"{safe(identity.name)} ({safe(identity.organisation)}) at {identity.origin}")
    run.say(f"  identity {identity.handle} in {identity.folder}")
    run.say(f"  key {grouped(identity.key.id)}")
    run.say(f"  roles: {roles_text(person) if person else 'not enrolled yet'}")
    run.say(f"  key open for {seconds // 60} more minutes" if seconds else "  key locked")
    run.answer(Whoami(identity=described(identity), person=person, unlocked_seconds=seconds))


@click.command(cls=Command)
@click.option("--minutes", type=int, default=30, show_default=True, help="For how long.")
@passphrase_option()
@click.pass_obj
def unlock(run: Run, minutes: int, passphrase_file: Path | None) -> None:
    """Keep your key open for some minutes, in a process of your own.

    Accepting, acknowledging, approving, taking over and co-signing ask for the passphrase all the
    same. End it with `custody lock`.
    """
    from custody.identity import agent

    agent.required()
    identity = run.who
    keys = run.passphrases(passphrase_file).unlock(identity)
    running = agent.start(identity, keys.signers, minutes, run.environ)
    run.say(f"{safe(identity.name)}'s key is open for {minutes} minutes; `custody lock` ends it")
    run.answer(Agent(unlocked=True, seconds_left=running.seconds_left))


@click.command(cls=Command)
@click.pass_obj
def lock(run: Run) -> None:
    """Close your key again."""
    from custody.identity import agent

    agent.required()
    ended = agent.lock(run.who, run.environ)
    run.say("the key is locked" if ended else "the key was locked already")
    run.answer(Agent(unlocked=False, seconds_left=0))
