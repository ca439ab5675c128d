"""Keys as the key store holds them: AES-256-GCM under the ledger key, each tied to its scope."""

import secrets
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from custody.core.errors import KeyStoreError

PAGE = 500  # keys wrapped anew together
NONCE = 12
NEXT = (
    "SELECT scope, generation, wrapped FROM key WHERE (scope, generation) > (?, ?) "
    "ORDER BY scope, generation LIMIT ?"
)


class Wrapper(NamedTuple):
    """A ledger key at work, for the keys of one ledger; `store` names them to people."""

    ledger_key: bytes
    origin: str
    store: str

    def wrap(self, scope: str, generation: int, secret: bytes) -> bytes:
        """A key as it is stored."""
        nonce, bound = secrets.token_bytes(NONCE), self._bound(scope, generation)
        return nonce + AESGCM(self.ledger_key).encrypt(nonce, secret, bound)

    def unwrap(self, scope: str, generation: int, wrapped: bytes) -> bytes:
        """A key again. Raises KeyStoreError."""
        bound = self._bound(scope, generation)
        try:
            return AESGCM(self.ledger_key).decrypt(wrapped[:NONCE], wrapped[NONCE:], bound)
        except (InvalidTag, ValueError, TypeError):
            raise KeyStoreError(
                f"the key of {scope} in {self.store} is damaged or altered: bring the keys back "
                "from a copy"
            ) from None

    def _bound(self, scope: str, generation: int) -> bytes:
        return f"custody/key/v1\0{self.origin}\0{scope}\0{generation}".encode()


def wrap_anew(connection: Any, old: Wrapper, new: Wrapper) -> int:
    """Every key under another ledger key, in the place of what was there; how many.

    Raises:
        KeyStoreError: one does not open.
    """
    last, count = ("", 0), 0
    while page := connection.execute(NEXT, (*last, PAGE)).fetchall():
        rows = [(s, n, new.wrap(s, n, old.unwrap(s, n, wrapped))) for s, n, wrapped in page]
        connection.executemany("INSERT OR REPLACE INTO key VALUES (?, ?, ?)", rows)
        last, count = page[-1][:2], count + len(page)
    return count
