"""Whose log is it? Checkpoints that lack what the reader's trust file asks for."""

from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519, mldsa

from custody.core.bundle import layout
from custody.core.checkpoint import Checkpoint, cosignature_line
from custody.core.findings import Check, Outcome
from custody.core.note import Note, SignatureType, VerifierKey
from custody.core.trust import LOG_MLDSA, Group, OlderKey, Witness
from tests.bundles import Bundle, trust_in
from tests.memory import LOG_KEY, LOG_MLDSA_KEY, ORIGIN
from tests.spoilt import Spoilt, enter, spoilt
from tests.spoilt.stage import good, of, spoilt_of

OTHER_MLDSA = VerifierKey(
    ORIGIN,
    SignatureType.ML_DSA_44_COSIGNATURE,
    mldsa.MLDSA44PrivateKey.from_seed_bytes(bytes(32)).public_key().public_bytes_raw(),
)
STRANGER = ed25519.Ed25519PrivateKey.from_private_bytes(b"stranger" + bytes(24))


def stranger(name: str, kind: SignatureType) -> VerifierKey:
    return VerifierKey(name, kind, STRANGER.public_key().public_bytes_raw())


def named(bundle: Bundle) -> str:
    return of(f"checkpoint of {bundle.size} records")


def signed_by(bundle: Bundle, which: int) -> Spoilt:
    """With only one of the log's two signatures."""
    note = Note.read(bundle.note)
    kept = tuple(line for at, line in enumerate(note.signatures) if at == which)
    bundle.files[layout.CHECKPOINT] = Note(note.text, kept).encode()
    return spoilt_of(bundle, named(bundle))


def judged_by(bundle: Bundle, *subjects: str, **changes: Any) -> Spoilt:
    """The good bundle in the hands of a reader who believes something else."""
    return spoilt_of(bundle, *subjects, trust=trust_in(bundle.world, **changes))


@spoilt(Check.CHECKPOINT)
def log_signature_stripped() -> Spoilt:
    """Only the post-quantum signature of the log is left."""
    return signed_by(good()[1], 1)


@spoilt(Check.CHECKPOINT)
def log_mldsa_signature_stripped() -> Spoilt:
    """The downgrade that a quantum computer would need."""
    return signed_by(good()[1], 0)


@spoilt(Check.CHECKPOINT)
def log_of_another_key() -> Spoilt:
    """A log of the same name, which the reader does not believe."""
    _, bundle = good()
    return judged_by(bundle, named(bundle), log=stranger(ORIGIN, SignatureType.ED25519))


@spoilt(Check.CHECKPOINT)
def trust_file_of_another_log() -> Spoilt:
    """The reader took the trust file of another agency."""
    _, bundle = good()
    key = stranger("other.example", SignatureType.ED25519)
    return judged_by(bundle, named(bundle), log=key, log_mldsa=None, groups=(), quorum="none")


@spoilt(
    Check.CHECKPOINT,
    also={
        (Check.INCLUSION, Outcome.FAILED): "no record is in that tree",
        (Check.FRESHNESS, Outcome.FAILED): "nor is what signers saw a beginning of it",
    },
)
def checkpoint_with_another_root() -> Spoilt:
    """The root is another, and the signatures stay."""
    _, bundle = good()
    note = Note.read(bundle.note)
    name, size, root, _ = note.text.split("\n")
    text = "\n".join((name, size, "A" * 42 + "I=" if root[0] != "A" else root, ""))
    bundle.note = Note(text, note.signatures).encode()
    bundle.files[layout.CHECKPOINT] = bundle.note
    return spoilt_of(bundle, named(bundle))


@spoilt(Check.WITNESSES)
def witness_required_and_absent() -> Spoilt:
    """The reader asks for a witness, and the log was shown to none."""
    _, bundle = good()
    witness = Witness("court", stranger("court.example", SignatureType.ED25519_COSIGNATURE))
    both = Group("all", 2, (LOG_MLDSA, "court"))
    return judged_by(bundle, named(bundle), witnesses=(witness,), groups=(both,), quorum="all")


@spoilt(Check.TIMESTAMP, Outcome.UNDETERMINED)
def time_stamp_required() -> Spoilt:
    """The reader asks for a time stamp, which this version does not examine."""
    _, bundle = good()
    return judged_by(bundle, named(bundle), tsa=(b"\x30\x00",))


