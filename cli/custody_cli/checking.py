"""`custody check`: re-hash the evidence and record what was found."""

from collections.abc import Sequence
from functools import partial

import click

from custody.core.errors import UsageError
from custody.drafting import Request
from custody_cli import names, output
from custody_cli.accepting import checked
from custody_cli.errand import Errand
from custody_cli.names import ItemName
from custody_cli.params import Choices
from custody_cli.recording import acting
from custody_cli.told import chain
from custody_cli.verdicts import Looked, grouped, presumed, with_contents
from custody_schemas import acts
from custody_schemas.answers import Checked
from custody_schemas.declare import Kind
from custody_schemas.terms import CheckTrigger, IntegrityVerdict

HASHED = {"item.acquired", "item.derived", "item.received", "integrity.checked"}
HASHED |= {"transfer.accepted", "court.returned"}
TOOL = "custody check"


@acting(acts.IntegrityChecked, leave={"verdict", "found", "trigger"})
@click.argument("items", nargs=-1, metavar="ITEM…")
@click.option("--all", "every", is_flag=True, help="Every item with content.")
@click.option("--mine", is_flag=True, help="What you hold or have out.")
@click.option(
    "--oldest",
    type=click.IntRange(1),
    metavar="N",
    help="The N items that were not checked longest.",
)
@click.option(
    "--trigger",
    type=Choices(CheckTrigger),
    default=CheckTrigger.REQUEST,
    show_default=True,
    metavar="WHAT",
    help=f"What gave rise to the check: {', '.join(CheckTrigger)}.",
)
def check(
    errand: Errand,
    items: tuple[str, ...],
    every: bool,
    mine: bool,
    oldest: int | None,
    trigger: CheckTrigger,
) -> None:
    """Re-hash the evidence: the content of ITEMs is compared with the digests on file.

    The verdict is computed and recorded. Exit status 1 where any content differs or cannot be
    read, 3 where some could not be checked.

    Whether the entries, signatures and chains of the record hold is another question: `custody
    verify` examines the record-keeping.
    """
    if bool(items) + every + mine + (oldest is not None) != 1:
        raise UsageError("name items, or say one of --all, --mine, --oldest N")
    found = errand.items(items) if items else _chosen(errand, mine, oldest)
    without = [item.both for item in found if item.state.content is None]
    if items and without:
        raise UsageError(f"{', '.join(without)}: no digital content is on file to be compared")
    seen = [Looked(item, content=presumed(item)) for item in found if item.state.content]
    if not seen:
        raise UsageError("none of these items has digital content on file")
    requests = partial(_requests, errand, trigger)
    looked = with_contents(errand, seen, requests)
    _record(errand, looked, requests(looked))


def _requests(errand: Errand, trigger: CheckTrigger, looked: Sequence[Looked]) -> list[Request]:
    batch: list[Request] = []
    for group in grouped(looked):
        content = group[0].content
        filled = {
            "verdict": group[0].hash,
            "trigger": trigger,
            "tool": errand.told.get("tool") or TOOL,
            "found": list(content.found) if content else [],
        }
        members = [each.item for each in group]
        batch += errand.on_items(acts.IntegrityChecked, members, **filled)
    return batch


def _record(errand: Errand, looked: Sequence[Looked], batch: Sequence[Request]) -> None:
    if not errand.run.as_json:
        rows = [(e.item.both, str(e.hash), e.content.detail if e.content else "") for e in looked]
        output.table(("item", "content", ""), rows, "")
    bad = sum(each.hash is not IntegrityVerdict.MATCH for each in looked)
    summary = f"{len(looked)} checked, {bad or 'none'} not as on file"
    done = errand.record(batch, summary, ask=False)
    errand.tell(summary, done)
    items = [each.item.name for each in looked]
    found = tuple(checked(each) for each in looked)
    errand.run.answer(Checked(**errand.answer(done, items), found=found))
    click.get_current_context().exit(_status({each.hash for each in looked}))


def _status(verdicts: set[IntegrityVerdict | None]) -> int:
    if verdicts <= {IntegrityVerdict.MATCH}:
        return 0
    return 3 if verdicts <= {IntegrityVerdict.MATCH, IntegrityVerdict.NOT_CHECKED} else 1


def _chosen(errand: Errand, mine: bool, oldest: int | None) -> list[ItemName]:
    """Items with content: all of them, those in hand, or those whose last check is longest ago."""
    ledger, me = errand.run.ledger, errand.me.actor
    found = [names.item_of(ledger, each.tag) for each in ledger.find(Kind.ITEM, "")]
    found = [item for item in found if item.state.content is not None and not item.state.terminal]
    if mine:
        found = [i for i in found if me in (i.state.holder, i.state.out and i.state.out.to)]
    if oldest is not None:
        found = sorted(found, key=lambda item: _last_checked(errand, item))[:oldest]
    return found


def _last_checked(errand: Errand, item: ItemName) -> int:
    """Index of the last record for which the content was hashed; -1 where there is none."""
    told = chain(errand.run.ledger, item.tag)
    return max((each.entry.n for each in told if each.statement.name in HASHED), default=-1)
