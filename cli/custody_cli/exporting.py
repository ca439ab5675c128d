"""`custody export`: a bundle that anyone can examine offline."""

from pathlib import Path
from typing import Any

import click

from custody.core.checkpoint import Checkpoint
from custody.core.errors import RuleError, UsageError
from custody.core.note import Note
from custody.core.rules.limits import beyond
from custody.core.text import grouped, safe
from custody.exporting import Wish
from custody.exporting import export as make
from custody.reports import withholding
from custody_cli import consulting, names, output, redacting, scanning
from custody_cli.bases import basis
from custody_cli.errand import SIGNED, Errand
from custody_cli.files import written
from custody_cli.items import spoken
from custody_cli.params import Choices, Words
from custody_cli.recording import NOT_STATED, acting
from custody_cli.rehashing import size_of
from custody_cli.remarks import Named, find
from custody_schemas import acts
from custody_schemas.answers import Exported
from custody_schemas.declare import Kind
from custody_schemas.terms import OutsideParty

AGE = ".age"
MIRROR_MOST = 100_000  # records of which the mirror goes along unasked (SPEC §7)


@acting(
    acts.ExportPrepared,
    leave={"to", "outside", "evidence", "mirror", "recipient", *redacting.FILLED},
    need={"purpose"},
)
@click.argument("subjects", nargs=-1, required=True, metavar="CASE|ITEM…")
@written("The bundle: a new zip file.", required=True)
@click.option("--recipient", type=Words(), metavar="NAME", help="For whom it is.")
@click.option("--to", "person", metavar="PERSON", help="For whom it is, who has an account here.")
@click.option(
    "--outside",
    type=Choices(OutsideParty),
    default=NOT_STATED,
    metavar="KIND",
    help=f"What sort of recipient without an account: {', '.join(OutsideParty)}.",
)
@click.option("--records-only", is_flag=True, help="Leave the evidence itself out.")
@click.option(
    "--mirror/--no-mirror",
    default=None,
    help="Add a blinded copy of all records, so that nobody need be believed that nothing is left "
    "out (unless said otherwise, up to 100,000 records).",
)
@redacting.options
def export(
    errand: Errand,
    subjects: tuple[str, ...],
    target: Path,
    person: str | None,
    **more: Any,
) -> None:
    """Make a bundle of a CASE, or of chosen ITEMs of one case.

    It holds the signed entries, the proofs, the evidence, and reports for people, and is examined
    offline with `custody verify BUNDLE --trust FILE`. Hand the trust file out over another way.

    What is withheld and why is signed, and listed by whoever verifies it. Sensitive content stays
    behind unless its ITEM is named.
    """
    found = [find(errand, words) for words in scanning.spread(errand.run, subjects)]
    case = _case(found)
    receiver = _receiver(errand, person, more)
    evidence = not more["records_only"]
    tags = tuple(each.tag for each in found if each.kind is Kind.ITEM)
    withheld = redacting.members(errand, case, evidence, more)
    items = _items(errand, case, tags) if evidence else []
    if more["include_restricted"] and not evidence:
        raise UsageError("--include-restricted puts content inside, --records-only leaves it out")
    inside, behind = redacting.sensitive(errand, items, more["include_restricted"])
    if evidence and not errand.told.get("consent"):
        _allowed(errand, [item for item in items if item.state.number not in behind], receiver)
    given = errand.given(
        acts.ExportPrepared,
        authority=basis(errand, case),
        consent=basis(errand, case, "consent"),
        sensitive=inside,
        **receiver,
        **withheld,
    )
    wish = Wish(
        case=case,
        items=tags,
        given=given,
        path=_path(target, more["encrypt_to"]),
        evidence=evidence,
        mirror=_mirror(errand, more["mirror"]),
        left_out=behind,
        recipients=more["encrypt_to"],
    )
    redacting.tell(errand, wish, items)
    inside_of = [item for item in items if item.state.number not in behind]
    _make(errand, wish, ", ".join(each.name for each in found), size_of(errand.run, inside_of))


