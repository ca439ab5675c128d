"""Personal data: erased, restricted, rectified. (R41, R93, R97)"""

from collections.abc import Sequence
from hashlib import sha256

import click

from custody import outbox
from custody.core.dsse import Envelope
from custody.core.errors import RuleError, UsageError
from custody.core.rules.privacy import ERASABLE
from custody.drafting import Request, Subject
from custody.identity import keyfile
from custody_cli import leftovers, names
from custody_cli.bases import basis
from custody_cli.errand import Errand
from custody_cli.params import EntryName
from custody_cli.recording import acting
from custody_cli.remarks import Named, amend, find
from custody_cli.run import Run
from custody_cli.table import Command
from custody_cli.told import Told, chain
from custody_schemas import acts
from custody_schemas.answers import Finished
from custody_schemas.declare import Capacity, Kind
from custody_schemas.terms import CorrectionReason, ErasureMethod

SUBJECT = click.argument("subject", metavar="ITEM|CASE|PERSON")
ENTRY = click.argument("entry", metavar="ENTRY", type=EntryName())
OF_A_CASE = (Kind.ITEM, Kind.SOURCE, Kind.CASE)
FIELDS = click.option("--field", "fields", multiple=True, metavar="FIELD", help="Repeatable.")


@acting(
    acts.PrivacyErased,
    name="erase",
    leave={"entry", "act", "fields", "envelope", "method"},
    need={"ground"},
)
@SUBJECT
@ENTRY
@FIELDS
@click.option("--whole", "entire", is_flag=True, help="The whole entry: a remark, and no other.")
def erase(errand: Errand, subject: str, entry: str, fields: Sequence[str], entire: bool) -> None:
    """Destroy personal values of an ENTRY for good; the entry, its time and signers stay.

    Two others approve it, and no hold may stand: --with PERSON --with PERSON. Signatures and
    bundles verify as before; a new bundle says what was erased, and on what ground. ENTRY is its
    number in the history, as 4 or '#4'. Bundles made before still hold the values, and backups made
    before for who has a copy of the keys from before: such copies are named.
    A command that was stopped is repeated, or `custody privacy finish` goes on with it.
    """
    errand.capacity = Capacity.APPROVER
    if entire == bool(fields):
        raise UsageError("say which fields, with --field, or --whole for an entire remark")
    leftovers.settle(errand.run)
    earlier = [] if errand.signing.dry_run else _finish(errand)
    found = find(errand, subject, people=True)
    entries = list(chain(errand.run.ledger, found.tag))
    number, told = names.find_entry(entries, entry)
    wanted = None if entire else personal(told, number, fields)
    if entire:
        whole(told, number)
    known = _known(entries, told, wanted)
    if known is not None:
        _done_before(errand, known, number, earlier)
        return
    given = errand.given(
        acts.PrivacyErased,
        entry=told.statement.id,
        act=told.statement.name,
        authority=_authority(errand, found),
        fields=wanted,
        envelope=told.entry.env if entire else None,
        method=ErasureMethod.VALUE_AND_SALT,
    )
    about = [place for place in told.statement.about if place.kind is found.kind]
    subjects = tuple(Subject(place.kind, place.tag) for place in about)
    what = "the whole entry" if wanted is None else ", ".join(wanted)
    summary = f"{found.name} #{number}, {what}: erased for good"
    request = Request(acts.PrivacyErased.NAME, subjects, given)
    done = errand.record([request], summary)
    _finish(errand)
    errand.finish(done, summary, [found.name] * (found.kind is Kind.ITEM))
    _warn(errand, entries, told, wanted)


@click.command(cls=Command)
@click.pass_obj
def finish(run: Run) -> None:
    """Destroy what recorded entries say is erased, where that was stopped."""
    records = run.ledger.finish_erasures()
    run.say(f"destroyed now: what {len(records)} entries say is erased")
    run.answer(Finished(records=tuple(records)))


@acting(
    acts.CorrectionRecorded,
    name="rectify",
    leave={"corrects", "act", "field", "annuls", "value", "values", "reason"},
)
@SUBJECT
@ENTRY
@click.option("--field", required=True, metavar="FIELD", help="Which field is wrong.")
@click.option("--value", "values", multiple=True, required=True, help="What it is to read.")
def rectify(errand: Errand, subject: str, entry: str, field: str, values: Sequence[str]) -> None:
    """Correct what an ENTRY says of a person, because she asked for it or it proved wrong.

    It is a correction with its ground. The old value stays beside the new one: if it is to go as
    well, erase it then.
    """
    found = find(errand, subject, people=True)
    number, told = names.find_entry(chain(errand.run.ledger, found.tag), entry)
    (wanted,) = personal(told, number, [field])
    amend(errand, subject, entry, wanted, values, reason=CorrectionReason.RECTIFICATION)


