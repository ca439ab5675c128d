"""States survive the projection: what `encode` writes, `decode` reads back."""

from typing import Any

import pytest

from custody.core import canonical, state
from custody.core.errors import MalformedError
from custody.core.state import Actor, Case, Item, LedgerFacts, Register
from custody.core.world import Chain
from custody_schemas.declare import Capacity
from tests.rulings import check_out, image, release, seal, send_out, stage
from tests.schedules import LEDGER, housed, rule
from tests.signers import ml_dsa_signer
from tests.worlds import KINDS, Story


def eventful() -> Story:
    """A story in which every member of every state is in use."""
    s = stage()
    given = {"kind": "exigent_circumstances", "ratify_by": "2026-12-01T00:00:00Z"}
    first = s.world.record("authority.recorded", [s.case], given, signers=[s.olga])
    window = {"valid_from": "2026-01-01T00:00:00Z", "valid_to": "2027-01-01T00:00:00Z"}
    s.world.record("authority.recorded", [s.case], {**window, "follows": first}, signers=[s.olga])
    s.world.enrol(
        "Nora", "examiner", by=s.ada, partner=ml_dsa_signer(), valid_to=window["valid_to"]
    )
    role = {"role": "auditor", "case": s.case, **window}
    s.world.record("role.granted", [s.pia.tag], role, signers=[s.ada])
    s.world.record("role.revoked", [s.pia.tag], role | {"valid_to": None, "valid_from": None}
                   , signers=[s.ada])  # fmt: skip
    lost = {"key": s.pia.signer.key.id, "compromised_from": "2026-01-01T00:00:00Z"}
    s.world.record("key.revoked", [s.pia.tag], lost, signers=[s.ada])
    seal(s, s.laptop, s.dora)
    s.world.record("discrepancy.opened", [s.laptop], signers=[s.dora])
    release(s, s.laptop, s.dora, s.carl)
    for number in (2, 3, 4):
        image(s, number, authority=s.warrant)
    check_out(s, s.world.item_tag(s.case, 2), s.eve, s.eve)
    send_out(s, s.world.item_tag(s.case, 3), s.eve)
    copy = {"outside": None, "to": s.pia.tag, "due_back": "2026-12-01T00:00:00Z"}
    s.world.record("copy.issued", [s.world.item_tag(s.case, 4)], copy, signers=[s.eve])
    s.world.record("seal.verified", [s.laptop], {"verdict": "missing"}, signers=[s.dora])
    s.world.record("authority.ended", [s.case], {"authority": first}, signers=[s.olga])
    relieve(s)
    keep(s)
    dispose(s)
    s.world.record("inventory.started", [LEDGER], signers=[s.carl])
    change = {"kind": "change_of_custodian", "of": s.carl.tag, "to": s.eve.tag}
    which = s.world.record("inventory.started", [LEDGER], change, signers=[s.carl])
    beside = (s.eve, Capacity.COUNTERPARTY)
    s.world.record("inventory.closed", [LEDGER], {"inventory": which}, signers=[s.carl, beside])
    s.world.record("case.closed", [s.case], signers=[s.olga])
    return s


def relieve(s: Story) -> None:
    """A part of a disk image is lost, and its holder relieved of it."""
    image(s, 5, stored_hash="mismatch", disputed="urgency", verified="yes")
    whole = s.world.item_tag(s.case, 5)
    s.world.acquire(s.case, 6, by=s.eve, source=whole)
    missing = {"kind": "missing_item"}
    found = s.world.record("discrepancy.opened", [whole], missing, signers=[s.eve])
    given = {**missing, "discrepancy": found, "outcome": "relief_granted"}
    s.world.record("discrepancy.resolved", [whole], given, signers=[s.eve, s.olga, s.carl])


