"""The client's side of `custody unlock`: start the agent, ask it to sign, end it.

The agent is a process of the user's own (`custody.identity.agent_process`), reached over a Unix
socket in a folder that only the user can enter. One request a connection: a line of JSON, answered
by a line of JSON. It exists on Linux only; elsewhere a sentence says so.
"""

import contextlib
import json
import os
import socket
import stat
import struct
import subprocess
import sys
import tempfile
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from custody.core.errors import NotFoundError, SignatureError, StorageError, UsageError
from custody.core.keys import PublicKey, Signer
from custody.identity import pkcs8
from custody.identity.keyfile import Identity
from custody.identity.signers import MemorySigner
from custody_schemas.declare import Capacity

# design §8: accepting, acknowledging and taking over; the founder's act is made once, in person.
# Who ends a discrepancy or changes the rules answers for others, as an approver does; and what
# is given away, destroyed or erased does not come back.
NEVER = frozenset(
    {
        "transfer.accepted",
        "transfer.acknowledged",
        "custody.assumed",
        "court.returned",
        "statement.countersigned",
        "discrepancy.resolved",
        "ledger.rules_changed",
        "pack.loaded",
        "hold.released",
        "request.ended",
        "disposition.approved",
        "disposition.begun",
        "disposition.executed",
        "privacy.erased",
        "ledger.opened",
    }
)
LONGEST = 12 * 60  # minutes: a working day; a key that is never locked is a key on the disk
PATIENCE = 10.0  # seconds for one answer
SLATE_LIMIT = 8192  # bytes of JSON that an agent keeps beside the keys


class ForeignError(UsageError):
    """Somebody else has put a folder where ours would be."""


def may_sign(act: str, capacity: str) -> bool:
    """Whether an agent signs this: one's own act only, so no approval and no co-signature."""
    return capacity == Capacity.ACTOR and act not in NEVER


class Running(NamedTuple):
    """What a live agent says of itself.

    slate: what was last written there with `write`; the agent makes nothing of it.
    """

    keys: tuple[str, ...]
    seconds_left: int
    slate: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class AgentSigner:
    """A key that the agent holds; fulfils `custody.core.keys.Signer`."""

    key: PublicKey
    door: Path

    def sign(self, message: bytes) -> bytes:
        """Ask the agent.

        Raises:
            SignatureError: it refuses; the message says why.
            NotFoundError: its time ran out meanwhile.
        """
        request = {"do": "sign", "key": self.key.id, "message": b64encode(message).decode()}
        return b64decode(asked(self.door, request)["signature"])


def required() -> None:
    """Raises UsageError where the system has no sockets that say who is at their other end."""
    if not hasattr(socket, "SO_PEERCRED"):
        raise UsageError(
            "the agent needs Linux: here give the passphrase for each act, or --passphrase-file"
        )


def door(identity: Identity, environ: Mapping[str, str]) -> Path:
    """Where the socket of this identity's agent is, or would be: in the user's runtime folder.

    Raises:
        UsageError: the platform has no such sockets, or the folder is open to others.
    """
    required()
    base = environ.get("XDG_RUNTIME_DIR")
    folder = (
        Path(base) / "custody" if base else Path(tempfile.gettempdir()) / f"custody-{os.getuid()}"
    )
    with contextlib.suppress(FileNotFoundError):
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
            raise ForeignError(
                f"{folder} is not a folder of yours: no agent is kept there; set XDG_RUNTIME_DIR "
                "to one"
            )
        if status.st_mode & 0o077:
            raise UsageError(f"{folder} is not a folder of yours alone (0700): remove it first")
    return folder / f"{identity.key.id[:32]}.sock"