@acting(
    acts.PrivacyRestricted, name="restrict", leave={"entry", "fields", "lifted"}, need={"ground"}
)
@SUBJECT
@ENTRY
@FIELDS
@click.option("--lift", is_flag=True, help="The restriction ends.")
def restrict(errand: Errand, subject: str, entry: str, fields: Sequence[str], lift: bool) -> None:
    """Keep fields of an ENTRY as evidence, but let them leave the house only when they are named.

    That is what is done instead of erasing where data are needed as evidence. ENTRY is its number
    in the history, as 4 or '#4'.
    """
    found = find(errand, subject, people=True)
    number, told = names.find_entry(chain(errand.run.ledger, found.tag), entry)
    wanted = personal(told, number, fields)
    given = errand.given(
        acts.PrivacyRestricted, entry=told.statement.id, fields=wanted, lifted=lift
    )
    what = "no longer restricted" if lift else "restricted"
    requests = [Request(acts.PrivacyRestricted.NAME, each, given) for each in _showing(found, told)]
    summary = f"{found.name} #{number} {', '.join(wanted)} {what}"
    items = [found.name] * (found.kind is Kind.ITEM)
    errand.finish(errand.record(requests, summary), summary, items)


def personal(told: Told, number: int, fields: Sequence[str]) -> list[str]:
    """The personal fields that are meant, as the act declares them.

    Raises:
        UsageError: none is named. RuleError: E_ERASURE, the act has no such field.
    """
    act = type(told.statement.act)
    can = [name for name, field in act.FIELDS.items() if field.personal]
    wanted = [each.strip().lower().replace("-", "_") for each in fields]
    if not wanted:
        raise UsageError(f"say which fields, with --field: #{number} has {', '.join(can)}")
    for each in wanted:
        if each not in can:
            raise RuleError(
                "E_ERASURE", f"#{number} has no personal field {each}; it has {', '.join(can)}"
            )
    return list(dict.fromkeys(wanted))


def _showing(found: Named, told: Told) -> list[tuple[Subject, ...]]:
    """Every chain on which an export could show the entry: items first, then the case.

    An entry concerns subjects of one kind, so each kind takes an entry of its own.
    """
    kinds = {found.tag: found.kind} | {
        place.tag: Kind.ITEM if place.kind is Kind.SOURCE else place.kind
        for place in told.statement.about
        if place.kind in OF_A_CASE and found.kind in OF_A_CASE
    }
    subjects = [Subject(kind, tag) for tag, kind in kinds.items()]
    parts = (tuple(each for each in subjects if each.kind is kind) for kind in Kind)
    return [part for part in parts if part]


def whole(told: Told, number: int) -> None:
    """The entry may be erased whole. Raises RuleError: E_ERASURE."""
    if told.statement.name not in ERASABLE:
        raise RuleError(
            "E_ERASURE",
            f"#{number} is part of what the rules need: erase its fields, with --field. Only "
            "remarks and countersignatures are erased whole",
        )


def _authority(errand: Errand, found: Named) -> str | None:
    """The legal basis that was named, on file in the case. Raises NotFoundError, UsageError."""
    if errand.told.get("authority") and not found.case:
        raise UsageError("--authority: a person is in no case, so say in --reason what it is")
    return basis(errand, found.case)


def _finish(errand: Errand) -> list[int]:
    """Destroy what is recorded as erased, and copies of it that wait on this machine to be sent."""
    run = errand.run
    records = run.ledger.finish_erasures()
    for identity in keyfile.listed(run.identities) if records else ():
        for kept in outbox.pending(identity.folder / "outbox"):
            ids = [sha256(Envelope.read(one.envelope).payload).hexdigest() for one in kept.batch]
            if all(run.ledger.recorded(each) for each in ids):
                kept.done()
            else:
                kept.leave()
    return records


def _done_before(errand: Errand, known: Told, number: int, earlier: Sequence[int]) -> None:
    """It was only to be gone on with. Raises RuleError: E_ERASURE, it was done before."""
    said = f"#{number} is erased already: record {known.entry.n} says so"
    if known.entry.n not in earlier:
        raise RuleError("E_ERASURE", said)
    errand.run.say(f"{said}; what was still there of it is destroyed now")
    errand.run.answer(Finished(records=tuple(earlier)))


def _known(entries: Sequence[Told], told: Told, fields: Sequence[str] | None) -> Told | None:
    """The entry that says already that all of it is erased."""
    for other in entries:
        act = other.statement.act
        if not isinstance(act, acts.PrivacyErased) or act.entry != told.statement.id:
            continue
        if act.fields is None or (fields is not None and set(fields) <= set(act.fields)):
            return other
    return None


def _warn(
    errand: Errand, entries: Sequence[Told], told: Told, fields: Sequence[str] | None
) -> None:
    """Say where the values, or newer ones, still stand."""
    run, opened = errand.run, told.opened
    for place, other in enumerate(entries, 1):
        act = other.statement.act
        of_it = isinstance(act, acts.CorrectionRecorded) and act.corrects == told.statement.id
        if of_it and (fields is None or getattr(act, "field", None) in fields):
            run.say(f"  #{place} corrects it and has a value of its own: erase that as well")
    if opened.get("attachments") and (fields is None or "attachments" in fields):
        run.say("  the files that were attached stay in the vault, and are not listed any more")
    run.say("  bundles and printed papers made before still have it: replace them")
    run.say("  backups made before cannot be read any more without keys from before")
    for copy in run.vault.keys.copies():
        run.say(f"  still able to read older backups: the keys in {copy.folder}; replace that copy")
