"""Jurisdiction packs for tests, and items that they keep, on the stage of `tests.worlds.story`."""

from typing import Any

from custody.core import tags
from custody.core.retention import Retained, retained
from custody.core.state import Case, LedgerFacts
from tests.bodies import PACK
from tests.memory import ORIGIN
from tests.worlds import Person, Story

LEDGER = tags.ledger_tag(ORIGIN)
LINES = ["device", "image", "working_copy", "derived"]
NONE = {"years": 0, "months": 0, "days": 0}


def rule(code: str = "registered", **members: Any) -> dict[str, Any]:
    """A rule on everything: from registration on, for good unless `keep` says how many days."""
    days = members.pop("keep", None)
    keep = {} if days is None else {"keep": {**NONE, "days": days}}
    least = {"text": "kept", "source": "house", "lines": LINES, "trigger": "registration"}
    return {"code": code, "mode": "governance", **least, **keep, **members}


def pack(*rules: dict[str, Any], **members: Any) -> dict[str, Any]:
    """The pack `house` with these rules."""
    return {**PACK, "retention": list(rules), **members}


def load(s: Story, *rules: dict[str, Any], **members: Any) -> str:
    """Carl loads a version of it, and Olga co-signs."""
    given = {"pack": pack(*rules, **members)}
    return s.world.record("pack.loaded", [LEDGER], given, signers=[s.carl, s.olga])


def facts(s: Story) -> LedgerFacts:
    """The ledger's state."""
    found = s.world.states[LEDGER]
    assert isinstance(found, LedgerFacts)
    return found


def housed(s: Story, *rules: dict[str, Any], by: Person | None = None, **given: Any) -> str:
    """An image of Eve's in a case of its own, under the pack `house` with these rules."""
    if rules:
        load(s, *rules)
    case = s.world.open_case("K-2026/30", by=s.olga, legal_profile="house", **given)
    return s.world.acquire(case, 1, by=by or s.eve)


def case_of(s: Story, item: str) -> Case:
    """The state of an item's case."""
    found = s.world.states[s.world.item(item).case]
    assert isinstance(found, Case)
    return found


def kept(s: Story, item: str, at: int | None = None) -> Retained:
    """How long the item is kept, now or as everything stands at another moment."""
    moment = s.world.now if at is None else at
    return retained(s.world.item(item), case_of(s, item), facts(s).packs, moment)


def status(
    s: Story, item: str, stands: str, since: str = "2026-09-01T00:00:00Z", **given: Any
) -> str:
    """Olga says where the proceedings about an item stand."""
    values = {"status": stands, "effective_at": since, **given}
    about = [s.world.item(item).case]
    return s.world.record("case.status_changed", about, values, signers=[s.olga])
