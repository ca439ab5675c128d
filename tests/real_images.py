"""Where the forensic images written by other people's tools lie: beside the repository."""

from pathlib import Path

EVIDENCE = Path(__file__).parents[2] / "shared" / "evidence"
