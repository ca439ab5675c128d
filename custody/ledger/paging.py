"""Records a run and a page at a time, and the statement that each run stands for."""

from collections.abc import Iterable, Iterator

from custody.core import statement
from custody.core.dsse import STATEMENT, Envelope
from custody.core.errors import MalformedError
from custody.core.statement import Statement
from custody.ledger.storage import Leaf

Signed = tuple[Envelope, Statement]


def pages(leaves: Iterable[Leaf], least: int = 1024) -> Iterator[list[Leaf]]:
    """Whole runs, at least so many records together: after each, `past.forget` is in order."""
    page: list[Leaf] = []
    for run in runs(leaves):
        page += run
        if len(page) >= least:
            yield page
            page = []
    if page:
        yield page


def runs(leaves: Iterable[Leaf]) -> Iterator[list[Leaf]]:
    """Records grouped by statement: consecutive ones that cite the same envelope."""
    run: list[Leaf] = []
    for leaf in leaves:
        if run and (leaf.envelope_id is None or leaf.envelope_id != run[-1].envelope_id):
            yield run
            run = []
        run.append(leaf)
    if run:
        yield run


def parsed(data: bytes | None) -> Signed | MalformedError:
    """The statement in an envelope, before anything is held against its records."""
    try:
        envelope = Envelope.read(data or b"")
        if envelope.payload_type != STATEMENT:
            kind = envelope.payload_type
            return MalformedError(f"an envelope of {kind} is not a signed entry")
        return envelope, statement.read(envelope.payload)
    except MalformedError as error:
        return error
