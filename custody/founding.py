"""`custody init`: a home, log keys, a first identity, and records 0 and 1.

Each step is whole or absent, and a second call takes up where a crash left off: the home appears
under its name complete and empty; then the identity does; then `ledger.opened` goes its way
through the outbox; last, the trust file is pinned and written.
"""

import json
import secrets
import shutil
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from custody import durable, locking
from custody.believing import trust_of, trusting
from custody.core import canonical, tags
from custody.core.errors import NotFoundError, StorageError, UsageError
from custody.core.keys import Algorithm
from custody.core.note import VerifierKey
from custody.core.reading import open_act
from custody.core.state import LedgerFacts
from custody.core.trust import TrustFile
from custody.desk import Desk
from custody.drafting import Request, Subject, happened
from custody.identity import keyfile, memory
from custody.identity.keyfile import Identity
from custody.identity.passphrases import Passphrases, Unlocked
from custody.ledger import Ledger
from custody.ledger.local import LocalLedger
from custody.ledger.signer import LogSigner
from custody.opening import (
    SETTINGS,
    Clock,
    Home,
    local_offset,
    open_database,
    read_home,
)
from custody.store.database import Database
from custody.store.keyfiles import LEDGER_KEY
from custody.store.keyfiles import Place as KeyPlace
from custody.store.keystore import KeyStore
from custody_schemas.acts import LedgerOpened, Rules
from custody_schemas.declare import Kind
from custody_schemas.terms import ActorRole

RULES = Rules(version=1, late_after=86_400, ahead=120, approvers=2)
ROLES = (ActorRole.ADMIN, ActorRole.EXAMINER)
# They follow the declaration, and stand for keys that are not made yet when names are checked.
ANY_KEY, ANY_SPKI = "log+00000000+AA==", "A" * 60


class Founder(NamedTuple):
    """The first person, and what her ledger is to be."""

    origin: str
    name: str
    organisation: str
    contact: str = ""
    roles: tuple[ActorRole, ...] = ROLES
    rules: Rules = RULES
    algorithm: Algorithm = Algorithm.ED25519
    partner: bool = False
    continues: Mapping[str, Any] | None = None


class Founded(NamedTuple):
    """What `found` made, or finished."""

    home: Home
    ledger: Ledger
    identity: Identity
    trust: TrustFile


def found(
    folder: Path,
    identities: Path,
    founder: Founder,
    passphrases: Passphrases,
    *,
    clock: Clock,
    entropy: Callable[[int], bytes],
    handle: str | None = None,
    keys_at: KeyPlace | None = None,
) -> Founded:
    """Make a ledger in `folder` and its first person in `identities`; both durable on return.

    keys_at: where the keys of what is stored encrypted lie, if not in the home.

    Raises:
        UsageError: the folder holds another ledger, a finished one, or other things.
        MalformedError: a name is beyond its limits; nothing was made.
        StorageError: the disk refused; call again when it is mended.
    """
    locking.required()
    stand_ins = opening_act(founder, (ANY_KEY, ANY_KEY), ANY_SPKI, None)
    open_act(LedgerOpened.NAME, {**stand_ins, "occurred": happened(0, 0)})
    home = _home(folder, founder.origin, keys_at)
    signer = LogSigner(home.log, home.origin)
    ledger = LocalLedger(open_database(home), signer, clock)
    logs = signer.key, signer.mldsa_key
    facts = ledger.subject(tags.ledger_tag(home.origin))
    if isinstance(facts, LedgerFacts):
        identity = _unfinished(home, identities, facts)
        _desk(ledger, identity, logs, clock, entropy).settle()
    else:
        identity, keys = _first(identities, handle, founder, passphrases, entropy)
        desk = _desk(ledger, identity, logs, clock, entropy)
        desk.record([_request(founder, identity, logs)], keys)
    trust = trust_of(ledger)
    memory.pin(identity.folder, trust.encode())
    durable.replace(home.trust, trust.encode(), mode=0o644)
    return Founded(home, ledger, identity, trust)


def opening_act(
    founder: Founder, logs: tuple[str, str], spki: str, partner: str | None
) -> dict[str, Any]:
    """The members of `ledger.opened`."""
    return {
        "origin": founder.origin,
        "log_key": logs[0],
        "log_mldsa": logs[1],
        "rules": founder.rules,
        "key": spki,
        "partner": partner,
        "roles": list(founder.roles),
        "continues": founder.continues,
        "name": founder.name,
        "organisation": founder.organisation,
        "contact": founder.contact,
    }


