"""One identity at one ledger: drafts, signs, keeps, sends, and believes only what is proved.

Order, and what a crash leaves: sign → outbox on the disk → send → receipts verified → remembered
as seen → outbox cleared. Before the outbox nothing has happened; after it, `settle` sends the same
bytes again and learns their fate.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from custody import drafting, outbox, receipts
from custody.chains import Witnessed
from custody.core import canonical, dsse, statement
from custody.core.checkpoint import Checkpoint
from custody.core.errors import (
    CustodyError,
    HeadMovedError,
    MalformedError,
    RollbackError,
    RuleError,
    SignatureError,
    StorageError,
    UsageError,
)
from custody.core.note import Note
from custody.core.reading import plain
from custody.core.state import Subject
from custody.core.statement import NOTHING_SEEN, Seen, SignerClaim
from custody.core.trust import TrustFile
from custody.drafting import Request, Surroundings
from custody.identity import agent, memory
from custody.identity.keyfile import Identity
from custody.identity.passphrases import Unlocked
from custody.ledger import Ledger, Receipt, Submission
from custody.outbox import Pending
from custody.receipts import Done, Signed
from custody_schemas.acts import LedgerOpened
from custody_schemas.declare import Act, Capacity, Kind
from custody_schemas.terms import TimeSource, UnlockMethod

ATTEMPTS = 5  # times that an act is drafted while others keep recording first
# What a ledger answers when it has judged, and has recorded nothing. After any other error the
# fate of what was sent is unknown.
REFUSALS = (RuleError, HeadMovedError, MalformedError, SignatureError)


class Cosigner(NamedTuple):
    """Somebody who signs the same statements, and in what capacity."""

    identity: Identity
    keys: Unlocked
    capacity: Capacity


class Settled(NamedTuple):
    """A batch that an earlier run left in the outbox: recorded now, or refused."""

    asked: str
    batch: tuple[Signed, ...]
    done: tuple[Done, ...]
    refusal: CustodyError | None = None


@dataclass(slots=True)
class Desk:
    """Where one person works.

    clock: Unix seconds; `offset_min` minutes by which the local clock is ahead of UTC.
    settled: what an earlier run left behind and has been settled since.
    """

    ledger: Ledger
    identity: Identity
    trust: TrustFile
    clock: Callable[[], float]
    entropy: Callable[[int], bytes]
    offset_min: int = 0
    settled: list[Settled] = field(default_factory=list)

    def look(self) -> Seen:
        """Verify the ledger's newest checkpoint against what this identity saw last; remember it.

        Raises:
            SignatureError: the pinned keys did not sign it.
            RollbackError: the ledger stands behind, or beside, what was seen.
        """
        before = memory.last_seen(self.identity.folder)  # before asking: others may add records
        shown = receipts.accepted(self.trust, Note.read(self.ledger.checkpoint()))
        if before is not None and shown.size < before.size:
            raise RollbackError(
                f"the ledger shows {shown.size} records, you have seen {before.size}: "
                "it was put back to an earlier state"
            )
        return self._remember(shown)

    def record(
        self,
        requests: Sequence[Request],
        keys: Unlocked,
        cosigners: Sequence[Cosigner] = (),
        looked: Mapping[str, Subject | None] | None = None,
    ) -> list[Done]:
        """Have all the acts recorded, in order, or none; returns when their proofs have verified.

        looked: by tag, the states that people decided on, if they were read before this call:
            between a look and a signature lie a question, a passphrase, or hours of hashing.

        A request that an earlier run left in the outbox, and that proves to have been recorded,
        is not recorded a second time; a new item may have got another number then.

        Raises:
            RuleError: a rule refuses; nothing was recorded.
            HeadMovedError: a subject is not any more what it was when the act was asked for.
            UsageError: there is nothing to record, or the agent must not sign it.
            StorageError, ProofError and others: the fate is unknown; `settle` will learn it.
        """
        if not requests:
            raise UsageError("there is nothing to record")
        self.settle()
        asked = digest(requests, cosigners)
        for settled in self.settled:
            if settled.asked == asked and settled.done:
                self.settled.remove(settled)
                return list(settled.done)
        before = self.states(requests)
        if looked is not None and any(
            looked[tag] != before[tag] for tag in looked.keys() & before.keys()
        ):
            raise HeadMovedError("a subject was changed since you looked at it: look again")
        for _ in range(ATTEMPTS - 1):
            try:
                return self._attempt(asked, self._signed(requests, keys, cosigners))
            except HeadMovedError:
                if self.states(requests) != before:
                    raise
        return self._attempt(asked, self._signed(requests, keys, cosigners))

    def settle(self) -> list[Settled]:
        """Send again what an earlier run signed and never saw proved; also kept in `settled`."""
        fresh = []
        for kept in outbox.pending(self._outbox):
            batch = [
                Signed(statement.read(dsse.Envelope.read(s.envelope).payload), s)
                for s in kept.batch
            ]
            try:
                answers = self._submit(kept)
            except REFUSALS as refusal:
                fresh.append(Settled(kept.asked, tuple(batch), (), refusal))
            else:
                done = self._proved(kept, batch, answers)
                fresh.append(Settled(kept.asked, tuple(batch), tuple(done)))
        self.settled += fresh
        return fresh

    def _signed(
        self, requests: Sequence[Request], keys: Unlocked, cosigners: Sequence[Cosigner]
    ) -> list[Signed]:
        """Draft and sign each request; what is ahead in the batch is cited by its id."""
        opens = any(request.act == LedgerOpened.NAME for request in requests)
        seen = Seen(0, NOTHING_SEEN) if opens else self.look()
        Witnessed(self.ledger, seen.size, self._accept).check(requests)
        ahead: dict[str, str] = {}
        signed = []
        for request in requests:
            around = self._around(request, seen, keys, cosigners)
            draft = drafting.draft(request, partial(self._prev, ahead), around)
            ahead |= {place.tag: draft.statement.id for place in draft.statement.about}
            signers = [*keys.signers, *(key for c in cosigners for key in c.keys.signers)]
            envelope = dsse.sign(dsse.STATEMENT, draft.statement.payload, signers).encode()
            submission = Submission(envelope, draft.disclosures, request.case_key)
            signed.append(Signed(draft.statement, submission))
        return signed

    def _around(
        self, request: Request, seen: Seen, keys: Unlocked, cosigners: Sequence[Cosigner]
    ) -> Surroundings:
        if request.act not in Act.ALL:
            raise UsageError(f"there is no act called {request.act}")
        lead = Act.ALL[request.act].SIGNERS[0]
        parties = [(self.identity, keys, lead), *cosigners]
        for identity, unlocked, capacity in parties:
            if unlocked.method is UnlockMethod.AGENT and not agent.may_sign(request.act, capacity):
                raise UsageError(f"{request.act} as {capacity} wants {identity.name}'s passphrase")
        return Surroundings(
            origin=self.identity.origin,
            seen=seen,
            signers=tuple(SignerClaim(i.actor, c, i.key.id) for i, _, c in parties),
            unlock=keys.method,
            now=int(self.clock()),
            entropy=self.entropy,
            offset_min=self.offset_min,
        )

    def _attempt(self, asked: str, batch: Sequence[Signed]) -> list[Done]:
        """Keep what was signed, send it, and check what comes back."""
        kept = outbox.keep(self._outbox, asked, [signed.submission for signed in batch])
        return self._proved(kept, batch, self._submit(kept))

    def _submit(self, kept: Pending) -> list[Receipt]:
        """Send what is on the disk; a refusal clears it, any other failure leaves it there."""
        try:
            return self.ledger.submit(kept.batch)
        except REFUSALS:
            kept.done()
            raise
        except StorageError as error:
            kept.leave()
            raise StorageError(
                f"{error}. What you signed is kept in {kept.path}: it is sent again with your next "
                "act; remove the file if you no longer want it recorded"
            ) from error
        except BaseException:
            kept.leave()
            raise

    def _proved(
        self, kept: Pending, batch: Sequence[Signed], answers: Sequence[Receipt]
    ) -> list[Done]:
        """Check the receipts; only then is the outbox cleared."""
        try:
            done = receipts.check(batch, answers, self._accept)
        except BaseException:
            kept.leave()
            raise
        kept.done()
        return done

    def _accept(self, note: Note) -> None:
        self._remember(receipts.accepted(self.trust, note))

    def _remember(self, shown: Checkpoint) -> Seen:
        last = memory.last_seen(self.identity.folder)
        if last is not None:
            receipts.check_extends(Seen(*last), shown, self.ledger.consistency)
        seen = memory.LastSeen(shown.size, shown.root.hex())
        memory.advance(self.identity.folder, seen)
        return Seen(*seen)

    def _prev(self, ahead: Mapping[str, str], tag: str) -> str:
        """What to cite of a chain: the statement ahead in the batch, or else the head."""
        chain = None if tag in ahead else self.ledger.chain(tag)
        return ahead.get(tag, chain.head if chain else "")

    def states(self, requests: Sequence[Request]) -> dict[str, Subject | None]:
        """What the acts were asked for on: if it has changed, a person must look again.

        A register only counts, and takes part in nothing that somebody would have to look at.
        """
        tags = {s.tag for r in requests for s in r.about if s.kind is not Kind.REGISTER}
        return {tag: self.ledger.subject(tag) for tag in tags}

    @property
    def _outbox(self) -> Path:
        return self.identity.folder / "outbox"


def digest(requests: Sequence[Request], cosigners: Sequence[Cosigner] = ()) -> str:
    """What was asked for, whenever it is asked: tells a repeated command from another one.

    Asked again, the clock shows another time, and the next free number is another: both are left
    out, so that what was taken in once is not taken in again under the next number.
    """
    new = [r.about[0].tag for r in requests if not r.numbered]
    fresh = {tag: f"new {place}" for place, tag in enumerate(new)}
    value = [
        {
            "act": request.act,
            "about": sorted([kind, fresh.get(tag, tag)] for kind, tag in request.about),
            "given": {k: plain(v) for k, v in request.given.items() if _asked(request, k, v)},
            "disclosed": list(request.disclosed),
        }
        for request in requests
    ]
    parties = [[cosigner.identity.actor, cosigner.capacity] for cosigner in cosigners]
    return sha256(canonical.encode([value, parties])).hexdigest()


def _asked(request: Request, name: str, value: Any) -> bool:
    """Whether a member says what is asked for."""
    if name == "occurred" and isinstance(value, Mapping):
        return bool(value["source"] != TimeSource.CLOCK)
    return value is not None and (name != "number" or request.numbered)
