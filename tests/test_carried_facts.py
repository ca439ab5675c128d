"""What an offer's reader makes of an item's entries is what the rules have made of it."""

import pytest

from custody.carried.chains import Carried
from custody.carried.facts import facts_of
from custody.chains import Told
from custody.core import record
from custody.core.record import Entry
from custody_schemas.terms import SealState
from tests.rulings import image, release, seal, stage
from tests.worlds import Story


def carried(s: Story, tag: str) -> Carried:
    """The item's whole chain, nothing of it opened."""
    told = []
    for run in s.world.runs:
        made = run.signed.statement
        places = [place.tag for place in made.about]
        if tag in places:
            entry = record.read(s.world.records[run.first + places.index(tag)])
            assert isinstance(entry, Entry)
            told.append(Told(entry, made, {}))
    return Carried(tag, tuple(told), s.world.chains[tag].head)


@pytest.mark.parametrize(
    ("kind", "state"), [("hash", SealState.NUMBER_MISMATCH), ("seal", SealState.INTACT)]
)
def test_one_entry_found_two_things_and_one_of_them_was_an_error(
    kind: str, state: SealState
) -> None:
    s = stage()
    tag = image(s)
    seal(s, tag, s.eve)
    given = {"transfer": release(s, tag, s.eve, s.carl), "seal": "number_mismatch"}
    given |= {"hash": "unreadable", "override": "urgency"}
    more = [s.world.enrol(name, "case_officer", by=s.ada) for name in ("Una", "Vic")]
    found = s.world.record("transfer.accepted", [tag], given, signers=[s.carl, *more])
    values = {"discrepancy": found, "kind": kind, "outcome": "recording_error"}
    s.world.record("discrepancy.resolved", [tag], values, signers=[s.olga])
    item, facts = s.world.item(tag), facts_of(carried(s, tag))
    assert item.seal is not None
    assert item.seal.state is state
    assert facts.seal == item.seal
