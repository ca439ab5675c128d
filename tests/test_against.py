"""Each act and each value that speaks against the record by itself, in its words; and no other."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any, NamedTuple

import pytest

from custody.core import disclosure, tags, times
from custody.core.against import ELSEWHERE, PRESENT, SPOKEN_FOR, VALUES, of_act
from custody.core.checks.merged import Told
from custody.core.record import Entry
from custody_schemas.acts import CopyReturned
from custody_schemas.declare import Act, Kind
from tests.bodies import CONTENT, HASH, LEAST
from tests.memory import ORIGIN
from tests.rulings import stage
from tests.worlds import Story

Given = dict[str, Any]
SEALS = {
    "broken_authorised": "the seal was opened, as authorised",
    "broken_unauthorised": "the seal was broken, and nobody had authorised it",
    "missing": "the seal was missing",
    "number_mismatch": "the number read off the bag differs from the number on file",
    "not_sealed": "the item was found not sealed",
}
DIFFERING = ("mismatch", "partial", "unreadable", "not_checked", "algorithm_unsupported")
ON_FILE, SUPPLIED = (
    f"comparison with the digests {which}: " for which in ("on file", "that came with it")
)
LIMITS = {
    "specialty": "it may be used for nothing but what it was given for",
    "no_onward_transfer": "it may not be passed on",
    "onward_transfer_with_consent": "it may be passed on only if the giver consents",
    "delete_by": "the giver wants it deleted by a certain day",
    "handling_code": "the giver set a handling code",
    "other": "the giver set a limit to its use",
}
UNSIGNED = {
    "refused_to_sign": "the possessor refused to sign for what was taken",
    "unable_to_sign": "the possessor could not sign for what was taken",
    "absent": "the possessor was absent, and signed for nothing that was taken",
}


class Row(NamedTuple):
    """A member of an act, its value, and the fact that it is."""

    act: str
    member: str
    value: Any
    kind: str
    words: str


ROWS = (
    *(Row("seal.verified", "verdict", value, "seal", SEALS[value]) for value in SEALS),
    *(Row("transfer.accepted", "seal", value, "seal", SEALS[value]) for value in SEALS),
    *(Row(act, member, value, "digest", words + value.replace("_", " "))
      for value in DIFFERING
      for act, member, words in (
          ("integrity.checked", "verdict", ON_FILE),
          ("storage.moved", "hash", ON_FILE),
          ("item.derived", "parents_verified", ON_FILE),
          ("item.received", "supplied", SUPPLIED),
      )),
    *(Row("item.received", "use_limits", [value], "use limit", LIMITS[value]) for value in LIMITS),
    *(Row("item.seized", "receipt_signature", value, "possessor", UNSIGNED[value])
      for value in UNSIGNED),
    *(Row("seal.applied", "condition", [value], "condition", f"condition: {value}".replace("_", " "))
      for value in ("damaged", "wet", "tamper_suspected", "contents_not_inventoried")),
    Row("item.acquired", "stored_hash", "absent", "digest", "the image holds no hash of its media"),
    Row("item.acquired", "stored_hash", "mismatch", "digest",
        "the media does not match its stored hash"),
    Row("item.acquired", "destructive", "yes", "source", "acquiring it destroyed something"),
    Row("item.acquired", "source_changed", "yes", "source", "the source was changed"),
    Row("item.acquired", "verified", "no", "digest", "the copy was not compared with its source"),
    Row("item.derived", "reproducible", "no", "source",
        "the same steps do not give the same bytes"),
    Row("seal.broken", "contents_inventoried", "no", "condition",
        "the contents were not looked through"),
    Row("item.received", "signature_valid", "no", "received",
        "the signature or seal of the package was not checked, or does not hold"),
    Row("item.received", "intelligence_only", "yes", "use limit",
        "it may not be used as evidence until a formal request allows it"),
    Row("analysis.recorded", "validated", "no", "analysis",
        "the method was not validated for this use"),
    Row("item.seized", "receipt_given", "no", "possessor",
        "no property receipt was given for what was taken"),
    Row("key.revoked", "reason", "lost", "key", "a key was withdrawn because it was lost"),
    Row("key.revoked", "reason", "compromised", "key",
        "a key was withdrawn because others may have used it"),
    Row("item.acquired", "override", "urgency", "override", "a contradiction was overridden"),
    Row("item.derived", "variance", "urgency", "override",
        "a parent that does not match was used"),
    Row("item.acquired", "disputed", "urgency", "override", "recorded in spite of a mismatch"),
    Row("key.revoked", "compromised_from", "2026-09-01T00:00:00Z", "key",
        "a key was in other hands"),
    Row("copy.issued", "consent", HASH, "use limit",
        "given out on the giver's consent, which was cited for it"),
    Row("item.derived", "unread", 1, "unread",
        "1 entry of the folder could not be read or opened"),
    Row("item.acquired", "unread", 2, "unread",
        "2 entries of the folder could not be read or opened"),
    Row("item.received", "unread", 3, "unread",
        "3 entries of the folder could not be read or opened"),
    Row("disposition.approved", "order", HASH, "disposition",
        "an order on file was counted as one of the approvals"),
    Row("privacy.erased", "fields", None, "erased", "a whole entry was erased: item.registered"),
    Row("court.exhibited", "retained", "yes", "transfer",
        "left with a court, on the word of who produced it"),
)  # fmt: skip
BY_ITSELF = {
    "discrepancy.opened": ("discrepancy", "a discrepancy was opened"),
    "transfer.refused": ("transfer", "a receiver refused the item"),
    "transfer.acknowledged": ("transfer", "received by one without an account, as stated"),
    "transfer.lost": ("transfer", "released, and lost on the way"),
    "transfer.returned": ("transfer", "came back without having been accepted"),
    "court.returned": ("transfer", "taken back from a court, on the receiver's word alone"),
    "privacy.erased": ("erased", "personal data of the record was erased"),
    "privacy.restricted": (
        "erased",
        "what may be shown of the record was restricted, or again not",
    ),
}
# What has to stand beside a member, or must not.
BESIDE: dict[str, Given] = {
    "item.received": {"content": CONTENT, "format": "raw", "stored_hash": "not_applicable"},
    "item.acquired": {"stored_hash": "match"},
    "key.revoked": {"reason": "superseded"},
}


def about(s: Story, act: str) -> list[Any]:
    """Subjects of kinds that the act may concern."""
    needed = [each.kinds for each in Act.ALL[act].ABOUT if each.least]
    known = {
        Kind.ITEM: s.laptop,
        Kind.CASE: s.case,
        Kind.ACTOR: s.dora.tag,
        Kind.LEDGER: tags.ledger_tag(ORIGIN),
        Kind.SOURCE: (Kind.SOURCE, HASH),
        Kind.REGISTER: (Kind.REGISTER, HASH),
    }
    return [next(known[kind] for kind in known if kind in kinds) for kinds in needed]


def told(s: Story, act: str, given: Given | None = None, *, later: int = 0) -> Told:
    """An entry of Dora's, recorded `later` seconds after she signed it."""
    signed = s.world.draft(act, about(s, act), given, signers=[s.dora])
    data, place = signed.envelope.encode(), signed.statement.about[0]
    env = sha256(data).hexdigest()
    made = Told(Entry(s.world.now + later, HASH, env, 40, HASH, 1, place.tag), data)
    opened = map(disclosure.read, signed.disclosures)
    made.opened = {each.field: each for each in opened}
    return made


