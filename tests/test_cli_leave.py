"""People who leave, keys that are replaced, passphrases that change."""

from pathlib import Path

import pytest

from custody.core.reading import read_record
from custody_schemas import answers
from tests.bench import WORDS, Bench, bench, plain
from tests.test_cli_terminal import Terminal

LEAVES = ("actor", "leave", "Bo Peep")


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    return bench(tmp_path)


def request(run: Bench, handle: str, person: str) -> Path:
    """A request for a further key of `person`."""
    path = run.folder / f"{handle}.json"
    named = ("--name", person, "--organisation", "Lab", "--for", person)
    run("identity", "create", handle, *named, "-o", path)
    return path


def key_of(run: Bench, handle: str) -> str:
    """The key of an identity on this machine."""
    found = run.json("identity", "list")["identities"]
    return str(next(each["key"] for each in found if each["identity"] == handle))


def to_bo(run: Bench) -> None:
    """Bo holds JS/1, has JS/2 out, and JS/3 is on its way to her."""
    for exhibit in ("JS/1", "JS/2", "JS/3"):
        run.seized(exhibit)
    for exhibit in ("JS/1", "JS/3"):
        run("transfer", "release", exhibit, "--to", "bo", "--purpose", "storage")
    run("--as", "bo", "transfer", "accept", "JS/1")
    run("checkout", "JS/2", "--to", "bo", "--purpose", "examination")


def test_all_keys_and_roles_end_at_once_and_what_is_with_her_is_named(run: Bench) -> None:
    to_bo(run)
    run("role", "grant", "bo", "courier", "--case", "K-7")
    told = plain(run(*LEAVES).out)
    assert "Bo Peep (Lab) has still: K-7/1 (JS/1): held K-7/2 (JS/2): out to Bo Peep" in told
    assert "K-7/3 (JS/3): released by Ada Byron (Lab), on its way to her" in told
    assert "1 key revoked, roles ended: custodian_primary, courier in K-7" in told
    assert "next: custody takeover K-7/1 --reason left_service --observed … --with PERSON" in told
    person = run.json("actor", "show", "Bo Peep")
    assert not any(each["in_force"] for each in (*person["roles"], *person["keys"]))
    assert "E_KEY" in run("--as", "bo", "note", "K-7", "-m", "x", status=4).err
    run.examined()


def test_the_printed_takeover_works_and_the_answer_is_declared(run: Bench) -> None:
    to_bo(run)
    made = read_record(answers.Left, run.json(*LEAVES))
    assert [each.split()[2] for each in made.next if "takeover" in each] == ["K-7/1", "K-7/2"]
    words = ("--reason", "left_service", "--observed", "physically_verified", "--with", "di")
    run("--as", "cy", "takeover", "K-7/1", *words)
    assert run.item("JS/1")["holder"] == "Cy Twombly (Lab)"


def test_the_last_who_may_enrol_does_not_leave(run: Bench) -> None:
    told = plain(run("actor", "leave", "Ada Byron", status=4).err)
    assert "E_NO_GRANT Ada Byron (Lab) is the last who may enrol people" in told
    run("role", "grant", "di", "admin", "--valid-to", "2099-01-01")
    assert "is the last who may enrol" in plain(run("actor", "leave", "ada", status=4).err)
    run("role", "grant", "di", "admin")
    told = plain(run("actor", "leave", "ada", status=4).err)
    assert "E_SAME_PERSON nobody records her own leaving" in told
    assert "Di Prima (Lab)" in told
    run("--as", "di", "actor", "leave", "ada")
    assert "E_KEY" in run("note", "K-7", "-m", "x", "--yes", status=4).err


