"""`custody privacy access`: all that the record says of one person in one case. (R100)"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from custody import durable
from custody.chains import Told, chain, told_of
from custody.core.checkpoint import Checkpoint
from custody.core.errors import AmbiguousError, NotFoundError, UsageError
from custody.core.note import Note
from custody.core.reading import plain
from custody.core.text import safe
from custody.counting import moves, taker
from custody.ledger.journal import Wanted
from custody.ledger.local import LocalLedger
from custody_cli import called, names, tabular
from custody_cli.consulting import Consulting, consulted_tags
from custody_cli.exits import document
from custody_cli.files import written
from custody_cli.journal import entry, tags_of
from custody_cli.persons import person_tag
from custody_cli.run import Run
from custody_schemas.answers import Accessed, AccessedEntry
from custody_schemas.declare import Kind
from custody_schemas.terms import LogOperation

FORMS = (".txt", ".csv", ".json")
HEADER = (
    *(
        "first record",
        "last record",
        "recorded",
        "happened",
        "what",
        "subjects",
        "how she is in it",
    ),
    *("what it says of her", "signed by", "why", "erased or withheld", "entry", "proof"),
)


class Access(Consulting):
    """Hands out what is on record of a person."""

    operation = LogOperation.DISCLOSURE


class Meant(NamedTuple):
    """Who is meant: her tag, where she is enrolled, and what the record may call her."""

    tag: str | None
    said: tuple[str, ...]


@click.command(cls=Access)
@click.argument("person")
@click.argument("case")
@click.option(
    "--called",
    "more",
    multiple=True,
    metavar="NAME",
    help="A further name or number that may stand for her. Repeatable.",
)
@written("Write it to a new file: .txt, .csv or .json; else it is shown as text.")
@click.pass_obj
def access(run: Run, person: str, case: str, more: tuple[str, ...], target: Path | None) -> None:
    """Everything that the record says of PERSON in CASE, with the proof that each entry is in it.

    PERSON signs here, or is named by somebody: as holder, receiver, owner, witness, in a remark. An
    entry is in it if she signed it, it names her, or it took an item out of her hands. Names are
    looked for as they are typed, in whatever case of letters: give others with --called.

    Read it before you hand it out: it names others too. Values that were erased cannot be looked
    through; what is withheld is listed. A proof verifies offline, with any tool for C2SP tlog
    proofs under the key in `custody trust show`.
    """
    if target is not None and target.suffix not in FORMS:
        raise UsageError(f"{target}: name a file that ends with .txt, .csv or .json")
    if target is not None and target.exists():
        raise UsageError(f"{target} exists: name another file")
    ledger, found = run.ledger, names.find_case(run.ledger, case)
    meant = _meant(run, person, more)
    consulted_tags(run, [found.tag, *filter(None, [meant.tag])])
    entries = tuple(_entries(ledger, found.reference, meant))
    checkpoint = Checkpoint.read(Note.read(ledger.checkpoint()).text)
    answer = Accessed(
        person=names.person(ledger, meant.tag) or person,
        called=meant.said,
        case=found.reference,
        origin=ledger.origin,
        size=checkpoint.size,
        root=checkpoint.root.hex(),
        entries=entries,
        file=str(target) if target is not None else None,
    )
    if target is None:
        for line in _text(answer):
            run.say(line)
    else:
        _write(answer, target)
        run.say(f"{len(entries)} entries on {safe(answer.person)} in {safe(case)}: {target}")
        run.say("  read it before you hand it out: it names others too")
    run.answer(answer)


def _meant(run: Run, words: str, more: Sequence[str]) -> Meant:
    """The person, and what she may be called. Raises AmbiguousError."""
    try:
        tag = person_tag(run, words)
    except NotFoundError:
        return Meant(None, (words, *more))
    except AmbiguousError as error:
        raise AmbiguousError(
            f"{error}; say which by her tag, and her name with --called", []
        ) from None
    name = run.ledger.labels(tag).get("name", "")
    return Meant(tag, tuple(dict.fromkeys(filter(None, (name, *more)))))


def _entries(ledger: LocalLedger, case: str, meant: Meant) -> Iterator[AccessedEntry]:
    """The entries of the case that concern her, in the order of the ledger."""
    person = called.people(ledger)
    naming = called.subjects(ledger, person)
    holders: dict[str, str | None] = {}
    for told in _told(ledger, case, meant):
        ways, said = list(_ways(told, meant, holders)), list(_said(told, meant))
        ways += [f"named in {field}" for field, _ in said]
        for place in told.statement.places(Kind.ITEM) if moves(told) else ():
            holders[place.tag] = taker(told)
        if ways:
            yield AccessedEntry(
                entry=entry(told, person, naming),
                ways=tuple(dict.fromkeys(ways)),
                said=tuple(f"{field}: {value}" for field, value in said),
                proof=ledger.receipt(told.entry.n).decode(),
            )


def _told(ledger: LocalLedger, case: str, meant: Meant) -> Iterator[Told]:
    """All entries of the case, and what gave or took her a role in it."""
    found = {told.statement.id: told for told in _of_case(ledger, case)}
    if meant.tag is not None:
        tag = names.find_case(ledger, case).tag
        own = (t for t in chain(ledger, meant.tag) if getattr(t.statement.act, "case", "") == tag)
        found |= {told.statement.id: told for told in own}
    yield from sorted(found.values(), key=lambda told: told.entry.n)


def _of_case(ledger: LocalLedger, case: str) -> Iterator[Told]:
    return map(told_of, ledger.entries(Wanted(tags=tags_of(ledger, case, None))))


def _ways(told: Told, meant: Meant, holders: dict[str, str | None]) -> Iterator[str]:
    """How an entry has to do with a person who is enrolled."""
    made, tag = told.statement, meant.tag
    if tag is None:
        return
    for signer in made.signers:
        if signer.actor == tag:
            yield "signed it" if signer.actor == made.by else f"signed it as {signer.capacity}"
    for name, member in vars(made.act).items():
        if member == tag or (isinstance(member, tuple) and tag in member):
            yield f"named as {name.replace('_', ' ')}"
    if any(place.tag == tag for place in made.about):
        yield "it is about her"
    taken = (place.tag for place in made.places(Kind.ITEM)) if moves(told) else ()
    if made.by != tag and any(holders.get(item) == tag for item in taken):
        yield "held the item until then"


def _said(told: Told, meant: Meant) -> Iterator[tuple[str, str]]:
    """Fields in which one of her names stands, with what they say."""
    for field, value in told.opened.items():
        text = "; ".join(value) if isinstance(value, tuple) else str(value)
        if any(name.casefold() in text.casefold() for name in meant.said):
            yield field.replace("_", " "), text


def _text(answer: Accessed) -> Iterator[str]:
    """For people, line by line."""
    yield safe(f"What the record of {answer.origin} says of {answer.person} in {answer.case}")
    yield safe(f"looked for: {', '.join(answer.called)}; {answer.size} records, root {answer.root}")
    yield f"{len(answer.entries)} entries"
    for number, each in enumerate(answer.entries, 1):
        made = each.entry
        first, last = made.records
        where = f"record {first}" if first == last else f"records {first} to {last}"
        yield ""
        yield safe(f"{number}. {where}, {made.at}: {made.title}: {', '.join(made.subjects)}")
        rows = (
            ("how", "; ".join(each.ways)),
            *(("says", said) for said in each.said),
            ("signed by", "; ".join(made.signed_by)),
            ("to", made.target),
            ("why", made.why),
            ("happened", made.happened),
            ("withheld or erased", ", ".join(made.withheld)),
            ("entry", made.entry),
        )
        yield from (safe(f"   {name}: {value}") for name, value in rows if value)
        yield "   proof that it is in the log:"
        yield from (f"     {line}" for line in each.proof.splitlines())


def _write(answer: Accessed, target: Path) -> None:
    if target.suffix == ".csv":
        with tabular.written(target, HEADER) as table:
            for each in answer.entries:
                table.writerow(_cells(each))
        return
    if target.suffix == ".json":
        data = document(plain(answer))
    else:
        data = "".join(f"{line}\n" for line in _text(answer))
    durable.write(target, data.encode("utf-8", "backslashreplace"), mode=0o600)


def _cells(each: AccessedEntry) -> list[str]:
    made = each.entry
    first, last = map(str, made.records)
    several = (made.subjects, each.ways, each.said, made.signed_by, (made.why,), made.withheld)
    subjects, *others = ("; ".join(part) for part in several)
    return [
        first,
        last,
        made.at,
        made.happened,
        made.title,
        subjects,
        *others,
        made.entry,
        each.proof,
    ]