def start(
    identity: Identity, signers: Sequence[Signer], minutes: int, environ: Mapping[str, str]
) -> Running:
    """Hand the unlocked keys to a new agent, in place of one that may be running.

    Raises:
        UsageError: more than `LONGEST` minutes, or less than one; or keys that are not in this
            process's memory, which cannot be handed on.
        StorageError: the agent did not start.
    """
    if not 1 <= minutes <= LONGEST:
        raise UsageError(f"--minutes {minutes}: between 1 and {LONGEST}")
    held = [signer for signer in signers if isinstance(signer, MemorySigner)]
    if len(held) != len(signers):
        raise UsageError("only keys from an identity file can be handed to an agent")
    lock(identity, environ)
    path = door(identity, environ)
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise StorageError(f"no agent can be reached in {path.parent}: {error.strerror}") from error
    order = {
        "door": str(path),
        "seconds": minutes * 60,
        "keys": [b64encode(pkcs8.plain(s.private)).decode() for s in held],
    }
    # -P: a module in the current folder must not run in the process that holds the keys.
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "custody.identity.agent_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={k: v for k, v in os.environ.items() if not k.startswith("CUSTODY_PASSPHRASE")},
        start_new_session=True,
    )
    assert process.stdin and process.stdout
    with process.stdout:
        with contextlib.suppress(BrokenPipeError), process.stdin:  # it died: it says nothing
            process.stdin.write(json.dumps(order).encode() + b"\n")
        said = process.stdout.readline().strip()
    if said != b"ready":
        process.wait(PATIENCE)
        raise StorageError(f"the agent did not start: {said.decode() or 'it said nothing'}")
    process.returncode = 0  # it lives on by design: no warning that nobody waits for it
    return Running(tuple(s.key.id for s in signers), minutes * 60)


def signers(identity: Identity, environ: Mapping[str, str]) -> tuple[AgentSigner, ...] | None:
    """The identity's keys as a running agent holds them; None if none is running."""
    found = running(identity, environ)
    if found is None:
        return None
    return tuple(AgentSigner(k.public, door(identity, environ)) for k in identity.keys)


def running(identity: Identity, environ: Mapping[str, str]) -> Running | None:
    """What the identity's agent says of itself; None if none runs, or none can run here.

    A folder of somebody else's in a shared /tmp is no agent, and stands in nobody's way.
    """
    if not hasattr(socket, "SO_PEERCRED"):
        return None
    try:
        said = asked(door(identity, environ), {"do": "status"})
    except (NotFoundError, ForeignError):
        return None
    return Running(tuple(said["keys"]), int(said["seconds_left"]), said.get("slate", {}))


def write(identity: Identity, slate: Mapping[str, Any], environ: Mapping[str, str]) -> None:
    """Have the identity's agent keep `slate` in its memory, in place of what it kept.

    It is gone with the keys, and never on a disk.

    Raises:
        NotFoundError: no agent is running.
        SignatureError: it refuses, because there is too much of it.
    """
    asked(door(identity, environ), {"do": "write", "slate": slate})


def lock(identity: Identity, environ: Mapping[str, str]) -> bool:
    """End the identity's agent; False if none was running."""
    try:
        asked(door(identity, environ), {"do": "lock"})
    except NotFoundError:
        return False
    return True


def asked(path: Path, request: Mapping[str, Any]) -> dict[str, Any]:
    """The agent's answer to one request.

    Raises:
        NotFoundError: nobody answers at `path`.
        SignatureError: it refuses, or is not this user's.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as channel:
        channel.settimeout(PATIENCE)
        try:
            channel.connect(str(path))
            if not own(channel):
                raise SignatureError(f"another user's program answers at {path}: remove it")
            channel.sendall(json.dumps(request).encode() + b"\n")
            with channel.makefile("rb") as answers:
                line = answers.readline()
        except OSError as error:
            raise NotFoundError("no agent is running: `custody unlock` starts one") from error
    if not line:
        raise NotFoundError("the agent ended before it answered: `custody unlock` starts another")
    answer: dict[str, Any] = json.loads(line)
    if "refused" in answer:
        raise SignatureError(f"the agent refuses: {answer['refused']}")
    return answer


def own(channel: socket.socket) -> bool:
    """Whether the process at the other end is this user's."""
    size = struct.calcsize("3i")
    credentials = channel.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    _, user, _ = struct.unpack("3i", credentials)
    return bool(user == os.getuid())
