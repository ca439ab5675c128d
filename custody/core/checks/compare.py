"""Bundles and proofs of recording held against each other: forks, and level C2 (SPEC §7)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from typing import NamedTuple

from custody.core import tags
from custody.core.bundle import layout
from custody.core.bundle.contents import Leaf, NamingKey, read_leaf
from custody.core.checks.labels import Labels
from custody.core.checks.statements import unproved
from custody.core.checks.view import View
from custody.core.errors import CustodyError, MalformedError
from custody.core.findings import Check, Finding, failed, judged, undetermined
from custody.core.proof import Proof
from custody.core.record import Entry
from custody.core.trust import TrustFile


class Shown(NamedTuple):
    """Records that somebody can show, and the root (hex) of the log at the sizes they speak of."""

    name: str
    leaves: Mapping[int, Leaf]
    roots: Mapping[int, str]


def shown(view: View) -> Shown:
    """What a bundle can show: nothing that is not proved to be under its log's checkpoint.

    Else whoever spoils one bundle could make another look as if it hid something.
    """
    if view.doubted or view.checkpoint is None:
        return Shown(view.name, {}, {})
    roots = {e.size: e.root for e in view.contents.earlier.values() if not unproved(view, e)}
    return Shown(view.name, view.proved, roots | {view.size: view.checkpoint.root.hex()})


def read_proof(name: str, data: bytes, trust: TrustFile | None) -> Shown | Finding:
    """A proof of recording that somebody kept; one that proves nothing is UNDETERMINED."""
    try:
        proof = Proof.read(data)
        leaf = read_leaf(proof.extra)
        if leaf.n != proof.index:
            raise MalformedError(f"record {leaf.n} stands under number {proof.index}")
        checkpoint = proof.verify(bytes.fromhex(leaf.hash))
        if trust is None:
            raise MalformedError("no trust file says whose checkpoint it rests on")
        if trust.judge(proof.note).mldsa is False:  # whoever broke Ed25519 could convict the log
            raise MalformedError("its checkpoint lacks the log's ML-DSA-44 signature")
    except CustodyError as error:
        return undetermined(Check.COMPLETENESS, name, f"the proof proves nothing: {error}")
    return Shown(name, {leaf.n: leaf}, {checkpoint.size: checkpoint.root.hex()})


def forks(sources: Sequence[Shown]) -> Iterator[Finding]:
    """Two records under one number, two roots of one size, no order: the log told two stories."""
    for one, other in combinations(sources, 2):
        subject = f"{one.name} and {other.name}"
        for n in sorted(one.leaves.keys() & other.leaves.keys()):
            if one.leaves[n].data != other.leaves[n].data:
                detail = f"is {one.leaves[n].hash} in one and {other.leaves[n].hash} in the other"
                yield failed(Check.CHAIN, f"record {n} of {subject}", detail)
        for size in sorted(one.roots.keys() & other.roots.keys()):
            if one.roots[size] != other.roots[size]:
                detail = f"one size of {size}, two roots: {one.roots[size]} and {other.roots[size]}"
                yield failed(Check.CHECKPOINT, subject, detail)
    yield from _order(sources)


def _order(sources: Sequence[Shown]) -> Iterator[Finding]:
    """Does what one shows go on from what another shows? Of each by itself CHAIN asks it."""
    leaves: dict[int, tuple[str, Leaf]] = {}
    for source in sources:
        for n, leaf in source.leaves.items():
            leaves.setdefault(n, (source.name, leaf))
    found = [leaves[n] for n in sorted(leaves)]
    for (one, before), (other, leaf) in pairwise(found):
        if any({before.n, leaf.n} <= source.leaves.keys() for source in sources):
            continue
        subject = f"record {leaf.n} of {one} and {other}"
        if leaf.record.at < before.record.at:
            yield failed(Check.CHAIN, subject, f"is of an earlier time than record {before.n}")
        if leaf.n == before.n + 1 and leaf.record.chain != before.hash:
            detail = f"names {leaf.record.chain} as record {before.n}, which is {before.hash}"
            yield failed(Check.CHAIN, subject, detail)


def held_back(
    view: View, others: Sequence[Shown], labels: Labels, cases: Iterable[NamingKey]
) -> Iterator[Finding]:
    """Does the tallied chain hold every earlier record of it that the others can show?

    cases: keys of the cases whose every item the bundle is to show
    """
    name = f"{view.name}: beside {', '.join(other.name for other in others)}"
    troubles, count = [], 0
    unshown: dict[str, tuple[int, Shown]] = {}
    for other in others:
        for n, leaf in other.leaves.items():
            entry = leaf.record
            if not isinstance(entry, Entry) or n >= view.size:
                continue
            if not _tallied(view, entry):
                unshown.setdefault(entry.tag, (n, other))
                continue
            count += 1
            if n not in view.contents.records:
                detail = f"{other.name} shows it of {labels.of(entry.tag)}; this bundle has it not"
                subject = f"{view.name}: record {n}"
                troubles.append(failed(Check.COMPLETENESS, subject, detail))
    troubles += _items(view, unshown, cases)
    detail = f"C2: {count} records that others show are all here"
    yield from judged(Check.COMPLETENESS, name, troubles, detail)


def _items(
    view: View, unshown: Mapping[str, tuple[int, Shown]], cases: Iterable[NamingKey]
) -> Iterator[Finding]:
    """Is one of these subjects an item of a case that the bundle shows whole?"""
    for key in cases if unshown else ():
        for number, tag in tags.item_tags(key.key, key.reference):
            if tag in unshown:
                n, other = unshown[tag]
                detail = f"{other.name} shows it of item {number} of case {key.reference}, "
                detail += "which is not in this bundle of its case"
                yield failed(Check.COMPLETENESS, f"{view.name}: record {n}", detail)


def _tallied(view: View, entry: Entry) -> bool:
    return entry.tag in view.contents.subjects


def unanswered(proof: Shown, views: Sequence[View]) -> Iterator[Finding]:
    """A proof of something that no bundle claims to show whole says nothing about them."""
    for n, leaf in proof.leaves.items():
        entry = leaf.record
        if not isinstance(entry, Entry) or not any(
            n < view.size and _tallied(view, entry) for view in views
        ):
            detail = f"record {n} is newer than the bundles, or of a subject that they do not show"
            yield undetermined(Check.COMPLETENESS, proof.name, detail)


def unlinked(views: Sequence[View]) -> Iterator[str]:
    """Pairs of bundles for whose checkpoints no consistency was shown."""
    for one, other in combinations(views, 2):
        old, new = sorted((one, other), key=lambda view: view.size)
        if not old.checkpoint or not new.checkpoint or old.checkpoint == new.checkpoint:
            continue
        mirrored = layout.MIRROR in new.archive.members  # then it was compared there
        if old.size not in new.contents.earlier and old.size != new.size and not mirrored:
            yield (
                f"that {old.name} and {new.name} are of one and the same history: beyond the "
                f"records that both show they could not be compared, because {new.name} has no "
                f"mirror and no proof of what the log was at {old.size} records"
            )
