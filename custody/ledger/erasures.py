"""What signed entries say is erased: how an absence is told from a loss. (SPEC §8.4)

The table of erasures only says where to look: what is believed is the signed entry itself, and
whether that one was allowed is asked when it is retold, as of any other.
"""

from collections.abc import Collection, Sequence
from hashlib import sha256
from typing import NamedTuple

from custody.core import record, statement
from custody.core.dsse import Envelope
from custody.core.errors import HeadMovedError, MalformedError, RuleError
from custody.core.record import Entry
from custody.core.statement import NOTHING_SEEN, Place, Seen, SignerClaim, Statement, UnknownAct
from custody.core.world import Cited
from custody.ledger.storage import ErasureRow, Leaf, Reading, StatementRow
from custody_schemas.acts import CaseOpened, PrivacyErased
from custody_schemas.declare import Capacity
from custody_schemas.terms import UnlockMethod

WHOLE = ""  # in the place of a field
CASE_NAME = "reference"  # of which all tags of a case are made


class Said(NamedTuple):
    """The entry that says what is erased, and its envelope."""

    statement: Statement
    act: PrivacyErased
    envelope: bytes

    def gone(self, entry: Entry) -> Statement:
        """What is left of an entry that is erased whole: its id and act; by whom is not known."""
        kind = next(p.kind for p in self.statement.about if p.tag == entry.tag)
        return Statement(
            id=self.act.entry,
            payload=b"",
            ledger=self.statement.ledger,
            name=self.act.act,
            act=UnknownAct(name=self.act.act),
            about=(Place(kind, entry.tag, entry.prev),),
            seen=Seen(0, NOTHING_SEEN),
            time=entry.at,
            until=entry.at,
            nonce="",
            signers=(SignerClaim("", Capacity.ACTOR, ""),),
            client="",
            unlock=UnlockMethod.PROMPT,
            sd={},
        )


def read(envelope: bytes) -> Said:
    """The entry in an envelope.

    Raises:
        MalformedError: it erases nothing.
    """
    made = statement.read(Envelope.read(envelope).payload)
    if not isinstance(made.act, PrivacyErased):
        raise MalformedError(f"{made.name} erases nothing")
    return Said(made, made.act, envelope)


def said_at(rows: Reading, n: int) -> Said | None:
    """The entry whose first record is `n`, if it is one that erases."""
    for data, number in rows.headers(n, n + 1):
        envelope = rows.envelope(number) if number is not None else None
        entry = record.read(data)
        if envelope is None or not isinstance(entry, Entry):
            return None
        try:
            return read(envelope) if sha256(envelope).hexdigest() == entry.env else None
        except MalformedError:
            return None
    return None


def whole(rows: Reading, envelope: int, env: str, tags: Collection[str]) -> Said | None:
    """Who says, on each of these chains, that the envelope `env` (SHA-256, hex) is erased."""
    for row in rows.erasures(envelope):
        found = said_at(rows, row.said) if row.field == WHOLE else None
        about = {place.tag for place in found.statement.about} if found else set()
        if found and found.act.envelope == env and about.issuperset(tags):
            return found
    return None


def saying(rows: Reading, envelope: int) -> bytes:
    """The envelope that says that this one is erased whole; empty where none does."""
    found = (said_at(rows, row.said) for row in rows.erasures(envelope) if row.field == WHOLE)
    return next((said.envelope for said in found if said), b"")


def passed_over(rows: Reading, leaf: Leaf, entries: Sequence[tuple[Entry, str]]) -> bool:
    """Whether a run whose envelope is missing was erased whole; `leaf` is its first record."""
    envs, number = {entry.env for entry, _ in entries}, leaf.envelope_id or 0
    tags = [entry.tag for entry, _ in entries]
    found = whole(rows, number, min(envs), tags) if len(envs) == 1 else None
    run = rows.statement(bytes.fromhex(found.act.entry)) if found else None
    return run == StatementRow(leaf.n, len(entries), number)


def told(rows: Reading, act: PrivacyErased, n: int) -> list[ErasureRow]:
    """What an entry that stands at record `n` says is erased, whoever said so before."""
    run = rows.statement(bytes.fromhex(act.entry))
    wanted = (WHOLE,) if act.fields is None else act.fields
    return [ErasureRow(run.envelope, field, n, 0) for field in wanted] if run else []


def cited(rows: Reading, run: StatementRow, entry: Entry) -> Cited | None:
    """How rules read an entry that is erased whole: by nobody known."""
    found = whole(rows, run.envelope, entry.env, [entry.tag])
    return Cited(found.act.act, "", (), entry.n, entry.seq, entry.at) if found else None


def fields(rows: Reading, envelope: int) -> set[str]:
    """Fields of a statement that an entry says are erased."""
    return {row.field for row in rows.erasures(envelope)}


def named(rows: Reading, made: Statement, act: PrivacyErased, n: int) -> list[ErasureRow]:
    """What an entry that is recorded as `n` erases, and what was not erased before.

    Raises:
        HeadMovedError: what it names is not stored yet.
        RuleError: E_ERASURE, nothing is left of that, or it cannot be erased here.
    """
    run = rows.statement(bytes.fromhex(act.entry))
    if run is None:
        raise HeadMovedError("the entry that is to be erased is only just being recorded")
    before = {row.field: row.said for row in rows.erasures(run.envelope)}
    wanted = (WHOLE,) if act.fields is None else act.fields
    new = [] if WHOLE in before else [field for field in wanted if field not in before]
    if not new:
        n = before.get(WHOLE, before.get(wanted[0], 0))
        raise RuleError("E_ERASURE", f"it is erased already: record {n} says so")
    if act.act == CaseOpened.NAME and CASE_NAME in wanted:
        raise RuleError("E_ERASURE", "the reference of a case stays: its tags are made of it")
    entries = [record.read(data) for data in rows.records(run.first, run.first + run.length)]
    runs = {(each.env, each.tag) for each in entries if isinstance(each, Entry)}
    if act.envelope is not None:
        about = {place.tag for place in made.about}
        if {(act.envelope, tag) for _, tag in runs} != runs:
            raise RuleError("E_ERASURE", "the envelope of that entry is another one")
        if {tag for _, tag in runs} - about:
            raise RuleError(
                "E_ERASURE", f"the entry concerns {len(runs)} items: it is erased on all of them"
            )
    return [ErasureRow(run.envelope, field, n, 0) for field in new]
