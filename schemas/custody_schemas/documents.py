"""JSON Schemas of the documents beside statements: envelope, record, enrolment, and so on.

Their bytes are read by patterns in the core; these schemas say the same to other programs.
"""

from typing import Any


def document(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A schema as the file of that name holds it."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": name}
    return head | schema


def text(least: int = 0, most: int | None = None, *, pattern: str = "") -> dict[str, Any]:
    """A string of so many characters, or one that follows a pattern."""
    schema: dict[str, Any] = {"type": "string"}
    if pattern:
        schema["pattern"] = f"^(?:{pattern})$"
    if most is not None:
        schema |= {"minLength": least, "maxLength": most}
    return schema


def integer(low: int = 0, high: int = 2**53 - 1) -> dict[str, Any]:
    """An integer within bounds, both included."""
    return {"type": "integer", "minimum": low, "maximum": high}


def array(items: dict[str, Any], least: int, most: int) -> dict[str, Any]:
    """A list of so many members."""
    return {"type": "array", "items": items, "minItems": least, "maxItems": most}


def member_object(
    optional: dict[str, Any] | None = None, /, **members: dict[str, Any]
) -> dict[str, Any]:
    """An object of exactly these members, and perhaps the optional ones."""
    return {
        "type": "object",
        "properties": {**members, **(optional or {})},
        "required": list(members),
        "additionalProperties": False,
    }


HASH = text(pattern="[0-9a-f]{64}")
LINK = text(pattern="(?:[0-9a-f]{64})?")
DIGEST = text(pattern="[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
BASE64 = text(pattern="(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
TIME = text(
    pattern="(?:19[7-9][0-9]|[2-9][0-9]{3})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
    "T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"
) | {"format": "date-time"}
NONCE = text(pattern="[0-9a-f]{32}")
ONE: dict[str, Any] = {"const": 1}

OTHERS: dict[str, dict[str, Any]] = {
    "envelope": member_object(
        payload=BASE64,
        payloadType=text(pattern="[a-z0-9][a-z0-9.+/-]{0,126}"),
        signatures=array(member_object(keyid=HASH, sig=BASE64), 1, 100_000),
    )
    | {"description": "A DSSE envelope: payload and signatures, sorted by keyid (SPEC §3)."},
    "record": {
        "description": "A leaf of the log (SPEC §4).",
        "oneOf": [
            member_object(
                at=integer(),
                chain=LINK,
                env=HASH,
                kind={"const": "entry"},
                n=integer(),
                prev=LINK,
                seq=integer(),
                tag=HASH,
                v=ONE,
            ),
            member_object(
                at=integer(),
                chain=LINK,
                index=HASH,
                kind={"const": "tally"},
                n=integer(),
                subjects=integer(),
                v=ONE,
            ),
            member_object(
                at=integer(),
                chain=LINK,
                kind={"const": "anchor"},
                n=integer(),
                of=integer(),
                sha256=HASH,
                v=ONE,
            ),
        ],
    },
    "enrolment": member_object(
        {"partner": BASE64},
        v=ONE,
        ledger=text(pattern="[^\\n]+"),
        nonce=NONCE,
        sd=member_object(contact=DIGEST, name=DIGEST, organisation=DIGEST),
        spki=BASE64,
    )
    | {"description": "A new key asks to be registered; signed by that key (SPEC §2)."},
    "bundle-signature": member_object(
        v=ONE,
        ledger=text(1, 500),
        export=HASH,
        checkpoint=member_object(size=integer(1), root=HASH),
        manifest_sha256=HASH,
        manifest_sha512=text(pattern="[0-9a-f]{128}"),
        time=TIME,
    )
    | {"description": "What the exporter of a bundle signs (SPEC §11)."},
    "disclosure": {
        "description": "A personal value, opened: salt, field and value (SPEC §8).",
        "type": "array",
        "prefixItems": [
            DIGEST | {"description": "32 random bytes"},
            text(pattern="[a-z][a-z0-9_.]*"),
            {
                "type": ["string", "integer", "boolean", "array"],
                "items": {"type": "string"},
                "minimum": -(2**53) + 1,
                "maximum": 2**53 - 1,
            },
        ],
        "minItems": 3,
        "maxItems": 3,
    },
}
