"""Requests become statements: the bytes that people sign. Nothing else writes a statement.

Pure: the clock, randomness, key ids and the state of the ledger are handed in, so that the same
request in the same surroundings gives the same bytes, whoever drafts it.
"""

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from custody.core import canonical, disclosure, statement, tags, times
from custody.core.errors import UsageError
from custody.core.reading import open_act
from custody.core.statement import Seen, SignerClaim, Statement
from custody_schemas.declare import Act, Kind
from custody_schemas.terms import Precision, TimeSource, UnlockMethod

CLIENT = "custody 0.1.0"
DAY = 86_400
ITEMS_MOST = 100  # items in one statement; a hand-over of more is split (SPEC §2)


class Subject(NamedTuple):
    """A subject that an act is to concern."""

    kind: Kind
    tag: str


class Request(NamedTuple):
    """An act as somebody asks for it: every name is looked up, every tag known.

    given: the act's members by name, personal ones in the clear; absent ones left out. Without
        `occurred` it happened now.
    disclosed: disclosures made elsewhere, whose digests the statement repeats (an enrolment's).
    case_key: the key of the case that the act opens.
    numbered: whether somebody chose the number of the new item; or else it is the next free one.
    """

    act: str
    about: tuple[Subject, ...]
    given: Mapping[str, Any]
    disclosed: tuple[str, ...] = ()
    case_key: bytes | None = None
    numbered: bool = True


class Surroundings(NamedTuple):
    """All that a draft takes from the world.

    now: Unix seconds, and `offset_min` minutes by which the local clock is ahead of UTC.
    wait: seconds after which the statement must not be recorded any more.
    """

    origin: str
    seen: Seen
    signers: tuple[SignerClaim, ...]
    unlock: UnlockMethod
    now: int
    entropy: Callable[[int], bytes]
    offset_min: int = 0
    wait: int = DAY
    client: str = CLIENT


class Draft(NamedTuple):
    """A statement ready to be signed, and what opens its personal values."""

    statement: Statement
    disclosures: tuple[str, ...]


def draft(request: Request, prev: Callable[[str], str], around: Surroundings) -> Draft:
    """The statement that `request` asks for.

    prev: of each tag, what to cite: the hash of its last record, '' where it has none, or the id
        of a statement of the same signer that goes ahead of this one in the same batch.

    Raises:
        UsageError: there is no such act.
        MalformedError: a member is missing, unknown or beyond its limits, or the act concerns
            other kinds of subject.
    """
    if request.act not in Act.ALL:
        raise UsageError(f"there is no act called {request.act}")
    nonce = around.entropy(16).hex()
    body, opened = _opened(request, around)
    payload = {
        "v": 1,
        "ledger": around.origin,
        "act": request.act,
        "about": [
            {"as": kind, "prev": prev(tag), "tag": tag}
            for kind, tag in sorted(request.about, key=lambda subject: subject.tag)
        ],
        "seen": around.seen._asdict(),
        "time": times.spelt(around.now),
        "until": times.spelt(around.now + around.wait),
        "nonce": nonce,
        "signers": [
            {"actor": claim.actor, "as": claim.capacity, "key": claim.key}
            for claim in sorted(around.signers, key=lambda claim: claim.key)
        ],
        "signing": {"client": around.client, "unlock": around.unlock},
        "sd": {d.field: d.digest for d in opened},
        "body": body,
    }
    return Draft(statement.read(canonical.encode(payload)), tuple(d.text for d in opened))


def _opened(
    request: Request, around: Surroundings
) -> tuple[dict[str, Any], list[disclosure.Disclosure]]:
    """The body, and a disclosure for each personal member, by name."""
    given = {name: composed(value) for name, value in request.given.items()}
    given.setdefault("occurred", happened(around.now, around.offset_min))
    made = {d.field: d for d in map(disclosure.read, request.disclosed)}
    if made.keys() & given.keys():
        raise UsageError(f"{', '.join(made.keys() & given.keys())}: given, and disclosed elsewhere")
    body, personal = open_act(request.act, given)
    if not made.keys() <= personal.keys():
        raise UsageError(f"{request.act} has no personal member {set(made) - set(personal)}")
    opened = [
        made.get(name) or disclosure.make(name, value, around.entropy)
        for name, value in sorted(personal.items())
    ]
    return body, opened


def happened(
    at: int,
    offset_min: int,
    *,
    precision: Precision = Precision.SECOND,
    source: TimeSource = TimeSource.CLOCK,
    until: int | None = None,
) -> dict[str, Any]:
    """The member `occurred`, as JSON; `at` and `until` in Unix seconds."""
    value = {
        "at": times.spelt(at),
        "offset_min": offset_min,
        "precision": str(precision),
        "source": str(source),
    }
    return value if until is None else {**value, "until": times.spelt(until)}


def composed(value: Any) -> Any:
    """Text in NFC with plain line ends, as clients write it (SPEC §1); other values as they are."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value.replace("\r\n", "\n"))
    if isinstance(value, (list, tuple)):
        return [composed(each) for each in value]
    return value


def split(request: Request, most: int = ITEMS_MOST) -> Iterator[Request]:
    """The same act in statements of at most `most` items each, other subjects in all of them."""
    items = [subject for subject in request.about if subject.kind is Kind.ITEM]
    others = tuple(subject for subject in request.about if subject.kind is not Kind.ITEM)
    for start in range(0, max(1, len(items)), most):
        yield request._replace(about=(*others, *items[start : start + most]))


def case_subjects(reference: str, case_key: bytes) -> tuple[Subject, Subject]:
    """The case and its register, as `case.opened` concerns them."""
    case, register = (
        Subject(kind, tags.tag(tags.subject_key(case_key, kind, reference), kind, reference))
        for kind in (Kind.CASE, Kind.REGISTER)
    )
    return case, register


def item_tag(reference: str, case_key: bytes, number: int) -> str:
    """Tag of an item of the case, computed by the client itself (design §6)."""
    key = tags.subject_key(case_key, Kind.ITEM, reference, number)
    return tags.tag(key, Kind.ITEM, reference, number)
