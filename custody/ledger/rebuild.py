"""Makes every derived table anew from signed and kept rows, and compares derived tables. (SPEC §2)"""

from collections.abc import Iterator

from custody.core import state, tags, tree
from custody.core.errors import StorageError
from custody.core.findings import Check, Finding, Outcome, failed
from custody.core.state import Item
from custody.ledger.counting import Counting
from custody.ledger.due import due_row
from custody.ledger.paging import pages
from custody.ledger.past import Past, Standing
from custody.ledger.retelling import Retelling, Verify
from custody.ledger.storage import (
    ChainRow,
    Changes,
    DueRow,
    LabelRow,
    PrefixRow,
    Reading,
    Storage,
    prefix_of,
)
from custody.ledger.tiles import edges


def rebuild(storage: Storage, origin: str) -> int:
    """Empty the derived tables and fill them again; the number of records they are made from.

    All in one transaction: if something does not fit, everything stays as it was.

    Raises:
        StorageError: signed rows do not fit together; `custody verify --full` lists it all.
    """
    with storage.writing() as rows:
        size = rows.size()
        rows.clear_derived()
        rows.write(Changes(edges=edges(rows, size)))
        retelling = from_nothing(rows, origin, lambda _, envelope, keys: envelope.signers(keys))
        for page in pages(rows.leaves(0, size)):
            found = retelling.tell(page)
            for finding in (each for each in found if each.outcome is Outcome.FAILED):
                raise StorageError(
                    f"the ledger cannot be rebuilt: {finding.subject}: {finding.detail}; nothing "
                    "was changed, run `custody verify --full`"
                )
            rows.write(Changes(places=retelling.places, links=retelling.links))
            retelling.places, retelling.links = [], []
            retelling.past.forget()
        listed = {row[:2] for row in rows.erasures()}
        lost = [row for key, row in retelling.erased.items() if key not in listed]
        rows.write(Changes(erasures=lost))
        rows.write(derived(retelling))
    return size


def from_nothing(rows: Reading, origin: str, verify: Verify) -> Retelling:
    """A retelling from record 0 on."""
    past = Past(rows, stored=lambda _: None)
    return Retelling(rows, origin, verify, past, Counting(), tree.Frontier())


def derived(retelling: Retelling) -> Changes:
    """Rows of the derived tables after a retelling from record 0 on, places left out."""
    changes = Changes(labels=[row for row in retelling.labels.rows.values() if row])
    for tag, standing in retelling.past.changed.items():
        changes.subjects.append((bytes.fromhex(tag), *chain_row(standing)))
    changes.due = [row for row, _ in due_rows(retelling)]
    changes.hashed = [(n, tag) for tag, n in retelling.hashed.items()]
    prefixes = {prefix_of(row[0]) for row in changes.subjects}
    changes.prefixes = [PrefixRow(prefix, 0, None) for prefix in sorted(prefixes)]
    return changes


def due_rows(retelling: Retelling) -> Iterator[tuple[DueRow, Standing]]:
    """When to look at each subject that was told of, none being marked."""
    for tag, standing in retelling.past.changed.items():
        now = standing.subject
        row = due_row(tag, now, None, retelling.past.subject, retelling.origin)
        if row is not None:
            yield row, standing


def chain_row(now: Standing) -> ChainRow:
    """A subject as it is stored."""
    chain = now.chain
    head = bytes.fromhex(chain.head)
    return ChainRow(now.kind, chain.count, head, chain.changed, state.encode(now.subject))


def compare(rows: Reading, retelling: Retelling, *, full: bool) -> Iterator[Finding]:
    """Do the derived tables hold what the signed bytes give?

    Args:
        rows: the view that was retold.
        retelling: all of it, or what came after the last examination.
        full: whether it is all of it; only then labels and strangers can be looked for.
    """
    told = retelling.past.changed
    for tag, standing in told.items():
        if rows.subject(bytes.fromhex(tag)) != chain_row(standing):
            yield differs(f"subject {tag:.16}", "its stored state")
    try:
        for level, data in edges(rows, retelling.frontier.size):
            if rows.edge(level) != data:
                yield differs(f"edge of tile level {level}", "what is stored of it")
    except StorageError as error:
        yield failed(Check.INCLUSION, "tiles", str(error))
    if full:
        for tag_bytes, _ in rows.subjects():
            if tag_bytes.hex() not in told:
                yield differs(f"subject {tag_bytes.hex():.16}", "that it is stored")
        yield from _compare_labels(rows, retelling)
    yield from _compare_due(rows, retelling)


def compare_places(rows: Reading, retelling: Retelling) -> Iterator[Finding]:
    """Does each record told since the last call stand where its chain is looked up?"""
    told: dict[bytes, dict[int, int]] = {}
    for tag, seq, n in retelling.places:
        told.setdefault(tag, {})[seq] = n
    for tag, places in told.items():
        stored = rows.stretch(tag, min(places), max(places) + 1)
        for seq, n in places.items():
            if stored.get(seq) != n:
                yield differs(f"record {n}", "its stored place in its subject's chain")
    linked = rows.links([key for key, _ in retelling.links])
    for link in retelling.links:
        if link not in linked:
            yield differs(f"record {link[1]}", "its stored hash")
    retelling.places, retelling.links = [], []


def _compare_due(rows: Reading, retelling: Retelling) -> Iterator[Finding]:
    """Does the table say where to look? Items of a case that is marked are computed when asked."""
    marked = set(rows.marked())
    all_marked = bytes.fromhex(tags.ledger_tag(retelling.origin)) in marked
    for row, standing in due_rows(retelling):
        stored = rows.due(row.tag)
        lags = isinstance(standing.subject, Item) and (all_marked or row.case in marked)
        if stored is None or stored[:2] != row[:2] or (not lags and stored.look_at != row.look_at):
            yield differs(f"{standing.kind} {row.tag.hex():.16}", "when to look at it")
    for tag, n in retelling.hashed.items():
        if rows.hashed(tag) != n:
            yield differs(f"item {tag.hex():.16}", "when its content was hashed last")


def _compare_labels(rows: Reading, retelling: Retelling) -> Iterator[Finding]:
    wanted = {key: row for key, row in retelling.labels.rows.items() if row}
    for row in rows.all_labels():
        if wanted.pop((row.tag, row.field, row.folded), None) != row:
            yield differs(_label(row), "a stored label")
    for row in wanted.values():
        yield differs(_label(row), "a label that is not stored")


def _label(row: LabelRow) -> str:
    return f"{row.field} of {row.kind} {row.tag.hex():.16}"


def differs(subject: str, what: str) -> Finding:
    """A derived row that is not what it is derived from."""
    detail = f"{what} is not what the signed entries give: run `custody rebuild`"
    return failed(Check.STRUCTURE, subject, detail)
