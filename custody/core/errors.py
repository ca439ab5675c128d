"""Every error this project raises on purpose.

CustodyError              carries `code`, a key of custody_schemas.codes.CODES
├── MalformedError        the bytes do not follow the format; SPEC.md names the rule
│   └── ProofError        a Merkle or index proof of an impossible shape
├── SignatureError        a signature does not verify, or a key may not be used
│   └── PassphraseError   a passphrase does not open the key
├── RuleError             a rule refuses the act (R42 … R68)
├── NotFoundError         no such case, item, actor, record or file
├── AmbiguousError        several things answer to that name; `candidates` lists them
├── UsageError            the request itself makes no sense
├── HeadMovedError        the subject moved on while the act was being signed; draft it again
├── RollbackError         the ledger stands behind, or beside, what its signer has signed
├── StorageError          a disk, database or file failed; nothing was recorded
│   └── DamagedError      what is stored is not what was written, or its key is another one
├── KeyStoreError         the keys of what is stored encrypted are not at hand
└── MissingExtraError     an optional package is not installed; `extra` names it
"""

from collections.abc import Sequence


class CustodyError(Exception):
    """Base of all; `code` is stable, the message is for people."""

    code = "E_CUSTODY"


class MalformedError(CustodyError):
    """Bytes that do not follow the format."""

    code = "E_MALFORMED"


class ProofError(MalformedError):
    """A proof whose shape cannot belong to the tree or index it is said to belong to."""

    code = "E_PROOF"


class SignatureError(CustodyError):
    """A signature that does not verify, or a key that the formats do not admit."""

    code = "E_SIGNATURE"


class PassphraseError(SignatureError):
    """A passphrase that does not open a private key; nothing was signed."""

    code = "E_PASSPHRASE"


class RuleError(CustodyError):
    """A rule refuses the act; `code` is the rule's own (E_NOT_HOLDER …), nothing has changed."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class NotFoundError(CustodyError):
    """Nothing answers to that name, number or digest."""

    code = "E_NOT_FOUND"


class AmbiguousError(CustodyError):
    """More than one thing answers to that name."""

    code = "E_AMBIGUOUS"

    def __init__(self, message: str, candidates: Sequence[str]) -> None:
        super().__init__(message)
        self.candidates = tuple(candidates)


class UsageError(CustodyError):
    """A request that makes no sense as it stands; the message says what to write instead."""

    code = "E_USAGE"


class HeadMovedError(CustodyError):
    """Somebody else's act on the subject was recorded first; the act must be drafted anew."""

    code = "E_PREV"


class RollbackError(CustodyError):
    """The ledger does not extend what its signer, or this reader, has already seen."""

    code = "E_ROLLBACK"


class StorageError(CustodyError):
    """A disk, database or file failed; nothing was recorded."""

    code = "E_STORAGE"


class DamagedError(StorageError):
    """What is stored encrypted does not authenticate: altered, cut off, or of another key."""


class KeyStoreError(CustodyError):
    """The key store or the ledger key is missing or another one; nothing is wrong with evidence."""

    code = "E_KEYSTORE"


class MissingExtraError(CustodyError):
    """A feature whose optional packages are not installed."""

    code = "E_EXTRA"

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(f"{feature} needs more packages: pip install 'custody[{extra}]'")
        self.extra = extra