def keep(s: Story) -> None:
    """Items are kept, held, reviewed and exported; the case can still be appealed."""
    moment = "2027-01-01T00:00:00Z"
    s.world.record("export.prepared", [s.case], signers=[s.olga])
    disk = image(s, 7)
    s.world.record("export.prepared", [s.case, disk], signers=[s.olga])
    line = s.world.record("retention.assigned", [disk], signers=[s.carl])
    s.world.record("retention.changed", [disk], {"assigned": line}, signers=[s.carl])
    s.world.record("retention.reviewed", [disk], signers=[s.carl])
    query = {"review_by": moment, "types": ["mobile"], "lines": ["image"]}
    s.world.record("hold.placed", [s.case], query, signers=[s.dora])
    s.world.record("hold.placed", [disk], signers=[s.dora])
    for subject in (disk, s.case):
        s.world.record("request.recorded", [subject], {"respond_by": moment}, signers=[s.dora])
    sent = s.world.register(s.case, 8, by=s.eve)
    limits = {"use_limits": ["specialty"], "delete_by": moment}
    s.world.record("item.received", [sent], limits, signers=[s.eve])
    given = {"status": "convicted", "appeal_deadline": moment}
    s.world.record("case.status_changed", [s.case], given, signers=[s.olga])


def dispose(s: Story) -> None:
    """Of two items that were kept long enough, one is destroyed."""
    first = housed(s, rule(keep=0), category="fraud")
    second = s.world.acquire(s.world.item(first).case, 2, by=s.eve)
    for item in (first, second):
        wanted = {"kind": "destroy"}
        asked = s.world.record("disposition.requested", [item], wanted, signers=[s.eve])
        which = {"disposition": asked}
        for approver in (s.carl, s.olga):
            s.world.record("disposition.approved", [item], which, signers=[approver])
    signers: list[Any] = [s.eve, (s.carl, Capacity.WITNESS)]
    s.world.record("disposition.begun", [second], which, signers=signers)
    given = {**which, "kind": "destroy", "removal": "removed_in_part"}
    s.world.record("disposition.executed", [second], given, signers=signers)


def test_every_state_of_an_eventful_story_comes_back() -> None:
    world = eventful().world
    seen = set()
    for found in world.states.values():
        kind = str(KINDS[type(found)])
        seen.add(kind)
        data = state.encode(found)
        assert state.decode(kind, data) == found
        assert state.encode(state.decode(kind, data)) == data
        assert canonical.encode(canonical.decode(data, 10**6)) == data
    assert seen == set(state.SUBJECTS)


def test_every_member_of_every_state_was_in_use() -> None:
    world = eventful().world
    used: dict[type, set[str]] = {}
    for found in world.states.values():
        members = {k for k, v in vars(found).items() if v not in (None, (), False)}
        used[type(found)] = used.get(type(found), set()) | members
    for kind in (Item, Case, Actor, Register, LedgerFacts):
        assert used[kind] == kind.FIELDS.keys()


@pytest.mark.parametrize("kind", sorted(state.SUBJECTS))
def test_nonsense_is_no_state(kind: str) -> None:
    for data in (b"", b"[]", b"{}", b"null", b'{"case":7}'):
        with pytest.raises(MalformedError):
            state.decode(kind, data)


def test_a_state_of_another_kind_is_refused() -> None:
    s = stage()
    with pytest.raises(MalformedError, match=r"no member is called|missing"):
        state.decode("case", state.encode(s.world.item(s.laptop)))
    with pytest.raises(KeyError):
        state.decode("thing", b"{}")


def test_states_hold_no_personal_value() -> None:
    """What was erased could not be replayed (SPEC §2)."""
    world = stage().world
    world.record("note.recorded", [world.item_tag(next(iter(world.case_keys)), 1)],
                 {"note": "a secret of the suspect"}, signers=[stage().dora])  # fmt: skip
    states = b"".join(map(state.encode, world.states.values()))
    for words in (b"K-2026/17", b"Dora", b"secret"):
        assert words not in states


def test_chains_that_stand_alike_are_one() -> None:
    one, same, other = (Chain(3, "ab", changed) for changed in (1, 1, 2))
    assert len({one, same}) == 1 and len({one, other}) == 2
    assert one != other and one != "a chain"
