"""`custody dispose execute`: items leave custody for good; what is destroyed is really gone.

Order of a destruction: `disposition.begun` recorded, before its witness → keys and objects of the
content destroyed and looked for → `disposition.executed` recorded. Cut off anywhere, the same
command goes on where it was: the record says from the first step on that content may be gone.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import click

from custody.core.errors import StorageError, UsageError
from custody.core.rules.dispositions import DESTROYING
from custody.core.state import Item
from custody.drafting import Request, Subject
from custody.receipts import Done
from custody_cli import output
from custody_cli.disposing import asked, by_disposition
from custody_cli.errand import Errand
from custody_cli.items import noun
from custody_cli.names import ItemName
from custody_cli.recording import acting
from custody_cli.removing import Doomed, doomed, missing, remove
from custody_cli.transfers import ITEMS, listed
from custody_schemas import acts
from custody_schemas.answers import Disposed, DisposedItem
from custody_schemas.declare import Capacity, Kind
from custody_schemas.terms import DispositionKind, Removal

MOST = 100  # items of one entry


class Step(NamedTuple):
    """Items of one request, or of none on the light path, that go alike."""

    disposition: str | None
    kind: DispositionKind
    items: tuple[ItemName, ...]


@acting(
    acts.DispositionExecuted,
    name="execute",
    leave={"disposition", "kind", "removal"},
)
@ITEMS
@click.option("--light", is_flag=True, help="A device, of which an image is on file, to its owner.")
def execute(errand: Errand, items: tuple[str, ...], light: bool) -> None:
    """Carry out the approved disposition of ITEMs that you hold.

    A destruction takes somebody who watches: --with PERSON. Content in the vault is destroyed with
    its keys, and looked for; a command that was stopped is repeated and goes on where it was. What
    goes to somebody says to whom, and how it is known that it was received: --to, --assurance.

    --light: where the case's pack allows it, a device goes back with one approver (--with) and
    without a request.
    """
    found = errand.items(items)
    step = Step(None, DispositionKind.RETURN_TO_OWNER, tuple(found)) if light else _step(found)
    if step.kind in DESTROYING:
        _destroy(errand, step)
        return
    errand.capacity = Capacity.APPROVER if light else errand.capacity
    kept = {
        removal: [
            i for i in found if (i.state.content is None) == (removal is Removal.NOT_IN_VAULT)
        ]
        for removal in (Removal.NOT_IN_VAULT, Removal.KEPT)
    }
    batch = [
        _executed(errand, step, part, removal)
        for removal, members in kept.items()
        for part in _parts(members)
    ]
    summary = f"{listed(found)}: {noun(step.kind)}, out of custody for good"
    done = errand.record(batch, summary)
    _answer(errand, done, summary, [(item, Removal.KEPT) for item in found])


def _step(found: Sequence[ItemName]) -> Step:
    """The one request that all of them are in. Raises UsageError, RuleError."""
    groups = by_disposition(found)
    if len(groups) > 1:
        raise UsageError("these items were asked for in several requests: name those of one")
    ((disposition, members),) = groups.items()
    return Step(disposition, asked(members[0]).kind, tuple(members))


def _destroy(errand: Errand, step: Step) -> None:
    run = errand.run
    found = doomed(run, step.items)
    waiting = [item for item in step.items if not asked(item).begun]
    _all_there(missing(run, [each for each in found if each.item in waiting]))
    batch = list(errand.on_items(acts.DispositionBegun, waiting, disposition=step.disposition))
    many = sum(len(each.own) for each in found)
    summary = f"{listed(step.items)}: {noun(step.kind)}"
    warning = f", with {many} objects of the vault and their keys" if many else ""
    planned = batch or [_executed(errand, step, step.items, Removal.NOT_IN_VAULT)]
    errand.consent(planned, summary + warning)
    ending = [
        _executed(errand, step, part, removal)
        for removal, members in _alike(found)
        for part in _parts(members)
    ]
    errand.unlock([*batch, *ending])
    if batch:
        errand.record(batch, summary, ask=False)
    for item in step.items:
        errand.looked[item.tag] = run.ledger.subject(item.tag)
    with output.progress(many, "destroying content", counted=True) as progress:
        count = remove(run, found, progress)
    done = errand.record(ending, summary, ask=False)
    if many:
        run.say(f"  {count} objects of the vault were destroyed with their keys, and looked for")
    for each in found:
        if each.shared:
            run.say(f"  of {each.item.both}, {len(each.shared)} objects stay: others need them too")
    for copy in run.vault.keys.copies():
        run.say(f"  still able to read backups: the keys in {copy.folder}; replace that copy")
    _answer(errand, done, summary, [(each.item, each.removal) for each in found])


def _all_there(lost: Sequence[str]) -> None:
    if lost:
        raise StorageError(
            f"{len(lost)} objects of the content are not in the vault, {lost[0][:12]} "
            "is the first: what is lost was not destroyed. Record it: custody check, custody "
            "discrepancy open"
        )


def _alike(found: Sequence[Doomed]) -> Iterator[tuple[Removal, list[ItemName]]]:
    for removal in Removal:
        members = [each.item for each in found if each.removal is removal]
        if members:
            yield removal, members


def _parts(items: Sequence[ItemName]) -> Iterator[Sequence[ItemName]]:
    """As many as one entry names beside what they were made from."""
    for start in range(0, len(items), MOST):
        yield items[start : start + MOST]


def _executed(errand: Errand, step: Step, items: Sequence[ItemName], removal: Removal) -> Request:
    """The entry on these items; what they were made from stands beside them."""
    given = errand.given(
        acts.DispositionExecuted, disposition=step.disposition, kind=step.kind, removal=removal
    )
    about = [Subject(Kind.ITEM, item.tag) for item in items]
    about += [Subject(Kind.SOURCE, tag) for tag in sources(errand, items)]
    return Request(acts.DispositionExecuted.NAME, tuple(about), given)


def sources(errand: Errand, items: Sequence[ItemName]) -> list[str]:
    """Items that these were made from, and that still count them."""
    own = {item.tag for item in items}
    found: dict[str, None] = {}
    for item in items:
        for tag in item.state.parents:
            state = errand.run.ledger.subject(tag)
            if tag not in own and isinstance(state, Item) and item.tag in state.products:
                found[tag] = None
    return list(found)


def _answer(
    errand: Errand,
    done: Sequence[Done],
    summary: str,
    found: Sequence[tuple[ItemName, Removal]],
) -> None:
    errand.tell(summary, done)
    errand.run.say(f"next: custody dispose certificate {found[0][0].name} -o FILE.html")
    gone = tuple(DisposedItem(item=item.name, removal=removal) for item, removal in found)
    named = [item.name for item, _ in found]
    errand.run.answer(Disposed(**errand.answer(done, named), disposed=gone))
