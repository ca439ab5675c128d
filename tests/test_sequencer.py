"""Admission: what a ledger on disk refuses, and what a refusal leaves behind."""

from pathlib import Path
from typing import Any

import pytest

from custody.core import disclosure, dsse, record, tags, times
from custody.core.errors import (
    CustodyError,
    HeadMovedError,
    MalformedError,
    RuleError,
    SignatureError,
)
from custody.core.record import Entry
from custody.ledger import Submission
from custody.ledger.signer import LogSigner
from custody_schemas.declare import Kind
from tests.ledgers import Home, Live
from tests.memory import Signed
from tests.worlds import Story, World, signer_of, tell

WEEK = 7 * 86_400


@pytest.fixture
def live(tmp_path: Path) -> Live:
    return Live(Home.make(tmp_path / "home"))


@pytest.fixture
def story(live: Live) -> Story:
    return tell(live)


def note(story: Story, **members: Any) -> Signed:
    """A remark by Eve on the laptop, signed and not recorded."""
    return story.world.draft("note.recorded", [story.laptop], signers=[story.eve], **members)


def size(live: Live) -> int:
    with live.ledger._storage.reading() as rows:
        return rows.size()


def refused(live: Live, sub: Submission, kind: type[CustodyError], what: str) -> None:
    """The submission is refused like that, and nothing has been recorded."""
    before = size(live)
    with pytest.raises(kind, match=what):
        live.ledger.submit([sub])
    assert size(live) == before


def test_records_are_those_that_an_honest_ledger_makes(live: Live, story: Story) -> None:
    with live.ledger._storage.reading() as rows:
        assert rows.records(0, 1000) == live.records
        for tag, chain in live.chains.items():
            row = rows.subject(bytes.fromhex(tag))
            assert row is not None
            assert (row.length, row.head.hex(), row.changed) == (
                chain.count,
                chain.head,
                chain.changed,
            )
            assert live.ledger.subject(tag) == live.states[tag]


def test_a_statement_is_recorded_once_in_whatever_envelope(live: Live, story: Story) -> None:
    signed = note(story)
    (first,) = live.ledger.submit([live.submission(signed)])
    live.home.now += 40 * 86_400  # neither the clock nor `until` matters any more
    (again,) = live.ledger.submit([live.submission(signed)])
    assert again == first
    before = size(live)
    other = dsse.sign(dsse.STATEMENT, signed.statement.payload, [story.dora.signer])
    (third,) = live.ledger.submit([Submission(other.encode(), signed.disclosures)])
    assert third == first
    assert size(live) == before


def test_the_same_statement_twice_in_a_batch_is_recorded_once(live: Live, story: Story) -> None:
    sub = live.submission(note(story))
    before = size(live)
    one, two = live.ledger.submit([sub, sub])
    assert one == two
    assert size(live) == before + 1


def test_an_empty_batch_is_nothing(live: Live, story: Story) -> None:
    before = size(live)
    assert live.ledger.submit([]) == []
    assert size(live) == before


def batch(live: Live, story: Story, authority: str) -> list[Submission]:
    """Register and seize item 2; the second statement cites the first one's id as `prev`."""
    tag = live.item_tag(story.case, 2)
    register = live.states[story.case].register  # type: ignore[union-attr]
    about: list[str | tuple[Kind, str]] = [(Kind.ITEM, tag), register]
    given = {"case": story.case, "number": 2}
    first = live.draft("item.registered", about, given, signers=[story.dora])
    second = live.draft(
        "item.seized",
        [(Kind.ITEM, tag)],
        {"authority": authority},
        signers=[story.dora],
        prev={tag: first.id},
    )
    return [live.submission(first), live.submission(second)]


def test_a_batch_is_recorded_whole(live: Live, story: Story) -> None:
    before = size(live)
    receipts = live.ledger.submit(batch(live, story, story.warrant))
    assert [receipt.first for receipt in receipts] == [before, before + 2]
    with live.ledger._storage.reading() as rows:
        ats = {record.read(data).at for data in rows.records(before, before + 3)}
    assert len(ats) == 1


def test_a_batch_is_refused_whole(live: Live, story: Story) -> None:
    before, subs = size(live), batch(live, story, "ab" * 32)
    with pytest.raises(RuleError) as caught:
        live.ledger.submit(subs)
    assert caught.value.code == "E_AUTHORITY"
    assert size(live) == before
    assert live.ledger.subject(story.world.item_tag(story.case, 2)) is None
    live.ledger.submit(subs[:1])  # it was not itself refused


