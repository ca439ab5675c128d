"""Makes a bundle: says so, seals the ledger, writes, and says what came of it. (SPEC §11)

Order: `export.prepared` recorded → tally → checkpoint of exactly that size → bundle on the disk →
`export.created` with its digest, which is therefore not in the bundle. Cut off before the last
step, the bundle is whole or absent, and the ledger shows an export of which nothing came.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from custody.chains import chain
from custody.core.announced import is_sensitive
from custody.core.errors import UsageError
from custody.core.state import Item
from custody.desk import Desk
from custody.drafting import Request, Subject
from custody.identity.passphrases import Unlocked
from custody.ledger import Ledger
from custody.ledger.bundling import Evidence, Made, Order, write_bundle
from custody.ledger.enclosed import Enclosed, attachments, enclosed
from custody.ledger.local import LocalLedger
from custody.ledger.selection import Selection, gather, stated, take
from custody.receipts import Done
from custody.reports import readme, register
from custody.store.recipients import Sealing
from custody_schemas.acts import ExportCreated, ExportPrepared
from custody_schemas.declare import Kind
from custody_schemas.terms import Sensitivity

ITEMS_MOST = 255  # items that one export can name


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants exported.

    case: tag; items: tags, none for the whole case
    given: members of `export.prepared` beside `evidence`, `mirror`, `encrypted` and `left_out`
    left_out: numbers of items whose content stays behind, as `sensitive_of` says
    recipients: keys to which the bundle is encrypted, none for one in the clear
    """

    case: str
    items: tuple[str, ...]
    given: Mapping[str, Any]
    path: Path
    evidence: bool
    mirror: bool
    left_out: tuple[int, ...] = ()
    recipients: tuple[bytes, ...] = ()

    @property
    def request(self) -> Request:
        """What is signed of it."""
        about = (Subject(Kind.CASE, self.case), *(Subject(Kind.ITEM, tag) for tag in self.items))
        given = {
            **self.given,
            "evidence": self.evidence,
            "mirror": self.mirror,
            "encrypted": bool(self.recipients),
            **({"left_out": list(self.left_out)} if self.left_out else {}),
        }
        return Request(ExportPrepared.NAME, about, given)


@dataclass(frozen=True, slots=True)
class Exported:
    """The bundle, what it shows, and the entries that were recorded for it."""

    made: Made
    selection: Selection
    done: tuple[Done, ...]
    left_out: tuple[Enclosed, ...]  # attachments that the vault does not hold


def export(
    desk: Desk,
    ledger: LocalLedger,
    vault: Evidence,
    keys: Unlocked,
    wish: Wish,
    progress: Callable[[int], None] | None = None,
) -> Exported:
    """Write the bundle that `wish` asks for; when this returns, all of it is recorded.

    Raises:
        UsageError: the file exists already, its folder does not, or too many items are named.
        RuleError: a rule refuses the export; nothing was written.
        StorageError: evidence is missing or damaged, or the disk refuses.
    """
    _check(wish)
    prepared = desk.record([wish.request], keys)
    at, export = int(desk.clock()), prepared[0].statement.id
    with ledger.sealed_view() as (rows, checkpoint):
        selection = gather(rows, checkpoint, ledger.origin, wish.case, wish.items, export)
        order = Order(
            path=wish.path,
            export=export,
            signers=keys.signers,
            at=at,
            evidence=vault if wish.evidence else None,
            mirror=wish.mirror,
            own=own_files(selection, vault, evidence=wish.evidence, mirror=wish.mirror),
            progress=progress,
            seal=partial(Sealing, recipients=wish.recipients) if wish.recipients else None,
        )
        made = write_bundle(rows, selection, order)
    missing = attachments(selection, vault)[1] if wish.evidence else ()
    came = {"export": order.export, "sha256": made.sha256, "size": made.size}
    created = desk.record([Request(ExportCreated.NAME, wish.request.about, came)], keys)
    return Exported(made, selection, (*prepared, *created), tuple(missing))


def sensitive_of(ledger: Ledger, tags: Iterable[str]) -> dict[str, bool]:
    """Of these items, those with content on file: whether it leaves only when they are named."""
    said: dict[str, Sensitivity] = {}
    states: dict[str, Item] = {}
    waiting = asked = list(tags)
    while waiting:
        waiting, before = [], waiting
        for tag in before:
            state = ledger.subject(tag)
            if tag in states or not isinstance(state, Item):
                continue
            states[tag] = state
            waiting += state.parents
            for told in chain(ledger, tag):
                take(said, stated(told.statement, told.opened))
    parents = {tag: state.parents for tag, state in states.items()}
    found = (tag for tag in asked if tag in states and states[tag].content is not None)
    return {tag: is_sensitive(tag, said, parents) for tag in found}


def _check(wish: Wish) -> None:
    if wish.path.exists():
        raise UsageError(f"{wish.path} exists: name another file")
    if not wish.path.parent.is_dir():
        raise UsageError(f"{wish.path.parent} is not a folder: make it first")
    if len(wish.items) > ITEMS_MOST:
        raise UsageError(f"{len(wish.items)} items; export the case, or at most {ITEMS_MOST} items")


def own_files(
    selection: Selection, vault: Evidence, *, evidence: bool, mirror: bool
) -> dict[str, bytes]:
    """What the exporter adds: README, register, keys for the by-hand commands, name table."""
    own = {
        "data/README.txt": readme.as_text(selection, mirror).encode(),
        "data/reports/custody-register.txt": register.as_text(selection).encode(),
        "data/reports/custody-register.html": register.as_html(selection).encode(),
        **dict(readme.key_files(selection)),
    }
    if evidence:
        lines = [f"{file.name}  {file.original}\n" for file in enclosed(selection, vault)]
        lines += (
            f"not enclosed, because it is not in the vault: {file.name}  {file.original}\n"
            for file in attachments(selection, vault)[1]
        )
        lines += (
            f"not enclosed, because it is sensitive: the content of item {number}\n"
            for number in selection.left_out
        )
        own["data/reports/names.txt"] = "".join(lines).encode()
    return own
