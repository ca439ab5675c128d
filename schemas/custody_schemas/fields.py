"""The types that acts are declared with: text, digests, references, times."""

from typing import Annotated

from custody_schemas.declare import (
    Chars,
    Kind,
    Matches,
    Moment,
    Record,
    Refers,
    Several,
    Within,
)
from custody_schemas.terms import ContentForm, ContentPlace, Precision, TimeSource

Text = Annotated[str, Chars(0, 500)]
LongText = Annotated[str, Chars(0, 10_000)]
Lines = Annotated[tuple[str, ...], Several(0, 1000), Chars(0, 5000)]

HEX = "[0-9a-f]{64}"
Digest = Annotated[str, Matches(HEX, "64 hexadecimal digits")]
StatementId = Annotated[str, Matches(HEX, "the id of a signed entry, 64 hexadecimal digits")]
KeyId = Annotated[str, Matches(HEX, "a key id, 64 hexadecimal digits")]
ActorTag = Annotated[str, Matches(HEX, "a name, or a person's tag"), Refers(Kind.ACTOR)]
CaseTag = Annotated[str, Matches(HEX, "a case reference"), Refers(Kind.CASE)]

Time = Annotated[
    str,
    Matches(
        "(?:19[7-9][0-9]|[2-9][0-9]{3})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
        "T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z",
        "a time like 2026-11-22T10:00:00Z",
    ),
    Moment(),
]
Name = Annotated[str, Matches(r"[a-z][a-z0-9_.]{0,63}", "the name of a field or an act")]
Origin = Annotated[
    str, Matches(r"[A-Za-z0-9.-]+(?:/[A-Za-z0-9._-]+)*", "agency.example/evidence"), Chars(1, 200)
]
Spki = Annotated[
    str, Matches(r"[A-Za-z0-9+/]{40,4000}={0,2}", "base64 of a public key in DER"), Chars(1, 4000)
]
VerifierKey = Annotated[
    str,
    Matches(r"[^ +\n]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+={0,2}", "a C2SP verifier key"),
    Chars(1, 4000),
]

Number = Annotated[int, Within(1, 99_999)]
Count = Annotated[int, Within(0, 2**53 - 1)]
Size = Annotated[int, Within(0, 2**53 - 1)]
Legacy = Annotated[str, Matches("[0-9a-f]{32}(?:[0-9a-f]{8})?", "an MD5 or SHA-1")]


class Occurred(Record):
    """When it happened, as distinct from when it was signed and when recorded. (R2, R3)

    at: the moment, or the beginning, in UTC
    offset_min: offset of the local clock from UTC, in minutes
    precision: how exactly the moment is known
    source: where the time comes from
    until: the end, where it took a while
    """

    at: Time
    offset_min: Annotated[int, Within(-14 * 60, 14 * 60)]
    precision: Precision
    source: TimeSource
    until: Time | None = None


class Content(Record):
    """Digital content of an item. (R84, R119)

    For a folder or a set of segments the digests are those of its manifest. They are absent here,
    and stand in the personal fields, where the content is smaller than 64 KiB (SPEC §8).

    form: one file, a folder, or segment files
    count: number of files; 0 of an empty folder only
    size: bytes of all files together
    sha256: SHA-256
    blake3: BLAKE3, 256 bits
    where: in the vault, or left in place
    """

    form: ContentForm
    count: Annotated[int, Within(0, 10_000_000)]
    size: Size
    sha256: Digest | None = None
    blake3: Digest | None = None
    where: ContentPlace


class Media(Record):
    """The decoded media inside a forensic image. (R17, design §3)

    size: bytes of the media
    sha256: SHA-256 of the media
    blake3: BLAKE3 of the media
    stored_md5: what the image file says its MD5 is (legacy, compared only)
    stored_sha1: what the image file says its SHA-1 is (legacy, compared only)
    """

    size: Size
    sha256: Digest | None = None
    blake3: Digest | None = None
    stored_md5: Annotated[str, Matches("[0-9a-f]{32}", "an MD5")] | None = None
    stored_sha1: Annotated[str, Matches("[0-9a-f]{40}", "a SHA-1")] | None = None
