"""One bundle as the checks look at it: opened, measured and read, nothing believed yet."""

from collections.abc import Iterable, Iterator
from functools import cached_property

from custody.core.bundle import layout
from custody.core.bundle.archive import Archive
from custody.core.bundle.bag import Sums, measure
from custody.core.bundle.contents import Contents, Leaf
from custody.core.checkpoint import Checkpoint
from custody.core.digest import Progress
from custody.core.errors import MalformedError
from custody.core.findings import Check, Finding, failed
from custody.core.record import Entry, Tally


class View:
    """`sums` of all files that could be read.

    doubted: its checkpoint is not the log's.
    included: by subject, why each record is not in the tree under the checkpoint; '' where it is.
    """

    def __init__(
        self, name: str, archive: Archive, contents: Contents, checkpoint: Checkpoint | None
    ) -> None:
        self.name, self.archive, self.contents = name, archive, contents
        self.checkpoint = checkpoint
        self.sums: dict[str, Sums] = {}
        self.doubted = False
        self.included: dict[str, dict[int, str]] = {}

    @property
    def size(self) -> int:
        """Records under the checkpoint; 0 where there is none that can be read."""
        return self.checkpoint.size if self.checkpoint else 0

    @cached_property
    def tally(self) -> Tally | None:
        """The record before the checkpoint, if it is the tally that must stand there."""
        leaf = self.contents.records.get(self.size - 1)
        return leaf.record if leaf and isinstance(leaf.record, Tally) else None

    @cached_property
    def chains(self) -> dict[str, list[tuple[Leaf, Entry]]]:
        """The entries shown of each subject, ascending by n."""
        chains: dict[str, list[tuple[Leaf, Entry]]] = {}
        for leaf in self.contents.records.values():
            if isinstance(leaf.record, Entry):
                chains.setdefault(leaf.record.tag, []).append((leaf, leaf.record))
        return chains

    @cached_property
    def leaves(self) -> dict[int, Leaf]:
        """Records and companions by n."""
        companions = {n: each.leaf for n, each in self.contents.companions.items()}
        return companions | self.contents.records

    def holds(self, n: int, env: str) -> bool:
        """Whether it shows record `n` as one of that envelope."""
        leaf = self.leaves.get(n)
        return leaf is not None and isinstance(leaf.record, Entry) and leaf.record.env == env

    @property
    def proved(self) -> dict[int, Leaf]:
        """Those under the log's checkpoint: nothing else speaks against another bundle."""
        if self.doubted or self.checkpoint is None:
            return {}
        outside = {n for whys in self.included.values() for n, why in whys.items() if why}
        return {n: leaf for n, leaf in self.leaves.items() if n not in outside}

    def measure(self, progress: Progress | None = None) -> Iterator[Finding]:
        """Read every file once; a finding for each that does not unpack."""
        for path, member in self.archive.members.items():
            chunks = self.archive.chunks(path)
            try:
                self.sums[path] = measure(
                    told(chunks, progress) if progress else chunks, member.size
                )
            except MalformedError as error:
                yield failed(Check.FIXITY, f"{self.name}: {path}", str(error))

    def envelopes(self) -> Iterator[str]:
        """Digests that the names of the envelope files state."""
        before, after = layout.ENVELOPE.split("{}")
        for path in self.archive.members:
            if path.startswith(before) and path.endswith(after):
                yield path[len(before) : -len(after)]


def told(chunks: Iterable[bytes], progress: Progress) -> Iterator[bytes]:
    """The same chunks, the length of each told before it is handed on."""
    for chunk in chunks:
        progress(len(chunk))
        yield chunk
