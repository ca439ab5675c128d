"""The agent: holds one identity's keys in memory for some minutes, and signs little.

It is handed the keys on standard input, says `ready`, and answers on its socket until its time is
up or `custody lock` ends it. Nothing that it is asked is believed: it signs the DSSE
pre-authentication encoding of a statement that says of itself that an agent unlocked its key, and
in which its own key acts for itself. What must not be done by whoever walks up to an open desk
(`agent.may_sign`) is refused here, whatever the client thinks.
"""

import contextlib
import ctypes
import json
import os
import resource
import socket
import sys
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from custody.core import canonical, dsse
from custody.core.errors import CustodyError, SignatureError
from custody.identity import pkcs8
from custody.identity.agent import SLATE_LIMIT, may_sign, own
from custody.identity.signers import MemorySigner
from custody_schemas.terms import UnlockMethod

LINE = 2 * canonical.STATEMENT_LIMIT
PATIENCE = 5.0  # seconds that one client may keep the others waiting
LOOK = 2.0  # seconds between two looks whether anybody can still find this agent
NOT_DUMPABLE = (4, 0)  # prctl: PR_SET_DUMPABLE, no


class Slate:
    """A small JSON object that lasts as long as the keys; what it means is not our business."""

    def __init__(self) -> None:
        self.value: dict[str, Any] = {}

    def write(self, value: object) -> None:
        """Keep `value` in place of what is there.

        Raises:
            SignatureError: it is no JSON object, or a large one.
        """
        if not isinstance(value, dict):
            raise SignatureError("what is to be kept is no JSON object")
        if len(json.dumps(value)) > SLATE_LIMIT:
            raise SignatureError(f"more than {SLATE_LIMIT} bytes are not kept beside the keys")
        self.value = value


@dataclass(frozen=True, slots=True)
class Holder:
    """The keys, until when, and what is done with a request.

    main: id of the key that statements name; a partner signs whatever that one signs.
    forget: takes the socket's name away, so that nobody finds this agent any more.
    found: whether the socket still has its name: an agent that `custody lock` cannot reach,
        because another one took its place, must not go on holding keys.
    """

    keys: Mapping[str, MemorySigner]
    main: str
    until: float
    clock: Callable[[], float]
    forget: Callable[[], None]
    found: Callable[[], bool] = lambda: True
    slate: Slate = field(default_factory=Slate)

    def left(self) -> float:
        """Seconds until the keys are forgotten."""
        return self.until - self.clock()

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """What is sent back.

        Raises:
            SignatureError, MalformedError, KeyError, TypeError, ValueError: refused.
        """
        if request["do"] == "sign":
            message = b64decode(request["message"], validate=True)
            check_signable(message, self.main)
            signer = self.keys[request["key"]]
            return {"signature": b64encode(signer.sign(message)).decode()}
        if request["do"] == "lock":
            self.forget()  # before the answer: whoever reads it may start the next agent at once
        if request["do"] == "write":
            self.slate.write(request["slate"])
        if request["do"] in ("status", "lock", "write"):
            left = max(0, int(self.left()))
            return {"keys": list(self.keys), "seconds_left": left, "slate": self.slate.value}
        raise SignatureError(f"nothing is known of {request['do']!r}")


def check_signable(message: bytes, key: str) -> None:
    """Refuse what an unattended key must not sign.

    Raises:
        SignatureError: it is no statement, or one for which a person must give the passphrase.
        MalformedError: the statement is not canonical.
    """
    kind = next((k for k in (dsse.STATEMENT, dsse.BUNDLE) if k.encode() in message[:100]), "")
    head = dsse.pae(kind, b"").removesuffix(b"0 ")
    payload = message.removeprefix(head).partition(b" ")[2]
    if not kind or dsse.pae(kind, payload) != message:
        raise SignatureError("an agent signs entries and bundles, and nothing else")
    if kind == dsse.BUNDLE:
        return  # the digests of a bundle, whose export.prepared the same agent may sign
    statement = canonical.decode(payload, canonical.STATEMENT_LIMIT)
    if statement["signing"]["unlock"] != UnlockMethod.AGENT:
        raise SignatureError("the entry does not say that an agent unlocked its key")
    capacities = [claim["as"] for claim in statement["signers"] if claim["key"] == key]
    if len(capacities) != 1 or not may_sign(statement["act"], capacities[0]):
        raise SignatureError(
            f"{statement['act']} as {' and '.join(capacities) or 'nobody'} wants the passphrase"
        )


def now() -> float:
    """Seconds of a clock that goes on while the machine sleeps: a closed lid must not help."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def serve(listener: socket.socket, holder: Holder) -> None:
    """Answer one client after the other until the time is up, or one says `lock`, or none can."""
    while (left := holder.left()) > 0 and holder.found():
        listener.settimeout(min(left, LOOK))
        try:
            channel, _ = listener.accept()
        except TimeoutError:
            continue
        # A client that hangs up, or sends half a line, is its own trouble.
        with channel, contextlib.suppress(OSError):
            channel.settimeout(PATIENCE)
            if own(channel) and holder.left() > 0 and attend(channel, holder):
                return


def attend(channel: socket.socket, holder: Holder) -> bool:
    """Read a request and answer it; True if it was the last one."""
    with channel.makefile("rb") as requests:
        line = requests.readline(LINE)
    last = False
    try:
        request = json.loads(line)
        answer = holder.answer(request)
        last = request["do"] == "lock"
    except CustodyError as error:
        answer = {"refused": str(error)}
    except (ValueError, KeyError, TypeError, RecursionError):
        answer = {"refused": "not a request that an agent understands"}
    channel.sendall(json.dumps(answer).encode() + b"\n")
    return last


def harden() -> None:
    """No core dumps, and no other process of the user reads this one's memory."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None).prctl(*NOT_DUMPABLE, 0, 0, 0)


def main() -> None:
    """Take the order from standard input, say `ready`, serve."""
    harden()
    order = json.loads(sys.stdin.buffer.readline())
    path = Path(order["door"])
    held = [MemorySigner(pkcs8.read_plain(b64decode(key))) for key in order["keys"]]
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        try:
            bound = bind(listener, path)
        except OSError as error:
            print(f"{path}: {error}")  # the one line that the starter reads
            raise SystemExit(1) from None
        forget = partial(unlink_own, path, bound)
        keys = {signer.key.id: signer for signer in held}
        until, found = now() + order["seconds"], partial(is_at, path, bound)
        holder = Holder(keys, held[0].key.id, until, now, forget, found)
        print("ready", flush=True)
        sys.stdout.close()
        try:
            serve(listener, holder)
        finally:
            forget()


def bind(listener: socket.socket, path: Path) -> int:
    """Listen at `path` (0600); returns the socket's inode number."""
    path.unlink(missing_ok=True)
    before = os.umask(0o177)
    try:
        listener.bind(str(path))
    finally:
        os.umask(before)
    listener.listen()
    return path.stat().st_ino


def is_at(path: Path, inode: int) -> bool:
    """Whether `path` is still this agent's, and not gone or a successor's."""
    try:
        return path.stat().st_ino == inode
    except OSError:
        return False


def unlink_own(path: Path, inode: int) -> None:
    """Take `path` away if it is still this agent's."""
    with contextlib.suppress(FileNotFoundError):
        if is_at(path, inode):
            path.unlink()


if __name__ == "__main__":
    main()
