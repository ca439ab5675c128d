"""`custody countersign`: look at what was released to you, and sign for it, without a ledger."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

import click

from custody import durable, opening
from custody.carried import answering, files, meeting
from custody.carried.answering import DAYS, DAYS_MOST, Table
from custody.carried.checking import OfferedItem, examine
from custody.core import times
from custody.core.errors import RuleError, UsageError
from custody.core.keys import fingerprint
from custody.core.statement import SignerClaim
from custody.core.text import safe
from custody.drafting import Draft, Request, Subject, split
from custody.identity.keyfile import Identity
from custody.receipts import Signed
from custody.reports import wording
from custody_cli import recording
from custody_cli.carried_verdicts import SOUND, Found, Said, grouped, look, named, titled
from custody_cli.carrying import new_file
from custody_cli.files import FILE, written
from custody_cli.items import spoken
from custody_cli.offers import Away, believed, introduce, receiver
from custody_cli.params import Choices, Words
from custody_cli.recording import SIGNING_OPTIONS, Signing
from custody_cli.rehearsal import members
from custody_cli.run import Run
from custody_cli.table import Command
from custody_cli.verdicts import CONDITION, SEAL_FOUND, SEAL_READ
from custody_schemas import acts
from custody_schemas.answers import Countersigned, CountersignedEntry, Drafted, SignedBy
from custody_schemas.declare import Act, Capacity, Kind
from custody_schemas.terms import LateReason, TransferRefusal, UnlockMethod

LEAVE = {"transfer", "seal", "hash", "condition", "seal_read", "from_name"}
UNUSED = {"attach": (), "confirm_clock": False}  # of the options that sign: they need a ledger
CARRIED = "signed at another machine and carried to the ledger"


class Asked(NamedTuple):
    """What an answer is to be, as the options say."""

    target: Path | None
    refuse: TransferRefusal | None
    details: str | None
    days: int


def _command(function: Callable[..., None]) -> click.Command:
    """A command of `function`: it states what an acceptance states, and signs as others do."""
    own: list[click.Parameter] = list(reversed(getattr(function, "__click_params__", [])))
    told = recording.options(acts.TransferAccepted, LEAVE, ())
    signing = [option for option in SIGNING_OPTIONS if option.name not in UNUSED]

    @click.pass_obj
    def callback(run: Run, /, **params: Any) -> None:
        said = Signing(**{m: params.pop(m, UNUSED.get(m)) for m in Signing._fields})
        stated = {str(option.name): params.pop(str(option.name)) for option in told}
        asked = Asked(**{m: params.pop(m) for m in Asked._fields})
        function(run, said, stated, asked, **params)

    return Command(
        "countersign",
        callback=callback,
        params=[*own, *told, *signing],
        help=function.__doc__,
        no_args_is_help=True,
    )


@_command
@click.argument("file", type=FILE, metavar="OFFER")
@written("Your answer: a new file.")
@click.option("--only", multiple=True, metavar="ITEM", help="Only this item. Repeatable.")
@SEAL_READ
@SEAL_FOUND
@CONDITION
@click.option(
    "--content",
    "contents",
    multiple=True,
    metavar="[ITEM=]PATH",
    help="The content as you have it, to be hashed and compared. Repeatable.",
)
@click.option(
    "--refuse",
    type=Choices(TransferRefusal),
    metavar="REASON",
    help=f"Do not take them: {', '.join(TransferRefusal)}.",
)
@click.option("--details", type=Words(), metavar="TEXT", help="Why they are refused, in words.")
@click.option(
    "--valid-days",
    "days",
    type=click.IntRange(1, DAYS_MOST),
    default=DAYS,
    show_default=True,
    metavar="DAYS",
    help="Days for which what you sign may still be recorded; more than one is told as late.",
)
@click.option(
    "--trust",
    type=FILE,
    metavar="FILE",
    help="At the first meeting: the ledger's trust file, as you got it from its operator.",
)
def countersign(
    run: Run,
    signing: Signing,
    told: dict[str, Any],
    asked: Asked,
    file: Path,
    only: tuple[str, ...],
    trust: Path | None,
    **said: tuple[str, ...],
) -> None:
    """Accept, or refuse, what an OFFER says was released to you; no ledger is needed here.

    The offer is checked first: what is shown are recorded entries, and nothing else of the file is
    believed. Seal numbers are read off the bags and compared by software; content that you have is
    hashed and compared. Your passphrase is asked for, whatever is unlocked. Somebody at the ledger
    brings the answer in with `custody submit`; until then you do not hold the items.
    """
    _check_asked(asked, signing)
    offer = files.read_offer(files.load(file))
    run.signer = receiver(run, offer)
    pinned = believed(run, offer, trust)
    examined = examine(offer, pinned, run.signer.actor)
    seen = meeting.remember(run.signer, pinned, offer)
    errand = Away(run, signing, told)
    if told.get("override") is not None:
        errand.capacity = Capacity.APPROVER
    chosen = [named(examined.items, words) for words in only] or list(examined.items)
    items = list({item.tag: item for item in chosen}.values())
    introduce(run, offer, examined, items)
    found = [Found(item) for item in items] if asked.refuse else look(run, items, Said(**said))
    requests = (_refusals if asked.refuse else _acceptances)(errand, found, asked)
    recording.check_typed(requests)
    offset = opening.local_offset(run.now())
    table = Table(run.signer, seen, run.now, os.urandom, offset, asked.days)
    _sign(errand, table, requests, found, asked.target)


def _check_asked(asked: Asked, signing: Signing) -> None:
    if asked.target is not None:
        new_file(asked.target)
    elif not signing.dry_run:
        raise UsageError("say with -o into which new file your answer is to be written")
    if asked.refuse is None and asked.details:
        raise UsageError(
            "--details goes with --refuse; say remarks on what you take with --remarks"
        )


def _acceptances(errand: Away, found: Sequence[Found], asked: Asked) -> list[Request]:
    batch: list[Request] = []
    for group in grouped(found):
        first = group[0]
        _check_content(errand, first)
        filled: dict[str, Any] = {
            "transfer": first.item.transfer.id,
            "seal": first.seal,
            "hash": first.verdict,
            "condition": list(first.condition),
            "seal_read": first.read if len(group) == 1 else None,
        }
        if first.verdict in SOUND:
            filled |= {"override": None, "override_reason": None}
        if first.detail:
            filled["remarks"] = "\n".join(filter(None, [errand.told.get("remarks"), first.detail]))
        batch += _on(
            errand, acts.TransferAccepted, [each.item for each in group], filled, asked.days
        )
    return batch


def _check_content(errand: Away, found: Found) -> None:
    """Raises RuleError: E_HASH, content is taken over that was not found to match."""
    if found.verdict not in SOUND and errand.told.get("override") is None:
        why = f", {found.detail}" if found.detail else ""
        raise RuleError(
            "E_HASH",
            f"{titled(found.item)}: content {spoken(str(found.verdict))}{why}. Compare it with "
            f"--content {found.item.name}=PATH; or refuse it, or say with --override why you take it so",
        )


def _refusals(errand: Away, found: Sequence[Found], asked: Asked) -> list[Request]:
    releases: dict[str, list[OfferedItem]] = {}
    for each in found:
        releases.setdefault(each.item.transfer.id, []).append(each.item)
    batch: list[Request] = []
    for transfer, items in releases.items():
        filled = {"transfer": transfer, "reason": asked.refuse, "details": asked.details}
        batch += _on(errand, acts.TransferRefused, items, filled, asked.days)
    return batch


def _on(
    errand: Away,
    act: type[Act],
    items: Sequence[OfferedItem],
    filled: dict[str, Any],
    days: int,
) -> Iterator[Request]:
    """The act on these items, all of one release and so of one case."""
    if days > 1 and errand.signing.late is None:
        filled |= {"late": LateReason.NO_NETWORK, "late_reason": CARRIED}
    about = tuple(Subject(Kind.ITEM, item.tag) for item in items)
    return split(Request(act.NAME, about, errand.given(act, **filled)))


def _sign(
    errand: Away,
    table: Table,
    requests: Sequence[Request],
    found: Sequence[Found],
    target: Path | None,
) -> None:
    """Show all of it, ask, sign, and write the answer."""
    run, items = errand.run, [each.item for each in found]
    parties = [(errand.me, Act.ALL[requests[0].act].SIGNERS[0]), *errand.cosigners()]
    claims = [SignerClaim(who.actor, capacity, who.key.id) for who, capacity in parties]
    drafted = answering.drafts(table, requests, items, claims, UnlockMethod.PROMPT)
    _show(run, drafted, found)
    if target is None or errand.signing.dry_run:
        run.answer(Drafted(would_sign=tuple(json.loads(d.statement.payload) for d in drafted)))
        return
    if not errand.signing.yes and run.interactive and not run.as_json:
        click.confirm(f"Sign this as {safe(errand.me.name)}?", abort=True, err=True)
    opened = errand.parties(requests)
    drafted = answering.drafts(table, requests, items, claims, opened.keys.method)
    signed = answering.sign(drafted, opened.keys, opened.cosigners)
    durable.replace(target, answering.answer(errand.me.origin, signed))
    _tell(run, _answer(target, signed, found, parties))


def _answer(
    target: Path,
    signed: Sequence[Signed],
    found: Sequence[Found],
    parties: Sequence[tuple[Identity, Capacity]],
) -> Countersigned:
    return Countersigned(
        file=str(target),
        ledger=signed[0].statement.ledger,
        items=tuple(each.item.name for each in found),
        entries=tuple(
            CountersignedEntry(entry=s.statement.id, act=s.statement.name) for s in signed
        ),
        found=tuple(each.answer for each in found),
        until=times.spelt(signed[0].statement.until),
        signed_by=tuple(SignedBy(name=i.name, key=i.key.id, capacity=c) for i, c in parties),
    )


def _tell(run: Run, made: Countersigned) -> None:
    for who in made.signed_by:
        run.say(f"signed as {safe(who.name)}, key {fingerprint(who.key, 2)} …")
    run.say(f"not recorded yet: carry {safe(made.file)} to the ledger. Until {made.until} anybody")
    run.say(f"  there may run: custody submit {safe(Path(made.file).name)}")
    run.answer(made)


def _show(run: Run, drafted: Sequence[Draft], found: Sequence[Found]) -> None:
    """What is signed, entry by entry, with all that it says."""
    names = {each.item.tag: titled(each.item) for each in found}
    run.say("what you sign:")
    for draft in drafted:
        items = ", ".join(names[place.tag] for place in draft.statement.about)
        act = draft.statement.act
        run.say(f"  {wording.title(draft.statement.name, act)}: {safe(items)}")
        for member, value in sorted(members(draft).items()):
            if member not in ("occurred", "transfer"):
                run.say(f"    {spoken(member)}: {safe(_words(act, member, value))}")


def _words(act: Act, member: str, value: str) -> str:
    """A member as people say it: only what stands in closed lists, nothing that was typed."""
    stated = getattr(act, member, None)
    parts = stated if isinstance(stated, tuple) else (stated,)
    return wording.text(stated) if any(isinstance(each, Enum) for each in parts) else value
