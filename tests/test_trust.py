"""Trust files: what they may say, and what a note's signatures amount to under them."""

import re
from hashlib import sha256
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core.checkpoint import Checkpoint
from custody.core.errors import MalformedError, SignatureError
from custody.core.note import Note, NoteSignature, SignatureType, VerifierKey
from custody.core.trust import Group, OlderKey, TrustFile, Verdict, Witness
from tests.log_keys import COURT, DEFENCE, LOG, MLDSA, ORIGIN, PRESS, Party, note, party

OLD = party(ORIGIN, SignatureType.ED25519, "old")
OLD_MLDSA = party(ORIGIN, SignatureType.ML_DSA_44_COSIGNATURE, "old")
SMALL = Checkpoint(ORIGIN, 100, sha256(b"small").digest())
LARGE = Checkpoint(ORIGIN, 101, sha256(b"large").digest())

LINES = [
    "# Handed out by the agency on paper",
    f"log {LOG.key.text} https://agency.example/",
    f"witness log-mldsa {MLDSA.key.text}",
    f"witness court {COURT.key.text}",
    f"\twitness  defence\t{DEFENCE.key.text} https://defence.example/ ",
    f"witness press {PRESS.key.text}",
    "group outsiders 2 court defence press",
    "",
    "group both all log-mldsa outsiders",
    "quorum both",
    f"#!custody genesis {'ab' * 32}",
    "#!custody tsa MAA=",
    f"#!custody log-until {OLD.key.text} 100",
    f"#!custody log-until {OLD_MLDSA.key.text} 100",
]
TEXT = "".join(f"{line}\n" for line in LINES).encode()
TRUST = TrustFile.read(TEXT)
BARE = TrustFile(LOG.key)
OUTSIDERS = [COURT, DEFENCE, PRESS]


def test_a_trust_file_is_read_as_written() -> None:
    expected = TrustFile(
        log=LOG.key,
        log_mldsa=MLDSA.key,
        witnesses=(
            Witness("court", COURT.key),
            Witness("defence", DEFENCE.key),
            Witness("press", PRESS.key),
        ),
        groups=(
            Group("outsiders", 2, ("court", "defence", "press")),
            Group("both", 2, ("log-mldsa", "outsiders")),
        ),
        quorum="both",
        genesis="ab" * 32,
        tsa=(b"\x30\x00",),
        older=(OlderKey(OLD.key, 100), OlderKey(OLD_MLDSA.key, 100)),
    )
    assert expected == TRUST and TRUST.origin == ORIGIN


def test_the_fingerprint_is_of_what_is_trusted_and_not_of_spaces_and_comments() -> None:
    again = TrustFile.read(TRUST.encode())
    assert again == TRUST and again.encode() == TRUST.encode()
    assert again.fingerprint == sha256(TRUST.encode()).hexdigest() == TRUST.fingerprint
    assert TRUST._replace(genesis=None).fingerprint != TRUST.fingerprint


def test_every_set_of_witnesses_is_judged_by_the_quorum() -> None:
    for count in range(4):
        for parties in combinations(OUTSIDERS, count):
            verdict = TRUST.judge(note(LARGE, LOG, MLDSA, *reversed(parties)))
            names = [("court", "defence", "press")[OUTSIDERS.index(each)] for each in parties]
            assert verdict == Verdict(
                checkpoint=LARGE,
                mldsa=True,
                time=1_790_000_000,
                witnesses=tuple((name, 1_790_000_000) for name in names),
                required=True,
                met=count >= 2,
            )
            assert verdict.accepted is (count >= 2)


def test_without_the_ml_dsa_line_nothing_is_accepted() -> None:
    verdict = TRUST.judge(note(LARGE, LOG, *OUTSIDERS))
    assert (verdict.mldsa, verdict.time, verdict.met) == (False, None, True)
    assert len(verdict.witnesses) == 3 and not verdict.accepted


