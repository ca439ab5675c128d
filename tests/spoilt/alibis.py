"""What stands beside a bundle, or in it, and must not speak for it: logs of another story, content."""

from custody.core.bundle import layout
from custody.core.findings import Check, Outcome
from custody.core.state import Item, Register
from custody_schemas.declare import Kind
from tests.bundles import Bundle
from tests.exports import content_of
from tests.spoilt import Spoilt, spoilt
from tests.spoilt.operator import beside
from tests.spoilt.stage import (
    CASE,
    EVIDENCE,
    IMAGE,
    drop,
    hide,
    of,
    spoilt_of,
    stage,
)
from tests.test_checks_seen import OwnCase

UNSHOWN = {
    (Check.RULES, Outcome.UNDETERMINED): "rules ask what the signer may do, and are not told",
}


class TwoStories:
    """One past, and two futures under one log key.

    `own` is handed out; in `other`, of a case of its own, nothing happened to anybody.
    """

    def __init__(self) -> None:
        self.own = stage()
        world, olga = self.own.world, self.own.story.olga
        self.ivy = world.enrol("Ivy", "examiner", by=self.own.story.ada)
        self.case = world.open_case("K-2026/90", by=olga)
        self.filler = world.open_case("K-2026/91", by=olga)
        self.before = world.fork()
        self.before.case_keys = dict(world.case_keys)

    def other(self) -> Bundle:
        """Its export, of which no record has the number of one in the first."""
        world, olga = self.before, self.own.story.olga
        seen = world.seen()._asdict()
        while len(world.records) < len(self.own.world.records) + 2:
            world.record("note.recorded", [self.filler], {"note": "x"}, signers=[olga], seen=seen)
        return OwnCase(world, self.case, olga)


@spoilt(Check.KEY, Outcome.UNDETERMINED, also=UNSHOWN)
def signer_shown_in_another_log_only() -> Spoilt:
    """The bundle hides Ivy, whose key was revoked; a log in which it was not shows her instead."""
    two = TwoStories()
    own, ivy = two.own, two.ivy
    given = {"key": ivy.signer.key.id}
    own.world.record("key.revoked", [ivy.tag], given, signers=[own.story.ada])
    subject = own.next
    own.world.record("note.recorded", [own.story.laptop], {"note": "x"}, signers=[ivy])
    bundle = OwnCase(own.world, own.story.case, own.story.olga)
    hide(bundle, ivy.tag)
    return beside(spoilt_of(bundle, subject), two.other())


@spoilt(
    Check.FIXITY,
    Outcome.UNDETERMINED,
    also={
        **UNSHOWN,
        (Check.KEY, Outcome.UNDETERMINED): "whether her key was in force is not told either",
    },
)
def exporter_shown_in_another_log_only() -> Spoilt:
    """Who exported is hidden, and her key revoked; a log in which it was not shows her instead."""
    two = TwoStories()
    own, pia = two.own, two.own.story.pia
    bundle = OwnCase(own.world, own.story.case, pia)
    hide(bundle, pia.tag)
    return beside(spoilt_of(bundle, of(layout.SIGNATURE)), two.other())


@spoilt(Check.COMPLETENESS)
def companion_shown_by_another_bundle_only() -> Spoilt:
    """That an entry on the laptop concerned the note as well stands in the bundle beside it."""
    own = stage()
    about = [own.story.laptop, own.text]
    note = own.world.record("note.recorded", about, signers=[own.story.dora])
    bundle = own.bundle(own.story.laptop)
    other = own.first(note) + sorted(about).index(own.text)
    drop(bundle, layout.COMPANIONS, lambda v: v["n"] == other)
    return beside(spoilt_of(bundle, of(f"record {other}")), own.bundle())


@spoilt(Check.EVIDENCE)
def content_inside_that_was_announced_as_left_behind() -> Spoilt:
    """The export says that no evidence goes along: no rule asked whether it may, nor counts the copy."""
    own = stage()
    bundle = own.bundle(evidence={})
    bundle.files.update(EVIDENCE)
    return spoilt_of(bundle, *(of(f"item {number} of {CASE}") for number in (2, 3)))


class OfOne(Bundle):
    """An export of the part alone, with all that it was made from."""

    def shows(self, tag: str) -> bool:
        state = self.world.states[tag]
        above = self.world.item(self.items[0]).parents
        parents = {*above, *(each for one in above for each in self.world.item(one).parents)}
        return tag in parents or super().shows(tag) or not isinstance(state, Item | Register)


@spoilt(Check.EVIDENCE)
def content_inside_of_an_item_that_was_not_chosen() -> Spoilt:
    """A part of the image is exported with its content; the whole image comes along."""
    own = stage()
    world, eve, data = own.world, own.story.eve, IMAGE[:70_000]
    part = world.register(own.story.case, 4, by=eve, source=own.image)
    about: list[str | tuple[Kind, str]] = [part, (Kind.SOURCE, own.image)]
    given = {**content_of(data, "part.dd"), "parents": [own.sent_of("item.acquired").id]}
    world.record("item.derived", about, given, signers=[eve])
    evidence = {"data/items/2/0001.dd": IMAGE, "data/items/4/0001.dd": data}
    bundle = OfOne(world, own.story.case, own.story.olga, [part], evidence=evidence)
    return spoilt_of(bundle, of(f"item 2 of {CASE}"))
