"""Where passphrases come from: a file, the environment, or a question to the person."""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from custody.core.errors import NotFoundError, PassphraseError, UsageError
from custody.core.keys import Signer
from custody.core.text import safe
from custody.identity.keyfile import Identity
from custody_schemas.terms import UnlockMethod

VARIABLE = "CUSTODY_PASSPHRASE"
ATTEMPTS = 3


class Offer(NamedTuple):
    """A passphrase and how it was come by, which the statement will say."""

    text: str
    method: UnlockMethod


class Unlocked(NamedTuple):
    """Keys ready to sign: the identity's own, then its partner if it has one."""

    signers: tuple[Signer, ...]
    method: UnlockMethod


@dataclass(frozen=True, slots=True)
class Passphrases:
    """The sources that stand open to one command.

    prompt: asks the question without echo; None where nobody can answer.
    """

    environ: Mapping[str, str]
    file: Path | None = None
    prompt: Callable[[str], str] | None = None

    def unlock(self, identity: Identity, *, own: bool = True) -> Unlocked:
        """The keys of `identity`; a person who is asked may mistype twice.

        own: the identity acts itself. For a co-signer (`--with`) the passphrase file and
            CUSTODY_PASSPHRASE are the wrong person's, and are taken only if nobody can be asked.

        Raises:
            PassphraseError: the passphrase is wrong.
            UsageError: there is none to try.
        """
        offer = self._given(identity.handle, own)
        if offer is not None:
            return Unlocked(identity.unlock(offer.text), offer.method)
        for _ in range(ATTEMPTS - 1):
            with contextlib.suppress(PassphraseError):
                return self._typed(identity)
        return self._typed(identity)

    def chosen(self, handle: str) -> Offer:
        """A passphrase for a new identity; who is asked types it twice.

        Raises:
            UsageError: the two differ, or there is nobody to ask.
        """
        offer = self._given(handle, own=True)
        if offer is not None:
            return offer
        text = self._asked(f"New passphrase for {handle}")
        if text != self._asked("The same again"):
            raise UsageError("the two passphrases differ; nothing was made")
        return Offer(text, UnlockMethod.PROMPT)

    def _typed(self, identity: Identity) -> Unlocked:
        text = self._asked(f"Passphrase of {safe(identity.name)}")
        return Unlocked(identity.unlock(text), UnlockMethod.PROMPT)

    def _given(self, handle: str, own: bool) -> Offer | None:
        named = self.environ.get(variable(handle))
        if named:
            return Offer(named, UnlockMethod.ENVIRONMENT)
        if not own and self.prompt is not None:
            return None
        if self.file is not None:
            return Offer(_first_line(self.file), UnlockMethod.FILE)
        general = self.environ.get(VARIABLE)
        return Offer(general, UnlockMethod.ENVIRONMENT) if general else None

    def _asked(self, question: str) -> str:
        if self.prompt is None:
            raise UsageError(
                f"a passphrase is needed and nobody can be asked: set {VARIABLE}, give "
                "--passphrase-file, or run `custody unlock` first"
            )
        return self.prompt(question)


def variable(handle: str) -> str:
    """The variable that holds one identity's passphrase: CUSTODY_PASSPHRASE_DUTY_EXAMINER."""
    return f"{VARIABLE}_" + "".join(c if c.isalnum() else "_" for c in handle.upper())


def _first_line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").split("\n", 1)[0].rstrip("\r")
    except OSError as error:
        raise NotFoundError(f"the passphrase file {path}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise UsageError(f"the passphrase file {path} is not UTF-8 text") from None
