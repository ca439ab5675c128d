"""Good inputs, of `tests/vectors` and of the worlds that other tests tell."""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from custody.core import canonical, disclosure
from custody.core.dsse import Envelope
from custody.core.reading import open_act
from custody_schemas.declare import Act
from tests.bodies import HASH, LEAST

VECTORS = Path(__file__).parents[1] / "vectors"
OCCURRED = {
    "at": "2026-11-22T10:00:00Z",
    "offset_min": 60,
    "precision": "second",
    "source": "clock",
}


@cache
def vector(name: str) -> Any:
    """One of the files of vectors."""
    return json.loads((VECTORS / f"{name}.json").read_text())


def texts(values: Iterable[str]) -> list[bytes]:
    return [value.encode() for value in values]


def documents() -> list[bytes]:
    cases = [case["output"] for case in vector("rfc8785")["cases"]]
    return texts([*vector("canonical")["accepted"], *cases])


def envelopes() -> list[bytes]:
    found = vector("envelopes")
    kept = [found["envelope"], *(each["envelope"] for each in found["refused"])]
    return texts([*kept, *(each["envelope"] for each in vector("log")["statements"])])


def enrolments() -> list[bytes]:
    return texts(each["envelope"] for each in vector("envelopes")["enrolments"])


def requests() -> Iterator[bytes]:
    """What those enrolments sign."""
    return (Envelope.read(each).payload for each in enrolments())


def statements() -> Iterator[bytes]:
    """Those of the log of the vectors, and the least that can be said of every act."""
    yield from texts(each["payload"] for each in vector("log")["statements"])
    for name, kind in sorted(Act.ALL.items()):
        yield least(name, kind)


def least(name: str, kind: type[Act]) -> bytes:
    """A statement of that act about subjects that are nowhere; nobody signed it."""
    body, personal = open_act(name, {"occurred": OCCURRED, **LEAST.get(name, {})})
    about = [(c.kinds[0], place) for c in kind.ABOUT for place in range(c.least)]
    opened = name == "ledger.opened"
    return canonical.encode(
        {
            "v": 1,
            "ledger": "agency.example/evidence",
            "act": name,
            "about": [
                {"as": of, "prev": HASH, "tag": f"{at:064x}"} for at, (of, _) in enumerate(about)
            ],
            "seen": {"size": 0 if opened else 7, "root": NOTHING if opened else HASH},
            "time": "2026-11-22T10:00:00Z",
            "until": "2026-11-23T10:00:00Z",
            "nonce": "0" * 32,
            "signers": [{"actor": HASH, "as": kind.SIGNERS[0], "key": HASH}],
            "signing": {"client": "tests 1", "unlock": "prompt"},
            "sd": dict.fromkeys(personal, "A" * 43),
            "body": body,
        }
    )


NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def records() -> list[bytes]:
    own = ['{"at":1,"chain":"","kind":"later.kind","n":0,"v":1}']
    return texts([*(each["record"] for each in vector("records")["records"]), *own])


def notes() -> list[bytes]:
    published = [each["note"] for each in vector("signed_note")["notes"]]
    cosigned = [each["note"] for each in vector("cosignature")]
    trust = vector("trust")
    return texts([*published, *cosigned, trust["checkpoint"], trust["cosigned"]])


def trust_files() -> list[bytes]:
    return texts(each["text"] for each in (*vector("trust")["files"], *vector("trust")["refused"]))


def proofs() -> list[bytes]:
    return texts([vector("log")["tlog_proof"]])


ODD: dict[str, disclosure.Value] = {"a": ("x", "ü"), "b.c": -5, "c_d": True, "e": "two\nlines"}


def disclosures() -> list[bytes]:
    found = vector("disclosures")
    made = [disclosure.make(field, value, bytes).text for field, value in ODD.items()]
    return texts([*made, *(each["text"] for each in (*found["disclosures"], *found["refused"]))])


def keys() -> list[bytes]:
    """Keys, each behind two bytes that say how many bytes of signature follow it."""
    found = vector("keys")
    signatures = {**found["signatures"], "ml-dsa-65": "00" * 100}
    made = []
    for each in found["keys"]:
        signature = bytes.fromhex(signatures[each["algorithm"]])
        made.append(bytes.fromhex(each["spki"]) + signature + len(signature).to_bytes(2, "big"))
    return made


def names() -> list[bytes]:
    found = vector("canonical")
    refused = [*found["percent_refused"], *found["base64_refused"], *found["base64url_refused"]]
    return texts([*(each["text"] for each in found["percent"]), *refused])
