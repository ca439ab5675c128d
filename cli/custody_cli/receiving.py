"""`custody receive`: what somebody outside hands in, with the digests that came with it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click

from custody.core.digest import shown
from custody.core.errors import RuleError, UsageError
from custody.drafting import Request
from custody.images import intake
from custody.images.acquiring import Acquired
from custody.images.compared import GONE, Judged
from custody.images.intake import Plan
from custody.receipts import Done
from custody_cli import names
from custody_cli.acquiring import NOTHING_YET, TYPES, output_digests, planned, taken_in
from custody_cli.content import attachment, described, digests_of, doubts
from custody_cli.delivered import Lists, fitted
from custody_cli.errand import Errand
from custody_cli.files import FILE
from custody_cli.giving import FROM, FROM_KIND, Giver, giver
from custody_cli.items import NUMBER, REGISTERED_LEAVE, Registration, numbers, registration, spoken
from custody_cli.names import CaseName
from custody_cli.params import Evidence
from custody_cli.recording import NOT_STATED, acting
from custody_cli.seizing import SEAL, SEAL_TYPE, sealing
from custody_schemas import acts
from custody_schemas.answers import PlannedItems, Received, ReceivedItem
from custody_schemas.terms import EvidenceType, IntegrityVerdict, OutsideParty

WRONG = (IntegrityVerdict.MISMATCH, IntegrityVerdict.PARTIAL)
COMPUTED = {
    *("content", "media", "format", "stored_hash", "supplied", "former", "unread", "files"),
    *("content_sha256", "content_blake3", "media_sha256", "media_blake3", "claims", "location"),
    *("supplied_digests", "differs", "from_name", "received_from", "received_from_name"),
}
OF_CONTENT = {"lists": "--supplied-hashes", "logs": "--log", "in_place": "--in-place"}
OF_CONTENT |= {"part_of_list": "--part-of-list"}
NAMED = 10  # files that a refusal names before it counts the rest


class Handed(NamedTuple):
    """One item that is handed in: its content, and how that compares with what came along."""

    plan: Plan | None = None
    taken: Acquired | None = None
    judged: Judged | None = None
    lines: tuple[str, ...] = ()

    @property
    def doubts(self) -> list[str]:
        """What puts the content in doubt."""
        said = list(doubts(self.taken)) if self.taken else []
        if self.judged and self.judged.verdict in WRONG:
            said += self.judged.differs
        return said

    @property
    def adverse(self) -> tuple[str, ...]:
        """What speaks against the content, besides the digests that came with it."""
        facts = tuple(fact.sentence for fact in self.taken.facts) if self.taken else ()
        if self.judged and self.judged.legacy:
            many = f"{self.judged.legacy} file(s) agree by MD5 or SHA-1 alone"
            return (*facts, f"{many}, which are legacy algorithms")
        return facts


@acting(
    acts.ItemReceived,
    acts.ItemRegistered,
    acts.SealApplied,
    leave={*REGISTERED_LEAVE, *COMPUTED, "seal_number"},
    need={"channel"},
)
@click.argument("case")
@click.argument("paths", nargs=-1, metavar="[PATH]…", type=Evidence())
@FROM
@FROM_KIND
@click.option(
    "--supplied-hashes",
    "lists",
    multiple=True,
    type=FILE,
    help="A list of digests that came along: sha256sum, hashdeep, or a table. Repeatable.",
)
@click.option(
    "--part-of-list",
    is_flag=True,
    help="The list names more than is handed in now; what is not there is told, not disputed.",
)
@NUMBER
@click.option("--log", "logs", multiple=True, type=FILE, help="A log of the imaging tool.")
@click.option("--in-place", is_flag=True, help="Leave the content where it is; record digests.")
@click.option("--plain", is_flag=True, help="A file is only a file, whatever its name looks like.")
@click.option(
    "--accept-unreadable", is_flag=True, help="Go on where files of a folder cannot be read."
)
@SEAL
@SEAL_TYPE
def receive(errand: Errand, case: str, paths: tuple[Path, ...], **more: Any) -> None:
    """Take into CASE what somebody outside hands in: files, folders, images, or a device.

    Each PATH becomes an item (segments of one image are one). Content is hashed as it came:
    nothing is opened or unpacked; record what is unpacked or decrypted with `custody derive`.
    Digests that came along are compared by software; whatever is missing, not listed or different
    is named, and needs --disputed. Without PATH it is a device or a paper: say --type.
    """
    ledger = errand.run.ledger
    found = names.find_case(ledger, case)
    more |= {"giver": giver(more.pop("from_"), more.pop("from_kind")), "began": errand.run.now()}
    more["authority"] = _authority(errand, found, more["giver"])
    plans = intake.plans(paths, plain=more["plain"]) if paths else []
    check_said(errand, plans, more)
    lists = Lists(more["lists"])
    if errand.signing.dry_run and plans:
        _tell_plans(errand, plans)
    batch = _batch(errand, found, [Handed(plan) for plan in plans] or [Handed()], more)[1]
    if plans:
        errand.rehearse(batch)  # hours of copying must not end in a refusal
        errand.unlock(batch)
    handed = take(errand, plans, lists, more) if plans else [Handed()]
    more["attachments"] = [] if errand.signing.dry_run else lists.kept(errand.run.vault)
    _record(errand, found, handed, more)


def check_said(errand: Errand, plans: Sequence[Plan], more: dict[str, Any]) -> None:
    """Raises UsageError: something is said of content where none is, or of one item for several."""
    if not plans:
        said = [option for name, option in OF_CONTENT.items() if more[name]]
        if said or errand.told.get("disputed"):
            raise UsageError(f"{(said or ['--disputed'])[0]} is about content: name a PATH")
        if errand.told.get("type") in (None, NOT_STATED):
            raise UsageError("without a PATH, say with --type what sort of thing is handed in")
    if len(plans) > 1:
        of_one = {"--exhibit": errand.told.get("exhibit"), "--log": more["logs"]}
        of_one |= {"--number": more["number"], "--seal": more["seal"]}
        for option, value in of_one.items():
            if value:
                raise UsageError(f"{option} is about one item, and {len(plans)} are handed in")


def take(errand: Errand, plans: Sequence[Plan], lists: Lists, how: dict[str, Any]) -> list[Handed]:
    """The content of every item, compared with the lists.

    Raises:
        RuleError: E_DISPUTED, something puts the content in doubt and --disputed is not there.
    """
    taken = [
        taken_in(
            errand,
            plan,
            in_place=how["in_place"],
            accept_unreadable=how["accept_unreadable"],
            logs=how["logs"],
        )
        for plan in plans
    ]
    vault, in_place, part = errand.run.vault, how["in_place"], how["part_of_list"]
    judged = lists.judge(taken, vault, in_place=in_place, part=part)
    handed = [
        Handed(plan, content, *judgement)
        for plan, content, judgement in zip(plans, taken, judged, strict=True)
    ]
    wrong = list(dict.fromkeys(words for each in handed for words in each.doubts))
    if wrong and not errand.told.get("disputed"):
        rest = f"; and {len(wrong) - NAMED} more" if len(wrong) > NAMED else ""
        if all(each.endswith(GONE) for each in wrong):
            rest += ". If the rest of the list comes by itself, say --part-of-list"
        raise RuleError("E_DISPUTED", "; ".join(wrong[:NAMED]) + rest)
    if errand.told.get("disputed") and not wrong:
        errand.warn("nothing puts the content in doubt: --disputed is left out")
    return handed


def _batch(
    errand: Errand, case: CaseName, handed: Sequence[Handed], more: dict[str, Any]
) -> tuple[list[Registration], list[Request]]:
    """Registered, received, sealed: the new items and the requests."""
    made: list[Registration] = []
    batch: list[Request] = []
    free = numbers(errand, case, more["number"], len(handed))
    for each, number in zip(handed, free, strict=True):
        members = _members(errand, each, more)
        kind = errand.told.get("type")
        if kind in (None, NOT_STATED):
            kind = TYPES.get(members.get("format", ""), EvidenceType.NOT_STATED)
        chosen = more["number"] is not None
        item = registration(errand, case, number, main=False, numbered=chosen, type=kind)
        given = errand.given(acts.ItemReceived, **members)
        batch += [item.request, Request(acts.ItemReceived.NAME, (item.subject,), given)]
        batch += sealing(errand, item, more["seal"], more["seal_type"])
        made.append(item)
    return made, batch


def _members(errand: Errand, handed: Handed, more: dict[str, Any]) -> dict[str, Any]:
    """What the entry says of one item."""
    who: Giver = more["giver"]
    members: dict[str, Any] = {"received_from": who.kind, "from_name": who.name}
    members["authority"] = more["authority"]
    if handed.taken is None:
        if "attachments" in more:
            members["attachments"] = errand.attachments()
        return members | (dict(NOTHING_YET) if handed.plan else {})
    told = described(handed.taken, errand.told, more["in_place"])
    members |= {name: value for name, value in told.items() if name in acts.ItemReceived.FIELDS}
    members["occurred"] = errand.lasted(more["began"], errand.run.now())
    logs = map(attachment, handed.taken.logs)
    members["attachments"] = [*errand.attachments(), *more["attachments"], *logs]
    members["note"] = "\n".join(filter(None, [errand.signing.note, *handed.adverse]))
    if handed.judged is not None:
        members["supplied"] = handed.judged.verdict
        members["supplied_digests"] = fitted(handed.lines)
        members["differs"] = fitted(handed.judged.differs)
    if not handed.doubts:
        members |= {"disputed": None, "override_reason": None}
    return members


def _record(errand: Errand, case: CaseName, handed: Sequence[Handed], more: dict[str, Any]) -> None:
    made, batch = _batch(errand, case, handed, more)
    parts = [f"{item.label}{_sized(each)}" for item, each in zip(made, handed, strict=True)]
    summary = f"{', '.join(parts)} received from {more['giver'].spoken}"
    if (verdict := _supplied(handed)) is not None:
        summary += f"; supplied digests: {spoken(verdict)}"
    done = errand.record(batch, summary)
    errand.tell(summary, done)
    _answer(errand, made, handed, done)


def _sized(handed: Handed) -> str:
    return f" ({shown(handed.taken.plan.name)}, {handed.taken.size} bytes)" if handed.taken else ""


def _supplied(handed: Sequence[Handed]) -> IntegrityVerdict | None:
    """One word for all: what is said of every item, or else that it holds in part."""
    found = {each.judged.verdict for each in handed if each.judged}
    if len(found) > 1:
        return IntegrityVerdict.PARTIAL
    return found.pop() if found else None


def _answer(
    errand: Errand, made: Sequence[Registration], handed: Sequence[Handed], done: Sequence[Done]
) -> None:
    answers = []
    for item, each in zip(made, handed, strict=True):
        if each.taken:
            if len(made) > 1:
                errand.run.say(f"  {item.label}")
            output_digests(errand, each.taken)
        for line in each.judged.differs if each.judged else ():
            errand.run.say(f"  adverse: {line}")
        answers.append(
            ReceivedItem(
                item=item.name,
                digests=digests_of(each.taken) if each.taken else None,
                size=each.taken.size if each.taken else None,
                supplied=each.judged.verdict if each.judged else None,
                differs=each.judged.differs if each.judged else (),
                adverse=each.adverse,
            )
        )
    items = [item.name for item in made]
    errand.run.answer(Received(**errand.answer(done, items), received=tuple(answers)))


def _authority(errand: Errand, case: CaseName, who: Giver) -> str | None:
    """The legal basis as named; a provider answers the only one on file, others need not any."""
    words = errand.told.get("authority")
    if words is None and who.kind is not OutsideParty.PROVIDER:
        return None
    return names.find_authority(errand.run.ledger, case, words)


def _tell_plans(errand: Errand, plans: Sequence[Plan]) -> None:
    answers: Iterator[Any] = (planned(errand, plan) for plan in plans)
    errand.run.answer(PlannedItems(planned=tuple(answers)))
    click.get_current_context().exit(0)
