"""The trust file that a ledger hands out: whose log it is, and where it began."""

from custody.core import tags
from custody.core.errors import NotFoundError, ProofError, SignatureError
from custody.core.note import VerifierKey
from custody.core.proof import Proof
from custody.core.record import record_hash
from custody.core.state import LedgerFacts
from custody.core.trust import LOG_MLDSA, Group, TrustFile
from custody.ledger import Ledger
from custody.receipts import accepted


def trust_of(ledger: Ledger) -> TrustFile:
    """The trust file that the ledger hands out: its keys and record 0, and no witnesses.

    It is the operator's word: what it is worth depends on how it reaches the reader.

    Raises:
        NotFoundError: the ledger has not been opened.
        ProofError, SignatureError: record 0 is not under a checkpoint that these keys signed.
    """
    facts = ledger.subject(tags.ledger_tag(ledger.origin))
    if not isinstance(facts, LedgerFacts):
        raise NotFoundError(f"{ledger.origin} has no records yet: finish with `custody init`")
    log, mldsa = VerifierKey.read(facts.log_key), VerifierKey.read(facts.log_mldsa)
    trust = trusting(log, mldsa, genesis_of(ledger))
    if (log.name, mldsa.name) != (ledger.origin, ledger.origin):
        raise SignatureError(f"the log keys that {ledger.origin} hands out are another ledger's")
    accepted(trust, Proof.read(ledger.receipt(0)).note)
    return trust


def genesis_of(ledger: Ledger) -> str:
    """Hash of record 0, which the ledger's own checkpoint must hold.

    Raises:
        ProofError: it does not.
    """
    proof = Proof.read(ledger.receipt(0))
    if proof.index != 0:
        raise ProofError(f"the proof of record 0 is one of record {proof.index}")
    proof.verify(record_hash(proof.extra))
    return record_hash(proof.extra).hex()


def trusting(log: VerifierKey, mldsa: VerifierKey, genesis: str | None = None) -> TrustFile:
    """A trust file that requires both of a log's signatures, and no witness."""
    group = Group("log", 1, (LOG_MLDSA,))
    return TrustFile(log=log, log_mldsa=mldsa, groups=(group,), quorum=group.name, genesis=genesis)