def _desk(
    ledger: Ledger,
    identity: Identity,
    logs: tuple[VerifierKey, VerifierKey],
    clock: Clock,
    entropy: Callable[[int], bytes],
) -> Desk:
    """A desk that trusts the log keys in the home: there is nothing else to trust yet."""
    return Desk(ledger, identity, trusting(*logs), clock, entropy, local_offset(clock()))


def _request(
    founder: Founder, identity: Identity, logs: tuple[VerifierKey, VerifierKey]
) -> Request:
    spki = canonical.to_base64(identity.key.spki)
    partner = canonical.to_base64(identity.partner.spki) if identity.partner else None
    about = (
        Subject(Kind.LEDGER, tags.ledger_tag(identity.origin)),
        Subject(Kind.ACTOR, identity.actor),
    )
    return Request(
        LedgerOpened.NAME, about, opening_act(founder, (logs[0].text, logs[1].text), spki, partner)
    )


def _home(folder: Path, origin: str, keys: KeyPlace | None) -> Home:
    """The home that an earlier call made, or a new one: empty, complete, under its name at once."""
    try:
        home = read_home(folder)
    except NotFoundError:
        return _new_home(folder, origin, keys)
    if home.origin != origin:
        raise UsageError(f"{folder} holds the ledger {home.origin}: choose another --home")
    return home


def _new_home(folder: Path, origin: str, keys: KeyPlace | None) -> Home:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} holds other things: choose an empty or a new folder")
    fresh = Home(folder.parent / f".{folder.name}.{secrets.token_hex(8)}", origin, keys)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh.folder.mkdir(mode=0o700)
        try:
            LogSigner.create(fresh.log, origin)
            Database.create(fresh.database).close()
            KeyStore.create(fresh.key_place, origin).close()
            durable.write(fresh.folder / SETTINGS, settings(fresh).encode())
            durable.sync_folder(fresh.folder)
            fresh.folder.rename(folder)
        finally:
            shutil.rmtree(fresh.folder, ignore_errors=True)
        durable.sync_folder(folder.parent)
    except OSError as error:
        raise StorageError(f"no ledger can be made in {folder}: {error.strerror}") from error
    return Home(folder, origin, keys)


def settings(home: Home) -> str:
    """What `custody.toml` says; paths as JSON spells them, which TOML reads."""
    said = f'origin = "{home.origin}"\n'
    if home.keys is not None:
        said += f"keys = {json.dumps(str(home.keys.folder))}\n"
        if home.keys.ledger_key != home.keys.folder / LEDGER_KEY:
            said += f"ledger_key = {json.dumps(str(home.keys.ledger_key))}\n"
    return said


def _first(
    identities: Path,
    handle: str | None,
    founder: Founder,
    passphrases: Passphrases,
    entropy: Callable[[int], bytes],
) -> tuple[Identity, Unlocked]:
    """The first identity, unlocked: one that an earlier call made for this, or a new one."""
    for number in range(1, 1000):
        name = (handle or handle_of(founder.name)) + (f"-{number}" if number > 1 else "")
        folder = identities / name
        if not folder.exists():
            offer = passphrases.chosen(name)
            identity, signers = keyfile.create(
                folder,
                origin=founder.origin,
                name=founder.name,
                organisation=founder.organisation,
                passphrase=offer.text,
                entropy=entropy,
                algorithm=founder.algorithm,
                partner=founder.partner,
            )
            return identity, Unlocked(signers, offer.method)
        identity = keyfile.read(folder)
        if identity.origin == founder.origin and memory.pinned(folder) is None:
            return identity, passphrases.unlock(identity)
        if handle:
            break
    raise UsageError(f"{identities} has an identity of that name already: choose another with --as")


def _unfinished(home: Home, identities: Path, facts: LedgerFacts) -> Identity:
    """The founder of a ledger whose trust file a crash kept from being written."""
    for identity in keyfile.listed(identities):
        if identity.actor == facts.founder and (
            memory.pinned(identity.folder) is None or not home.trust.exists()
        ):
            return identity
    raise UsageError(
        f"{home.folder} holds the ledger {home.origin} already: go on with it, or choose "
        "another --home"
    )


def handle_of(name: str) -> str:
    """A folder's name out of a person's: `Duty Examiner` gives duty-examiner."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = "".join(c if c.isalnum() else " " for c in plain).split()
    return "-".join(words)[:64].strip("-") or "identity"
