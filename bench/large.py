"""A large ledger, made by the ledger's own code: many cases, their items, notes on these.

Signed entries are drafted as tests do it; of the notes on one item only the nonces differ.
"""

from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

from custody.core import dsse, record, tags
from custody.ledger import Submission
from custody_schemas.declare import Kind
from tests.ledgers import Home, Live
from tests.memory import Signed
from tests.worlds import tell

BATCH = 1000  # statements in one call
ITEMS, NOTES = 20, 46  # items of each case, notes on each item


class Large:
    """A ledger that grows; `case` is one of 20 items and 920 notes, recorded first."""

    def __init__(self, folder: Path) -> None:
        """Make it in `folder`, with the story of `tests.worlds` and the first case."""
        self.live = Live(Home.make(folder))
        story = tell(self.live)
        # One person for all of it: who drafts ahead cites entries by their ids, her own only.
        self.una = self.live.enrol("Una", "case_officer", "defr", by=story.ada)
        self.size = len(self.live.records)
        self._coming = self._submissions()
        self.case = ""

    def grow(self, size: int) -> None:
        """Record until there are at least so many records."""
        while self.size < size:
            batch = list(islice(self._coming, BATCH))
            receipts = self.live.ledger.submit(batch)
            self.size += sum(len(each.records) for each in receipts)

    def add(self, statements: int) -> None:
        """Record so many more, in one batch, after what others may have recorded."""
        with self.live.home.storage().reading() as rows:
            last = record.read(rows.record(rows.size() - 1) or b"").at
        self.live.home.now = max(self.live.home.now, last)
        self.live.ledger.submit(list(islice(self._coming, statements)))

    def _submissions(self) -> Iterator[Submission]:
        for number in count(1):
            yield from self._case(f"L-2026/{number}")

    def _case(self, reference: str) -> Iterator[Submission]:
        live, signers = self.live, [self.una]
        key = tags.ledger_tag(reference).encode()[:32]
        case, register = (
            tags.tag(tags.subject_key(key, kind, reference), kind, reference)
            for kind in (Kind.CASE, Kind.REGISTER)
        )
        live.case_keys[case] = reference, key
        self.case = self.case or case
        both, given = [(Kind.CASE, case), (Kind.REGISTER, register)], {"reference": reference}
        opened = live.draft("case.opened", both, given, signers=signers)
        yield Submission(opened.envelope.encode(), opened.disclosures, key)
        prev = {case: opened.id}
        about = [(Kind.CASE, case)]
        warrant = live.draft("authority.recorded", about, signers=signers, prev=prev)
        yield _submission(warrant)
        last = opened.id
        for number in range(1, ITEMS + 1):
            registered = self._registered(case, register, number, last)
            yield _submission(registered)
            yield from self._item(live.item_tag(case, number), registered.id, warrant.id)
            last = registered.id

    def _registered(self, case: str, register: str, number: int, last: str) -> Signed:
        about = [(Kind.ITEM, self.live.item_tag(case, number)), (Kind.REGISTER, register)]
        given = {"case": case, "number": number}
        prev = {register: last}
        return self.live.draft("item.registered", about, given, signers=[self.una], prev=prev)

    def _item(self, tag: str, registered: str, warrant: str) -> Iterator[Submission]:
        live, signers, about = self.live, [self.una], [(Kind.ITEM, tag)]
        given, prev = {"authority": warrant}, {tag: registered}
        seized = live.draft("item.seized", about, given, signers=signers, prev=prev)
        yield _submission(seized)
        given, prev = {"note": "seen"}, {tag: seized.id}
        note = live.draft("note.recorded", about, given, signers=signers, prev=prev)
        payload, nonce = note.statement.payload, note.statement.nonce.encode()
        for _ in range(NOTES):
            fresh = payload.replace(nonce, live.entropy(16).hex().encode())
            signed = dsse.sign(dsse.STATEMENT, fresh, [self.una.signer])
            yield Submission(signed.encode(), note.disclosures)


def _submission(signed: Signed) -> Submission:
    return Submission(signed.envelope.encode(), signed.disclosures)
