"""What stands on a stick that somebody brought is asked about without moving the terminal."""

import os
from pathlib import Path

from custody.identity import keyfile
from custody.identity.passphrases import Passphrases
from custody_schemas.terms import UnlockMethod


def test_a_name_in_a_question_moves_nothing(tmp_path: Path) -> None:
    identity, _ = keyfile.create(
        tmp_path / "eve",
        origin="agency.example/evidence",
        name="Eve\x1b[2K\rPassphrase of Ada",
        organisation="Unit",
        passphrase="three dusty crates",
        entropy=os.urandom,
    )
    questions: list[str] = []

    def prompt(question: str) -> str:
        questions.append(question)
        return "three dusty crates"

    unlocked = Passphrases({}, None, prompt).unlock(identity, own=False)
    assert unlocked.method is UnlockMethod.PROMPT
    assert questions == ["Passphrase of Eve\\u{1b}[2K\\u{d}Passphrase of Ada"]
