"""An identity: one person's keys at one ledger, in a folder of the person's own.

    NAME/identity.json    who, for which ledger; public keys; private keys under the passphrase
    NAME/trust.txt        the trust file that this person pinned
    NAME/seen.json        the last checkpoint this person verified
    NAME/outbox/          signed statements on their way (custody.desk)

The folder is self-contained: it can be kept on a stick.
"""

import json
import re
import secrets
import shutil
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from custody import durable
from custody.core import tags
from custody.core.canonical import check_text
from custody.core.errors import (
    CustodyError,
    MalformedError,
    NotFoundError,
    PassphraseError,
    SignatureError,
    StorageError,
    UsageError,
)
from custody.core.keys import Algorithm, PublicKey, read_spki
from custody.identity import pkcs8
from custody.identity.signers import MemorySigner, generated

FILE = "identity.json"
HANDLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key as the file holds it: public part in the clear, private part sealed (PKCS#8)."""

    public: PublicKey
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Identity:
    """What can be said of an identity without its passphrase.

    `keys` holds the key and, where there is one, its ML-DSA-65 partner after it. `actor` is the
    tag of the person's chain: of the first key ever enrolled, which need not be this one.
    """

    folder: Path
    origin: str
    name: str
    organisation: str
    actor: str
    keys: tuple[StoredKey, ...]

    @property
    def handle(self) -> str:
        """The name of the folder: what people type after `--as`."""
        return self.folder.name

    @property
    def key(self) -> PublicKey:
        """The key that signs everything."""
        return self.keys[0].public

    @property
    def partner(self) -> PublicKey | None:
        """The post-quantum key that signs beside it, if the person chose one."""
        return self.keys[1].public if len(self.keys) > 1 else None

    def unlock(self, passphrase: str) -> tuple[MemorySigner, ...]:
        """The keys, ready to sign, in the order of `keys`.

        Raises:
            PassphraseError: the passphrase is another one.
            SignatureError: the file's halves do not belong together.
        """
        try:
            signers = tuple(MemorySigner(pkcs8.opened(k.sealed, passphrase)) for k in self.keys)
        except PassphraseError as error:
            whose = f"the identity {self.handle} ({self.name})"
            raise PassphraseError(f"the passphrase does not open the key of {whose}") from error
        for signer, stored in zip(signers, self.keys, strict=True):
            if signer.key.id != stored.public.id:
                raise SignatureError(f"{self.folder / FILE} holds a private key of another person")
        return signers


def create(
    folder: Path,
    *,
    origin: str,
    name: str,
    organisation: str,
    passphrase: str,
    entropy: Callable[[int], bytes],
    algorithm: Algorithm = Algorithm.ED25519,
    partner: bool = False,
    actor: str | None = None,
) -> tuple[Identity, tuple[MemorySigner, ...]]:
    """Make the keys and write the identity's folder, whole and durable or not at all.

    Returns the identity and its keys, unlocked, in the order of `Identity.keys`.

    actor: the person's tag, where this is a further key of somebody who is enrolled already.

    Raises:
        UsageError: the name is no name for a folder, or the folder exists.
        StorageError: the disk refused; nothing is left behind.
    """
    if not HANDLE.fullmatch(folder.name):
        raise UsageError(f"{folder.name!r}: an identity's name has letters, digits and . _ - only")
    if algorithm is Algorithm.ML_DSA_65:
        raise UsageError("an ML-DSA-65 key signs beside another key, not alone: ask for a partner")
    if folder.exists():
        raise UsageError(f"{folder} exists: choose another name, or use that identity")
    kinds = (algorithm, Algorithm.ML_DSA_65) if partner else (algorithm,)
    signers = tuple(map(generated, kinds))
    keys = tuple(StoredKey(s.key, pkcs8.seal(s.private, passphrase, entropy)) for s in signers)
    tag = actor or tags.actor_tag(origin, keys[0].public.id)
    identity = Identity(folder, origin, name, organisation, tag, keys)
    _settle(identity)
    return identity, signers


def resealed(
    identity: Identity,
    signers: Sequence[MemorySigner],
    passphrase: str,
    entropy: Callable[[int], bytes],
) -> Identity:
    """The same keys under another passphrase, on the disk: the file is the old one or the new.

    signers: the identity's keys, unlocked, in the order of `Identity.keys`.

    Raises:
        StorageError: the disk refused; the old passphrase holds.
    """
    keys = tuple(StoredKey(s.key, pkcs8.seal(s.private, passphrase, entropy)) for s in signers)
    made = replace(identity, keys=keys)
    durable.replace(identity.folder / FILE, _spelt(made))
    return made


def _settle(identity: Identity) -> None:
    """Write the folder under another name, then give it its own: a crash leaves no half."""
    parent = identity.folder.parent
    fresh = parent / f".{identity.handle}.{secrets.token_hex(8)}"
    try:
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh.mkdir(mode=0o700)
        try:
            durable.write(fresh / FILE, _spelt(identity))
            durable.sync_folder(fresh)
            fresh.rename(identity.folder)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        durable.sync_folder(parent)
    except OSError as error:
        raise StorageError(f"{identity.folder} cannot be written: {error.strerror}") from error


def read(folder: Path) -> Identity:
    """The identity in `folder`.

    Raises:
        NotFoundError: there is none.
        MalformedError: the file is not one that `create` writes.
    """
    path = folder / FILE
    try:
        found = json.loads(path.read_bytes())
        if found["v"] != 1:
            raise ValueError(f"version {found['v']}")
        keys = tuple(_stored(key) for key in found["keys"])
        if not 1 <= len(keys) <= 2:
            raise ValueError(f"{len(keys)} keys")
        origin, name = _text(found, "ledger"), _text(found, "name")
        organisation, actor = _text(found, "organisation"), _text(found, "actor")
        return Identity(folder, origin, name, organisation, actor, keys)
    except FileNotFoundError:
        raise NotFoundError(f"there is no identity in {folder}") from None
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, RecursionError, CustodyError) as error:
        raise MalformedError(f"{path} is not an identity file: {error!r}") from error


def listed(parent: Path) -> list[Identity]:
    """All identities kept in `parent`, by name."""
    return [read(file.parent) for file in sorted(parent.glob(f"[!.]*/{FILE}"))]


def _text(found: dict[str, Any], field: str) -> str:
    if not isinstance(found[field], str):
        raise TypeError(field)
    check_text(found[field])
    return str(found[field])


def _stored(found: dict[str, Any]) -> StoredKey:
    public, private = (b64decode(_text(found, f), validate=True) for f in ("public", "private"))
    return StoredKey(read_spki(public), private)


def _spelt(identity: Identity) -> bytes:
    keys = [
        {"public": b64encode(k.public.spki).decode(), "private": b64encode(k.sealed).decode()}
        for k in identity.keys
    ]
    value = {
        "v": 1,
        "ledger": identity.origin,
        "name": identity.name,
        "organisation": identity.organisation,
        "actor": identity.actor,
        "keys": keys,
    }
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"
