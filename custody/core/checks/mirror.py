"""COMPLETENESS level C3: the whole blinded log replayed, so that nobody needs to be honest."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from custody.core import record, tags
from custody.core.bundle import layout
from custody.core.bundle.contents import Leaf, NamingKey, lines, read_leaf
from custody.core.checks.compare import Shown
from custody.core.checks.labels import Labels
from custody.core.checks.view import View
from custody.core.errors import MalformedError
from custody.core.findings import Check, Finding, failed, judged, undetermined
from custody.core.record import Entry, Tally, UnknownRecord
from custody.core.subject_index import Growing
from custody.core.tree import Frontier


class Mirror:
    """The log as the mirror tells it: tree, chains, and whatever does not fit."""

    def __init__(self, view: View, known: Mapping[int, Leaf], others: Sequence[Shown]) -> None:
        self._view, self._known, self._others = view, known, others
        self._frontier = Frontier()
        self._chains: dict[str, tuple[int, str]] = {}
        self._index = Growing()  # a false tally of an older day is found as well
        self._last, self._at = "", 0
        self._unknown: dict[str, int] = {}  # kinds of later versions, where each was met last

    def replay(self, labels: Labels, cases: Iterable[NamingKey]) -> Iterator[Finding]:
        """Every record, then what must come of them (SPEC §7).

        cases: keys of the cases whose every item the bundle is to show.
        """
        n, faults = -1, 0
        forks: list[Finding] = []
        try:
            for n, line in enumerate(lines(self._view.archive.chunks(layout.MIRROR))):
                for why in self._take(n, line):
                    yield self._failed(f"record {n} of the mirror", why)
                    faults += 1
                if faults >= layout.FAULTS:
                    raise MalformedError(f"{faults} faults so far: the rest is not read")
                self._last = record.record_hash(line).hex()
                self._frontier.append(bytes.fromhex(self._last))
                forks += self._forked()
        except MalformedError as error:
            yield self._failed(f"mirror after record {n}", str(error))
        yield from self._rooted(forks)
        for tag, counted in self._view.contents.subjects.items():
            if self._chains.get(tag) != (counted.length, counted.head):
                yield self._failed(labels.of(tag), "has another count or head in the mirror")
        for kind, n in self._unknown.items():
            subject = f"{self._view.name}: record {n} of the mirror"
            detail = f"of a later version's kind {kind}: what it does to a subject is not known"
            yield undetermined(Check.COMPLETENESS, subject, detail)
        for key in cases:
            yield from self._items(key)

    def _rooted(self, forks: Iterable[Finding]) -> Iterator[Finding]:
        """Is it the log under the log's checkpoint? Else it speaks against no other bundle."""
        checkpoint = self._view.checkpoint
        here = (self._frontier.size, self._frontier.root())
        if checkpoint is None or here != (checkpoint.size, checkpoint.root):
            yield self._failed("mirror", f"{here[0]} records do not make the checkpoint's root")
        elif not self._view.doubted:
            yield from forks

    def _forked(self) -> Iterator[Finding]:
        """Do all who know a root of this size know the same one?"""
        size = self._frontier.size
        for other in self._others:
            if size in other.roots and other.roots[size] != self._frontier.root().hex():
                detail = f"at {size} records the other's log is not a beginning of this one"
                yield failed(Check.CHECKPOINT, f"{self._view.name} and {other.name}", detail)

    def _take(self, n: int, line: bytes) -> Iterator[str]:
        try:
            leaf = read_leaf(line)
        except MalformedError as error:
            yield str(error)
            return
        found, known = leaf.record, self._known.get(n)
        if leaf.n != n or found.chain != self._last or found.at < self._at:
            yield "has another number, an earlier time, or another record before it"
        if known and known.data != line:
            yield f"is {leaf.hash}, but elsewhere it was shown as {known.hash}"
        self._at = found.at
        if isinstance(found, UnknownRecord):
            self._unknown[found.kind] = n
        elif isinstance(found, Entry):
            if (found.seq, found.prev) != self._chains.get(found.tag, (0, "")):
                yield f"does not follow the subject's last record: place {found.seq}"
            self._chains[found.tag] = (found.seq + 1, leaf.hash)
            self._index.put(bytes.fromhex(found.tag), found.seq + 1, bytes.fromhex(leaf.hash))
        elif isinstance(found, Tally) and not self._counts(found):
            yield "is a tally that does not follow from the records before it"

    def _counts(self, tally: Tally) -> bool:
        whole = self._index.whole()
        return (tally.subjects, tally.index) == (whole.entries, whole.root.hex())

    def _items(self, key: NamingKey) -> Iterator[Finding]:
        """With the key of a case, every tag that an item of it could have can be looked for."""
        for number, tag in tags.item_tags(key.key, key.reference):
            if tag in self._chains and tag not in self._view.contents.subjects:
                name = f"item {number} of case {key.reference}"
                yield self._failed(name, "is in the log and not in the bundle of its case")

    def _failed(self, what: str, why: str) -> Finding:
        return failed(Check.COMPLETENESS, f"{self._view.name}: {what}", why)


def mirror(
    view: View,
    labels: Labels,
    known: Mapping[int, Leaf],
    others: Sequence[Shown],
    cases: Mapping[str, NamingKey],
    whole: bool,
) -> Iterator[Finding]:
    """Replay the mirror, where the bundle has one.

    cases: keys of the cases whose every item the bundle is to show; `whole`: these are all its cases
    """
    if layout.MIRROR not in view.archive.members:
        return
    troubles = Mirror(view, known, others).replay(labels, cases.values())
    detail = f"C3: all {view.size} records of the log were replayed; nothing was left out"
    detail += "" if whole else " of the subjects shown"
    yield from judged(Check.COMPLETENESS, f"{view.name}: mirror", troubles, detail)