def test_no_witnesses_asked_for_is_said_and_not_called_met_by_witnesses() -> None:
    verdict = BARE.judge(note(LARGE, LOG, MLDSA, COURT))
    assert verdict == Verdict(LARGE, None, None, (), required=False, met=True)
    required = TrustFile(LOG.key, MLDSA.key, quorum="log-mldsa")
    verdict = required.judge(note(LARGE, LOG, MLDSA))
    assert verdict == Verdict(LARGE, True, 1_790_000_000, (), required=False, met=True)
    assert verdict.accepted and not required.judge(note(LARGE, LOG)).accepted


def test_known_witnesses_outside_the_quorum_are_reported_and_do_not_count() -> None:
    trust = TRUST._replace(groups=(Group("both", 2, ("log-mldsa", "court")),))
    verdict = trust.judge(note(LARGE, LOG, MLDSA, DEFENCE, PRESS))
    assert [name for name, _ in verdict.witnesses] == ["defence", "press"]
    assert verdict.required and not verdict.met


def test_an_older_key_speaks_for_the_checkpoints_of_its_time_only() -> None:
    assert TRUST.judge(note(SMALL, OLD, OLD_MLDSA, *OUTSIDERS)).accepted
    assert TRUST.judge(note(SMALL, LOG, OLD_MLDSA, *OUTSIDERS)).accepted
    with pytest.raises(SignatureError, match=f"{ORIGIN} has not signed"):
        TRUST.judge(note(LARGE, OLD, MLDSA, *OUTSIDERS))
    assert TRUST.judge(note(LARGE, LOG, OLD_MLDSA, *OUTSIDERS)).mldsa is False
    with pytest.raises(SignatureError, match="has not signed"):
        BARE.judge(note(SMALL, OLD))


def spoilt(signed: Note, place: int) -> Note:
    """The same note with one bit of one signature changed."""
    lines = list(signed.signatures)
    name, key_id, signature = lines[place]
    lines[place] = NoteSignature(name, key_id, signature[:-1] + bytes([signature[-1] ^ 1]))
    return Note(signed.text, tuple(lines))


@pytest.mark.parametrize("place", range(5))
def test_one_bad_signature_of_a_known_key_spoils_the_note(place: int) -> None:
    with pytest.raises(SignatureError):
        TRUST.judge(spoilt(note(LARGE, LOG, MLDSA, *OUTSIDERS), place))


@pytest.mark.parametrize("bad_first", [True, False])
def test_a_good_line_beside_it_does_not_excuse_a_bad_one(bad_first: bool) -> None:
    good = note(LARGE, LOG, MLDSA, COURT, DEFENCE)
    lines = good.signatures + spoilt(good, 2).signatures[2:3]
    with pytest.raises(SignatureError):
        TRUST.judge(Note(good.text, lines[::-1] if bad_first else lines))


@given(st.sampled_from(["name", "id", "both"]), st.binary(min_size=1, max_size=80))
def test_lines_of_unknown_keys_are_ignored(how: str, signature: bytes) -> None:
    name = "unknown.example" if how != "id" else COURT.key.name
    key_id = bytes(4) if how != "name" else COURT.key.id
    signed = note(LARGE, LOG, MLDSA, COURT, DEFENCE)
    unknown = NoteSignature(name, key_id, signature)
    assert TRUST.judge(Note(signed.text, (unknown, *signed.signatures))).accepted


def test_a_witness_signing_twice_counts_once() -> None:
    verdict = TRUST.judge(note(LARGE, LOG, MLDSA, COURT, COURT, COURT))
    assert [name for name, _ in verdict.witnesses] == ["court"] and not verdict.met


def test_lines_moved_from_another_checkpoint_are_refused() -> None:
    other = note(SMALL, LOG, MLDSA, *OUTSIDERS)
    with pytest.raises(SignatureError):
        TRUST.judge(Note(LARGE.text, other.signatures))


def test_another_log_and_no_checkpoint_are_refused() -> None:
    stranger = party("other.example", SignatureType.ED25519)
    checkpoint = Checkpoint("other.example", 5, LARGE.root)
    with pytest.raises(SignatureError, match=rf"checkpoint of other\.example.* for {ORIGIN}"):
        TRUST.judge(note(checkpoint, stranger, LOG, MLDSA))
    with pytest.raises(SignatureError, match="has not signed"):
        TRUST.judge(note(LARGE, MLDSA, *OUTSIDERS))
    with pytest.raises(MalformedError, match="3 lines"):
        TRUST.judge(Note("some text\n", note(LARGE, LOG).signatures))


