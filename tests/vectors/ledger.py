"""Vectors of SPEC §2, §4, §6, §7 and §9: a whole log, its proofs, and acts that are refused."""

from collections.abc import Callable, Iterator
from typing import Any

from custody.core import record, state, subject_index, times, tree
from custody.core.checkpoint import Checkpoint
from custody.core.errors import CustodyError
from custody.core.note import Note, SignatureType, VerifierKey
from custody.core.proof import Proof
from custody.core.record import Entry
from custody.core.rules import admit, check_signatures
from custody.core.trust import Group, TrustFile, Witness
from custody_schemas.declare import Kind
from tests.log_keys import COURT, DEFENCE, PRESS
from tests.memory import LOG, LOG_KEY, LOG_MLDSA, LOG_MLDSA_KEY, Memory, Signed
from tests.vectors.scribe import BEN2, Person, Scribe
from tests.vectors.story import Story


def nodes(leaves: list[bytes]) -> Callable[[int, int], bytes]:
    return lambda level, index: tree.root(leaves[index << level : (index + 1) << level])


def trust_file(world: Memory) -> TrustFile:
    """The least that a reader of the story's bundles has to bring."""
    genesis = record.record_hash(world.records[0]).hex()
    group = Group("log-group", 1, ("log-mldsa",))
    return TrustFile(LOG_KEY, LOG_MLDSA_KEY, (), (group,), "log-group", genesis)


def log(story: Story) -> dict[str, Any]:
    """§2 to §7: every record and statement of the story, up to the first tally."""
    scribe = story.scribe
    size, leaves = len(scribe.records), [record.record_hash(each) for each in scribe.records]
    root, node = tree.root(leaves), nodes(leaves)
    note = scribe.checkpoint()
    proof = Proof(7, tuple(tree.inclusion_path(7, size, node)), Note.read(note), scribe.records[7])
    earlier = (1, 2, 3, 4, 8, 13, 16, size - 1)
    return {
        "source": "SPEC §2 to §7; the private keys of keys.json, log keys from 32-byte seeds",
        "origin": scribe.origin,
        "log_seed": LOG.private_bytes_raw().hex(),
        "log_mldsa_seed": LOG_MLDSA.private_bytes_raw().hex(),
        "case_key": bytes(range(32)).hex(),
        "reference": "K-2026/0417",
        "statements": [_told(run.first, run.signed) for run in scribe.runs],
        "records": [each.decode() for each in scribe.records],
        "hashes": [leaf.hex() for leaf in leaves],
        "roots": [tree.root(leaves[:n]).hex() for n in range(size + 1)],
        "checkpoint": note.decode(),
        "trust": trust_file(scribe).encode().decode(),
        "fingerprint": trust_file(scribe).fingerprint,
        "inclusion": [[h.hex() for h in tree.inclusion_path(n, size, node)] for n in range(size)],
        "consistency": {
            str(old): [h.hex() for h in tree.consistency_path(old, size, node)] for old in earlier
        },
        "root": root.hex(),
        "tlog_proof": proof.encode().decode(),
        "index": _index(scribe),
        "states": {
            tag: state.encode(subject).decode() for tag, subject in sorted(scribe.states.items())
        },
    }


def _told(first: int, signed: Signed) -> dict[str, Any]:
    return {
        "n": first,
        "id": signed.id,
        "payload": signed.statement.payload.decode(),
        "envelope": signed.envelope.encode().decode(),
        "disclosures": list(signed.disclosures),
    }


def _index(scribe: Scribe) -> dict[str, Any]:
    """Counts, heads and proofs as the tally at the end of the log seals them."""
    values = {
        bytes.fromhex(tag): subject_index.value(chain.count, bytes.fromhex(chain.head))
        for tag, chain in scribe.chains.items()
    }
    entries = sorted(values.items())
    chains = [
        {
            "tag": tag.hex(),
            "count": scribe.chains[tag.hex()].count,
            "head": scribe.chains[tag.hex()].head,
            "value": value.hex(),
            "proof": [h.hex() for h in subject_index.prove(entries, tag)],
        }
        for tag, value in entries
    ]
    return {"chains": chains, "root": subject_index.root(values).hex()}


