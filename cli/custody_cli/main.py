"""`custody`: the command itself, and what is said before every other one."""

from typing import Any

import click

from custody_cli.commands import ALIASES, SECTIONS
from custody_cli.table import Root


@click.group(
    cls=Root,
    sections=SECTIONS,
    aliases=ALIASES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--home", metavar="DIR", help="The ledger's folder (else CUSTODY_HOME).")
@click.option("--server", metavar="URL", help="A ledger behind a server (not yet possible).")
@click.option("--as", "identity", metavar="NAME", help="The identity that signs.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.version_option(package_name="custody", message="custody %(version)s")
@click.pass_context
def cli(ctx: click.Context, /, **options: Any) -> None:
    """Chain of custody of electronic evidence: signed entries that anyone can check.

    ITEM is CASE/NUMBER, CASE:EXHIBIT, a seal or bag number, an exhibit reference if only one
    item has it, or what a scanner reads off its label; where several may be named, - takes a list
    of scans. Times are local unless they say otherwise: "2026-11-22 10:30", "10:30" (today),
    2026-11-22T10:30:00Z.

    \b
    Exit status: 0 done, or all checks passed  1 a check failed  2 wrong usage
                 3 a check could not be made   4 a rule refused the act
                 5 input, output or server failure; nothing was recorded
    """
    from custody_cli.run import Run

    ctx.obj = Run(**options)
