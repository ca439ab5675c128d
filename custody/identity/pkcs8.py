"""Private keys at rest: PKCS#8, encrypted under a passphrase with scrypt and AES-256-CBC.

EncryptedPrivateKeyInfo (RFC 5958) with PBES2 (RFC 8018) and scrypt (RFC 7914 §7), which OpenSSL
opens by hand: `openssl pkey -inform DER -in key.der`. Written here because the `cryptography`
package writes PBKDF2 with 2,048 rounds, a passphrase guesser's gift; it reads what we write.
"""

import unicodedata
from collections.abc import Callable

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.padding import PKCS7

from custody.core.errors import MalformedError, PassphraseError, UsageError

PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | mldsa.MLDSA65PrivateKey

# 16 MiB and five passes: as slow for a guesser as 128 MiB and one pass (OWASP's table), and within
# the 32 MiB that OpenSSL allows scrypt without being told otherwise.
COST, BLOCK, PASSES = 2**14, 8, 5

PBES2 = bytes.fromhex("06092a864886f70d01050d")
SCRYPT = bytes.fromhex("06092b06010401da47040b")
AES_256_CBC = bytes.fromhex("060960864801650304012a")


def seal(private: PrivateKey, passphrase: str, entropy: Callable[[int], bytes]) -> bytes:
    """DER of the encrypted key; `entropy` gives 16 bytes of salt and 16 of initial vector."""
    salt, vector = entropy(16), entropy(16)
    key = Scrypt(salt=salt, length=32, n=COST, r=BLOCK, p=PASSES).derive(secret_bytes(passphrase))
    padder = PKCS7(128).padder()
    padded = padder.update(plain(private)) + padder.finalize()
    cipher = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    costs = octets(salt), integer(COST), integer(BLOCK), integer(PASSES), integer(32)
    derivation = sequence(SCRYPT, sequence(*costs))
    encryption = sequence(AES_256_CBC, octets(vector))
    scheme = sequence(PBES2, sequence(derivation, encryption))
    return sequence(scheme, octets(cipher.update(padded) + cipher.finalize()))


def opened(sealed: bytes, passphrase: str) -> PrivateKey:
    """The private key.

    Raises:
        PassphraseError: the passphrase does not open it.
        MalformedError: it opens, and is no key that the formats admit.
    """
    try:
        return checked(serialization.load_der_private_key(sealed, secret_bytes(passphrase)))
    except (ValueError, TypeError) as error:
        raise PassphraseError("the passphrase does not open this key") from error


def plain(private: PrivateKey) -> bytes:
    """DER of the key in the clear: for memory and for the pipe to the agent, never for a disk."""
    return private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def read_plain(der: bytes) -> PrivateKey:
    """The key in `plain` bytes."""
    return checked(serialization.load_der_private_key(der, None))


def checked(private: object) -> PrivateKey:
    """`private`, if it is of a kind that the formats admit. (SPEC §3)"""
    if isinstance(private, PrivateKey):
        return private
    raise MalformedError(f"{type(private).__name__} is not a kind of key that signs entries")


def secret_bytes(passphrase: str) -> bytes:
    """NFC and UTF-8 (RFC 8265 OpaqueString): the same keys typed elsewhere give the same bytes."""
    if not passphrase:
        raise UsageError("an empty passphrase protects nothing: choose one of several words")
    return unicodedata.normalize("NFC", passphrase).encode()


def sequence(*parts: bytes) -> bytes:
    """DER SEQUENCE."""
    return tagged(0x30, b"".join(parts))


def octets(content: bytes) -> bytes:
    """DER OCTET STRING."""
    return tagged(0x04, content)


def integer(value: int) -> bytes:
    """DER INTEGER, not negative."""
    return tagged(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def tagged(tag: int, content: bytes) -> bytes:
    """DER tag, length, content."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    spelt = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(spelt))) + spelt + content
