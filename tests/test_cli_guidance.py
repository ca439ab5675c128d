"""What is said to people who are about to go wrong, or did: the next step, and what became of it."""

from pathlib import Path

import pytest

from tests.bench import CASE, Bench, bench, plain


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    return bench(tmp_path)


def test_a_seal_number_that_is_on_another_item_is_not_taken_in_silence(run: Bench) -> None:
    first = run.seized("JS/1", "--seal", "S-1", "--bag-number", "B-1")
    words = ("seize", CASE, "--type", "mobile", "--seal")
    assert run(*words, "s-1").err.count(f"careful: seal s-1 is on {first}") == 1
    assert f"careful: seal B-1 is on {first}" in run(*words, "B-1").err
    assert "careful" not in run(*words, "S-2").err
    third = run.seized("JS/3")
    assert f"careful: seal S-1 is on {first}" in run("seal", "apply", third, "--seal", "S-1").err
    made = run("acquire", CASE, run.file("a.bin"), "--seal", "S-2")
    assert made.err.count("careful: seal S-2 is on K-7/4") == 1
    run("seal", "break", third, "--seal-read", "S-1", "--reason", "imaging")
    run("seal", "apply", third, "--seal", "S-9")
    run("seal", "break", third, "--seal-read", "S-9", "--reason", "imaging")
    assert "careful" not in run("seal", "apply", third, "--seal", "S-9").err  # its own


def test_a_wrong_seal_number_sends_back_to_the_bag_and_then_to_a_new_seal(run: Bench) -> None:
    item = run.seized("JS/1", "--seal", "S-1")
    broken = ("seal", "break", item, "--reason", "imaging")
    refused = plain(run(*broken, "--seal-read", "S-7", status=4).err)
    assert "S-7 is not the number on file: read the bag again. Only if it really says" in refused
    assert f"`custody seal verify {item} --seal-read S-7`" in refused
    noted = plain(run("seal", "verify", item, "--seal-read", "S-7", status=1).err)
    assert "careful: S-7 is not the number on file: read the bag again" in noted
    for again in (broken, (*broken, "--seal-read", "S-7"), ("seal", "verify", item)):
        refused = plain(run(*again, status=4).err)
        assert f"`custody seal apply {item} --seal NEW` puts a new seal on" in refused
        assert "the mismatch stays on file" in refused
    run("seal", "apply", item, "--seal", "S-8")
    run(*broken, "--seal-read", "S-8")
    assert "the mismatch stays" not in run(*broken, status=4).err
