"""Commands that are looked up in a table and imported when they run."""

import importlib
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

import click

SIGNING = "Signing"
GONE = 5


class Leaf(NamedTuple):
    """A command: "module:name" in this package, and its help in one line."""

    target: str
    help: str


class Family(NamedTuple):
    """Commands that share their first word."""

    help: str
    members: Mapping[str, Leaf]


Entry = Leaf | Family


class Command(click.Command):
    """A command that takes the global flags at its end too, and shows what signs apart."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The command's own parameters, and the global ones, which its help leaves out."""
        return [*super().get_params(ctx), *_globals()]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse an option that is given twice and takes one value: none is dropped in silence."""
        _, _, given = self.make_parser(ctx).parse_args(args=list(args))
        for param in dict.fromkeys(given):
            if isinstance(param, click.Option) and _single(param) and given.count(param) > 1:
                several = getattr(param.type, "several", False)
                how = "once, several values with commas between" if several else "once"
                raise click.BadParameter("was given twice: give it " + how, ctx, param)
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Options in sections: the command's own, what is recorded, how it is signed, help."""
        sections: dict[str, list[tuple[str, str]]] = {Option.section: []}
        for param in self.get_params(ctx):
            if isinstance(param, click.Option) and (found := param.get_help_record(ctx)):
                title = param.section if isinstance(param, Option) else Option.section
                sections.setdefault(title, []).append(found)
        for title, rows in sections.items():
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


class Option(click.Option):
    """An option that stands under a heading of its own in the help."""

    section = "Options"


class SigningOption(Option):
    """An option of everything that signs."""

    section = SIGNING


def _single(option: click.Option) -> bool:
    return not (option.multiple or option.count or option.is_flag)


def _globals() -> list[click.Parameter]:
    def flag(ctx: click.Context, param: click.Parameter, value: Any) -> None:
        if value:
            setattr(ctx.obj, str(param.name), value)

    def option(name: str, member: str, **more: Any) -> click.Option:
        return click.Option(
            [name, member], hidden=True, expose_value=False, is_eager=True, callback=flag, **more
        )

    return [
        option("--json", "as_json", is_flag=True),
        option("--as", "identity"),
        option("--home", "home"),
    ]


class Table(click.Group):
    """A group whose commands stand in a table."""

    def __init__(self, *args: Any, members: Mapping[str, Entry], **more: Any) -> None:
        super().__init__(*args, **more)
        self.members = members

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the table."""
        return list(self.members)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        entry = self.members.get(cmd_name)
        if entry is None:
            return None
        if isinstance(entry, Family):
            words = f"{entry.help[:1].upper()}{entry.help[1:]}."
            return Table(cmd_name, members=entry.members, help=words)
        module, _, name = entry.target.partition(":")
        command = getattr(importlib.import_module(f"custody_cli.{module}"), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Names and helps of the table; no module is imported for them."""
        write(formatter, "Commands", self.members)


class Root(Table):
    """`custody` itself: commands in sections, aliases, and the one place that meets errors."""

    def __init__(
        self,
        *args: Any,
        sections: Mapping[str, Mapping[str, Entry]],
        aliases: Mapping[str, str],
        **more: Any,
    ) -> None:
        members = {name: entry for part in sections.values() for name, entry in part.items()}
        super().__init__(*args, members=members, **more)
        self.sections, self.aliases = sections, aliases

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, also by its other name."""
        return super().get_command(ctx, self.aliases.get(cmd_name, cmd_name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One section after the other."""
        for title, members in self.sections.items():
            write(formatter, title, members)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; who stops it is told what became of it."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort) as stop:
            if ctx.obj is not None:
                stop.add_note(ctx.obj.fate)
            raise

    def main(self, args: Sequence[str] | None = None, *more: Any, **extra: Any) -> NoReturn:
        """Run, print what went wrong if something did, and exit with the status it deserves."""
        arguments = list(sys.argv[1:] if args is None else args)
        try:
            extra["standalone_mode"] = False  # errors come here, and not to click's own printer
            status: Any = super().main(arguments, *more, **extra)
        except SystemExit:  # click found that whoever read our output has gone
            status = GONE
        except Exception as error:  # noqa: BLE001 - `refused` raises again what it cannot name
            from custody_cli.exits import refused

            status = refused(error, as_json="--json" in arguments)
        sys.exit(status if isinstance(status, int) else 0)


def write(formatter: click.HelpFormatter, title: str, members: Mapping[str, Entry]) -> None:
    """A section of a list of commands."""
    with formatter.section(title):
        formatter.write_dl([(name, entry.help) for name, entry in members.items()])
