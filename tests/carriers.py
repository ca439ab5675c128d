"""What a receiver could have signed at another time: her own software, with another clock."""

import os
import time
from pathlib import Path
from typing import Any

from custody.carried import answering, files, meeting
from custody.carried.answering import Table
from custody.carried.checking import examine
from custody.core import disclosure
from custody.core.statement import Seen, SignerClaim
from custody.drafting import DAY, Request, Subject
from custody.identity import keyfile
from custody.identity.passphrases import Unlocked
from custody_schemas.declare import Capacity, Kind
from custody_schemas.terms import UnlockMethod
from tests.bench import WORDS
from tests.bodies import LEAST
from tests.machines import Machines


def sign_long_ago(two: Machines, offer: Path) -> None:
    """Write an answer of eight days ago, which could be recorded for seven."""
    bo = keyfile.read(two.away.folder / "identities" / "bo")
    trust = meeting.pinned(bo)
    assert trust is not None
    found = examine(files.read_offer(files.load(offer)), trust, bo.actor)
    then = time.time() - 8 * DAY
    seen = Seen(found.checkpoint.size, found.checkpoint.root.hex())
    requests = [
        Request(
            "transfer.accepted",
            (Subject(Kind.ITEM, item.tag),),
            {**LEAST["transfer.accepted"], "transfer": item.transfer.id, "late": "no_network"},
        )
        for item in found.items
    ]
    claims = [SignerClaim(bo.actor, Capacity.ACTOR, bo.key.id)]
    table = Table(bo, seen, lambda: then, os.urandom)
    drafts = answering.drafts(table, requests, found.items, claims, UnlockMethod.PROMPT)
    keys = Unlocked(bo.unlock(WORDS), UnlockMethod.PROMPT)
    signed = answering.sign(drafts, keys, ())
    (two.stick / "answer.json").write_bytes(answering.answer(bo.origin, signed))


def lies(file: dict[str, Any], field: str, value: str) -> None:
    """Put a disclosure of the same field with another value in the place of the true one."""
    fresh = disclosure.make(field, value, lambda count: b"x" * count)
    for entry in file["entries"]:
        entry["disclosures"] = [
            fresh.text if disclosure.read(text).field == field else text
            for text in entry["disclosures"]
        ]


def hides(file: dict[str, Any], *fields: str) -> None:
    for entry in file["entries"]:
        texts = entry["disclosures"]
        entry["disclosures"] = [t for t in texts if disclosure.read(t).field not in fields]
