"""The trust file: whom a verifier believes, brought by the verifier and never by a bundle.

A C2SP tlog-policy with one log, and `#!custody` lines, which are comments to its other readers;
FORMS lists them all. A member of one group can be in no other, and names are defined before use.
URLs behind a vkey are read over: verifying needs no network.
"""

import re
from collections.abc import Collection, Iterator
from functools import cached_property
from hashlib import sha256
from typing import Any, NamedTuple, Self

from custody.core.checkpoint import Checkpoint, verify
from custody.core.errors import CustodyError, MalformedError, SignatureError
from custody.core.note import Note, SignatureType, VerifierKey, decode64, encode64, number

LIMIT = 1_000_000  # bytes
LOG_MLDSA = "log-mldsa"
LOG_TYPES = (SignatureType.ED25519, SignatureType.ML_DSA_44_COSIGNATURE)
WITNESS_TYPES = (SignatureType.ED25519_COSIGNATURE, SignatureType.ML_DSA_44_COSIGNATURE)


class Witness(NamedTuple):
    name: str
    key: VerifierKey


class Group(NamedTuple):
    """Met when `needed` of `members` (witnesses, or groups defined before) are."""

    name: str
    needed: int
    members: tuple[str, ...]


class OlderKey(NamedTuple):
    """A key that the log has given up: it speaks for checkpoints of at most `size` records."""

    key: VerifierKey
    size: int


class Verdict(NamedTuple):
    """What the signatures on a checkpoint amount to, under one trust file."""

    checkpoint: Checkpoint
    mldsa: bool | None
    """Is the log's ML-DSA-44 line there? None: the trust file names no such key."""
    time: int | None
    """When the log says, in that line, that it signed (Unix seconds)."""
    witnesses: tuple[tuple[str, int], ...]
    """Names and times of all witnesses whose line verifies, in the order of the trust file."""
    required: bool
    """Does the trust file ask for any witness?"""
    met: bool
    """Do `witnesses` suffice? (The ML-DSA line is judged in `mldsa` alone.)"""

    @property
    def accepted(self) -> bool:
        """Is all there that the trust file asks for?"""
        return self.mldsa is not False and self.met


