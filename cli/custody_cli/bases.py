"""The legal basis that an option names, on file in a case: looked up alike by every command."""

from custody_cli import names
from custody_cli.errand import Errand


def basis(errand: Errand, case: str, member: str = "authority") -> str | None:
    """What --authority, or another option of the sort, names in the case with that tag.

    Raises:
        NotFoundError, AmbiguousError.
    """
    words = errand.told.get(member)
    if words is None:
        return None
    ledger = errand.run.ledger
    return names.find_authority(ledger, names.case_of(ledger, case), words)
