"""A home that was made before there was encryption: it gets keys, its rows and vault are encrypted."""

from collections.abc import Iterator
from typing import NamedTuple

from custody.ledger.encrypting import encrypt as encrypt_database
from custody.opening import Home, open_database, open_vault
from custody.store.keystore import KeyStore, object_scope
from custody.store.vault import LocalVault


class Encrypted(NamedTuple):
    """What became of a vault.

    done: objects that were encrypted now. left: SHA-256 of those that were not, because their
        content is not what they are named by, or their key is gone.
    """

    done: int
    left: tuple[str, ...]


def encrypt(home: Home) -> Encrypted:
    """Encrypt what is not; a second call, or one after a kill, goes on where the first stopped.

    Where the disk had the content before, it may have it still: nothing can overwrite that for
    certain. Encrypt the disk, or wipe it when it is put away.

    Raises:
        KeyStoreError: there are encrypted objects, and the keys of them are not at hand.
        StorageError: the disk failed.
    """
    vault = with_keys(home)
    done, left = 0, []
    for sha256 in unencrypted(vault):
        if vault.encrypt(sha256):
            done += 1
        else:
            left.append(sha256)
    return Encrypted(done, tuple(left))


def encrypt_rows(home: Home) -> None:
    """Encrypt what the tables have in the clear; as `encrypt`.

    Raises:
        KeyStoreError: something is encrypted, and the keys of it are not at hand.
        StorageError: the disk failed, or somebody is reading; it can be repeated.
    """
    with_keys(home)
    encrypt_database(open_database(home))


def with_keys(home: Home) -> LocalVault:
    """The vault, with a key store: a new one only where nothing was ever encrypted.

    Raises:
        KeyStoreError: something is, and the keys of it are not at hand.
    """
    vault = open_vault(home)
    if not vault.keys.exists():
        if vault.needs_keys() or open_database(home).needs_keys():
            vault.keys.open()  # says what is missing
        KeyStore.create(home.key_place, home.origin).close()
    return vault


def unencrypted(vault: LocalVault) -> Iterator[str]:
    """Objects that lie there as they are, or that no key opens: evidence may be an age file."""
    for sha256 in vault.objects():
        if not (vault.is_encrypted(sha256) and vault.keys.has(object_scope(sha256))):
            yield sha256
