"""The table of commands, exit status, refusals, and what is not imported."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from custody.core import errors
from custody.core.errors import CustodyError
from custody_cli import exits
from custody_cli.commands import SECTIONS
from custody_cli.main import cli
from custody_cli.table import Family, Leaf
from custody_schemas.codes import CODES
from tests.bench import Bench, bench, plain, python_path

HEAVY = ("sqlalchemy", "sqlmodel", "pydantic", "cryptography", "rich", "custody.core", "alembic")


def leaves() -> Iterator[tuple[str, Leaf]]:
    for members in SECTIONS.values():
        for name, entry in members.items():
            if isinstance(entry, Leaf):
                yield name, entry
            else:
                yield from ((f"{name} {sub}", leaf) for sub, leaf in entry.members.items())


def python(code: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *options, "-c", code],
        env=python_path(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("path", [path for path, _ in leaves()])
def test_every_entry_of_the_table_is_a_command_with_help(path: str) -> None:
    context = click.Context(cli)
    command: click.Command | None = cli
    for word in path.split():
        assert isinstance(command, click.Group)
        command = command.get_command(context, word)
    assert command is not None
    assert command.help and len(command.help) > 15, path
    helps = [option.help or "" for option in command.params if isinstance(option, click.Option)]
    assert all(helps), path
    text = " ".join([command.help, *helps]).lower()
    for word in ("statement", "actor"):
        assert word not in text.replace("custody actor", ""), path


def test_families_and_commands_have_one_line_each() -> None:
    for members in SECTIONS.values():
        for name, entry in members.items():
            assert len(entry.help) < 70, name
            if isinstance(entry, Family):
                assert all(len(leaf.help) < 70 for leaf in entry.members.values()), name


def test_the_help_imports_nothing_that_is_heavy() -> None:
    code = (
        "import sys\n"
        "from custody_cli.main import cli\n"
        "try: cli.main(['--help'], prog_name='custody')\n"
        "except SystemExit: pass\n"
        f"print([m for m in sys.modules if m.startswith({HEAVY!r})], file=sys.stderr)"
    )
    made = python(code)
    assert "Chain of custody" in made.stdout
    assert made.stderr.strip() == "[]"


def test_the_help_of_a_family_imports_none_of_its_commands() -> None:
    code = (
        "import sys\n"
        "from custody_cli.main import cli\n"
        "try: cli.main(['transfer', '--help'], prog_name='custody')\n"
        "except SystemExit: pass\n"
        "print('custody_cli.transfers' in sys.modules, 'sqlalchemy' in sys.modules)"
    )
    made = python(code)
    assert "acknowledge" in made.stdout
    assert made.stdout.strip().endswith("False False")


@pytest.mark.parametrize("missing", ["click"])
def test_without_the_extra_the_script_names_it(missing: str) -> None:
    code = (
        f"import sys; sys.modules[{missing!r}] = None\nfrom custody_cli.start import main; main()"
    )
    made = python(code)
    assert made.returncode == 5
    assert made.stderr == (
        "custody: the command line needs more packages: pip install 'custody[cli]'\n"
    )


@pytest.mark.parametrize(
    ("module", "extra"), [("rich.table", "cli"), ("sqlmodel", "ledger"), ("pysqlite3", "ledger")]
)
def test_a_package_that_is_missing_later_is_named_by_its_extra(
    capsys: pytest.CaptureFixture[str], module: str, extra: str
) -> None:
    error = ModuleNotFoundError(f"No module named {module!r}", name=module)
    assert exits.refused(error, as_json=False) == 5
    assert f"pip install 'custody[{extra}]'" in capsys.readouterr().err
    with pytest.raises(ModuleNotFoundError, match="nonsense"):
        exits.refused(
            ModuleNotFoundError("custody_cli.nonsense", name="custody_cli.nonsense"), as_json=False
        )


def test_a_bug_in_our_own_imports_is_not_taken_for_a_missing_extra() -> None:
    made = python(
        "import sys; sys.modules['custody_cli.table'] = None\nimport custody_cli.start\n"
        "custody_cli.start.main()"
    )
    assert "ModuleNotFoundError" in made.stderr


STATUS = {
    "CustodyError": 5,
    "MalformedError": 5,
    "ProofError": 5,
    "SignatureError": 5,
    "PassphraseError": 5,
    "RuleError": 4,
    "HeadMovedError": 4,
    "NotFoundError": 2,
    "AmbiguousError": 2,
    "UsageError": 2,
    "RollbackError": 5,
    "StorageError": 5,
    "DamagedError": 5,
    "KeyStoreError": 5,
    "MissingExtraError": 5,
}


def test_every_error_has_the_exit_status_of_the_design() -> None:
    kinds = [
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, CustodyError)
    ]
    found = {kind.__name__: exits.status(kind.__new__(kind)) for kind in kinds}
    assert found == STATUS


def test_a_refusal_says_rule_source_and_what_to_do(tmp_path: Path) -> None:
    run = bench(tmp_path)
    run.seized()
    made = run("--as", "bo", "move", "JS/1", "--to", "Shelf 3", status=4)
    assert made.out == ""
    text = plain(made.err)
    assert text.startswith("custody: E_NOT_HOLDER the item is with Ada Byron (Lab), not with")
    code = CODES["E_NOT_HOLDER"]
    assert f"rule: {code.means} ({code.source})" in text
    assert f"instead: {code.instead}" in text
    assert text.rstrip().endswith("nothing was recorded; more: custody explain E_NOT_HOLDER")
    assert len(made.err.splitlines()) == 4


def test_a_refusal_in_json_is_one_document(tmp_path: Path) -> None:
    run = bench(tmp_path)
    run.seized()
    made = run("--json", "--as", "bo", "move", "JS/1", "--to", "Shelf 3", status=4)
    assert made.err == ""
    assert made.answer == {
        "refused": {
            "code": "E_NOT_HOLDER",
            "message": "the item is with Ada Byron (Lab), not with the signer",
            "rule": CODES["E_NOT_HOLDER"].means,
            "source": CODES["E_NOT_HOLDER"].source,
            "instead": CODES["E_NOT_HOLDER"].instead,
            "explain": "custody explain E_NOT_HOLDER",
        }
    }


@pytest.mark.parametrize(
    ("words", "telling"),
    [
        (("nonsense",), "No such command 'nonsense'"),
        (("case", "nonsense"), "No such command 'nonsense'"),
        (("seize", "K-7"), "Missing option '--type'. It is one of computer,"),
        (("seize", "K-7", "--type", "laptop"), "'laptop' is none of computer, storage_media"),
        (("seize", "K-8", "--type", "mobile"), "there is no case 'K-8'"),
        (("seize", "K-7", "--type", "mobile", "--at", "soon"), "'soon' is not a time: write"),
        (("seize", "K-7", "--type", "mobile", "--ended", "10:00"), "say with --at when it began"),
        (("acquire", "K-7", "/no/such/file"), "there is no /no/such/file"),
        (("acquire", "K-7", "/dev/null"), "is a device and is not opened"),
        (("acquire", "K-7", ""), "is empty; write . for the current folder"),
        (("item", "show", "\udcff"), "no item answers to"),
        (("seize", "K-7", "--type", ""), "is empty; it is one of computer"),
        (("proof", str(10**30)), "is not in the range"),
        (("seize", "K-7", "--type", "mobile", "--with", "zoe"), "no identity is called 'zoe'"),
        (("transfer", "accept"), "name the items, or say --all"),
        (("verify", "--trust", __file__), "--trust and --proof go with bundles"),
        (("--server", "http://x", "whoami"), "not possible yet"),
        (("--as", "zoe", "whoami"), "no identity is called 'zoe'"),
        (("item", "show", "JS/99"), "no item answers to 'JS/99'"),
        (("role", "grant", "Nobody", "admin"), "nobody called 'Nobody' is enrolled"),
        (("note", "K-7"), "say the remark with -m TEXT"),
        (("check",), "name items, or say one of --all"),
        (("unlock", "--minutes", "99999"), "between 1 and 720"),
    ],
)
def test_wrong_usage_says_what_is_wrong(
    tmp_path: Path, words: tuple[str, ...], telling: str
) -> None:
    run = bench(tmp_path)
    made = run(*words, status=2)
    assert made.out == ""
    assert telling in plain(made.err)
    as_json = run("--json", *words, status=2).answer
    assert set(as_json) == {"refused"}
    assert as_json["refused"]["code"] in ("E_USAGE", "E_NOT_FOUND")


def test_no_ledger_is_said_with_what_makes_one(tmp_path: Path) -> None:
    made = Bench(tmp_path)("--home", tmp_path / "none", "case", "list", status=2)
    assert f"there is no ledger in {tmp_path / 'none'}: `custody init` makes one" in made.err


def test_a_reader_that_went_away_is_no_failed_check(tmp_path: Path) -> None:
    run = bench(tmp_path)
    for number in range(3):
        run.seized(f"JS/{number}")
    made = subprocess.run(
        f"{sys.executable} -m custody_cli.start item history JS/1 | true; exit ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        env={**python_path(), **run.environ, "PYTHONUNBUFFERED": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in made.stderr
    assert made.returncode in (0, 5)  # 0 where the answer fitted into the pipe


def test_global_flags_are_taken_at_the_end_too(tmp_path: Path) -> None:
    run = bench(tmp_path)
    assert run("case", "list", "--json").answer["cases"][0]["case"] == "K-7"
    made = run("whoami", "--as", "bo", "--json").answer
    assert made["identity"]["name"] == "Bo Peep"


def test_person_and_receipt_are_other_names(tmp_path: Path) -> None:
    run = bench(tmp_path)
    assert run("person", "list").out == run("actor", "list").out
    assert run("receipt", 0).out == run("proof", 0).out
