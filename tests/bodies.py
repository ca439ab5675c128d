"""The least that each act can say, `occurred` left out: what tests start from."""

from typing import Any

HASH = "ab" * 32  # a digest, tag or id that stands for nothing
SIZE = 1_000_000
CONTENT: dict[str, Any] = {
    "form": "file",
    "count": 1,
    "size": SIZE,
    "sha256": HASH,
    "blake3": HASH,
    "where": "vault",
}
MEDIA: dict[str, Any] = {"size": SIZE, "sha256": HASH, "blake3": HASH, "stored_md5": "ab" * 16}
# For schemas only: an envelope that proves nothing.
REQUEST: dict[str, Any] = {
    "payload": "e30=",
    "payloadType": "application/vnd.custody.enrolment.v1+json",
    "signatures": [{"keyid": HASH, "sig": "AA=="}],
}
VERIFIER_KEY = "agency.example/evidence+00000000+AQAA"

LEAST: dict[str, dict[str, Any]] = {
    "access.checked_in": {"condition": ["good"], "location": "evidence_room"},
    "access.checked_out": {"to": HASH, "purpose": "analysis", "original_or_copy": "original"},
    "actor.registered": {
        "request": REQUEST,
        "identity_checked": "in_person",
        "roles": ["examiner"],
    },
    "analysis.recorded": {
        "working_copy": "yes",
        "validated": "yes",
        "automation": "none",
        "human_review": "not_applicable",
    },
    "analysis.reviewed": {"analysis": HASH, "outcome": "confirmed", "repeated": "yes"},
    "authority.ended": {
        "authority": HASH,
        "ended_at": "2026-01-01T00:00:00Z",
        "cause": "fulfilled",
    },
    "authority.recorded": {"kind": "search_warrant", "issued_at": "2025-01-06T09:00:00Z"},
    "case.closed": {"status": "convicted"},
    "case.opened": {"form": "case", "severity": "serious", "sensitivity": "normal"},
    "case.reopened": {"status": "appeal"},
    "copy.issued": {"number": 1, "outside": "defence", "purpose": "analysis", "verified": "match"},
    "copy.returned": {"copy": HASH, "fate": "returned"},
    "correction.recorded": {
        "corrects": HASH,
        "act": "item.registered",
        "field": "serial",
        "reason": "transcription_error",
        "value": "S/N 2",
    },
    "court.exhibited": {"retained": "no", "condition": ["good"]},
    "court.returned": {
        "condition": ["good"],
        "contents_inventoried": "yes",
        "location": "evidence_room",
    },
    "custody.assumed": {
        "reason": "left_service",
        "observed": "physically_verified",
        "condition": ["good"],
        "contents_inventoried": "yes",
        "location": "evidence_room",
    },
    "discrepancy.opened": {"kind": "damage"},
    "discrepancy.resolved": {"discrepancy": HASH, "kind": "damage", "outcome": "explained"},
    "discrepancy.updated": {"discrepancy": HASH, "kind": "damage"},
    "export.created": {"export": HASH, "sha256": HASH, "size": SIZE},
    "export.prepared": {
        "outside": "court",
        "purpose": "court_production",
        "evidence": True,
        "mirror": True,
    },
    "integrity.checked": {"verdict": "match", "trigger": "schedule"},
    "item.acquired": {
        "content": CONTENT,
        "format": "raw",
        "method": "physical",
        "stored_hash": "absent",
        "encryption": "none",
        "destructive": "no",
        "source_changed": "no",
        "verified": "yes",
    },
    "item.derived": {
        "parents": [HASH],
        "parents_verified": "match",
        "kind": "extraction",
        "content": CONTENT,
        "reproducible": "yes",
    },
    "item.received": {
        "received_from": "owner",
        "channel": "in_person",
        "signature_valid": "not_applicable",
        "certificate": "no",
        "encryption": "none",
        "intelligence_only": "no",
    },
    "item.reference_assigned": {"kind": "laboratory", "reference": "L-26/1"},
    "item.registered": {
        "case": HASH,
        "number": 1,
        "type": "computer",
        "quantity": 1,
        "sensitivity": "normal",
        "condition": ["good"],
    },
    "item.seized": {
        "state": ["on", "locked"],
        "network_isolated": "yes",
        "volatile_captured": "no",
        "credentials_obtained": "no",
        "receipt_given": "yes",
    },
    "key.registered": {"request": REQUEST, "identity_checked": "in_person"},
    "key.revoked": {"key": HASH, "reason": "lost"},
    "key.rotated": {
        "request": REQUEST,
        "identity_checked": "in_person",
        "replaces": HASH,
        "reason": "lost",
    },
    "ledger.opened": {
        "origin": "agency.example/evidence",
        "log_key": VERIFIER_KEY,
        "log_mldsa": VERIFIER_KEY,
        "rules": {"version": 1, "late_after": 86_400, "ahead": 120, "approvers": 2},
        "key": "A" * 60,
        "roles": ["admin"],
    },
    "ledger.rules_changed": {
        "rules": {"version": 1, "late_after": 3600, "ahead": 120, "approvers": 2}
    },
    "note.recorded": {"note": "seen on the shelf"},
    "role.granted": {"role": "examiner"},
    "role.revoked": {"role": "examiner"},
    "seal.applied": {"type": "bag", "condition": ["good"], "contents_inventoried": "yes"},
    "seal.broken": {"verdict": "broken_authorised", "contents_inventoried": "yes"},
    "seal.verified": {"verdict": "intact"},
    "statement.countersigned": {"entry": HASH, "position": "agrees"},
    "storage.moved": {"location": "evidence_room"},
    "transfer.accepted": {
        "transfer": HASH,
        "condition": ["good"],
        "contents_inventoried": "yes",
        "location": "evidence_room",
    },
    "transfer.acknowledged": {
        "transfer": HASH,
        "assurance": "paper_countersigned",
        "condition": ["good"],
    },
    "transfer.cancelled": {"transfer": HASH},
    "transfer.lost": {"transfer": HASH},
    "transfer.refused": {"transfer": HASH, "reason": "item_missing"},
    "transfer.released": {"purpose": "storage", "method": "hand", "condition": ["good"]},
    "transfer.returned": {
        "transfer": HASH,
        "condition": ["good"],
        "location": "evidence_room",
    },
}
