"""Corrections, discrepancies and notes: what is said about entries and items later."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import click

from custody.core.errors import (
    AmbiguousError,
    NotFoundError,
    RuleError,
    UsageError,
)
from custody.core.rules.checks import fixed
from custody.drafting import Request, Subject
from custody.reports import labels, wording
from custody_cli import names, scanning
from custody_cli.errand import Errand
from custody_cli.items import spoken
from custody_cli.params import EntryName, Reason, Words
from custody_cli.recording import acting, options
from custody_cli.told import Told, chain
from custody_cli.transfers import ITEMS, listed
from custody_cli.undoing import unmade
from custody_schemas import acts
from custody_schemas.declare import Act, Kind

VERDICTS = {"verdict", "seal", "hash", "stored_hash", "parents_verified"}  # computed, never typed


class Named(NamedTuple):
    """A subject that entries can be written about."""

    kind: Kind
    tag: str
    name: str
    case: str  # tag of the case, so that one entry stays within one


@acting(acts.DiscrepancyOpened, name="open", need={"kind"})
@ITEMS
def discrepancy(errand: Errand, items: tuple[str, ...]) -> None:
    """Record that something is wrong with ITEMs: missing, damaged, other than on file."""
    found = errand.items(items)
    batch = list(errand.on_items(acts.DiscrepancyOpened, found))
    summary = f"discrepancy of {listed(found)}: {spoken(errand.told['kind'])}"
    errand.finish(errand.record(batch, summary), summary, [item.name for item in found])


@acting(acts.NoteRecorded)
@click.argument("subjects", nargs=-1, required=True, metavar="ITEM|CASE…")
@click.option("-m", "--text", type=Words(), help="The remark (same as --note).")
def note(errand: Errand, subjects: tuple[str, ...], text: str | None) -> None:
    """Add a remark to items or to a case. It changes nothing, and it stays."""
    if text is not None:
        errand.signing = errand.signing._replace(note=text)
    if not errand.signing.note and not errand.signing.attach:
        raise UsageError("say the remark with -m TEXT, or attach a document")
    found = [find(errand, words) for words in scanning.spread(errand.run, subjects)]
    given = errand.given(acts.NoteRecorded)
    groups: dict[tuple[Kind, str], list[Subject]] = {}
    for each in found:
        groups.setdefault((each.kind, each.case), []).append(Subject(each.kind, each.tag))
    batch = [Request(acts.NoteRecorded.NAME, tuple(about), given) for about in groups.values()]
    summary = f"note on {', '.join(each.name for each in found)}"
    items = [each.name for each in found if each.kind is Kind.ITEM]
    errand.finish(errand.record(batch, summary), summary, items)


@acting(
    acts.CorrectionRecorded,
    leave={"corrects", "act", "field", "annuls", "value", "values"},
    need={"reason"},
)
@click.argument("subject", metavar="ITEM|CASE|PERSON")
@click.argument("entry", metavar="ENTRY", type=EntryName())
@click.option("--field", help="Which field of the entry is wrong.")
@click.option("--value", "values", multiple=True, help="What it is to read. Repeatable for lists.")
@click.option(
    "--annul", is_flag=True, help="The whole entry should not be there: made twice, wrong item."
)
def correct(errand: Errand, subject: str, entry: str, **said: Any) -> None:
    """Correct a field of an earlier entry, or annul the entry as a whole.

    ENTRY is its number in the history, as 4 or '#4', or the beginning of its id. Both values stay
    readable. States do not change by corrections: what was not done is mended by doing the opposite. Your
    own entries you correct yourself; those of somebody who cannot, whoever oversees the case does
    with --for-absent.
    """
    field, values, annul = said["field"], said["values"], said["annul"]
    if annul == bool(field or values) or bool(field) != bool(values):
        raise UsageError("say --field and --value, or --annul for the whole entry")
    amend(errand, subject, entry, field, values)


def amend(
    errand: Errand, subject: str, entry: str, field: str, values: Sequence[str], **filled: Any
) -> None:
    """Record a correction of a field or, where none is named, the annulment of the entry.

    filled: what the command itself says of it.
    """
    found, annul = find(errand, subject, people=True), not field
    number, told = names.find_entry(chain(errand.run.ledger, found.tag), entry)
    _by_whom(errand, number, told)
    if annul:
        _once(errand, found.tag, told, number)
    members, what = _annulled(told) if annul else _changed(told, number, field, values)
    given = errand.given(
        acts.CorrectionRecorded,
        corrects=told.statement.id,
        act=told.statement.name,
        **members,
        **filled,
    )
    request = Request(acts.CorrectionRecorded.NAME, (Subject(found.kind, found.tag),), given)
    summary = f"{found.name} #{number}, {what}"
    errand.finish(
        errand.record([request], summary), summary, [found.name] * (found.kind is Kind.ITEM)
    )
    if annul:
        errand.run.say(f"  {unmade(told.statement)}")


def _by_whom(errand: Errand, number: int, told: Told) -> None:
    """Raises RuleError: E_CORRECTION, somebody else signed it, and nothing says that she cannot."""
    by = told.statement.by
    if by != errand.me.actor and errand.told["for_absent"] is None:
        raise RuleError(
            "E_CORRECTION",
            f"#{number} was signed by {names.person(errand.run.ledger, by)}, who corrects it. If "
            "that is not possible, somebody who oversees the case says why with --for-absent",
        )


def _once(errand: Errand, tag: str, told: Told, number: int) -> None:
    """Raises RuleError: E_CORRECTION, an annulment of the entry is on file already."""
    for place, other in enumerate(chain(errand.run.ledger, tag), 1):
        match other.statement.act:
            case acts.CorrectionRecorded(annuls=True, corrects=told.statement.id):
                raise RuleError("E_CORRECTION", f"#{number} is annulled already, by #{place}")


def _title(told: Told) -> str:
    return wording.title(told.statement.name, told.statement.act)


def _annulled(told: Told) -> tuple[dict[str, Any], str]:
    """The members of an annulment, and what to call it."""
    return {"annuls": True}, f"{_title(told)}: annulled as a whole"


def _changed(
    told: Told, number: int, field: str, values: Sequence[str]
) -> tuple[dict[str, Any], str]:
    """The members of a correction, and what to call it.

    Raises:
        RuleError: E_CORRECTION, the field reads so already, or cannot be corrected.
    """
    name = field.strip().lower().replace("-", "_").replace(" ", "_")
    value = corrected(told, name, values)
    old = old_value(told, name)
    if (value["values"] or value["value"]) == old:
        raise RuleError("E_CORRECTION", f"{name} of #{number} reads {spelt(old)!r} already")
    new = spelt(value["values"] or value["value"])
    return {"field": name, **value}, f"{name}: {spelt(old) or '(empty)'} is to read {new}"


def corrected(told: Told, field: str, values: Sequence[str]) -> dict[str, Any]:
    """The new value, as the field's own type admits it.

    Raises:
        RuleError: E_CORRECTION, no such field, or one that makes the subject what it is.
        UsageError: the value is none that the field can have.
    """
    kind = Act.ALL.get(told.statement.name)
    can = sorted(_correctable(kind)) if kind else []
    if kind is None or field not in can:
        raise RuleError("E_CORRECTION", f"{_title(told)} has {', '.join(can)}; no {field}")
    option = next((o for o in options(kind, (), ()) if o.name == field), None)
    several = option is not None and option.multiple
    if len(values) > 1 and not several:
        raise UsageError(f"{field} takes one value")
    parts = [_typed(option, each, field) for each in values]
    if several:
        return {"value": None, "values": parts}
    return {"value": parts[0], "values": None}


def _typed(option: click.Option | None, value: str, field: str) -> str:
    if option is None:
        return value
    try:
        made = option.type.convert(value, None, None)
    except click.BadParameter as error:
        raise UsageError(f"{field}: {error.message}") from error
    if isinstance(made, Reason):
        return str(made.kind)
    return ",".join(made) if isinstance(made, tuple) else str(made)


def _correctable(kind: type[Act]) -> set[str]:
    """Fields that a person can state in words; records and references are not among them."""
    typed = {str(option.name) for option in options(kind, (), ())}
    common = {"note", "place", "on_behalf_of", "late_reason"}
    return {f for f in typed | common if not fixed(kind.NAME, f)} - VERDICTS


def old_value(told: Told, field: str) -> Any:
    """What the entry itself says."""
    member = Act.ALL[told.statement.name].FIELDS[field]
    if member.personal:
        value = told.opened.get(field, "")
        return list(value) if isinstance(value, tuple) else value
    value = getattr(told.statement.act, field)
    return ",".join(value) if isinstance(value, tuple) else str(value) if value is not None else ""


def spelt(value: Any) -> str:
    """A value in a sentence."""
    return "; ".join(value) if isinstance(value, list) else str(value)


def find(errand: Errand, words: str, *, people: bool = False) -> Named:
    """The item, case or person that goes by `words`: exactly one of them all.

    Raises:
        NotFoundError, AmbiguousError.
    """
    ledger = errand.run.ledger
    found: list[Named] = []
    try:
        item = names.find_item(ledger, words)
        found.append(Named(Kind.ITEM, item.tag, item.name, item.state.case))
    except NotFoundError:
        if labels.scanned(words) is not None:
            raise
    try:
        case = names.find_case(ledger, words)
        found.append(Named(Kind.CASE, case.tag, case.reference, case.tag))
    except NotFoundError:
        pass
    if people:
        try:
            tag = errand.person(words)
            found.append(Named(Kind.ACTOR, tag, names.person(ledger, tag), ""))
        except NotFoundError:
            pass
    if not found:
        raise NotFoundError(
            f"nothing answers to {words!r}{labels.doubt(words)}: see `custody item list`"
        )
    if len(found) > 1:
        candidates = [f"{each.kind} {each.name}" for each in found]
        raise AmbiguousError(f"{words!r} names several things", candidates)
    return found[0]
