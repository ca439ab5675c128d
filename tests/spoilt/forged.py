"""What an operator can record with one false field, under his own log key.

The tree holds what he recorded, so no proof of inclusion tells; what was recorded before does.
"""

from collections.abc import Callable, Mapping
from typing import Any

from custody.core import canonical, record
from custody.core.bundle import layout
from custody.core.findings import Check, Outcome
from custody.core.record import Anchor, Entry
from custody.core.world import Chain
from tests.bundles import Bundle
from tests.rogues import Rogue
from tests.spoilt import Spoilt, enter, spoilt
from tests.spoilt.lines import UNREPLAYED
from tests.spoilt.people import note
from tests.spoilt.stage import CASE, UNREAD, Stage, name_of, of, spoilt_of, stage

OTHER = "ab" * 32
Lie = Callable[[Any], Any]


class Forger(Rogue):
    """Writes the next record of that kind with this field changed."""

    kind, field = "", ""
    lie: Lie = staticmethod(lambda value: value)

    def _leaf(self, data: bytes) -> str:
        value = canonical.decode(data, canonical.RECORD_LIMIT)
        if value["kind"] == self.kind:
            self.kind = ""
            value[self.field] = self.lie(value[self.field])
            data = canonical.encode(value)
        return super()._leaf(data)


def forging(kind: str, field: str, lie: Lie) -> Stage:
    """The stage, where the next record of that kind will be a lie."""
    own, world = stage(), Forger()
    vars(world).update(vars(own.world))
    world.kind, world.field, world.lie = kind, field, lie
    own.world = own.story.world = world
    return own


def other(value: Any) -> str:
    return OTHER


def earlier(at: int) -> int:
    return at - 90


def next_(value: int) -> int:
    return value + 1


ENTRY: Mapping[str, tuple[str, Lie]] = {
    "chain": ("It names another record of the log before it.", other),
    "prev": ("It names another record of its item before it.", other),
    "seq": ("It leaves a place free in its item's chain.", next_),
}  # `at`: time_runs_backwards


def in_entry(field: str, lie: Lie) -> Callable[[], Spoilt]:
    """A remark on the laptop, recorded like that."""

    def make() -> Spoilt:
        own = forging("entry", field, lie)
        subject = of(own.next)
        own.world.submit(note(own, own.story.eve))
        return spoilt_of(own.bundle(), subject)

    return make


for _field, (_told, _lie) in ENTRY.items():
    _also = UNREPLAYED if _field == "seq" else {}
    _make = in_entry(_field, _lie)
    enter(f"entry_recorded_with_another_{_field}", _told, _make, Check.CHAIN, _also)


@spoilt(Check.STATEMENT, also=UNREAD)
def entry_recorded_with_another_env() -> Spoilt:
    """The record names an envelope that nobody has."""
    own = forging("entry", "env", other)
    subject = own.next
    own.world.submit(note(own, own.story.eve))
    return spoilt_of(own.bundle(), subject)


@spoilt(
    Check.STATEMENT,
    also=UNREAD
    | {
        (Check.CHAIN, Outcome.FAILED): "it does not follow there",
        (Check.COMPLETENESS, Outcome.FAILED): "the tally counts both chains otherwise",
    },
)
def entry_recorded_with_another_tag() -> Spoilt:
    """What Eve said of the laptop is recorded of the note."""
    own = stage()
    text = own.text
    own = forging("entry", "tag", lambda tag: text)
    subject = own.next
    own.world.submit(note(own, own.story.eve))
    return spoilt_of(own.bundle(), subject)


@spoilt(Check.STATEMENT)
def entry_recorded_at_two_times() -> Spoilt:
    """Of one entry on two items the second record is a second younger."""
    own = forging("entry", "at", lambda at: at - 1)
    about = [own.image, own.text]
    n = len(own.world.records)
    own.world.record("note.recorded", about, signers=[own.story.eve])
    return spoilt_of(own.bundle(), f"record {n + 1}")


@spoilt(
    Check.INCLUSION,
    also={
        (Check.STRUCTURE, Outcome.FAILED): "two lines of one number",
        (Check.CHAIN, Outcome.FAILED): "the next record names what stands there in truth",
        (Check.COMPLETENESS, Outcome.FAILED): "the record of that number is missed",
        (Check.COMPLETENESS, Outcome.UNDETERMINED): "it announced the export",
        (Check.FIXITY, Outcome.UNDETERMINED): "so nobody says who exports",
        (Check.STATEMENT, Outcome.FAILED): "its envelope belongs to nothing",
        (Check.REDACTIONS, Outcome.FAILED): "nor does what is opened of it",
    },
)
def entry_recorded_with_another_n() -> Spoilt:
    """A record has the number of the next one."""
    own = forging("entry", "n", next_)
    n = len(own.world.records)
    own.world.submit(note(own, own.story.eve))
    return spoilt_of(own.bundle(), of(f"record {n}"), of(f"record {n + 1}"))