def test_what_a_rule_refused_is_refused_for_ever(live: Live, story: Story) -> None:
    late = note(story)
    live.record("storage.moved", [story.laptop], {"location": "office"}, signers=[story.dora])
    sub = live.submission(late)
    refused(live, sub, HeadMovedError, "recorded first")
    refused(live, sub, HeadMovedError, "refused on .* and for ever: .*recorded first")


def test_a_bad_signature_says_nothing_about_the_statement(live: Live, story: Story) -> None:
    signed = note(story)
    envelope = signed.envelope
    forged = envelope._replace(signatures=(envelope.signatures[0]._replace(sig=bytes(64)),))
    bad = Submission(forged.encode(), signed.disclosures)
    refused(live, bad, SignatureError, "no ed25519 signature")
    live.ledger.submit([live.submission(signed)])


def test_signatures_of_strangers_are_refused(live: Live, story: Story) -> None:
    signed = note(story)
    both = dsse.sign(
        dsse.STATEMENT, signed.statement.payload, [story.eve.signer, story.dora.signer]
    )
    refused(live, Submission(both.encode(), signed.disclosures), SignatureError, "nobody asked")


def test_a_key_that_nobody_enrolled_is_refused(live: Live, story: Story) -> None:
    stranger = story.eve.using(signer_of("somebody else"))
    signed = story.world.draft("note.recorded", [story.laptop], signers=[stranger])
    with pytest.raises(RuleError) as caught:
        live.ledger.submit([live.submission(signed)])
    assert caught.value.code == "E_KEY"


def test_expired_statements_are_refused(live: Live, story: Story) -> None:
    signed = note(story)
    live.home.now = times.seconds(times.spelt(signed.statement.until)) + 1
    with pytest.raises(RuleError) as caught:
        live.ledger.submit([live.submission(signed)])
    assert caught.value.code == "E_EXPIRED"


@pytest.mark.parametrize(
    ("seen", "what"),
    [
        ({"size": 13, "root": "ab" * 32}, "another ledger of 13 records"),
        ({"size": 5, "root": "ab" * 32}, "another ledger of 5 records"),
        ({"size": 15, "root": "ab" * 32}, "saw 15 records, here are 14"),
    ],
)
def test_another_ledger_seen_is_refused(
    live: Live, story: Story, seen: dict[str, Any], what: str
) -> None:
    with pytest.raises(RuleError, match=what) as caught:
        live.ledger.submit([live.submission(note(story, seen=seen))])
    assert caught.value.code == "E_SEEN"


def test_an_old_state_that_was_seen_is_accepted(live: Live, story: Story) -> None:
    with live.ledger._storage.reading() as rows:
        old = rows.roots(0, 5)[-1]
    signed = note(story, seen={"size": old[0], "root": old[1].hex()})
    live.ledger.submit([live.submission(signed)])


def test_disclosures_must_be_those_that_were_signed(live: Live, story: Story) -> None:
    signed = note(story)
    sub = live.submission(signed)
    other = disclosure.make("note", "something else", live.entropy).text
    fields = [disclosure.read(text).field for text in sub.disclosures]
    at = fields.index("note")
    rest = sub.disclosures[:at] + sub.disclosures[at + 1 :]
    what = "the disclosure of note is not what was signed"
    refused(live, sub._replace(disclosures=(*rest, other)), MalformedError, what)
    refused(live, sub._replace(disclosures=rest), MalformedError, "without the disclosures of note")
    twice = (*sub.disclosures, sub.disclosures[at])
    refused(live, sub._replace(disclosures=twice), MalformedError, "note is disclosed twice")
    unknown = disclosure.make("colour", "red", live.entropy).text
    what = "the disclosure of colour is not what was signed"
    refused(live, sub._replace(disclosures=(*sub.disclosures, unknown)), MalformedError, what)


@pytest.mark.parametrize(
    ("field", "value", "what"),
    [
        ("note", 7, r"note\.recorded\.note: str expected, not int"),
        ("note", True, r"note\.recorded\.note: str expected, not bool"),
        ("note", ("a", "list"), r"note\.recorded\.note: str expected, not list"),
        ("note", "x" * 10_001, r"note\.recorded\.note: 10001 characters"),
        ("place", "é" * 501, r"note\.recorded\.place: 501 characters"),
        ("attachments", "one line", r"note\.recorded\.attachments: a list of 0 to 1000"),
        ("attachments", ("x",) * 1001, r"note\.recorded\.attachments: a list of 0 to 1000"),
        ("attachments", ("", "x" * 5001), r"note\.recorded\.attachments\[1\]: 5001 characters"),
    ],
)
def test_what_is_disclosed_follows_its_declaration(
    live: Live, story: Story, field: str, value: disclosure.Value, what: str
) -> None:
    made = disclosure.make(field, value, live.entropy).text
    signed = live.draft("note.recorded", [story.laptop], {}, signers=[story.dora], disclosed=[made])
    refused(live, live.submission(signed), MalformedError, what)


