"""Files that commands read or make, and the option that names a new one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from custody import durable
from custody.core.errors import UsageError
from custody_cli.run import Run

F = TypeVar("F", bound=Callable[..., Any])
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW = click.Path(dir_okay=False, path_type=Path)


def written(help_: str, *, required: bool = False) -> Callable[[F], F]:
    """-o FILE, the parameter `target`: a file that the command makes."""
    return click.option(
        "-o", "--output", "target", type=NEW, required=required, metavar="FILE", help=help_
    )


OUTPUT = written("Write it to a new file.")
PAPER = written("Write it to a new file, .html or .txt; else it is shown as text.")


def keep(run: Run, data: bytes, target: Path | None, what: str) -> None:
    """Print a file, or write it. Raises UsageError: it exists."""
    if target is None:
        run.say(data.decode().rstrip("\n"))
        return
    if target.exists():
        raise UsageError(f"{target} exists: name another file")
    durable.write(target, data, mode=0o644)
    run.say(f"{what}: {target}")
