"""Text for people never uses the words of the formats: statement, witness, actor, receipt.

People sign entries, and are people; a paper that an owner gets may be a property receipt; whoever
countersigns checkpoints is an independent party. The words stand in SPEC.md, where they are defined.
"""

import ast
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from custody_cli.explaining import everything
from custody_cli.main import cli
from custody_schemas.codes import CODES
from custody_schemas.declare import Act
from tests.bench import Bench, bench

ROOT = Path(__file__).parents[1]
FORBIDDEN = re.compile(r"\b(statement|witness|actor|receipt)(s|es|ed|ing|'s|s')?\b", re.IGNORECASE)
# What may stand there all the same, and why.
ALLOWED = {
    r"\b(custody |`)?actor (enrol|list|show|leave|ID)\b": "the command family, as design §8 names it",
    r"^  actor +people who sign \(also: custody person\)": "that family, in the list of commands",
    r"^Usage: (custody )?actor \[OPTIONS\]": "that family, in its own help",
    r"\bactor\.(registered|left|\w+_\w+)\b": "names of acts: identifiers of the formats",
    r"\bstatement\.countersigned\b": "a name of an act",
    r"\b(STATEMENT|WITNESSES)\b": "names of checks: identifiers of reports",
    r"vnd\.custody\.statement": "a payload type of the formats, to be typed by hand",
    r"PERSON:witness\b": "a person who watched, and co-signs as such",
    r"\b(role|capacity) of a? ?witness\b": "a person who watched",
    r"\b(destr|burn|wipe)[^.]*\bwitness\b|\bwitness\b[^.]*\b(destr|burn|wipe)": "who watches a destruction",
    r"\w+, witness\b|\bwitness, \w+": "the role of a person, in the list of roles",
    r"\bconfirm(ed|s|ation of)? receipt\b|\breceipt confirmed\b": "that somebody received something",
    r"\b[Pp]roperty[- ]receipts?\b|owner got a receipt|got the receipt": "a paper for the owner",
    r"\breceipt[_ -](given|to|signature)\b": "members and options about that paper",
    r"--witnesses\b|^    witnesses: ": "people who watched a seizure, as stated",
    r"^witness \S+ ": "a line of a trust file, as C2SP spells it",
    r"its own witness|a witness or group": "what is wrong with such a line",
}


def spoken(text: str) -> list[str]:
    """The forbidden words that stand in `text`, each with what is around it."""
    for allowed in ALLOWED:
        text = re.sub(allowed, " ", text, flags=re.MULTILINE)
    return [text[max(0, m.start() - 40) : m.end() + 40] for m in FORBIDDEN.finditer(text)]


@pytest.mark.parametrize(
    "text",
    [
        "the statement is spoilt",
        "two Witnesses cosigned",
        "an actor's key",
        "keep your receipt",
        "the actor with the actor list of actors",
    ],
)
def test_the_words_are_found(text: str) -> None:
    assert spoken(text)


@pytest.mark.parametrize(
    "text", ["`custody actor enrol FILE`", "STATEMENT FAILED", "a property receipt", "factor"]
)
def test_other_uses_are_left_alone(text: str) -> None:
    assert not spoken(text)


def commands(
    command: click.Command, context: click.Context, path: str = "custody"
) -> Iterator[tuple[str, click.Command, click.Context]]:
    """Every command of the table, its families too."""
    yield path, command, context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            inner = click.Context(found, info_name=name, parent=context)
            yield from commands(found, inner, f"{path} {name}")


EVERY = {path: (command, context) for path, command, context in commands(cli, click.Context(cli))}


@pytest.mark.parametrize("path", EVERY)
def test_no_help_says_them(path: str) -> None:
    command, context = EVERY[path]
    context.terminal_width = 1000  # no phrase is cut in two by the end of a line
    context.max_content_width = 1000
    assert not spoken(command.get_help(context))


