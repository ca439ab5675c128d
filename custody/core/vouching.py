"""People who answer for each other's acts, and were enrolled by each other. (design §4, R54)

A second signature is worth what the second person is: an administrator who also handles items
could enrol somebody for the purpose. Rules let her, or a laboratory of two could do nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from custody.core.state import Actor, Item, Subject
from custody.core.statement import Statement
from custody_schemas.acts import CustodyAssumed, DiscrepancyResolved
from custody_schemas.declare import Capacity

People = Mapping[str, Subject]


def enrollers(tag: str, people: People) -> list[str]:
    """Who enrolled the person, who enrolled that one, and so on up to the first."""
    found: list[str] = []
    person = people.get(tag)
    while isinstance(person, Actor) and person.enrolled_by and person.enrolled_by not in found:
        found.append(person.enrolled_by)
        person = people.get(found[-1])
    return found


def one_enroller(one: str, other: str, people: People) -> bool:
    """Whether one of two people who are shown enrolled the other, or somebody enrolled both."""
    if not all(isinstance(people.get(tag), Actor) for tag in (one, other)):
        return False
    ones, others = enrollers(one, people), enrollers(other, people)
    return one in others or other in ones or ones[:1] == others[:1]


def answered(
    made: Statement, items: Sequence[Item], people: People, name: Callable[[str], str]
) -> Iterator[str]:
    """Words for each pair: who answers for the entry, and a person in it who enrolled her.

    items: as they were before it.
    """
    if isinstance(made.act, CustodyAssumed):
        return  # of a takeover that is said with the two who took it over
    near = {tag for item in items for tag in item.hands}
    answering = set(made.signing(Capacity.APPROVER))
    if isinstance(made.act, DiscrepancyResolved):
        answering.add(made.by)
        ended = made.act.discrepancy
        near |= {
            t for item in items for d in item.discrepancies if d.id == ended for t in d.involved
        }
    else:
        near.add(made.by)
    for judge in sorted(answering - near):
        for enroller in sorted(near.intersection(enrollers(judge, people))):
            yield f"{name(enroller)} enrolled {name(judge)}, who answers for it"