def _path(target: Path, recipients: tuple[bytes, ...]) -> Path:
    """Where it goes: an encrypted bundle is called so, and no other."""
    if recipients and target.suffix != AGE:
        return target.with_name(target.name + AGE)
    if not recipients and target.suffix == AGE:
        raise UsageError(f"{target} would not be encrypted: say to whom, with --encrypt-to")
    return target


def _make(errand: Errand, wish: Wish, what: str, total: int) -> None:
    run = errand.run
    if errand.signing.cosigners:
        raise UsageError("an export is signed by one person: leave --with out")
    summary = f"export of {what}, {spoken(errand.told['purpose'])}"
    errand.consent([wish.request], summary)
    keys = errand.parties([wish.request]).keys
    words = (what, "--recipient", str(wish.given["recipient"]))
    consulting.disclosed(run, words, (wish.case, *wish.items), summary)
    run.fate = SIGNED
    with errand.explained(), output.progress(total, f"writing {wish.path.name}") as progress:
        made = make(run.desk, run.ledger, run.vault, keys, wish, progress)
    errand.tell(summary, made.done)
    checkpoint = made.selection.checkpoint
    run.say(f"  bundle {wish.path}, {made.made.size} bytes")
    run.say(f"  SHA-256 {grouped(made.made.sha256)}")
    if wish.recipients:
        run.say(f"  encrypted to {len(wish.recipients)}; size and SHA-256 are of what is inside")
    for line in withholding.lines(made.selection):
        run.say(safe(f"  {line}"))
    run.say(f"  {checkpoint.size} records, root {checkpoint.root.hex()}")
    for file in made.left_out:
        run.say(safe(f"  left out, not in the vault: {file.original}, {file.sha256[:12]}"))
    run.say(safe("next: hand out the trust file over another way: custody trust show -o trust.txt"))
    run.answer(
        Exported(
            bundle=str(wish.path),
            sha256=made.made.sha256,
            size=made.made.size,
            root=checkpoint.root.hex(),
            items=tuple(names.item_of(run.ledger, tag).name for tag in made.selection.items),
            encrypted=bool(wish.recipients),
            left_out=tuple(
                name.name
                for name in (names.item_of(run.ledger, tag) for tag in made.selection.items)
                if name.state.number in wish.left_out
            ),
        )
    )


def _case(found: list[Named]) -> str:
    """Tag of the one case that all of it belongs to."""
    cases = {each.case for each in found}
    kinds = {each.kind for each in found}
    if len(cases) > 1 or (Kind.CASE in kinds and len(found) > 1):
        raise UsageError("name one case, or items of one case")
    return cases.pop()


def _receiver(errand: Errand, person: str | None, more: dict[str, Any]) -> dict[str, Any]:
    if (person is None) == (more["recipient"] is None):
        raise UsageError("say for whom it is: --recipient NAME, or --to PERSON with an account")
    if person is not None:
        tag = errand.person(person)
        return {"to": tag, "recipient": names.person(errand.run.ledger, tag)}
    return {"outside": more["outside"], "recipient": more["recipient"]}


def _allowed(errand: Errand, items: list[names.ItemName], receiver: dict[str, Any]) -> None:
    """What the rules cannot see of a whole case: its items go no further than their givers allow.

    Raises:
        RuleError: E_USE_LIMIT.
    """
    purpose, outside = errand.told["purpose"], receiver.get("outside")
    for item in items:
        limits = item.state.limits if item.state.content is not None else None
        if why := beyond(limits, purpose, outside, int(errand.run.now())):
            raise RuleError(
                "E_USE_LIMIT",
                f"{item.both}: {why}. Name the giver's consent with --consent, or the other items",
            )


def _mirror(errand: Errand, wanted: bool | None) -> bool:
    if wanted is not None:
        return wanted
    newest = Checkpoint.read(Note.read(errand.run.ledger.checkpoint()).text)
    return newest.size < MIRROR_MOST


def _items(errand: Errand, case: str, tags: tuple[str, ...]) -> list[names.ItemName]:
    """The items that are exported."""
    ledger = errand.run.ledger
    if tags:
        return [names.item_of(ledger, tag) for tag in tags]
    return names.items_of_case(ledger, names.case_of(ledger, case))
