"""Decoding forensic images, against libewf's own verifier."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

from bench.evidence import _fill
from bench.measure import Row, by_turns, command

MEDIA = 256 << 20


def rows(folder: Path) -> Iterator[Row]:
    """The E01 row of design §9."""
    raw, image = folder / "media.raw", folder / "media"
    _fill(raw, MEDIA)
    subprocess.run(
        ["ewfacquire", "-u", "-q", "-c", "none", "-S", "1.5GiB", "-t", image, raw],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    from custody.images import ewf
    from custody.places import Left

    yield by_turns(
        f"media digests of an E01 of {MEDIA >> 20} MiB",
        ("ewfverify -q -d sha256", command("ewfverify", "-q", "-d", "sha256", f"{image}.E01")),
        lambda: ewf.decode([Left(Path(f"{image}.E01"))]),
        target=1.0,
    )
