"""An item of a lost ledger as the first entries of its successor state it.

Pure: members of acts out of signed entries that were saved. What was corrected there is taken
over as corrected; what nobody said stays unsaid.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from custody.chains import Told, chain
from custody.core import times
from custody.core.errors import MalformedError, NotFoundError
from custody.core.rules.items import SMALL
from custody.core.state import Discrepancy, Item
from custody.images import manifest
from custody.places import Place
from custody.recovering import Saved
from custody_schemas.acts import Common, ItemReceived, ItemRegistered
from custody_schemas.declare import Act
from custody_schemas.fields import Content
from custody_schemas.terms import (
    Channel,
    ContentForm,
    ContentPlace,
    IntegrityVerdict,
    Override,
    StoredHash,
)

NOT_STATED = "not_stated"
# What the new entry says for itself, and does not take over.
OWN = {
    *("received_from", "channel", "authority", "supplied", "disputed", "former", "from_name"),
    *("supplied_digests", "differs", "override_reason"),
}
UNSAID = ("signature_valid", "certificate", "encryption", "intelligence_only")


class FormerItem(NamedTuple):
    """An item of a lost ledger; `brought` is the entry that put its content on file.

    Of a thing without content that was handed in, it is the entry that says what the giver allows.
    """

    tag: str
    state: Item
    registered: Told
    brought: Told | None
    entries: tuple[Told, ...]
    labels: Mapping[str, str]

    @property
    def content(self) -> Content | None:
        """Its digital content, as it is on file there."""
        found = getattr(self.brought.statement.act, "content", None) if self.brought else None
        return found if isinstance(found, Content) else None


def former_item(saved: Saved, tag: str) -> FormerItem:
    """The item with that tag.

    Raises:
        NotFoundError: there is none.
        ProofError: what was saved of its chain does not hold together.
    """
    state = saved.ledger.subject(tag)
    if not isinstance(state, Item):
        raise NotFoundError(f"{tag:.12} is not the tag of an item that was saved")
    entries = tuple(chain(saved.ledger, tag))
    brought = next((told for told in entries if _brought(told, state)), None)
    return FormerItem(tag, state, entries[0], brought, entries, saved.ledger.labels(tag))


def _brought(told: Told, state: Item) -> bool:
    if state.content is None:
        return isinstance(told.statement.act, ItemReceived)
    return told.statement.id == state.content


def registration(item: FormerItem) -> dict[str, Any]:
    """Members of `item.registered`; case, number and condition are not among them."""
    left = {*Common.FIELDS, "case", "number", "condition"}
    return dict(_members(item, item.registered, ItemRegistered, left))


def reception(saved: Saved, item: FormerItem, verdict: IntegrityVerdict | None) -> dict[str, Any]:
    """Members of `item.received`; who hands it over, and why a doubt is accepted, are not among.

    verdict: of the content, hashed again; None where there is none.
    """
    members: dict[str, Any] = {name: NOT_STATED for name in UNSAID}
    if item.brought is not None:
        members |= dict(_members(item, item.brought, ItemReceived, {*Common.FIELDS, *OWN}))
    members |= {"channel": Channel.FORMER_LEDGER, "former": saved.former(item.tag)}
    if verdict is not None:
        members |= {"supplied": verdict, "supplied_digests": [_supplied(item)]}
    return members


def as_found(members: Mapping[str, Any], found: str) -> dict[str, Any]:
    """Members of a single file's content that is not what was on file, as it was found.

    found: item number, SHA-256, BLAKE3, size in bytes. The media inside was not looked at.
    """
    _, sha256, blake3, size = found.split(" ")
    before: Content = members["content"]
    small = int(size) < SMALL
    content = before.but(
        size=int(size), sha256=None if small else sha256, blake3=None if small else blake3
    )
    name = str((members.get("files") or ["? ? ? content"])[0]).split(" ")[-1]
    made = {
        **members,
        "content": content,
        "files": [f"{sha256} {blake3} {size} {name}"],
        "content_sha256": sha256 if small else None,
        "content_blake3": blake3 if small else None,
        "stored_hash": StoredHash.NOT_STATED
        if members.get("media")
        else members.get("stored_hash"),
    }
    gone = {"media": None, "media_sha256": None, "media_blake3": None}
    return {**made, **gone}


def disputed_before(item: FormerItem) -> tuple[Override, str] | None:
    """Why the content was in dispute in the lost ledger already; None where it was not."""
    if not item.state.disputed:
        return None
    reason = item.brought.opened.get("override_reason", "") if item.brought else ""
    return Override.OTHER, f"in dispute in the lost ledger already. {reason}".strip()[:500]


def open_there(item: FormerItem) -> Iterator[tuple[Discrepancy, str]]:
    """The discrepancies that were open, with what was said of them and since when."""
    by_id = {told.statement.id: told for told in item.entries}
    for each in item.state.discrepancies:
        told = by_id.get(each.id)
        since = f" since {times.spelt(told.entry.at)}" if told else ""
        details = told.opened.get("details", "") if told else ""
        yield each, f"open in the lost ledger{since}. {details}".strip()


def objects(saved: Saved, item: FormerItem) -> Iterator[tuple[str, Place]]:
    """Digest and place of everything that the old vault keeps of the item's content.

    What was altered there is taken as it can be made out: its digests tell.

    Raises:
        NotFoundError, StorageError, MalformedError: the manifest is not there or spoilt.
    """
    content = item.content
    if content is None:
        return
    digest, there = _sha256(item), content.where is ContentPlace.VAULT
    if content.form is ContentForm.FILE:
        if there:
            yield digest, saved.vault.place(digest, damaged=True)
        return
    yield digest, saved.vault.place(digest)
    with saved.vault.open(digest) as file:
        lines = list(manifest.read(file.read()))
    for line in lines:
        if there and line["type"] in ("file", "segment"):
            yield line["sha256"], saved.vault.place(line["sha256"], damaged=True)


def _sha256(item: FormerItem) -> str:
    """Raises MalformedError: the digest was erased."""
    content, told = item.content, item.brought
    found = content.sha256 if content else None
    found = found or (str(told.opened.get("content_sha256", "")) if told else "")
    if not found:
        raise MalformedError("the digest of the content was erased in the lost ledger")
    return found


def _supplied(item: FormerItem) -> str:
    """The digest on file there, as digests that came with something are listed."""
    files = item.brought.opened.get("files") if item.brought else None
    single = item.content is not None and item.content.form is ContentForm.FILE
    name = files[0].split(" ")[-1] if single and isinstance(files, tuple) and files else "manifest"
    return f"sha256 {_sha256(item)} {name}"


def _members(
    item: FormerItem, told: Told, act: type[Act], left: set[str]
) -> Iterator[tuple[str, Any]]:
    """Members that both acts have, as they read now."""
    made = told.statement.act
    for name, field in act.FIELDS.items():
        if name in left or name not in type(made).FIELDS:
            continue
        if not field.personal:
            value = getattr(made, name)
        else:
            value = told.opened.get(name, "")
            if isinstance(value, tuple):
                value = list(value)
            elif told is item.registered and value:
                value = item.labels.get(name, value)
        if value not in (None, "", []):
            yield name, value
