"""What waits for somebody: due for review, overdue, left open."""

from custody_schemas.answers.keeping import RetentionLineAnswer
from custody_schemas.answers.recording import Checked
from custody_schemas.declare import Record
from custody_schemas.fields import Digest, Time


class WaitingAnswer(Record):
    """One thing that waits.

    what: retention (every line has ended), review (the day named has come), hold (to be looked at
        again), request (open past its day), transfer, check_out, copy, ratification, appeal, inventory
    items: the items, as CASE/NUMBER; empty where a whole case or the ledger is meant
    since: when it came, or will come
    days: whole days since then; less than 0: still to come
    agreed: whether that day was agreed or computed; else it is a local threshold (R53)
    entry: the hold, request, transfer, check-out, copy, legal basis or inventory that it is about
    words: the same in words
    lines: the retention lines that decide, with pack and version
    holds, requests: holds on the item, and requests open on it, whatever its date
    next: commands, one of which ends it
    """

    what: str
    case: str
    items: tuple[str, ...]
    exhibits: tuple[str, ...]
    since: Time
    days: int
    agreed: bool
    entry: Digest | None = None
    words: str
    lines: tuple[RetentionLineAnswer, ...]
    holds: tuple[Digest, ...]
    requests: tuple[Digest, ...]
    next: tuple[str, ...]


class Due(Record):
    """What is due for review: nothing happens to it by itself.

    within: how many days ahead `soon` looks, and for how many days something is due before it is
        overdue: a local threshold
    """

    at: Time
    within: int
    overdue: tuple[WaitingAnswer, ...]
    due: tuple[WaitingAnswer, ...]
    soon: tuple[WaitingAnswer, ...]


class Swept(Record):
    """Everything that waits, and what a scheduled check found.

    overdue_after_days: the local threshold where no day was agreed; never a legal deadline (R53)
    checked: absent where no check was asked for, or nothing is there to be checked
    consultations_over: epochs of the log of consultations that may be erased by now
    """

    at: Time
    overdue_after_days: int
    waiting: tuple[WaitingAnswer, ...]
    checked: Checked | None = None
    consultations_over: tuple[int, ...]
