"""The `custody` script: says which extra is missing where the command line is not installed."""

import gc
import io
import sys

PAUSE = 20_000  # objects made between two searches for garbage; loading makes many, and none is
NEEDS = "the command line needs more packages: pip install 'custody[cli]'"


def main() -> None:
    """Run the command line; exit status as design §4 lists it."""
    gc.set_threshold(PAUSE)
    try:
        from custody_cli.main import cli
    except ModuleNotFoundError as error:
        if error.name != "click":
            raise
        sys.stderr.write(f"custody: {NEEDS}\n")
        raise SystemExit(5) from None
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that knows no Unicode stops nothing
            stream.reconfigure(errors="backslashreplace")
    cli.main(prog_name="custody")


if __name__ == "__main__":
    main()
