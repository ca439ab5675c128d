"""Proofs, trust, and what an examination found."""

from custody_schemas.declare import Record
from custody_schemas.fields import Digest, Size


class ProofAnswer(Record):
    """Proof of recording of a record: a C2SP tlog-proof."""

    record: int
    proof: str
    file: str | None = None


class TrustAnswer(Record):
    """The trust file to hand out."""

    origin: str
    fingerprint: Digest
    trust: str


class Finding(Record):
    """One answer of an examination; `rule` only where a rule speaks."""

    check: str
    outcome: str
    subject: str
    rule: str | None = None
    detail: str


class Rebuilt(Record):
    """From how many records the tables were made anew, and what did not agree with them before.

    encrypted: objects of the vault that were not encrypted before, and are now
    left: those that are not what their names stand for, and stay as they are
    """

    records: int
    differed: tuple[Finding, ...]
    encrypted: int
    left: tuple[Digest, ...]


class Examined(Record):
    """The examination of a whole ledger: records `start` to `size` - 1 were looked at now."""

    verdict: str
    origin: str
    start: int
    size: int
    root: Digest
    findings: tuple[Finding, ...]


class Fact(Record):
    """Something that was proved and that speaks against the record-keeping."""

    kind: str
    subject: str
    detail: str


class BundleAnswer(Record):
    """A bundle as it was given: its digest, and what its checkpoint says of itself."""

    name: str
    sha256: Digest
    size: Size
    origin: str
    records: int
    root: str
    tallied: str


class Report(Record):
    """The examination of bundles. `trust` is the fingerprint of the trust file, or empty.

    leading: what nobody may overlook, said before everything else
    """

    verdict: str
    bundles: tuple[BundleAnswer, ...]
    trust: str
    leading: tuple[str, ...]
    findings: tuple[Finding, ...]
    adverse: tuple[Fact, ...]
    proved: tuple[str, ...]
    not_proved: tuple[str, ...]
    withheld: tuple[str, ...]
