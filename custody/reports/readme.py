"""data/README.txt of a bundle: what it proves and not, and how to check it by hand. (SPEC §11)"""

from collections.abc import Iterator

from custody.core import canonical, times
from custody.core.keys import fingerprint, read_spki
from custody.core.note import VerifierKey
from custody.core.record import record_hash
from custody.core.state import Actor, LedgerFacts
from custody.core.text import safe
from custody.ledger.selection import Selection
from custody.reports import withholding

PEM_LINE = 64
ED25519_PREFIX = bytes.fromhex("302a300506032b6570032100")  # RFC 8410, before the 32 key bytes

TEXT = """\
WHAT THIS IS
============

This folder is an extract of an electronic chain of custody. It shows {shows} of the
ledger {origin} as of record {last}, {time} UTC.

Each act on an item (seizure, imaging, hand-over, check …) is an entry that was signed by the
person who did it, with that person's own key. The ledger put the entries in order, one after the
other, so that none can be changed, moved or removed later without showing.

WHAT A CHECK CAN PROVE
  - who signed each entry, and that no entry was changed since;
  - the order of the entries, and a lower bound for when each was signed;
  - that the entries shown for an item are all that the ledger claims to hold about it{mirror};
  - that the evidence files are the ones whose digests were recorded.

WHAT IT CANNOT PROVE
  - that what people wrote is true, or who sat at the keyboard;
  - what happened before the first entry, or what nobody recorded;
  - that the ledger showed the same to everybody, unless independent parties countersigned it.

Adverse facts (broken seals, gaps, takeovers, late entries, corrections, annulled entries,
disputed digests, working copies that are still out, limits of use …) are part of the record and
are listed by the check. data/reports/custody-register.txt retells the entries for reading; it is
the exporter's retelling and proves nothing by itself.


HOW TO CHECK IT
===============

1. With the checking program (Python 3.11 or newer), which needs nothing but this file and a
   trust file that you got from somebody other than the sender of the bundle:

       pip install custody
       python -m custody.core BUNDLE.zip --trust TRUSTFILE

2. By hand, the files. Linux or macOS, in this folder's top level (beside bagit.txt):

       sha256sum -c manifest-sha256.txt
       sha256sum -c tagmanifest-sha256.txt

   Windows, one file at a time, to compare with the line in manifest-sha256.txt:

       certutil -hashfile data\\README.txt SHA256
       Get-FileHash data\\README.txt -Algorithm SHA256          (PowerShell)

3. By hand, a signature on an entry. Each file in data/ledger/envelopes is one entry; its name is
   its SHA-256. Put its name for E; K is the key id in it, and data/interop/keys/K.pem that key:

       E=data/ledger/envelopes/{example}.json
       K={key}
       T=application/vnd.custody.statement.v1+json
       sed -E 's/^\\{{"payload":"([^"]*)".*/\\1/' $E | base64 -d > payload.json
       {{ printf 'DSSEv1 %d %s %d ' ${{#T}} $T $(wc -c < payload.json); cat payload.json; }} > signed.bin
       sed -E "s/.*\\{{\\"keyid\\":\\"$K\\",\\"sig\\":\\"([^\\"]*)\\".*/\\1/" $E | base64 -d > signature.bin
       openssl pkeyutl -verify -pubin -inkey data/interop/keys/$K.pem -rawin \\
           -in signed.bin -sigfile signature.bin

   (For a P-256 key: openssl dgst -sha256 -verify data/interop/keys/$K.pem -signature
   signature.bin signed.bin. For an ML-DSA-65 key, which signs beside another one: as above, with
   OpenSSL 3.5 or newer.) payload.json is the entry itself, in plain text. That the key file is
   the key that the entry names:

       openssl pkey -pubin -in data/interop/keys/$K.pem -outform DER | sha256sum

4. By hand, the ledger's own signature on the checkpoint:

       awk '/^$/ {{exit}} {{print}}' data/ledger/checkpoint > note.txt
       awk '/^— / {{print $3; exit}}' data/ledger/checkpoint | base64 -d | tail -c 64 > note.sig
       openssl pkeyutl -verify -pubin -inkey data/interop/keys/log.pem -rawin \\
           -in note.txt -sigfile note.sig

   Whose ledger it is, the trust file says, in its line "genesis". Read the fingerprint of this
   ledger's first record aloud to whoever runs it; here it is

       {fingerprint}

5. By hand, a disclosed field. Each line of data/ledger/disclosures.jsonl opens one field of one
   entry; the digest must stand in that entry under "sd":

       D='…the value of "disclosure"…'
       printf %s "$D" | openssl dgst -sha256 -binary | basenc --base64url
       printf %s "$D" | basenc --base64url -d          (add = signs at the end if it complains)


WHAT IS INSIDE
==============

  data/ledger/checkpoint          size and root of the ledger, signed by the ledger
  data/ledger/records.jsonl       the records shown, blinded, one a line
  data/ledger/envelopes/          the signed entries
  data/ledger/proofs.jsonl        that each record is in the ledger
  data/ledger/subjects.jsonl      how many records each subject has, and proof of that
  data/ledger/companions.jsonl    other records of the same entries, blinded
  data/ledger/consistency.jsonl   that what the signers had seen is the beginning of this ledger
  data/ledger/disclosures.jsonl   the personal fields that are opened to you
  data/ledger/keys.json           keys to recompute the blinded names of case and items
  data/ledger/mirror.jsonl        (if there) all records of the ledger, blinded
  data/items/                     (if there) the evidence, by item number
  data/documents/                 (if there) attached documents and photographs
  data/interop/keys/              public keys as PEM, for the commands above
  data/reports/                   the register, for reading
{reveals}{withheld}"""

