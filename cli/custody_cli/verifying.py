"""`custody verify`: bundles, offline, or the whole ledger on this machine; `custody rebuild`."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody.core.errors import MalformedError, UsageError
from custody.core.findings import Outcome
from custody.core.text import as_text, safe
from custody.core.trust import TrustFile
from custody_cli import output
from custody_cli.exits import VERDICT, document
from custody_cli.files import FILE
from custody_cli.run import Run
from custody_cli.table import Command
from custody_schemas.answers import Examined, Finding, Rebuilt

if TYPE_CHECKING:
    from custody.ledger.examine import Examination

ZIP = b"PK\x03\x04"


class Bundle(click.Path):
    """A bundle as it was handed over."""

    def __init__(self) -> None:
        super().__init__(exists=True, dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path. A bundle that somebody unpacked is no bundle any more."""
        if Path(value).is_dir():
            self.fail(f"{value} is a folder: give the .zip as it was handed over", param, ctx)
        return super().convert(value, param, ctx)


@click.command(cls=Command)
@click.argument("bundles", nargs=-1, type=Bundle(), metavar="[BUNDLE…]")
@click.option(
    "--trust", type=FILE, help="Whose log, and whose independent countersignatures, you believe."
)
@click.option("--proof", "proofs", multiple=True, type=FILE, help="A proof of recording you kept.")
@click.option("--full", is_flag=True, help="This ledger from record 0 on, whatever was examined.")
@click.option("--processes", type=click.IntRange(1, 64), help="How many verify signatures.")
@click.pass_obj
def verify(
    run: Run,
    bundles: tuple[Path, ...],
    trust: Path | None,
    proofs: tuple[Path, ...],
    full: bool,
    processes: int | None,
) -> None:
    """Examine the record-keeping: BUNDLEs of one ledger, or without any, this whole ledger.

    Bundles are examined offline and without a ledger. Without --trust everything is run, and whose
    keys these are stays open: exit status 3. This ledger is examined from where the last
    examination ended. The evidence itself is re-hashed by `custody check`.

    Exit status: 0 all checks passed, 1 a check failed, 3 a check could not be made.
    """
    if not bundles:
        if trust or proofs:
            raise UsageError("--trust and --proof go with bundles: name a BUNDLE")
        status = _ledger(run, full, processes or min(4, os.cpu_count() or 1))
    elif full or processes:
        raise UsageError("--full and --processes are for this ledger, not for bundles")
    else:
        status = _bundles(run, bundles, trust, proofs)
    click.get_current_context().exit(status)


def _bundles(
    run: Run, bundles: tuple[Path, ...], trust: Path | None, proofs: tuple[Path, ...]
) -> int:
    from custody.core.summary import BAD
    from custody.core.verify import verify as examine

    believed = _trust_file(trust, bundles) if trust else None
    kept = [path.read_bytes() for path in proofs]
    size = sum(path.stat().st_size for path in bundles)
    with output.progress(size, "examining", passes=2) as progress:
        report = examine(bundles, believed, kept, progress)
    run.say(as_text(report).rstrip("\n"))
    if run.as_json:
        click.echo(document(report.document()))
    elif bad := dict.fromkeys(f.check for f in report.findings if f.outcome in BAD):
        names = ", ".join(bad)
        run.aside(f"`custody explain CHECK` says what each means and what to do; here: {names}")
    return VERDICT[report.verdict]


def _trust_file(path: Path, bundles: Sequence[Path]) -> TrustFile:
    """What --trust names.

    Raises:
        UsageError: it is a bundle.
        MalformedError: it is no trust file.
    """
    data = path.read_bytes()
    if data.startswith(ZIP):
        taken = ", ".join(map(str, bundles))
        raise UsageError(
            f"--trust {path} is a .zip, not a trust file: were {path} and {taken} swapped?"
        )
    try:
        return TrustFile.read(data)
    except MalformedError as error:
        raise MalformedError(f"{path}: {error}") from error


def _ledger(run: Run, full: bool, processes: int) -> int:
    from custody import counting
    from custody.ledger.examine import examine
    from custody.ledger.signer import LogSigner
    from custody.opening import open_database
    from custody_cli import consultations

    home = run.at_home
    signer = LogSigner(home.log, home.origin)
    database = open_database(home)
    with database.reading() as rows:
        size = rows.size()
    with output.progress(size, "examining", counted=True) as progress:
        found = examine(database, signer, full=full, processes=processes, progress=progress)
    looks = consultations.examined(run)
    more = list(looks.findings)
    if found.sound:  # else nothing that the ledger hands out is believed
        more += counting.examined(run.ledger, found.start)
    found = found._replace(findings=(*found.findings, *more))
    verdict = found.verdict
    _tell(run, found)
    if looks.findings:
        run.say(f"  the log of consultations: {looks.words}")
    run.answer(
        Examined(
            verdict=verdict,
            origin=home.origin,
            start=found.start,
            size=found.size,
            root=found.root,
            findings=tuple(Finding(**each.document()) for each in found.findings),
        )
    )
    return VERDICT[verdict]


def _tell(run: Run, found: "Examination") -> None:
    """The examination of a ledger, for people."""
    run.say(f"ledger {run.at_home.origin}, {found.size} records, root {found.root}")
    troubles = [each for each in found.findings if each.outcome is not Outcome.PASSED]
    looked = f"records {found.start} to {found.size - 1}" if found.start < found.size else "nothing"
    run.say(
        f"  examined now: {looked}" + ("" if found.start == 0 else "; what came before, earlier")
    )
    for each in troubles:
        run.say(f"  {each.check} {each.outcome}, {safe(each.subject)}: {safe(each.detail)}")
    checks = dict.fromkeys(each.check for each in found.findings)
    passed = [check for check in checks if check not in {each.check for each in troubles}]
    run.say(f"  passed: {', '.join(passed) or 'nothing'}")
    run.say("  the evidence itself is re-hashed by `custody check --all`")


@click.command(cls=Command)
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.pass_obj
def rebuild(run: Run, yes: bool) -> None:
    """Make every table of the ledger anew from its signed entries, and say what differed.

    Whatever does not fit the signed entries is refused, and everything stays as it was. Evidence
    and values that were stored before there was encryption are encrypted.
    """
    from custody.encrypting import encrypt, encrypt_rows
    from custody.ledger.examine import examine
    from custody.ledger.rebuild import rebuild as make_anew
    from custody.ledger.signer import LogSigner
    from custody.opening import open_database

    home = run.at_home
    found = examine(open_database(home), LogSigner(home.log, home.origin), full=True)
    differed = [each for each in found.findings if each.outcome is Outcome.FAILED]
    for each in differed:  # afterwards nothing would show that it was so
        run.say(f"  {each.check} FAILED, {safe(each.subject)}: {safe(each.detail)}")
    if not yes and run.interactive and not run.as_json:
        click.confirm(f"Rebuild the tables of {home.origin}?", abort=True, err=True)
    encrypt_rows(home)
    records = make_anew(open_database(home), home.origin)
    run.say(f"rebuilt from {records} records; examine the result with `custody verify --full`")
    made = encrypt(home)
    if made.done:
        run.say(f"  evidence that was not encrypted, and is now: {made.done} files")
    for sha256 in made.left:
        run.say(f"  NOT ENCRYPTED, for it is not what its name says: {sha256}")
    run.answer(
        Rebuilt(
            records=records,
            differed=tuple(Finding(**each.document()) for each in differed),
            encrypted=made.done,
            left=made.left,
        )
    )