class _Lines(NamedTuple):
    log: VerifierKey
    log_mldsa: VerifierKey | None = None
    witnesses: tuple[Witness, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str = "none"
    genesis: str | None = None
    tsa: tuple[bytes, ...] = ()
    older: tuple[OlderKey, ...] = ()


class TrustFile(_Lines):
    """The trust file as data; made by hand, it is still to be read back once: `read(encode())`.

    Raises:
        MalformedError: its lines, each well-formed, do not go together.
    """

    def __new__(cls, *lines: Any, **named: Any) -> Self:
        self = super().__new__(cls, *lines, **named)
        own = [*([self.log_mldsa] if self.log_mldsa else []), *(key for key, _ in self.older)]
        if any(key.name != self.origin for key in own):
            raise MalformedError(f"trust file: a key of this log is not named {self.origin}")
        if any(witness.key.name == self.origin for witness in self.witnesses):
            raise MalformedError(f"trust file: {self.origin} cannot be its own witness")
        if self.log_mldsa is None:
            if any(key.type is not SignatureType.ED25519 for key, _ in self.older):
                raise MalformedError(f"trust file: an older ML-DSA key, but no {LOG_MLDSA}")
        elif self.met_by([witness.name for witness in self.witnesses]):
            raise MalformedError(f"trust file: the quorum does not require {LOG_MLDSA}")
        return self

    @property
    def origin(self) -> str:
        return self.log.name

    @cached_property
    def fingerprint(self) -> str:
        """Hex SHA-256 of `encode()`: the same however a file was spaced or commented."""
        return sha256(self.encode()).hexdigest()

    @classmethod
    def read(cls, data: bytes) -> "TrustFile":
        """Parse a trust file.

        Raises:
            MalformedError: it says which line is wrong, and why.
        """
        reader = _Reader()
        for place, line in enumerate(_lines(data), 1):
            try:
                reader.line(line)
            except CustodyError as error:
                raise MalformedError(f"trust file, line {place}: {error}") from None
        return reader.finish()

    def encode(self) -> bytes:
        """The one spelling that this project writes."""
        keys = [Witness(LOG_MLDSA, self.log_mldsa)] if self.log_mldsa else []
        lines = [
            f"log {self.log.text}",
            *(f"witness {name} {key.text}" for name, key in [*keys, *self.witnesses]),
            *(f"group {g.name} {g.needed} {' '.join(g.members)}" for g in self.groups),
            f"quorum {self.quorum}",
            *([f"#!custody genesis {self.genesis}"] if self.genesis else []),
            *(f"#!custody tsa {encode64(certificate)}" for certificate in self.tsa),
            *(f"#!custody log-until {key.text} {size}" for key, size in self.older),
        ]
        return "".join(f"{line}\n" for line in lines).encode()

    def met_by(self, names: Collection[str]) -> bool:
        """Is the quorum met when these (and LOG_MLDSA, if it is among them) have signed?"""
        met = {"none", *names}
        for group in self.groups:
            if sum(member in met for member in group.members) >= group.needed:
                met.add(group.name)
        return self.quorum in met

    def judge(self, note: Note) -> Verdict:
        """Check every signature of `note` by a key named here; others are ignored.

        Raises:
            MalformedError: the note holds no checkpoint.
            SignatureError: the checkpoint is another log's, this log has not signed it, or a
                signature by a key named here does not verify.
        """
        checkpoint = Checkpoint.read(note.text)
        if checkpoint.origin != self.origin:
            raise SignatureError(
                f"a checkpoint of {checkpoint.origin}, but the trust file is for {self.origin}"
            )
        known = {(key.name, key.id): (role, key) for role, key in self._keys(checkpoint.size)}
        signed: dict[str, int] = {}
        for line in note.signatures:
            if (line.name, line.id) in known:
                role, key = known[line.name, line.id]
                signed[role] = verify(key, line.signature, checkpoint)
        if "" not in signed:
            raise SignatureError(f"{self.origin} has not signed this checkpoint")
        cosigned = tuple((w.name, signed[w.name]) for w in self.witnesses if w.name in signed)
        return Verdict(
            checkpoint=checkpoint,
            mldsa=LOG_MLDSA in signed if self.log_mldsa else None,
            time=signed.get(LOG_MLDSA),
            witnesses=cosigned,
            required=not self.met_by([LOG_MLDSA]),
            met=self.met_by([LOG_MLDSA, *signed]),
        )

    def _keys(self, size: int) -> Iterator[tuple[str, VerifierKey]]:
        """Keys that may speak for a checkpoint of `size`, and as what; '' is the log."""
        yield "", self.log
        if self.log_mldsa:
            yield LOG_MLDSA, self.log_mldsa
        yield from self.witnesses
        for key, until in self.older:
            if size <= until:
                yield "" if key.type is SignatureType.ED25519 else LOG_MLDSA, key


def _lines(data: bytes) -> list[str]:
    if len(data) > LIMIT:
        raise MalformedError(f"a trust file of {len(data)} bytes is longer than {LIMIT}")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise MalformedError("a trust file must be UTF-8 text") from None
    if found := re.search(r"[\x00-\x08\x0b-\x1f\x7f\ufeff]", text):
        place = text.count("\n", 0, found.start()) + 1
        wrong = f"trust file, line {place}: character {found[0]!r}"
        raise MalformedError(f"{wrong}; save the file as UTF-8 with Unix line ends")
    if not text.endswith("\n"):
        raise MalformedError("trust file: the last line has no end; is the file complete?")
    return text[:-1].split("\n")


FORMS = """
log <vkey>                               the log's Ed25519 key; its name is the origin
witness log-mldsa <vkey>                 the log's ML-DSA-44 key: required, yet no independent party
witness <name> <vkey>                    an independent party
group <name> all|any|<k> <member>…       met when so many members are
quorum <name>|none                       the party or group that must be met
#!custody genesis <hash of record 0>     64 hexadecimal digits
#!custody tsa <certificate>              of a time-stamping authority: base64 of the DER
#!custody log-until <vkey> <size>        an older log key, good for checkpoints up to <size>"""


class _Reader:
    """A trust file, line by line."""

    def __init__(self) -> None:
        self.log: VerifierKey | None = None
        self.witnesses: dict[str, VerifierKey] = {}
        self.groups: list[Group] = []
        self.quorum: str | None = None
        self.genesis: str | None = None
        self.tsa: list[bytes] = []
        self.older: list[OlderKey] = []
        self.keys: set[object] = set()
        self.names, self.grouped = {"none"}, {"none"}  # who is grouped can join no other group

    def line(self, line: str) -> None:
        match [word for word in re.split("[ \t]+", line) if word]:
            case ["log", *_] if self.log:
                raise MalformedError("a second log; a trust file is for one")
            case ["quorum", *_] if self.quorum:
                raise MalformedError("a second quorum")
            case ["#!custody", "genesis", *_] if self.genesis:
                raise MalformedError("a second genesis")
            case ["log", vkey] | ["log", vkey, _]:
                self.log = self._key(vkey, LOG_TYPES[:1])
            case ["witness", name, vkey] | ["witness", name, vkey, _]:
                types = LOG_TYPES[1:] if name == LOG_MLDSA else WITNESS_TYPES
                self._define(name)
                self.witnesses[name] = self._key(vkey, types)
            case ["group", name, needed, first, *others] if name != LOG_MLDSA:
                self._group(name, needed, (first, *others))
            case ["quorum", name]:
                self._known(name)
                self.quorum = name
            case ["#!custody", "genesis", record]:
                if not re.fullmatch("[0-9a-f]{64}", record):
                    raise MalformedError("genesis is a hash: 64 lower-case hexadecimal digits")
                self.genesis = record
            case ["#!custody", "tsa", certificate]:
                der = decode64(certificate)
                if not der.startswith(b"\x30") or ("tsa", der) in self.keys:
                    raise MalformedError("not a DER certificate, or one that stands here twice")
                self.keys.add(("tsa", der))
                self.tsa.append(der)
            case ["#!custody", "log-until", vkey, size]:
                self.older.append(OlderKey(self._key(vkey, LOG_TYPES), number(size)))
            case [word, *_] if word.startswith("#!") or not word.startswith("#"):
                raise MalformedError(f"{line.strip()[:60]!r} has none of the forms{FORMS}")

    def _known(self, name: str) -> None:
        if name not in self.names:
            raise MalformedError(f"{name!r} is not a witness or group defined above")

    def _define(self, name: str) -> None:
        if name in self.names:
            raise MalformedError(f"the name {name!r} is taken")
        self.names.add(name)

    def _key(self, text: str, types: Collection[SignatureType]) -> VerifierKey:
        """A vkey of one of these types; one public key in two roles would count twice."""
        key = VerifierKey.read(text)
        if key.type not in types:
            allowed = " or ".join(f"0x{each:02x}" for each in types)
            raise MalformedError(f"a key of type 0x{key.type:02x}, but {allowed} is needed")
        if {key.public, (key.name, key.id)} & self.keys:
            raise MalformedError(f"the key of {key.name} stands here twice")
        self.keys |= {key.public, (key.name, key.id)}
        return key

    def _group(self, name: str, kind: str, members: tuple[str, ...]) -> None:
        for member in members:
            self._known(member)
            if member in self.grouped:
                raise MalformedError(f"{member!r} cannot be a member, or is one already")
            self.grouped.add(member)
        self._define(name)
        needed = {"all": len(members), "any": 1}.get(kind) or number(kind)
        if not 1 <= needed <= len(members):
            raise MalformedError(f"{needed} of {len(members)} members cannot be asked for")
        self.groups.append(Group(name, needed, members))

    def finish(self) -> TrustFile:
        if self.log is None or self.quorum is None:
            raise MalformedError(f"trust file: no line '{'quorum' if self.log else 'log'}'")
        log_mldsa = self.witnesses.pop(LOG_MLDSA, None)
        witnesses = tuple(Witness(*each) for each in self.witnesses.items())
        groups, tsa, older = tuple(self.groups), tuple(self.tsa), tuple(self.older)
        return TrustFile(
            self.log, log_mldsa, witnesses, groups, self.quorum, self.genesis, tsa, older
        )