def facts(act: str, given: Given | None = None, *, later: int = 0) -> list[tuple[str, str]]:
    found = of_act(told(stage(), act, {**BESIDE.get(act, {}), **(given or {})}, later=later))
    return [each for each in found if each[0] != "not stated"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(map(str, row[:3])))
def test_a_value_that_speaks_against_the_record_is_told(row: Row) -> None:
    before = facts(row.act)
    after = facts(row.act, {row.member: row.value})
    assert [each for each in after if each not in before] == [(row.kind, row.words)]


def test_no_value_of_the_table_is_left_out() -> None:
    tried = {(row.member, value) for row in ROWS for value in spelt(row.value)}
    assert {(member, str(value)) for member, value in VALUES} - tried == {("where", "in_place")}
    assert PRESENT.keys() <= {row.member for row in ROWS}
    assert {name for name, act in Act.ALL.items() if act in SPOKEN_FOR} == BY_ITSELF.keys()


def spelt(value: Any) -> Iterator[str]:
    yield from map(str, value if isinstance(value, list) else [value])


@pytest.mark.parametrize("act", BY_ITSELF)
def test_an_act_that_speaks_against_the_record_is_told(act: str) -> None:
    assert BY_ITSELF[act] in facts(act)


# These are signed by others than one actor, or tell what they tell elsewhere in this file.
NOT_HERE = {"actor.registered", "disposition.executed", "ledger.opened"}
NEAR = {
    "key.rotated": [("key", "a key was withdrawn because it was lost")],
    "seal.broken": [("seal", SEALS["broken_authorised"])],
}


