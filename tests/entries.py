"""What a recorded entry says, read from the ledger itself and not from a view of it."""

import json
from typing import Any

from custody import opening
from custody_cli import names
from custody_cli.told import chain
from tests.bench import Bench


def entries(run: Bench, item: str, act: str) -> list[dict[str, Any]]:
    """The entries of that act on an item's chain: body, and personal members that say something."""
    ledger = opening.open_ledger(opening.read_home(run.folder / "home"))
    found = []
    for told in chain(ledger, names.find_item(ledger, item).tag):
        if told.statement.name == act:
            body = json.loads(told.statement.payload)["body"]
            personal = {name: value for name, value in told.opened.items() if value}
            found.append({**body, **personal})
    return found


def entry(run: Bench, item: str, act: str) -> dict[str, Any]:
    """The newest of them."""
    return entries(run, item, act)[-1]
