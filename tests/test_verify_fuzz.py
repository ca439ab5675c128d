"""Whatever is changed below data/ledger/, even by who can sign the bag anew, is found."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custody.core.bundle import layout
from custody.core.findings import Outcome, Report
from custody.core.text import as_text
from custody.core.verify import verify
from tests.bundles import Bundle, bad, trust_in
from tests.worlds import story


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    told = story()
    phone = told.world.acquire(told.case, 2, by=told.eve)
    told.world.record("note.recorded", [told.laptop, phone], {"note": "x"}, signers=[told.dora])
    return Bundle(told.world, told.case, told.olga, [told.laptop], mirror=True)


def examined(folder: Path, bundle: Bundle, path: str, data: bytes) -> Report:
    before = bundle.files[path]
    bundle.files[path] = data
    try:
        return verify([bundle.save(folder / "case.zip")], trust_in(bundle.world))
    finally:
        bundle.files[path] = before


ALLOWED = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@ALLOWED
@given(st.data())
def test_no_changed_byte_of_the_ledgers_files_passes(
    tmp_path: Path, bundle: Bundle, data: st.DataObject
) -> None:
    paths = sorted(path for path in bundle.files if path.startswith(layout.LEDGER))
    path = data.draw(st.sampled_from(paths), label="file")
    good = bundle.files[path]
    place = data.draw(st.integers(0, len(good) - 1), label="byte")
    change = data.draw(st.integers(1, 255), label="bits")
    spoilt = good[:place] + bytes([good[place] ^ change]) + good[place + 1 :]
    report = examined(tmp_path, bundle, path, spoilt)
    assert report.verdict in (Outcome.FAILED, Outcome.UNDETERMINED)
    assert as_text(report)


@ALLOWED
@given(st.data())
def test_no_line_can_be_left_out_doubled_or_moved(
    tmp_path: Path, bundle: Bundle, data: st.DataObject
) -> None:
    paths = sorted(path for path in bundle.files if path.endswith(".jsonl"))
    path = data.draw(st.sampled_from(paths), label="file")
    lines = bundle.files[path].splitlines(keepends=True)
    place = data.draw(st.integers(0, len(lines) - 1), label="line")
    other = data.draw(st.integers(0, len(lines) - 1), label="to")
    how = data.draw(st.sampled_from(["left out", "doubled", "moved"]), label="how")
    taken = lines[place]
    if how != "doubled":
        del lines[place]
    if how != "left out":
        lines.insert(other, taken)
    spoilt = b"".join(lines)
    report = examined(tmp_path, bundle, path, spoilt)
    if spoilt == bundle.files[path]:
        assert report.verdict is Outcome.PASSED
    elif path == layout.DISCLOSURES and how == "left out":
        assert report.verdict is Outcome.PASSED
        assert any(line.startswith("record ") for line in report.withheld)
    else:
        assert report.verdict is Outcome.FAILED, bad(report)
