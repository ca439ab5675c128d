"""A second verifier, in Go and written by SPEC.md alone, judges bundles as ours does."""

import json
import zipfile
from pathlib import Path

import pytest

from custody.core.findings import Check, Outcome
from custody_schemas.declare import Act, Capacity
from tests.bundles import examined, outcomes, trust_in
from tests.exports import Stage
from tests.foreign import Answer, built, judged
from tests.signers import ed25519_signer, ml_dsa_signer
from tests.spoilt import Defect, collection
from tests.spoilt.stage import stage
from tests.test_eventful_export import days, exported

pytestmark = pytest.mark.needs("go")

VECTORS = Path(__file__).parent / "vectors"
TRUST = json.loads((VECTORS / "bundles.json").read_text())["trust"].encode()

ASKED = {
    *(Check.CHECKPOINT, Check.INCLUSION, Check.CHAIN, Check.COMPLETENESS, Check.STATEMENT),
    *(Check.SIGNATURE, Check.KEY, Check.REDACTIONS, Check.FRESHNESS),
}
# What it passes over, of the checks that it makes, by the reason.
PASSED_OVER = {
    "it reads one bundle, and no proofs of recording": (
        *("tally_false_beside_a_proof_of_recording", "tally_false_beside_another_bundle"),
        *("fork_seen_in_two_bundles", "fork_seen_in_a_mirror"),
        *("time_runs_backwards_between_two_bundles",),
        *("record_that_does_not_follow_that_of_another_bundle",),
        *("time_runs_backwards_beside_a_proof_of_recording",),
        *("proof_of_recording_of_another_log", "proof_of_recording_newer_than_the_bundle"),
    ),
    "it takes a key from wherever its enrolment is shown: a custodian's, on the ledger's chain": (
        *("signer_withheld",),
    ),
    "it does not ask from whom the right to enrol descends": (
        "founder_withheld",
        "ledger_withheld",
    ),
    "it makes no tags": (
        *("case_key_of_another_case", "keys_with_a_case_twice", "keys_with_another_version"),
        *("case_key_under_another_reference", "keys_of_17_cases", "item_hidden_beside_the_mirror"),
        *("keys_with_its_members_in_disorder", "keys_with_an_escaped_slash"),
        *("keys_with_half_a_surrogate", "keys_with_a_reversed_text", "keys_with_another_encoding"),
    ),
    "it opens no values": (
        *("disclosure_of_another_type", "seal_said_intact_over_another_number"),
        *("disclosure_with_a_short_salt",),
        *("seal_said_to_differ_over_its_own_number",),
        *("item_taken_over_as_sealed_with_another_number",),
    ),
    "of values in statements it knows the types of members alone": (
        *("statement_act_of_no_form", "statement_time_with_a_fraction"),
        *("statement_client_without_name", "statement_unlock_of_no_kind"),
        *("statement_body_with_a_term_of_no_list",),
    ),
    "of the notes on a checkpoint it takes the log's first Ed25519 line": (
        *("witness_who_signed_another_checkpoint", "log_signature_twice"),
    ),
    "ML-DSA is asked of another program": (
        *("log_mldsa_signature_altered", "log_mldsa_time_altered"),
        *("log_mldsa_signature_of_another_checkpoint",),
    ),
    "it does not read the exporter's signature": (
        *("bundle_signed_as_a_statement", "bundle_signed_with_another_time"),
    ),
}
OVER = {name for names in PASSED_OVER.values() for name in names}
# What it refuses although the check that fails is none of its own.
BESIDES = {
    "records_out_of_order": "a reader wants lines in their order",
    "disclosure_twice": "a reader wants lines in their order",
    "line_that_is_empty": "an empty line is no object",
    "lines_of_1000_faults": "a reader wants each line",
    "key_enrolled_without_proof_of_possession": "an enrolment is an envelope, too",
    "key_not_canonical_enrolled": "an enrolment is an envelope, too",
    "key_in_compressed_form_enrolled": "an enrolment is an envelope, too",
    "key_with_bytes_behind_it_enrolled": "an enrolment is an envelope, too",
    "key_enrolled_on_a_request_to_another_ledger": "an enrolment is an envelope, too",
    "bundle_of_an_entry_that_is_no_export": "what must be there, the export says",
    "bundle_of_an_export_that_nobody_prepared": "what must be there, the export says",
}
DEFECTS = {
    name: defect for name, defect in collection().items() if not name.startswith("zip_")
}  # that a zip can be read in one way only, is asked before it is unzipped


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("go"), "bundle")


def lines(bundle: Path, name: str) -> int:
    with zipfile.ZipFile(bundle) as archive:
        paths = [path for path in archive.namelist() if path.endswith(f"/data/ledger/{name}")]
        return sum(archive.read(path).count(b"\n") for path in paths)


def accepted(program: Path, bundle: Path, trust: bytes, folder: Path) -> Answer:
    """It finds no fault, and examined every line that is there."""
    answer = judged(program, bundle, trust, folder)
    assert answer.faults == ""
    with zipfile.ZipFile(bundle) as archive:
        envelopes = [path for path in archive.namelist() if "/envelopes/" in path]
    records, companions = lines(bundle, "records.jsonl"), lines(bundle, "companions.jsonl")
    wanted = {
        "inclusion": records + companions,
        "consistency": lines(bundle, "consistency.jsonl"),
        "disclosures": lines(bundle, "disclosures.jsonl"),
        "mirror": lines(bundle, "mirror.jsonl"),
        "places": records - 1,  # the last record is the tally
        "statements": len(envelopes),
        "subjects": lines(bundle, "subjects.jsonl"),
    }
    assert {key: answer.counted.get(key, 0) for key in wanted} == wanted
    assert answer.counted["acts"] == len(Act.ALL)
    assert answer.counted["signatures"] >= len(envelopes)
    return answer


