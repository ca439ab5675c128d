"""`custody copy`: working copies are written, read back, recorded, and end once."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click

from custody.core.canonical import percent
from custody.core.digest import shown
from custody.core.errors import HeadMovedError, RuleError, StorageError, UsageError
from custody.drafting import Request
from custody.durable import sync_folder
from custody.receipts import Done
from custody.store import copying
from custody_cli import leftovers, names, output
from custody_cli.bases import basis
from custody_cli.consulting import disclosed
from custody_cli.copied import Whole, folder_name, whole
from custody_cli.errand import Errand
from custody_cli.giving import Giver, giver
from custody_cli.names import ItemName
from custody_cli.params import Words
from custody_cli.recording import acting
from custody_schemas import acts
from custody_schemas.answers import CopyMade
from custody_schemas.terms import IntegrityVerdict

PARTIAL = ".partial"
LEFT = (
    "whether it is recorded, `custody copy list` tells; the files are in {partial}: rename it to "
    "{name} if the copy is listed, or else remove it"
)


class Receiver(NamedTuple):
    """Who gets a copy: the members that say so, and the name for people."""

    members: dict[str, Any]
    name: str


@acting(
    acts.CopyIssued,
    name="issue",
    leave={"number", "to", "outside", "verified", "to_name", "copy_medium", "copy_path"},
    need={"purpose"},
)
@click.argument("item")
@click.option(
    "--to",
    "folder",
    required=True,
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder on the medium; the copy gets a folder of its own in it.",
)
@click.option("--for", "person", metavar="PERSON", help="Who gets it, if not yourself.")
@click.option(
    "--for-outside", metavar="KIND[:NAME]", help="Who gets it without an account: defence:Roe."
)
@click.option("--medium", type=Words(), help="The medium: make, serial number.")
def issue(
    errand: Errand,
    item: str,
    folder: Path,
    person: str | None,
    for_outside: str | None,
    medium: str | None,
) -> None:
    """Write a working copy of ITEM's content to a medium, read it back, and record it.

    The item itself stays where it is. Nothing is overwritten; files get the names that they had
    when they were taken in. The copy is read back from the medium and compared with the digests
    on file before anything is signed. Until it is recorded its folder ends with .partial.
    """
    if not errand.signing.dry_run:
        leftovers.settle(errand.run)  # or else a copy that is recorded already looks like none
    found = errand.item(item)
    content = whole(errand.run, found)
    to = _receiver(errand, person, for_outside)
    copy = Copy(errand, found, content, folder.absolute(), to, medium)
    copy.check()
    batch = [copy.request()]
    errand.consent(batch, copy.summary)
    errand.rehearse(batch)  # hours of copying must not end in a refusal
    errand.unlock(batch)
    disclosed(errand.run, [copy.summary], [found.tag, found.state.case], copy.summary)
    copy.write()
    copy.tell(copy.record())


class Copy:
    """One copy on its way: written under a temporary name, recorded, then given its own."""

    def __init__(
        self,
        errand: Errand,
        item: ItemName,
        content: Whole,
        folder: Path,
        to: Receiver,
        medium: str | None,
    ) -> None:
        self.errand, self.item, self.content, self.folder = errand, item, content, folder
        self.to, self.medium, self.began = to, medium, errand.run.now()
        self.number = item.state.issued + 1
        self.partial = self.path.with_name(f"{self.path.name}{PARTIAL}")
        self.authority = basis(errand, item.state.case)
        self.consent = basis(errand, item.state.case, "consent")

    @property
    def path(self) -> Path:
        """Where the copy is in the end."""
        return self.folder / folder_name(self.item, self.number)

    @property
    def summary(self) -> str:
        """For people, one line."""
        many = len(self.content.parts)
        files = "1 file" if many == 1 else f"{many} files"
        return (
            f"copy {self.number} of {self.item.both}, {files}, {self.content.size} bytes, issued "
            f"to {self.to.name} on {self.medium or shown(self.folder)}"
        )

    def check(self) -> None:
        """What would make hours of copying vain.

        Raises:
            StorageError: something of that name is there, or the medium is too small.
            NotFoundError: some of the content is not where it was put.
        """
        for number in range(1, self.number):
            path = self.folder / folder_name(self.item, number)
            left = path.with_name(f"{path.name}{PARTIAL}")
            if left.exists():
                raise StorageError(
                    f"{shown(left)} is there, and copy {number} is recorded: its last step was "
                    f"cut off. Rename it to {shown(path.name)} if `custody copy list` has the copy "
                    "there, or else remove it; then repeat if you need another copy"
                )
        if self.partial.exists():
            raise StorageError(
                f"{shown(self.partial)} is there: an earlier copy was stopped while it was "
                "written. Nothing vouches for it: remove it, then repeat"
            )
        if self.path.exists():
            raise StorageError(f"{shown(self.path)} is there already: choose another folder")
        copying.check_sources(self.content.parts)
        copying.check_room(self.content.parts, self.folder)

    def request(self) -> Request:
        """The act, as it is recorded once the copy was read back."""
        given = {
            **self.to.members,
            "number": self.number,
            "verified": IntegrityVerdict.MATCH,
            "authority": self.authority,
            "consent": self.consent,
            "copy_medium": self.medium,
            "copy_path": percent(os.fsencode(self.path)),
            "occurred": self.errand.lasted(self.began, self.errand.run.now()),
        }
        return next(iter(self.errand.on_items(acts.CopyIssued, [self.item], **given)))

    def write(self) -> None:
        """Copy, flush, read back. What does not come out right is taken away again.

        Raises:
            NotFoundError, StorageError.
        """
        parts, run = self.content.parts, self.errand.run
        run.fate = "nothing was recorded, and the unfinished copy was removed"
        what = f"{self.item.name}: copying, reading back"
        try:
            with output.progress(self.content.size, what, copying.PASSES) as progress:
                copying.write(parts, self.content.folders, self.partial, progress)
                wrong = list(copying.differing(parts, self.partial, progress))
        except BaseException:
            copying.remove(self.partial)
            raise
        if wrong:
            copying.remove(self.partial)
            name, how = wrong[0]
            raise StorageError(
                f"read back from the medium, {shown(name)} {how} ({len(wrong)} of {len(parts)} "
                "files): the copy was removed and nothing was recorded. Do not trust this medium."
            )

    def record(self) -> list[Done]:
        """Sign first, name last: a copy that looks whole is always a recorded one."""
        errand = self.errand
        self.number = names.item_of(errand.run.ledger, self.item.tag).state.issued + 1
        try:
            if self.path.exists():
                raise StorageError(f"{shown(self.path)} has come to be there meanwhile")
            done = errand.record([self.request()], self.summary, ask=False)
        except (RuleError, HeadMovedError):  # certainly not recorded: then there is no copy
            copying.remove(self.partial)
            raise
        except BaseException:
            errand.run.aside(LEFT.format(partial=shown(self.partial), name=shown(self.path.name)))
            raise
        try:
            self.partial.rename(self.path)
            sync_folder(self.folder)
        except OSError as error:
            raise StorageError(
                f"copy {self.number} is recorded, but the medium failed ({error.strerror}) as its "
                f"folder got its name: if it is still called {shown(self.partial)}, rename it to "
                f"{shown(self.path.name)}"
            ) from error
        return done

    def tell(self, done: Sequence[Done]) -> None:
        """Answer with the copy."""
        run = self.errand.run
        self.errand.tell(self.summary, done)
        run.say(f"  written, read back and compared: {shown(self.path)}")
        for each in self.content.left_out:
            run.say(f"  not in the copy: {each}")
        run.answer(
            CopyMade(
                **self.errand.answer(done, [self.item.name]),
                item=self.item.name,
                number=self.number,
                path=shown(self.path),
                files=len(self.content.parts),
                size=self.content.size,
                verified=IntegrityVerdict.MATCH,
                left_out=self.content.left_out,
            )
        )


def _receiver(errand: Errand, person: str | None, outside: str | None) -> Receiver:
    if person is not None and outside is not None:
        raise UsageError("a copy goes to one receiver: --for PERSON, or --for-outside KIND:NAME")
    if outside is not None:
        who: Giver = giver(outside, option="--for-outside")
        return Receiver({"outside": who.kind, "to_name": who.name}, who.spoken)
    tag = errand.person(person) if person is not None else errand.me.actor
    return Receiver({"to": tag}, names.person(errand.run.ledger, tag))
