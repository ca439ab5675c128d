"""Whatever is said in short can be asked for in full, and nothing explained has gone stale."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from custody.core import summary
from custody.core.against import KINDS
from custody.core.checks import evidence
from custody.core.errors import AmbiguousError, RuleError
from custody.core.findings import Check
from custody.core.reading import read_record
from custody_cli import exits
from custody_cli.explaining import answering, everything
from custody_cli.main import cli
from custody_schemas.answers.explaining import Explained
from custody_schemas.answers.recording import Refused
from custody_schemas.codes import CODES
from custody_schemas.explanations import CASES, FACTS, LIMITS, QUESTIONS
from tests.bench import Outcome, bench, clean_environ, plain

ROOT = Path(__file__).parents[1]
TYPED = re.compile(r"`(custody [^`]+)`")
LINES = (
    *summary.NEVER,
    summary.NO_MIRROR,
    summary.NO_WITNESS,
    summary.NO_TIME,
    summary.NO_REVIEW,
    summary.OTHER_LEDGER,
    summary.OWN_WORD,
    summary.UNVOUCHED,
    summary.MEDIA,
    evidence.NOT_RECORDED,
    "that a.zip and b.zip are of one and the same history: beyond the records that both show",
)


def explain(*words: str, status: int = 0) -> Outcome:
    made = CliRunner().invoke(cli, ["explain", *words])
    assert made.exit_code == status, made.output
    return Outcome(made.exit_code, made.stdout, made.stderr)


def test_every_code_check_and_kind_of_fact_is_explained_and_no_other() -> None:
    assert sorted(CASES) == sorted(CODES)
    assert list(QUESTIONS) == list(Check)
    assert tuple(FACTS) == KINDS


def test_every_line_of_what_is_not_proved_is_explained_and_no_other() -> None:
    found = [each for line in LINES for each in answering(line)]
    assert sorted(each.word for each in found) == sorted(LIMITS)


@pytest.mark.parametrize("word", [*CODES, *Check, *KINDS, *LIMITS])
def test_every_explanation_is_found_and_says_all_that_its_sort_has(word: str) -> None:
    (each,) = [e for e in answering(word) if e.word == word]
    said = [each.means, each.instead]
    if each.sort == "check":
        said += [str(x) for x in (each.passed, each.failed, each.undetermined, each.attacker)]
    if each.sort == "refusal":
        said += [str(each.why), str(each.example)]
    assert min(map(len, said)) > 8


@pytest.mark.parametrize("word", ["E_NOT_HOLDER", "not_holder", "Not Holder", "e-not-holder"])
def test_a_code_is_known_in_any_spelling(word: str) -> None:
    told = plain(explain(word).out)
    assert told.startswith("E_NOT_HOLDER (refusal)")
    assert CODES["E_NOT_HOLDER"].means in told
    assert CASES["E_NOT_HOLDER"].example in told
    assert "custody transfer release ITEM --to PERSON" in told


def test_a_word_that_is_a_code_a_check_and_a_fact_is_told_as_all_three() -> None:
    told = explain("key").out
    assert [line for line in told.splitlines() if line.endswith(")")][:1] == ["E_KEY (refusal)"]
    assert "\nKEY (check)\n" in told and "\nkey (adverse fact)\n" in told
    assert "(check)" not in explain("E_KEY").out


def test_a_check_says_what_each_outcome_means_and_what_a_forger_needs() -> None:
    told = explain("fixity").out
    for title in ("PASSED", "FAILED", "UNDETERMINED", "a forger must", "what to do"):
        assert re.search(rf"^  {title} ", told, re.MULTILINE)


def test_without_a_word_everything_is_listed() -> None:
    told = explain().out
    for word in (*CODES, *Check, *KINDS, *LIMITS):
        assert f"\n  {word} " in told


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("E_NOT_HOLDR", "E_NOT_HOLDER"),
        ("fixety", "FIXITY"),
        ("enroller", "same enroller"),
        ("zzzzzz", ""),
    ],
)
def test_an_unknown_word_is_refused_with_near_ones(word: str, near: str) -> None:
    said = plain(explain(word, status=2).err)
    assert f"'{word}' is no code, check or fact" in said
    assert ("did you mean" in said) is bool(near)
    assert near in said


def test_the_answer_in_json_is_the_declared_record() -> None:
    run = CliRunner().invoke(cli, ["--json", "explain", "seal"])
    answer = read_record(Explained, Outcome(0, run.stdout, "").answer)
    assert [each.word for each in answer.explained] == ["E_SEAL", "seal"]
    run = CliRunner().invoke(cli, ["explain", "--json"])
    assert read_record(Explained, Outcome(0, run.stdout, "").answer).explained == (*everything(),)


def test_it_needs_neither_ledger_nor_cryptography() -> None:
    code = (
        "import sys\nfrom custody_cli.main import cli\n"
        "try: cli.main(['explain', 'E_SEAL'])\n"
        "finally: print(*sys.modules, file=sys.stderr)"
    )
    made = subprocess.run(
        [sys.executable, "-c", code],
        env=clean_environ() | {"CUSTODY_HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(made.stderr.split())
    assert "E_SEAL (refusal)" in made.stdout
    assert loaded.isdisjoint({"cryptography", "blake3", "sqlalchemy", "rich", "custody.opening"})


@pytest.mark.parametrize("name", [code for code in CODES if code not in exits.QUIET])
def test_every_refusal_is_four_lines_rule_source_way_out_and_more(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    code = CODES[name]
    assert exits.refused(RuleError(name, "what is wrong"), as_json=False) == 4
    said = capsys.readouterr().err.splitlines()
    assert said[0] == f"custody: {name} what is wrong"
    assert said[-1] == f"  nothing was recorded; more: custody explain {name}"
    rule = [f"  rule: {code.means} ({code.source})"] if code.source else []
    assert said[1:-1] == [*rule, f"  instead: {code.instead}"]


@pytest.mark.parametrize("name", CODES)
def test_every_refusal_in_json_says_the_same_and_more(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    exits.refused(RuleError(name, "what is wrong"), as_json=True)
    told = read_record(Refused, json.loads(capsys.readouterr().out)).refused
    assert (told.code, told.rule, told.source or "") == (name, *CODES[name][:2])
    assert told.instead == CODES[name].instead
    assert explain(*told.explain.split()[2:]).out.startswith(name)


def test_an_ambiguous_name_comes_with_its_candidates(capsys: pytest.CaptureFixture[str]) -> None:
    exits.refused(AmbiguousError("several", ["K-7/1", "K-8/1"]), as_json=True)
    told = read_record(Refused, json.loads(capsys.readouterr().out)).refused
    assert told.candidates == ("K-7/1", "K-8/1")


def test_what_helps_in_this_very_case_replaces_what_the_code_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    error = RuleError("E_TIME", "it ended before it began")
    exits.refused(error, as_json=True)
    told = read_record(Refused, json.loads(capsys.readouterr().out)).refused
    exits.refused(error, as_json=False)
    assert told.instead.startswith("say with --at when it began")
    assert f"  instead: {told.instead}\n" in capsys.readouterr().err


def test_a_report_that_is_not_all_good_says_where_its_checks_are_explained(tmp_path: Path) -> None:
    run = bench(tmp_path)
    bundle = tmp_path / "b.zip"
    run("export", "K-7", "--recipient", "X", "--purpose", "storage", "-o", bundle)
    said = run("verify", bundle, status=3).err
    assert plain(said).startswith("`custody explain CHECK` says what each means")
    assert said.rstrip().endswith("here: CHECKPOINT, KEY")
    run("trust", "show", "-o", tmp_path / "trust.txt")
    assert run("verify", bundle, "--trust", tmp_path / "trust.txt").err == ""


def test_every_code_that_is_raised_is_declared() -> None:
    files = [path for part in ("custody", "cli", "api") for path in (ROOT / part).rglob("*.py")]
    named = {word for path in files for word in re.findall(r'"(E_[A-Z_]+)"', path.read_text())}
    assert len(named) > 30
    assert named <= CODES.keys()


def commands() -> Iterator[tuple[str, str]]:
    """Every line that the explanations and the codes tell people to type."""
    for each in everything():
        for line in (*each.commands, *TYPED.findall(f"{each.means} {each.instead}")):
            yield each.word, line


@pytest.mark.parametrize(("word", "line"), [*dict.fromkeys(commands())], ids=str)
def test_what_people_are_told_to_type_exists(word: str, line: str) -> None:
    command: click.Command = cli
    parts = line.removeprefix("custody ").split()
    parts = parts[2:] if parts[0] == "--as" else parts
    context = click.Context(cli, info_name="custody")
    while isinstance(command, click.Group) and parts and not parts[0].startswith("-"):
        found = command.get_command(context, parts[0])
        assert found is not None, f"{word}: {line}"
        command, parts = found, parts[1:]
    known = {name for param in command.get_params(context) for name in param.opts}
    known |= {name for param in command.get_params(context) for name in param.secondary_opts}
    options = {part for part in parts if re.fullmatch(r"--?[a-z][a-z-]*", part)}
    assert options <= known, f"{word}: {line}"
