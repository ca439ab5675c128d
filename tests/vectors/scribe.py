"""Drafts, signs and records the acts of the vectors' story; nothing in it is random twice.

ML-DSA signatures differ each time they are made. One that was made before is kept in
`randomised.json` and used again, so that making the vectors anew changes no byte.
"""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from custody.core import canonical, disclosure, dsse, statement, times
from custody.core.checkpoint import Checkpoint, cosignature_line, ed25519_line
from custody.core.errors import SignatureError
from custody.core.keys import PublicKey, Signer
from custody.core.reading import open_act
from custody_schemas.declare import Capacity, Kind
from tests.memory import LOG, LOG_KEY, LOG_MLDSA, LOG_MLDSA_KEY, ORIGIN, Memory, Signed
from tests.signers import TestSigner, ed25519_signer, ml_dsa_signer, p256_signer

START = 1_790_000_000  # 2026-09-21T14:13:20Z
FILE = Path(__file__).parent / "randomised.json"


class Randomised:
    """Signatures by an algorithm that draws randomness, each made once and kept."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = json.loads(FILE.read_text()) if FILE.exists() else {}
        self.used: dict[str, str] = {}

    def sign(self, key: Any, private: Any, message: bytes) -> bytes:
        """The kept signature of these bytes if it verifies, else a new one."""
        name = sha256(key.public if hasattr(key, "public") else key.spki).hexdigest()[:16]
        name += sha256(message).hexdigest()
        signature = canonical.from_base64(self._kept.get(name, ""))  # empty: verifies nowhere
        try:
            key.verify(signature, message)
        except SignatureError:
            signature = private.sign(message)
        self._kept[name] = self.used[name] = canonical.to_base64(signature)
        return signature


class Partner:
    """An ML-DSA-65 signer whose signatures are kept."""

    def __init__(self, number: int, randomised: Randomised) -> None:
        self._inner, self._randomised = ml_dsa_signer(number), randomised

    @property
    def key(self) -> PublicKey:
        return self._inner.key

    def sign(self, message: bytes) -> bytes:
        return self._randomised.sign(self.key, self._inner, message)


class Person(NamedTuple):
    """Somebody of the story: a name, a tag, and the keys that she signs with."""

    name: str
    tag: str
    signer: TestSigner
    partner: Signer | None = None

    @property
    def signers(self) -> tuple[Signer, ...]:
        return (self.signer, self.partner) if self.partner else (self.signer,)


class Scribe(Memory):
    """The ledger of the vectors' story. `last` is what the next signer has seen of it."""

    def __init__(self) -> None:
        super().__init__(ORIGIN, START)
        self.randomised = Randomised()
        self.last = self.seen()

    def person(self, name: str, signer: TestSigner, partner: Signer | None = None) -> Person:
        parts = ("custody/actor/v1", self.origin, signer.key.id)
        return Person(name, sha256("\0".join(parts).encode()).hexdigest(), signer, partner)

    def draft(
        self,
        act: str,
        about: Sequence[tuple[Kind, str]],
        given: Mapping[str, Any],
        by: Person,
        *others: tuple[Person, Capacity],
        opened: Sequence[str] = (),
        **members: Any,
    ) -> Signed:
        """An act as `by` signs it now. `opened` are disclosures whose digests it repeats."""
        made = {d.field: d for d in map(disclosure.read, opened)}
        occurred = {"offset_min": 120, "precision": "minute", "source": "clock"}
        given = {"occurred": {"at": times.spelt(self.now), **occurred}, **given}
        body, personal = open_act(act, given)
        for name in sorted(personal.keys() - made.keys()):
            made[name] = disclosure.make(name, personal[name], self.entropy)
        first = Capacity.ENROLLER if act in ENROLLED else Capacity.ACTOR
        signers = [(by, first), *others]
        prev = members.pop("prev", {})
        payload: dict[str, Any] = {
            "v": 1,
            "ledger": self.origin,
            "act": act,
            "about": [
                {"as": kind, "prev": prev.get(tag, self._prev(tag)), "tag": tag}
                for kind, tag in sorted(about, key=lambda place: place[1])
            ],
            "seen": self.last._asdict(),
            "time": times.spelt(self.now),
            "until": times.spelt(self.now + 86_400),
            "nonce": self.entropy(16).hex(),
            "signers": sorted(
                ({"actor": p.tag, "as": c, "key": p.signer.key.id} for p, c in signers),
                key=lambda claim: str(claim["key"]),
            ),
            "signing": {"client": "vectors 1", "unlock": "prompt"},
            "sd": {name: d.digest for name, d in made.items()},
            "body": body,
            **members,
        }
        data = canonical.encode(payload)
        keys = [key for person, _ in signers for key in person.signers]
        envelope = dsse.sign(dsse.STATEMENT, data, keys)
        texts = tuple(made[name].text for name in sorted(made))
        return Signed(statement.read(data), envelope, texts)

    def record(self, signed: Signed) -> str:
        """Record it; a minute passes, and the next signer sees it. The statement's id."""
        self.submit(signed)
        self.now += 60
        self.last = self.seen()
        return signed.id

    def checkpoint(self) -> bytes:
        made = Checkpoint(self.origin, self.frontier.size, self.frontier.root())

        def sign(message: bytes) -> bytes:
            return self.randomised.sign(LOG_MLDSA_KEY, LOG_MLDSA, message)

        lines = ed25519_line(LOG_KEY, made, LOG.sign)
        lines += cosignature_line(LOG_MLDSA_KEY, made, self.now, sign)
        return f"{made.text}\n{lines}".encode()

    def _prev(self, tag: str) -> str:
        chain = self.chain(tag)
        return chain.head if chain else ""


ENROLLED = frozenset(
    ("actor.registered", "key.registered", "key.rotated", "role.granted", "role.revoked")
)
ADA, BEN, BEN2, CLEO = ed25519_signer(1), p256_signer(2), ed25519_signer(22), ed25519_signer(3)
DAN, DAN2 = ed25519_signer(4), p256_signer(44)
IDA, JAN = ed25519_signer(5), p256_signer(6)
