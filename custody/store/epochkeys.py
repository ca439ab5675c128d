"""Keys of the epochs of the consultation log, as the key store keeps them. (SPEC §14.1)"""

from collections.abc import Iterable
from typing import NamedTuple

from custody.core.errors import NotFoundError
from custody.store.keystore import KeyStore


class StoredEpochKeys(NamedTuple):
    """Each epoch is a scope of its own."""

    store: KeyStore

    def ensure(self, epoch: int) -> bytes:
        """The key of an epoch, made and on the disk where there was none."""
        wanted = scope(epoch)
        return self.store.ensure([wanted])[wanted].secret

    def find(self, epoch: int) -> bytes | None:
        """The key of an epoch; None where it has none, or none any more."""
        try:
            return self.store.key(scope(epoch)).secret
        except NotFoundError:
            return None

    def destroy(self, epochs: Iterable[int]) -> None:
        """Destroy the keys of these epochs, for good."""
        self.store.destroy(map(scope, epochs))


def scope(epoch: int) -> str:
    """Of an epoch of the consultation log."""
    return f"consultations/{epoch}"
