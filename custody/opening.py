"""Where settings, clock, randomness, identity, store and ledger meet, and nowhere else.

A ledger's home:

    custody.toml     origin = "agency.example/evidence"
    ledger.sqlite    rows
    log/             the log's keys and the signer's memory
    vault/           evidence by content
    trust.txt        the trust file to hand out
    keys/            keys of what is stored encrypted; they may lie elsewhere
    consultations/   who looked at what, and why: a log of its own

`keys = "/media/safe/keys"` in custody.toml, or CUSTODY_KEYS, names another folder for the keys;
`ledger_key = "/media/stick/ledger.key"`, or CUSTODY_LEDGER_KEY, a file for the key that opens them.
"""

import os
import sys
import time
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from custody.believing import trust_of
from custody.consulting.log import ConsultationLog
from custody.core import tags
from custody.core.errors import (
    AmbiguousError,
    MalformedError,
    NotFoundError,
    SignatureError,
    StorageError,
)
from custody.core.state import Actor, LedgerFacts
from custody.core.trust import TrustFile
from custody.desk import Desk
from custody.identity import agent, keyfile, memory
from custody.identity.keyfile import Identity
from custody.identity.passphrases import Passphrases, Unlocked
from custody.ledger import Ledger
from custody.ledger.encrypting import encrypt
from custody.ledger.local import LocalLedger
from custody.ledger.signer import LogSigner
from custody.store.database import Database
from custody.store.epochkeys import StoredEpochKeys
from custody.store.keyfiles import LEDGER_KEY
from custody.store.keyfiles import Place as KeyPlace
from custody.store.keystore import KeyStore
from custody.store.vault import LocalVault
from custody_schemas.declare import Act
from custody_schemas.terms import UnlockMethod

SETTINGS = "custody.toml"
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Home:
    """A folder that holds a ledger."""

    folder: Path
    origin: str
    keys: KeyPlace | None = None

    @property
    def key_place(self) -> KeyPlace:
        """Where the keys of what is stored encrypted are."""
        return self.keys or KeyPlace(self.folder / "keys", self.folder / "keys" / LEDGER_KEY)

    @property
    def database(self) -> Path:
        """Where the rows are."""
        return self.folder / "ledger.sqlite"

    @property
    def log(self) -> Path:
        """Where the log's keys and the signer's memory are."""
        return self.folder / "log"

    @property
    def consultations(self) -> ConsultationLog:
        """Who looked at what."""
        keys = StoredEpochKeys(KeyStore(self.key_place, self.origin))
        return ConsultationLog(self.folder / "consultations", self.log, self.origin, keys)

    @property
    def vault(self) -> Path:
        """Where evidence is."""
        return self.folder / "vault"

    @property
    def trust(self) -> Path:
        """The trust file to hand out."""
        return self.folder / "trust.txt"


def home_folder(environ: Mapping[str, str], given: Path | None = None) -> Path:
    """Of the ledger: --home, else CUSTODY_HOME, else the platform's data folder."""
    if given is not None:
        return given.absolute()
    if environ.get("CUSTODY_HOME"):
        return Path(environ["CUSTODY_HOME"]).absolute()
    return _own(environ, "XDG_DATA_HOME", ".local/share") / "ledger"


def identities_folder(environ: Mapping[str, str]) -> Path:
    """Of the user's identities: CUSTODY_IDENTITIES, else the platform's folder for settings."""
    if environ.get("CUSTODY_IDENTITIES"):
        return Path(environ["CUSTODY_IDENTITIES"]).absolute()
    return _own(environ, "XDG_CONFIG_HOME", ".config") / "identities"


def _own(environ: Mapping[str, str], variable: str, under: str) -> Path:
    if sys.platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local") / "custody"
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/custody"
    return (
        Path(environ.get(variable) or Path(environ.get("HOME") or Path.home()) / under) / "custody"
    )


def read_home(folder: Path, environ: Mapping[str, str] | None = None) -> Home:
    """The home in `folder`; settings in `environ` go before its own.

    Raises:
        NotFoundError: there is none.
        MalformedError: its settings cannot be understood.
    """
    path = folder / SETTINGS
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
        return Home(folder, str(settings["origin"]), key_place(folder, settings, environ or {}))
    except (FileNotFoundError, NotADirectoryError):
        raise NotFoundError(
            f"there is no ledger in {folder}: `custody init` makes one, --home names another"
        ) from None
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}") from error
    except (KeyError, ValueError) as error:
        raise MalformedError(f"{path} does not say which ledger this is: {error}") from error


def open_ledger(
    home: Home, clock: Clock = time.time, *, leap_confirmed: bool = False
) -> LocalLedger:
    """The ledger in `home`, which signs what a crash left unsigned.

    What it stored in the clear, before there was encryption, is encrypted where it has keys.

    Raises:
        StorageError, RollbackError, KeyStoreError: it cannot go on.
    """
    signer, database = LogSigner(home.log, home.origin), open_database(home)
    if database.in_clear() and home.key_place.database.exists():
        encrypt(database)
    return LocalLedger(database, signer, clock, leap_confirmed=leap_confirmed)


