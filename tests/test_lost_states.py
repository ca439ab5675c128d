"""What follows an act that cannot be replayed is undetermined, and blamed on nobody. (SPEC §12)"""

from hashlib import sha256
from pathlib import Path

from custody.core.bundle import layout
from custody.core.findings import Check, Outcome
from custody.core.verify import verify
from tests.bundles import Bundle, bad, trust_in
from tests.spoilt.stage import Stage, chain_of, env_of, good, hide, spoilt_of


def troubles(folder: Path, bundle: Bundle, check: Check) -> dict[str, Outcome]:
    """What does not pass that check, by subject."""
    made = spoilt_of(bundle, "")
    path = folder / "case.zip"
    path.write_bytes(made.bundles[0])
    found = bad(verify([path], made.trust))
    return {each.subject: each.outcome for each in found if each.check is check}


def withheld(bundle: Bundle, own: Stage, act: str) -> int:
    """The envelope of the first such act is taken out; its first record."""
    sent = own.sent_of(act)
    del bundle.files[layout.ENVELOPE.format(env_of(sent))]
    return own.first(sent.statement.id)


def test_acts_on_a_release_that_nobody_can_judge(tmp_path: Path) -> None:
    own, bundle = good()
    hide(bundle, own.story.eve.tag)  # who accepted the laptop, and opened its bag
    found = troubles(tmp_path, bundle, Check.RULES)
    accepted = own.first(own.sent_of("transfer.accepted").statement.id)
    assert found.pop(f"record {accepted}") is Outcome.UNDETERMINED
    assert found and set(found.values()) == {Outcome.UNDETERMINED}
    assert troubles(tmp_path, bundle, Check.EVIDENCE) == {}  # of an item that she registered


def test_acts_after_one_that_is_not_there(tmp_path: Path) -> None:
    own, bundle = good()
    first = withheld(bundle, own, "transfer.released")
    laptop = [n for n in chain_of(bundle, own.story.laptop) if n >= first]
    assert troubles(tmp_path, bundle, Check.STATEMENT) == {f"record {first}": Outcome.FAILED}
    found = troubles(tmp_path, bundle, Check.RULES)
    assert set(found.values()) == {Outcome.UNDETERMINED}
    assert len(found) == len(laptop) > 2


def test_acts_after_a_beginning_that_is_not_there(tmp_path: Path) -> None:
    own, bundle = good()
    case = chain_of(bundle, own.story.case)
    withheld(bundle, own, "case.opened")
    assert list(troubles(tmp_path, bundle, Check.STATEMENT).values()) == [Outcome.FAILED] * 2
    found = troubles(tmp_path, bundle, Check.RULES)
    assert set(found.values()) == {Outcome.UNDETERMINED}
    assert {f"record {n}" for n in case} <= found.keys()


def test_people_whose_enrolment_is_not_there(tmp_path: Path) -> None:
    own, bundle = good()
    (sent,) = (
        run.signed
        for run in own.world.runs
        if run.signed.statement.name == "actor.registered"
        and run.signed.statement.about[0].tag == own.story.eve.tag
    )
    del bundle.files[layout.ENVELOPE.format(env_of(sent))]
    for check in (Check.KEY, Check.SIGNATURE, Check.RULES):
        found = troubles(tmp_path, bundle, check)
        assert len(found) > 2 and set(found.values()) == {Outcome.UNDETERMINED}


def test_a_bundle_of_an_exporter_whose_keys_nobody_can_tell(tmp_path: Path) -> None:
    own, bundle = good()
    hide(bundle, own.story.olga.tag)
    name = f"case.zip: {layout.SIGNATURE}"
    assert troubles(tmp_path, bundle, Check.FIXITY) == {name: Outcome.UNDETERMINED}


def test_manifests_that_were_not_signed_fail_whoever_signed(tmp_path: Path) -> None:
    own, bundle = good()
    hide(bundle, own.story.olga.tag)
    path = bundle.save(tmp_path / "case.zip", bundle.bag(manifest_sha256="00" * 32))
    found = [f for f in bad(verify([path], trust_in(own.world))) if f.check is Check.FIXITY]
    assert [each.outcome for each in found] == [Outcome.UNDETERMINED, Outcome.FAILED]


def test_each_of_two_gaps_on_a_chain(tmp_path: Path) -> None:
    own, bundle = good()
    gaps = [withheld(bundle, own, act) for act in ("transfer.released", "seal.broken")]
    found = troubles(tmp_path, bundle, Check.STATEMENT)
    assert found == {f"record {n}": Outcome.FAILED for n in gaps}


def test_an_envelope_of_other_bytes_is_one_that_is_not_there(tmp_path: Path) -> None:
    own, bundle = good()
    sent = own.sent_of("transfer.released")
    data = sent.envelope.encode() + b"\n"
    bundle.files[layout.ENVELOPE.format(env_of(sent))] = data
    assert sha256(data).hexdigest() != env_of(sent)
    first = own.first(own.release)
    assert troubles(tmp_path, bundle, Check.STATEMENT) == {f"record {first}": Outcome.FAILED}
    found = troubles(tmp_path, bundle, Check.RULES)
    assert set(found.values()) == {Outcome.UNDETERMINED}
