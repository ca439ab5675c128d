"""Adverse facts of takeovers, losses, copies, analyses, courts, receipts and of the ledger itself.

Each fact is told in exact words; beside each stands the act without it, of which nothing is told.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from custody.core import times
from custody.core.findings import Outcome, Report
from tests.bodies import MEDIA
from tests.bundles import Bundle, examined
from tests.test_adverse import IMAGED, LAPTOP, acquired
from tests.test_checks_bag import IMAGE, content_of
from tests.worlds import START, Person, Story, story

CASE = "case K-2026/17"
ORIGIN = "agency.example/evidence"
ENROLLED = "one person enrolled {}, or is one of them"


def reported(folder: Path, told: Story, items: tuple[str, ...] = ()) -> Report:
    report = examined(folder, Bundle(told.world, told.case, told.olga, items))
    assert report.verdict is Outcome.PASSED, [f for f in report.findings if f.outcome != "PASSED"]
    return report


def told_of(report: Report, *kinds: str) -> list[tuple[str, str, str]]:
    """Kind, subject and words of the facts of those kinds, without record and time."""
    return [
        (f.kind, f.subject, f.detail.partition("; record")[0])
        for f in report.adverse
        if f.kind in kinds
    ]


NOTHING_DIGITAL: dict[str, Any] = dict.fromkeys(
    ("content", "media", "format", "stored_hash", "supplied")
)


def called(person: Person) -> str:
    """A person as a report calls her."""
    return f"{person.name} ({person.tag:.12})"


def received(told: Story, **given: Any) -> str:
    """Item 2 is handed in; nothing speaks against it unless something else is given."""
    tag = told.world.register(told.case, 2, by=told.eve)
    values = {
        "authority": told.warrant,
        "content": content_of(IMAGE),
        "format": "raw",
        "media": MEDIA,
        "stored_hash": "match",
        "supplied": "match",
        "signature_valid": "yes",
        "certificate": "yes",
        **given,
    }
    told.world.record("item.received", [tag], values, signers=[told.eve])
    return tag


def released(told: Story) -> str:
    given = {"to": told.carl.tag}
    return told.world.record("transfer.released", [told.laptop], given, signers=[told.dora])


def assumed(told: Story, **given: Any) -> str:
    return told.world.record(
        "custody.assumed", [told.laptop], given, signers=[told.carl, told.olga]
    )


def imaged(told: Story) -> str:
    """Item 2, an image, held by Eve."""
    acquired(told)
    return told.world.item_tag(told.case, 2)


def issued(told: Story, **given: Any) -> str:
    values = {"to": told.pia.tag, "outside": None, **given}
    return told.world.record("copy.issued", [imaged(told)], values, signers=[told.eve])


def came_back(told: Story, copy: str, **given: Any) -> None:
    tag, values = told.world.item_tag(told.case, 2), {"copy": copy, "hash": "match", **given}
    told.world.record("copy.returned", [tag], values, signers=[told.eve])


def analysed(told: Story, **given: Any) -> str:
    return told.world.record("analysis.recorded", [imaged(told)], given, signers=[told.eve])


def closed(told: Story) -> str:
    return told.world.record(
        "case.closed", [told.case], {"details": "acquittal"}, signers=[told.olga]
    )


def exhibited(told: Story, **given: Any) -> str:
    return told.world.record("court.exhibited", [told.laptop], given, signers=[told.dora])


def resolved(told: Story, **given: Any) -> None:
    world = told.world
    found = world.record("discrepancy.opened", [told.laptop], signers=[told.dora])
    values = {"discrepancy": found, "details": "an old scratch", **given}
    world.record("discrepancy.resolved", [told.laptop], values, signers=[told.olga])


def corrected(told: Story, by: Person, **given: Any) -> None:
    values = {"corrects": told.world.runs[-2].signed.id, "details": "misread", **given}
    told.world.record("correction.recorded", [told.laptop], values, signers=[by])


def annulled(told: Story, by: Person, **given: Any) -> None:
    whole = {"field": None, "value": None, "annuls": True, "reason": "duplicate_entry"}
    corrected(told, by, **whole, **given)


def countersigned(told: Story, position: str) -> None:
    given = {
        "entry": told.world.runs[-1].signed.id,
        "position": position,
        "remarks": "it was the other bag",
    }
    told.world.record("statement.countersigned", [told.laptop], given, signers=[told.carl])


def rules_changed(told: Story, **rules: int) -> None:
    given = {"rules": {"version": 1, "late_after": 86_400, "ahead": 120, "approvers": 2} | rules}
    admin = told.world.enrol("Amy", "admin", by=told.ada)
    ledger = next(t for t, s in told.world.states.items() if hasattr(s, "rules"))
    values = {**given, "details": "new instruction"}
    told.world.record("ledger.rules_changed", [ledger], values, signers=[told.ada, admin])


def seized_again(told: Story, **given: Any) -> None:
    tag = told.world.register(told.case, 2, by=told.dora)
    values = {"authority": told.warrant, **given}
    told.world.record("item.seized", [tag], values, signers=[told.dora])


def ended(told: Story, at: int, cause: str) -> None:
    given = {"authority": told.warrant, "ended_at": times.spelt(at), "cause": cause}
    given["details"] = "higher court"
    told.world.record("authority.ended", [told.case], given, signers=[told.olga])


@dataclass(frozen=True)
class Fact:
    """A fact: what leads to it, and what leads to none of its kind; words may name people."""

    kind: str
    subject: str
    words: str
    act: Callable[[Story], object]
    but: Callable[[Story], object]


FACTS: dict[str, Fact] = {
    "a takeover": Fact(
        "takeover",
        LAPTOP,
        "taken over from {dora}, who could not hand it over: left service (moved abroad)",
        lambda told: assumed(told, details="moved abroad"),
        lambda told: None,
    ),
    "a takeover of what was on its way": Fact(
        "takeover",
        LAPTOP,
        "taken over from {dora}, who could not hand it over: key lost; an open hand-over ended "
        "with it",
        lambda told: (
            told.world.record(
                "transfer.released", [told.laptop], {"to": told.pia.tag}, signers=[told.dora]
            ),
            assumed(told, reason="key_lost"),
        ),
        lambda told: released(told),
    ),
    "one who enrolled both who take over": Fact(
        "same enroller",
        LAPTOP,
        ENROLLED.format("the two who took it over"),
        lambda told: assumed(told),
        lambda told: None,
    ),
    "a copy that somebody without an account had": Fact(
        "copy",
        IMAGED,
        "copy 1 was with somebody without an account (laboratory), who did not sign what became of "
        "it: destroyed",
        lambda told: came_back(
            told, issued(told, to=None, outside="laboratory"), fate="destroyed", details=""
        ),
        lambda told: came_back(told, issued(told), fate="returned"),
    ),
    "a copy that another says was destroyed": Fact(
        "copy",
        IMAGED,
        "copy 1 was with {pia}, who did not sign what became of it: destroyed",
        lambda told: came_back(told, issued(told), fate="destroyed", details=""),
        lambda told: came_back(told, issued(told, to=told.eve.tag), fate="destroyed", details=""),
    ),
    "a loss on the way": Fact(
        "transfer",
        LAPTOP,
        "released, and lost on the way (the bag was torn)",
        lambda told: told.world.record(
            "transfer.lost",
            [told.laptop],
            {"transfer": released(told), "details": "the bag was torn"},
            signers=[told.dora],
        ),
        lambda told: None,
    ),
    "a release that comes back": Fact(
        "transfer",
        LAPTOP,
        "came back without having been accepted (nobody was there)",
        lambda told: told.world.record(
            "transfer.returned",
            [told.laptop],
            {"transfer": released(told), "details": "nobody was there"},
            signers=[told.dora],
        ),
        lambda told: None,
    ),
    "a copy that was lost": Fact(
        "copy",
        IMAGED,
        "copy 1 was lost (left in a train)",
        lambda told: came_back(
            told, issued(told), fate="lost", hash=None, details="left in a train"
        ),
        lambda told: came_back(told, issued(told), fate="wiped", hash=None),
    ),
    "a copy that is kept": Fact(
        "copy",
        IMAGED,
        "copy 1 was not given back: who got it keeps it",
        lambda told: came_back(told, issued(told), fate="retained", hash=None),
        lambda told: came_back(told, issued(told), fate="destroyed", hash=None),
    ),
    "a copy that changed": Fact(
        "copy",
        IMAGED,
        "copy 1, compared with the digests on file: mismatch",
        lambda told: came_back(told, issued(told), hash="mismatch"),
        lambda told: came_back(told, issued(told)),
    ),
    "an analysis of the item itself": Fact(
        "analysis",
        IMAGED,
        "the item itself was examined, and no working copy of it (the mount was read-only)",
        lambda told: analysed(told, working_copy="no", impact="the mount was read-only"),
        lambda told: analysed(told),
    ),
    "an analysis of an original that is sealed": Fact(
        "analysis",
        LAPTOP,
        "the original was examined, though it is recorded as sealed: urgency (a hearing)",
        lambda told: (
            told.world.enrol("Finn", "examiner", by=told.ada),
            told.world.record("seal.applied", [told.laptop], signers=[told.dora]),
            told.world.record(
                "analysis.recorded",
                [told.laptop],
                {"working_copy": "no", "original": "urgency", "override_reason": "a hearing"},
                signers=[told.dora],
            ),
        ),
        lambda told: told.world.record("seal.applied", [told.laptop], signers=[told.dora]),
    ),
    "a learned model that nobody looked after": Fact(
        "analysis",
        IMAGED,
        "a learned model decided, and nobody reviewed what it put out",
        lambda told: analysed(told, automation="ai", human_review="no"),
        lambda told: analysed(told, automation="ai", human_review="yes"),
    ),
    "software that decided, and no word of a person": Fact(
        "analysis",
        IMAGED,
        "software decided by itself, and nobody says that a person reviewed what it put out",
        lambda told: analysed(told, automation="automated", human_review="not_applicable"),
        lambda told: analysed(told, automation="none", human_review="not_applicable"),
    ),
    "a method that was not validated": Fact(
        "analysis",
        IMAGED,
        "the method was not validated for this use",
        lambda told: analysed(told, validated="no"),
        lambda told: analysed(told, validated="not_applicable"),
    ),
    "files that came without digests": Fact(
        "received",
        IMAGED,
        "no digests came with it that it could be compared with",
        lambda told: received(told, supplied=None),
        lambda told: received(told),
    ),
    "a device, to which no digests belong": Fact(
        "received",
        IMAGED,
        "the signature or seal of the package was not checked, or does not hold",
        lambda told: received(told, signature_valid="no"),
        lambda told: received(told, **NOTHING_DIGITAL),
    ),
    "digests that came with it and differ": Fact(
        "digest",
        IMAGED,
        "comparison with the digests that came with it: mismatch (sent twice)",
        lambda told: received(
            told, supplied="mismatch", disputed="other", override_reason="sent twice"
        ),
        lambda told: received(told),
    ),
    "how many files differ": Fact(
        "digest",
        IMAGED,
        "files that differ from the digests that came with them: 2",
        lambda told: received(
            told, supplied="partial", disputed="urgency", differs=["a.txt", "b.txt"]
        ),
        lambda told: received(told),
    ),
    "what may not be used as evidence": Fact(
        "use limit",
        IMAGED,
        "it may not be used as evidence until a formal request allows it",
        lambda told: received(told, intelligence_only="yes"),
        lambda told: received(told),
    ),
    "what may not be passed on": Fact(
        "use limit",
        IMAGED,
        "it may not be passed on (as agreed on the telephone)",
        lambda told: received(
            told, use_limits=["no_onward_transfer"], use_terms="as agreed on the telephone"
        ),
        lambda told: received(told, use_terms="none"),
    ),
    "what is to be deleted": Fact(
        "use limit",
        IMAGED,
        "the giver wants it deleted by 2030-01-01T00:00:00Z",
        lambda told: received(told, delete_by="2030-01-01T00:00:00Z"),
        lambda told: received(told),
    ),
    "what came in without a legal basis": Fact(
        "authority",
        IMAGED,
        "received without a legal basis on file",
        lambda told: received(told, authority=None),
        lambda told: received(told),
    ),
    "an item that continues one of a lost ledger": Fact(
        "lost ledger",
        IMAGED,
        "its earlier history is in a lost ledger, old.example/evidence: 9 records there, which are "
        "not here",
        lambda told: received(
            told,
            former={
                "origin": "old.example/evidence",
                "tag": "ab" * 32,
                "count": 9,
                "head": "cd" * 32,
            },
        ),
        lambda told: received(told, channel="former_ledger"),
    ),
    "a court that keeps it": Fact(
        "transfer",
        LAPTOP,
        "left with a court, on the word of who produced it",
        lambda told: exhibited(told, retained="yes"),
        lambda told: exhibited(told),
    ),
    "what comes back from a court": Fact(
        "transfer",
        LAPTOP,
        "taken back from a court, on the receiver's word alone (in a carton)",
        lambda told: (
            exhibited(told, retained="yes"),
            told.world.record(
                "court.returned", [told.laptop], {"remarks": "in a carton"}, signers=[told.carl]
            ),
        ),
        lambda told: exhibited(told),
    ),
    "a seizure on a warrant that had been quashed": Fact(
        "authority",
        LAPTOP,
        "the search warrant had ended when this happened, at 2026-09-21T14:22:20Z, as record 14 "
        "says",
        lambda told: ended(told, START, "quashed"),
        lambda told: ended(told, told.world.now, "fulfilled"),
    ),
    "a warrant that was quashed": Fact(
        "authority",
        CASE,
        "the search warrant was quashed as of 2026-09-21T14:23:20Z (higher court)",
        lambda told: ended(told, told.world.now, "quashed"),
        lambda told: ended(told, told.world.now, "expired"),
    ),
    "a case that is closed over an open hand-over": Fact(
        "closed case",
        CASE,
        f"the case was closed with {LAPTOP} left open: a hand-over, a discrepancy (damage) "
        "(acquittal)",
        lambda told: (
            told.world.record("discrepancy.opened", [told.laptop], signers=[told.dora]),
            released(told),
            closed(told),
        ),
        closed,
    ),
    "an entry that was annulled": Fact(
        "correction",
        LAPTOP,
        "an entry was annulled (duplicate entry): record 11, item.registered (misread)",
        lambda told: annulled(told, told.dora),
        lambda told: None,
    ),
    "an entry that was corrected for somebody absent": Fact(
        "correction",
        LAPTOP,
        "record 11 was corrected for its signer, who is absent (on leave) (misread)",
        lambda told: corrected(told, told.olga, for_absent="on_leave"),
        lambda told: None,
    ),
    "an objection": Fact(
        "objection",
        LAPTOP,
        "{carl} signed an objection to record 13 (it was the other bag)",
        lambda told: countersigned(told, "objects"),
        lambda told: countersigned(told, "agrees_with_remarks"),
    ),
    "a discrepancy that ended": Fact(
        "discrepancy",
        LAPTOP,
        "a discrepancy (damage) of record 14 ended: explained (an old scratch)",
        lambda told: resolved(told),
        lambda told: None,
    ),
    "rules that changed": Fact(
        "rules",
        f"ledger {ORIGIN}",
        "the ledger's rules changed: people who must approve an override: 3, and 2 before "
        "(new instruction)",
        lambda told: rules_changed(told, approvers=3),
        lambda told: None,
    ),
    "a possessor who refused": Fact(
        "possessor",
        IMAGED,
        "the possessor refused to sign for what was taken",
        lambda told: seized_again(told, receipt_signature="refused_to_sign"),
        lambda told: seized_again(told, receipt_signature="signed"),
    ),
    "a possessor without a paper": Fact(
        "possessor",
        IMAGED,
        "no property receipt was given for what was taken",
        lambda told: seized_again(told, receipt_given="no"),
        lambda told: seized_again(told),
    ),
}


@pytest.mark.parametrize("what", FACTS)
def test_each_fact_is_told_in_exact_words(tmp_path: Path, what: str) -> None:
    fact, told = FACTS[what], story()
    fact.act(told)
    words = fact.words.format(dora=called(told.dora), carl=called(told.carl), pia=called(told.pia))
    assert (fact.kind, fact.subject, words) in told_of(reported(tmp_path, told), fact.kind)


@pytest.mark.parametrize("what", FACTS)
def test_nothing_is_told_where_nothing_is(tmp_path: Path, what: str) -> None:
    fact, told = FACTS[what], story()
    fact.but(told)
    words = fact.words.format(dora=called(told.dora), carl=called(told.carl), pia=called(told.pia))
    found = told_of(reported(tmp_path, told), fact.kind)
    assert [each for each in found if each[1:] == (fact.subject, words)] == []
    if fact.kind not in ("authority", "transfer", "discrepancy", "copy"):
        assert found == []
