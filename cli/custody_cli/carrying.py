"""Hand-overs between machines: the offer that is carried away, the answer that comes back."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from custody import durable
from custody.believing import trust_of
from custody.carried import answering, files, meeting, offering
from custody.chains import newest
from custody.core import times
from custody.core.errors import (
    HeadMovedError,
    NotFoundError,
    RuleError,
    StorageError,
    UsageError,
)
from custody.core.keys import fingerprint
from custody.core.record import record_hash
from custody.core.text import grouped, safe
from custody.core.trust import TrustFile
from custody.identity import keyfile
from custody.ledger import Receipt
from custody.receipts import Done, Signed, accepted, check
from custody.reports import wording
from custody_cli import names
from custody_cli.bases import basis
from custody_cli.consulting import disclosed
from custody_cli.errand import Errand, spelt_records
from custody_cli.files import FILE, written
from custody_cli.items import spoken
from custody_cli.names import ItemName
from custody_cli.params import Choices
from custody_cli.recording import NOT_STATED, acting
from custody_cli.run import Run
from custody_cli.table import Command
from custody_cli.told import chain
from custody_cli.transfers import ITEMS, listed
from custody_schemas import acts
from custody_schemas.answers import EntryAnswer, OfferWritten, SignedBy, Submitted
from custody_schemas.declare import Kind
from custody_schemas.terms import TransferMethod, TransferPurpose

ANEW = "write a new offer with `custody transfer offer`, and have it countersigned again"
LISTED = 5  # entries that came between


@acting(
    acts.TransferReleased,
    name="offer",
    leave={"to", "to_name", "to_organisation", "to_number", "to_contact", "outside", "method"},
)
@ITEMS
@click.option("--to", "person", metavar="PERSON", required=True, help="Who is to accept them.")
@click.option(
    "--by",
    "method",
    type=Choices(TransferMethod),
    default=NOT_STATED,
    metavar="METHOD",
    help=f"How they travel: {', '.join(TransferMethod)}.",
)
@click.option(
    "--seen",
    type=click.IntRange(1, 2**53 - 1),
    multiple=True,
    metavar="SIZE",
    help="Records that the receiver saw last, if her machine asks for it. Repeatable.",
)
@written("The offer, new.", required=True)
def offer(
    errand: Errand,
    items: tuple[str, ...],
    person: str,
    method: TransferMethod,
    seen: tuple[int, ...],
    target: Path,
) -> None:
    """Release ITEMs to somebody at another machine, and write what she needs into a file.

    Items that are released to her already are only written out. She runs `custody countersign
    FILE`, offline and without this ledger, and sends back an answer for `custody submit`. Of the
    items the file tells what they are, and what their seals and content are compared with: hand
    it to her and to nobody else.
    """
    new_file(target)
    found = errand.items(items)
    receiver = errand.person(person)
    done = _released(errand, found, receiver, method)
    who = names.person(errand.run.ledger, receiver)
    subjects = [tag for item in found for tag in (item.tag, item.state.case)]
    disclosed(errand.run, [listed(found), "--to", who], subjects, f"hand-over to {who}")
    trust = errand.run.desk.trust
    meant = offering.Meant(receiver, [item.tag for item in found], seen)
    made = offering.offer(
        errand.run.ledger, trust, meant, lambda sha256: _manifest(errand.run, sha256)
    )
    durable.replace(target, made.data)
    answer = OfferWritten(
        file=str(target),
        items=tuple(item.name for item in found),
        to=names.person(errand.run.ledger, receiver),
        releases=tuple(dict.fromkeys(item.transfer.id for item in made.items)),
        records=tuple(entry.n for each in done for entry in each.entries),
        fingerprint=trust.fingerprint,
        checkpoint=made.checkpoint.size,
        size=len(made.data),
    )
    _tell_offer(errand.run, answer, listed(found))


def _tell_offer(run: Run, made: OfferWritten, items: str) -> None:
    run.say(f"offer of {safe(items)} to {safe(made.to)}: {safe(made.file)}, {made.size} bytes")
    run.say(f"  she runs: custody countersign {safe(Path(made.file).name)} -o ANSWER.json")
    run.say("  if it is her first, read her this fingerprint, on another way than the file takes:")
    run.say(f"  {grouped(made.fingerprint)}")
    run.answer(made)


def _released(
    errand: Errand, found: Sequence[ItemName], receiver: str, method: TransferMethod
) -> list[Done]:
    """Release what is not on its way to the receiver yet."""
    left = [i for i in found if i.state.transfer is None or i.state.transfer.to != receiver]
    if not left:
        return []
    if errand.told["purpose"] == TransferPurpose.NOT_STATED:
        raise UsageError(f"say why {listed(left)} is handed over, with --purpose")
    authority = basis(errand, left[0].state.case)
    members = {"to": receiver, "method": method, "authority": authority}
    batch = list(errand.on_items(acts.TransferReleased, left, **members))
    who = names.person(errand.run.ledger, receiver)
    summary = f"{listed(left)} released to {who}, {spoken(errand.told['purpose'])}"
    done = errand.record(batch, summary, ask=False)
    errand.tell(summary, done)
    return done


def _manifest(run: Run, sha256: str) -> bytes | None:
    """The list of a folder's files or of segments, if it can go with an offer."""
    try:
        with run.vault.open(sha256) as file:
            data = file.read(files.MANIFEST_MOST + 1)
    except (NotFoundError, StorageError):
        return None
    return data if len(data) <= files.MANIFEST_MOST else None


