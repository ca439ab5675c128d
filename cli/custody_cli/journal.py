"""`custody log`: all signed entries over all cases in the ledger's order, as auditors read them."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import click

from custody.chains import Told, chain, told_of
from custody.core.errors import UsageError
from custody.core.statement import Place
from custody.core.text import safe
from custody.ledger.journal import Wanted
from custody.ledger.local import LocalLedger
from custody.reports.telling import line
from custody.reports.wording import TITLES
from custody_cli import called, names, output, tabular
from custody_cli.consulting import Consulting, consulted_tags
from custody_cli.moments import moment
from custody_cli.persons import person_tag
from custody_cli.recording import NOT_STATED
from custody_cli.run import Run
from custody_schemas.answers import Journal, JournalEntry
from custody_schemas.declare import Act, Kind, Record

IN_JSON = 1000  # entries of a document, where --limit does not say otherwise
NUMBERED = re.compile(r"([^0-9]*)([0-9]*)")
HEADER = (
    *("first record", "last record", "recorded", "happened", "act", "what", "subjects"),
    *("signed by", "to", "why", "late", "never stated", "withheld", "entry"),
)


class Asked(NamedTuple):
    """What the options say; all that are given must hold. `act` is an act or a family of acts."""

    wanted: Wanted
    person: str | None
    act: str | None
    late: bool
    unstated: bool

    def holds(self, told: Told) -> bool:
        """What cannot be told from an index: who signed, which act it is, what it says."""
        made = told.statement
        return (
            (self.person is None or self.person in {s.actor for s in made.signers})
            and (self.act is None or f"{made.name}.".startswith(f"{self.act}."))
            and (not self.late or getattr(made.act, "late", None) is not None)
            and (not self.unstated or any(unstated(told)))
        )


@click.command("log", cls=Consulting)
@click.option("--person", metavar="PERSON", help="Signed by this person, in whatever capacity.")
@click.option("--case", metavar="REF", help="About this case or one of its items.")
@click.option("--item", metavar="ITEM", help="About this item.")
@click.option("--act", metavar="NAME", help="An act or a family: transfer.released, transfer.")
@click.option("--from", "since", metavar="TIME", help="Recorded then or later.")
@click.option("--to", "until", metavar="TIME", help="Recorded then or before.")
@click.option("--not-stated", "unstated", is_flag=True, help="Only where something is not stated.")
@click.option("--late", is_flag=True, help="Only what was recorded late.")
@click.option(
    "--csv",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write a new table in UTF-8 (RFC 4180).",
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="No more than N entries.")
@click.pass_obj
def log(run: Run, /, target: Path | None, limit: int | None, **said: str | bool | None) -> None:
    """All signed entries over all cases, in the order in which they were recorded.

    Times are the ledger's, in UTC. At the end stands how many entries there are of each act, and
    what was never stated. In a table that is written with --csv, a cell that begins with = + - @,
    a tab or a line break has an apostrophe before it, so that no spreadsheet runs it. --json
    answers with at most 1000 entries unless --limit says otherwise.
    """
    if limit is None and run.as_json and target is None:
        limit = IN_JSON
    wanted = asked(run, **said)
    about = wanted.wanted.tags
    consulted_tags(run, about or (), whole=about is None)
    rows = found(run.ledger, wanted)
    totals = Totals()
    chosen = totals.counted(rows if limit is None else islice(rows, limit))
    entries: tuple[JournalEntry, ...] = ()
    if target is not None:
        with tabular.written(target, HEADER) as table:
            for row in chosen:
                table.writerow(_cells(row))
    elif run.as_json:
        entries = tuple(chosen)
    else:
        for row in chosen:
            tell(run, row)
    more = limit is not None and next(rows, None) is not None
    totals.tell(run, more, target)
    run.answer(totals.answer(entries, more, target))


def asked(run: Run, /, **said: str | bool | None) -> Asked:
    """What the options mean. Raises UsageError, NotFoundError, AmbiguousError."""
    ledger, now = run.ledger, run.now()
    since, until, act, person = (_text(said[k]) for k in ("since", "until", "act", "person"))
    if act is not None:
        _check_act(act)
    actor = person_tag(run, person) if person is not None else None
    saying = [actor.encode()] if actor is not None else []
    if act is not None:
        saying.append(f'"act":"{act}{"" if act in Act.ALL else "."}'.encode())
    wanted = Wanted(
        moment(since, now).at if since is not None else None,
        moment(until, now, end=True).at if until is not None else None,
        tags_of(ledger, _text(said["case"]), _text(said["item"])),
        saying,
    )
    low, high = wanted.since, wanted.until
    if low is not None and high is not None and high < low:
        raise UsageError(f"--from {since} is after --to {until}: nothing lies between")
    return Asked(wanted, actor, act, bool(said["late"]), bool(said["unstated"]))


def _text(value: str | bool | None) -> str | None:
    return value if isinstance(value, str) else None


def _check_act(act: str) -> None:
    families = sorted({name.partition(".")[0] for name in Act.ALL})
    if act not in Act.ALL and act not in families:
        inside = sorted(name for name in Act.ALL if name.startswith(f"{act.partition('.')[0]}."))
        raise UsageError(f"--act {act!r} is none of {', '.join(inside or families)}")


def tags_of(ledger: LocalLedger, case: str | None, item: str | None) -> Sequence[str] | None:
    """Tags of what the entries must be about; None: of anything."""
    one = names.find_item(ledger, item) if item is not None else None
    if case is None:
        return None if one is None else [one.tag]
    found = names.find_case(ledger, case)
    if one is not None:
        if one.state.case != found.tag:
            raise UsageError(f"{one.name} is no item of the case {found.reference}")
        return [one.tag]
    register = found.state.register
    items = (p.tag for t in chain(ledger, register) for p in t.statement.places(Kind.ITEM))
    return [found.tag, register, *items]


def found(ledger: LocalLedger, asked: Asked) -> Iterator[JournalEntry]:
    """The entries, one after the other; none is kept."""
    person = called.people(ledger)
    naming = called.subjects(ledger, person)
    for recorded in ledger.entries(asked.wanted):
        told = told_of(recorded)
        if asked.holds(told):
            yield entry(told, person, naming)


def entry(
    told: Told, person: Callable[[str], str], naming: Mapping[Kind, Callable[[str], str]]
) -> JournalEntry:
    """One entry as it is answered."""
    made = told.statement
    said = line(0, told.entry, told, person, {}, {})
    place = [each.tag for each in made.about].index(told.entry.tag)
    first = told.entry.n - place
    about = [each for each in made.about if each.kind is not Kind.REGISTER]
    return JournalEntry(
        records=(first, first + len(made.about) - 1),
        at=said.recorded,
        happened=said.happened,
        act=made.name,
        title=said.title if said.title != made.name else spoken(made.name),
        entry=made.id,
        subjects=tuple(_subjects(about, naming)),
        signed_by=said.who,
        target=said.target if said.target not in said.who else "",
        why=said.why,
        late=said.late.removeprefix("late: "),
        not_stated=tuple(unstated(told)),
        withheld=said.withheld,
    )


def _subjects(about: Sequence[Place], naming: Mapping[Kind, Callable[[str], str]]) -> list[str]:
    """What the entry is about: kinds as they come, within one by name, K-7/9 before K-7/10.

    The entry itself has them by tag, which tells people nothing.
    """
    kinds = [each.kind for each in about]
    called = [
        naming[each.kind](each.tag) if each.kind in naming else f"the {each.kind}" for each in about
    ]

    def order(pair: tuple[Kind, str]) -> tuple[int, list[tuple[str, int]]]:
        kind, name = pair
        return kinds.index(kind), [(text, int(n or 0)) for text, n in NUMBERED.findall(name)]

    return [name for _, name in sorted(zip(kinds, called, strict=True), key=order)]


def unstated(told: Told) -> Iterator[str]:
    """Members of which the entry says that they are not stated; of items, also an empty place."""
    yield from _silent(told.statement.act)
    if told.opened.get("place") == "" and told.statement.places(Kind.ITEM):
        yield "place"


def _silent(value: Record) -> Iterator[str]:
    for name, member in vars(value).items():
        if isinstance(member, Record):
            yield from _silent(member)
        elif member == NOT_STATED or (isinstance(member, tuple) and NOT_STATED in member):
            yield name.replace("_", " ")


def spoken(act: str) -> str:
    """The name of an act as words."""
    return act.replace(".", " ").replace("_", " ")


class Totals:
    """What the entries count up to, while they pass by."""

    def __init__(self) -> None:
        self.acts: Counter[str] = Counter()
        self.unstated: Counter[str] = Counter()

    def counted(self, rows: Iterator[JournalEntry]) -> Iterator[JournalEntry]:
        """The same entries, each counted."""
        for row in rows:
            self.acts[row.act] += 1
            self.unstated.update(row.not_stated)
            yield row

    def answer(self, entries: tuple[JournalEntry, ...], more: bool, target: Path | None) -> Journal:
        """The answer."""
        return Journal(
            entries=entries,
            more=more,
            count=self.acts.total(),
            acts=dict(self.acts.most_common()),
            not_stated=dict(self.unstated.most_common()),
            csv=str(target) if target is not None else None,
        )

    def tell(self, run: Run, more: bool, target: Path | None) -> None:
        """The last lines, for people."""
        count = self.acts.total()
        if not count:
            run.say("no entry is like that")
            return
        entries = f"{count} entr{'y' if count == 1 else 'ies'}"
        run.say()
        run.say(f"{entries} written to {safe(str(target))}" if target is not None else entries)
        for act, many in self.acts.most_common():
            run.say(f"{many:>8}  {TITLES.get(act, spoken(act))}")
        silent = ", ".join(f"{name} ({many})" for name, many in self.unstated.most_common())
        run.say(f"never stated: {silent or 'nothing was left unstated'}")
        if more:
            run.say("there are more entries than that: raise --limit, or narrow --from and --to")


def tell(run: Run, row: JournalEntry) -> None:
    """One entry, for people."""
    first, last = row.records
    number = f"#{first}" if first == last else f"#{first}–{last}"
    run.say(safe(f"{number}  {row.at}  {row.title}: {', '.join(row.subjects)}"))
    rows = [
        ("by", "; ".join(row.signed_by)),
        ("to", row.target),
        ("why", row.why),
        ("happened", row.happened),
        ("late", row.late),
        ("never stated", ", ".join(row.not_stated)),
        ("withheld", ", ".join(row.withheld)),
    ]
    output.pairs(rows, "    ")


def _cells(row: JournalEntry) -> list[str]:
    first, last = map(str, row.records)
    several = (
        *(row.subjects, row.signed_by, (row.target,), (row.why,), (row.late,)),
        *(row.not_stated, row.withheld),
    )
    joined = ["; ".join(each) for each in several]
    return [first, last, row.at, row.happened, row.act, row.title, *joined, row.entry]