@pytest.mark.parametrize("act", sorted(LEAST.keys() - BY_ITSELF.keys() - NOT_HERE))
def test_acts_without_such_a_value_say_nothing(act: str) -> None:
    assert facts(act) == NEAR.get(act, [])


def test_content_that_is_not_in_the_vault_is_told_of_the_content() -> None:
    given = {"content": {**CONTENT, "where": "in_place"}}
    assert facts("item.acquired", given) == [("place", "the content is not in the vault")]


def test_what_came_of_a_copy_is_told_elsewhere() -> None:
    """With the number of the copy, which the act does not name."""
    assert [(act, member) for act, member in ELSEWHERE] == [(CopyReturned, "hash")]
    assert facts("copy.returned", {"hash": "mismatch"}) == []
    assert facts("copy.returned", {"fate": "lost"}) == []


def test_what_leaves_for_good_is_told_with_how_it_left() -> None:
    gone = ("disposition", "it left custody for good, and cannot be examined: return to owner")
    alone = ("disposition", "it left on the word of its holder and of one approver")
    assert facts("disposition.executed", {"disposition": HASH}) == [gone]
    assert facts("disposition.executed") == [gone, alone]


def test_what_nobody_released_is_taken_back_on_one_word() -> None:
    alone = "taken back from one without an account, on the receiver's word alone"
    assert facts("transfer.accepted") == []
    assert facts("transfer.accepted", {"transfer": None}) == [("transfer", alone)]


def test_each_member_that_is_not_stated_is_named() -> None:
    given = {"condition": ["good", "not_stated"], "contents_inventoried": "not_stated"}
    for act, values, names in (
        ("seal.applied", given, ["condition", "contents inventoried"]),
        ("seal.verified", {"verdict": "not_stated"}, ["verdict"]),
        ("item.seized", {"state": ["not_stated"]}, ["state"]),
        ("copy.returned", {"hash": "not_stated"}, ["hash"]),
    ):
        found = of_act(told(stage(), act, values))
        assert [each for each in found if each[0] == "not stated"] == [
            ("not stated", name) for name in names
        ]


DAY = 86_400


@pytest.mark.parametrize(("later", "facts_"), [(2 * DAY, 0), (2 * DAY + 1, 1)])
def test_two_days_are_excused_and_no_second_more(later: int, facts_: int) -> None:
    s = stage()
    happened = times.spelt(s.world.now)
    words = f"happened {happened}, recorded 48 hours later; the rules asked for no reason"
    found = [each for each in of_act(told(s, "note.recorded", later=later)) if each[0] == "late"]
    assert found == [("late", words)] * facts_


def test_it_is_late_from_when_it_ended() -> None:
    s = stage()
    end = s.world.now
    lasted = s.world.occurred(end - 9 * DAY, until=times.spelt(end))
    made = told(s, "note.recorded", {"occurred": lasted}, later=2 * DAY)
    assert [each for each in of_act(made) if each[0] == "late"] == []
    made = told(s, "note.recorded", {"occurred": lasted}, later=4 * DAY)
    ((_, words),) = [each for each in of_act(made) if each[0] == "late"]
    assert words.startswith(f"happened {times.spelt(end)}, recorded 4 days later;")


def test_a_late_entry_gives_its_reason_however_short_the_delay() -> None:
    s = stage()
    happened = times.spelt(s.world.now)
    made = told(s, "note.recorded", {"late": "no_network"}, later=7_200)
    words = f"a late entry: happened {happened}, recorded 120 minutes later (no network)"
    assert ("late", words) in of_act(made)


def test_a_warrant_says_from_when_it_holds() -> None:
    s = stage()
    none = {"issued_at": None}
    silent = ("not stated", "from when the search warrant holds")
    assert silent in of_act(told(s, "authority.recorded", none))
    for given in ({}, {**none, "valid_from": "2026-01-01T00:00:00Z"}):
        assert silent not in of_act(told(s, "authority.recorded", given))


@pytest.mark.parametrize(
    ("day", "reaches_back"), [("2025-01-06T08:59:59Z", True), ("2025-01-06T09:00:00Z", False)]
)
def test_a_warrant_holds_from_its_issue_on(day: str, reaches_back: bool) -> None:
    words = f"the search warrant, issued at 2025-01-06T09:00:00Z, is to hold from {day}"
    found = facts("authority.recorded", {"valid_from": day})
    assert found == ([("authority", words)] if reaches_back else [])
