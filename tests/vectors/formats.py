"""Vectors of SPEC §1 to §5 and §8: what is accepted, byte for byte, and what is refused."""

from typing import Any

from custody.core import canonical, disclosure, dsse, enrolment
from custody.core.keys import PublicKey
from tests.signers import TestSigner, ed25519_signer, ml_dsa_signer, p256_signer
from tests.vectors.story import Story

MESSAGE = b"custody"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def canonical_json() -> dict[str, Any]:
    """§1: JSON, percent-encoding, base64."""
    accepted = ['{}', '[]', '{"a":[true,false,0,-1,9007199254740991]}', '{"a.b":"ü","a_b":"\\n"}',
                '"\\"\\\\/"', '{"payloadType":""}', "[[[[[[[[]]]]]]]]", '{"z":"\U0001f4be\u200b"}']  # fmt: skip
    refused = [
        ("7b2261223a312c2261223a317d", "a key twice"),
        ("7b2262223a312c2261223a317d", "keys not sorted"),
        ("7b2261223a20317d", "a blank between tokens"),
        ("7b7d0a", "a line feed at the end"),
        ("efbbbf7b7d", "a byte order mark"),
        ("7b2241223a317d", "a key with a capital"),
        ("7b22223a317d", "an empty key"),
        ("7b22315f61223a317d", "a key that begins with a digit"),
        ("5b312e305d", "a fraction"),
        ("5b3165335d", "an exponent"),
        ("5b2d305d", "minus zero"),
        ("5b30315d", "a leading zero"),
        ("5b393030373139393235343734303939325d", "2^53"),
        ("5b2d393030373139393235343734303939325d", "-2^53"),
        ("5b6e756c6c5d", "null"),
        ("5b4e614e5d", "NaN"),
        ("225c753030653922", "an escape that is not needed"),
        ("225c2f22", "an escaped solidus"),
        ("225c7422", "a tab, escaped"),
        ("220922", "a tab"),
        ("220a22", "a line feed that is not escaped"),
        ("227f22", "U+007F"),
        ("22c28522", "U+0085"),
        ("22e280a822", "U+2028"),
        ("22e280ae22", "U+202E"),
        ("22e281a622", "U+2066"),
        ("22eda08022", "a lone surrogate in UTF-8"),
        ("225c756438303022", "a lone surrogate, escaped"),
        ("22ff22", "not UTF-8"),
        ("5b5b5b5b5b5b5b5b5b5d5d5d5d5d5d5d5d5d", "nine containers, one in the other"),
        ("", "nothing"),
    ]
    names = [b"memo.txt", b"a b/\xc3\xbc", b"100%", b"\x00\xff\n", b"~-_./+"]
    return {
        "source": "SPEC §1; `accepted` are texts, `refused` are bytes in hex",
        "accepted": accepted,
        "refused": [{"hex": text, "why": why} for text, why in refused],
        "percent": [{"hex": name.hex(), "text": canonical.percent(name)} for name in names],
        "percent_refused": ["%41", "%C3", "a b", "%", "%0", "%2", "ü", "a\n"],
        "base64_refused": ["QQ", "QR==", "QQ==\n", "Q Q==", "QQ===", "-_8="],
        "base64url_refused": ["QQ==", "QR", "Q", "QQ\n", "+/8"],
    }


def spki(signer: TestSigner) -> str:
    return signer.key.spki.hex()


def keys() -> dict[str, Any]:
    """§3: public keys and signatures."""
    ed, p256, mldsa = ed25519_signer(1), p256_signer(2), ml_dsa_signer(3)
    private = {"ed25519": 1, "p256": 2, "ml-dsa-65": 3}
    made = [
        {"algorithm": str(s.key.algorithm), "private": private[s.key.algorithm].to_bytes(32).hex(),
         "spki": spki(s), "id": s.key.id}
        for s in (ed, p256, mldsa)
    ]  # fmt: skip
    point = p256.key.spki[-64:]
    refused = [
        ("302a300506032b6570032100" + (1).to_bytes(32, "little").hex(), "small order"),
        ("302a300506032b6570032100" + (2**255 - 18).to_bytes(32, "little").hex(), "y = p + 1"),
        ("302a300506032b6570032100" + (2**255 - 1).to_bytes(32, "little").hex(), "y ≥ p, sign set"),
        ("302a300506032b656e032100" + "09" + "00" * 31, "X25519"),
        (spki(ed) + "00", "a byte too many"),
        (spki(ed)[:-2], "a byte too few"),
        (spki(p256)[:52] + f"04{'00' * 63}01", "not on the curve"),
        (
            "3039301306072a8648ce3d020106082a8648ce3d030107032200"
            + f"{2 + point[-1] % 2:02x}{point[:32].hex()}",
            "a compressed point",
        ),
        (spki(mldsa)[:-2], "ML-DSA-65, a byte too few"),
    ]
    good = {"ed25519": ed.sign(MESSAGE), "p256": p256.sign(MESSAGE)}
    r, s = _integers(good["p256"])
    bad = [
        ("ed25519", good["ed25519"][:-1], "a byte too few"),
        ("ed25519", good["ed25519"][:32] + _s_plus_order(good["ed25519"]), "S ≥ the group order"),
        ("p256", _der(r, ORDER - s), "s above n/2"),
        ("p256", good["p256"] + b"\0", "a byte after the sequence"),
        ("p256", b"\x30\x81" + good["p256"][1:], "a length in two bytes"),
        ("p256", r.to_bytes(32) + s.to_bytes(32), "raw, not DER"),
    ]
    return {
        "source": "SPEC §3; private keys: Ed25519 and ML-DSA seeds, the P-256 scalar",
        "keys": made,
        "refused_keys": [{"spki": text, "why": why} for text, why in refused],
        "message": MESSAGE.hex(),
        "signatures": {name: value.hex() for name, value in good.items()},
        "refused_signatures": [
            {"algorithm": name, "signature": value.hex(), "why": why} for name, value, why in bad
        ],
    }


