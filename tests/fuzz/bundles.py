"""The whole verifier, on bundles spoilt by a courier and by an exporter.

An input is a script: bytes that say which file, entry or member is changed, and how. So the fuzzer
learns which edits lead to new places, and a finding is a few bytes that can be played again.
"""

import json
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

from custody.core.bundle import layout
from custody.core.errors import MalformedError
from custody.core.findings import Outcome, Report
from custody.core.text import as_text
from custody.core.trust import TrustFile
from custody.core.verify import verify
from tests.bundles import Bundle, trust_in, zipped
from tests.fuzz import Target
from tests.fuzz.mutating import json_like, json_lines, spliced
from tests.spoilt.stage import Stage, rebagged, stage

SCRIPT = 64  # bytes
EDITS = 3
# What the exporter alone vouches for; the ledger's own checks do not speak of it.
EXPORTERS = (layout.README, "data/reports/", layout.DOCUMENTS)


class Script:
    """Bytes taken one after the other; when they are used up, noughts."""

    def __init__(self, data: bytes) -> None:
        self._rest = data

    def __bool__(self) -> bool:
        return bool(self._rest)

    def below(self, limit: int) -> int:
        taken, self._rest = self._rest[:2], self._rest[2:]
        return int.from_bytes(taken.ljust(2, b"\0"), "big") % limit

    def chance(self) -> Random:
        """A source of choices that two bytes of the script name."""
        return Random(self.below(1 << 16))


class Judged(NamedTuple):
    """The report on files that stand in the place of others."""

    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    report: Report


@cache
def told() -> Stage:
    """A ledger in the hands of an operator who records whatever is sent."""
    return stage()


@cache
def good() -> Bundle:
    """An export of its image, with what that was taken from and a mirror of all records."""
    own = told()
    made = own.bundle(own.image, own.story.laptop, evidence_promised=True, mirror=True)
    made.files["data/items/2/0001.dd"] = bytes(range(256)) * 300
    return made


@cache
def trust() -> TrustFile:
    return trust_in(told().world)


def examined(files: Mapping[str, bytes], believed: TrustFile) -> Report:
    """What the verifier says, also in words and as a document."""
    with tempfile.NamedTemporaryFile(prefix="custody-fuzz-", suffix=".zip") as file:
        file.write(zipped(files))
        file.flush()
        report = verify([Path(file.name)], believed)
    text = as_text(report).translate(dict.fromkeys((0x2068, 0x2069)))  # around right-to-left text
    assert all(line.isprintable() for line in text.split("\n")), text
    json.dumps(report.document()).encode()
    return report


def edited(files: Mapping[str, bytes], script: Script) -> dict[str, bytes]:
    """The files with as many edits as the script has, and EDITS at most."""
    made = dict(files)
    for _ in range(EDITS):
        if script and made:
            paths = sorted(made)
            _edit(made, paths[script.below(len(paths))], paths, script)
    return made


def _edit(made: dict[str, bytes], path: str, paths: list[str], script: Script) -> None:
    data = made[path]
    match script.below(8):
        case 0:
            del made[path]
        case 1:
            made[path] = made[paths[script.below(len(paths))]]
        case 2:
            made[path.replace("0", "1", 1) + "x" * script.below(2)] = data
        case 3:
            made[path] = data[: script.below(len(data) + 1)]
        case 4:
            made[path] = spliced(data, script.chance())
        case _:
            many = path.endswith(".jsonl")
            made[path] = (json_lines if many else json_like)(data, script.chance())


def courier(data: bytes) -> Judged:
    """Somebody without any key, who may make the manifests anew."""
    script = Script(data)
    again = script.below(2)
    before = good().bag()
    after = edited(before, script)
    if again and layout.SIGNATURE in after and layout.BAGIT in after:
        after = rebagged(after)
    return Judged(before, after, _named(after))


def _named(files: dict[str, bytes]) -> Report:
    try:
        return examined(files, trust())
    except (UnicodeEncodeError, ValueError) as error:  # names that no zip can have
        raise MalformedError("no zip is made of this") from error


def courier_holds(judged: Judged, _: bytes) -> bool:
    """Unchanged it passes; changed it does not, but for what nobody has signed."""
    changed = _changed(judged)
    if judged.report.verdict is not Outcome.PASSED:
        return bool(changed)
    return changed <= {layout.BAG_INFO, *layout.TAG_MANIFESTS.values()}


def _changed(judged: Judged) -> set[str]:
    before, after = judged.before, judged.after
    return {p for p in before.keys() | after.keys() if before.get(p) != after.get(p)}


def exporter(data: bytes) -> Judged:
    """The exporter, who lists and signs whatever stands in the bundle."""
    bundle = good()
    before = bundle.files
    after = edited(before, Script(data))
    bundle.files = after
    try:
        bag = bundle.bag()
    finally:
        bundle.files = dict(before)
    return Judged(before, after, _named(bag))


def exporter_holds(judged: Judged, _: bytes) -> bool:
    """Nothing of the ledger's own can be changed; opened fields can be left out, and are listed."""
    changed = _changed(judged)
    if judged.report.verdict is not Outcome.PASSED:
        return bool(changed)
    changed = {path for path in changed if not path.startswith(EXPORTERS)}
    if not changed:
        return True
    was, now = (
        set(each.get(layout.DISCLOSURES, b"").splitlines())
        for each in (judged.before, judged.after)
    )
    return changed == {layout.DISCLOSURES} and now < was and bool(judged.report.withheld)


def scripts() -> list[bytes]:
    """Edits that change nothing, and a few that do."""
    return [b"", *(Random(number).randbytes(10) for number in range(30))]


TARGETS = {
    "bundle": Target(courier, courier_holds, scripts, longest=SCRIPT),
    "exported": Target(exporter, exporter_holds, scripts, longest=SCRIPT),
}
