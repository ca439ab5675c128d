"""How long items are kept: assigned, shown line by line, moved, reviewed."""

from collections.abc import Iterable, Iterator, Sequence

import click

from custody.core import times
from custody.core.errors import NotFoundError, UsageError
from custody.core.retention import LineAt, Retained, held_by, requested, retained
from custody.core.state import Case
from custody.core.text import safe
from custody.drafting import Request
from custody.ledger import Ledger
from custody_cli import names, output
from custody_cli.bases import basis
from custody_cli.consulting import Consulting, consulted
from custody_cli.errand import Errand
from custody_cli.items import spoken
from custody_cli.names import PREFIX, ItemName
from custody_cli.packing import facts, said_rule
from custody_cli.recording import acting
from custody_cli.run import Run
from custody_cli.transfers import ITEMS, listed
from custody_schemas import acts
from custody_schemas.answers import ItemRetained, RetentionLineAnswer, RetentionShown
from custody_schemas.declare import Capacity

COLUMNS = ("item", "exhibit", "kept", "line", "runs from", "because of", "mode")
LINE = click.option(
    "--line",
    metavar="LINE",
    required=True,
    help="Which line: PACK/RULE, or the beginning of the entry that assigned it.",
)


@acting(
    acts.RetentionAssigned,
    name="assign",
    leave={"pack", "pack_version", "rule", "mode"},
    need={"basis"},
)
@ITEMS
@click.option("--rule", metavar="PACK/RULE", help="A rule of a pack that is loaded.")
@click.option("--for-good", is_flag=True, help="No end: until somebody decides otherwise.")
@click.option("--compliance", is_flag=True, help="Nobody may ever move the date to an earlier one.")
def assign(
    errand: Errand, items: tuple[str, ...], rule: str | None, for_good: bool, compliance: bool
) -> None:
    """Give ITEMs a further retention line: a rule of a pack, a date, or no end.

    The rules of the case's own pack apply without this. The longest of all lines decides.
    """
    until = errand.told.get("retain_until")
    if sum((rule is not None, until is not None, for_good)) != 1:
        raise UsageError("say one of --rule, --retain-until and --for-good")
    if compliance and until is None:
        raise UsageError("--compliance is said of a date: a rule has a mode of its own")
    found = errand.items(items)
    if rule is not None:
        members = said_rule(errand.run, rule)
    else:
        mode = "indefinite" if for_good else "compliance" if compliance else "governance"
        members = {"mode": mode}
    authority = basis(errand, found[0].state.case)
    batch = list(errand.on_items(acts.RetentionAssigned, found, authority=authority, **members))
    what = f"rule {rule}" if rule else f"kept until {until}" if until else "kept for good"
    _finish(errand, batch, f"{listed(found)}: {what}", found)


@acting(
    acts.RetentionChanged,
    name="change",
    leave={"assigned", "pack", "rule"},
    need={"basis"},
)
@ITEMS
@LINE
@click.option("--for-good", is_flag=True, help="No end any more.")
def change(errand: Errand, items: tuple[str, ...], line: str, for_good: bool) -> None:
    """Move the date of one retention line of ITEMs, with --retain-until or --for-good.

    Later: one person who decides how long things are kept. Earlier: with --authority, the legal
    basis on file, and two approvers who have nothing to do with the items; and never what stands
    in compliance mode.
    """
    errand.capacity = Capacity.APPROVER
    until = errand.told.get("retain_until")
    if (until is None) != for_good:
        raise UsageError("say --retain-until or --for-good")
    found = errand.items(items)
    batch: list[Request] = []
    for item in found:
        authority = basis(errand, item.state.case)
        members = _line(errand.run, item, line)
        batch += errand.on_items(acts.RetentionChanged, [item], authority=authority, **members)
    what = f"line {line}: {f'kept until {until}' if until else 'kept for good'}"
    _finish(errand, batch, f"{listed(found)}, {what}", found)


@acting(acts.RetentionReviewed, name="review", need={"reason"})
@ITEMS
def review(errand: Errand, items: tuple[str, ...]) -> None:
    """Record that you looked whether ITEMs are still needed, and keep them, until --next-review."""
    found = errand.items(items)
    batch = list(errand.on_items(acts.RetentionReviewed, found))
    again = errand.told["next_review"]
    _finish(errand, batch, f"{listed(found)} reviewed and kept, again on {again}", found)


