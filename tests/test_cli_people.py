"""Ledgers, identities, people, keys and roles on the command line."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from custody import opening
from custody.core.errors import StorageError
from custody.drafting import Request, Subject
from custody.identity import enrolling, keyfile
from custody.identity.passphrases import Passphrases
from custody.ledger import Receipt, Submission
from custody.ledger.local import LocalLedger
from custody_schemas.declare import Kind
from tests.bench import WORDS, Bench, bench, plain


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    return bench(tmp_path)


def test_nobody_learns_only_in_trouble_that_nobody_oversees(tmp_path: Path) -> None:
    run = Bench(tmp_path)
    made = run("init", "--origin", "o.example", "--name", "Ada", "--organisation", "L")
    assert "next: custody actor enrol REQUEST --role case_officer" in made.out
    assert "nobody oversees every case yet (roles case_officer, custodian_primary" in plain(
        made.out
    )
    assert made.err == ""
    said = [enrolled(run, name, role) for name, role in UNIT]
    assert "a takeover and the end of a discrepancy take one such person" in said[0]
    assert "only 1 person oversees every case" in said[1]
    assert "approving an override takes 2" in said[1]
    assert "oversee" not in said[2]


UNIT = (("bo", "courier"), ("cy", "case_officer"), ("di", "peer_reviewer"))


def enrolled(run: Bench, name: str, role: str) -> str:
    """Enrol somebody; what is said beside the answer."""
    path = run.folder / f"{name}.json"
    run("identity", "create", name, "--name", name, "--organisation", "L", "-o", path)
    return run("--as", "ada", "actor", "enrol", path, "--role", role).err


def test_a_ledger_is_made_once_in_an_empty_folder(tmp_path: Path) -> None:
    run = Bench(tmp_path)
    words = ("init", "--origin", "o.example", "--name", "Ada Byron", "--organisation", "Lab")
    made = run(*words)
    assert "identity: ada-byron, key" in made.out
    assert "roles: admin, examiner" in made.out
    trust = (tmp_path / "home" / "trust.txt").read_text()
    assert trust.startswith("log o.example+")
    assert "holds the ledger o.example already" in plain(run(*words, status=2).err)
    other = ("init", "--origin", "p.example", *words[3:])
    assert "choose another --home" in plain(run(*other, status=2).err)


@pytest.mark.parametrize("origin", ["", "two words", "/x", "a" * 300])
def test_a_name_that_no_ledger_can_have_makes_nothing(tmp_path: Path, origin: str) -> None:
    run = Bench(tmp_path)
    made = run("init", "--origin", origin, "--name", "A", "--organisation", "B", status=2)
    assert "Invalid value for '--origin'" in made.err
    assert not (tmp_path / "home").exists()


def test_post_quantum_keys_sign_beside(tmp_path: Path) -> None:
    run = Bench(tmp_path)
    run("init", "--origin", "o", "--name", "A", "--organisation", "B", "--post-quantum")
    run("case", "open", "C", "--title", "T")
    assert "ed25519 with ML-DSA-65" in run("key", "list").out
    run.examined()


def test_a_request_is_made_shown_and_enrolled(run: Bench) -> None:
    path = run.folder / "eve.json"
    words = ("identity", "create", "eve", "--name", "Eve Arden", "--organisation", "Court")
    answer = run.json(*words, "-o", path, "--algorithm", "p256")
    asked = enrolling.read(path.read_bytes())
    assert asked.enrolment.key.id == answer["key"]
    assert "not enrolled in agency.example/evidence" in plain(
        run("--as", "eve", "note", "K-7", "-m", "x", status=2).err
    )
    made = run("actor", "enrol", path, "--role", "judge_or_clerk,witness")
    assert f"key in the request: {answer['key'][:4]} " in made.err
    person = run.json("actor", "show", "Eve Arden")
    assert [role["role"] for role in person["roles"]] == ["judge_or_clerk", "witness"]
    assert person["enrolled_by"] == "Ada Byron (Lab)"
    again = run.json("actor", "enrol", path, "--role", "witness", status=4)["refused"]
    assert again["code"] == "E_EXISTS"
    assert "exists" in run(*words, "-o", run.folder / "e2.json", status=2).err


def test_only_who_may_enrol_enrols(run: Bench) -> None:
    path = run.folder / "eve.json"
    run("identity", "create", "eve", "--name", "Eve", "--organisation", "Court", "-o", path)
    made = run("--as", "bo", "actor", "enrol", path, "--role", "admin", status=4)
    assert "E_NO_GRANT" in made.err and "one of the roles admin" in made.err


def test_a_file_that_is_no_request_is_named(run: Bench) -> None:
    path = run.file("x.json", b"{}")
    made = run("actor", "enrol", path, "--role", "witness", status=5)
    assert str(path) in plain(made.err)


def test_keys_are_added_by_another_admin_and_revoked(run: Bench) -> None:
    path = run.folder / "bo2.json"
    run(
        "identity",
        "create",
        "bo2",
        "--name",
        "Bo Peep",
        "--organisation",
        "Lab",
        "--for",
        "bo",
        "-o",
        path,
    )
    run("key", "add", "bo", path)
    first, second = run.json("key", "list", "bo")["people"][0]["keys"]
    run("--as", "bo2", "note", "K-7", "-m", "with the new key")
    run("key", "revoke", "bo", first["key"][:8], "--reason", "superseded")
    keys = run.json("key", "list", "Bo Peep")["people"][0]["keys"]
    assert [key["in_force"] for key in keys] == [False, True]
    refused = run.json("--as", "bo", "note", "K-7", "-m", "x", status=4)["refused"]
    assert refused["code"] == "E_KEY"
    assert second["key"] != first["key"]
    run.examined()


def test_a_key_goes_to_nobody_but_who_asked_for_it(run: Bench) -> None:
    path, eve = run.folder / "bo2.json", run.folder / "eve.json"
    words = ("identity", "create", "bo2", "--name", "Bo Peep", "--organisation", "Lab")
    run(*words, "--for", "bo", "-o", path)
    run("identity", "create", "eve", "--name", "Eve", "--organisation", "Court", "-o", eve)
    run("actor", "enrol", eve, "--role", "witness")
    refused = run.json("key", "add", "Eve", path, status=4)["refused"]
    assert (refused["code"], "key of Bo Peep" in refused["message"]) == ("E_KEY", True)
    anew = run.json("actor", "enrol", path, "--role", "witness", status=4)["refused"]
    assert (anew["code"], "key of Bo Peep" in anew["message"]) == ("E_KEY", True)
    run("key", "add", "bo", path, "--with", "bo")
    run.examined()


@pytest.mark.parametrize("key", ["zz", "0" * 8, ""])
def test_a_key_is_named_by_eight_digits_at_least(run: Bench, key: str) -> None:
    made = run("key", "revoke", "bo", key, "--reason", "lost", status=2)
    assert "see `custody key list`" in made.err


def test_nobody_grants_a_role_to_herself(run: Bench) -> None:
    made = run("role", "grant", "ada", "case_officer", status=4)
    assert "E_SAME_PERSON" in made.err


def test_roles_are_granted_in_one_case_and_revoked(run: Bench) -> None:
    run("role", "grant", "bo", "examiner", "--case", "K-7", "--valid-to", "2099-12-31")
    roles = run.json("person", "show", "bo")["roles"]
    assert roles[-1] == {
        "role": "examiner",
        "case": "K-7",
        "valid_to": "2099-12-31T23:59:59Z",
        "in_force": True,
    }
    assert "examiner in K-7 until 2099-12-31T23:59:59Z" in run("person", "list").out
    run("role", "revoke", "bo", "examiner", "--case", "K-7")
    assert run.json("person", "show", "bo")["roles"][-1]["in_force"] is False
    refused = run.json("role", "revoke", "bo", "examiner", status=4)["refused"]
    assert refused["code"] == "E_NO_GRANT"


def test_whoami_tells_who_signs_and_whether_the_key_is_open(run: Bench) -> None:
    answer = run.json("whoami")
    assert (answer["identity"]["identity"], answer["unlocked_seconds"]) == ("ada", 0)
    assert "roles: admin, examiner" in run("whoami").out
    with tempfile.TemporaryDirectory() as short:
        agent = {"XDG_RUNTIME_DIR": short}
        made = run("unlock", "--minutes", "2", environ=agent)
        try:
            assert "Ada Byron's key is open for 2 minutes" in made.out
            told = run("--json", "whoami", environ=agent).answer
            assert 0 < told["unlocked_seconds"] <= 120
            exported = ("export", "K-7", "--recipient", "X", "--purpose", "storage")
            path = run.folder / "b.zip"
            run(*exported, "-o", path, environ=agent)  # an agent signs no bundle
        finally:
            run("lock", environ=agent)
        assert "locked already" in run("lock", environ=agent).out


def test_a_passphrase_comes_from_a_file_or_the_variable_of_one_identity(run: Bench) -> None:
    file = run.file("words.txt", b"three dusty crates\nnot this\n")
    none = {"CUSTODY_PASSPHRASE": None}
    run("note", "K-7", "-m", "x", "--passphrase-file", file, environ=none)
    run("note", "K-7", "-m", "y", environ={**none, "CUSTODY_PASSPHRASE_ADA": "three dusty crates"})
    made = run("note", "K-7", "-m", "z", status=2, environ=none)
    assert "set CUSTODY_PASSPHRASE, give --passphrase-file, or run `custody unlock`" in plain(
        made.err
    )


def test_identities_on_this_machine_are_listed_and_named_by_variable(run: Bench) -> None:
    listed = run.json("identity", "list")["identities"]
    assert [each["identity"] for each in listed] == ["ada", "bo", "cy", "di"]
    made = run("--json", "whoami", environ={"CUSTODY_IDENTITY": "cy"}).answer
    assert made["identity"]["name"] == "Cy Twombly"


class Deaf:
    """A ledger that records, and whose answer never arrives."""

    def __init__(self, ledger: LocalLedger) -> None:
        self.ledger = ledger

    def submit(self, batch: Sequence[Submission]) -> list[Receipt]:
        self.ledger.submit(batch)
        raise StorageError("the line went dead")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ledger, name)


def test_what_an_earlier_run_left_behind_is_told_by_the_next_act(run: Bench) -> None:
    home = opening.read_home(run.folder / "home")
    ada = keyfile.read(run.folder / "identities" / "ada")
    deaf: Any = Deaf(opening.open_ledger(home))
    desk, _ = opening.open_desk(deaf, ada)
    case = deaf.find(Kind.CASE, "K-7")[0].tag
    note = Request("note.recorded", (Subject(Kind.CASE, case),), {"note": "half heard"})
    keys = Passphrases({"CUSTODY_PASSPHRASE": WORDS}).unlock(ada)
    with pytest.raises(StorageError, match="the line went dead"):
        desk.record([note], keys)
    made = run("note", "K-7", "-m", "the next one")
    assert "left over from an earlier run, and recorded now: note.recorded" in made.err
    assert "recorded: note on K-7" in made.out
    assert "left over" not in run("note", "K-7", "-m", "one more").err
    run.examined()


def test_a_co_signer_signs_beside_and_is_shown(run: Bench) -> None:
    answer = run.json("seize", "K-7", "--exhibit", "JS/1", "--type", "mobile", "--with", "bo")
    assert {(s["name"], s["capacity"]) for s in answer["signed_by"]} == {
        ("Ada Byron (Lab)", "actor"),
        ("Bo Peep (Lab)", "witness"),
    }
    who = run.json("item", "history", "JS/1")["history"][1]["who"]
    assert sorted(who) == ["Ada Byron (Lab)", "Bo Peep (Lab) (as witness)"]
    wrong = run("seize", "K-7", "--type", "mobile", "--with", "zoe", status=2)
    assert "no identity" in wrong.err
