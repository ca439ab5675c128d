"""What an exporter can change in one field of a record or of the tally, and sign as hers.

She holds no log key, so the tree tells.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from custody.core.bundle import layout
from custody.core.findings import Check, Outcome
from tests.bundles import Bundle
from tests.spoilt import Also, Spoilt, enter
from tests.spoilt.stage import UNREAD, Stage, alter, good, of, spoilt_of

OTHER = "ab" * 32
FAR = 4000  # a number that no record here has

ELSEWHERE = {
    (Check.CHAIN, Outcome.FAILED): "the next record names what stood there",
    (Check.COMPLETENESS, Outcome.FAILED): "and so does the tally",
}
NOBODYS = {
    (Check.STATEMENT, Outcome.FAILED): "no record names its envelope any more",
    (Check.REDACTIONS, Outcome.FAILED): "nor what is opened of it",
}
LATER = {(Check.COMPLETENESS, Outcome.UNDETERMINED): "what a later kind does, nobody knows"}
UNREPLAYED = {(Check.RULES, Outcome.UNDETERMINED): "what stood on the free places is not known"}
OUT_OF_ORDER = {(Check.STRUCTURE, Outcome.FAILED): "its line stands out of order"}
UNTALLIED = {
    (Check.COMPLETENESS, Outcome.FAILED): "the checkpoint does not end with a tally",
    (Check.COMPLETENESS, Outcome.UNDETERMINED): "so no chain can be counted",
}


def own_entry(own: Stage) -> int:
    """The record that is changed: the last one of the image."""
    return own.first(own.last)


def numbered(own: Stage, bundle: Bundle) -> list[str]:
    return [of(f"record {own_entry(own)}")]


class Change(NamedTuple):
    """A field's new value; how it is found, if not as the others of its table."""

    told: str
    value: Any
    also: Also
    check: Check = Check.INCLUSION
    subjects: Callable[[Stage, Bundle], list[str]] = numbered


ENTRY = {
    "chain": Change("It names another record of the log before it.", OTHER, ELSEWHERE),
    "env": Change("It names an envelope that is not there.", OTHER, ELSEWHERE | NOBODYS | UNREAD),
    "kind": Change("It is called of a later version's kind.", "other", ELSEWHERE | NOBODYS | LATER),
    "n": Change(
        "It says that it stands elsewhere in the log.",
        FAR,
        ELSEWHERE | NOBODYS | OUT_OF_ORDER,
        subjects=lambda own, bundle: [of(f"record {n}") for n in (own_entry(own), FAR)],
    ),
    "prev": Change("It names another record of its item before it.", OTHER, ELSEWHERE),
    "seq": Change("It says another place in its item's chain.", 9, ELSEWHERE | UNREPLAYED),
    "tag": Change(
        "It is passed off as another item's.",
        lambda own: own.text,
        ELSEWHERE | UNREAD | {(Check.STATEMENT, Outcome.FAILED): "which the signer did not name"},
    ),
    "v": Change(
        "It is of a version that nobody knows.",
        2,
        {
            (Check.INCLUSION, Outcome.FAILED): "its proof is nobody's",
            (Check.COMPLETENESS, Outcome.FAILED): "and it is missed on its chain",
            **NOBODYS,
        },
        Check.STRUCTURE,
        lambda own, bundle: [of(f"{layout.RECORDS} line {own_entry(own) + 1}")],
    ),
}  # `at`: record_backdated

TALLY = {
    "at": Change("It says another time.", lambda own: own.world.now + 1, {}),
    "chain": Change(
        "It names another record before it.",
        OTHER,
        {(Check.CHAIN, Outcome.FAILED): "which is shown, and is another"},
    ),
    "index": Change(
        "Its index is another.",
        OTHER,
        {(Check.COMPLETENESS, Outcome.FAILED): "and counts none of the chains"},
    ),
    "kind": Change("It is called of a later version's kind.", "other", UNTALLIED),
    "n": Change(
        "It says that it stands elsewhere in the log.",
        FAR,
        UNTALLIED,
        subjects=lambda own, bundle: [of(f"record {n}") for n in (bundle.size - 1, FAR)],
    ),
    "subjects": Change("It counts fewer subjects.", 3, {}),
    "v": Change(
        "It is of a version that nobody knows.",
        2,
        UNTALLIED | {(Check.INCLUSION, Outcome.FAILED): "its proof is nobody's"},
        Check.STRUCTURE,
        lambda own, bundle: [of(f"{layout.RECORDS} line {bundle.size}")],
    ),
}


def given(value: Any, own: Stage) -> Any:
    return value(own) if callable(value) else value


def in_record(field: str, change: Change, tally: bool) -> Callable[[], Spoilt]:
    def make() -> Spoilt:
        own, bundle = good()
        n = bundle.size - 1 if tally else own_entry(own)
        alter(bundle, layout.RECORDS, lambda v: v["n"] == n, **{field: given(change.value, own)})
        last = [of(f"record {n}")]
        usual = tally and change.subjects is numbered
        return spoilt_of(bundle, *(last if usual else change.subjects(own, bundle)))

    return make


for _field, _change in ENTRY.items():
    _make = in_record(_field, _change, tally=False)
    enter(f"record_with_another_{_field}", _change.told, _make, _change.check, _change.also)
for _field, _change in TALLY.items():
    _make = in_record(_field, _change, tally=True)
    enter(f"tally_with_another_{_field}", _change.told, _make, _change.check, _change.also)
