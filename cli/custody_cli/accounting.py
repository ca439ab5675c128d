"""What becomes of working copies: `custody copy return` and `custody copy list`. (R25, R75)"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from custody.core import times
from custody.core.canonical import unpercent
from custody.core.digest import shown
from custody.core.errors import AmbiguousError, RuleError, UsageError
from custody.core.state import Copy
from custody.drafting import Request
from custody.store import copying
from custody_cli import names, output
from custody_cli.consulting import Consulting, consulted
from custody_cli.copied import folder_name, whole
from custody_cli.errand import Errand
from custody_cli.items import spoken
from custody_cli.names import ItemName
from custody_cli.recording import acting
from custody_cli.run import Run
from custody_cli.told import Told, chain, text
from custody_schemas import acts
from custody_schemas.answers import Copies, CopyAnswer, CopyEnded
from custody_schemas.declare import Kind
from custody_schemas.terms import IntegrityVerdict

LISTED = 10  # files that the entry names


class Compared(NamedTuple):
    """A copy held against the digests on file.

    more: files that stand beside the content; they are told, and say nothing against it.
    """

    verdict: IntegrityVerdict
    differs: tuple[str, ...]
    more: tuple[str, ...]

    @property
    def lines(self) -> list[str]:
        """For people and for the entry, bounded."""
        said = [*self.differs[:LISTED], *(f"beside the content: {m}" for m in self.more[:LISTED])]
        rest = len(self.differs) + len(self.more) - len(said)
        return [*said, f"and {rest} more"] if rest else said


@acting(acts.CopyReturned, name="return", leave={"copy", "hash"}, need={"fate"})
@click.argument("item")
@click.argument("number", type=click.IntRange(1, 9_999), required=False)
@click.option(
    "--check",
    "folder",
    metavar="DIR",
    type=click.Path(exists=True, path_type=Path),
    help="Where the copy is, or the medium that it was written to: hash it again, and compare it "
    "with the digests on file.",
)
def return_copy(errand: Errand, item: str, number: int | None, folder: Path | None) -> None:
    """Record what became of working copy NUMBER of ITEM: returned, wiped, destroyed, lost.

    With --check the copy is hashed once more; the verdict is computed. Without it nothing is said
    of its content. NUMBER can be left out where only one copy is out.
    """
    found = errand.item(item)
    copy = the_copy(found, number)
    if folder is not None:
        errand.rehearse([_request(errand, found, copy, None)])
    compared = check(errand, found, copy.number, folder) if folder is not None else None
    for line in compared.lines if compared else ():
        errand.run.aside(f"careful: {line}")
    fate = errand.told["fate"]
    verdict = compared.verdict if compared else None
    said = f", content: {spoken(verdict)}" if verdict else ", not compared"
    summary = f"copy {copy.number} of {found.both} {spoken(fate)}{said}"
    done = errand.record([_request(errand, found, copy, compared)], summary)
    errand.tell(summary, done)
    errand.run.answer(
        CopyEnded(
            **errand.answer(done, [found.name]),
            item=found.name,
            number=copy.number,
            fate=fate,
            check=verdict,
            differs=compared.differs if compared else (),
            more=compared.more if compared else (),
        )
    )


def the_copy(item: ItemName, number: int | None) -> Copy:
    """The copy of that number that is out, or the only one.

    Raises:
        RuleError: E_COPY. AmbiguousError.
    """
    out = [copy for copy in item.state.copies if number in (None, copy.number)]
    if not out:
        which = f"copy {number}" if number else "copy"
        raise RuleError("E_COPY", f"no {which} of {item.both} is out: see `custody copy list`")
    if len(out) > 1:
        numbers = [str(copy.number) for copy in out]
        raise AmbiguousError(f"{len(out)} copies of {item.both} are out: say which", numbers)
    return out[0]


def check(errand: Errand, item: ItemName, number: int, place: Path) -> Compared:
    """The copy at `place`, or in its own folder there, as it is now.

    Raises:
        UsageError: nothing there is of this copy: somebody named another folder.
        NotFoundError, StorageError: as `copied.whole`.
    """
    content = whole(errand.run, item)
    parts, more = content.parts, tuple[str, ...]()
    own = folder_name(item, number)
    if place.is_file() and len(parts) == 1:
        parts = (parts[0]._replace(name=place.name.encode("utf-8", "surrogateescape")),)
        folder = place.parent
    else:
        folder = place / own if (place / own).is_dir() else place
        known = any(os.path.lexists(folder / os.fsdecode(part.name)) for part in parts)
        if folder.absolute().name != own and not known:
            raise UsageError(
                f"--check {shown(place)}: nothing of the copy is there, so nothing can be said of "
                f"it. Name the folder {own}, or where its files are now; or leave --check out"
            )
        more = tuple(shown(name) for name in copying.beside(parts, folder))
    with output.progress(content.size, "hashing the copy") as progress:
        wrong = [f"{shown(n)} {how}" for n, how in copying.differing(parts, folder, progress)]
    if not wrong:
        return Compared(IntegrityVerdict.MATCH, (), more)
    verdict = IntegrityVerdict.PARTIAL if len(wrong) < len(parts) else IntegrityVerdict.MISMATCH
    return Compared(verdict, tuple(wrong), more)


def _request(errand: Errand, item: ItemName, copy: Copy, compared: Compared | None) -> Request:
    details = [errand.told.get("details"), *(compared.lines if compared else ())]
    given = {"copy": copy.id, "details": "\n".join(filter(None, details))}
    verdict = compared.verdict if compared else None
    return next(iter(errand.on_items(acts.CopyReturned, [item], **given, hash=verdict)))


@click.command("list", cls=Consulting)
@click.argument("item", required=False)
@click.option("--all", "every", is_flag=True, help="Also copies that came back or are no more.")
@click.pass_obj
def list_copies(run: Run, item: str | None, every: bool) -> None:
    """Working copies that are out: of ITEM, or of all items."""
    ledger = run.ledger
    if item is not None:
        items = [names.find_item(ledger, item)]
    else:
        items = [names.item_of(ledger, each.tag) for each in ledger.find(Kind.ITEM, "")]
    consulted(run, items if item is not None else (), whole=item is None)
    found = [copy for each in items if each.state.issued for copy in copies_of(run, each)]
    found = [copy for copy in found if every or copy.fate is None]
    if not run.as_json:
        _table(found)
    run.answer(Copies(copies=tuple(found)))


def copies_of(run: Run, item: ItemName) -> Iterator[CopyAnswer]:
    """Every copy of an item, by number, with what became of it."""
    issued: list[tuple[Told, acts.CopyIssued]] = []
    ended: dict[str, acts.CopyReturned] = {}
    for told in chain(run.ledger, item.tag):
        match told.statement.act:
            case acts.CopyIssued() as act:
                issued.append((told, act))
            case acts.CopyReturned() as act:
                ended[act.copy] = act
    for told, act in issued:
        end = ended.get(told.statement.id)
        outside = text(told, "to_name") or spoken(str(act.outside))
        yield CopyAnswer(
            item=item.name,
            exhibit=item.exhibit,
            number=act.number,
            entry=told.statement.id,
            to=names.person(run.ledger, act.to) or outside,
            medium=text(told, "copy_medium"),
            path=shown(unpercent(text(told, "copy_path"))),
            since=times.spelt(told.entry.at),
            due=act.due_back,
            fate=end.fate if end else None,
            check=end.hash if end else None,
        )


def _table(copies: Sequence[CopyAnswer]) -> None:
    rows = [
        (
            c.item,
            c.exhibit,
            str(c.number),
            c.to,
            c.medium or c.path,
            c.since,
            c.due or "not said",
            spoken(c.fate or "out"),
            spoken(c.check or ""),
        )
        for c in copies
    ]
    columns = ("item", "exhibit", "copy", "to", "medium", "since", "due", "", "content")
    output.table(columns, rows, "no working copy is out")
