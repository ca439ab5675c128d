"""`python -m custody.core BUNDLE… --trust FILE`: all that an auditor needs, without a ledger."""

import argparse
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from custody.core.errors import CustodyError, MalformedError, StorageError, UsageError
from custody.core.findings import Outcome
from custody.core.text import as_text
from custody.core.trust import TrustFile
from custody.core.verify import verify

EXIT = {Outcome.PASSED: 0, Outcome.FAILED: 1, Outcome.UNDETERMINED: 3}
USAGE, STORAGE = 2, 5
DESCRIPTION = "Examine custody bundles offline, and say what is proved, adverse, and not proved."
EXITS = (
    "Exit status: 0 all checks passed, 1 a check failed, 2 wrong usage, 3 a check could not be "
    "made, 5 a file could not be read."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the report of the bundles; the exit status is its verdict."""
    parser = argparse.ArgumentParser(
        "python -m custody.core", description=DESCRIPTION, epilog=EXITS
    )
    parser.add_argument("bundle", type=Path, nargs="+", help="bundles of one ledger")
    parser.add_argument(
        "--trust", type=Path, help="trust file: whose log, and whose countersignatures, you believe"
    )
    parser.add_argument(
        "--proof", type=Path, action="append", default=[], help="proof of recording"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    given = parser.parse_args(arguments)
    try:
        trust = TrustFile.read(_read(given.trust)) if given.trust else None
        report = verify(given.bundle, trust, [_read(path) for path in given.proof])
    except (UsageError, MalformedError) as error:
        return _complain(error, USAGE)
    except (StorageError, OSError) as error:
        return _complain(error, STORAGE)
    if isinstance(
        sys.stdout, io.TextIOWrapper
    ):  # a terminal that knows no Unicode must not stop it
        sys.stdout.reconfigure(errors="backslashreplace")
    print(json.dumps(report.document(), indent=1) if given.json else as_text(report))
    return EXIT[report.verdict]


def _read(path: Path) -> bytes:
    return path.read_bytes()


def _complain(error: CustodyError | OSError, status: int) -> int:
    print(f"python -m custody.core: {error}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
