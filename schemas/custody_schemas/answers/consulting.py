"""The log of who looked at what."""

from custody_schemas.answers.proving import Finding
from custody_schemas.declare import Record
from custody_schemas.fields import Digest, Time
from custody_schemas.terms import LogOperation


class ConsultationListed(Record):
    """One view, search or disclosure; what is not known is an empty string.

    epoch, n: where it stands in the log
    command, words: what was typed
    scope: `all`, or `named`, with what is named in `subjects`: `count` cases and items
    result: `shown`, or the code with which nothing was
    who: the identity that was chosen, on this machine's word
    account: who was logged in at the machine
    """

    epoch: int
    n: int
    at: Time
    operation: LogOperation
    command: str
    words: tuple[str, ...]
    scope: str
    subjects: tuple[str, ...]
    count: int
    result: str
    who: str
    account: str
    because: str


class Consultations(Record):
    """Lines of the log, the oldest first.

    whole: everybody's; else only those of who asks
    erased: epochs whose lines were erased on schedule
    spoilt: lines that cannot be read
    """

    consultations: tuple[ConsultationListed, ...]
    whole: bool
    erased: tuple[int, ...]
    spoilt: int


class ConsultationsClosed(Record):
    """The epoch that was closed; 0 where none was open."""

    epoch: int
    lines: int


class ConsultationsErased(Record):
    """Epochs whose bodies were erased: all their lines were from before that."""

    before: Time
    epochs: tuple[int, ...]


class ConsultationsNote(Record):
    """The log's newest signed note: over how many lines about epochs, and their root."""

    size: int
    root: Digest
    file: str | None = None
    note: str | None = None


class ConsultationsVerified(Record):
    """What was found of the log.

    verdict: the worst of the findings
    closed: how many epochs are closed; erased: those of them whose bodies are erased
    open: lines that no signature covers yet
    """

    verdict: str
    closed: int
    erased: tuple[int, ...]
    open: int
    findings: tuple[Finding, ...]
