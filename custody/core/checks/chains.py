"""CHAIN and COMPLETENESS: does each subject's chain hold together, and is it the whole chain?"""

from collections.abc import Iterator
from itertools import pairwise

from custody.core import subject_index
from custody.core.bundle.contents import Counted, Leaf
from custody.core.checks.labels import Labels
from custody.core.checks.view import View
from custody.core.errors import MalformedError
from custody.core.findings import Check, Finding, failed, judged, undetermined
from custody.core.record import Entry, UnknownRecord

C1 = "the operator claims under its log key that there are exactly"


def chain(view: View, labels: Labels) -> Iterator[Finding]:
    """Does each record name the one before it, of its subject and of the log? (SPEC §4)"""
    for tag, entries in view.chains.items():
        detail = f"{len(entries)} records"
        yield from judged(
            Check.CHAIN, f"{view.name}: {labels.of(tag)}", _links(view, entries), detail
        )
    leaves = [view.leaves[n] for n in sorted(view.leaves)]
    yield from judged(Check.CHAIN, f"{view.name}: order of the log", _order(view, leaves))


def _links(view: View, entries: list[tuple[Leaf, Entry]]) -> Iterator[Finding]:
    head = ""
    for place, (leaf, entry) in enumerate(entries):
        if entry.seq != place:
            detail = f"states place {entry.seq} of its subject's chain, where {place} follows"
            yield failed(Check.CHAIN, f"{view.name}: record {leaf.n}", detail)
        if entry.prev != head:
            detail = (
                f"names {entry.prev or 'nothing'} as the record before it, not {head or 'nothing'}"
            )
            yield failed(Check.CHAIN, f"{view.name}: record {leaf.n}", detail)
        head = leaf.hash


def _order(view: View, leaves: list[Leaf]) -> Iterator[Finding]:
    for before, leaf in pairwise(leaves):
        if leaf.record.at < before.record.at:
            detail = f"is of an earlier time than record {before.n}"
            yield failed(Check.CHAIN, f"{view.name}: record {leaf.n}", detail)
        if leaf.n == before.n + 1 and leaf.record.chain != before.hash:
            detail = f"names {leaf.record.chain} as record {before.n}, which is {before.hash}"
            yield failed(Check.CHAIN, f"{view.name}: record {leaf.n}", detail)


def completeness(view: View, labels: Labels) -> Iterator[Finding]:
    """Level C1: is the tally's count and head of each chain what is shown? (SPEC §7)"""
    subjects, tally = view.contents.subjects, view.tally
    if tally is None:
        detail = f"record {view.size - 1} is not the tally that a bundle's checkpoint ends with"
        yield failed(Check.COMPLETENESS, view.name, detail)
    for leaf in view.contents.records.values():
        if isinstance(leaf.record, UnknownRecord):
            detail = f"of a later version's kind {leaf.record.kind}: what it does is not known"
            yield undetermined(Check.COMPLETENESS, f"{view.name}: record {leaf.n}", detail)
    for tag in view.chains.keys() - subjects.keys():
        for leaf, _ in view.chains[tag]:
            detail = f"{labels.of(tag)} is shown, but not in subjects.jsonl"
            yield failed(Check.COMPLETENESS, f"{view.name}: record {leaf.n}", detail)
    for tag, counted in subjects.items():
        subject = f"{view.name}: {labels.of(tag)}"
        if tally is None:
            yield undetermined(Check.COMPLETENESS, subject, "there is no tally")
            continue
        troubles = (
            failed(Check.COMPLETENESS, subject, why)
            for why in _miscounted(view, counted, bytes.fromhex(tally.index))
        )
        yield from judged(
            Check.COMPLETENESS, subject, troubles, f"C1: {C1} {counted.length} records"
        )


def _miscounted(view: View, counted: Counted, index: bytes) -> Iterator[str]:
    entries = view.chains.get(counted.tag, [])
    head = entries[-1][0].hash if entries else "none"
    if len(entries) != counted.length:
        yield f"{len(entries)} records are shown, {counted.length} are tallied"
    if head != counted.head:
        yield f"the last record shown is {head}, the tally's is {counted.head}"
    try:
        content = subject_index.value(counted.length, bytes.fromhex(counted.head))
        tag = bytes.fromhex(counted.tag)
        if subject_index.root_from_proof(tag, content, counted.proof) != index:
            yield "count and head are not those in the tally's index"
    except MalformedError as error:
        yield str(error)
