"""Vaults with keys of their own, for tests that need no whole ledger."""

from pathlib import Path

from custody.opening import open_vault, read_home
from custody.store.keyfiles import LEDGER_KEY, Place
from custody.store.keystore import KeyStore
from custody.store.vault import LocalVault

ORIGIN = "agency.example/evidence"


def keys_at(folder: Path) -> KeyStore:
    """The key store in `folder`, made if it is not there."""
    place = Place(folder, folder / LEDGER_KEY)
    return KeyStore.create(place, ORIGIN)


def vault_at(root: Path) -> LocalVault:
    """A vault in `root`, with its keys in a folder beside it."""
    return LocalVault(root, keys_at(root.with_name(f"{root.name}-keys")))


def vault_of(home: Path) -> LocalVault:
    """The vault of a ledger's home."""
    return open_vault(read_home(home))


def content(home: Path) -> dict[str, bytes]:
    """The content of every object of a home's vault, by name."""
    vault = vault_of(home)
    found = {}
    for sha256 in vault.objects():
        with vault.open(sha256) as file:
            found[sha256] = file.read()
    return found
