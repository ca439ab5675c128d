"""`custody derive`: content that was made out of items becomes an item of its own."""

from pathlib import Path
from typing import Any

import click

from custody.core.errors import RuleError, UsageError
from custody.drafting import Request, Subject
from custody.images import intake
from custody_cli import names
from custody_cli.acquiring import finish, taken_in, tell_plan
from custody_cli.content import content
from custody_cli.errand import Errand
from custody_cli.items import NUMBER, REGISTERED_LEAVE, Registration, registration, spoken
from custody_cli.names import ItemName
from custody_cli.params import Choices, Evidence
from custody_cli.recording import NOT_STATED, acting
from custody_cli.transfers import listed
from custody_cli.verdicts import rehashed
from custody_schemas import acts
from custody_schemas.declare import Kind
from custody_schemas.fields import Content
from custody_schemas.terms import ContentForm, ContentPlace, EvidenceType, IntegrityVerdict

COMPUTED = {
    *("parents", "parents_verified", "content", "content_sha256", "content_blake3"),
    *("files", "location", "unread"),
}
# What stands for the content while it is tried whether the act would be refused.
NOTHING_YET = {
    "content": Content(form=ContentForm.FILE, count=1, size=0, where=ContentPlace.VAULT),
    "parents_verified": IntegrityVerdict.MATCH,
}
# The worst of several parents is said of all of them.
ORDER = (
    IntegrityVerdict.MISMATCH,
    IntegrityVerdict.PARTIAL,
    IntegrityVerdict.UNREADABLE,
    IntegrityVerdict.NOT_CHECKED,
    IntegrityVerdict.MATCH,
)


@acting(
    acts.ItemDerived,
    acts.ItemRegistered,
    leave={*REGISTERED_LEAVE, *COMPUTED, "received_from", "received_from_name", "type"},
    need={"kind"},
)
@click.argument("item")
@click.argument("path", type=Evidence())
@click.option("--also", multiple=True, metavar="ITEM", help="A further parent. Repeatable.")
@NUMBER
@click.option(
    "--type",
    "type_",
    type=Choices(EvidenceType),
    default=NOT_STATED,
    metavar="TYPE",
    help="What it is, as with `custody item register`.",
)
@click.option("--in-place", is_flag=True, help="Leave the content where it is; record digests.")
@click.option(
    "--unchecked", is_flag=True, help="Do not hash the parents again; that is recorded, and shown."
)
def derive(errand: Errand, item: str, path: Path, also: tuple[str, ...], **more: Any) -> None:
    """Record that PATH was made out of ITEM: an extraction, a redaction, a working copy.

    The content of ITEM is hashed again first; PATH is taken into the vault as a new item of the
    same case. A parent that does not match needs --variance with a reason. What is unpacked or
    decrypted, and a report on what was found, become items in this way too.
    """
    parents = errand.items([item, *also])
    if len({parent.state.case for parent in parents}) > 1:
        raise UsageError("the parents are of several cases: an entry concerns one case")
    plan = intake.plan([path])
    began = errand.run.now()
    planned = _batch(errand, parents, more, dict(NOTHING_YET))[1]
    errand.rehearse(planned)
    if errand.signing.dry_run:
        tell_plan(errand, plan)
    errand.unlock(planned)
    verified = _verified(errand, parents, more["unchecked"])
    taken = taken_in(errand, plan, in_place=more["in_place"])
    members = content(taken, more["in_place"])
    members |= {"occurred": errand.lasted(began, errand.run.now()), "parents_verified": verified}
    made, batch = _batch(errand, parents, more, members)
    kind = spoken(errand.told["kind"])
    summary = f"{made.label} derived from {listed(parents)}, {kind}"
    finish(errand, made.name, taken, errand.record(batch, summary), summary)


def _batch(
    errand: Errand, parents: list[ItemName], told: dict[str, Any], members: dict[str, Any]
) -> tuple[Registration, list[Request]]:
    """Registered and derived: the new item and the requests."""
    case = names.case_of(errand.run.ledger, parents[0].state.case)
    made = registration(errand, case, told["number"], main=False, type=told["type_"])
    given = errand.given(acts.ItemDerived, parents=_contents(parents), **members)
    about = (made.subject, *(Subject(Kind.SOURCE, parent.tag) for parent in parents))
    return made, [made.request, Request(acts.ItemDerived.NAME, about, given)]


def _contents(parents: list[ItemName]) -> list[str]:
    """The entries that put the parents' content on file. Raises RuleError: E_PARENT."""
    for parent in parents:
        if parent.state.content is None:
            raise RuleError(
                "E_PARENT",
                f"no content of {parent.both} is on file. Of a thing without digital content, a "
                "report goes along with its analysis: `custody analysis record … --attach FILE`",
            )
    return [str(parent.state.content) for parent in parents]


def _verified(errand: Errand, parents: list[ItemName], unchecked: bool) -> IntegrityVerdict:
    """The verdict on the parents, the worst of them all.

    Raises:
        RuleError: E_PARENT, one does not match, and nobody says why it was used.
    """
    if unchecked:
        return IntegrityVerdict.NOT_CHECKED
    found = {each.verdict for each in rehashed(errand, parents).values() if each is not None}
    verified = next(verdict for verdict in ORDER if verdict in found)
    if verified is not IntegrityVerdict.MATCH and not errand.told.get("variance"):
        raise RuleError("E_PARENT", f"the parent's content: {spoken(verified)}; see --variance")
    return verified
