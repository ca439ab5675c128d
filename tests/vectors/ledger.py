"""Vectors of SPEC §2, §4, §6 and §7: a whole log, its proofs, trust files."""

from collections.abc import Callable
from typing import Any

from custody.core import record, state, subject_index, tree
from custody.core.checkpoint import Checkpoint
from custody.core.note import Note, SignatureType, VerifierKey
from custody.core.proof import Proof
from custody.core.trust import Group, TrustFile, Witness
from tests.log_keys import COURT, DEFENCE, PRESS
from tests.memory import LOG, LOG_KEY, LOG_MLDSA, LOG_MLDSA_KEY, Memory, Signed
from tests.vectors.moving import OTHER_KEY, OTHER_REFERENCE
from tests.vectors.scribe import Scribe
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
        "other_case": {"key": OTHER_KEY.hex(), "reference": OTHER_REFERENCE},
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
