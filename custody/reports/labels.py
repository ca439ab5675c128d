"""What the label on an evidence bag says, for people and for scanners. (R132)

Three texts name the item, and each is taken wherever a command asks for an ITEM:

    CASE/NUMBER-CHECK   2026-114/3-U    for people, and in the bar code (Code 128)
    TAG-CHECK           4F2A9C001B7D-F  the same where the case's reference is too long for a code,
                        or has other characters than ASCII: the first 12 digits of the item's tag
    CUSTODY1 TAG ENTRY ORIGIN CODE      in the QR code, in one line, blanks between: item tag and id
                        of the item's first signed entry (64 hexadecimal digits each, capitals),
                        name of the ledger, and one of the two texts above

With the server gone, the label still says which agency, case and item it is of; tag and entry are
found in any bundle that shows the item (`tag` in data/ledger/records.jsonl).

CHECK is one character after ISO/IEC 7064, MOD 37,36, of what stands before it, hyphen left out.
The text is folded first, as the ledger folds what it looks up (NFKC, case, runs of blanks). Digits
and letters a to z count as the standard has them. Any other character counts as two for each of
its UTF-8 bytes, byte // 36 and byte % 36, so that `K-7/12` and `K-71/2` differ.

What it detects: every digit or letter a to z that was read as another one; every exchange of two
neighbours of these but, in each place, of one pair in 630; of all else (a hyphen read as a letter,
something left out, several errors) 35 of 36. It says nothing of the ledger: a bar code of another
ledger with a case of that name passes, its QR code does not. It is no secret and proves nothing:
anybody can print a label.
"""

import re
from typing import NamedTuple

from custody.core.errors import NotFoundError
from custody.ledger.projections import folded
from custody.reports import barcode

MARK = "CUSTODY1"
SHORT = 12  # digits of the tag that are printed, and stand for it in a bar code
BARS_MOST = 222  # modules: with quiet zones, a quarter of a millimetre each on 62 mm
CODE_MOST = 80  # characters of CASE/NUMBER-CHECK up to which a QR code is not too fine for a label
SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SHORT_TAG = re.compile(f"[0-9a-f]{{{SHORT}}}", re.IGNORECASE | re.ASCII)
NUMBERED = re.compile(r".+/[0-9]{1,5}", re.ASCII | re.DOTALL)
CHECKED = re.compile(r"(.+)-([0-9A-Z])", re.IGNORECASE | re.ASCII | re.DOTALL)
QR = re.compile(
    r"(\S{8}) ([0-9a-f]{64}) ([0-9a-f]{64}) (\S+) (.+)", re.IGNORECASE | re.ASCII | re.DOTALL
)


class Label(NamedTuple):
    """What is printed of one item; texts are empty where nothing is to be said.

    name: CASE/NUMBER
    kind: what it is, in a word or two
    seal: the seal's number, where it is to be printed
    tag, entry: the item, and the entry that began it; 64 hexadecimal digits
    """

    origin: str
    name: str
    exhibit: str
    kind: str
    description: str
    seal: str
    tag: str
    entry: str

    @property
    def code(self) -> str:
        """CASE/NUMBER-CHECK, as people read and type it."""
        return checked(self.name)

    @property
    def short(self) -> str:
        """TAG-CHECK."""
        return checked(self.tag[:SHORT].upper())

    @property
    def bars(self) -> str:
        """What the Code 128 symbol says."""
        if self._plain and len(barcode.code128(self.code)) <= BARS_MOST:
            return self.code
        return self.short

    @property
    def parts(self) -> tuple[str, str]:
        """What the QR code says, in two parts: the first has capitals and digits only."""
        code = self.code if self._plain and len(self.code) <= CODE_MOST else self.short
        return f"{MARK} {self.tag.upper()} {self.entry.upper()} ", f"{self.origin} {code}"

    @property
    def _plain(self) -> bool:
        """Whether every scanner types it: of other characters readers guess the encoding, wrongly
        too, and keyboards have no keys for them.
        """
        return self.code.isascii() and self.code.isprintable()

    @property
    def qr(self) -> str:
        """What the QR code says."""
        return "".join(self.parts)


class Scanned(NamedTuple):
    """What a QR code of a label said; `code` is what people read beside it."""

    tag: str
    entry: str
    origin: str
    code: str


def check_character(text: str) -> str:
    """The check character of a text that is not empty, `0` to `Z`."""
    remainder = 36
    for symbol in _symbols(folded(text)):
        remainder = ((remainder + symbol) % 36 or 36) * 2 % 37
    return SYMBOLS[(37 - remainder) % 36]


def _symbols(text: str) -> list[int]:
    """Numbers from 0 to 35."""
    found = []
    for character in text:
        if character.isascii() and character.isalnum():
            found.append(int(character, 36))
        else:
            for byte in character.encode():
                found += divmod(byte, 36)
    return found


def checked(text: str) -> str:
    """The text with a hyphen and its check character."""
    return f"{text}-{check_character(text)}"


def split(words: str) -> tuple[str, str] | None:
    """What stands before the check character, and that character; None where there is none."""
    found = CHECKED.fullmatch(words.strip())
    return (found[1], found[2].upper()) if found else None


def scanned(words: str) -> Scanned | None:
    """What a QR code of a label says, in whatever case it was typed; None for any other words."""
    found = QR.fullmatch(" ".join(words.split()))
    if found is None or found[1].upper() != MARK:
        return None
    return Scanned(found[2].lower(), found[3].lower(), found[4], found[5])


def doubt(words: str) -> str:
    """What to say of words that look like a label's, and name nothing; or nothing."""
    head, check = split(words) or ("", "")
    if SHORT_TAG.fullmatch(head) or NUMBERED.fullmatch(head):
        if check == check_character(head):
            return " (its check character fits: it may be a label of another ledger or case)"
        return (
            f" (if that is a label's text, it was misread: {check} is not the check character of "
            f"{head}; scan it again)"
        )
    if words[:6].upper() == MARK[:6]:
        return (
            " (it looks like a label's QR code in which something was changed: scan it again; is "
            "the scanner set to the keyboard layout of this computer?)"
        )
    return ""


def check_origin(label: Scanned, origin: str) -> None:
    """Raises NotFoundError: the label is one of another ledger."""
    if label.origin.casefold() != origin.casefold():
        raise NotFoundError(f"that is a label of the ledger {label.origin}, and this is {origin}")


def check_parts(label: Scanned, name: str, entry: str) -> None:
    """Every part of a label is true of one item.

    name, entry: CASE/NUMBER of the item that has the label's tag, and its first entry.

    Raises:
        NotFoundError: a part was misread, or is another item's.
    """
    head, check = split(label.code) or (label.code, "")
    if check != check_character(head):
        raise NotFoundError(
            f"the label was misread: {check or 'nothing'} is not the check character of {head}; "
            "scan it again"
        )
    if folded(head) not in (label.tag[:SHORT], folded(name)):
        raise NotFoundError(
            f"the label says {head}, and its tag is that of {name}: its parts do not belong "
            "together. Do not trust it; print another one"
        )
    if label.entry != entry:
        raise NotFoundError(
            f"the label says {head}, and its entry is not the one that began {name}: its parts do "
            "not belong together. Do not trust it; print another one"
        )
