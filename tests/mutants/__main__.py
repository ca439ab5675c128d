"""`python -m tests.mutants`: see the package."""

import argparse
import os
import sys
from collections import Counter

import pytest

from tests.mutants.running import CORE, KEPT, Measuring, Mutating, results

BASE = (
    *("-q", "-n0", "-p", "no:cacheprovider", f"--basetemp={KEPT / f'tmp{os.getpid()}'}"),
    *("-o", "tmp_path_retention_policy=none"),
)


def main() -> int:
    parser = argparse.ArgumentParser("python -m tests.mutants")
    parser.add_argument("what", choices=("measure", "run", "show"))
    parser.add_argument("names", nargs="*", help="test files to measure, or modules to mutate")
    parser.add_argument("--again", action="store_true", help="try survivors again")
    parser.add_argument("--one-in", type=int, default=1, metavar="N", help="of N mutants try one")
    given = parser.parse_intermixed_args()
    if given.what == "show":
        _show(_modules(given.names))
        return 0
    KEPT.mkdir(exist_ok=True)  # where temporary folders of tests are made
    if given.what == "measure":
        return pytest.main([*BASE, *given.names], plugins=[Measuring()])
    plugin = Mutating(_modules(given.names), given.again, given.one_in)
    return pytest.main([*BASE, *plugin.files], plugins=[plugin])


def _modules(names: list[str]) -> list[str]:
    """Modules of the core by the beginnings of their names; all, where none is given."""
    found = sorted(str(path.relative_to(CORE)) for path in CORE.rglob("*.py"))
    if not names:
        return found
    return [m for name in names for m in found if m == f"{name}.py" or m.startswith(name + "/")]


def _show(modules: list[str]) -> None:
    found = [each for each in results() if each["module"] in modules]
    for module in modules:
        ends = Counter(each["end"] for each in found if each["module"] == module)
        if ends:
            tried = ends["killed"] + ends["survived"]
            print(
                f"{module:28} {ends['killed']:4} of {tried:4} killed, {ends['not tried']} not tried"
            )
    for each in found:
        if each["end"] != "killed":
            print(f"{each['end']:9} {each['module']}:{each['mutant'].partition(' ')[2]}")


if __name__ == "__main__":
    sys.exit(main())