@pytest.mark.parametrize(
    ("who", "words", "status", "told"),
    [
        ("cy", LEAVES, 4, "E_NO_GRANT"),
        ("ada", ("actor", "leave", "Nobody"), 2, "nobody called 'Nobody' is enrolled"),
        ("ada", (*LEAVES, "--reason", "bored"), 2, "'bored' is none of"),
    ],
)
def test_who_does_not_leave(
    run: Bench, who: str, words: tuple[str, ...], status: int, told: str
) -> None:
    assert told in plain(run("--as", who, *words, status=status).err)
    assert run.json("actor", "show", "Bo Peep")["keys"][0]["in_force"]


def test_nobody_leaves_twice(run: Bench) -> None:
    run(*LEAVES, "--reason", "lost")
    assert "no key and no role in force any more" in plain(run(*LEAVES, status=4).err)


def test_a_key_is_replaced_in_one_step(run: Bench) -> None:
    asked, old = request(run, "cy2", "Cy Twombly"), key_of(run, "cy")
    words = ("key", "rotate", "Cy Twombly", asked, "--replaces", old[:8])
    run(*words, "--reason", "superseded", "--identity-checked", "in_person", "--with", "cy")
    first, second = run.json("key", "list", "Cy Twombly")["people"][0]["keys"]
    assert (first["in_force"], second["in_force"]) == (False, True)
    run("--as", "cy2", "note", "K-7", "-m", "with the new key")
    assert "E_KEY" in run("--as", "cy", "note", "K-7", "-m", "x", status=4).err
    run.examined()


@pytest.mark.parametrize("replaces", ["12345678", "ab"])
def test_a_key_that_is_not_hers_is_not_replaced(run: Bench, replaces: str) -> None:
    asked = request(run, "cy2", "Cy Twombly")
    words = ("key", "rotate", "Cy Twombly", asked, "--replaces", replaces, "--reason", "lost")
    assert "no one key of Cy Twombly begins with" in run(*words, status=2).err


def test_a_request_of_somebody_else_replaces_no_key(run: Bench) -> None:
    asked, old = request(run, "bo2", "Bo Peep"), key_of(run, "cy")
    words = ("key", "rotate", "Cy Twombly", asked, "--replaces", old, "--reason", "lost")
    assert "the request is for a further key of Bo Peep" in plain(run(*words, status=4).err)


def test_another_passphrase_opens_the_same_key(run: Bench) -> None:
    fresh, key = run.folder / "fresh", key_of(run, "di")
    fresh.write_text("four wet barrels\n")
    run("identity", "passphrase", "di", "--new-passphrase-file", fresh)
    assert key_of(run, "di") == key
    note = ("--as", "di", "note", "K-7", "-m", "x")
    assert "E_PASSPHRASE" in run(*note, status=5).err
    run(*note, "--passphrase-file", fresh)


def test_at_a_terminal_old_and_new_are_typed_and_hidden(run: Bench) -> None:
    terminal = Terminal(run, "identity", "passphrase", "di")
    terminal.answer("Passphrase of Di Prima", WORDS)
    terminal.answer("New passphrase for di", "four wet barrels")
    terminal.answer("The same again", "four wet barrel")
    assert "the two passphrases differ" in terminal.end(2)
    run("--as", "di", "note", "K-7", "-m", "the old one holds")


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        ((), 2, "say which identity"),
        (("eve",), 2, "no identity is called 'eve'"),
        (("di",), 2, "give --new-passphrase-file"),
        (("di", "--passphrase-file", "{wrong}", "--new-passphrase-file", "{wrong}"), 5, "E_PASS"),
        (("di", "--new-passphrase-file", "{empty}"), 2, "the new passphrase is empty"),
        (("di", "--new-passphrase-file", "{none}"), 2, "passphrase file"),
    ],
)
def test_the_old_passphrase_holds(
    run: Bench, words: tuple[str, ...], status: int, told: str
) -> None:
    files = {name: run.folder / name for name in ("wrong", "empty", "none")}
    files["wrong"].write_text("other words\n")
    files["empty"].write_text("\n")
    typed = [each.format(**files) for each in words]
    assert told in plain(run("identity", "passphrase", *typed, status=status).err)
    run("--as", "di", "note", "K-7", "-m", "as before")
