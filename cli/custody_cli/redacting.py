"""What an export withholds, and to whom it is encrypted: options, and what is said of it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import click

from custody.core import announced
from custody.core.announced import DIGESTS, REFERENCE
from custody.core.errors import MalformedError, RuleError, UsageError
from custody.core.retention import version_at
from custody.core.state import Case, LedgerFacts
from custody.core.tags import ledger_tag
from custody.core.text import safe
from custody.exporting import Wish, sensitive_of
from custody.store import recipients
from custody_cli import names
from custody_cli.errand import Errand
from custody_cli.names import ItemName
from custody_cli.params import Words
from custody_schemas.acts import CaseOpened

# Members of the act that these options fill.
FILLED = (
    *("encrypted", "pack", "pack_version", "profile", "redacted", "restricted", "ground"),
    *("sensitive", "left_out"),
)


class Recipient(click.ParamType[bytes]):
    """To whom a bundle is encrypted: `age1…`."""

    name = "recipient"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The public key."""
        if isinstance(value, bytes):
            return value
        try:
            return recipients.read(str(value))
        except MalformedError as error:
            self.fail(str(error), param, ctx)


def options(function: Callable[..., None]) -> Callable[..., None]:
    """The options of `custody export` that withhold."""
    for option in reversed(
        (
            click.option(
                "--profile",
                metavar="NAME",
                help="Open what this profile of the case's jurisdiction pack names, and no more.",
            ),
            click.option(
                "--redact",
                multiple=True,
                metavar="FIELD",
                help="Withhold this field too, everywhere; ACT.FIELD of one sort of entry. "
                "Repeatable.",
            ),
            click.option(
                "--ground", type=Words(), metavar="TEXT", help="On what ground --redact withholds."
            ),
            click.option(
                "--open-restricted",
                multiple=True,
                metavar="FIELD",
                help="Open this field also where it is restricted. Repeatable.",
            ),
            click.option(
                "--include-restricted",
                multiple=True,
                metavar="ITEM",
                help="Put the content of this item inside although it is sensitive. Repeatable.",
            ),
            click.option(
                "--encrypt-to",
                multiple=True,
                type=Recipient(),
                metavar="RECIPIENT",
                help="Encrypt the bundle to this age recipient. Repeatable.",
            ),
        )
    ):
        function = option(function)
    return function


def members(errand: Errand, case: str, evidence: bool, more: dict[str, Any]) -> dict[str, Any]:
    """What the options say, as members of `export.prepared`.

    Raises:
        UsageError: a field that no entry has, or that a check needs; a ground without a field.
        RuleError: E_PACK, the profile is none of the case's pack.
    """
    redacted, opened = _fields(more["redact"]), _fields(more["open_restricted"])
    if bool(redacted) != bool(more["ground"]):
        raise UsageError("--redact goes with --ground TEXT: say on what ground these are withheld")
    if {REFERENCE, f"{CaseOpened.NAME}.{REFERENCE}"} & set(redacted):
        raise UsageError(
            "the reference of a case cannot be withheld: its blinded name is made from it. Of "
            "other numbers, say item.reference_assigned.reference"
        )
    digests = [name for name in redacted if name.rpartition(".")[2] in DIGESTS]
    if digests and evidence:
        raise UsageError(
            f"{digests[0]} is needed to check evidence that goes along: leave the evidence out "
            "with --records-only"
        )
    said = {"redacted": redacted, "restricted": opened, "ground": more["ground"]}
    return {**said, **(_profile(errand, case, more["profile"]) if more["profile"] else {})}


def _fields(typed: Iterable[str]) -> list[str]:
    found = [each.strip().lower().replace("-", "_") for each in typed]
    if wrong := announced.unknown(found):
        raise UsageError(f"no entry has a personal field {wrong[0]}: name a FIELD or ACT.FIELD")
    return list(dict.fromkeys(found))


def _profile(errand: Errand, case: str, name: str) -> dict[str, Any]:
    ledger = errand.run.ledger
    facts, state = ledger.subject(ledger_tag(ledger.origin)), ledger.subject(case)
    assert isinstance(facts, LedgerFacts)
    assert isinstance(state, Case)
    loaded = version_at(facts.packs, state.profile, int(errand.run.now()))
    if loaded is None:
        which = (
            f"the pack {state.profile} is"
            if state.profile
            else "no pack was named for it, and none is"
        )
        raise RuleError("E_PACK", f"{which} not in force for this case: it has no profiles")
    has = [each.name for each in loaded.pack.profiles]
    if name not in has:
        raise RuleError(
            "E_PACK", f"{loaded.pack.name} has no profile {name!r}; it has {', '.join(has)}"
        )
    return {"pack": loaded.pack.name, "pack_version": loaded.pack.version, "profile": name}


def sensitive(
    errand: Errand, items: Sequence[ItemName], named: Iterable[str]
) -> tuple[list[int], tuple[int, ...]]:
    """Numbers of the items whose sensitive content goes along, and of those where it does not.

    Raises:
        UsageError: an item that is not exported, or has no content that is sensitive.
    """
    found = sensitive_of(errand.run.ledger, (item.tag for item in items))
    chosen = [names.find_item(errand.run.ledger, words) for words in named]
    for item in chosen:
        if item.tag not in {each.tag for each in items}:
            raise UsageError(f"--include-restricted {item.name}: it is not among what is exported")
        if not found.get(item.tag):
            raise UsageError(
                f"--include-restricted {item.name}: it has no content that is sensitive, and needs "
                "not be named"
            )
    inside = {item.state.number for item in chosen}
    numbers = {item.state.number for item in items if found.get(item.tag)}
    return sorted(inside), tuple(sorted(numbers - inside))


def tell(errand: Errand, wish: Wish, items: Sequence[ItemName]) -> None:
    """What stays behind, before anything is signed."""
    behind = [item.both for item in items if item.state.number in wish.left_out]
    for name in behind:
        errand.run.aside(
            safe(
                f"{name}: its content is sensitive and is left out; its entries go along. "
                "--include-restricted ITEM puts it inside"
            )
        )
