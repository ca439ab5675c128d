"""What is remarked, signed again, put right, closed and erased on the chains of a case and a person."""

from typing import TYPE_CHECKING, Any

from custody_schemas.declare import Capacity, Kind
from tests.vectors.scribe import IDA, JAN

if TYPE_CHECKING:
    from tests.vectors.story import Story

APPROVER = Capacity.APPROVER


def remarks(story: "Story") -> None:
    """Of the case, its opening and a remark; of Cleo, her enrolment."""
    case, cleo = [(Kind.CASE, story.case)], [(Kind.ACTOR, story.cleo.tag)]
    s, ada, ben = story.scribe, story.ada, story.ben
    noted = s.record(s.draft("note.recorded", case, {"note": "Asked about by Mia Thorsen."}, ada))
    opened, enrolled = (
        _entry(story, "case.opened", story.case),
        _entry(story, "actor.registered", story.cleo.tag),
    )
    for about, entry, act, field, value in (
        (case, opened, "case.opened", "title", "Harbour, pier 9"),
        (cleo, enrolled, "actor.registered", "organisation", "Unit 5"),
    ):
        given: dict[str, Any] = {"entry": entry, "position": "agrees"}
        s.record(s.draft("statement.countersigned", about, given, ben))
        given = {"corrects": entry, "act": act, "field": field, "value": value}
        given["reason"] = "later_information"
        s.record(s.draft("correction.recorded", about, given, ada))
    for about, entry, act, field in (
        (case, noted, "note.recorded", "note"),
        (cleo, enrolled, "actor.registered", "contact"),
    ):
        _erased(story, about, {"entry": entry, "fields": [field]}, act)


def _erased(story: "Story", about: list[tuple[Kind, str]], what: dict[str, Any], act: str) -> None:
    """Closed, opened again, and erased."""
    s, ada = story.scribe, story.ada
    ida, jan = s.person("Ida Brandt", IDA), s.person("Jan Kovac", JAN)
    what = {**what, "ground": "request_of_person"}
    for lifted in (False, True):
        s.record(s.draft("privacy.restricted", about, {**what, "lifted": lifted}, ada))
    given = {**what, "act": act, "method": "key_and_value"}
    approved = (ida, APPROVER), (jan, APPROVER)
    s.record(s.draft("privacy.erased", about, given, ada, *approved))


def _entry(story: "Story", act: str, tag: str) -> str:
    """Id of the first entry of that act on that chain."""
    made = (run.signed.statement for run in story.scribe.runs)
    return next(
        each.id for each in made if each.name == act and tag in {place.tag for place in each.about}
    )