def edited(number: int, line: str | None) -> bytes:
    """The trust file with one line (counted from 1) replaced, or left out."""
    lines = [*LINES[: number - 1], *([line] if line is not None else []), *LINES[number:]]
    return "".join(f"{each}\n" for each in lines).encode()


def vkey(signer: Party, kind: SignatureType, name: str = "") -> str:
    return VerifierKey(name or signer.key.name, kind, signer.key.public).text


ED, COSIGNED = SignatureType.ED25519, SignatureType.ED25519_COSIGNATURE
FRESH = party("fresh.example", COSIGNED)
REFUSED = [
    (1, "quorum both", r"line 1: 'both' is not a witness or group defined above"),
    (2, None, "no line 'log'"),
    (2, "log", "line 2: 'log' has none of the forms\nlog <vkey>"),
    (2, f"LOG {LOG.key.text}", "line 2: 'LOG .* has none of the forms"),
    (2, f"log {LOG.key.text[:-2]}", "line 2: .*base64"),
    (2, f"log {COURT.key.text}", "line 2: a key of type 0x04, but 0x01 is needed"),
    (2, f"log {MLDSA.key.text}", "line 2: a key of type 0x06, but 0x01 is needed"),
    (2, f"log {vkey(LOG, ED, 'other.example')}", "not named other.example"),
    (1, f"log {OLD.key.text}", "line 2: a second log"),
    (3, f"witness log-mldsa {COURT.key.text}", "line 3: .*0x04, but 0x06 is needed"),
    (3, f"witness log-mldsa {vkey(MLDSA, MLDSA.key.type, 'x')}", f"not named {ORIGIN}"),
    (3, None, "line 8: 'log-mldsa' is not a witness or group defined above"),
    (4, f"witness court {LOG.key.text}", "line 4: .*0x01, but 0x04 or 0x06 is needed"),
    (4, f"witness court {vkey(FRESH, COSIGNED, ORIGIN)}", f"{ORIGIN} cannot be its own witness"),
    (4, f"witness court {vkey(LOG, COSIGNED, 'w')}", "line 4: the key of w stands here twice"),
    (4, f"witness court {PRESS.key.text}", "line 6: the key of press.example stands here twice"),
    (4, f"witness none {COURT.key.text}", "line 4: the name 'none' is taken"),
    (4, f"witness press {COURT.key.text}", "line 6: the name 'press' is taken"),
    (7, "group outsiders 4 court defence press", "line 7: 4 of 3 members"),
    (7, "group outsiders 0 court defence press", "line 7: 0 of 3 members"),
    (7, "group outsiders 02 court defence press", "line 7: '02' is not a decimal number"),
    (7, "group outsiders most court defence press", "line 7: 'most' is not a decimal number"),
    (7, "group outsiders any", "line 7: .*none of the forms"),
    (7, "group outsiders any court court", "line 7: 'court' cannot be a member"),
    (7, "group outsiders any court none", "line 7: 'none' cannot be a member"),
    (7, "group outsiders any court outsiders", "line 7: 'outsiders' is not a witness or group"),
    (7, "group court any defence", "line 7: the name 'court' is taken"),
    (9, "group both all court outsiders", "line 9: 'court' cannot be a member, or is one already"),
    (9, "group both any log-mldsa outsiders", "the quorum does not require log-mldsa"),
    (10, "quorum outsiders", "the quorum does not require log-mldsa"),
    (10, "quorum none", "the quorum does not require log-mldsa"),
    (10, "quorum nobody", "line 10: 'nobody' is not a witness or group"),
    (10, None, "no line 'quorum'"),
    (1, "quorum none", "line 10: a second quorum"),
    (11, "#!custody genesis " + "AB" * 32, "line 11: genesis is a hash"),
    (11, "#!custody genesis " + "ab" * 31, "line 11: genesis is a hash"),
    (1, "#!custody genesis " + "ab" * 32, "line 11: a second genesis"),
    (11, "#!custody expires 2030", "line 11: '#!custody expires 2030' has none of the forms"),
    (11, "#!custody", "line 11: '#!custody' has none of the forms"),
    (11, "#! custody genesis " + "ab" * 32, "line 11: .*has none of the forms"),
    (11, "  #!Custody genesis " + "ab" * 32, "line 11: .*has none of the forms"),
    (12, "#!custody tsa MAA", "line 12: .*base64"),
    (12, "#!custody tsa AAAA", "line 12: not a DER certificate"),
    (1, "#!custody tsa MAA=", "line 12: .*stands here twice"),
    (13, f"#!custody log-until {OLD.key.text}", "line 13: .*none of the forms"),
    (13, f"#!custody log-until {OLD.key.text} -1", "line 13: .*decimal number"),
    (13, f"#!custody log-until {LOG.key.text} 9", "line 13: .*stands here twice"),
    (13, f"#!custody log-until {COURT.key.text} 9", "line 13: .*0x04, but 0x01 or 0x06"),
    (1, "log agency.example\r", r"line 1: character '\\r'; save the file as UTF-8 with Unix"),
    (1, "\ufefflog", r"line 1: character '\\ufeff'"),
]


