"""What an examination found. A primitive raises; an examination asks everything and reports.

One PASSED stands for one subject, one FAILED for one record or file, so that the passes can be
counted and every failure is named. A report is neither true nor false (design: what a verifier
answers): there are three verdicts, and a check that nobody made can only be UNDETERMINED.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any, NamedTuple, NoReturn, Self


class Check(StrEnum):
    """The questions, in the order in which a report answers them."""

    STRUCTURE = "STRUCTURE"
    FIXITY = "FIXITY"
    EVIDENCE = "EVIDENCE"
    CHECKPOINT = "CHECKPOINT"
    WITNESSES = "WITNESSES"
    TIMESTAMP = "TIMESTAMP"
    INCLUSION = "INCLUSION"
    CHAIN = "CHAIN"
    COMPLETENESS = "COMPLETENESS"
    STATEMENT = "STATEMENT"
    SIGNATURE = "SIGNATURE"
    KEY = "KEY"
    RULES = "RULES"
    REDACTIONS = "REDACTIONS"
    FRESHNESS = "FRESHNESS"


class Outcome(StrEnum):
    """NOT_REQUIRED excuses a check that the trust file, or the kind of bundle, does not ask for."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    UNDETERMINED = "UNDETERMINED"
    NOT_REQUIRED = "NOT_REQUIRED"


# Only these may be excused; every other check is owed by every bundle.
EXCUSABLE = frozenset({Check.EVIDENCE, Check.WITNESSES, Check.TIMESTAMP})


class _Found(NamedTuple):
    check: Check
    outcome: Outcome
    subject: str
    detail: str
    rule: str


class Finding(_Found):
    """`subject` is what was examined: a subject's name, "record 17", a file of the bundle."""

    __slots__ = ()

    def __new__(
        cls, check: Check, outcome: Outcome, subject: str, detail: str = "", rule: str = ""
    ) -> Self:
        if outcome is Outcome.NOT_REQUIRED and check not in EXCUSABLE:
            raise ValueError(f"{check} is always required")
        return super().__new__(cls, check, outcome, subject, detail, rule)

    def document(self) -> dict[str, str]:
        """As `--json` prints it; `rule` only where a rule speaks."""
        parts = {name: str(getattr(self, name)) for name in ("check", "outcome", "subject")}
        return parts | ({"rule": self.rule} if self.rule else {}) | {"detail": self.detail}


class Fact(NamedTuple):
    """Something that was proved and that speaks against the record-keeping. Never left out."""

    kind: str
    subject: str
    detail: str


class Source(NamedTuple):
    """A bundle as it was given: digest of the zip, and what its checkpoint says of itself."""

    name: str
    sha256: str
    size: int
    origin: str = ""
    records: int = 0
    root: str = ""
    tallied: str = ""  # ledger time of the tally


class Anchor(NamedTuple):
    """The trust file that the reader brought, and the keys that it names."""

    fingerprint: str
    keys: tuple[tuple[str, str], ...]  # (what, hex)


class Report(NamedTuple):
    """Everything that was found, for several bundles together."""

    findings: tuple[Finding, ...]
    leading: tuple[str, ...] = ()  # what nobody may overlook
    adverse: tuple[Fact, ...] = ()
    proved: tuple[str, ...] = ()
    not_proved: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    trust: Anchor | None = None
    seen_keys: tuple[tuple[str, str], ...] = ()  # what bundles say; believed by none

    @property
    def verdict(self) -> Outcome:
        """FAILED if anything failed; PASSED only if every check was made or may be excused."""
        outcomes = {finding.outcome for finding in self.findings}
        if Outcome.FAILED in outcomes:
            return Outcome.FAILED
        if Outcome.UNDETERMINED in outcomes or {f.check for f in self.findings} != set(Check):
            return Outcome.UNDETERMINED
        return Outcome.PASSED

    def __bool__(self) -> NoReturn:
        raise TypeError("a report is neither true nor false: ask for .verdict")

    def document(self) -> dict[str, Any]:
        """The report as one JSON document."""
        return {
            "verdict": str(self.verdict),
            "bundles": [source._asdict() for source in self.sources],
            "trust": self.trust.fingerprint if self.trust else "",
            "leading": list(self.leading),
            "findings": [finding.document() for finding in self.findings],
            "adverse": [fact._asdict() for fact in self.adverse],
            "proved": list(self.proved),
            "not_proved": list(self.not_proved),
            "withheld": list(self.withheld),
        }


def failed(check: Check, subject: str, detail: str, rule: str = "") -> Finding:
    return Finding(check, Outcome.FAILED, subject, detail, rule)


def undetermined(check: Check, subject: str, detail: str, rule: str = "") -> Finding:
    return Finding(check, Outcome.UNDETERMINED, subject, detail, rule)


def judged(
    check: Check, subject: str, troubles: Iterable[Finding], detail: str = ""
) -> Iterator[Finding]:
    """The `troubles` found with a subject or, if there are none, its one PASSED."""
    none = True
    for trouble in troubles:
        none = False
        yield trouble
    if none:
        yield Finding(check, Outcome.PASSED, subject, detail)
