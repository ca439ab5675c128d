"""`custody backup`: a whole copy of the ledger, and, apart from it, one of its keys."""

from pathlib import Path

import click

from custody import backing
from custody.core import times
from custody.core.errors import UsageError
from custody.core.text import safe
from custody.store.keystore import KeyCopy
from custody.store.vault import LocalVault
from custody_cli import output
from custody_cli.run import Run
from custody_cli.table import Command
from custody_schemas.answers import BackedUp, KeysBackedUp
from custody_schemas.answers import KeyCopy as Answer

KEYS = "keys"
LISTED = 10  # spoilt objects that are named


@click.command(cls=Command)
@click.argument("words", metavar="[keys] DIR", nargs=-1, required=True)
@click.option(
    "--without-ledger-key", is_flag=True, help="Of keys: leave out the key that opens them."
)
@click.option(
    "--replaces",
    multiple=True,
    metavar="DIR",
    help="Of keys: a copy of them that is gone for good. Repeatable.",
)
@click.pass_obj
def backup(
    run: Run, words: tuple[str, ...], without_ledger_key: bool, replaces: tuple[str, ...]
) -> None:
    """Copy the ledger into the new folder DIR: rows, the log's keys and memory, the evidence.

    Nobody can record while the rows are copied; the evidence is copied afterwards as it is stored,
    encrypted, read back and held against its digests; then the copy is examined. Keep DIR as safe
    as the ledger itself: it holds the log's keys. People's own keys are not in it.

    With the word keys, it is the keys of all that is stored encrypted (evidence, and what people
    wrote) that are copied, and nothing else: without them no backup can be read, and with them everybody can read it. Keep the two apart. What is
    erased later stays readable to who has such a copy: make it anew after each erasure, destroy the
    old one, and say so with --replaces.

    To restore, copy DIR back. It goes on where it ends only if nothing was recorded after it: else
    continue it with `custody recover`, as docs/recovery.md says.

    Exit status: 0 all copied, 1 evidence in the vault is spoilt and was left out.
    """
    *which, target = words
    if which == [KEYS]:
        _keys(run, Path(target), not without_ledger_key, replaces)
        return
    if which or target == KEYS:
        raise UsageError("say where: custody backup DIR, or custody backup keys DIR")
    if without_ledger_key or replaces:
        raise UsageError("no backup holds keys but `custody backup keys DIR`")
    _ledger(run, Path(target))


def _keys(run: Run, target: Path, ledger_key: bool, replaces: tuple[str, ...]) -> None:
    home = run.at_home
    made = backing.back_up_keys(
        home,
        target,
        run.now,
        ledger_key=ledger_key,
        replaces=[str(Path(r).absolute()) for r in replaces],
    )
    run.say(f"copied: the keys of {home.origin}, into {made.folder}")
    if ledger_key:
        run.say("  whoever has it can read every backup: keep it apart from them")
    else:
        run.say(f"  not in it, and needed to open them: {home.key_place.ledger_key}")
    for each in made.others:
        run.say(
            f"  another copy, of {times.spelt(each.at)}: {safe(each.folder)}; if it is gone for "
            "good, say --replaces"
        )
    run.answer(
        KeysBackedUp(
            copy=described(KeyCopy(str(made.folder), made.at)),
            ledger_key=ledger_key,
            others=tuple(map(described, made.others)),
        )
    )


def described(copy: KeyCopy) -> Answer:
    """A copy of the keys as an answer."""
    return Answer(folder=copy.folder, at=times.spelt(copy.at))


def _ledger(run: Run, target: Path) -> None:
    home = run.at_home
    with output.progress(
        backing.size_of(home), "copying, reading back", LocalVault.PASSES
    ) as progress:
        made = backing.back_up(home, target, progress)
    run.say(f"copied: {home.origin}, {made.records} records, into {made.folder}")
    run.say(f"  root {made.root}")
    run.say(f"  evidence: {made.objects} files, {made.size} bytes, each held against its digest")
    run.say("  it holds the log's keys: keep it as safe as the ledger itself")
    run.say("  its keys are not in it, and it opens with none but them: `custody backup keys DIR`")
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
