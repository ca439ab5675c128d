"""A case whose every personal field says something of its own, and bundles that withhold some."""

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from custody.core import canonical, disclosure
from custody.core.bundle import layout
from custody.core.disclosure import Disclosure
from custody.core.statement import Statement
from custody_schemas.declare import Act, Kind
from tests.exports import Stage, content_of
from tests.schedules import LEDGER, pack

CONTENT = b"zq the confession itself"
SECRET = "zq"
FREE = (str, tuple[str, ...])


class Redacted(Stage):
    """The stage, with the pack `house` and a case under it.

    phone (1): everything said of it. note (2): small content, made from it. both: tags of these.
    """

    def __init__(self, folder: Path, opens: Sequence[str], **registered: Any) -> None:
        super().__init__(folder)
        live, story = self.live, self.story
        profile = {"name": "some", "text": "for a test", "opens": list(opens), "ground": "the law"}
        given: dict[str, Any] = {"pack": pack(profiles=[profile])}
        live.record("pack.loaded", [LEDGER], given, signers=[story.carl, story.olga])
        self.count = 0
        said = self.fill("case.opened")
        said.pop("reference")
        self.case = live.open_case("K-2026/40", by=story.olga, legal_profile="house", **said)
        self.warrant = self.say("authority.recorded", [self.case], by=story.olga)
        self.phone = self.register(1, **registered)
        given = {"authority": self.warrant}
        self.say("item.seized", [self.phone], by=story.dora, **given)
        self.say("storage.moved", [self.phone], by=story.dora)
        self.say("note.recorded", [self.phone], by=story.dora)
        self.vault.put_bytes(CONTENT)
        self.note = self.register(2)
        about: list[str | tuple[Kind, str]] = [self.note, (Kind.SOURCE, self.phone)]
        content = content_of(CONTENT, "zqnameoffile.txt")
        self.acquired = self.say("item.acquired", about, by=story.dora, **content)
        self.say("seal.applied", [self.note], by=story.dora)
        first = self.registration(self.phone)
        given = {"corrects": first, "act": "item.registered", "field": "description"}
        self.say("correction.recorded", [self.phone], by=story.dora, **given)
        self.both = (self.phone, self.note)

    def registration(self, tag: str) -> str:
        """The entry that registered an item."""
        return next(entry for about, entry in self.live.citations if about == tag)

    def register(self, number: int, **said: Any) -> str:
        tag = self.live.item_tag(self.case, number)
        found: Any = self.live.states[self.case]
        about = [(Kind.ITEM, tag), (Kind.REGISTER, found.register)]
        given = {**self.fill("item.registered"), "case": self.case, "number": number, **said}
        self.live.record("item.registered", about, given, signers=[self.story.dora])
        return tag

    def say(self, act: str, about: Sequence[Any], /, *, by: Any, **given: Any) -> str:
        """Record an act of which every personal field says something of its own."""
        return self.live.record(act, about, {**self.fill(act), **given}, signers=[by])

    def fill(self, act: str) -> dict[str, Any]:
        """A value for each personal text of an act, which stands nowhere else."""
        found: dict[str, Any] = {}
        for name, field in Act.ALL[act].FIELDS.items():
            self.count += 1
            value = f"{SECRET}{self.count}.{name}"
            if (
                field.personal
                and field.type is str
                and "sha256" not in name
                and "blake3" not in name
            ):
                found[name] = value
            elif field.personal and field.type == tuple[str, ...] and name != "files":
                found[name] = [value]
        return found

    def disclosures(self) -> Iterator[tuple[Statement, Disclosure]]:
        """Everything that could be opened, of everything that was recorded."""
        for run in self.live.runs:
            for text in run.signed.disclosures:
                yield run.signed.statement, disclosure.read(text)


def members(path: Path) -> dict[str, bytes]:
    """The files of a bundle, by their path in it."""
    with zipfile.ZipFile(path) as bundle:
        return {name.partition("/")[2]: bundle.read(name) for name in bundle.namelist()}


def opened(path: Path) -> set[str]:
    """The disclosures of a bundle."""
    lines = members(path)[layout.DISCLOSURES].splitlines()
    return {canonical.decode(line, layout.LINE_BYTES)["disclosure"] for line in lines}


def values(found: Disclosure) -> list[str]:
    """The texts in a value that are this one's alone."""
    texts = found.value if isinstance(found.value, tuple) else (str(found.value),)
    return [text for text in texts if text.startswith(SECRET)]
