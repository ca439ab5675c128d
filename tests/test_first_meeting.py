"""The first meeting with a ledger: what is pinned is what the ledger's own checkpoint holds."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custody import opening
from custody.core.errors import ProofError, SignatureError
from custody.core.note import VerifierKey
from custody.core.proof import Proof
from custody.core.state import LedgerFacts
from custody.core.state import Subject as State
from custody.identity import keyfile, memory
from custody.ledger import Ledger
from tests.house import House, Wire, house


@pytest.fixture
def home(tmp_path: Path) -> House:
    made = house(tmp_path)
    (made.folder / "ids/bo/trust.txt").unlink()
    return made


@dataclass
class Stranger(Wire):
    """Hands out other facts or another record 0."""

    facts: Callable[[LedgerFacts], LedgerFacts] = lambda facts: facts
    proof: Callable[[Proof], Proof] = lambda proof: proof

    def subject(self, tag: str) -> State | None:
        found = self.ledger.subject(tag)
        return self.facts(found) if isinstance(found, LedgerFacts) else found

    def receipt(self, n: int) -> bytes:
        return self.proof(Proof.read(self.ledger.receipt(n))).encode()


def meets(home: House, ledger: Ledger) -> None:
    opening.open_desk(ledger, keyfile.read(home.folder / "ids/bo"), home.clock)


def test_an_honest_ledger_is_pinned(home: House) -> None:
    meets(home, Stranger(home.ledger))
    pinned = memory.pinned(home.folder / "ids/bo")
    assert pinned == (home.folder / "home/trust.txt").read_bytes()


def test_another_record_0_is_not_pinned(home: House) -> None:
    """Otherwise every honest bundle fails under this person's trust file, and a false one passes."""
    liar = Stranger(
        home.ledger,
        proof=lambda proof: Proof(proof.index, proof.path, proof.note, b"another record"),
    )
    with pytest.raises(ProofError, match="not shown to be in the checkpoint"):
        meets(home, liar)
    assert memory.pinned(home.folder / "ids/bo") is None


def test_another_record_as_record_0_is_not_pinned(home: House) -> None:
    other = Proof.read(home.ledger.receipt(1))
    with pytest.raises(ProofError, match="one of record 1"):
        meets(home, Stranger(home.ledger, proof=lambda _: other))


def altered(facts: LedgerFacts) -> LedgerFacts:
    key = VerifierKey.read(facts.log_key)
    other = VerifierKey(
        key.name, key.type, Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    )
    return facts.but(log_key=other.text)


def test_keys_that_did_not_sign_the_ledger_are_not_pinned(home: House) -> None:
    with pytest.raises(SignatureError, match=r"no signature|not signed|signature"):
        meets(home, Stranger(home.ledger, facts=altered))
    assert memory.pinned(home.folder / "ids/bo") is None
