"""Identities on this machine: their keys, who signs here, and whose key is open."""

import os
from pathlib import Path

import click

from custody.core.errors import NotFoundError, UsageError
from custody.core.keys import Algorithm
from custody.core.text import grouped, safe
from custody_cli import output
from custody_cli.files import written
from custody_cli.founding import ALGORITHM, ORIGIN, POST_QUANTUM, TEXT
from custody_cli.recording import passphrase_option
from custody_cli.run import Run
from custody_cli.table import Command
from custody_schemas.answers import Agent, Identities, IdentityAnswer, Whoami


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
@written("The request to be enrolled: send it to somebody who may enrol.", required=True)
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
    from custody_cli.enrolled import described as person_described
    from custody_cli.enrolled import roles_text

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
