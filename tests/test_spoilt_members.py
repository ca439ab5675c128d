"""Every member of whatever a bundle holds is spoilt by a defect, which changes it and nothing else.

The members are those of the good bundle, so that one that is added is missed here. What is recorded
with a false member (envelopes, statements) makes another log: of these the names are compared.
"""

import base64
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

import pytest

from custody.core.bundle import layout
from custody.core.note import Note
from tests.bundles import Bundle
from tests.spoilt import collection
from tests.spoilt.paths import accompanied
from tests.spoilt.stage import env_of, good

DEFECTS = collection()
Line = Mapping[str, Any]


class Part(NamedTuple):
    """Lines of a file: which is looked at, and the defect of each of its members.

    base: the bundle that these were made from. inner: a member that is looked into.
    """

    path: str
    defects: Mapping[str, str]
    base: Callable[[], Bundle] = lambda: good()[1]
    inner: str = ""
    last: bool = False


def all_of(form: str, members: str, **others: str) -> dict[str, str]:
    """Defects called by one form; but for the others, which have names of their own."""
    return {member: form.format(member) for member in members.split()} | others


PARTS = {
    "record": Part(
        layout.RECORDS,
        all_of("record_with_another_{}", "chain env kind n prev seq tag v", at="record_backdated"),
    ),
    "tally": Part(
        layout.RECORDS,
        all_of("tally_with_another_{}", "at chain index kind n subjects v"),
        last=True,
    ),
    "record of a companion": Part(
        layout.COMPANIONS,
        all_of("companion_with_another_{}", "at chain env kind n prev seq tag v"),
        lambda: accompanied()[1],
        "record",
    ),
    "companion": Part(
        layout.COMPANIONS,
        {
            "n": "companion_under_another_number",
            "path": "companion_with_another_path",
            "record": "companion_with_another_env",
        },
        lambda: accompanied()[1],
    ),
    "index proof": Part(
        layout.SUBJECTS,
        {
            "count": "index_proof_of_a_lower_count",
            "head": "index_proof_of_another_head",
            "proof": "index_proof_altered",
            "tag": "index_proof_of_another_tag",
        },
    ),
    "inclusion proof": Part(
        layout.PROOFS,
        {"n": "inclusion_proof_under_another_number", "path": "inclusion_proof_altered"},
    ),
    "earlier checkpoint": Part(
        layout.CONSISTENCY,
        all_of("earlier_checkpoint_of_another_{}", "root size", path="earlier_checkpoint_without_a_path"),
    ),
    "disclosure": Part(
        layout.DISCLOSURES,
        {
            "disclosure": "disclosure_altered",
            "env": "disclosure_under_another_entry",
            "name": "disclosure_under_another_name",
        },
    ),
}  # fmt: skip
EACH = [(name, member) for name, part in PARTS.items() for member in part.defects]


