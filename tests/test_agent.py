"""The agent: real processes on real sockets."""

import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from custody.core import canonical, dsse
from custody.core.errors import NotFoundError, SignatureError, StorageError, UsageError
from custody.core.keys import Algorithm
from custody.identity import agent, agent_process, keyfile
from custody.identity.agent import own
from custody.identity.agent_process import Holder, check_signable, is_at, serve
from custody.identity.keyfile import Identity
from custody.identity.signers import MemorySigner, generated


@pytest.fixture(scope="module")
def created(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Identity, tuple[MemorySigner, ...]]:
    return keyfile.create(
        tmp_path_factory.mktemp("identities") / "examiner",
        origin="agency.example/evidence",
        name="Examiner",
        organisation="Unit",
        passphrase="three dusty crates",
        entropy=os.urandom,
        partner=True,
    )


@pytest.fixture(scope="module")
def identity(created: tuple[Identity, tuple[MemorySigner, ...]]) -> Identity:
    return created[0]


@pytest.fixture(scope="module")
def keys(created: tuple[Identity, tuple[MemorySigner, ...]]) -> tuple[MemorySigner, ...]:
    return created[1]


@pytest.fixture
def environ(short_path: Path, identity: Identity) -> Iterator[dict[str, str]]:
    environ = {"XDG_RUNTIME_DIR": str(short_path)}
    yield environ
    if (short_path / "custody").exists():
        (short_path / "custody").chmod(0o700)
    agent.lock(identity, environ)


def statement(key: str, **changes: Any) -> dict[str, Any]:
    claim = {"actor": "ab" * 32, "as": "actor", "key": key}
    parts = {"act": "item.moved", "signers": [claim], "signing": {"unlock": "agent"}}
    return {**parts, **changes}


def pae(value: dict[str, Any]) -> bytes:
    return dsse.pae(dsse.STATEMENT, canonical.encode(value))


def test_an_agent_signs_statements_with_each_key_until_it_is_locked(
    identity: Identity, keys: tuple[MemorySigner, ...], environ: dict[str, str]
) -> None:
    assert agent.signers(identity, environ) is None
    ready = agent.start(identity, keys, 30, environ)
    assert ready.keys == tuple(k.public.id for k in identity.keys)
    said = agent.running(identity, environ)
    assert said is not None
    assert 1790 <= said.seconds_left <= 1800
    signers = agent.signers(identity, environ)
    assert signers is not None
    for signer in signers:
        message = pae(statement(identity.key.id))
        signer.key.verify(signer.sign(message), message)
    assert agent.lock(identity, environ)
    assert not agent.lock(identity, environ)
    assert agent.running(identity, environ) is None
    with pytest.raises(NotFoundError, match="custody unlock"):
        signers[0].sign(pae(statement(identity.key.id)))


def test_only_the_owner_reaches_it(
    identity: Identity, keys: tuple[MemorySigner, ...], environ: dict[str, str]
) -> None:
    agent.start(identity, keys, 1, environ)
    door = agent.door(identity, environ)
    assert stat.S_IMODE(door.stat().st_mode) == 0o600
    assert stat.S_IMODE(door.parent.stat().st_mode) == 0o700
    door.parent.chmod(0o755)
    with pytest.raises(UsageError, match="not a folder of yours alone"):
        agent.signers(identity, environ)


def test_a_second_unlock_replaces_the_first_agent(
    identity: Identity, keys: tuple[MemorySigner, ...], environ: dict[str, str]
) -> None:
    agent.start(identity, keys, 1, environ)
    agent.start(identity, keys, 60, environ)
    said = agent.running(identity, environ)
    assert said is not None
    assert said.seconds_left > 60


def test_what_is_no_request_is_refused_and_the_agent_goes_on(
    identity: Identity, keys: tuple[MemorySigner, ...], environ: dict[str, str]
) -> None:
    agent.start(identity, keys, 1, environ)
    door = agent.door(identity, environ)
    for request in ({}, {"do": "sign"}, {"do": "sign", "key": "", "message": "!"}, {"do": [1]}):
        with pytest.raises(SignatureError, match="agent refuses"):
            agent.asked(door, request)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as half:
        half.connect(str(door))
        half.sendall(b'{"do":')
    assert agent.running(identity, environ) is not None


def test_minutes_have_bounds(
    identity: Identity, keys: tuple[MemorySigner, ...], environ: dict[str, str]
) -> None:
    for minutes in (0, 721):
        with pytest.raises(UsageError, match="between 1 and 720"):
            agent.start(identity, keys, minutes, environ)


def test_keys_that_an_agent_holds_cannot_be_handed_on(
    identity: Identity, keys: tuple[MemorySigner, ...], environ: dict[str, str]
) -> None:
    agent.start(identity, keys, 1, environ)
    held = agent.signers(identity, environ)
    assert held is not None
    with pytest.raises(UsageError, match="only keys from an identity file"):
        agent.start(identity, held, 1, environ)
    assert agent.running(identity, environ) is not None