def open_database(home: Home) -> Database:
    """The rows of the ledger; what people wrote can be read with its keys."""
    return Database(home.database, open_keys(home))


def key_place(
    folder: Path, settings: Mapping[str, object], environ: Mapping[str, str]
) -> KeyPlace | None:
    """Where settings put the keys of the home in `folder`; None where they do not say."""
    keys = environ.get("CUSTODY_KEYS") or settings.get("keys")
    ledger_key = environ.get("CUSTODY_LEDGER_KEY") or settings.get("ledger_key")
    if not keys and not ledger_key:
        return None
    place = folder / str(keys or "keys")
    return KeyPlace(place, folder / str(ledger_key) if ledger_key else place / LEDGER_KEY)


def open_keys(home: Home) -> KeyStore:
    """The keys of what is stored encrypted; looked at when first asked for one."""
    return KeyStore(home.key_place, home.origin)


def open_vault(home: Home) -> LocalVault:
    """The evidence beside the ledger."""
    return LocalVault(home.vault, open_keys(home))


def choose_identity(ledger: Ledger, folder: Path, wanted: str | None = None) -> Identity:
    """Who acts: `wanted` (a name in `folder`, or a path), else the only one enrolled here.

    Of several the founder is taken, if she is among them; otherwise nobody is guessed at.

    Raises:
        NotFoundError: no identity of that name, or none that is enrolled in this ledger.
        AmbiguousError: several are, and none is the founder's.
        SignatureError: the identity named is one of another ledger.
    """
    if wanted is not None:
        return _named(ledger, folder, wanted)
    enrolled = [identity for identity in keyfile.listed(folder) if is_enrolled(ledger, identity)]
    facts = ledger.subject(tags.ledger_tag(ledger.origin))
    if not enrolled and facts is None:
        raise NotFoundError(
            f"the ledger {ledger.origin} was begun and never opened: `custody init --origin "
            f"{ledger.origin} …` finishes it"
        )
    if not enrolled:
        raise NotFoundError(
            f"no identity in {folder} is enrolled in {ledger.origin}: `custody identity create` "
            "makes one, and somebody who may enrol adds it; --as names one kept elsewhere"
        )
    if len(enrolled) > 1 and isinstance(facts, LedgerFacts):
        enrolled = [each for each in enrolled if each.actor == facts.founder] or enrolled
    if len(enrolled) > 1:
        names = [identity.handle for identity in enrolled]
        raise AmbiguousError(
            "several of your identities are enrolled here: choose with --as", names
        )
    return enrolled[0]


def _named(ledger: Ledger, folder: Path, wanted: str) -> Identity:
    kept = folder / wanted
    identity = keyfile.read(kept if (kept / keyfile.FILE).exists() else Path(wanted).absolute())
    if identity.origin != ledger.origin:
        raise SignatureError(
            f"{identity.name} is an identity at {identity.origin}, this ledger is {ledger.origin}"
        )
    return identity


def is_enrolled(ledger: Ledger, identity: Identity) -> bool:
    """Whether the ledger knows this very key of the person's."""
    if identity.origin != ledger.origin:
        return False
    actor = ledger.subject(identity.actor)
    return isinstance(actor, Actor) and any(key.id == identity.key.id for key in actor.keys)


def open_desk(
    ledger: Ledger,
    identity: Identity,
    clock: Clock = time.time,
    entropy: Callable[[int], bytes] = os.urandom,
) -> tuple[Desk, bool]:
    """The identity's desk, and whether it meets this ledger for the first time.

    At the first meeting the ledger's own trust file is pinned: the person is to be shown its
    fingerprint, and to compare it with what the operator says.

    Raises:
        SignatureError: another ledger of that name was pinned, or nothing is recorded here yet.
    """
    pinned = memory.pinned(identity.folder)
    trust = TrustFile.read(pinned) if pinned is not None else trust_of(ledger)
    if pinned is None:
        memory.pin(identity.folder, trust.encode())
    desk = Desk(ledger, identity, trust, clock, entropy, local_offset(clock()))
    return desk, pinned is None


def unlocked(
    identity: Identity,
    acts: Iterable[str],
    passphrases: Passphrases,
    environ: Mapping[str, str],
) -> Unlocked:
    """The identity's keys for those acts: from its agent, where one runs and may sign them all."""
    if all(agent.may_sign(act, Act.ALL[act].SIGNERS[0]) for act in acts):
        signers = agent.signers(identity, environ)
        if signers is not None:
            return Unlocked(signers, UnlockMethod.AGENT)
    return passphrases.unlock(identity)


def local_offset(now: float) -> int:
    """Minutes by which this machine's clock is ahead of UTC at `now`."""
    return time.localtime(now).tm_gmtoff // 60
