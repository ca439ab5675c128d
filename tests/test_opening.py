"""Homes, identities and founding: whole or absent, and nobody is guessed at."""

import os
import shutil
import warnings
from pathlib import Path
from typing import Any

import pytest

from custody import opening
from custody.believing import trust_of
from custody.core.dsse import Envelope
from custody.core.errors import (
    AmbiguousError,
    MalformedError,
    NotFoundError,
    SignatureError,
    StorageError,
    UsageError,
)
from custody.core.keys import Algorithm
from custody.core.note import Note
from custody.core.statement import read
from custody.core.trust import TrustFile
from custody.founding import Founded, Founder, found, handle_of
from custody.identity import agent, enrolling, keyfile, memory
from custody.identity.passphrases import Passphrases
from custody_schemas.declare import Capacity
from custody_schemas.terms import ActorRole, UnlockMethod
from tests.bench import quick_keys
from tests.house import ORIGIN, PASSPHRASES, Clock, House, house

FOUNDER = Founder(ORIGIN, "Duty Examiner", "Digital Forensics Unit", contact="room 4")


def founded(folder: Path, founder: Founder = FOUNDER, **changes: Any) -> Founded:
    given = {"clock": Clock(), "entropy": os.urandom, **changes}
    with quick_keys():
        return found(folder / "home", folder / "ids", founder, PASSPHRASES, **given)


@pytest.fixture
def home(tmp_path: Path) -> House:
    return house(tmp_path)


def test_a_ledger_is_founded_with_one_call(tmp_path: Path) -> None:
    made = founded(tmp_path)
    (actor, ledger) = (next(made.ledger.history(tag)) for tag in _tags(made))
    assert actor.envelope == ledger.envelope
    opened = read(Envelope.read(actor.envelope).payload)
    assert (opened.name, opened.unlock) == ("ledger.opened", UnlockMethod.ENVIRONMENT)
    assert made.ledger.labels(made.identity.actor)["name"] == "Duty Examiner"
    assert made.identity.handle == "duty-examiner"
    assert TrustFile.read(made.home.trust.read_bytes()) == made.trust
    assert memory.pinned(made.identity.folder) == made.home.trust.read_bytes()
    made.trust.judge(Note.read(made.ledger.checkpoint()))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["home", "ids"]


def _tags(made: Founded) -> tuple[str, str]:
    opened = read(Envelope.read(next(made.ledger.history(made.identity.actor)).envelope).payload)
    one, two = (place.tag for place in opened.about)
    return one, two


def test_a_founder_may_have_a_p256_key_with_a_partner_and_other_roles(tmp_path: Path) -> None:
    roles = (ActorRole.ADMIN, ActorRole.CUSTODIAN_PRIMARY)
    founder = FOUNDER._replace(algorithm=Algorithm.P256, partner=True, roles=roles)
    made = founded(tmp_path, founder)
    assert made.identity.key.algorithm is Algorithm.P256
    signed = Envelope.read(next(made.ledger.history(made.identity.actor)).envelope)
    assert len(signed.signatures) == 2


def test_a_second_call_says_that_the_ledger_is_there(tmp_path: Path) -> None:
    made = founded(tmp_path)
    size = made.ledger.checkpoint()
    with pytest.raises(UsageError, match=r"holds the ledger agency\.example/evidence already"):
        founded(tmp_path)
    with pytest.raises(UsageError, match="choose another --home"):
        founded(tmp_path, FOUNDER._replace(origin="other.example/evidence"))
    assert made.ledger.checkpoint() == size
    assert [i.handle for i in keyfile.listed(tmp_path / "ids")] == ["duty-examiner"]


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").write_text("dear")
    with pytest.raises(UsageError, match="holds other things"):
        founded(tmp_path)
    assert [p.name for p in tmp_path.rglob("*")] == ["home", "letter.txt"]


@pytest.mark.parametrize(
    ("founder", "telling"),
    [
        (FOUNDER._replace(origin="no spaces please"), "origin"),
        (FOUNDER._replace(name="x" * 501), "name"),
        (FOUNDER._replace(roles=()), "roles"),
    ],
    ids=["origin", "name", "roles"],
)
def test_names_beyond_their_limits_make_nothing(
    tmp_path: Path, founder: Founder, telling: str
) -> None:
    with pytest.raises(MalformedError, match=telling):
        founded(tmp_path, founder)
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    founded(tmp_path / "one")
    shutil.copytree(tmp_path / "one/ids", tmp_path / "two/ids")
    assert founded(tmp_path / "two").identity.handle == "duty-examiner-2"
    shutil.copytree(tmp_path / "one/ids", tmp_path / "three/ids")
    with pytest.raises(UsageError, match="choose another with --as"):
        founded(tmp_path / "three", handle="duty-examiner")


