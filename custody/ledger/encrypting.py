"""With whose key a statement's disclosures are stored; and a ledger of before there was encryption."""

from collections.abc import Iterator

from custody.core import statement
from custody.core.dsse import Envelope
from custody.core.errors import MalformedError
from custody.core.statement import Statement
from custody.ledger.storage import Storage, Writing
from custody_schemas.declare import Kind

NEAREST = (Kind.ITEM, Kind.CASE, Kind.ACTOR, Kind.LEDGER)


def scope(made: Statement) -> bytes:
    """Tag of the first item that it concerns; else of the case, the person, the ledger."""
    found = (made.places(kind) for kind in NEAREST)
    return bytes.fromhex(next((places[0] for places in found if places), made.about[0]).tag)


def encrypt(storage: Storage) -> bool:
    """Encrypt what was stored before there was encryption; whether there was anything.

    Then the file is written anew without it, and only then it counts as done: killed anywhere, the
    next call goes on. Where it lay in the clear before, the disk may have it still.

    Raises:
        KeyStoreError: the keys are not at hand; nothing was changed.
        StorageError: some of it may be there still; it can be repeated.
    """
    with storage.writing() as rows:
        if not rows.in_clear():
            return False
        rows.encrypt(_scopes(rows))
        rows.encrypt_names()
    storage.scrub()
    with storage.writing() as rows:
        rows.encrypted()
    return True


def _scopes(rows: Writing) -> Iterator[tuple[int, bytes]]:
    """The statements whose disclosures are in the clear, each with its scope."""
    last = 0
    while page := rows.unencrypted(last):
        for envelope, digest, data in page:
            try:
                yield envelope, scope(statement.read(Envelope.read(data).payload))
            except MalformedError:  # an examination says so; its values are hidden all the same
                yield envelope, digest
        last = page[-1][0]