@pytest.mark.parametrize("name", ["case.zip", "items.zip", "redacted.zip"])
def test_the_bundles_of_the_vectors_are_accepted(program: Path, name: str, tmp_path: Path) -> None:
    accepted(program, VECTORS / name, TRUST, tmp_path)


def test_what_the_vectors_withhold_is_withheld(program: Path, tmp_path: Path) -> None:
    """As many fields as they list under a reason that was announced; each spoilt one is refused."""
    said = json.loads((VECTORS / "bundles.json").read_text())
    announced = [
        field
        for each in said["withheld"].values()
        for why in ("restricted", "redacted", "profile")
        for field in each.get(why, ())
    ]
    answer = judged(program, VECTORS / "redacted.zip", TRUST, tmp_path / "good")
    assert answer.counted["withheld"] == len(announced)
    for number, case in enumerate(
        each for each in said["spoilt"] if each["failed"] == "REDACTIONS"
    ):
        path = tmp_path / f"{number}.zip"
        path.write_bytes((VECTORS / case["file"]).read_bytes())
        with zipfile.ZipFile(path) as good:
            files = {name: good.read(name) for name in good.namelist()}
        with zipfile.ZipFile(path, "w") as bad:
            for name, data in files.items():
                spoilt = name.endswith(case["path"])
                old, new = case["old"].encode(), case["new"].encode()
                bad.writestr(name, data.replace(old, new, 1) if spoilt else data)
        faults = judged(program, path, TRUST, tmp_path / f"x{number}").faults
        assert any(word in faults for word in ("is opened", "is withheld", "nobody signed")), case


@pytest.mark.parametrize("items", [(), ("image",), ("image", "text")], ids=len)
@pytest.mark.parametrize("mirror", [True, False], ids=["mirror", "no-mirror"])
def test_what_the_exporter_writes_is_accepted(
    program: Path, tmp_path: Path, items: tuple[str, ...], mirror: bool
) -> None:
    stage = Stage(tmp_path)
    tags = tuple(getattr(stage, name) for name in items)
    made = stage.export("bundle.zip", tags, mirror=mirror)
    accepted(program, made.path, stage.trust.encode(), tmp_path / "x")


def test_a_story_in_which_everything_happens_is_accepted(program: Path, tmp_path: Path) -> None:
    s = days()
    for step, numbers in enumerate([(), (1,), (2,), (3,), (4,), (5,), (5, 6)]):
        path = exported(s, *numbers, by=s.olga).save(tmp_path / f"{step}.zip")
        accepted(program, path, trust_in(s.world).encode(), tmp_path / f"x{step}")


@pytest.mark.parametrize("defect", DEFECTS.values(), ids=DEFECTS.keys())
def test_spoilt_bundles_are_refused_where_it_asks(
    program: Path, defect: Defect, tmp_path: Path
) -> None:
    made = defect.make()
    path = tmp_path / "case.zip"
    path.write_bytes(made.bundles[0])
    trust = made.trust.encode() if made.trust else b""
    answer = judged(program, path, trust, tmp_path / "x")
    asked = {defect.check, *(check for check, _ in defect.also)} & ASKED
    refused = bool(asked or defect.name in BESIDES) and defect.name not in OVER
    assert answer.status == refused, answer.faults


def test_a_fault_is_told_with_its_place(program: Path, tmp_path: Path) -> None:
    made = DEFECTS["inclusion_proof_altered"].make()
    (tmp_path / "case.zip").write_bytes(made.bundles[0])
    assert made.trust is not None
    answer = judged(program, tmp_path / "case.zip", made.trust.encode(), tmp_path / "x")
    assert answer.faults == "inclusion of record 12: invalid transparency proof\n"


@pytest.mark.parametrize("across", [True, False], ids=["across", "after"])
def test_a_refused_change_is_a_change_to_both(program: Path, tmp_path: Path, across: bool) -> None:
    """SPEC §2.4: what an act declares decides, and not whether a rule refuses it."""
    own = stage()
    world, story = own.world, own.story
    before = {own.image: world.chains[own.image].head} if across else {}
    refused = {"to": story.dora.tag}
    world.record("transfer.released", [own.image], refused, signers=[story.carl])
    world.record("note.recorded", [own.image], signers=[story.eve], prev=before)
    bundle = own.bundle()
    answer = judged(
        program,
        bundle.save(tmp_path / "case.zip"),
        trust_in(world).encode(),
        tmp_path / "x",
    )
    ours = outcomes(examined(tmp_path, bundle), Check.STATEMENT)
    assert ("prev names number 2" in answer.faults) is across
    assert (Outcome.FAILED in ours) is across


def test_a_partner_of_two_keys_signs_once_for_both(program: Path, tmp_path: Path) -> None:
    own, partner, second = stage(), ml_dsa_signer(7), ed25519_signer(7)
    world, story = own.world, own.story
    vera = world.enrol("Vera", "examiner", by=story.ada, partner=partner)
    asked = world.request("Vera", second, partner, actor=vera.tag)
    world.record("key.registered", [vera.tag], {"request": asked.body}, signers=[story.ada])
    both = [(each, Capacity.ACTOR) for each in (vera, vera.using(second))]
    world.record("note.recorded", [own.image], signers=both)
    bundle = own.bundle()
    assert examined(tmp_path, bundle).verdict is Outcome.PASSED
    accepted(program, tmp_path / "case.zip", trust_in(world).encode(), tmp_path / "x")


def test_what_is_passed_over_is_there_to_be_passed_over() -> None:
    assert OVER | BESIDES.keys() <= DEFECTS.keys()