def _integers(signature: bytes) -> tuple[int, int]:
    end = 4 + signature[3]
    return int.from_bytes(signature[4:end]), int.from_bytes(signature[end + 2 :])


def _der(r: int, s: int) -> bytes:
    parts = b"".join(
        bytes([2, len(b)]) + b for b in (n.to_bytes(n.bit_length() // 8 + 1) for n in (r, s))
    )
    return bytes([0x30, len(parts)]) + parts


def _s_plus_order(signature: bytes) -> bytes:
    order = 2**252 + 27742317777372353535851937790883648493
    return (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")


def envelopes(story: Story) -> dict[str, Any]:
    """§3: envelopes, and enrolments as one kind of payload."""
    envelope = dsse.sign(dsse.STATEMENT, b"{}", [ed25519_signer(1), p256_signer(2)])
    good = envelope.encode().decode()
    first, second = envelope.signatures
    swapped = dsse.Envelope(envelope.payload_type, b"{}", (second, first)).encode().decode()
    refused = [
        (swapped, "signatures not sorted by key id"),
        (good.replace(":", ": ", 1), "a blank"),
        (good + "\n", "a line feed at the end"),
        (good.replace('"e30="', '"e30"'), "base64 without padding"),
        (good.replace('"e30="', '"e31="'), "base64 with set trailing bits"),
        (good.replace("application/", "Application/"), "a payload type with a capital"),
        ('{"payload":"e30=","payloadType":"a","signatures":[]}', "no signature"),
        (good.replace(f',"sig":"{canonical.to_base64(first.sig)}"', ""), "no sig"),
        (good[:-1] + ',"x":1}', "another member"),
    ]
    requests = [
        {"envelope": data.decode(), "keys": _keys_of(enrolment.read(data))}
        for data in story.requests.values()
    ]
    return {
        "source": "SPEC §3 and §2 (enrolment); keys of keys.json",
        "envelope": good,
        "pae": envelope.pae.hex(),
        "signers": [spki(ed25519_signer(1)), spki(p256_signer(2))],
        "refused": [{"envelope": text, "why": why} for text, why in refused],
        "enrolments": requests,
        "refused_enrolments": _bad_enrolments(),
    }


def _keys_of(asked: enrolment.Enrolment) -> list[str]:
    return [key.id for key in asked.keys]


def _bad_enrolments() -> list[dict[str, str]]:
    ed, p256, mldsa = ed25519_signer(1), p256_signer(2), ml_dsa_signer(3)
    digest = disclosure.digest("")
    sd = dict.fromkeys(enrolment.FIELDS, digest)
    text = enrolment.payload("agency.example/evidence", "00" * 16, sd, ed.key).decode()
    alone = text.replace(_b64(ed.key), _b64(mldsa.key))
    paired = text.replace('"sd"', f'"partner":"{_b64(p256.key)}","sd"')
    cases = [
        (text, [p256], "signed by another key"),
        (text, [ed, p256], "a signature too many"),
        (text.replace(f'"contact":"{digest}",', ""), [ed], "no digest of contact"),
        (text.replace('"v":1', '"v":2'), [ed], "another version"),
        (alone, [ed], "an ML-DSA-65 key alone"),
        (text.replace("{", '{"actor":"",', 1), [ed], "an empty actor"),
        (paired, [ed, p256], "a partner that is no ML-DSA-65 key"),
    ]
    return [
        {
            "envelope": dsse.sign(dsse.ENROLMENT, data.encode(), signers).encode().decode(),
            "why": why,
        }
        for data, signers, why in cases
    ]


def _b64(key: PublicKey) -> str:
    return canonical.to_base64(key.spki)


def disclosures() -> dict[str, Any]:
    """§8: disclosures and their digests."""
    salt = canonical.to_base64url(bytes(range(32)))
    values: list[Any] = ["Ada Lindqvist", "", 7, True, ["§ 263", "§ 303a"]]
    texts = [canonical.to_base64url(canonical.encode([salt, "name", value])) for value in values]
    refused = [
        (f'["{salt}","name",null]', "null"),
        (f'["{salt}","name",{{}}]', "an object"),
        (f'["{salt}","name",[1]]', "a list of other things than text"),
        (f'["{salt}","name"]', "no value"),
        (f'["{salt}", "name", ""]', "blanks"),
        (f'["{salt[:-4]}","name",""]', "a short salt"),
        (f'["{salt[:-1]}9","name",""]', "a salt with set trailing bits"),
        (f'["{salt}","Name",""]', "no field name"),
    ]
    return {
        "source": "SPEC §8",
        "disclosures": [
            {"text": text, "value": value, "digest": disclosure.digest(text)}
            for text, value in zip(texts, values, strict=True)
        ],
        "refused": [
            {"text": canonical.to_base64url(text.encode()), "why": why} for text, why in refused
        ],
    }
