"""Personal data: erased, restricted, rectified. (R41, R93, R97)"""

from collections.abc import Sequence

import click

from custody.core.errors import RuleError, UsageError
from custody.core.rules.privacy import ERASABLE
from custody.drafting import Request, Subject
from custody_cli import names
from custody_cli.errand import Errand
from custody_cli.params import EntryName
from custody_cli.recording import acting
from custody_cli.remarks import Named, find
from custody_cli.told import Told, chain
from custody_schemas import acts
from custody_schemas.declare import Act, Kind

SUBJECT = click.argument("subject", metavar="ITEM|CASE|PERSON")
ENTRY = click.argument("entry", metavar="ENTRY", type=EntryName())
FIELDS = click.option("--field", "fields", multiple=True, metavar="FIELD", help="Repeatable.")


@acting(
    acts.PrivacyRestricted, name="restrict", leave={"entry", "fields", "lifted"}, need={"ground"}
)
@SUBJECT
@ENTRY
@FIELDS
@click.option("--lift", is_flag=True, help="The restriction ends.")
def restrict(errand: Errand, subject: str, entry: str, fields: Sequence[str], lift: bool) -> None:
    """Keep fields of an ENTRY as evidence, but let them leave the house only when they are named.

    That is what is done instead of erasing where data are needed as evidence. ENTRY is its number
    in the history, as 4 or '#4'.
    """
    found = find(errand, subject, people=True)
    number, told = names.find_entry(chain(errand.run.ledger, found.tag), entry)
    wanted = personal(told, number, fields)
    given = errand.given(
        acts.PrivacyRestricted, entry=told.statement.id, fields=wanted, lifted=lift
    )
    what = "no longer restricted" if lift else "restricted"
    _record(errand, acts.PrivacyRestricted, found, given, f"#{number} {', '.join(wanted)} {what}")


def personal(told: Told, number: int, fields: Sequence[str]) -> list[str]:
    """The personal fields that are meant, as the act declares them.

    Raises:
        UsageError: none is named. RuleError: E_ERASURE, the act has no such field.
    """
    act = type(told.statement.act)
    can = [name for name, field in act.FIELDS.items() if field.personal]
    wanted = [each.strip().lower().replace("-", "_") for each in fields]
    if not wanted:
        raise UsageError(f"say which fields, with --field: #{number} has {', '.join(can)}")
    for each in wanted:
        if each not in can:
            raise RuleError(
                "E_ERASURE", f"#{number} has no personal field {each}; it has {', '.join(can)}"
            )
    return list(dict.fromkeys(wanted))


def whole(told: Told, number: int) -> None:
    """The entry may be erased whole. Raises RuleError: E_ERASURE."""
    if told.statement.name not in ERASABLE:
        raise RuleError(
            "E_ERASURE",
            f"#{number} is part of what the rules need: erase its fields, with --field. Only "
            "remarks and countersignatures are erased whole",
        )


def _record(
    errand: Errand, act: type[Act], found: Named, given: dict[str, object], what: str
) -> None:
    request = Request(act.NAME, (Subject(found.kind, found.tag),), given)
    summary = f"{found.name} {what}"
    items = [found.name] * (found.kind is Kind.ITEM)
    errand.finish(errand.record([request], summary), summary, items)