@click.command(cls=Consulting)
@ITEMS
@click.pass_obj
def show(run: Run, items: tuple[str, ...]) -> None:
    """How long ITEMs are kept, line by line, and what would change that."""
    at = int(run.now())
    found = [names.find_item(run.ledger, words) for words in items]
    consulted(run, found)
    answers = [answer(run.ledger, item, at) for item in found]
    if not run.as_json:
        rows = [
            (*(a.item, a.exhibit, line.kept, line.line, line.runs_from), line.because, line.mode)
            for a in answers
            for line in a.lines
        ]
        output.table(COLUMNS, rows, "no retention line applies: `custody retention assign`")
        for each in answers:
            run.say(safe(f"{each.item}: {each.sentence}"))
    run.answer(RetentionShown(items=tuple(answers)))


def answer(ledger: Ledger, item: ItemName, at: int) -> ItemRetained:
    """How long an item is kept, at a moment (Unix seconds)."""
    case = ledger.subject(item.state.case)
    assert isinstance(case, Case)  # an item is registered in a case
    kept = retained(item.state, case, facts(ledger).packs, at)
    holds, requests = held_by(item.state, case), requested(item.state, case)
    return ItemRetained(
        item=item.name,
        exhibit=item.exhibit,
        line=item.state.line,
        until=times.spelt(kept.until) if kept.until is not None else None,
        over=kept.over(at),
        sentence=_sentence(kept, at, len(holds), len(requests)),
        holds=tuple(hold.id for hold in holds),
        requests=tuple(request.id for request in requests),
        next_review=_spelt(item.state.next_review),
        lines=tuple(line_answers(kept.lines)),
    )


def _sentence(kept: Retained, at: int, holds: int, requests: int) -> str:
    words = f"kept {kept.words()}" if kept.lines else "nobody said how long it is kept"
    if kept.over(at):
        words += "; that is over: due for review, nothing happens by itself"
    if holds:
        words += f"; {holds} hold{'s' if holds > 1 else ''} on it, whatever the date"
    if requests:
        words += f"; {requests} request{'s' if requests > 1 else ''} open on it, whatever the date"
    return words


def line_answers(lines: Iterable[LineAt]) -> Iterator[RetentionLineAnswer]:
    """Retention lines as they are answered, with pack and version."""
    for line in lines:
        until = _spelt(line.until)
        yield RetentionLineAnswer(
            line=_called(line),
            pack=line.pack,
            version=line.version,
            rule=line.rule,
            assigned=line.assigned,
            until=until,
            kept=f"until {until}" if until else "no end yet" if line.waits else "for good",
            runs_from=_spelt(line.began) or ("not yet" if line.waits else ""),
            because=spoken(line.trigger) if line.trigger else "a date that somebody set",
            mode=line.mode,
            moved=line.moved,
        )


def _called(line: LineAt) -> str:
    if line.rule is not None:
        version = f" v{line.version}" if line.version else ""
        return f"{line.pack}/{line.rule}{version}"
    return (line.assigned or "")[:12]


def _line(run: Run, item: ItemName, words: str) -> dict[str, str]:
    """The members that name a line of an item. Raises NotFoundError, UsageError."""
    pack, slash, rule = words.rpartition("/")
    if slash:
        return {"pack": pack, "rule": rule}
    wanted = words.strip().lower()
    found = [r.id for r in item.state.retention if r.id.startswith(wanted)]
    if len(wanted) < PREFIX or not found:
        raise NotFoundError(
            f"{item.both} has no line {words!r}: `custody retention show {item.name}` lists them"
        )
    if len(found) > 1:
        raise UsageError(f"several lines begin with {words!r}: write more of it")
    return {"assigned": found[0]}


def _spelt(moment: int | None) -> str | None:
    return times.spelt(moment) if moment is not None else None


def _finish(
    errand: Errand, batch: Sequence[Request], summary: str, found: Sequence[ItemName]
) -> None:
    done = errand.record(batch, summary)
    errand.finish(done, summary, [item.name for item in found])
