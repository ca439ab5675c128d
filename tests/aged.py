"""Debian's `age`, asked about files of a vault: what it decrypts is what anybody can."""

import subprocess
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def spelt(secret: bytes) -> str:
    """An identity as `age -i` reads it."""
    return bech32("age-secret-key-", secret).upper()


def recipient(secret: bytes) -> str:
    """The recipient of an identity, as `age -r` takes it."""
    public = X25519PrivateKey.from_private_bytes(secret).public_key()
    return bech32("age", public.public_bytes_raw())


def decrypted(path: Path, secret: bytes, folder: Path) -> bytes | None:
    """What `age -d` makes of a file; None where it refuses."""
    identity = folder / "identity"
    identity.write_text(f"{spelt(secret)}\n")
    command = ["age", "-d", "-i", str(identity), str(path)]
    made = subprocess.run(command, capture_output=True, check=False, timeout=60)
    return None if made.returncode else made.stdout


def encrypted(data: bytes, secret: bytes) -> bytes:
    """What `age` writes."""
    command = ["age", "-r", recipient(secret)]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


def bech32(kind: str, data: bytes) -> str:
    """BIP 173, without its limit of length."""
    bits = int.from_bytes(data, "big") << (-len(data) * 8) % 5
    count = -(-len(data) * 8 // 5)
    values = [bits >> 5 * (count - 1 - place) & 31 for place in range(count)]
    spread = [ord(c) >> 5 for c in kind] + [0] + [ord(c) & 31 for c in kind]
    check = _polymod([*spread, *values, *[0] * 6]) ^ 1
    values += [check >> 5 * (5 - place) & 31 for place in range(6)]
    return f"{kind}1" + "".join(ALPHABET[value] for value in values)


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(GENERATOR):
            check ^= generator if top >> place & 1 else 0
    return check
