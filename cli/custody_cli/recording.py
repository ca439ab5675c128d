"""Makes command-line options of declared acts: types, choices, required marks, helps."""

import typing
from collections.abc import Callable, Container, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

import click

from custody.core.errors import MalformedError, UsageError
from custody.core.reading import open_act
from custody.drafting import Request, composed, happened
from custody_cli.files import FILE, NEW
from custody_cli.params import ENDS, IS_TIME, Choices, Reason, When, Why, Words
from custody_cli.table import Command, Option, SigningOption
from custody_schemas import acts
from custody_schemas.declare import Act, Field, Record, Refers, Within, field_of, words
from custody_schemas.terms import Answer, LateReason, Override

NOT_STATED = "not_stated"
SECTIONS = {
    "item.registered": "The item",
    "item.seized": "The seizure",
    "item.acquired": "The acquisition",
    "item.derived": "The derivation",
    "item.received": "How it came in",
    "seal.applied": "The seal",
}
OVERRIDE_WORDS = "override_reason"  # what goes with a member of type Override


class Signing(NamedTuple):
    """What is said of every act, and how it is to be signed."""

    at: str | None
    ended: str | None
    late: Reason | None
    note: str | None
    place: str | None
    on_behalf_of: str | None
    attach: tuple[Path, ...]
    cosigners: tuple[str, ...]
    passphrase_file: Path | None
    dry_run: bool
    yes: bool
    confirm_clock: bool


# Options of everything that signs, in the order of the members of `Signing`.
SIGNING_OPTIONS: tuple[click.Parameter, ...] = (
    SigningOption(["--at"], metavar="TIME", help="When it happened, if not just now."),
    SigningOption(["--ended"], metavar="TIME", help="When it ended, if it took a while."),
    SigningOption(
        ["--late-reason", "late"],
        type=Why(LateReason),
        metavar="WHY",
        help=f"Why it is recorded late: {', '.join(LateReason)}; or in words.",
    ),
    SigningOption(["--note"], type=Words(), metavar="TEXT", help="A remark."),
    SigningOption(["--place"], type=Words(), metavar="TEXT", help="Where it happened."),
    SigningOption(
        ["--on-behalf-of"], type=Words(), metavar="TEXT", help="For whom the signer acts."
    ),
    SigningOption(
        ["--attach"],
        type=FILE,
        multiple=True,
        metavar="FILE",
        help="A photograph or document that belongs to the entry. Repeatable.",
    ),
    SigningOption(
        ["--with", "cosigners"],
        multiple=True,
        metavar="PERSON",
        help="An identity that co-signs; PERSON:approver or PERSON:witness says as what.",
    ),
    SigningOption(
        ["--passphrase-file"],
        type=NEW,
        metavar="FILE",
        help="The passphrase is the first line of this file.",
    ),
    SigningOption(["--dry-run"], is_flag=True, help="Say what would be signed; sign nothing."),
    SigningOption(["--yes", "-y"], is_flag=True, help="Do not ask."),
    SigningOption(
        ["--confirm-clock"],
        is_flag=True,
        help="The clock is right, though the last record is more than seven days old.",
    ),
)

OF_SIGNING = {str(option.name): option for option in SIGNING_OPTIONS}


def options(act: type[Act], leave: Container[str], need: Container[str]) -> list[Option]:
    """An option for each member of the act that people state, in the order of its declaration.

    leave: members that the command fills in itself.
    need: members that must be given although they could be left unsaid.
    """
    helps = words(act)[1]
    own = [
        field
        for field in act.FIELDS.values()
        if field.name not in {*acts.Common.FIELDS, OVERRIDE_WORDS}
        and field.name not in leave
        and _typed(field)
    ]
    made = [_option(field, helps.get(field.name, ""), field.name in need) for field in own]
    return sorted(made, key=lambda option: not option.required)


def _typed(field: Field) -> bool:
    """Whether people can type it: records and objects are made by commands."""
    bare = typing.get_origin(field.type) or field.type
    return not (isinstance(bare, type) and issubclass(bare, (Record, dict)))


def _option(field: Field, help_: str, need: bool) -> Option:
    several = typing.get_origin(field.type) is tuple
    inner = field_of(field.name, typing.get_args(field.type)[0]) if several else field
    marks = (*field.marks, *inner.marks)
    name = f"--{field.name.replace('_', '-')}"
    text = f"{help_[:1].upper()}{help_[1:]}."
    if isinstance(inner.type, type) and issubclass(inner.type, StrEnum):
        return _choice(name, field, inner.type, several, text, need)
    required = need or not (field.optional or field.personal)
    if inner.type is bool:
        return Option([f"{name}/--no-{name[2:]}"], required=required, help=text)
    kind, metavar = _kind(field, inner.type, marks)
    many = " Repeatable." if several else ""
    return Option(
        [name],
        type=kind,
        multiple=several,
        required=required,
        metavar=metavar,
        help=text + many,
    )