def index() -> dict[str, Any]:
    """§7: a map of three tags, small enough to be followed by hand."""
    chains = [
        ("00" * 32, 1, "11" * 32),
        ("40" + "00" * 31, 2, "22" * 32),
        ("ff" * 32, 3, "33" * 32),
    ]
    values = {
        bytes.fromhex(tag): subject_index.value(count, bytes.fromhex(head))
        for tag, count, head in chains
    }
    entries = sorted(values.items())
    return {
        "source": "SPEC §7",
        "empty": subject_index.root({}).hex(),
        "chains": [
            {"tag": tag, "count": count, "head": head, "value": values[bytes.fromhex(tag)].hex(),
             "proof": [h.hex() for h in subject_index.prove(entries, bytes.fromhex(tag))]}
            for tag, count, head in chains
        ],
        "root": subject_index.root(values).hex(),
    }  # fmt: skip


def trust(story: Story) -> dict[str, Any]:
    """§6: trust files, and the note of the story under them."""
    least = trust_file(story.scribe)
    witnesses = (Witness("court", COURT.key), Witness("defence", DEFENCE.key))
    group = Group("log-group", 2, ("log-mldsa", "two-of"))
    quorum = (Group("two-of", 2, ("court", "defence")), group)
    more = TrustFile(LOG_KEY, LOG_MLDSA_KEY, witnesses, quorum, "log-group")
    text, log_line = least.encode().decode(), f"log {LOG_KEY.text}\n"
    mldsa = f"witness log-mldsa {LOG_MLDSA_KEY.text}\n"
    small = VerifierKey("w.example", SignatureType.ED25519_COSIGNATURE, PRESS.key.public).text
    refused = [
        (log_line, "no quorum"),
        ("quorum none\n", "no log"),
        (f"{log_line}{log_line}quorum none\n", "two logs"),
        (f"{log_line}quorum none", "the last line has no end"),
        (f"{log_line}quorum nobody\n", "a quorum of a name that is not defined"),
        (f"{log_line}{mldsa}quorum none\n", "the log's ML-DSA key is named and not required"),
        (f"{log_line}group g 2 g\nquorum g\n", "a group that is a member of itself"),
        (f"{log_line}witness w {small}\ngroup a 1 w\ngroup b 1 w\nquorum b\n", "a member twice"),
        (f"{log_line}witness w {LOG_KEY.text}\nquorum none\n", "a log key as a witness"),
        (f"{log_line}#!custody genesis AB\nquorum none\n", "a genesis that is no hash"),
        (f"{log_line}#!custody until 7\nquorum none\n", "an unknown #!custody line"),
        (f"{log_line}#! policy\nquorum none\n", "another #! line"),
    ]
    return {
        "source": "SPEC §6",
        "files": [
            {"text": text, "fingerprint": least.fingerprint, "met_without_witnesses": True},
            {"text": f"# a comment\n\n{text.replace(' ', '  ')}", "fingerprint": least.fingerprint,
             "met_without_witnesses": True},
            {"text": more.encode().decode(), "fingerprint": more.fingerprint,
             "met_without_witnesses": False},
        ],
        "refused": [{"text": each, "why": why} for each, why in refused],
        "checkpoint": story.scribe.checkpoint().decode(),
        "cosigned": _cosigned(story),
    }  # fmt: skip


def _cosigned(story: Story) -> str:
    """The same checkpoint with a witness's line of type 0x04."""
    note = story.scribe.checkpoint().decode()
    return note + COURT.line(Checkpoint.read(Note.read(note.encode()).text), 1_790_003_600)


def refusals(story: Story) -> dict[str, Any]:
    """§9: acts that are tried on the story's state after its last act, and the code of each."""
    scribe = story.scribe
    at, n = scribe.now, len(scribe.records)
    cases = []
    for why, code, signed, late in _attempts(story):
        try:
            admit(scribe, signed.statement, at=at + late, n=n)
            check_signatures(scribe, signed.statement, signed.envelope, n)
        except CustodyError as error:
            if error.code != code:
                raise
        else:
            raise AssertionError(f"{why}: admitted")
        envelope = signed.envelope.encode().decode()
        cases.append({"why": why, "code": code, "at": at + late, "n": n, "envelope": envelope})
    return {
        "source": "SPEC §9, on the state that log.json ends with before its last two records",
        "cases": cases,
    }


