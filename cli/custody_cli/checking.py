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
from custody_cli.verdicts import Looked, grouped, presumed, with_contents
from custody_schemas import acts
from custody_schemas.answers import Checked
from custody_schemas.declare import Kind
from custody_schemas.terms import CheckTrigger, IntegrityVerdict

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
    answer, status = record(errand, looked, requests(looked))
    errand.run.answer(answer)
    click.get_current_context().exit(status)


def scheduled(errand: Errand, count: int) -> tuple[Checked, int] | None:
    """Re-hash the items whose last check is longest ago; the answer, and the exit status.

    None where no item has content. What was found is recorded.
    """
    seen = [Looked(item, content=presumed(item)) for item in _oldest(errand, count)]
    if not seen:
        return None
    requests = partial(_requests, errand, CheckTrigger.SCHEDULE)
    looked = with_contents(errand, seen, requests)
    return record(errand, looked, requests(looked))


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


def record(
    errand: Errand, looked: Sequence[Looked], batch: Sequence[Request]
) -> tuple[Checked, int]:
    """Record what was found; the answer, and the exit status that it deserves."""
    if not errand.run.as_json:
        rows = [(e.item.both, str(e.hash), e.content.detail if e.content else "") for e in looked]
        output.table(("item", "content", ""), rows, "")
    bad = sum(each.hash is not IntegrityVerdict.MATCH for each in looked)
    summary = f"{len(looked)} checked, {bad or 'none'} not as on file"
    done = errand.record(batch, summary, ask=False)
    errand.tell(summary, done)
    items = [each.item.name for each in looked]
    found = tuple(checked(each) for each in looked)
    status = _status({each.hash for each in looked})
    return Checked(**errand.answer(done, items), found=found), status


def _status(verdicts: set[IntegrityVerdict | None]) -> int:
    if verdicts <= {IntegrityVerdict.MATCH}:
        return 0
    return 3 if verdicts <= {IntegrityVerdict.MATCH, IntegrityVerdict.NOT_CHECKED} else 1


def _chosen(errand: Errand, mine: bool, oldest: int | None) -> list[ItemName]:
    """Items with content: all of them, those in hand, or those whose last check is longest ago."""
    if oldest is not None:
        return _oldest(errand, oldest)
    ledger, me = errand.run.ledger, errand.me.actor
    found = [names.item_of(ledger, each.tag) for each in ledger.find(Kind.ITEM, "")]
    found = [item for item in found if item.state.content is not None and not item.state.terminal]
    if mine:
        found = [i for i in found if me in (i.state.holder, i.state.out and i.state.out.to)]
    return found


def _oldest(errand: Errand, count: int) -> list[ItemName]:
    ledger = errand.run.ledger
    return [names.item_of(ledger, tag) for tag in ledger.longest_unhashed(count)]
