"""The generated vectors that are judged: refused acts, whole bundles, spoilt ones."""

import json
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


def test_both_bundles_together() -> None:
    files = [VECTORS / case["file"] for case in vector("bundles")["bundles"]]
    report = verify(files, TrustFile.read(vector("bundles")["trust"].encode()))
    assert report.verdict is Outcome.PASSED


@cache
def spoilt_bundles() -> dict[str, bytes]:
    return dict(spoilt(Export(Story(), mirror=True)))


@pytest.mark.parametrize("case", vector("bundles")["spoilt"], ids=lambda case: case["why"])
def test_spoilt_bundles(case: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "spoilt.zip"
    path.write_bytes(spoilt_bundles()[case["why"]])
    report = verify([path], TrustFile.read(vector("bundles")["trust"].encode()))
    failed = {f.check for f in report.findings if f.outcome is Outcome.FAILED}
    assert Check(case["failed"]) in failed, failed