def test_re_hashing_and_examining_are_told_apart_in_both_helps() -> None:
    told = {path: " ".join(c.get_help(x).split()) for path, (c, x) in EVERY.items()}
    check, verify = told["custody check"], told["custody verify"]
    assert (
        "Re-hash the evidence" in check and "`custody verify` examines the record-keeping" in check
    )
    assert "Examine the record-keeping" in verify and "re-hashed by `custody check`" in verify
    table = told["custody"]
    assert "re-hash the evidence" in table and "examine the record-keeping" in table


@pytest.mark.parametrize("act", Act.ALL.values(), ids=Act.ALL)
def test_no_act_says_them_of_itself_or_its_fields(act: type[Act]) -> None:
    assert not spoken(str(act.__doc__))


@pytest.mark.parametrize("name", CODES)
def test_no_code_says_them(name: str) -> None:
    assert not spoken(" ".join(CODES[name]))


def test_no_explanation_says_them() -> None:
    for each in everything():
        texts = (text for name, text in vars(each).items() if isinstance(text, str))
        assert not spoken("\n".join((*texts, *each.commands))), each.word


def literals(path: Path) -> Iterator[str]:
    """The sentences in a module: strings with a blank in them that are no docstrings and no SQL."""
    tree = ast.parse(path.read_text())
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            sql = re.match(
                r"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|NOT EXISTS|ORDER BY)\b", node.value
            )
            if " " in node.value.strip() and id(node) not in docstrings and not sql:
                yield node.value


MODULES = [
    path.relative_to(ROOT)
    for part in ("custody", "cli", "api", "schemas")
    for path in sorted((ROOT / part).rglob("*.py"))
    if "migrations" not in path.parts
]


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_no_message_in_the_code_says_them(path: Path) -> None:
    assert [found for text in literals(ROOT / path) for found in spoken(text)] == []


@pytest.mark.parametrize("name", ["README.md", "docs/windows.md"])
def test_no_document_for_people_says_them(name: str) -> None:
    assert not spoken((ROOT / name).read_text())


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """A case with everything that reports tell of: seals, hand-overs, content, corrections."""
    run = bench(tmp_path_factory.mktemp("words"))
    run.seized("JS/1", "--seal", "S-1")
    run.acquired(run.file("disk.dd", b"x" * 70_000), "D/1")
    run(
        "transfer",
        "release",
        "JS/1",
        "--to-outside",
        "Al",
        "--outside",
        "owner",
        "--purpose",
        "storage",
    )
    run("correct", "D/1", "#1", "--field", "make", "--value", "N", "--reason", "omitted_field")
    run("export", "K-7", "--recipient", "X", "--purpose", "storage", "-o", run.folder / "b.zip")
    run("trust", "show", "-o", run.folder / "trust.txt")
    return run


def test_no_report_in_a_bundle_says_them(story: Bench) -> None:
    with zipfile.ZipFile(story.folder / "b.zip") as bundle:
        inner = {name.partition("/")[2]: name for name in bundle.namelist()}
        texts = {
            name: bundle.read(full).decode()
            for name, full in inner.items()
            if name == "data/README.txt" or name.startswith("data/reports/")
        }
    assert len(texts) > 2
    assert {name: spoken(text) for name, text in texts.items() if spoken(text)} == {}


@pytest.mark.parametrize("trust", [True, False])
def test_no_examination_says_them(story: Bench, trust: bool) -> None:
    words = ("--trust", story.folder / "trust.txt") if trust else ()
    made = story("verify", story.folder / "b.zip", *words, status=0 if trust else 3)
    assert not spoken(made.out + made.err)


@pytest.mark.parametrize(
    "words",
    [
        ("item", "history", "JS/1"),
        ("item", "show", "D/1"),
        ("case", "show", "K-7"),
        ("actor", "list"),
        ("actor", "show", "bo"),
        ("key", "list"),
        ("transfer", "list"),
        ("whoami",),
        ("trust", "show"),
        ("verify", "--full"),
        ("note", "K-7", "-m", "x", "--dry-run"),
    ],
    ids=" ".join,
)
def test_no_answer_for_people_says_them(story: Bench, words: tuple[str, ...]) -> None:
    made = story(*words)
    assert not spoken(made.out + made.err)