def in_tally(field: str, lie: Lie, **more: Any) -> Bundle:
    return forging("tally", field, lie).bundle(**more)


@spoilt(Check.CHAIN)
def tally_of_an_earlier_time() -> Spoilt:
    """The tally says an earlier time than the record before it."""
    bundle = in_tally("at", earlier)
    return spoilt_of(bundle, of(f"record {bundle.size - 1}"))


@spoilt(Check.CHAIN)
def tally_that_follows_another_record() -> Spoilt:
    """It names another record of the log before it."""
    bundle = in_tally("chain", other)
    return spoilt_of(bundle, of(f"record {bundle.size - 1}"))


@spoilt(
    Check.INCLUSION,
    also={
        (Check.COMPLETENESS, Outcome.FAILED): "the checkpoint does not end with a tally",
        (Check.COMPLETENESS, Outcome.UNDETERMINED): "so no chain can be counted",
    },
)
def tally_of_another_number() -> Spoilt:
    """It says that it stands one further."""
    bundle = in_tally("n", next_)
    numbers = (bundle.size - 1, bundle.size)
    return spoilt_of(bundle, *(of(f"record {n}") for n in numbers))


@spoilt(Check.COMPLETENESS)
def tally_of_another_index() -> Spoilt:
    """Its index is made of other counts."""
    bundle = in_tally("index", other)
    own = stage()
    told = own.story
    people = (told.ada, told.dora, told.eve, told.carl, told.olga, told.pia)
    things = [f"item {n} of {CASE}" for n in (1, 2, 3)]
    things += [CASE, CASE.replace("case", "register"), f"ledger {own.world.origin}"]
    names = [*things, *map(name_of, people)]
    return spoilt_of(bundle, *map(of, names))


@spoilt(Check.COMPLETENESS)
def tally_of_fewer_subjects_beside_the_mirror() -> Spoilt:
    """Its number of subjects is another; the mirror counts them (C3)."""
    bundle = in_tally("subjects", lambda count: count - 1, mirror=True)
    return spoilt_of(bundle, of(f"record {bundle.size - 1} of the mirror"))


@spoilt(Check.COMPLETENESS)
def tally_of_an_older_export_was_false() -> Spoilt:
    """An earlier bundle left an entry out under a tally to match; the mirror keeps that tally."""
    own = stage()
    world, n = own.world, own.first(own.last)
    hidden = record.read(world.records[n])
    assert isinstance(hidden, Entry)
    true = world.chains[own.image]
    world.chains[own.image] = Chain(hidden.seq, hidden.prev, true.changed)
    world.tally()
    world.chains[own.image] = true
    older = len(world.records) - 1
    bundle = own.bundle(own.text, mirror=True)
    return spoilt_of(bundle, of(f"record {older} of the mirror"))


ANCHOR: Mapping[str, tuple[str, Lie]] = {
    "at": ("An anchor says an earlier time than the record before it.", earlier),
    "chain": ("An anchor names another record before it.", other),
    "n": ("An anchor has another number than its own.", next_),
}


def in_anchor(field: str, lie: Lie) -> Callable[[], Spoilt]:
    """In a log with an anchor, which is shown in mirrors alone.

    Of a chosen item: beside the key of a case, all its numbers would be looked for.
    """

    def make() -> Spoilt:
        own = forging("anchor", field, lie)
        world, n = own.world, len(own.world.records)
        world._leaf(Anchor(world.now, world._head(), n, n, OTHER).encode())
        world.submit(note(own, own.story.eve))
        return spoilt_of(own.bundle(own.text, mirror=True), of(f"record {n} of the mirror"))

    return make


for _field, (_told, _lie) in ANCHOR.items():
    _make = in_anchor(_field, _lie)
    enter(f"anchor_recorded_with_another_{_field}", _told, _make, Check.COMPLETENESS)


def mirrored(change: Callable[[list[bytes]], None]) -> Bundle:
    """With other lines in the mirror."""
    bundle = stage().bundle(mirror=True)
    lines = list(bundle.records)
    change(lines)
    bundle.lines(layout.MIRROR, lines)
    return bundle


@spoilt(Check.COMPLETENESS)
def mirror_that_ends_before_the_log_does() -> Spoilt:
    """The newest records are not in the mirror."""
    bundle = mirrored(lambda lines: lines.__delitem__(slice(-2, None)))
    return spoilt_of(bundle, of("mirror"), of(CASE))
