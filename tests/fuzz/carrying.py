"""Readers of files that people carry between machines: offers of a hand-over, answers to them,
requests to be enrolled, identities.
"""

import json
import tempfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

from custody.carried import answering, content, files
from custody.carried.checking import Examined, examine
from custody.carried.files import Answer, Offer
from custody.core import canonical
from custody.core.enrolment import FIELDS
from custody.core.errors import CustodyError
from custody.core.trust import TrustFile
from custody.identity import enrolling, keyfile, memory
from custody.identity.enrolling import Request
from custody.identity.keyfile import Identity
from tests.fuzz import Target
from tests.fuzz.mutating import json_like
from tests.machines import machines

LONG = 1 << 17


class Carried(NamedTuple):
    """What went between two machines: two offers to the same person, and her answer to one.

    request: to be enrolled. identity: her keys, sealed.
    """

    offers: tuple[bytes, ...]
    answer: bytes
    receiver: str
    request: bytes
    identity: bytes


@cache
def carried() -> Carried:
    with tempfile.TemporaryDirectory(prefix="custody-fuzz-") as place:
        two = machines(Path(place))
        folder = two.ledger.file("disk/a", b"x" * 70_000).parent
        two.ledger.file("disk/b", b"y")
        two.ledger.seized("JS/1", "--seal", "S-41")
        two.ledger.acquired(folder, "D/1")
        sealed = two.offer("JS/1")
        both = two.offer("D/1", name="both.json")
        two.countersign(sealed, "--seal-read", "JS/1=S-41", "--condition", "good")
        bo = two.folder / "away" / "identities" / "bo"
        return Carried(
            offers=(sealed.read_bytes(), both.read_bytes()),
            answer=(two.stick / "answer.json").read_bytes(),
            receiver=keyfile.read(bo).actor,
            request=(two.folder / "ledger" / "bo.json").read_bytes(),
            identity=(bo / keyfile.FILE).read_bytes(),
        )


@cache
def honest() -> tuple[TrustFile, dict[str, str]]:
    """The trust file that the receiver has pinned, and the head of each item by its tag."""
    offers = [files.read_offer(data) for data in carried().offers]
    trust = TrustFile.read(offers[0].trust.encode())
    examined = [examine(offer, trust, carried().receiver) for offer in offers]
    return trust, {item.tag: item.head for each in examined for item in each.items}


def offer_holds(offer: Offer, data: bytes) -> bool:
    """Whatever is believed of a spoilt offer was so in the good ones, by whichever trust file."""
    trust, heads = honest()
    for text in (trust.encode(), offer.trust.encode()):
        try:
            found = examine(offer, TrustFile.read(text), carried().receiver)
        except CustodyError:
            continue
        if not {item.tag: item.head for item in found.items}.items() <= heads.items():
            return False
        _compared(found)
    return files.encode(offer) == data


def _compared(found: Examined) -> None:
    """Hold the items against content that is not theirs."""
    for item in found.items:
        for path in (None, Path(__file__), Path(__file__).parent):
            try:
                content.compare(item, path)
            except CustodyError:
                continue


def answer_holds(answer: Answer, data: bytes) -> bool:
    """What would be submitted is what stands in the file, byte for byte."""
    try:
        sent = answering.submissions(answer, "agency.example/evidence")
    except CustodyError:
        sent = []
    return files.encode(answer) == data and all(each.submission.envelope for each in sent)


def request_holds(found: Request, data: bytes) -> bool:
    """The request is what its file says, and its personal values are opened."""
    value = {"disclosures": list(found.disclosures), "request": found.body}
    return canonical.encode(value) == data.rstrip(b"\r\n") and found.opened.keys() == set(FIELDS)


def identity(data: bytes) -> Identity:
    """An identity, and what it has seen, out of the same bytes."""
    with tempfile.TemporaryDirectory(prefix="custody-fuzz-") as place:
        for name in (keyfile.FILE, "seen.json"):
            (Path(place) / name).write_bytes(data)
        if data.startswith(b'{"root"'):
            memory.last_seen(Path(place))
        return keyfile.read(Path(place))


def identity_holds(found: Identity, data: bytes) -> bool:
    """What it says of itself can be printed, and written again."""
    said = (found.origin, found.name, found.organisation, found.actor)
    value = json.loads(data)
    return "".join(said).encode() != b"" and len(found.keys) == len(value["keys"])


def identities() -> list[bytes]:
    seen = json.dumps({"root": "ab" * 32, "size": 7, "v": 1})
    return [carried().identity, seen.replace(" ", "").encode(), b"[" * 2000]


TARGETS = {
    "offer": Target(files.read_offer, offer_holds, lambda: carried().offers, json_like, LONG),
    "answer": Target(files.read_answer, answer_holds, lambda: [carried().answer], json_like, LONG),
    "request-file": Target(
        enrolling.read, request_holds, lambda: [carried().request], json_like, LONG
    ),
    "identity": Target(identity, identity_holds, identities, json_like),
}
