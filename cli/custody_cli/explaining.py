"""`custody explain`: the long form of codes, checks, adverse facts and of what is not proved."""

from collections.abc import Iterator, Sequence

import click

from custody.core.errors import NotFoundError
from custody_cli import output
from custody_cli.run import Run
from custody_cli.table import Command
from custody_schemas.answers.explaining import Explained, Explanation
from custody_schemas.codes import CODES
from custody_schemas.explanations import CASES, FACTS, LIMITS, QUESTIONS

TITLES = {
    "refusal": "Refusals and errors",
    "check": "Checks of an examination",
    "adverse fact": "Adverse facts in a record",
    "not proved": "What an examination says it did not prove",
}
ROWS = (
    ("means", "means"),
    ("source", "source"),
    ("why", "why"),
    ("example", "example"),
    ("passed", "PASSED"),
    ("failed", "FAILED"),
    ("undetermined", "UNDETERMINED"),
    ("attacker", "a forger must"),
    ("instead", "what to do"),
)


@click.command(cls=Command)
@click.argument("words", nargs=-1, metavar="[CODE|CHECK|FACT]")
@click.pass_obj
def explain(run: Run, words: tuple[str, ...]) -> None:
    """Say in full what a code, a check or an adverse fact means, why it is there, and what to do.

    A refusal code is known with or without E_, in any case: E_NOT_HOLDER, not_holder. Lines under
    NOT PROVED can be given in their own words. Without a word: everything, one line each. Needs no
    ledger.
    """
    wanted = " ".join(words)
    found = tuple(answering(wanted) if wanted.strip() else everything())
    if not found:
        raise NotFoundError(_unknown(wanted))
    if not run.as_json and wanted.strip():
        _tell(run, found)
    elif not run.as_json:
        _list(run, found)
    run.answer(Explained(explained=found))


def everything() -> Iterator[Explanation]:
    """All explanations, in the order in which they are listed."""
    for word, code in CODES.items():
        case = CASES[word]
        yield Explanation(
            word=word,
            sort="refusal",
            means=code.means,
            source=code.source or None,
            why=case.why,
            example=case.example,
            instead=code.instead,
            commands=case.commands,
        )
    for word, question in QUESTIONS.items():
        asked = question._asdict()
        yield Explanation(
            word=word,
            sort="check",
            means=asked.pop("asks"),
            instead=asked.pop("then"),
            commands=(),
            **asked,
        )
    for word, fact in FACTS.items():
        yield Explanation(
            word=word,
            sort="adverse fact",
            means=fact.means,
            why=fact.why,
            instead=fact.then,
            commands=fact.commands,
        )
    for word, (line, means, then) in LIMITS.items():
        yield Explanation(
            word=word, sort="not proved", means=f"“{line}”: {means}", instead=then, commands=()
        )


def answering(wanted: str) -> Iterator[Explanation]:
    """Whatever is called so; a line of a report is known by the words that it always has."""
    if wanted in CODES:
        yield from (each for each in everything() if each.word == wanted)
        return
    plain = _plain(wanted)
    for each in everything():
        line = LIMITS[each.word].line if each.sort == "not proved" else ""
        if plain == _plain(each.word) or (line and _plain(line) in plain):
            yield each


def _plain(words: str) -> str:
    """Without E_, case, and the difference between blanks, dashes and underscores."""
    spaced = words.casefold().replace("_", " ").replace("-", " ")
    return " ".join(spaced.split()).removeprefix("e ")


def _unknown(wanted: str) -> str:
    from difflib import get_close_matches

    known = {_plain(each.word): each.word for each in everything()}
    plain = _plain(wanted)
    near = [*get_close_matches(plain, known, 3, 0.6), *(name for name in known if plain in name)]
    names = ", ".join(dict.fromkeys(known[name] for name in near))
    hint = f"did you mean {names}? " if names else ""
    return f"{wanted!r} is no code, check or fact: {hint}`custody explain` lists all of them"


def _tell(run: Run, found: Sequence[Explanation]) -> None:
    for each in found:
        run.say(f"{each.word} ({each.sort})")
        rows = [(title, getattr(each, name) or "") for name, title in ROWS]
        output.pairs([*rows, ("type", "\n".join(each.commands))], "  ")
        run.say()


def _list(run: Run, found: Sequence[Explanation]) -> None:
    for sort, title in TITLES.items():
        run.say(f"{title}:")
        output.pairs([(each.word, each.means) for each in found if each.sort == sort], "  ")
        run.say()
    run.say("more: custody explain WORD")
