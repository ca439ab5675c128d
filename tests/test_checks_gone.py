"""Records of an erased entry: those of one run, and one that was slipped in under its envelope. (SPEC §8.4)"""

import json
from pathlib import Path

import pytest

from custody.core import rules
from custody.core.bundle import layout
from custody.core.findings import Check, Outcome
from tests.bundles import Bundle, bad, examined
from tests.rogues import Rogue, rogue_story
from tests.test_erased import env_of, record_of
from tests.worlds import Story


def two_items() -> tuple[Story, Rogue, list[str]]:
    told, world = rogue_story()
    phone = world.seize(told.case, 2, told.warrant, by=told.dora)
    return told, world, sorted((told.laptop, phone))


def remark(told: Story, *items: str) -> str:
    return told.world.record("note.recorded", items, {"note": "x"}, signers=[told.eve])


def erased(told: Story, entry: str, items: list[str]) -> Bundle:
    """The whole case, after the entry was erased from these items."""
    env, rita = env_of(told, entry), told.world.enrol("Rita", "peer_reviewer", by=told.ada)
    given = {"entry": entry, "act": "note.recorded", "fields": None, "envelope": env}
    told.world.record("privacy.erased", items, given, signers=[told.olga, told.carl, rita])
    bundle = Bundle(told.world, told.case, told.olga)
    del bundle.files[layout.ENVELOPE.format(env)]
    lines = bundle.files[layout.DISCLOSURES].splitlines(keepends=True)
    kept = [line for line in lines if json.loads(line)["env"] != env]
    bundle.files[layout.DISCLOSURES] = b"".join(kept)
    return bundle


def test_an_entry_on_two_items_is_erased_from_both(tmp_path: Path) -> None:
    told, _, items = two_items()
    report = examined(tmp_path, erased(told, remark(told, *items), items))
    assert bad(report) == []
    assert report.verdict is Outcome.PASSED
    assert sum("the whole entry" in row for row in report.withheld) == 2


@pytest.mark.parametrize(
    ("own", "later"), [(True, 0), (True, 60), (False, 60)], ids=["at once", "later", "elsewhere"]
)
def test_a_record_under_the_envelope_of_one_that_was_erased(
    tmp_path: Path, own: bool, later: int
) -> None:
    """Whoever erased it says nothing of a second one: on the same item, or another one's chain."""
    told, world, items = two_items()
    made, at = remark(told, items[0]), world.now - 60
    run = next(run for run in world.runs if run.signed.id == made)
    tag, n = items[0] if own else items[1], len(world.records)
    effect = rules.Effect(world.states[tag], changed=True)
    world._append(run.signed.statement, tag, effect, env_of(told, made), at + later)
    found = bad(examined(tmp_path, erased(told, made, items)))
    why = f"repeats the envelope of record {record_of(told, made)}, which was erased"
    assert (f"record {n}", why) in [
        (f.subject, f.detail) for f in found if f.check is Check.STATEMENT
    ]