@pytest.mark.parametrize(
    ("name", "handle"),
    [("Duty Examiner", "duty-examiner"), ("José-María Ñ.", "jose-maria-n"), ("Ёлкин", "identity")],
)
def test_a_folder_is_named_after_the_person(name: str, handle: str) -> None:
    assert handle_of(name) == handle
    assert keyfile.HANDLE.fullmatch(handle_of(name))


def crashing(folder: Path, at: int) -> bool:
    """Found in a child process that dies at its `at`-th fsync; False if it never got there."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the test runner has threads
        child = os.fork()
    if child == 0:
        left, sync = at, os.fsync

        def dying(descriptor: Any) -> None:
            nonlocal left
            left -= 1
            if left <= 0:
                os._exit(9)
            sync(descriptor)

        os.fsync = dying  # type: ignore[assignment]
        try:
            founded(folder)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def test_killed_at_any_point_a_second_call_finishes_or_explains(tmp_path: Path) -> None:
    for at in range(1, 60):
        folder = tmp_path / str(at)
        crashed = crashing(folder, at)
        try:
            made = founded(folder)
        except UsageError as refusal:
            assert not crashed or "already" in str(refusal)
            made = _again(folder)
        assert len(_tags(made)) == 2
        assert made.ledger.checkpoint().split(b"\n")[1] == b"2"
        assert list(made.identity.folder.glob("outbox/*.json")) == []
        assert len(keyfile.listed(folder / "ids")) == 1
        if not crashed:
            assert at > 15, "there are many places to die in"
            return
    pytest.fail("it never came to its end")


def _again(folder: Path) -> Founded:
    home = opening.read_home(folder / "home")
    ledger = opening.open_ledger(home, Clock())
    identity = opening.choose_identity(ledger, folder / "ids")
    trust = TrustFile.read(home.trust.read_bytes())
    return Founded(home, ledger, identity, trust)


def test_the_home_is_where_one_says(tmp_path: Path) -> None:
    environ = {"HOME": "/h", "CUSTODY_HOME": "/c", "XDG_DATA_HOME": "/x"}
    assert opening.home_folder(environ, Path("/given")) == Path("/given")
    assert opening.home_folder(environ) == Path("/c")
    assert opening.home_folder({"HOME": "/h", "XDG_DATA_HOME": "/x"}) == Path("/x/custody/ledger")
    assert opening.home_folder({"HOME": "/h"}) == Path("/h/.local/share/custody/ledger")
    assert opening.identities_folder({"HOME": "/h"}) == Path("/h/.config/custody/identities")
    assert opening.identities_folder({"CUSTODY_IDENTITIES": "/stick"}) == Path("/stick")
    assert opening.home_folder({}, Path("here")).is_absolute()


def test_a_folder_without_a_ledger_is_said_to_be_one(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(NotFoundError, match="custody init"):
            opening.read_home(folder)
    (tmp_path / "custody.toml").write_text("colour = 'red'\n")
    with pytest.raises(MalformedError, match="which ledger"):
        opening.read_home(tmp_path)
    (tmp_path / "custody.toml").write_text("origin = 'a.example/b'\n")
    with pytest.raises(StorageError):
        opening.open_ledger(opening.read_home(tmp_path))


def test_the_vault_stands_beside_the_ledger(home: House) -> None:
    where = opening.read_home(home.folder / "home")
    digests = opening.open_vault(where).put_bytes(b"evidence")
    assert (where.vault / "objects").is_dir()
    assert opening.open_vault(where).has(digests.sha256)


def test_the_founder_acts_unless_somebody_else_is_named(home: House) -> None:
    ids = home.folder / "ids"
    assert opening.choose_identity(home.ledger, ids).handle == "ada"
    assert opening.choose_identity(home.ledger, ids, "bo").handle == "bo"
    assert opening.choose_identity(home.ledger, Path("/nowhere"), str(ids / "bo")).handle == "bo"
    shutil.rmtree(ids / "ada")
    assert opening.choose_identity(home.ledger, ids).handle == "bo"
    shutil.copytree(ids / "bo", ids / "bo2")
    with pytest.raises(AmbiguousError, match="--as") as several:
        opening.choose_identity(home.ledger, ids)
    assert several.value.candidates == ("bo", "bo2")


def test_an_identity_of_another_ledger_is_not_taken(home: House, tmp_path: Path) -> None:
    other = founded(tmp_path / "other", FOUNDER._replace(origin="other.example/evidence"))
    ids = tmp_path / "other/ids"
    with pytest.raises(NotFoundError, match=r"is enrolled in agency\.example/evidence"):
        opening.choose_identity(home.ledger, ids)
    with pytest.raises(SignatureError, match=r"identity at other\.example/evidence"):
        opening.choose_identity(home.ledger, ids, "duty-examiner")
    with pytest.raises(NotFoundError, match="no identity in"):
        opening.choose_identity(other.ledger, ids, "nobody")


def test_a_namesake_of_the_ledger_is_another_one(home: House, tmp_path: Path) -> None:
    other = founded(tmp_path / "other")
    assert not opening.is_enrolled(home.ledger, other.identity)
    desk, first = opening.open_desk(home.ledger, other.identity, home.clock)
    assert not first
    with pytest.raises(SignatureError, match="has not signed this checkpoint"):
        desk.look()


def test_a_first_meeting_is_told_and_pinned(home: House) -> None:
    identity = home.identity("bo")
    (identity.folder / "trust.txt").unlink()
    _, first = opening.open_desk(home.ledger, identity, home.clock)
    assert first
    assert memory.pinned(identity.folder) == trust_of(home.ledger).encode()
    assert opening.open_desk(home.ledger, identity, home.clock)[1] is False


def test_keys_come_from_the_agent_only_for_acts_that_it_may_sign(
    home: House, short_path: Path
) -> None:
    environ = {"XDG_RUNTIME_DIR": str(short_path)}
    identity = home.identity()
    agent.start(identity, home.keys["ada"].signers, 1, environ)
    try:
        moved = opening.unlocked(identity, ["item.registered"], PASSPHRASES, environ)
        assert moved.method is UnlockMethod.AGENT
        (done,) = home.desk().record([home.registering(1)], moved)
        assert done.statement.unlock is UnlockMethod.AGENT
        both = ["item.registered", "transfer.accepted"]
        assert opening.unlocked(identity, both, PASSPHRASES, environ).method is (
            UnlockMethod.ENVIRONMENT
        )
        with pytest.raises(UsageError, match="nobody can be asked"):
            opening.unlocked(identity, ["actor.registered"], Passphrases({}), environ)
    finally:
        agent.lock(identity, environ)
    assert not agent.may_sign("item.registered", Capacity.WITNESS)


def test_a_request_to_be_enrolled_proves_possession_and_opens_the_names(tmp_path: Path) -> None:
    identity, signers = keyfile.create(
        tmp_path / "bo",
        origin=ORIGIN,
        name="Bo",
        organisation="Store",
        passphrase="three dusty crates",
        entropy=os.urandom,
        partner=True,
    )
    data = enrolling.request(identity, signers, "bo@example", os.urandom)
    request = enrolling.read(data)
    assert request.opened == {"contact": "bo@example", "name": "Bo", "organisation": "Store"}
    assert request.enrolment.keys == (identity.key, identity.partner)
    assert request.body["payloadType"].endswith("enrolment.v1+json")
    assert request.enrolment.actor is None
    other = enrolling.request(identity, signers, "else@example", os.urandom)
    mixed = data[: data.index(b'"request"')] + other[other.index(b'"request"') :]
    with pytest.raises(MalformedError, match="do not belong to it"):
        enrolling.read(mixed)
    with pytest.raises(MalformedError, match="custody identity create"):
        enrolling.read(b'{"request":{}}\n')
    with pytest.raises(SignatureError):
        enrolling.read(data.replace(b'"sig":"', b'"sig":"AAAA', 1))


def test_a_request_for_a_further_key_says_whose_it_is(tmp_path: Path) -> None:
    identity, signers = keyfile.create(
        tmp_path / "bo2",
        origin=ORIGIN,
        name="Bo",
        organisation="Store",
        passphrase="three dusty crates",
        entropy=os.urandom,
        actor="ab" * 32,
    )
    request = enrolling.read(enrolling.request(identity, signers, "", os.urandom))
    assert request.enrolment.actor == identity.actor == "ab" * 32
