"""What others check this ledger with: proofs of recording, and the trust file."""

from pathlib import Path

import click

from custody.core.text import grouped
from custody_cli.files import OUTPUT, keep
from custody_cli.run import Run
from custody_cli.table import Command
from custody_schemas.answers import ProofAnswer, TrustAnswer


@click.command(cls=Command)
@click.argument("number", type=click.IntRange(0, 2**53 - 1), metavar="N")
@OUTPUT
@click.pass_obj
def proof(run: Run, number: int, target: Path | None) -> None:
    """Proof that record N was recorded, to be kept by whoever must be able to show it later.

    `custody verify BUNDLE --proof FILE` finds out whether a bundle leaves that record out.
    """
    data = run.ledger.receipt(number)
    keep(run, data, target, f"proof of recording of record {number}")
    name = str(target) if target else None
    run.answer(ProofAnswer(record=number, proof=data.decode(), file=name))


@click.command(cls=Command)
@OUTPUT
@click.pass_obj
def show(run: Run, target: Path | None) -> None:
    """The trust file to hand out: whose keys a verifier is to believe.

    Hand it out over a way of its own, and read the fingerprint aloud: it is your word.
    """
    from custody.believing import trust_of

    trust = trust_of(run.ledger)
    data = trust.encode()
    keep(run, data, target, "trust file")
    run.aside(f"fingerprint {grouped(trust.fingerprint)}")
    answer = TrustAnswer(origin=trust.origin, fingerprint=trust.fingerprint, trust=data.decode())
    run.answer(answer)
