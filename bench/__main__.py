"""Measure speed, all of it or what is named: `python -m bench [evidence images ledger …]`.

Ratios to floors (design §9), ten minutes: evidence, images, ledger, exporting, starting. Without
a floor, an hour: memory (of one process, with large evidence), due (what waits, of ever more items)
and scale (how time and memory grow with a ledger).

CUSTODY_BENCH_GIB (default 4) and CUSTODY_BENCH_RECORDS (20000) set the sizes, CUSTODY_BENCH_SCALE
those of scale (10000,100000,1000000 records), CUSTODY_BENCH_ITEMS those of due (10000,20000,40000),
and CUSTODY_BENCH_FOLDER the disk (the system's folder for temporary files).
"""

import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from bench.measure import Figure, Row, stolen, table

RATIOS = ("evidence", "images", "ledger", "exporting", "starting")
FAMILIES = (*RATIOS, "memory", "due", "scale")


def main() -> int:
    """Print what is measured as it comes, and the table at the end; 1 where a target is missed."""
    wanted = sys.argv[1:] or FAMILIES
    if unknown := set(wanted) - set(FAMILIES):
        sys.exit(f"there is no {unknown.pop()}; choose among {', '.join(FAMILIES)}")
    rows: list[Row] = []
    before = stolen()
    print(machine())
    with tempfile.TemporaryDirectory(dir=os.environ.get("CUSTODY_BENCH_FOLDER")) as place:
        for family in wanted:
            for found in _measured(family, Path(place)):
                if isinstance(found, Row):
                    print(f"… {found.what}: {found.ratio:.2f}", file=sys.stderr, flush=True)
                    rows.append(found)
                else:
                    print(found.text, flush=True)
    if rows:
        print(table(rows))
    taken, ticks = (now - then for now, then in zip(stolen(), before, strict=True))
    if ticks:
        print(f"of the processors' time, the host gave {taken / ticks:.1%} to others")
    return 0 if all(row.met for row in rows) else 1


def machine() -> str:
    """Where and when this is measured."""
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    versions = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    return f"{time.strftime('%Y-%m-%d %H:%M')}, {versions}, {os.cpu_count()} cores, load {load}"


def _measured(family: str, place: Path) -> Iterator[Row | Figure]:
    module = import_module(f"bench.{family}")
    records = int(os.environ.get("CUSTODY_BENCH_RECORDS", "20000"))
    gib = float(os.environ.get("CUSTODY_BENCH_GIB", "4"))
    sizes = os.environ.get("CUSTODY_BENCH_SCALE", "10000,100000,1000000").split(",")
    items = os.environ.get("CUSTODY_BENCH_ITEMS", "10000,20000,40000").split(",")
    given: dict[str, tuple[object, ...]] = {
        "evidence": (gib,),
        "ledger": (records,),
        "exporting": (records,),
        "memory": (gib,),
        "scale": ([int(size) for size in sizes],),
        "due": ([int(many) for many in items],),
    }
    folder = place / family
    folder.mkdir()
    measured = module.rows if family in RATIOS else module.figures
    yield from measured(folder, *given.get(family, ()))


if __name__ == "__main__":
    sys.exit(main())
