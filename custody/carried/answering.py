"""The receiver's side: what she signs of an offer, and the file that carries it to the ledger."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from custody import drafting
from custody.carried.checking import OfferedItem
from custody.carried.files import ANSWER, Answer, SignedEntry, encode
from custody.core import canonical, dsse, statement
from custody.core.errors import MalformedError, UsageError
from custody.core.statement import UNTIL_MOST, Seen, SignerClaim
from custody.desk import Cosigner
from custody.drafting import DAY, Draft, Request, Surroundings
from custody.identity import agent
from custody.identity.keyfile import Identity
from custody.identity.passphrases import Unlocked
from custody.ledger import Submission
from custody.receipts import Signed
from custody_schemas.acts import TransferAccepted, TransferRefused
from custody_schemas.declare import Act
from custody_schemas.terms import UnlockMethod

ACTS = (TransferAccepted.NAME, TransferRefused.NAME)  # that an answer holds
DAYS, DAYS_MOST = 7, UNTIL_MOST // DAY  # for which an answer may be recorded


class Table(NamedTuple):
    """Who signs, where no ledger is, and what she has seen of it.

    days: for which the answer may still be recorded.
    """

    identity: Identity
    seen: Seen
    clock: Callable[[], float]
    entropy: Callable[[int], bytes]
    offset_min: int = 0
    days: int = DAYS


def drafts(
    table: Table,
    requests: Sequence[Request],
    items: Sequence[OfferedItem],
    parties: Sequence[SignerClaim],
    unlock: UnlockMethod,
) -> list[Draft]:
    """What would be signed: each act cites the last proved record of its items.

    parties: everybody who signs.

    Raises:
        MalformedError, UsageError: the act cannot be said so.
    """
    heads = {item.tag: item.head for item in items}
    around = Surroundings(
        origin=table.identity.origin,
        seen=table.seen,
        signers=tuple(parties),
        unlock=unlock,
        now=int(table.clock()),
        entropy=table.entropy,
        offset_min=table.offset_min,
        wait=table.days * DAY,
    )
    return [drafting.draft(request, heads.__getitem__, around) for request in requests]


def sign(drafted: Sequence[Draft], keys: Unlocked, cosigners: Sequence[Cosigner]) -> list[Signed]:
    """The drafts, signed by everybody whom they name.

    Raises:
        UsageError: an agent must not sign this.
    """
    signers = [*keys.signers, *(key for each in cosigners for key in each.keys.signers)]
    signed = []
    for made, disclosures in drafted:
        lead = Act.ALL[made.name].SIGNERS[0]
        if keys.method is UnlockMethod.AGENT and not agent.may_sign(made.name, lead):
            raise UsageError(f"{made.name} wants your passphrase itself")
        envelope = dsse.sign(dsse.STATEMENT, made.payload, signers).encode()
        signed.append(Signed(made, Submission(envelope, disclosures)))
    return signed


def answer(origin: str, signed: Sequence[Signed]) -> bytes:
    """The file that carries what was signed."""
    entries = tuple(
        SignedEntry(
            envelope=canonical.to_base64(each.submission.envelope),
            disclosures=each.submission.disclosures,
        )
        for each in signed
    )
    return encode(Answer(v=1, form=ANSWER, ledger=origin, entries=entries))


def submissions(file: Answer, origin: str) -> list[Signed]:
    """What of an answer is sent to the ledger `origin`, byte for byte as it was signed.

    Raises:
        MalformedError: it is for another ledger, or holds something that is no entry.
    """
    if file.ledger != origin:
        raise MalformedError(f"the answer is for the ledger {file.ledger}, this one is {origin}")
    signed = []
    for each in file.entries:
        data = canonical.from_base64(each.envelope)
        envelope = dsse.Envelope.read(data)
        if envelope.payload_type != dsse.STATEMENT:
            raise MalformedError(f"an envelope of {envelope.payload_type} is not an entry")
        made = statement.read(envelope.payload)
        if made.name not in ACTS:
            raise MalformedError(f"an answer accepts or refuses; this one holds {made.name}")
        signed.append(Signed(made, Submission(data, each.disclosures)))
    return signed