Attempt = tuple[str, str, Signed, int]


def _attempts(story: Story) -> Iterator[Attempt]:
    yield from _on_people(story)
    yield from _on_items(story)
    yield from _on_custody(story)
    yield from _on_time(story)


def _on_people(story: Story) -> Iterator[Attempt]:
    draft, ada, ben = story.scribe.draft, story.ada, story.ben
    note = {"note": "x"}
    memo, new = [(Kind.ITEM, story.memo)], [(Kind.ACTOR, "ab" * 32)]
    request, opened = story.request(Person("Eve", "ab" * 32, BEN2))
    given = {"request": request, "identity_checked": "in_person", "roles": ["examiner"]}
    revoked = draft("note.recorded", memo, note, ben._replace(signer=BEN2))
    yield "signed with a key that was revoked", "E_KEY", revoked, 0
    register = draft("actor.registered", new, given, ada, opened=opened)
    yield "the tag of a new person is not made from her key", "E_KEY", register, 0
    register = draft("actor.registered", new, given, ben, opened=opened)
    yield "enrolled by somebody who may not", "E_NO_GRANT", register, 0
    grant = draft("role.granted", [(Kind.ACTOR, ada.tag)], {"role": "examiner"}, ada)
    yield "a role granted to oneself", "E_SAME_PERSON", grant, 0
    export = {"outside": "court", "purpose": "court_production", "evidence": True, "mirror": True}
    case = [(Kind.CASE, story.case)]
    yield (
        "two recipients",
        "E_UNKNOWN",
        draft("export.prepared", case, {**export, "to": ben.tag}, ada),
        0,
    )
    unknown = draft("note.recorded", [(Kind.ITEM, "cd" * 32)], note, ben)
    yield "about an item that is not in the ledger", "E_UNKNOWN", unknown, 0


def _on_items(story: Story) -> Iterator[Attempt]:
    draft, ada, ben = story.scribe.draft, story.ada, story.ben
    third = [(Kind.ITEM, story.tag("item", 3))]
    laptop = [(Kind.ITEM, story.laptop)]
    given = {"form": "case", "severity": "serious", "sensitivity": "normal", "reference": "x"}
    about = [(Kind.CASE, story.case), (Kind.REGISTER, story.register)]
    yield "a case opened again", "E_EXISTS", draft("case.opened", about, given, ada), 0
    seizure = story.seizure
    yield "seized twice", "E_ORIGIN_TWICE", draft("item.seized", laptop, seizure, ben), 0
    bare = {name: value for name, value in seizure.items() if name != "authority"}
    yield "seized on no legal basis", "E_AUTHORITY", draft("item.seized", third, bare, ben), 0
    other = {**seizure, "authority": "ef" * 32}
    yield "a legal basis not on file", "E_AUTHORITY", draft("item.seized", third, other, ben), 0
    sealing = draft("seal.applied", third, story.sealing, ben)
    yield "sealed before it has an origin", "E_NO_ORIGIN", sealing, 0
    got, content = story.acquisition, story.acquisition["content"]
    misplaced = {**got, "content": {**content, "sha256": "00" * 32, "blake3": "00" * 32}}
    yield (
        "digests of small content in the body",
        "E_CONTENT",
        draft("item.acquired", third, misplaced, ben),
        0,
    )
    mismatch = draft("item.acquired", third, {**got, "stored_hash": "mismatch"}, ben)
    yield "a stored hash that does not match", "E_DISPUTED", mismatch, 0
    source = draft("item.acquired", [*third, (Kind.SOURCE, story.laptop)], got, ben)
    yield "copied from a sealed source", "E_SEAL", source, 0
    derived = {"parents": ["00" * 32], "parents_verified": "match", "kind": "extraction"}
    derived |= {"content": content, "reproducible": "yes"}
    about = [*third, (Kind.SOURCE, story.laptop)]
    yield (
        "derived from an item without content",
        "E_PARENT",
        draft("item.derived", about, derived, ben),
        0,
    )


