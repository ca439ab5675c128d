"""Entries spoilt on purpose, each in one way: what no ledger may take, whatever they say."""

from collections.abc import Callable, Sequence
from typing import Any

from custody.core import canonical, dsse, times
from custody.ledger import Submission
from tests.memory import Memory, Signed
from tests.signers import TestSigner
from tests.worlds import signer_of

Payload = dict[str, Any]
Probe = Callable[[Memory, Signed, Sequence[TestSigner]], tuple[Submission, str]]
OTHER_ROOT = "ab" * 32


def altered(
    signed: Signed,
    change: Callable[[Payload], None],
    signers: Sequence[TestSigner],
    payload_type: str = dsse.STATEMENT,
) -> Submission:
    """The entry with another payload, signed again by these keys."""
    payload = canonical.decode(signed.envelope.payload, canonical.STATEMENT_LIMIT)
    change(payload)
    envelope = dsse.sign(payload_type, canonical.encode(payload), signers)
    return Submission(envelope.encode(), signed.disclosures)


def own(signed: Signed, signers: Sequence[TestSigner]) -> list[TestSigner]:
    """The keys that the entry names."""
    wanted = {claim.key for claim in signed.statement.signers}
    return [signer for signer in signers if signer.key.id in wanted]


def payload(code: str, change: Callable[[Payload, Memory], None]) -> Probe:
    """A payload changed and signed anew by its own signers."""

    def probe(
        world: Memory, signed: Signed, signers: Sequence[TestSigner]
    ) -> tuple[Submission, str]:
        return altered(signed, lambda value: change(value, world), own(signed, signers)), code

    return probe


def later(seconds: int, *members: str) -> Callable[[Payload, Memory], None]:
    """These members moved in time."""

    def change(value: Payload, world: Memory) -> None:
        for member in members:
            value[member] = times.spelt(world.now + seconds)

    return change


def happened(seconds: int) -> Callable[[Payload, Memory], None]:
    def change(value: Payload, world: Memory) -> None:
        value["body"]["occurred"]["at"] = times.spelt(world.now + seconds)
        value["body"]["occurred"].pop("until", None)
        value["body"].pop("late", None)

    return change


def expired(value: Payload, world: Memory) -> None:
    value["time"], value["until"] = times.spelt(world.now - 600), times.spelt(world.now - 1)


def unlinked(value: Payload, world: Memory) -> None:
    for place in value["about"]:
        place["prev"] = OTHER_ROOT


def stranger(_: Memory, signed: Signed, __: Sequence[TestSigner]) -> tuple[Submission, str]:
    """Signed by somebody else."""
    return altered(signed, lambda value: None, [signer_of("Nobody")]), "E_SIGNATURE"


def flipped(_: Memory, signed: Signed, __: Sequence[TestSigner]) -> tuple[Submission, str]:
    """One bit of a signature changed."""
    (first, *rest) = signed.envelope.signatures
    bad = first._replace(sig=bytes([first.sig[0] ^ 1]) + first.sig[1:])
    envelope = dsse.Envelope(dsse.STATEMENT, signed.envelope.payload, (bad, *rest))
    return Submission(envelope.encode(), signed.disclosures), "E_SIGNATURE"


def crowded(_: Memory, signed: Signed, signers: Sequence[TestSigner]) -> tuple[Submission, str]:
    """Signed by one more than it names."""
    names = {signer.key.id for signer in own(signed, signers)}
    extra = next(signer for signer in signers if signer.key.id not in names)
    made = altered(signed, lambda value: None, [*own(signed, signers), extra])
    return made, "E_SIGNATURE"


def closed(_: Memory, signed: Signed, __: Sequence[TestSigner]) -> tuple[Submission, str]:
    """One disclosure kept back."""
    return Submission(signed.envelope.encode(), signed.disclosures[1:]), "E_MALFORMED"


def mistaken(_: Memory, signed: Signed, signers: Sequence[TestSigner]) -> tuple[Submission, str]:
    """Signed as something else than an entry."""
    made = altered(signed, lambda value: None, own(signed, signers), dsse.BUNDLE)
    return made, "E_MALFORMED"


def reappointed(value: Payload, _: Memory) -> None:
    for claim in value["signers"]:
        claim["as"] = "witness"


PROBES: dict[str, Probe] = {
    "stranger": stranger,
    "flipped": flipped,
    "crowded": crowded,
    "closed": closed,
    "mistaken": mistaken,
    "capacity": payload("E_MALFORMED", reappointed),
    "unknown act": payload("E_MALFORMED", lambda value, _: value.update(act="item.teleported")),
    "other ledger": payload("E_MALFORMED", lambda value, _: value.update(ledger="other.example/x")),
    "fork": payload("E_SEEN", lambda value, _: value["seen"].update(root=OTHER_ROOT)),
    "ahead": payload(
        "E_SEEN", lambda value, world: value["seen"].update(size=len(world.records) + 1)
    ),
    "expired": payload("E_EXPIRED", expired),
    "tomorrow": payload("E_TIME", later(3600, "time")),
    "not yet": payload("E_TIME", happened(3600)),
    "long ago": payload("E_TIME", happened(-40 * 86_400)),
    "unlinked": payload("E_PREV", unlinked),
}
