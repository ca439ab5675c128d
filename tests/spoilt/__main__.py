"""Writes the collection, or the named defects, below a folder: bundles, trust file, findings."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.spoilt import Defect, collection

NAMES = ("case.zip", "other.zip")


def main(arguments: Sequence[str]) -> None:
    """`FOLDER [DEFECT…]`: a folder for each defect."""
    folder, *names = arguments
    for defect in collection().values():
        if not names or defect.name in names:
            write(defect, Path(folder) / defect.name)


def write(defect: Defect, folder: Path) -> None:
    """One defect, with what a verifier must find in `defect.json`."""
    folder.mkdir(parents=True)
    made = defect.make()
    for name, data in zip(NAMES, made.bundles, strict=False):
        (folder / name).write_bytes(data)
    for number, proof in enumerate(made.proofs, 1):
        (folder / f"proof-{number}").write_bytes(proof)
    if made.trust:
        (folder / "trust").write_bytes(made.trust.encode())
    document = {
        "told": defect.make.__doc__,
        "check": defect.check,
        "outcome": defect.outcome,
        "subjects": sorted(made.subjects),
        "also": [
            {"check": check, "outcome": outcome, "why": why}
            for (check, outcome), why in defect.also.items()
        ],
    }
    (folder / "defect.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
