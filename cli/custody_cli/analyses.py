"""`custody analysis`: what was asked of items, how it was examined, and who went over it. (R27)"""

from collections.abc import Sequence

import click

from custody.core.digest import shown
from custody.core.errors import RuleError, UsageError
from custody.drafting import Request, Subject
from custody_cli import names
from custody_cli.bases import basis
from custody_cli.errand import Errand
from custody_cli.items import spoken
from custody_cli.params import EntryName, Words
from custody_cli.recording import acting
from custody_cli.told import Told, chain
from custody_cli.transfers import ITEMS, listed
from custody_schemas import acts
from custody_schemas.declare import Kind
from custody_schemas.terms import Automation

OF_SOFTWARE = {
    "human_review": "--human-review",
    "human_reviewer": "--human-reviewer",
    "ai_model": "--ai-model",
    "ai_role": "--ai-role",
}


@acting(acts.AnalysisRecorded, name="record", leave={"tools"}, need={"question", "method"})
@ITEMS
@click.option(
    "--tool",
    "tools",
    multiple=True,
    type=Words(),
    metavar="TEXT",
    help="A tool and its version. Repeatable.",
)
def record(errand: Errand, items: tuple[str, ...], tools: Sequence[str]) -> None:
    """Record that ITEMs were examined: the question, the method, the tools, the limits.

    Examine a working copy (`custody copy issue`) or an image. An original of which a verified
    copy is on file is examined only for a reason: --original, with --impact. A report becomes an
    item of its own with `custody derive ITEM REPORT --kind report`, or goes along with --attach.
    """
    found = errand.items(items)
    _of_originals(errand)
    _of_software(errand)
    authority = basis(errand, found[0].state.case)
    batch = list(
        errand.on_items(acts.AnalysisRecorded, found, tools=list(tools), authority=authority)
    )
    summary = f"analysis of {listed(found)}: {_short(errand.told['question'])}"
    done = errand.record(batch, summary)
    errand.finish(done, summary, [item.name for item in found])
    number = sum(1 for _ in chain(errand.run.ledger, found[0].tag))
    errand.run.say(f"  another goes over it: custody analysis review {found[0].name} '#{number}'")


def _of_originals(errand: Errand) -> None:
    """Raises UsageError: an original is examined, and nobody says what that did to it. (R51)"""
    if errand.told.get("original") and not errand.told.get("impact"):
        raise UsageError(
            "--original: say with --impact what examining the original changed, and why the "
            "examiner was competent for it"
        )


def _of_software(errand: Errand) -> None:
    """Raises UsageError: something is said of software that decides, and it is said that none."""
    if errand.told["automation"] is not Automation.NONE:
        return
    for member, option in OF_SOFTWARE.items():
        if errand.told.get(member) not in (None, "not_stated", "not_applicable", "no"):
            raise UsageError(f"{option} is about software that decides: --automation says none")


def _short(question: str) -> str:
    first = question.splitlines()[0]
    return first if len(first) <= 80 else f"{first[:79]}…"


@acting(acts.AnalysisReviewed, name="review", leave={"analysis"}, need={"outcome"})
@click.argument("item")
@click.argument("entry", type=EntryName())
def review(errand: Errand, item: str, entry: str) -> None:
    """Go over the analysis that is ENTRY of ITEM's history: 4, '#4', or its id.

    The review stands on every item that the analysis concerned. Nobody reviews her own.
    """
    named = errand.item(item)
    number, told = names.find_entry(chain(errand.run.ledger, named.tag), entry)
    analysis = _analysis(told, f"#{number} of {named.both}")
    found = [names.item_of(errand.run.ledger, place.tag) for place in told.statement.about]
    given = errand.given(acts.AnalysisReviewed, analysis=analysis)
    about = tuple(Subject(Kind.ITEM, each.tag) for each in found)
    request = Request(acts.AnalysisReviewed.NAME, about, given)
    outcome = spoken(errand.told["outcome"])
    summary = f"analysis #{number} of {named.both} reviewed, {outcome}"
    errand.finish(errand.record([request], summary), summary, [each.name for each in found])


def _analysis(told: Told, where: str) -> str:
    """Raises RuleError: E_UNKNOWN, the entry is something else."""
    if told.statement.name != acts.AnalysisRecorded.NAME:
        raise RuleError("E_UNKNOWN", f"{where} is no analysis, but {shown(told.statement.name)}")
    return told.statement.id