def payload(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """What is in the bag, and not of it: manifests and signature follow from that."""
    return {path: data for path, data in files.items() if path.startswith(layout.PAYLOAD)}


@cache
def spoilt_files(name: str) -> dict[str, bytes]:
    """The payload of that defect's bundle."""
    (data,) = DEFECTS[name].make().bundles
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {path.partition("/")[2]: archive.read(path) for path in archive.namelist()}
    return payload(files)


def unsigned(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The same, of the checkpoint its text alone: ML-DSA signs alike no two times."""
    note = Note.read(files[layout.CHECKPOINT])
    return payload(files) | {layout.CHECKPOINT: note.text.encode()}


def differing(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> set[str]:
    return {path for path in old.keys() | new.keys() if old.get(path) != new.get(path)}


def only(lines: Iterable[bytes], others: Iterable[bytes]) -> Line:
    """The one line that the others have not."""
    left = set(others)
    (found,) = (line for line in lines if line not in left)
    read: Line = json.loads(found)
    return read


@pytest.mark.parametrize("name", PARTS)
def test_every_member_has_its_defect(name: str) -> None:
    part = PARTS[name]
    line = json.loads(part.base().files[part.path].splitlines()[-1 if part.last else 0])
    assert part.defects.keys() == (line[part.inner] if part.inner else line).keys()


@pytest.mark.parametrize(("name", "member"), EACH, ids="-".join)
def test_it_changes_that_member_alone(name: str, member: str) -> None:
    part = PARTS[name]
    before, after = part.base().files, spoilt_files(part.defects[member])
    assert differing(unsigned(before), unsigned(after)) == {part.path}
    old, new = before[part.path].splitlines(), after[part.path].splitlines()
    assert len(old) == len(new)
    was, now = only(old, new), only(new, old)
    if part.inner:
        assert {key for key in was if was[key] != now[key]} == {part.inner}
        was, now = was[part.inner], now[part.inner]
    assert was.keys() == now.keys()
    assert {key for key in was if was[key] != now[key]} == {member}


NOTED = {
    "origin": "checkpoint_of_another_origin",
    "size": "checkpoint_of_a_smaller_size",
    "root": "checkpoint_with_another_root",
    "Ed25519: name": "log_signature_under_another_name",
    "Ed25519: key id": "log_signature_under_another_key_id",
    "Ed25519: signature": "log_signature_altered",
    "ML-DSA-44: name": "log_mldsa_signature_under_another_name",
    "ML-DSA-44: key id": "log_mldsa_signature_under_another_key_id",
    "ML-DSA-44: signature": "log_mldsa_signature_altered",
}


def noted(data: bytes) -> dict[str, object]:
    """The parts of a checkpoint's file, by their names."""
    note = Note.read(data)
    parts: dict[str, object] = dict(
        zip(("origin", "size", "root"), note.text.split("\n"), strict=False)
    )
    for key, line in zip(("Ed25519", "ML-DSA-44"), note.signatures, strict=True):
        parts |= {f"{key}: name": line.name, f"{key}: key id": line.id}
        parts[f"{key}: signature"] = line.signature
    return parts


@pytest.mark.parametrize("part", NOTED)
def test_every_part_of_the_checkpoint_is_spoilt_alone(part: str) -> None:
    _, bundle = good()
    before, after = bundle.files, spoilt_files(NOTED[part])
    assert differing(payload(before), after) == {layout.CHECKPOINT}
    was, now = noted(before[layout.CHECKPOINT]), noted(after[layout.CHECKPOINT])
    assert was.keys() == now.keys() == NOTED.keys()
    assert {each for each in was if was[each] != now[each]} == {part}


ENVELOPE = {
    "payload": ("signed_over_other_bytes", "envelope_without_its_payload"),
    "payloadType": ("payload_of_another_kind", "envelope_without_the_type_of_its_payload"),
    "signatures": ("envelope_without_signatures", "envelope_with_a_signature_twice"),
    "keyid": ("envelope_with_the_key_of_nobody", "envelope_with_the_key_of_another"),
    "sig": ("envelope_with_a_changed_signature", "envelope_with_an_empty_signature"),
}
STATEMENT = {
    "v": "statement_v_of_the_future",
    "ledger": "statement_ledger_of_another_name",
    "act": "statement_act_of_no_form",
    "about": "statement_about_nothing",
    "about.as": "statement_about_the_laptop_as_a_person",
    "about.prev": "statement_prev_of_no_record",
    "about.tag": "statement_about_another_item",
    "seen": "statement_seen_nothing",
    "seen.root": "statement_seen_of_another_root",
    "seen.size": "statement_seen_of_another_size",
    "time": "statement_time_that_no_calendar_has",
    "until": "statement_until_beyond_a_month",
    "nonce": "statement_nonce_too_short",
    "signers": "statement_signers_none",
    "signers.actor": "statement_signer_who_is_another",
    "signers.as": "statement_signer_in_no_capacity",
    "signers.key": "statement_signer_with_a_key_of_nobody",
    "signing": "statement_unlock_of_no_kind",
    "signing.client": "statement_client_without_name",
    "signing.unlock": "statement_unlock_of_no_kind",
    "sd": "statement_sd_without_a_field",
    "body": "statement_body_without_a_member",
}
SIGNED = {
    "v": "bundle_signed_with_another_v",
    "ledger": "bundle_signed_with_another_ledger",
    "export": "bundle_of_an_export_that_nobody_prepared",
    "checkpoint": "bundle_signed_for_another_checkpoint",
    "manifest_sha256": "bundle_signed_with_another_manifest_sha256",
    "manifest_sha512": "bundle_signed_with_another_manifest_sha512",
    "time": "bundle_signed_with_another_time",
}
KEYS = {
    "v": "keys_with_another_version",
    "cases": "keys_of_17_cases",
    "cases.key": "case_key_of_another_case",
    "cases.reference": "case_key_under_another_reference",
    "subjects": "case_key_withheld",
    "subjects.key": "subject_key_with_another_key",
    "subjects.kind": "subject_key_with_another_kind",
    "subjects.number": "subject_key_with_another_number",
    "subjects.reference": "subject_key_with_another_reference",
}


def members(value: Line, *within: str) -> set[str]:
    """Names of an object's members, and of those within these."""
    found = set(value)
    for name in within:
        inner = value[name][0] if isinstance(value[name], list) else value[name]
        found |= {f"{name}.{each}" for each in inner}
    return found


def test_every_member_of_an_envelope_has_its_defects() -> None:
    own, bundle = good()
    value = json.loads(bundle.files[layout.ENVELOPE.format(env_of(own.sent(own.last)))])
    assert {*value, *value["signatures"][0]} == ENVELOPE.keys()
    assert {name for names in ENVELOPE.values() for name in names} <= DEFECTS.keys()


def test_every_member_of_a_statement_has_its_defect() -> None:
    own, _ = good()
    value = json.loads(own.sent(own.last).envelope.payload)
    assert members(value, "about", "seen", "signers", "signing") == STATEMENT.keys()
    assert set(STATEMENT.values()) <= DEFECTS.keys()


def test_every_member_of_the_exporters_signature_has_its_defect() -> None:
    _, bundle = good()
    envelope = json.loads(bundle.bag()[layout.SIGNATURE])
    assert set(json.loads(base64.b64decode(envelope["payload"]))) == SIGNED.keys()
    assert set(SIGNED.values()) <= DEFECTS.keys()


def test_every_member_of_the_keys_has_its_defect() -> None:
    own, bundle = good()
    chosen = own.fork().bundle(own.story.laptop).keys()
    whole = bundle.keys()
    assert (
        members({**whole, "subjects": chosen["subjects"][-1:]}, "cases", "subjects") == KEYS.keys()
    )
    assert set(KEYS.values()) <= DEFECTS.keys()
