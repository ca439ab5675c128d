"""Rows beside those that the signed entries account for, and kept rows that none of them gives.

A row too many is not harmless: an entry that is listed and was never recorded cannot be recorded
any more, and a cached root that is wrong makes the next tally a lie that the log signs.
"""

from collections.abc import Iterator

from custody.core import tags
from custody.core.errors import KeyStoreError, MalformedError, StorageError
from custody.core.findings import Check, Finding, failed, undetermined
from custody.core.state import Case, Item, LedgerFacts
from custody.ledger.index import Index
from custody.ledger.retelling import Retelling
from custody.ledger.storage import Reading
from custody.ledger.tiles import edges

REBUILT = ("place", "link", "edge", "due")
DATED = Case, Item, LedgerFacts
NAMES = {
    "case_key": "keys of cases",
    "due": "subjects to look at",
    "erasure": "things erased",
    "place": "places in chains",
    "link": "hashes of records",
}


def compare_index(rows: Reading, told: Retelling) -> Iterator[Finding]:
    """Would the next tally be that of the chains that were told?"""
    if Index(rows).whole() != told.counted:
        detail = "what is stored of it is not what the signed entries give: run `custody rebuild`"
        yield failed(Check.COMPLETENESS, "index of subjects", detail)


def compare_counts(rows: Reading, told: Retelling) -> Iterator[Finding]:
    """After a retelling from record 0 on: are there as many rows as it has looked at?"""
    size = told.frontier.size
    chains = sum(standing.chain.count for standing in told.past.changed.values())
    expected = {
        "envelope": told.statements,
        "statement": told.statements,
        "disclosure": told.statements,
        "erasure": len(told.erased),
        "place": chains,
        "link": chains,
        "edge": sum(1 for _ in edges(rows, size)),
        "tile": len(told.completed),
        "due": sum(isinstance(s.subject, DATED) for s in told.past.changed.values()),
        "case_key": sum(isinstance(s.subject, Case) for s in told.past.changed.values()),
    }
    for table, found in rows.counts(tuple(expected)).items():
        if found != expected[table]:
            what = NAMES.get(table, f"{table}s")
            detail = f"{found} are stored, the signed entries account for {expected[table]}"
            mended = ": run `custody rebuild`" if table in REBUILT else ""
            yield failed(Check.STRUCTURE, what, f"{detail}{mended}")


def _makes(tag: str, key: bytes, reference: str) -> bool:
    try:
        return tags.tag(tags.subject_key(key, "case", reference), "case", reference) == tag
    except MalformedError:
        return False


def compare_case_keys(rows: Reading, told: Retelling) -> Iterator[Finding]:
    """Does the key that is kept of each case make the case's tag?"""
    for tag, standing in told.past.changed.items():
        if not isinstance(standing.subject, Case):
            continue
        name = f"key of case {tag:.16}"
        try:
            found = rows.case_key(bytes.fromhex(tag))
        except KeyStoreError as error:
            yield undetermined(Check.STRUCTURE, name, str(error))
            continue
        except StorageError as error:
            yield failed(Check.STRUCTURE, name, f"{error}: bring it back from a backup")
            continue
        if found is None:
            yield failed(Check.STRUCTURE, name, "it is missing: bring it back from a backup")
            continue
        if not _makes(tag, *found):
            detail = "it does not make the tag of the case: bring it back from a backup"
            yield failed(Check.STRUCTURE, name, detail)


def compare_erasures(rows: Reading, told: Retelling) -> Iterator[Finding]:
    """Is all that was said to be erased on the list of what is to be destroyed?"""
    stored = {row[:2]: row.said for row in rows.erasures()} if told.erased else {}
    for (envelope, field), row in told.erased.items():
        if stored.get((envelope, field)) != row.said:
            detail = "what it erases is not listed to be destroyed: run `custody rebuild`"
            yield failed(Check.STRUCTURE, f"record {row.said}", detail)
