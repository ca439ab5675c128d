"""The bench: defaults of options, which last one unlock and are told with every act they fill.

They are kept in the memory of the unlock agent and never on a disk. They say where somebody works
and with what; verdicts, conditions, numbers and digests are never filled in.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from click.core import ParameterSource

from custody.core.errors import AmbiguousError, NotFoundError, SignatureError, UsageError
from custody.core.text import safe
from custody_cli import output
from custody_cli.params import ON_BENCH, Choices
from custody_cli.recording import SIGNING_OPTIONS, options
from custody_cli.run import Run
from custody_cli.table import Command, Option
from custody_schemas import acts
from custody_schemas.answers import BenchAnswer
from custody_schemas.declare import Act, Kind

if TYPE_CHECKING:
    from custody.identity.agent import Running

CASE = "case"  # what the slate calls the case, beside the members
WHY = "because"
# Put elsewhere, hashed by our own software, made by whoever hands it over: the bench knows nothing
# of that.
NOT_OF = {
    acts.StorageMoved: {"location"},
    acts.IntegrityChecked: {"tool"},
    acts.ItemReceived: {"tool"},
}
EMPTY = "nothing is on the bench: `custody bench set --place … --tool …`"
LOCKED = "no key is open, so there is no bench: unlock first: custody unlock"


def _settable() -> Iterator[Option]:
    """The options that may stand on a bench, as the acts declare them."""
    for param in SIGNING_OPTIONS:
        if param.name in ON_BENCH:
            yield Option([param.opts[0]], type=param.type, metavar="TEXT", help=param.help)
    for act in (acts.TransferAccepted, acts.ItemAcquired):
        leave = {name for name in act.FIELDS if name not in ON_BENCH}
        if act is acts.ItemAcquired:
            leave.add("location")  # there it is where content was left, in words
        yield from options(act, leave, ())


SETTABLE = {str(option.name): option for option in _settable()}
SETTABLE[WHY] = Option(["--because", WHY], metavar="TEXT", help="Why you look; it is logged.")
for _option in SETTABLE.values():
    _option.default = None  # what is not typed stays as it is on the bench


class Bench(NamedTuple):
    """What is on a bench: values by member, as they were typed, and the case they are for."""

    values: Mapping[str, str]
    case: str | None
    seconds_left: int


def read(run: Run) -> Bench | None:
    """The bench of who acts; None where no key is open."""
    from custody.identity import agent

    return _of(agent.running(run.who, run.environ))


def _of(running: "Running | None") -> Bench | None:
    if running is None:
        return None
    said = {k: v for k, v in running.slate.items() if isinstance(v, str)}
    values = {name: said[name] for name in SETTABLE if said.get(name)}
    return Bench(values, said.get(CASE), running.seconds_left)


def _set() -> click.Command:
    """`bench set`, with an option for everything that may stand there."""

    @click.pass_obj
    def callback(run: Run, /, case: str | None, **typed: Any) -> None:
        from custody.identity import agent
        from custody_cli.names import find_case

        said = {name: value for name, value in typed.items() if value is not None}
        if not said and case is None:
            raise UsageError("say what is on the bench: --place, --tool …; see --help")
        before = read(run)
        if before is None:
            raise UsageError(
                "a bench lasts as long as your key is open; unlock first: custody unlock"
            )
        reference = before.case or ""
        if case is not None:
            reference = find_case(run.ledger, case).reference if case else ""
        values = {**before.values, **{name: str(value) for name, value in said.items()}}
        slate = {k: v for k, v in {**values, CASE: reference}.items() if v}
        agent.write(run.who, slate, run.environ)
        _show(run)

    scope = Option(["--case"], metavar="REF", help='For acts in this case only; "" for all.')
    return Command(
        "set",
        callback=callback,
        params=[*SETTABLE.values(), scope],
        no_args_is_help=True,
        help="""Put defaults on your bench: they fill in options that you do not type.

        They last until `custody lock`, or until the time of `custody unlock` is up, and every act
        that uses one says so. What you type for an act wins; an option typed as "" means: not
        this time. Set to "", a default is taken off the bench. Verdicts, conditions, seal numbers
        and digests are never filled in.
        """,
    )


set_ = _set()


@click.command(cls=Command)
@click.pass_obj
def show(run: Run) -> None:
    """What is on your bench, and for how long."""
    _show(run)


@click.command(cls=Command)
@click.pass_obj
def clear(run: Run) -> None:
    """Take everything off your bench; your key stays open."""
    from custody.identity import agent

    if read(run) is not None:
        agent.write(run.who, {}, run.environ)
    _show(run)


def _show(run: Run) -> None:
    bench = read(run)
    if bench is None:
        run.say(LOCKED)
    elif not bench.values:
        run.say(EMPTY)
    if bench is not None and bench.values:
        scope = f", for acts in {safe(bench.case)} only" if bench.case else ""
        run.say(f"on the bench for {-(-bench.seconds_left // 60)} more minutes{scope}:")
        if not run.as_json:
            output.pairs([(spoken(name), value) for name, value in bench.values.items()], "  ")
    run.answer(
        BenchAnswer(
            unlocked=bench is not None,
            seconds_left=bench.seconds_left if bench else 0,
            case=bench.case if bench else None,
            defaults=dict(bench.values) if bench else {},
        )
    )


def spoken(name: str) -> str:
    """A member as people say it."""
    return name.replace("_", " ")


def fill(
    run: Run, declared: Sequence[type[Act]], asked: Mapping[str, click.Parameter], params: Any
) -> None:
    """Fill in what was not typed, and say so; nothing where no key is open.

    asked: the options of the acts, by name. params: what was typed, changed in place.
    """
    ctx = click.get_current_context()
    untyped = [
        name
        for name, option in SETTABLE.items()
        if name in asked
        and ctx.get_parameter_source(name) is ParameterSource.DEFAULT
        and _alike(asked[name].type, option.type)
        and not any(name in NOT_OF.get(act, ()) for act in declared)
    ]
    bench = _readable(run) if untyped else None
    found = {name: bench.values[name] for name in untyped if name in bench.values} if bench else {}
    if bench is None or not found or (bench.case and not _is_in(run, bench.case, params)):
        return
    for name, value in found.items():
        params[name] = asked[name].type_cast_value(ctx, value)
    told = ", ".join(f"{spoken(name)} {value}" for name, value in found.items())
    run.aside(safe(f"from the bench: {told}"))


def because(run: Run, params: Mapping[str, Any]) -> str:
    """Why who acts looks at what the arguments name, as her bench says; empty where it does not."""
    bench = _readable(run)
    if bench is None or WHY not in bench.values:
        return ""
    if bench.case and not _is_in(run, bench.case, params):
        return ""
    return bench.values[WHY]


def _readable(run: Run) -> Bench | None:
    """Where an agent cannot be asked there is no bench; an act that needs it will say why."""
    try:
        return read(run)
    except (SignatureError, UsageError, NotFoundError, AmbiguousError):
        return None


def _alike(one: click.ParamType[Any], other: click.ParamType[Any]) -> bool:
    """Whether both options mean the same: a place of a closed list is no place in words."""
    if isinstance(one, Choices) and isinstance(other, Choices):
        return one.kind is other.kind
    return type(one) is type(other)


def _is_in(run: Run, reference: str, params: Mapping[str, Any]) -> bool:
    """Whether everything that the arguments name is of that case, or is that case."""
    from custody_cli import names

    wanted = names.find_case(run.ledger, reference).tag
    found: set[str] = set()
    for argument in ("case", "item", "items", "subject", "subjects"):
        said = params.get(argument) or ()
        for words in (said,) if isinstance(said, str) else said:
            try:
                found.add(names.find_item(run.ledger, words).state.case)
            except NotFoundError:
                found.update(each.tag for each in run.ledger.find(Kind.CASE, words))
    return found == {wanted}
