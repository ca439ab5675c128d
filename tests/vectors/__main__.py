"""`python -m tests.vectors`: make the generated vectors anew. README.md says what they are."""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.vectors import formats, keeping, ledger, refused
from tests.vectors.bundle import SPOILT, Export
from tests.vectors.story import Story
from tests.vectors.withheld import Withheld

HERE = Path(__file__).parent


def generated() -> dict[str, bytes]:
    """Every generated file by name."""
    story = Story()
    values: dict[str, Any] = {
        "canonical.json": formats.canonical_json(),
        "keys.json": formats.keys(),
        "envelopes.json": formats.envelopes(story),
        "disclosures.json": formats.disclosures(),
        "subject_index.json": ledger.index(),
        "trust.json": ledger.trust(story),
        "refusals.json": refused.refusals(story),
        "retention.json": keeping.retention(story),
    }
    whole = Export(story, mirror=True)
    values["log.json"] = ledger.log(story)
    case = whole.zip()
    chosen = Export(story, story.memo, mirror=False).zip()
    withheld = Withheld(story)
    zips = {"case.zip": case, "items.zip": chosen, "redacted.zip": withheld.zip()}
    values["bundles.json"] = bundles(story, zips, withheld)
    values["randomised.json"] = dict(sorted(story.scribe.randomised.used.items()))
    files = {name: written(value) for name, value in values.items()}
    return {**files, **zips}


def bundles(story: Story, zips: Mapping[str, bytes], withheld: Withheld) -> dict[str, Any]:
    """What must come of the zip files, and of changes to two of them."""
    return {
        "source": "SPEC §11 and §12; case.zip shows the whole case, items.zip item 2 alone, "
        "redacted.zip the whole case weeks later, as a profile opens it, without an erased entry",
        "trust": ledger.trust_file(story.scribe).encode().decode(),
        "bundles": [
            {"file": name, "sha256": sha256(data).hexdigest(), "verdict": "PASSED"}
            for name, data in zips.items()
        ],
        "withheld": withheld.listed(),
        "spoilt": [
            {"file": "case.zip", "why": why, "path": f"data/{name}", "old": old, "new": new}
            | {"failed": check}
            for why, name, old, new, check in SPOILT
        ]
        + list(withheld.spoilt()),
        "exporter_seed": (1).to_bytes(32).hex(),
    }


def written(value: Any) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


if __name__ == "__main__":
    for name, data in generated().items():
        (HERE / name).write_bytes(data)