def _choice(
    name: str, field: Field, kind: type[StrEnum], several: bool, text: str, need: bool
) -> Option:
    """A closed list. Nothing is assumed: what is not said is recorded as not stated."""
    if kind is Override:
        why = f"{text} A reason of {', '.join(kind)}; or in words."
        return Option([name], type=Why(kind), metavar="WHY", help=why)
    unsaid = NOT_STATED in tuple(kind) and not field.optional
    values = ", ".join(value for value in kind if value != NOT_STATED)
    default: dict[str, Any] = {"default": NOT_STATED} if unsaid and not need else {}
    commas = " (several with commas)" if several else ""
    return Option(
        [name],
        type=Choices(kind, several),
        required=need or not (unsaid or field.optional),
        **default,
        metavar="ANSWER" if kind is Answer else field.name.rpartition("_")[2].upper(),
        help=f"{text[:-1]}{commas}: {values}.",
    )


def _kind(field: Field, kind: Any, marks: Sequence[object]) -> tuple[click.ParamType[Any], str]:
    if kind is int:
        bounds = next(mark for mark in marks if isinstance(mark, Within))
        return click.IntRange(bounds.low, bounds.high), "NUMBER"
    if all(mark in marks for mark in IS_TIME):
        return When(field.name in ENDS), "TIME"
    refers = next((mark for mark in marks if isinstance(mark, Refers)), None)
    if refers is not None:
        return click.STRING, {"actor": "PERSON", "case": "CASE"}[refers.kind]
    if field.name in ("authority", "consent", "follows", "order"):
        return click.STRING, "AUTHORITY"
    return Words(marks), "TEXT"


def given(act: type[Act], params: Mapping[str, Any]) -> dict[str, Any]:
    """Of what was typed, the members that this act itself declares and that say something."""
    own = act.FIELDS.keys() - acts.Common.FIELDS.keys()
    members = {k: v for k, v in params.items() if k in own and v not in (None, ())}
    for name, value in list(members.items()):
        if isinstance(value, Reason):
            members[name] = value.kind
            members[OVERRIDE_WORDS] = value.words
    return members


def check_typed(requests: Sequence[Request]) -> None:
    """What no option's own type has refused, before anything is asked or signed.

    Raises:
        UsageError: which option, and what is wrong with it.
    """
    for request in requests:
        given = {name: composed(value) for name, value in request.given.items()}
        try:
            open_act(request.act, {"occurred": happened(0, 0), **given})
        except MalformedError as error:
            where, _, what = str(error).removeprefix(f"{request.act}.").partition(": ")
            option = f"--{where.partition('[')[0].replace('_', '-')}"
            raise UsageError(
                f"{option}: {what}; put longer text into a file and --attach it"
            ) from None


def acting(
    *declared: type[Act],
    name: str = "",
    leave: Container[str] = (),
    need: Container[str] = (),
    help: str = "",
) -> Callable[[Callable[..., None]], click.Command]:
    """Make a command of a function that records acts.

    The function is called as `function(errand, **others)`: the errand holds what the options say
    of the acts, `others` are the parameters that stand above the function as click decorators.
    """

    def decorate(function: Callable[..., None]) -> click.Command:
        from custody_cli.errand import Errand

        own: list[click.Parameter] = list(reversed(getattr(function, "__click_params__", [])))
        said = _said(declared, {param.name for param in own}, leave, need)

        @click.pass_obj
        def callback(run: Any, /, **params: Any) -> None:
            from custody_cli import bench

            run.leap_confirmed = params["confirm_clock"]  # before anything opens the ledger
            bench.fill(run, declared, {**said, **OF_SIGNING}, params)
            signing = Signing(**{member: params.pop(member) for member in Signing._fields})
            told = {member: params.pop(member) for member in said}
            function(Errand(run, signing, told), **params)

        return Command(
            name or function.__name__.replace("_", "-"),
            callback=callback,
            params=[*sorted([*own, *said.values()], key=_place), *SIGNING_OPTIONS],
            help=help or function.__doc__,
            no_args_is_help=any(p.required for p in own if isinstance(p, click.Argument)),
        )

    return decorate


def _place(param: click.Parameter) -> tuple[bool, int, bool]:
    """Arguments first; options by section, what is required before the rest."""
    order = [Option.section, *SECTIONS.values()]
    section = param.section if isinstance(param, Option) else Option.section
    return isinstance(param, click.Option), order.index(section), not param.required


def _said(
    declared: Sequence[type[Act]],
    taken: Container[str | None],
    leave: Container[str],
    need: Container[str],
) -> dict[str, Option]:
    """The options of the acts by name, each once; those of several acts under headings."""
    said: dict[str, Option] = {}
    for act in declared:
        for option in options(act, leave, need):
            if option.name in taken or option.name in said:
                continue
            if len(declared) > 1 and not option.required:
                option.section = SECTIONS[act.NAME]
            said[str(option.name)] = option
    return said


def passphrase_option(
    *names: str, which: str = "passphrase"
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """--passphrase-file, for commands that open a key without recording an act."""
    return click.option(
        *(names or ("--passphrase-file",)),
        type=NEW,
        metavar="FILE",
        help=f"The {which} is the first line of this file.",
    )
