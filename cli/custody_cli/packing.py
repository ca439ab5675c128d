"""Jurisdiction packs: loaded by two people, listed, read."""

from pathlib import Path
from typing import Any

import click

from custody import packs
from custody.core import tags, times
from custody.core.errors import NotFoundError, UsageError
from custody.core.kept import LoadedPack
from custody.core.retention import spoken_period
from custody.core.state import LedgerFacts
from custody.core.text import safe
from custody.drafting import Request, Subject
from custody.ledger import Ledger
from custody_cli import output
from custody_cli.errand import Errand
from custody_cli.items import spoken
from custody_cli.recording import acting
from custody_cli.run import Run
from custody_cli.table import Command
from custody_schemas import acts
from custody_schemas.acts import Pack
from custody_schemas.answers import PackAnswer, PackListed, Packs, PackTaken, RuleAnswer
from custody_schemas.declare import Capacity, Kind

COLUMNS = ("pack", "version", "title", "in force since", "until", "rules")


@acting(acts.PackLoaded, name="load", leave={"pack", "source"})
@click.argument("file", metavar="FILE|EXAMPLE")
def load(errand: Errand, file: str) -> None:
    """Put a jurisdiction pack in force: FILE, a TOML file, or the name of an example.

    Two who oversee everywhere sign. A later version takes effect when the cooling-off period of the
    one before it is over; which items' dates it moves is shown first, and nothing is destroyed.
    """
    errand.capacity = Capacity.APPROVER
    found = packs.read(pack_path(file))
    ledger = errand.run.ledger
    before = in_force(ledger, found.pack.name, int(errand.run.now()))
    _tell(errand.run, found.pack)
    from custody_cli.foreseeing import tell_moves  # it reads every item of the cases concerned

    coming = tell_moves(errand.run, found.pack, before)
    given = errand.given(acts.PackLoaded, pack=found.pack, source=found.sha256)
    subject = Subject(Kind.LEDGER, tags.ledger_tag(ledger.origin))
    request = Request(acts.PackLoaded.NAME, (subject,), given)
    summary = f"pack {found.pack.name}, version {found.pack.version}: {coming.words}"
    done = errand.record([request], summary)
    errand.tell(summary, done)
    errand.run.answer(
        PackTaken(
            **errand.answer(done, ()),
            pack=found.pack.name,
            version=found.pack.version,
            since=times.spelt(coming.since),
            moves=coming.answers(),
        )
    )


@click.command("list", cls=Command)
@click.pass_obj
def list_packs(run: Run) -> None:
    """Packs in force, or about to be, and the examples that come with the program."""
    loaded = facts(run.ledger).packs
    listed = tuple(_listed(each) for each in loaded)
    if not run.as_json:
        rows = [
            (p.pack, str(p.version), p.title, p.since, p.until or "", str(p.rules)) for p in listed
        ]
        output.table(COLUMNS, rows, "no pack is loaded: `custody pack load` puts one in force")
        run.say(safe(f"examples, to be confirmed locally: {', '.join(packs.examples())}"))
    run.answer(Packs(packs=listed, examples=tuple(packs.examples())))


@click.command(cls=Command)
@click.argument("pack", metavar="PACK|FILE|EXAMPLE")
@click.pass_obj
def show(run: Run, pack: str) -> None:
    """What a pack says: its retention rules and where they come from, line by line."""
    found = in_force(run.ledger, pack, int(run.now()))
    read = found.pack if found else packs.read(pack_path(pack)).pack
    if not run.as_json:
        _tell(run, read)
        rows = [
            (r.code, ", ".join(map(spoken, r.lines)), r.conditions, r.runs, r.source)
            for r in _rules(read)
        ]
        output.table(("rule", "of", "where", "keeps", "source"), rows, "it has no retention rule")
    run.answer(PackAnswer(**_head(read), rules=_rules(read)))


def pack_path(words: str) -> Path:
    """The file that is meant: a path, or the name of an example. Raises NotFoundError."""
    path, examples = Path(words), packs.examples()
    if path.exists():
        return path
    if words not in examples:
        raise NotFoundError(
            f"there is no file {words!r}, and no pack or example is called so: `custody pack list` "
            "shows those that are"
        )
    return examples[words]


def facts(ledger: Ledger) -> LedgerFacts:
    """What the ledger says of itself."""
    state = ledger.subject(tags.ledger_tag(ledger.origin))
    assert isinstance(state, LedgerFacts)  # it was opened by its first entry
    return state


def in_force(ledger: Ledger, name: str, at: int) -> LoadedPack | None:
    """The version of a pack that is in force at that moment (Unix seconds)."""
    named = [each for each in facts(ledger).packs if each.pack.name == name and each.since <= at]
    return max(named, key=lambda each: each.pack.version, default=None)


def known(ledger: Ledger, name: str, at: int) -> LoadedPack:
    """As `in_force`. Raises NotFoundError."""
    found = in_force(ledger, name, at)
    if found is None:
        raise NotFoundError(
            f"no pack {name!r} is in force: `custody pack list` shows those that are"
        )
    return found


def _listed(loaded: LoadedPack) -> PackListed:
    return PackListed(
        **_head(loaded.pack),
        since=times.spelt(loaded.since),
        until=times.spelt(loaded.until) if loaded.until is not None else None,
        rules=len(loaded.pack.retention),
    )


def _head(pack: Pack) -> dict[str, Any]:
    return {
        "pack": pack.name,
        "version": pack.version,
        "title": pack.title,
        "example": pack.example,
        "cooling_off_days": pack.cooling_off_days,
    }


def _tell(run: Run, pack: Pack) -> None:
    run.say(safe(f"{pack.name}, version {pack.version}: {pack.title}"))
    if pack.example:
        run.say("  an example: somebody must confirm every line for this jurisdiction")


def _rules(pack: Pack) -> tuple[RuleAnswer, ...]:
    return tuple(
        RuleAnswer(
            code=rule.code,
            text=rule.text,
            source=rule.source,
            lines=rule.lines,
            conditions="; ".join(
                f"{what} {', '.join(map(spoken, values))}"
                for what, values in (
                    ("type", rule.types),
                    ("severity", rule.severities),
                    ("offence", rule.categories),
                    ("status", rule.statuses),
                )
                if values
            ),
            runs=f"{spoken_period(rule.keep)} from {spoken(rule.trigger)}"
            if rule.keep
            else f"for good, from {spoken(rule.trigger)}",
            mode=rule.mode,
        )
        for rule in pack.retention
    )


def said_rule(run: Run, words: str) -> dict[str, Any]:
    """The members of an act that cites a rule, as PACK/RULE names it.

    Raises:
        UsageError: it is not spelt so. NotFoundError: there is no such pack or rule in force.
    """
    pack, slash, code = words.rpartition("/")
    if not slash:
        raise UsageError(f"a rule is written PACK/RULE, not {words!r}: see `custody pack list`")
    loaded = known(run.ledger, pack, int(run.now()))
    found = next((rule for rule in loaded.pack.retention if rule.code == code), None)
    if found is None:
        codes = ", ".join(each.code for each in loaded.pack.retention)
        raise NotFoundError(f"{pack} has no rule {code!r}: its rules are {codes}")
    return {
        "pack": pack,
        "pack_version": loaded.pack.version,
        "rule": code,
        "mode": found.mode,
    }
