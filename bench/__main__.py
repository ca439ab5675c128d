"""Run all rows, or the families that are named: `python -m bench [evidence images ledger exporting starting]`.

CUSTODY_BENCH_GIB (default 4) and CUSTODY_BENCH_RECORDS (default 20000) set the sizes,
CUSTODY_BENCH_FOLDER the disk (default: the system's folder for temporary files).
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.measure import Row, table

FAMILIES = ("evidence", "images", "ledger", "exporting", "starting")


def main() -> int:
    """Print each row when it is measured, and the table at the end; 1 where a target is missed."""
    wanted = sys.argv[1:] or FAMILIES
    measured = []
    with tempfile.TemporaryDirectory(dir=os.environ.get("CUSTODY_BENCH_FOLDER")) as place:
        for family in wanted:
            for row in _rows(family, Path(place)):
                print(f"… {row.what}: {row.ratio:.2f}", file=sys.stderr, flush=True)
                measured.append(row)
    print(table(measured))
    return 0 if all(row.met for row in measured) else 1


def _rows(family: str, folder: Path) -> Iterator[Row]:
    if family == "evidence":
        from bench import evidence

        return evidence.rows(folder, float(os.environ.get("CUSTODY_BENCH_GIB", "4")))
    if family == "images":
        from bench import images

        return images.rows(folder)
    if family == "ledger":
        from bench import ledger

        return ledger.rows(folder, int(os.environ.get("CUSTODY_BENCH_RECORDS", "20000")))
    if family == "exporting":
        from bench import exporting

        return exporting.rows(folder, int(os.environ.get("CUSTODY_BENCH_RECORDS", "20000")))
    if family == "starting":
        from bench import starting

        return starting.rows(folder)
    sys.exit(f"there is no family {family}; choose among {', '.join(FAMILIES)}")


if __name__ == "__main__":
    sys.exit(main())
