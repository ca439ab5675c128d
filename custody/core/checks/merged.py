"""Several bundles of one ledger laid over each other, in the order of the log."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence

from custody.core import disclosure, statement
from custody.core.bundle import layout
from custody.core.bundle.contents import Leaf
from custody.core.canonical import ENVELOPE_LIMIT
from custody.core.checks.joined import Reach, reaches
from custody.core.checks.view import View
from custody.core.disclosure import Disclosure
from custody.core.dsse import STATEMENT, Envelope
from custody.core.errors import MalformedError
from custody.core.reading import check_opened
from custody.core.record import Entry
from custody.core.statement import Statement

FILE_LINE = re.compile(r"([0-9a-f]{64}) [0-9a-f]{64} (?:0|[1-9][0-9]{0,15}) (.*)")


class Told:
    """One shown statement: `start` is the index of its first record, `at` the ledger's time."""

    __slots__ = ("at", "env", "envelope", "opened", "start", "statement")

    def __init__(self, entry: Entry, data: bytes) -> None:
        """Raises MalformedError where the envelope is not that of the entry's record."""
        if hashlib.sha256(data).hexdigest() != entry.env:
            raise MalformedError("the envelope is not the one that the record names")
        self.envelope = Envelope.read(data)
        if self.envelope.payload_type != STATEMENT:
            raise MalformedError(
                f"the envelope holds {self.envelope.payload_type}, no signed entry"
            )
        self.statement: Statement = statement.read(self.envelope.payload)
        places = [place.tag for place in self.statement.about]
        if entry.tag not in places:
            raise MalformedError("the signed entry is not about the subject of this record")
        self.env, self.at = entry.env, entry.at
        self.start = entry.n - places.index(entry.tag)
        self.opened: dict[str, Disclosure] = {}

    @property
    def run(self) -> range:
        """Indexes of the statement's records."""
        return range(self.start, self.start + len(self.statement.about))

    def text(self, *fields: str) -> str:
        """The first of these personal fields that is opened and not empty, as text."""
        for field in fields:
            value = self.opened[field].value if field in self.opened else ""
            if value != "":
                return "; ".join(value) if isinstance(value, tuple) else str(value)
        return ""

    def lines(self, field: str) -> tuple[str, ...]:
        """A personal field that is a list, if it is opened."""
        value = self.opened[field].value if field in self.opened else ()
        return value if isinstance(value, tuple) else ()

    def attached(self) -> Iterator[tuple[str, str]]:
        """SHA-256 and name of each attachment; a line of another form names none (SPEC §2.8)."""
        found = map(FILE_LINE.fullmatch, self.lines("attachments"))
        yield from ((file[1], file[2]) for file in found if file)


class Merged:
    """`leaves`: every record shown by any bundle; `reach`: up to where a subject is all there.

    of_view: the same, of what may be said beside one bundle, by its name
    """

    def __init__(self, views: Sequence[View]) -> None:
        self.views = views
        self.leaves: dict[int, Leaf] = {}
        self.reach: dict[str, int] = {}
        self.of_view = reaches(views)
        self.disclosures: dict[str, dict[str, list[str]]] = {}
        self._envelopes: dict[str, View] = {}
        # What is not under the log's checkpoint takes no place of another bundle's records.
        for leaves in (*(view.proved for view in views), *(view.leaves for view in views)):
            self.leaves |= leaves | self.leaves
        for view in views:
            for tag in view.contents.subjects:
                self.reach[tag] = max(view.size - 1, self.reach.get(tag, -1))
            for (env, name), opened in view.contents.disclosures.items():
                texts = self.disclosures.setdefault(env, {}).setdefault(name, [])
                if opened.disclosure not in texts:
                    texts.append(opened.disclosure)
            for env in view.envelopes():
                self._envelopes.setdefault(env, view)

    def entries(self) -> Iterator[Entry]:
        """The entries of shown subjects, ascending by n."""
        for n in sorted(self.leaves):
            entry = self.leaves[n].record
            if isinstance(entry, Entry) and n <= self.reach.get(entry.tag, -1):
                yield entry

    def within(self, numbers: Iterable[int]) -> list[Reach]:
        """What may be said beside each bundle that shows one of these records."""
        if len(self.views) == 1:
            return []  # it says everything
        shown = tuple(numbers)
        showing = (view for view in self.views if any(n in view.contents.records for n in shown))
        return [self.of_view[view.name] for view in showing]

    def has(self, env: str) -> bool:
        """Whether a bundle holds a file under that envelope's name."""
        return env in self._envelopes

    def told(self, entry: Entry) -> Told:
        """The statement behind a record; MalformedError where it is missing or another's."""
        view = self._envelopes.get(entry.env)
        if view is None:
            raise MalformedError("the envelope is not in the bundle")
        path = layout.ENVELOPE.format(entry.env)
        return Told(entry, view.archive.read(path, ENVELOPE_LIMIT))

    def unused(self, envs: set[str]) -> Iterator[tuple[View, str]]:
        """Envelopes that belong to none of these."""
        yield from ((view, env) for env, view in self._envelopes.items() if env not in envs)


def opened(text: str, name: str, made: Statement) -> Disclosure:
    """The disclosure of a statement's field.

    Raises:
        MalformedError: it is another field's, its digest does not stand in the statement, or its
            value is not of the type that the act declares.
    """
    found = disclosure.read(text)
    if found.field != name or made.sd.get(name) != found.digest:
        raise MalformedError(f"what is disclosed as {name} is not what was signed")
    check_opened(made.name, name, found.value)
    return found
