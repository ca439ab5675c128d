"""`custody acquire`: content goes into the vault, then registration and acquisition are signed."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from custody.core.digest import Digests, PathLike, Progress, UnreadableError, shown
from custody.core.errors import RuleError
from custody.drafting import Request, Subject
from custody.images import acquiring, intake
from custody.images.acquiring import Acquired
from custody.images.intake import Kind as Form
from custody.images.intake import Plan, Type
from custody.places import Place
from custody.receipts import Done
from custody_cli import names, output
from custody_cli.content import attachment, described, digests_of, doubts
from custody_cli.errand import Errand
from custody_cli.files import FILE
from custody_cli.items import NUMBER, REGISTERED_LEAVE, Registration, registration
from custody_cli.names import CaseName, ItemName
from custody_cli.params import Evidence
from custody_cli.recording import NOT_STATED, acting
from custody_cli.run import Run
from custody_cli.seizing import SEAL, SEAL_TYPE, sealing
from custody_schemas import acts
from custody_schemas.answers import Acquired as Answer
from custody_schemas.answers import Planned
from custody_schemas.declare import Kind
from custody_schemas.fields import Content
from custody_schemas.terms import (
    ContentForm,
    ContentPlace,
    EvidenceType,
    ImageFormat,
    StoredHash,
)

COMPUTED = {
    *("content", "media", "format", "stored_hash", "read_errors", "location"),
    *("content_sha256", "content_blake3", "media_sha256", "media_blake3"),
    *("files", "error_list", "claims", "unread"),
}
TYPES = {
    ImageFormat.EWF: EvidenceType.DISK_IMAGE,
    ImageFormat.SPLIT_RAW: EvidenceType.DISK_IMAGE,
    ImageFormat.RAW: EvidenceType.DISK_IMAGE,
    ImageFormat.FILE: EvidenceType.FILE,
}
SORTS = (
    (Type.FILE, "file", "files"),
    (Type.FOLDER, "folder", "folders"),
    (Type.SYMLINK, "link", "links"),
    (Type.SPECIAL, "special file", "special files"),
)
# What stands for the content while it is tried whether the act would be refused.
NOTHING_YET = {
    "content": Content(form=ContentForm.FILE, count=1, size=0, where=ContentPlace.VAULT),
    "format": ImageFormat.NOT_STATED,
    "stored_hash": StoredHash.NOT_APPLICABLE,
    "attachments": [],
}
AGAIN = "Acquiring the same content again uses it"


@acting(
    acts.ItemAcquired,
    acts.ItemRegistered,
    acts.SealApplied,
    leave={*REGISTERED_LEAVE, *COMPUTED, "seal_number"},
)
@click.argument("case")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=Evidence())
@NUMBER
@click.option("--source", metavar="ITEM", help="The item that was imaged or copied.")
@click.option("--log", "logs", multiple=True, type=FILE, help="A log of the imaging tool.")
@click.option("--in-place", is_flag=True, help="Leave the content where it is; record digests.")
@click.option("--plain", is_flag=True, help="A file is only a file, whatever its name looks like.")
@click.option(
    "--accept-unreadable", is_flag=True, help="Go on where files of a folder cannot be read."
)
@SEAL
@SEAL_TYPE
def acquire(
    errand: Errand,
    case: str,
    paths: tuple[Path, ...],
    source: str | None,
    **more: Any,
) -> None:
    """Take PATH into CASE as a new item: a file, a folder, or the segments of one image.

    SHA-256 and BLAKE3 are computed while the content is copied into the vault, is read back from
    the disk and compared; then the entry is signed. The media of E01 images is decoded and
    compared with the hash that the image states. Name any segment, the others are found.
    """
    ledger = errand.run.ledger
    found = names.find_case(ledger, case)
    imaged = names.find_item(ledger, source) if source else None
    authority = _authority(errand, found, imaged)
    plan = intake.plan(paths, plain=more["plain"])
    if errand.signing.dry_run:
        tell_plan(errand, plan)
    told = {**more, "authority": authority, "began": errand.run.now()}
    batch = _batch(errand, found, imaged, told, NOTHING_YET)[1]
    errand.rehearse(batch)  # hours of copying must not end in a refusal
    errand.unlock(batch)
    _record(errand, found, imaged, take(errand, plan, more), told)


class Keeping:
    """The vault, and word of what is whole in it in case that the command is stopped."""

    def __init__(self, run: Run) -> None:
        self.run, self.vault, self.kept = run, run.vault, 0

    def put_many(
        self, sources: Iterable[PathLike], progress: Progress | None = None
    ) -> Iterator[Digests | UnreadableError]:
        """As the vault puts them; what is yielded stays there whatever happens next."""
        for each in self.vault.put_many(sources, progress):
            if not isinstance(each, UnreadableError):
                self.kept += 1
                what = each.sha256 if self.kept == 1 else f"{self.kept} files, by their SHA-256"
                self.run.fate = f"nothing was recorded; kept whole in the vault: {what}. {AGAIN}"
            yield each

    def put_bytes(self, data: bytes) -> Digests:
        """As the vault puts them."""
        return self.vault.put_bytes(data)

    def place(self, sha256: str, name: str = "") -> Place:
        """The object, to be opened."""
        return self.vault.place(sha256, name)


def take(errand: Errand, plan: Plan, how: dict[str, Any]) -> Acquired:
    """The content, and what is said against it.

    Raises:
        RuleError: E_DISPUTED, something puts the content in doubt and --disputed is not there.
    """
    taken = taken_in(
        errand,
        plan,
        in_place=how["in_place"],
        accept_unreadable=how["accept_unreadable"],
        logs=how["logs"],
    )
    if taken.disputed and not errand.told.get("disputed"):
        raise RuleError("E_DISPUTED", "; ".join(doubts(taken)))
    return taken


def taken_in(
    errand: Errand,
    plan: Plan,
    *,
    in_place: bool,
    accept_unreadable: bool = False,
    logs: Sequence[Path] = (),
) -> Acquired:
    """The content, durable in the vault unless it stays in place."""
    vault = errand.run.vault
    vault.sweep()  # what programs that died have left behind
    passes, label = (1, "hashing") if in_place else (vault.PASSES, "copying, reading back")
    if plan.kind is Form.IMAGE or logs:
        passes, label = passes + 1, f"{label}, decoding"
    with output.progress(plan.size, f"{shown(plan.name)}: {label}", passes) as progress:
        taken = acquiring.acquire(
            plan,
            Keeping(errand.run),
            in_place=in_place,
            accept_unreadable=accept_unreadable,
            logs=logs,
            progress=progress,
        )
    for fact in taken.facts:
        errand.run.aside(f"adverse: {fact.sentence}")
    return taken


def _record(
    errand: Errand,
    case: CaseName,
    source: ItemName | None,
    taken: Acquired,
    told: dict[str, Any],
) -> None:
    """Sign registration, acquisition, seal, and what is wrong with the content."""
    members = described(taken, errand.told, told["in_place"])
    members["occurred"] = errand.lasted(told["began"], errand.run.now())
    members["attachments"] = [*errand.attachments(), *map(attachment, taken.logs)]
    if taken.disputed:
        said = (errand.signing.note, *doubts(taken))
        members["note"] = "\n".join(words for words in said if words)
    made, batch = _batch(errand, case, source, told, members)
    summary = f"{made.label} acquired from {os.fsdecode(taken.plan.name)}, {taken.size} bytes"
    finish(errand, made.name, taken, errand.record(batch, summary), summary)


def finish(errand: Errand, item: str, taken: Acquired, done: Sequence[Done], summary: str) -> None:
    """Answer with what was taken in and recorded."""
    errand.tell(summary, done)
    if taken.plan.kind is Form.FOLDER:
        errand.run.say(f"  taken in: {counted(taken.plan)}")
    output_digests(errand, taken)
    errand.run.answer(
        Answer(
            **errand.answer(done, [item]),
            item=item,
            digests=digests_of(taken),
            size=taken.size,
            adverse=tuple(fact.sentence for fact in taken.facts),
        )
    )


def _batch(
    errand: Errand,
    case: CaseName,
    source: ItemName | None,
    told: dict[str, Any],
    members: dict[str, Any],
) -> tuple[Registration, list[Request]]:
    """Registered, acquired, sealed: the new item and the requests."""
    kind = errand.told.get("type")
    if kind in (None, NOT_STATED):
        kind = TYPES.get(members["format"], EvidenceType.NOT_STATED)
    made = registration(errand, case, told["number"], main=False, type=kind)
    given = errand.given(acts.ItemAcquired, **members, authority=told["authority"])
    about = [made.subject, *([Subject(Kind.SOURCE, source.tag)] if source else [])]
    acquired = Request(acts.ItemAcquired.NAME, tuple(about), given)
    return made, [made.request, acquired, *sealing(errand, made, told["seal"], told["seal_type"])]


def output_digests(errand: Errand, taken: Acquired) -> None:
    """The digests, for people."""
    if errand.run.as_json:
        return
    what = "of the manifest" if taken.manifest else "of the content"
    rows = [
        (f"SHA-256 {what}", taken.digests.sha256),
        (f"BLAKE3 {what}", taken.digests.blake3),
    ]
    if taken.media and taken.media.decoded.digests:
        rows.append(("SHA-256 of the media", taken.media.decoded.digests.sha256))
        rows.append(("BLAKE3 of the media", taken.media.decoded.digests.blake3))
    output.pairs(rows, "  ")


def _authority(errand: Errand, case: CaseName, source: ItemName | None) -> str | None:
    """The legal basis: as named, else the source's, else the only one on file."""
    words = errand.told.get("authority")
    if words is None and source is not None and source.state.authority:
        return source.state.authority
    return names.find_authority(errand.run.ledger, case, words)


