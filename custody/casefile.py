"""A case as a client knows it: its key, and every tag that the key gives.

The ledger is asked for key and reference and is not believed: they must give the case's own tag.
"""

from typing import NamedTuple

from custody.core import disclosure, tags
from custody.core.errors import NotFoundError, SignatureError
from custody.core.state import Register
from custody.drafting import Subject, case_subjects, item_tag
from custody.ledger import Ledger
from custody_schemas.declare import Kind


class CaseFile(NamedTuple):
    """`reference` is the one under which the case was opened, whatever was corrected since."""

    case: Subject
    register: Subject
    reference: str
    key: bytes

    def item(self, number: int) -> Subject:
        """The item of that number, whether it exists or not."""
        return Subject(Kind.ITEM, item_tag(self.reference, self.key, number))


def open_file(ledger: Ledger, tag: str) -> CaseFile:
    """The file of the case with that tag.

    Raises:
        NotFoundError: there is no such case.
        SignatureError: key and reference that the ledger hands out are another case's.
    """
    key, reference = ledger.case_key(tag), first_reference(ledger, tag)
    case, register = case_subjects(reference, key)
    if case.tag != tag:
        raise SignatureError(
            f"the ledger's key for the case {reference} does not give the case's tag {tag:.12}: "
            "do not go on, run `custody verify`"
        )
    return CaseFile(case, register, reference, key)


def first_reference(ledger: Ledger, tag: str) -> str:
    """The reference that `case.opened` discloses.

    Raises:
        NotFoundError: there is no such case, or that value was erased.
    """
    for recorded in ledger.history(tag):
        for text in recorded.disclosures:
            opened = disclosure.read(text)
            if opened.field == "reference":
                return str(opened.value)
        break
    raise NotFoundError(f"the reference of the case {tag:.12} is not on file")


def next_number(ledger: Ledger, file: CaseFile) -> int:
    """The lowest item number that is free from the count of items on."""
    register = ledger.subject(file.register.tag)
    number = register.items + 1 if isinstance(register, Register) else 1
    while ledger.chain(file.item(number).tag) is not None:
        number += 1
    if number not in tags.ITEM_NUMBERS:
        raise NotFoundError(f"the case {file.reference} has no free item number")
    return number
