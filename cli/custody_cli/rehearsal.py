"""What would be signed, and whether a rule would refuse it: for --dry-run, and before long work."""

import json
from collections.abc import Sequence
from typing import Any

from custody import drafting
from custody.core import rules
from custody.core.state import Subject
from custody.core.statement import Seen, SignerClaim, Statement
from custody.core.text import safe
from custody.core.world import Chain, Cited
from custody.desk import Desk
from custody.drafting import Draft, Request, Surroundings
from custody.ledger import Ledger
from custody_cli.run import Run
from custody_cli.told import chain
from custody_schemas.answers import Drafted
from custody_schemas.declare import Act, Capacity
from custody_schemas.terms import UnlockMethod

Party = tuple[str, Capacity, str]  # actor, capacity, key id


class Rehearsed:
    """The ledger as it would stand after statements that nobody has signed; a `World`."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.subjects: dict[str, Subject] = {}
        self.chains: dict[str, Chain] = {}
        self.made: dict[tuple[str, str], Cited] = {}

    def subject(self, tag: str) -> Subject | None:
        """As the rehearsed statements have made it."""
        return self.subjects.get(tag) or self.ledger.subject(tag)

    def chain(self, tag: str) -> Chain | None:
        """With the rehearsed entries; their hashes are not known, so ids stand in for them."""
        return self.chains.get(tag) or self.ledger.chain(tag)

    def seq_of(self, tag: str, record_hash: str) -> int | None:
        """Place of a record: a draft cites heads only."""
        known = self.chain(tag)
        return known.count - 1 if known and known.head == record_hash else None

    def cited(self, tag: str, statement: str) -> Cited | None:
        """A statement on that chain, rehearsed or recorded."""
        if (tag, statement) in self.made:
            return self.made[tag, statement]
        for told in chain(self.ledger, tag):
            if told.statement.id == statement:
                made, entry = told.statement, told.entry
                keys = tuple(signer.key for signer in made.signers)
                return Cited(made.name, made.by, keys, entry.n, entry.seq, entry.at)
        return None

    def admit(self, made: Statement, at: int, n: int) -> None:
        """Apply the rules, and the statement. Raises RuleError, HeadMovedError."""
        rules.keys_of(self, made, n)
        effects = rules.admit(self, made, at=at, n=n)
        keys = tuple(signer.key for signer in made.signers)
        for offset, place in enumerate(made.about):
            before, effect = self.chain(place.tag), effects[place.tag]
            seq = before.count if before else 0
            changed = seq if effect.changed or before is None else before.changed
            self.subjects[place.tag] = effect.subject
            self.chains[place.tag] = Chain(seq + 1, made.id, changed)
            self.made[place.tag, made.id] = Cited(made.name, made.by, keys, n + offset, seq, at)


def drafts(desk: Desk, requests: Sequence[Request], cosigners: Sequence[Party]) -> list[Draft]:
    """The statements as they would be signed now, one after the other past the rules.

    Raises:
        RuleError, HeadMovedError: one would be refused.
    """
    seen, at = desk.look(), int(desk.clock())
    world, n = Rehearsed(desk.ledger), seen.size
    found = []
    for request in requests:
        lead = Act.ALL[request.act].SIGNERS[0]
        parties = ((desk.identity.actor, lead, desk.identity.key.id), *cosigners)
        draft = drafting.draft(request, _prev(world), _around(desk, seen, parties))
        world.admit(draft.statement, at, n)
        n += len(draft.statement.about)
        found.append(draft)
    return found


def _prev(world: Rehearsed) -> Any:
    def prev(tag: str) -> str:
        known = world.chain(tag)
        return known.head if known else ""

    return prev


def _around(desk: Desk, seen: Seen, parties: Sequence[Party]) -> Surroundings:
    return Surroundings(
        origin=desk.identity.origin,
        seen=seen,
        signers=tuple(SignerClaim(*party) for party in parties),
        unlock=UnlockMethod.PROMPT,
        now=int(desk.clock()),
        entropy=desk.entropy,
        offset_min=desk.offset_min,
    )


def show(run: Run, found: Sequence[Draft], summary: str) -> None:
    """Print what would be signed."""
    run.say(f"would be signed by {safe(run.signer.name)}, and is not: {safe(summary)}")
    for draft in found:
        run.say(f"  {draft.statement.name}")
        for member, value in sorted(members(draft).items()):
            run.say(f"    {member}: {safe(value)}")
    payloads = tuple(json.loads(draft.statement.payload) for draft in found)
    run.answer(Drafted(would_sign=payloads))


def members(draft: Draft) -> dict[str, str]:
    """What the entry says, personal fields opened, empty ones left out."""
    from custody.core import disclosure

    body = json.loads(draft.statement.payload)["body"]
    told: dict[str, str] = {
        name: json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else _text(value)
        for name, value in body.items()
    }
    for opened in map(disclosure.read, draft.disclosures):
        if opened.value:
            told[opened.field] = _text(opened.value)
    return told


def _text(value: object) -> str:
    return "; ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