def test_the_tags_of_a_case_come_from_its_key(live: Live, story: Story) -> None:
    world, key = story.world, bytes(31) + b"\x07"
    about = [
        (kind, tags.tag(tags.subject_key(key, kind, "K-9"), kind, "K-9"))
        for kind in (Kind.CASE, Kind.REGISTER)
    ]
    signed = world.draft("case.opened", about, {"reference": "K-9"}, signers=[story.olga])
    sub = Submission(signed.envelope.encode(), signed.disclosures)
    refused(live, sub, MalformedError, "case.opened comes with the key of the case")
    wrong = sub._replace(case_key=bytes(32))
    refused(live, wrong, MalformedError, "the tag of the case is not made from the case's key")
    live.ledger.submit([sub._replace(case_key=key)])
    assert live.ledger.case_key(about[0][1]) == key


def test_the_tag_of_an_item_comes_from_the_key_and_its_number(live: Live, story: Story) -> None:
    about = [
        (Kind.ITEM, live.item_tag(story.case, 2)),
        (Kind.REGISTER, live.states[story.case].register),  # type: ignore[union-attr]
    ]
    given = {"case": story.case, "number": 3}
    signed = live.draft("item.registered", about, given, signers=[story.dora])
    what = "the tag of the item is not made from the case's key and the number 3"
    refused(live, live.submission(signed), MalformedError, what)


def test_a_case_key_goes_with_no_other_act(live: Live, story: Story) -> None:
    sub = live.submission(note(story))._replace(case_key=bytes(32))
    refused(live, sub, MalformedError, "note.recorded takes no case key")


def test_statements_for_another_ledger_are_refused(live: Live, story: Story) -> None:
    signed = note(story, ledger="other.example/evidence")
    what = "signed for the ledger other.example/evidence"
    refused(live, live.submission(signed), MalformedError, what)


def test_envelopes_of_other_payloads_are_refused(live: Live, story: Story) -> None:
    signed = note(story)
    other = dsse.sign(dsse.BUNDLE, signed.statement.payload, [story.eve.signer])
    sub = Submission(other.encode(), signed.disclosures)
    refused(live, sub, MalformedError, "is not a signed entry")


def test_a_ledger_is_opened_with_its_own_log_keys(tmp_path: Path) -> None:
    home = Home.make(tmp_path / "home")
    ledger = home.open()
    for name in ("log.ed25519", "log.ml-dsa-44"):
        (home.keys / name).unlink()
    world = World(home.origin)
    world.found()
    signed = world.runs[0].signed
    other = LogSigner.create(tmp_path / "other", home.origin)
    for name in ("log.ed25519", "log.ml-dsa-44"):
        (tmp_path / "other" / name).rename(home.keys / name)
    assert other.key.text != ledger._identity.log_key
    with pytest.raises(MalformedError, match="other log keys"):
        home.open().submit([Submission(signed.envelope.encode(), signed.disclosures)])


@pytest.mark.parametrize("leap", [-1, WEEK + 1])
def test_a_wrong_clock_stops_the_ledger(live: Live, story: Story, leap: int) -> None:
    signed = note(story)
    live.home.now += leap
    with pytest.raises(RuleError, match="clock is") as caught:
        live.ledger.submit([live.submission(signed)])
    assert caught.value.code == "E_CLOCK"
    live.home.now -= leap
    live.ledger.submit([live.submission(signed)])  # the statement was not to blame


def test_a_confirmed_leap_of_the_clock_is_taken(live: Live, story: Story) -> None:
    live.now += WEEK + 60
    signed = note(story)
    live.home.now = live.now
    live.home.open(leap_confirmed=True).submit([live.submission(signed)])
    live.ledger.submit([live.submission(note(story))])  # the next one needs no confirmation


def test_a_week_is_no_leap(live: Live, story: Story) -> None:
    live.now = live.home.now + WEEK
    signed = note(story)
    live.home.now = live.now
    live.ledger.submit([live.submission(signed)])


def test_records_link_their_subject_chain(live: Live, story: Story) -> None:
    with live.ledger._storage.reading() as rows:
        entries = [record.read(data) for data in rows.records(0, 1000)]
    by_tag: dict[str, list[Entry]] = {}
    for entry in entries:
        assert isinstance(entry, Entry)
        by_tag.setdefault(entry.tag, []).append(entry)
    assert all([e.seq for e in chain] == list(range(len(chain))) for chain in by_tag.values())
