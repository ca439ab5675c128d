"""What people may not do with items: each is refused by a ledger, and seen by every verifier.

An attempt is told once. An honest ledger refuses it with its code; software that asks no rule
records it, and then RULES fails with that code.
"""

from collections.abc import Callable
from dataclasses import dataclass

from custody.core.findings import Check
from custody_schemas.declare import Capacity, Kind
from tests.bodies import CONTENT, MEDIA
from tests.memory import Signed
from tests.spoilt import Spoilt, spoilt
from tests.spoilt.stage import Scenery, Stage, spoilt_of, stage
from tests.worlds import Signers

Tell = Callable[[Scenery], Signed]


@dataclass(frozen=True)
class Conduct:
    """The code that refuses it, and how it comes about: an entry, signed and not recorded."""

    code: str
    tell: Tell


CONDUCT: dict[str, Conduct] = {}
IN_PLACE = {"content": {**CONTENT, "where": "in_place"}}  # so that no export promises it


def exported(own: Stage, subject: str) -> Spoilt:
    """The case, with a finding about that record."""
    return spoilt_of(own.bundle(), subject)


def conduct(code: str, export: Callable[[Stage, str], Spoilt] = exported) -> Callable[[Tell], Tell]:
    """Enter an attempt, and the defect that it makes where it is recorded all the same."""

    def enter(tell: Tell) -> Tell:
        CONDUCT[tell.__name__] = Conduct(code, tell)

        def make() -> Spoilt:
            own = stage()
            signed = tell(own)
            subject = own.next
            own.world.submit(signed)
            return export(own, subject)

        make.__name__, make.__doc__ = tell.__name__, tell.__doc__
        spoilt(Check.RULES)(make)
        return tell

    return enter


def handed_to_carl(own: Scenery) -> None:
    """The note goes from Dora to Carl, and matches."""
    dora, carl = own.story.dora, own.story.carl
    given = {"to": carl.tag}
    release = own.world.record("transfer.released", [own.text], given, signers=[dora])
    given = {"transfer": release, "hash": "match"}
    own.world.record("transfer.accepted", [own.text], given, signers=[carl])


@conduct("E_SAME_PERSON")
def accepted_by_who_released(own: Scenery) -> Signed:
    """Dora hands the note to Eve, and accepts it in her stead."""
    dora, given = own.story.dora, {"to": own.story.eve.tag}
    release = own.world.record("transfer.released", [own.text], given, signers=[dora])
    given = {"transfer": release, "hash": "match"}
    return own.world.draft("transfer.accepted", [own.text], given, signers=[dora])


@conduct("E_SEAL")
def source_imaged_in_its_bag(own: Scenery) -> Signed:
    """Eve seals the laptop again, and images it all the same."""
    eve, laptop = own.story.eve, own.story.laptop
    own.world.record("seal.applied", [laptop], {"seal_number": "S-2"}, signers=[eve])
    copy = own.world.register(own.story.case, 4, by=eve)
    return own.world.draft("item.acquired", [copy, (Kind.SOURCE, laptop)], IN_PLACE, signers=[eve])


@conduct("E_NOT_HOLDER")
def source_imaged_that_another_holds(own: Scenery) -> Signed:
    """Dora images the laptop after she handed it on."""
    dora, laptop = own.story.dora, own.story.laptop
    copy = own.world.register(own.story.case, 4, by=dora)
    about: list[str | tuple[Kind, str]] = [copy, (Kind.SOURCE, laptop)]
    return own.world.draft("item.acquired", about, IN_PLACE, signers=[dora])


@conduct("E_DISPUTED")
def stored_hash_that_differs_passed_over(own: Scenery) -> Signed:
    """The image says another hash of its media; nobody says why it is taken in."""
    disk = own.world.register(own.story.case, 4, by=own.story.eve)
    given = {**IN_PLACE, "media": MEDIA, "stored_hash": "mismatch"}
    return own.world.draft("item.acquired", [disk], given, signers=[own.story.eve])


