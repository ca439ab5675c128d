"""What is checked of a submission before the ledger is held: form, disclosures, signatures.

None of it takes the write lock. Which keys must have signed is asked of the ledger as it stands;
the sequencer asks again when it records, and verifies anew only if the answer has changed.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from custody.core import disclosure, tags
from custody.core.disclosure import Disclosure
from custody.core.dsse import STATEMENT, Envelope
from custody.core.errors import MalformedError, RuleError
from custody.core.reading import check_opened
from custody.core.rules import keys_of
from custody.core.statement import Place, Statement
from custody.core.world import World
from custody.ledger import Submission, past
from custody_schemas.acts import CaseOpened, ItemRegistered
from custody_schemas.declare import Kind


class Prepared(NamedTuple):
    """A submission that was read, and the keys by which its signatures have been verified."""

    envelope: Envelope
    data: bytes
    sha256: bytes
    statement: Statement
    opened: tuple[Disclosure, ...]
    case_key: bytes | None
    verified: tuple[str, ...]


def prepare(submission: Submission, origin: str, world: World, size: int) -> Prepared:
    """Read one submission and verify its signatures against the ledger as it stands.

    Raises:
        MalformedError: it does not follow the formats, or is not for this ledger.
        SignatureError: a signature does not verify.
    """
    envelope = Envelope.read(submission.envelope)
    if envelope.payload_type != STATEMENT:
        raise MalformedError(f"an envelope of {envelope.payload_type} is not a signed entry")
    made = past.read(envelope.payload)
    if made.ledger != origin:
        raise MalformedError(f"the entry was signed for the ledger {made.ledger}, not for {origin}")
    if not made.known:
        raise MalformedError(f"{made.name} is an act of a later version: upgrade the ledger")
    opened = read_disclosures(made.sd, submission.disclosures)
    for each in opened:
        check_opened(made.name, each.field, each.value)
    check_case_key(made, submission.case_key, opened)
    digest = sha256(submission.envelope).digest()
    verified = verify(envelope, made, world, size)
    return Prepared(
        envelope, submission.envelope, digest, made, opened, submission.case_key, verified
    )


def verify(envelope: Envelope, made: Statement, world: World, n: int) -> tuple[str, ...]:
    """Ids of the keys that had to sign and did; none, where the ledger does not know them yet.

    A key can be unknown now and known when the statement's turn comes: an earlier statement of
    the same batch may enrol it. The sequencer then verifies.
    """
    try:
        keys = keys_of(world, made, n)
    except RuleError:
        return ()
    envelope.check_signatures(keys)
    return tuple(key.id for key in keys)


def read_disclosures(sd: Mapping[str, str], texts: Sequence[str]) -> tuple[Disclosure, ...]:
    """The disclosures of all fields of `sd`, in order of field.

    Raises:
        MalformedError: one is missing, one too many, or one is not what was signed.
    """
    opened = {}
    for text in texts:
        each = disclosure.read(text)
        if sd.get(each.field) != each.digest:
            raise MalformedError(f"the disclosure of {each.field} is not what was signed")
        if each.field in opened:
            raise MalformedError(f"{each.field} is disclosed twice")
        opened[each.field] = each
    if len(opened) != len(sd):
        missing = ", ".join(sorted(sd.keys() - opened.keys()))
        raise MalformedError(f"the entry comes without the disclosures of {missing}")
    return tuple(opened[name] for name in sorted(opened))


def reference(opened: Sequence[Disclosure]) -> str:
    """The case reference that case.opened discloses."""
    return next(str(each.value) for each in opened if each.field == "reference")


def check_case_key(made: Statement, case_key: bytes | None, opened: Sequence[Disclosure]) -> None:
    """The tags of a new case and its register are made from its key and reference. (SPEC §5)

    Raises:
        MalformedError: they are not, or the key is missing or where it does not belong.
    """
    if not isinstance(made.act, CaseOpened):
        if case_key is not None:
            raise MalformedError(f"{made.name} takes no case key")
        return
    if case_key is None:
        raise MalformedError("case.opened comes with the key of the case")
    name = reference(opened)
    for kind in (Kind.CASE, Kind.REGISTER):
        check_tag(made.places(kind)[0], case_key, name)


def check_item_tag(made: Statement, case_key: bytes, name: str) -> None:
    """The tag of a new item is made from its case's key and its number. (SPEC §5)

    Raises:
        MalformedError: it is not.
    """
    if isinstance(made.act, ItemRegistered):
        check_tag(made.places(Kind.ITEM)[0], case_key, name, made.act.number)


def check_tag(place: Place, case_key: bytes, name: str, number: int | None = None) -> None:
    """The tag of `place` is the one that case key, reference and item number give."""
    key = tags.subject_key(case_key, place.kind, name, number)
    if tags.tag(key, place.kind, name, number) != place.tag:
        raise MalformedError(
            f"the tag of the {place.kind} is not made from the case's key"
            + (f" and the number {number}" if number else " and reference")
        )