@spoilt(Check.KEY)
def genesis_of_another_ledger() -> Spoilt:
    """The people descend from another record 0 than the reader believes."""
    return judged_by(good()[1], "record 0", genesis="ab" * 32)


@spoilt(
    Check.CHECKPOINT,
    Outcome.UNDETERMINED,
    also={(Check.KEY, Outcome.UNDETERMINED): "nor whose keys they are"},
)
def trust_file_missing() -> Spoilt:
    """The reader brings none: whose log it is, the bundle alone cannot say."""
    _, bundle = good()
    return spoilt_of(bundle, named(bundle))._replace(trust=None)


@spoilt(Check.KEY, Outcome.UNDETERMINED)
def trust_file_without_genesis() -> Spoilt:
    """Whose record 0 it is, the reader's trust file does not say."""
    return judged_by(good()[1], "record 0", genesis=None)


WITNESS = Witness("court", stranger("court.example", SignatureType.ED25519_COSIGNATURE))
COURT = {"witnesses": (WITNESS,), "groups": (Group("all", 2, (LOG_MLDSA, "court")),)}


@spoilt(
    Check.WITNESSES,
    Outcome.UNDETERMINED,
    also={(Check.CHECKPOINT, Outcome.FAILED): "the log's own signature is missing"},
)
def witness_of_a_checkpoint_that_nobody_signed() -> Spoilt:
    """What a countersignature is worth on a log of another, nobody can say."""
    _, bundle = good()
    made = signed_by(bundle, 1)
    return made._replace(trust=trust_in(bundle.world, quorum="all", **COURT))


@spoilt(
    Check.CHECKPOINT,
    also={(Check.WITNESSES, Outcome.UNDETERMINED): "the checkpoint itself did not pass"},
)
def witness_who_signed_another_checkpoint() -> Spoilt:
    """A countersignature was moved here from an older checkpoint."""
    _, bundle = good()
    older = Checkpoint(ORIGIN, bundle.size - 1, bytes(32))
    line = cosignature_line(WITNESS.key, older, bundle.world.now, STRANGER.sign)
    bundle.files[layout.CHECKPOINT] = bundle.note + line.encode()
    return judged_by(bundle, named(bundle), quorum="all", **COURT)


def signature_altered(which: int, at: int) -> Callable[[], Spoilt]:
    """With a bit changed in one of the log's two signatures."""

    def make() -> Spoilt:
        _, bundle = good()
        note = Note.read(bundle.note)
        lines = list(note.signatures)
        old = bytearray(lines[which].signature)
        old[at] ^= 1
        lines[which] = lines[which]._replace(signature=bytes(old))
        bundle.files[layout.CHECKPOINT] = Note(note.text, tuple(lines)).encode()
        return spoilt_of(bundle, named(bundle))

    return make


SIGNATURES = {
    "log_signature_altered": ("A bit of the Ed25519 signature is another.", 0, 5),
    "log_mldsa_signature_altered": ("A bit of the ML-DSA signature is another.", 1, 99),
    "log_mldsa_time_altered": ("The time that stands before it is another.", 1, 7),
}
for _name, (_told, _which, _at) in SIGNATURES.items():
    enter(_name, _told, signature_altered(_which, _at), Check.CHECKPOINT)


@spoilt(Check.CHECKPOINT)
def log_signature_twice() -> Spoilt:
    """A second line of the log's own key, which says something else."""
    _, bundle = good()
    note = Note.read(bundle.note)
    first = note.signatures[0]
    other = first._replace(signature=bytes(64))
    bundle.files[layout.CHECKPOINT] = Note(note.text, (*note.signatures, other)).encode()
    return spoilt_of(bundle, named(bundle))


@spoilt(Check.CHECKPOINT)
def log_key_past_its_end() -> Spoilt:
    """The log goes on with keys that the reader believes up to an earlier size only."""
    _, bundle = good()
    older = tuple(OlderKey(key, bundle.size - 1) for key in (LOG_KEY, LOG_MLDSA_KEY))
    fresh = stranger(ORIGIN, SignatureType.ED25519)
    return judged_by(bundle, named(bundle), log=fresh, log_mldsa=OTHER_MLDSA, older=older)