def test_a_folder_name_too_long_for_a_socket_is_said(
    identity: Identity, keys: tuple[MemorySigner, ...], tmp_path: Path
) -> None:
    deep = tmp_path / ("x" * 120)
    deep.mkdir()
    with pytest.raises(StorageError, match=r"did not start.*too long"):
        agent.start(identity, keys, 1, {"XDG_RUNTIME_DIR": str(deep)})


def test_without_a_runtime_folder_no_agent_runs_and_none_starts(
    identity: Identity, keys: tuple[MemorySigner, ...], short_path: Path
) -> None:
    environ = {"XDG_RUNTIME_DIR": str(short_path / "nowhere")}
    assert agent.running(identity, environ) is None
    assert not agent.lock(identity, environ)
    with pytest.raises(StorageError, match="no agent can be reached"):
        agent.start(identity, keys, 1, environ)


def test_the_time_runs_out(tmp_path: Path) -> None:
    ticks = iter([0.0, 1.0, 60.0, 60.0])
    holder = Holder({}, "", 60.0, lambda: next(ticks), lambda: None)
    assert holder.left() == 60.0
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(tmp_path / "s"))
        listener.listen()
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as late:
            late.connect(str(tmp_path / "s"))
            serve(listener, holder)
            assert late.recv(1) == b"", "who comes as the time runs out is not served"


def test_an_agent_that_nobody_finds_any_more_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two unlocks at once: the second takes the socket's name; `lock` reaches only the second."""
    monkeypatch.setattr(agent_process, "LOOK", 0.01)
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        inode = agent_process.bind(listener, path)
        assert is_at(path, inode)
        path.rename(tmp_path / "elsewhere")
        path.touch()
        holder = Holder({}, "", 60.0, lambda: 0.0, lambda: None, lambda: is_at(path, inode))
        serve(listener, holder)
    path.unlink()
    assert not is_at(path, inode)


AS_ROOT = pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
NOBODY = 65534


@AS_ROOT
def test_somebody_elses_folder_in_tmp_is_no_agent_and_stops_no_act(
    identity: Identity, keys: tuple[MemorySigner, ...], environ: dict[str, str]
) -> None:
    folder = agent.door(identity, environ).parent
    folder.mkdir(mode=0o700)
    os.chown(folder, NOBODY, NOBODY)
    assert agent.running(identity, environ) is None
    assert agent.signers(identity, environ) is None
    with pytest.raises(UsageError, match="not a folder of yours: no agent is kept there"):
        agent.start(identity, keys, 1, environ)
    os.chown(folder, 0, 0)


@AS_ROOT
def test_another_users_program_is_told_nothing(short_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(short_path / "s"))
        os.seteuid(NOBODY)
        try:
            listener.listen()
        finally:
            os.seteuid(0)
        with pytest.raises(SignatureError, match="another user's program answers"):
            agent.asked(short_path / "s", {"do": "status"})
        channel, _ = listener.accept()
        with channel:
            assert channel.recv(100) == b""


def test_the_other_end_is_known_by_its_user() -> None:
    here, there = socket.socketpair()
    with here, there:
        assert own(here)


def test_a_statement_of_its_own_passes() -> None:
    key = generated(Algorithm.ED25519).key.id
    check_signable(pae(statement(key)), key)


@pytest.mark.parametrize(
    ("message", "telling"),
    [
        (b"", "entries and bundles, and nothing else"),
        (b"anything", "entries and bundles, and nothing else"),
        (dsse.pae(dsse.ENROLMENT, b"{}"), "entries and bundles, and nothing else"),
        (pae(statement("k")) + b" ", "entries and bundles, and nothing else"),
        (pae(statement("k")).replace(b".v1+json ", b".v1+json 0"), "nothing else"),
        (
            pae(statement("k", act="transfer.accepted")),
            "transfer.accepted as actor wants the passphrase",
        ),
        (pae(statement("k", act="transfer.acknowledged")), "as actor wants the passphrase"),
        (pae(statement("k", act="custody.assumed")), "as actor wants the passphrase"),
        (pae(statement("k", act="discrepancy.resolved")), "as actor wants the passphrase"),
        (pae(statement("k", act="ledger.rules_changed")), "as actor wants the passphrase"),
        (pae(statement("k", act="disposition.approved")), "as actor wants the passphrase"),
        (pae(statement("k", act="disposition.executed")), "as actor wants the passphrase"),
        (pae(statement("k", act="hold.released")), "as actor wants the passphrase"),
        (pae(statement("k", act="privacy.erased")), "as actor wants the passphrase"),
        (pae(statement("k", signing={"unlock": "prompt"})), "does not say that an agent"),
        (pae(statement("other")), "as nobody wants"),
        (
            pae(statement("k", signers=[{"actor": "a", "as": "approver", "key": "k"}])),
            "as approver wants the passphrase",
        ),
        (
            pae(statement("k", signers=[{"actor": "a", "as": "witness", "key": "k"}])),
            "as witness wants the passphrase",
        ),
    ],
)
def test_what_an_unattended_key_must_not_sign(message: bytes, telling: str) -> None:
    with pytest.raises(SignatureError, match=telling):
        check_signable(message, "k")