@conduct("E_CONTENT")
def stored_hash_shown_as_a_match_and_not_given(own: Scenery) -> Signed:
    """A disputed hash becomes a match by leaving out what it was compared with."""
    disk = own.world.register(own.story.case, 4, by=own.story.eve)
    given = {**IN_PLACE, "stored_hash": "match"}
    return own.world.draft("item.acquired", [disk], given, signers=[own.story.eve])


@conduct("E_CONTENT")
def stored_hash_denied(own: Scenery) -> Signed:
    """The hash stands there, and the entry says that the image holds none."""
    disk = own.world.register(own.story.case, 4, by=own.story.eve)
    given = {**IN_PLACE, "media": MEDIA}
    return own.world.draft("item.acquired", [disk], given, signers=[own.story.eve])


@conduct("E_TWO_PERSON")
def taken_over_by_one(own: Scenery) -> Signed:
    """Carl helps himself to what Eve holds."""
    given = {"hash": "match"}
    return own.world.draft("custody.assumed", [own.image], given, signers=[own.story.carl])


@conduct("E_TWO_PERSON")
def taken_over_before_a_witness(own: Scenery) -> Signed:
    """Olga looks on; she does not answer for it."""
    signers: Signers = [own.story.carl, (own.story.olga, Capacity.WITNESS)]
    return own.world.draft("custody.assumed", [own.image], {"hash": "match"}, signers=signers)


@conduct("E_TAKEOVER")
def taken_over_unseen(own: Scenery) -> Signed:
    """Two take over what neither of them found."""
    given = {"hash": "not_checked", "override": "other", "observed": "not_located"}
    signers = [own.story.carl, own.story.olga]
    return own.world.draft("custody.assumed", [own.image], given, signers=signers)


@conduct("E_NO_TRANSFER")
def taken_from_a_colleague_as_if_from_court(own: Scenery) -> Signed:
    """The laptop was never at court."""
    given = {"seal": "broken_authorised"}
    return own.world.draft("court.returned", [own.story.laptop], given, signers=[own.story.carl])


@conduct("E_TWO_PERSON")
def mismatch_approved_by_who_handed_it_over(own: Scenery) -> Signed:
    """Carl hands on a note that changed in his hands, and approves that Eve takes it so."""
    handed_to_carl(own)
    story, given = own.story, {"to": own.story.eve.tag}
    release = own.world.record("transfer.released", [own.text], given, signers=[story.carl])
    given = {"transfer": release, "hash": "mismatch", "override": "urgency"}
    signers = [story.eve, story.carl, story.olga]
    return own.world.draft("transfer.accepted", [own.text], given, signers=signers)


@conduct("E_ORIGINAL")
def original_examined_though_there_is_a_copy(own: Scenery) -> Signed:
    """Eve has an image of the laptop, verified, and works on the laptop."""
    given = {"working_copy": "no"}
    return own.world.draft("analysis.recorded", [own.story.laptop], given, signers=[own.story.eve])


@conduct("E_SAME_PERSON")
def own_analysis_reviewed(own: Scenery) -> Signed:
    """Eve goes over her own work."""
    eve = own.story.eve
    analysis = own.world.record("analysis.recorded", [own.image], signers=[eve])
    given = {"analysis": analysis}
    return own.world.draft("analysis.reviewed", [own.image], given, signers=[eve])


@conduct("E_COPY")
def copy_counted_twice(own: Scenery) -> Signed:
    """Two working copies go out under one number, so that one can come back for both."""
    own.world.record("copy.issued", [own.image], signers=[own.story.eve])
    return own.world.draft("copy.issued", [own.image], signers=[own.story.eve])


@conduct("E_AUTHORITY")
def produced_without_a_request(own: Scenery) -> Signed:
    """A provider hands over an account, and nobody asked on any legal basis."""
    account = own.world.register(own.story.case, 4, by=own.story.eve)
    given = {**IN_PLACE, "format": "file", "received_from": "provider"}
    return own.world.draft("item.received", [account], given, signers=[own.story.eve])
