"""Content of items that are destroyed: which objects of the vault hold it, and that they are gone."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from custody.chains import Told, newest, told_of
from custody.core.errors import NotFoundError, StorageError
from custody.images import manifest
from custody.ledger.journal import Wanted
from custody_cli import output
from custody_cli.names import ItemName
from custody_cli.rehashing import OnFile, content_of, content_on_file
from custody_cli.run import Run
from custody_schemas.declare import Kind
from custody_schemas.fields import Content
from custody_schemas.terms import ContentForm, ContentPlace, Removal

LISTED = ("file", "segment")


class Doomed(NamedTuple):
    """What is to become of an item's content.

    own: objects of the vault that nothing else on the record needs; shared: what others need too
    """

    item: ItemName
    own: tuple[str, ...]
    shared: tuple[str, ...]

    @property
    def removal(self) -> Removal:
        """What can be said when its objects are gone."""
        if not (self.own or self.shared):
            return Removal.NOT_IN_VAULT
        return Removal.REMOVED_IN_PART if self.shared else Removal.REMOVED


def doomed(run: Run, items: Sequence[ItemName]) -> list[Doomed]:
    """The objects of each item, told from those that other items or papers need.

    Reads every entry of the ledger once: what is destroyed is never destroyed for somebody else.

    Raises:
        StorageError: the manifest of an item cannot be read, so that nobody knows what to remove.
    """
    wanted = {item.tag: set(objects(run, item)) for item in items}
    needed = (
        _needed(run, set().union(*wanted.values()), set(wanted)) if any(wanted.values()) else {}
    )
    return [
        Doomed(
            item,
            tuple(sorted(each for each in wanted[item.tag] if each not in needed)),
            tuple(sorted(each for each in wanted[item.tag] if each in needed)),
        )
        for item in items
    ]


def objects(run: Run, item: ItemName) -> Iterator[str]:
    """SHA-256 of every object of the vault that holds content of the item, its manifest too."""
    on_file = content_on_file(run, item) if item.state.content is not None else None
    if on_file is not None and on_file.content.where is ContentPlace.VAULT:
        yield from _parts(run, on_file, item.both)
    elif on_file is not None and on_file.content.form is not ContentForm.FILE:
        yield on_file.sha256  # left in place, and its manifest kept
    elif item.state.content is not None and on_file is None:
        raise StorageError(f"the digests of {item.both} were erased: its content cannot be found")


def _parts(run: Run, on_file: OnFile, name: str) -> Iterator[str]:
    yield on_file.sha256
    if on_file.content.form is ContentForm.FILE:
        return
    try:
        with run.vault.open(on_file.sha256) as file:
            entries = manifest.read(file.read())
    except NotFoundError as error:
        raise StorageError(f"the list of the files of {name} is not in the vault") from error
    yield from (each["sha256"] for each in entries if each["type"] in LISTED)


def _needed(run: Run, wanted: set[str], but: Iterable[str]) -> Mapping[str, str]:
    """Those objects that something else needs, with the entry that says so."""
    found: dict[str, str] = {}
    size, reached = newest(run.ledger).size, 0
    with output.progress(size, "who else needs the content", counted=True) as progress:
        for told in map(told_of, run.ledger.entries(Wanted())):
            of_these = {place.tag for place in told.statement.places(Kind.ITEM)} & set(but)
            for sha256 in _attached(told) if of_these else _mentioned(run, told):
                if sha256 in wanted:
                    found.setdefault(sha256, told.statement.id)
            if progress:
                progress(told.entry.n - reached)
                reached = told.entry.n
    return found


def _attached(told: Told) -> Iterator[str]:
    lines = told.opened.get("attachments", ())
    for line in lines if isinstance(lines, tuple) else ():
        yield line.partition(" ")[0]


def _mentioned(run: Run, told: Told) -> Iterator[str]:
    yield from _attached(told)
    if not isinstance(getattr(told.statement.act, "content", None), Content):
        return
    on_file = content_of(told)
    if on_file is not None and not _is_gone(run, told):
        try:
            yield from _parts(run, on_file, told.statement.id[:12])
        except StorageError:
            yield on_file.sha256  # its files are unknown, and are not what is destroyed here


def _is_gone(run: Run, told: Told) -> bool:
    """Whether the item left custody for good, its content with it."""
    (place,) = told.statement.places(Kind.ITEM)
    state = run.ledger.subject(place.tag)
    return getattr(state, "gone", None) is not None


def missing(run: Run, found: Sequence[Doomed]) -> list[str]:
    """Objects that should be there and are not: what is lost is not called removed."""
    return [each for one in found for each in one.own if not run.vault.has(each)]


def remove(run: Run, found: Sequence[Doomed], progress: Callable[[int], None] | None) -> int:
    """Destroy the objects; on return they are gone, and were looked for. How many there were.

    Raises:
        KeyStoreError, StorageError: some are still there; the command can be repeated.
    """
    count = 0
    for each in found:
        for sha256 in each.own:
            count += run.vault.remove(sha256).object
            if progress:
                progress(1)
    return count
