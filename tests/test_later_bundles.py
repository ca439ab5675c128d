"""What happens to a bundle while it is examined, and to the key that signed it afterwards."""

from hashlib import sha256
from pathlib import Path

import pytest

from custody.core import times
from custody.core.errors import StorageError
from custody.core.findings import Outcome, Report
from custody.core.verify import verify
from tests.bundles import Bundle, bad, trust_in
from tests.worlds import Story, story

SIGNATURE = "old.zip: signature.json"


def saved(told: Story, path: Path) -> Path:
    return Bundle(told.world, told.case, told.olga).save(path)


@pytest.mark.parametrize("way", ["another", "rewritten"])
def test_a_file_that_changes_while_it_is_read_says_nothing(tmp_path: Path, way: str) -> None:
    """Else the digest of one bundle would stand over what was found in another."""
    told = story()
    path, other = saved(told, tmp_path / "case.zip"), saved(told, tmp_path / "other.zip")
    turns: list[int] = []

    def exchange(count: int) -> None:
        if not turns:
            if way == "another":
                other.replace(path)
            else:
                path.write_bytes(path.read_bytes())
        turns.append(count)

    with pytest.raises(StorageError, match="removed" if way == "another" else "rewritten"):
        verify([path], trust_in(told.world), progress=exchange)


def test_a_bundle_may_be_named_by_a_link(tmp_path: Path) -> None:
    told = story()
    link = tmp_path / "case.zip"
    link.symlink_to(saved(told, tmp_path / "made.zip"))
    report = verify([link], trust_in(told.world))
    assert (report.verdict, report.sources[0].name) == (Outcome.PASSED, "case.zip")


def signed_before_a_loss(told: Story, folder: Path, *, on_file: bool = False) -> Report:
    """Olga exported the case; later she says that others had her key, since after that."""
    world = told.world
    old = Bundle(world, told.case, told.olga)
    data = old.save(folder / "old.zip").read_bytes()
    if on_file:
        made = {"export": old.export, "sha256": sha256(data).hexdigest(), "size": len(data)}
        world.record("export.created", [told.case], made, signers=[told.olga])
    world.now += 3600
    key, since = told.olga.signer.key.id, times.spelt(world.now)
    given = {"key": key, "reason": "compromised", "compromised_from": since}
    world.record("key.revoked", [told.olga.tag], given, signers=[told.ada])
    pat = world.enrol("Pat", "case_officer", by=told.ada)
    new = Bundle(world, told.case, pat).save(folder / "new.zip")
    report = verify([folder / "old.zip", new], trust_in(world))
    assert report.verdict is Outcome.PASSED, bad(report)
    return report


@pytest.mark.parametrize("on_file", [False, True])
def test_a_bundle_may_be_newer_than_it_says(tmp_path: Path, on_file: bool) -> None:
    """Who stole the key signs other files over an old checkpoint; a digest on file shows it."""
    told = story()
    found = signed_before_a_loss(told, tmp_path, on_file=on_file).adverse
    words = [fact.detail for fact in found if fact.subject == SIGNATURE]
    assert bool(words) is not on_file
    assert all(word.startswith("signed with a key that others may have had") for word in words)
