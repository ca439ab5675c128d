"""The generated vectors that are judged: refused acts, whole bundles, spoilt ones."""

import json
import zipfile
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from custody.core import dsse, statement
from custody.core.errors import CustodyError
from custody.core.findings import Check, Outcome
from custody.core.rules import admit, check_signatures
from custody.core.trust import TrustFile
from custody.core.verify import verify
from tests.vectors.bundle import Export, spoilt
from tests.vectors.story import Story
from tests.vectors.withheld import Withheld

VECTORS = Path(__file__).parent / "vectors"


@cache
def vector(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text())


@pytest.mark.parametrize("case", vector("refusals")["cases"], ids=lambda case: case["why"])
def test_refusals(case: dict[str, Any]) -> None:
    envelope = dsse.Envelope.read(case["envelope"].encode())
    made, world = statement.read(envelope.payload), told().scribe
    with pytest.raises(CustodyError) as refused:
        admit(world, made, at=case["at"], n=case["n"])
        check_signatures(world, made, envelope, case["n"])
    assert refused.value.code == case["code"]


@cache
def told() -> Story:
    return Story()


@pytest.mark.parametrize("case", vector("bundles")["bundles"], ids=lambda case: case["file"])
def test_bundles(case: dict[str, str]) -> None:
    path = VECTORS / case["file"]
    assert sha256(path.read_bytes()).hexdigest() == case["sha256"]
    report = verify([path], TrustFile.read(vector("bundles")["trust"].encode()))
    bad = [f for f in report.findings if f.outcome in (Outcome.FAILED, Outcome.UNDETERMINED)]
    assert bad == []
    assert report.verdict == case["verdict"]


def test_all_bundles_together() -> None:
    files = [VECTORS / case["file"] for case in vector("bundles")["bundles"]]
    report = verify(files, TrustFile.read(vector("bundles")["trust"].encode()))
    assert report.verdict is Outcome.PASSED


@cache
def spoilt_bundles() -> dict[str, bytes]:
    story = Story()
    whole = Export(story, mirror=True)
    Export(story, story.memo, mirror=False)
    withheld = Withheld(story)
    changed = {
        each["why"]: withheld.zip(
            {each["path"]: made.replace(each["old"].encode(), each["new"].encode(), 1)}
        )
        for each in withheld.spoilt()
        if (made := withheld.files[each["path"]])
    }
    return {**dict(spoilt(whole)), **changed}


@pytest.mark.parametrize("case", vector("bundles")["spoilt"], ids=lambda case: case["why"])
def test_spoilt_bundles(case: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "spoilt.zip"
    path.write_bytes(spoilt_bundles()[case["why"]])
    report = verify([path], TrustFile.read(vector("bundles")["trust"].encode()))
    failed = {f.check for f in report.findings if f.outcome is Outcome.FAILED}
    assert Check(case["failed"]) in failed, failed


def test_what_is_withheld_is_what_the_vectors_say() -> None:
    """Field by field; the fields of the entry that is erased whole are nowhere."""
    path = VECTORS / "redacted.zip"
    found: dict[str, set[str]] = {}
    with zipfile.ZipFile(path) as bundle:
        for name in bundle.namelist():
            if "/envelopes/" in name:
                made = statement.read(dsse.Envelope.read(bundle.read(name)).payload)
                found[Path(name).stem] = set(made.sd)
        (lines,) = (n for n in bundle.namelist() if n.endswith("/disclosures.jsonl"))
        for line in map(json.loads, bundle.read(lines).splitlines()):
            found[line["env"]].remove(line["name"])
    said = vector("bundles")["withheld"]
    assert {env: names for env, names in found.items() if names} == {
        env: {name for names in each.values() for name in names} for env, each in said.items()
    }
    reasons = {why for each in said.values() for why in each}
    assert reasons == {"restricted", "redacted", "profile", "always", "erased"}