def _on_custody(story: Story) -> Iterator[Attempt]:
    draft, ben, cleo = story.scribe.draft, story.ben, story.cleo
    memo, laptop = [(Kind.ITEM, story.memo)], [(Kind.ITEM, story.laptop)]
    sealing = draft("seal.applied", laptop, story.sealing, ben)
    yield "sealed over a sound seal", "E_SEAL", sealing, 0
    check = draft("integrity.checked", laptop, {"verdict": "match", "trigger": "schedule"}, ben)
    yield "content compared where none is on file", "E_HASH", check, 0
    back = {"condition": ["good"], "seal": "intact", "location": "evidence_room"}
    yield "checked in and never out", "E_NOT_OUT", draft("access.checked_in", laptop, back, ben), 0
    release = {"to": ben.tag, "purpose": "storage", "method": "hand", "condition": ["good"]}
    yield (
        "released by another than the holder",
        "E_NOT_HOLDER",
        draft("transfer.released", laptop, release, cleo),
        0,
    )
    move = draft("storage.moved", memo, {"location": "vault"}, cleo)
    yield "moved while it is on its way", "E_OPEN_TRANSFER", move, 0
    taken = {"transfer": story.open, "condition": ["good"], "contents_inventoried": "yes"}
    taken |= {"hash": "match", "location": "vault"}
    yield (
        "accepted by its releaser",
        "E_SAME_PERSON",
        draft("transfer.accepted", memo, taken, cleo),
        0,
    )
    closed = draft("transfer.accepted", memo, {**taken, "transfer": story.release}, ben)
    yield "accepted on a release that is closed", "E_NO_TRANSFER", closed, 0
    unsaid = {name: value for name, value in taken.items() if name != "hash"}
    yield (
        "accepted, and no word on the digests",
        "E_HASH",
        draft("transfer.accepted", memo, unsaid, ben),
        0,
    )
    override = {**taken, "hash": "mismatch", "override": "urgency"}
    yield (
        "a mismatch overridden alone",
        "E_TWO_PERSON",
        draft("transfer.accepted", memo, override, ben),
        0,
    )
    wrong = {"corrects": story.acquired, "act": "item.acquired", "field": "colour"}
    wrong |= {"reason": "omitted_field", "value": "red"}
    yield (
        "a field corrected that the act does not have",
        "E_CORRECTION",
        draft("correction.recorded", memo, wrong, ben),
        0,
    )


def _on_time(story: Story) -> Iterator[Attempt]:
    scribe, ben = story.scribe, story.ben
    memo, given = [(Kind.ITEM, story.memo)], {"note": "x"}
    moment = {"offset_min": 0, "precision": "second", "source": "clock"}
    for why, when in (("a late entry without a reason", -86_401), ("in the future", 121)):
        occurred = {"at": times.spelt(scribe.now + when), **moment}
        late = scribe.draft("note.recorded", memo, {**given, "occurred": occurred}, ben)
        yield why, "E_TIME", late, 0
    note = scribe.draft("note.recorded", memo, given, ben)
    yield "recorded after until", "E_EXPIRED", note, 86_401
    seen = {"size": len(scribe.records) + 1, "root": "00" * 32}
    ahead = scribe.draft("note.recorded", memo, given, ben, seen=seen)
    yield "seen more records than there are", "E_SEEN", ahead, 0
    release = {"transfer": story.open, "reason": "by mistake"}
    head = scribe.chains[story.memo]
    stale = next(e.prev for e in map(record.read, scribe.records)
                 if isinstance(e, Entry) and e.tag == story.memo and e.seq == head.count - 1)  # fmt: skip
    cancel = scribe.draft("transfer.cancelled", memo, release, story.cleo, prev={story.memo: stale})
    yield "a change that does not follow the head", "E_PREV", cancel, 0