def new_file(target: Path) -> None:
    """Raises UsageError: it exists, or there is no folder for it."""
    if target.exists():
        raise UsageError(f"{target} exists: name another file")
    if not target.parent.is_dir():
        raise UsageError(f"{target.parent} is no folder")


@click.command(cls=Command)
@click.argument("file", type=FILE, metavar="ANSWER")
@click.option(
    "--proof-out",
    "proofs",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write proofs of recording into this new folder, to be carried back.",
)
@click.option("-y", "--yes", is_flag=True, expose_value=False, help="Nothing is asked, anyhow.")
@click.pass_obj
def submit(run: Run, file: Path, proofs: Path | None) -> None:
    """Bring what somebody signed at another machine into the ledger.

    Anybody may bring it: it says what its signers signed, and nothing is added. Brought twice, it
    is recorded once.
    """
    if proofs is not None and proofs.exists():
        raise UsageError(f"{proofs} exists: name another folder")
    carried = files.read_answer(files.load(file))
    batch = answering.submissions(carried, run.ledger.origin)
    before = newest(run.ledger).size
    receipts = _submitted(run, batch)
    trust = _trust(run)
    done = check(batch, receipts, lambda note: accepted(trust, note))
    written = list(_write_proofs(proofs, done)) if proofs else []
    answer = Submitted(
        items=tuple(item.name for item in _items(run, done)),
        entries=tuple(map(_entry, done)),
        records=tuple(entry.n for each in done for entry in each.entries),
        at=times.spelt(done[-1].entries[0].at),
        signed_by=tuple(_signers(run, done)),
        earlier=all(entry.n < before for each in done for entry in each.entries),
        proofs=tuple(map(str, written)),
    )
    _tell_submitted(run, answer, done, proofs)


def _submitted(run: Run, batch: Sequence[Signed]) -> list[Receipt]:
    """Raises RuleError, HeadMovedError: the ledger refuses, said in words of who brought it."""
    try:
        return run.ledger.submit([signed.submission for signed in batch])
    except HeadMovedError as error:
        since = list(dict.fromkeys(_since(run, batch)))
        more = f"; and {len(since) - LISTED} more" if len(since) > LISTED else ""
        raise HeadMovedError(
            f"{'; '.join(since[:LISTED]) or error}{more}. What was signed cannot be recorded any more: {ANEW}"
        ) from error
    except RuleError as error:
        if error.code != "E_EXPIRED":
            raise
        until = times.spelt(min(signed.statement.until for signed in batch))
        raise RuleError(error.code, f"it could be recorded until {until}: {ANEW}") from error


def _since(run: Run, batch: Sequence[Signed]) -> Iterator[str]:
    """What was recorded of the items after the record that the answer goes on from."""
    for place in (place for signed in batch for place in signed.statement.places(Kind.ITEM)):
        after = False
        for told in chain(run.ledger, place.tag):
            if after:
                who = names.person(run.ledger, told.statement.by)
                item = names.item_of(run.ledger, place.tag).both
                what = wording.title(told.statement.name, told.statement.act)
                yield f"{item}: {who} recorded since it was offered: {what}"
            after = after or record_hash(told.entry.encode()).hex() == place.prev


def _entry(done: Done) -> EntryAnswer:
    records = tuple(entry.n for entry in done.entries)
    return EntryAnswer(entry=done.statement.id, act=done.statement.name, records=records)


def _trust(run: Run) -> TrustFile:
    """Whom to believe: what an identity of this ledger has pinned, or else the ledger's own."""
    for identity in keyfile.listed(run.identities):
        if identity.origin == run.ledger.origin and (trust := meeting.pinned(identity)):
            return trust
    return trust_of(run.ledger)


def _write_proofs(folder: Path, done: Sequence[Done]) -> Iterator[Path]:
    folder.mkdir(parents=True)
    for each in done:
        for entry, proof in zip(each.entries, each.receipt.proofs, strict=True):
            path = folder / f"record-{entry.n}.proof"
            durable.write(path, proof, mode=0o644)
            yield path
    durable.sync_folder(folder)


def _items(run: Run, done: Sequence[Done]) -> list[ItemName]:
    """The items that the entries concern, by case and number."""
    tags = {place.tag for each in done for place in each.statement.places(Kind.ITEM)}
    items = [names.item_of(run.ledger, tag) for tag in tags]
    return sorted(items, key=lambda i: (i.name.rpartition("/")[0], i.state.number))


def _signers(run: Run, done: Sequence[Done]) -> Iterator[SignedBy]:
    claims = dict.fromkeys(claim for each in done for claim in each.statement.signers)
    for claim in claims:
        name = names.person(run.ledger, claim.actor)
        yield SignedBy(name=name, key=claim.key, capacity=claim.capacity)


def _tell_submitted(run: Run, made: Submitted, done: Sequence[Done], proofs: Path | None) -> None:
    titles = (wording.title(each.statement.name, each.statement.act) for each in done)
    what, items = ", ".join(dict.fromkeys(titles)), listed(_items(run, done))
    run.say(f"recorded{' before' if made.earlier else ''}: {safe(what)}, {safe(items)}")
    for signer in made.signed_by:
        run.say(f"  signed by {safe(signer.name)}, key {fingerprint(signer.key, 2)} …")
    run.say(f"  {spelt_records(made.records)}, {made.at}, proofs verified")
    if proofs:
        run.say(f"  proofs of recording, to be carried back: {safe(str(proofs))}")
    run.answer(made)
