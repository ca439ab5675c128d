"""The rules of a ledger and their parameters: shown, and changed by two people."""

import re
from typing import Any

import click

from custody.core import tags
from custody.core.errors import NotFoundError, UsageError
from custody.core.state import LedgerFacts
from custody.drafting import Request, Subject
from custody.ledger import Ledger
from custody_cli import output
from custody_cli.errand import Errand
from custody_cli.recording import acting
from custody_cli.run import Run
from custody_cli.table import Command
from custody_schemas import acts
from custody_schemas.acts import Rules
from custody_schemas.answers import RulesAnswer
from custody_schemas.declare import Capacity, Kind, Within

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
NAMES = (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))


class Duration(click.ParamType[Any]):
    """A number and its unit, as in 36h; in seconds, within the bounds of a member of `Rules`."""

    name = "duration"

    def __init__(self, member: str) -> None:
        marks = Rules.FIELDS[member].marks
        self.bounds = next(mark for mark in marks if isinstance(mark, Within))

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Seconds."""
        if isinstance(value, int):
            return value
        found = re.fullmatch(r"(\d{1,9})\s*([smhd])", value.strip().lower())
        if not found:
            self.fail(f"{value!r} is no duration: write 90s, 30m, 36h or 2d", param, ctx)
        seconds = int(found[1]) * UNITS[found[2]]
        if not self.bounds.low <= seconds <= self.bounds.high:
            self.fail(f"{value} is more than {lasting(self.bounds.high)}", param, ctx)
        return seconds


def lasting(seconds: int) -> str:
    """Seconds as people say them, in the largest unit that fits."""
    name, size = next(each for each in NAMES if seconds % each[1] == 0)
    count = seconds // size
    return f"{count} {name}" if count == 1 else f"{count} {name}s"


@click.command(cls=Command)
@click.pass_obj
def show(run: Run) -> None:
    """The rules in force: when an entry is late, how far clocks may differ, who approves."""
    rules = in_force(run.ledger)
    if not run.as_json:
        output.pairs(_rows(rules))
    run.answer(
        RulesAnswer(
            version=rules.version,
            late_after=rules.late_after,
            ahead=rules.ahead,
            approvers=rules.approvers,
        )
    )


@acting(acts.LedgerRulesChanged, name="change", need={"details"})
@click.option(
    "--late-after",
    type=Duration("late_after"),
    metavar="TIME",
    help="After how long an entry is late and must say why: 24h, 2d.",
)
@click.option(
    "--ahead",
    type=Duration("ahead"),
    metavar="TIME",
    help="How far clocks may differ: 120s, 5m.",
)
@click.option(
    "--approvers",
    type=click.IntRange(2, 5),
    metavar="NUMBER",
    help="How many people approve an override.",
)
def change(errand: Errand, **said: int | None) -> None:
    """Change the rules' parameters from here on; what was recorded before is judged as it was.

    Two people sign: you, who may enrol, and with --with somebody else who may enrol or oversee
    everywhere.
    """
    errand.capacity = Capacity.APPROVER
    ledger = errand.run.ledger
    before = in_force(ledger)
    wanted = {name: value for name, value in said.items() if value is not None}
    if not wanted:
        raise UsageError("say what is to change: --late-after, --ahead or --approvers")
    rules = before.but(**wanted)
    about = (Subject(Kind.LEDGER, tags.ledger_tag(ledger.origin)),)
    given = errand.given(acts.LedgerRulesChanged, rules=rules)
    changed = [
        f"{name}: {new} (was {old})"
        for (name, new), (_, old) in zip(_rows(rules), _rows(before), strict=True)
        if new != old
    ]
    summary = f"rules of {ledger.origin} from here on: {'; '.join(changed) or 'as they are'}"
    request = Request(acts.LedgerRulesChanged.NAME, about, given)
    errand.finish(errand.record([request], summary), summary)


def in_force(ledger: Ledger) -> Rules:
    """The rules that the next entry is judged by.

    Raises:
        NotFoundError: the ledger has not been opened.
    """
    facts = ledger.subject(tags.ledger_tag(ledger.origin))
    if not isinstance(facts, LedgerFacts):
        raise NotFoundError(f"{ledger.origin} has no records yet: finish with `custody init`")
    return facts.rules


def _rows(rules: Rules) -> list[tuple[str, str]]:
    return [
        ("rules", f"version {rules.version}"),
        ("late after", lasting(rules.late_after)),
        ("clocks may differ by", lasting(rules.ahead)),
        ("approvers of an override", str(rules.approvers)),
    ]