def tell_plan(errand: Errand, plan: Plan) -> None:
    """Answer with what would be taken in, and end."""
    errand.run.answer(planned(errand, plan))
    click.get_current_context().exit(0)


def planned(errand: Errand, plan: Plan) -> Planned:
    """What would be taken in: said to people, and as an answer."""
    errand.run.say(f"would take in {shown(plan.name)}: {spoken_kind(plan)}, {plan.size} bytes")
    for member in plan.members if plan.kind is not Form.FOLDER else ():
        errand.run.say(f"  {shown(member.name)}, {member.size} bytes")
    unreadable = tuple(shown(member.name) for member in plan.unreadable())
    for name in unreadable:
        errand.run.say(f"  cannot be read: {name}")
    name, files = shown(plan.name), len(plan.members)
    return Planned(name=name, kind=plan.kind, files=files, size=plan.size, unreadable=unreadable)


def spoken_kind(plan: Plan) -> str:
    """What sort of thing is taken in."""
    many = f" of {len(plan.members)} segments" if plan.kind in (Form.IMAGE, Form.RAW_SPLIT) else ""
    if plan.kind is Form.FOLDER:
        many = f" with {counted(plan)}"
    return f"{plan.kind.replace('_', ' ')}{many}"


def counted(plan: Plan) -> str:
    """How much of what a folder holds."""
    found = Counter(member.type for member in plan.members)
    parts = [
        f"{found[kind]} {one if found[kind] == 1 else several}" for kind, one, several in SORTS
    ]
    unread = found[Type.UNREADABLE]
    return ", ".join([*parts, *([f"{unread} that could not be read"] if unread else [])])
