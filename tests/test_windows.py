"""What docs/windows.md promises, in a process that has what Windows has (`tests.windows`)."""

import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from custody.locking import NEEDED
from tests import windows
from tests.bench import Bench, Outcome, bench, clean_environ, plain

ROOT = Path(__file__).parents[1]
FORMATS = (
    *("canonical", "dsse", "keys", "disclosure", "enrolment", "tags", "record", "statement"),
    *("tree", "note", "checkpoint", "proof", "trust", "reading", "declare", "state", "digest"),
)
EXAMINATION = (
    *("archive", "bag", "bag_safety", "checks_bag", "checks_statements", "findings", "text"),
    *("vectors", "hostile_logs", "verify"),
)
RULES = (
    *("rules", "rules_access", "rules_admission", "rules_cases", "rules_checks", "rules_content"),
    *("rules_items", "rules_keys", "rules_outside", "rules_people", "rules_seals"),
    "rules_transfers",
)
# Left out: test_subject_index and test_checks_log, which take long and compute on bytes alone (the
# tests of verify run the same code); whatever keeps a ledger, which Windows does not.
NOT_THERE = (
    "tests/test_digest.py::test_what_is_not_a_regular_file_is_never_read",  # pipes with a name
    "tests/test_digest.py::test_reading_leaves_the_access_time_alone",  # O_NOATIME
    "tests/test_digest.py::test_a_file_of_somebody_else_is_read_all_the_same",
    "tests/test_digest.py::test_a_file_that_may_not_be_read_is_refused_by_name",  # seteuid
    # An open file cannot be removed there.
    "tests/test_digest.py::test_a_file_that_changes_while_it_is_read_is_refused_by_name",
)


def on_windows(*words: object, **environ: str) -> Outcome:
    """Run a command, or tests, as on Windows."""
    made = subprocess.run(
        [sys.executable, "-m", "tests.windows", *map(str, words)],
        cwd=ROOT,
        env=clean_environ() | {"PYTHONWARNINGS": "error"} | environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return Outcome(made.returncode, made.stdout, made.stderr)


@pytest.mark.parametrize(
    "names", [FORMATS, EXAMINATION, RULES], ids=["formats", "examination", "rules"]
)
def test_the_core_passes_its_own_tests(names: tuple[str, ...]) -> None:
    files = [f"tests/test_{name}.py" for name in names]
    left_out = [word for name in NOT_THERE for word in ("--deselect", name)]
    pytest_ = ("pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "--hypothesis-profile=again")
    made = on_windows(*pytest_, *left_out, *files)
    assert made.status == 0, made.out[-3000:] + made.err
    assert " passed" in made.out and "skipped" not in made.out


def test_that_process_lacks_what_windows_lacks() -> None:
    code = (
        "from tests import windows; windows.become()\n"
        "import os, socket\n"
        "for name in windows.MODULES:\n"
        "    try: __import__(name)\n"
        "    except ModuleNotFoundError: continue\n"
        "    raise SystemExit(name)\n"
        "assert os.name == 'nt' and not hasattr(os, 'getuid') and not hasattr(os, 'O_NOFOLLOW')\n"
        "assert not hasattr(socket, 'AF_UNIX')\n"
    )
    made = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=clean_environ(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr


def test_it_must_be_made_before_our_code_is_imported() -> None:
    with pytest.raises(AssertionError, match="imported too early"):
        windows.become()


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """A ledger that was made on Linux, and a bundle and trust file of it."""
    made = bench(tmp_path_factory.mktemp("windows"))
    made.acquired(made.file("disk.dd", b"x" * 70_000), "D/1")
    made("export", "K-7", "--recipient", "X", "--purpose", "storage", "-o", made.folder / "b.zip")
    made("trust", "show", "-o", made.folder / "trust.txt")
    return made


def typed(run: Bench, *words: object, status: int = 0, **environ: str) -> Outcome:
    made = on_windows("custody", *words, **(run.environ | environ))
    assert "Traceback" not in made.err, made.err
    assert made.status == status, made
    return made


def test_a_bundle_is_examined_as_everywhere(run: Bench) -> None:
    words = ("verify", run.folder / "b.zip", "--trust", run.folder / "trust.txt")
    assert typed(run, *words).out == run(*words).out
    typed(run, "verify", run.folder / "b.zip", status=3)


def test_helps_and_explanations_work(run: Bench) -> None:
    assert "Exit status" in typed(run, "--help").out
    assert "re-hash" in typed(run, "check", "--help").out.lower()
    assert "E_SEAL (refusal)" in typed(run, "explain", "seal").out


def test_a_terminal_that_knows_no_unicode_stops_nothing(run: Bench) -> None:
    told = partial(typed, run, PYTHONIOENCODING="ascii")
    assert "BUNDLE" in told("verify", "--help").out
    told("verify", run.folder / "b.zip", "--trust", run.folder / "trust.txt")


def test_keys_are_made(run: Bench) -> None:
    request = run.folder / "eve.json"
    words = ("--name", "Eve", "--organisation", "Court", "--origin", "a.example/x", "-o", request)
    typed(run, "identity", "create", "eve", *words)
    assert "eve" in typed(run, "identity", "list").out
    assert request.stat().st_size > 100


@pytest.mark.parametrize("words", [("unlock",), ("lock",)], ids=str)
def test_the_agent_says_what_to_do_instead(run: Bench, words: tuple[str, ...]) -> None:
    made = plain(typed(run, *words, status=2).err)
    assert "the agent needs Linux: here give the passphrase for each act" in made


@pytest.mark.parametrize(
    "words",
    [
        ("case", "list"),
        ("whoami",),
        ("note", "K-7", "-m", "x"),
        ("verify",),
        ("rebuild", "--yes"),
        ("check", "--all"),
        ("export", "K-7", "--recipient", "X", "--purpose", "storage", "-o", "/nonexistent/b.zip"),
    ],
    ids=" ".join,
)
def test_a_ledger_says_where_it_can_be_kept(run: Bench, words: tuple[str, ...]) -> None:
    made = typed(run, *words, status=5)
    assert (made.out, plain(made.err).strip()) == ("", f"custody: {NEEDED}")


def test_no_ledger_is_begun(run: Bench, tmp_path: Path) -> None:
    words = ("init", "--origin", "o", "--name", "A", "--organisation", "B")
    made = typed(run, "--home", tmp_path / "home", *words, status=5)
    assert plain(made.err).strip() == f"custody: {NEEDED}"
    assert not (tmp_path / "home").exists()


def test_the_document_tells_the_same_commands_apart() -> None:
    text = (ROOT / "docs/windows.md").read_text()
    for works in (
        "custody verify BUNDLE --trust FILE",
        "python -m custody.core",
        "custody explain",
    ):
        assert f"`{works}" in text
    for not_there in ("custody unlock", "custody init"):
        assert f"`{not_there}`" in text
    assert "docs/windows.md" in (ROOT / "README.md").read_text()