MIRROR = (
    "\n    (this bundle carries the blinded mirror of the whole ledger, so that this can be "
    "checked\n    without believing anybody)"
)
WITHHELD = """

WHAT IS WITHHELD
================

Who made this bundle signed what is withheld, and why, before it was made; the check lists it
field by field, and fails where the bundle opens more or less than was signed:

{lines}
The entries themselves are all here, and everything about them can be checked. What is no personal
field is open to every reader: what was done, when, under which keys, what sort of item it is, and
the size and digests of content of 64 KiB and more, so that whoever has a copy of such content can
tell that it is this. Of smaller content the digests are open only where it is enclosed. A reader
also sees which fields are withheld, but not whether anything was written in them.
"""
REVEALS = """
The mirror shows the number, the times and the grouping of all acts in the whole ledger, without
names; whoever knows the blinded name of a subject sees how active it was.
"""


def as_text(selection: Selection, mirror: bool) -> str:
    """The README of a bundle, UTF-8, LF."""
    told = selection.history(selection.case)[-1][1]
    key = next(s.key for s in told.statement.signers)
    return TEXT.format(
        shows="one case with all its items" if selection.whole else "chosen items of one case",
        origin=selection.origin,
        last=selection.checkpoint.size - 1,
        time=times.spelt(told.at),
        mirror=MIRROR if mirror else "",
        reveals=REVEALS if mirror else "",
        withheld=_withheld(selection),
        example=told.env,
        key=key,
        fingerprint=fingerprint(record_hash(selection.records[0]).hex(), 16),
    )


def _withheld(selection: Selection) -> str:
    lines = "".join(f"  - {safe(line)}\n" for line in withholding.lines(selection))
    return WITHHELD.format(lines=lines) if lines else ""


def key_files(selection: Selection) -> Iterator[tuple[str, bytes]]:
    """Public keys as PEM files for the by-hand commands: the people's, and the log's."""
    for subject in selection.subjects.values():
        if isinstance(subject, Actor):
            for text in (spki for key in subject.keys for spki in (key.spki, key.partner) if spki):
                der = canonical.from_base64(text)
                yield f"data/interop/keys/{read_spki(der).id}.pem", pem(der)
    log = VerifierKey.read(_facts(selection).log_key)
    yield "data/interop/keys/log.pem", pem(ED25519_PREFIX + log.public)


def pem(der: bytes) -> bytes:
    """A SubjectPublicKeyInfo as PEM (RFC 7468)."""
    text = canonical.to_base64(der)
    lines = [text[at : at + PEM_LINE] for at in range(0, len(text), PEM_LINE)]
    return "\n".join(
        ["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""]
    ).encode()


def _facts(selection: Selection) -> LedgerFacts:
    return next(s for s in selection.subjects.values() if isinstance(s, LedgerFacts))