@pytest.mark.parametrize(
    ("number", "line", "why"), REFUSED, ids=[str(number) for number in range(len(REFUSED))]
)
def test_a_wrong_line_is_refused_and_named(number: int, line: str | None, why: str) -> None:
    with pytest.raises(MalformedError) as refusal:
        TrustFile.read(edited(number, line))
    assert str(refusal.value).startswith("trust file") and re.search(why, str(refusal.value))


def test_a_group_cannot_take_the_place_of_the_logs_own_key() -> None:
    text = f"log {LOG.key.text}\nwitness a {COURT.key.text}\ngroup log-mldsa any a\nquorum none\n"
    with pytest.raises(MalformedError, match="line 3: 'group log-mldsa any a' has none"):
        TrustFile.read(text.encode())


def test_an_older_ml_dsa_key_needs_a_present_one() -> None:
    with pytest.raises(MalformedError, match="older ML-DSA key, but no log-mldsa"):
        TrustFile(LOG.key, older=(OlderKey(OLD_MLDSA.key, 5),))
    with pytest.raises(MalformedError, match=f"not named {ORIGIN}"):
        TrustFile(LOG.key, older=(OlderKey(party("x.example", ED).key, 5),))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "last line has no end"),
        (TEXT[:-1], "last line has no end"),
        (TEXT + b"# \xff\n", "UTF-8"),
        (TEXT + b"# \x00\n", "line 15: character"),
        (b"\n\x00" + TEXT, "line 2: character"),
        (TEXT + b"#" * (1_000_000 - len(TEXT)) + b"\n", "1000001 bytes is longer than"),
    ],
)
def test_what_is_no_text_file_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        TrustFile.read(data)


def test_the_longest_file_is_read() -> None:
    longest = TEXT + b"#" * (999_999 - len(TEXT)) + b"\n"
    assert TrustFile.read(longest) == TrustFile.read(TEXT)


def test_groups_may_nest_deeply() -> None:
    nested = "".join(f"group g{n} all {f'g{n - 1}' if n else 'court'}\n" for n in range(5000))
    text = f"log {LOG.key.text}\nwitness court {COURT.key.text}\n{nested}quorum g4999\n"
    trust = TrustFile.read(text.encode())
    assert trust.judge(note(LARGE, LOG, COURT)).met
    assert not trust.judge(note(LARGE, LOG)).met


@given(st.data())
def test_hostile_files_are_read_or_refused_and_never_lose_the_ml_dsa_rule(
    data: st.DataObject,
) -> None:
    lines = data.draw(st.lists(st.sampled_from(LINES), max_size=16))
    words = " ".join(lines).split()
    lines += data.draw(st.lists(st.lists(st.sampled_from([*words, "#!custody"])).map(" ".join)))
    try:
        trust = TrustFile.read("".join(f"{line}\n" for line in lines).encode())
    except MalformedError as error:
        assert "trust file" in str(error)
        return
    assert TrustFile.read(trust.encode()) == trust
    if trust.log_mldsa:
        assert not trust.judge(note(LARGE, LOG, *OUTSIDERS)).accepted
