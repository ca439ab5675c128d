"""Encrypts single values of a database with keys of the key store, each asked for once. (SPEC §8.5)

What concerns a subject is encrypted with that subject's key, what things are called with one key of
all labels. Which generation of a key rows are written under is kept beside them (`renewed`), not
here: so every view of the database finds the keys that its rows were written with, however long it
has been open and whoever has renewed a key since.
"""

import hmac
import os
from collections.abc import Callable, Iterable, Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from custody.core.errors import KeyStoreError
from custody.ledger.storage import Unread
from custody.store.keystore import Key, KeyStore

CLEAR = 0  # the generation of what was stored before there was encryption
LABELS = "labels"
INDEX = b"custody/label-index/v1"
INDEXED = 16  # bytes of an HMAC by which a label is found
NONCE = 12
MOST = 20_000  # ciphers kept in memory
REMEDY = "run `custody rebuild`, which makes names anew from what can be read"
ALTERED = Unread("what is stored of it is damaged, altered, or another's", destroyed=False)


def subject_scope(tag: bytes) -> str:
    """Of what is encrypted with the key of a subject."""
    return f"subject/{tag.hex()}"


class Ciphers:
    """The keys of one database; safe across threads."""

    def __init__(self, keys: KeyStore | None) -> None:
        """None: of a database in which nothing personal is stored or read."""
        self._keys = keys
        self._known: dict[tuple[str, int], AESGCM] = {}
        self._indexes: dict[int, bytes] = {}

    @property
    def keys(self) -> KeyStore:
        """The key store. Raises KeyStoreError: none was named."""
        if self._keys is None:
            raise KeyStoreError("this database was opened without its keys")
        return self._keys

    def prepare(self, wanted: Iterable[tuple[str, int]]) -> None:
        """Ask for the keys of many at once. Raises KeyStoreError: no key can be read."""
        unknown = {scope for scope, n in wanted if n != CLEAR and (scope, n) not in self._known}
        if unknown:
            self._load(unknown)

    def read(self, scope: str, generation: int, stored: bytes, bound: str) -> bytes | Unread:
        """A value, if it is the one that was stored in that place.

        Raises:
            KeyStoreError: no key can be read at all.
        """
        if generation == CLEAR or not stored:
            return stored
        cipher = self._known.get((scope, generation)) or self._cipher(scope, generation)
        if isinstance(cipher, Unread):
            return cipher
        try:
            return cipher.decrypt(stored[:NONCE], stored[NONCE:], _bound(scope, generation, bound))
        except (InvalidTag, ValueError):
            return ALTERED

    def lost(self, scope: str, generation: int) -> bool:
        """Whether that key was destroyed, and the scope has a later one. Raises KeyStoreError."""
        found = generation != CLEAR and self._cipher(scope, generation)
        return isinstance(found, Unread) and found.destroyed

    def write(self, scope: str, generation: int, value: bytes, bound: str) -> bytes:
        """What is stored of a value; nothing of nothing.

        Raises:
            KeyStoreError: the key is not there.
        """
        if not value:
            return b""
        cipher = self._known.get((scope, generation)) or self._cipher(scope, generation)
        if isinstance(cipher, Unread):
            raise KeyStoreError(cipher.why)
        nonce = os.urandom(NONCE)
        return nonce + cipher.encrypt(nonce, value, _bound(scope, generation, bound))

    def index(self, generation: int, folded: str) -> bytes:
        """By which a label is found without its being told.

        Raises:
            KeyStoreError: its key is not there, or was destroyed.
        """
        if generation == CLEAR:
            return folded.encode(errors="surrogatepass")
        if generation not in self._indexes:
            cipher = self._cipher(LABELS, generation)
            if isinstance(cipher, Unread):
                remedy = f": {REMEDY}" if cipher.destroyed else ""
                raise KeyStoreError(f"nothing can be found by its name: {cipher.why}{remedy}")
        words = folded.encode(errors="surrogatepass")
        return hmac.digest(self._indexes[generation], words, "sha256")[:INDEXED]

    def ready(self, wanted: Mapping[str, int], used: Callable[[str], bool]) -> dict[str, int]:
        """The generation with which rows of each scope are written now, its key being at hand.

        Scopes that have none yet get keys, all in one transaction of the key store.

        wanted: by scope, the generation that the database names. used: whether anything is
            encrypted under a scope: then its key is missing, and another one would bury it.

        Raises:
            KeyStoreError: the keys are missing, or older than the database; none was made.
        """
        found = {scope: n for scope, n in wanted.items() if (scope, n) in self._known}
        new = []
        for scope, n in self._load(wanted.keys() - found).items():
            if n >= wanted[scope] > CLEAR:
                found[scope] = wanted[scope] if (scope, wanted[scope]) in self._known else n
            elif n or wanted[scope] > 1 or used(scope):
                raise KeyStoreError(self._older(scope))
            else:
                new.append(scope)
        if new:
            for scope, key in self.keys.ensure(new).items():
                found[scope] = self._remember(scope, key)
        return found

    def renew(self, scope: str) -> int:
        """A further generation of a key, at hand. Raises KeyStoreError, StorageError."""
        return self._remember(scope, self.keys.renew(scope))

    def _cipher(self, scope: str, generation: int) -> AESGCM | Unread:
        newest = self._load([scope])[scope]
        found = self._known.get((scope, generation))
        if found is not None:
            return found
        if newest > generation:
            why = "the key of it was destroyed since, as after an erasure: this is an older copy"
            return Unread(why, destroyed=True)
        return Unread(self._older(scope), destroyed=False)

    def _load(self, scopes: Iterable[str]) -> dict[str, int]:
        """The newest generation of each, 0 where there is none; all of them are known then."""
        asked = list(scopes)
        if not asked:
            return {}
        if len(self._known) > MOST:
            self._known = {}
        held = self.keys.held(asked)
        for scope, keys in held.items():
            for key in keys:
                self._remember(scope, key)
        return {scope: held[scope][0].generation if scope in held else 0 for scope in asked}

    def _remember(self, scope: str, key: Key) -> int:
        self._known[scope, key.generation] = AESGCM(key.secret)
        if scope == LABELS:
            self._indexes[key.generation] = hmac.digest(key.secret, INDEX, "sha256")
        return key.generation

    def _older(self, scope: str) -> str:
        return (
            f"the key of {scope} is not in {self.keys.place.database}, which is older than the "
            "ledger, or another's: bring back there the newest copy that `custody backup keys` "
            "made; nothing was recorded"
        )


def _bound(scope: str, generation: int, bound: str) -> bytes:
    """What a value is tied to: exchanged for another, it does not open."""
    return f"custody/row/v1\0{scope}\0{generation}\0{bound}".encode()
