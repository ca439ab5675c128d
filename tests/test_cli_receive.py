"""What others hand in: hashed as it came, held against the digests that came along. (R18, R109)"""

import os
from hashlib import md5, sha256
from pathlib import Path
from typing import Any

import pytest

from custody.core.reading import read_record
from custody_schemas import answers
from tests.bench import CASE, Bench, bench, plain
from tests.entries import entry
from tests.real_images import EVIDENCE

PROVIDER = ("--from", "provider:Acme Ltd", "--channel", "provider_portal")
OWNER = ("--from", "owner:Jo Smith", "--channel", "in_person")


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    return bench(tmp_path)


@pytest.fixture
def package(run: Bench) -> Path:
    run.file("pkg/a.txt", b"one")
    run.file("pkg/sub/b c.txt", b"two" * 30_000)
    return run.folder / "evidence" / "pkg"


def sums(run: Bench, name: str, **digests: str) -> Path:
    text = "".join(f"{digest}  {file}\n" for file, digest in digests.items())
    return run.file(name, text.encode())


def whole(run: Bench) -> Path:
    one, two = sha256(b"one").hexdigest(), sha256(b"two" * 30_000).hexdigest()
    return run.file("SHA256SUMS", f"{one}  a.txt\n{two}  sub/b c.txt\n".encode())


def said(run: Bench, item: str) -> dict[str, Any]:
    """What the entry says by which it came in."""
    return entry(run, item, "item.received")


def test_a_package_is_one_item_and_matches_the_list_that_came_along(
    run: Bench, package: Path
) -> None:
    answer = run.json(
        *("receive", CASE, package, *PROVIDER, "--supplied-hashes", whole(run)),
        *("--exhibit", "P/1", "--provider-reference", "ticket 12", "--time-zone", "UTC"),
        *("--data-categories", "traffic,subscriber", "--data-to", "2026-01-05"),
        *("--intelligence-only", "yes", "--certificate", "yes", "--delete-by", "2030-01-01"),
    )
    read_record(answers.Received, answer)
    (item,) = answer["received"]
    assert (item["supplied"], item["differs"], item["size"]) == ("match", [], 90_003)
    assert [each["act"] for each in answer["entries"]] == ["item.registered", "item.received"]
    details = said(run, "P/1")
    assert details["attachments"][0].endswith(" SHA256SUMS")
    assert (details["received_from"], details["from_name"]) == ("provider", "Acme Ltd")
    assert "authority" in details
    assert details["data_to"] == "2026-01-05T23:59:59Z"
    assert [line[:7] for line in details["supplied_digests"]] == ["sha256 ", "sha256 "]
    shown = run.item("P/1")
    assert (shown["holder"], shown["disputed"]) == ("Ada Byron (Lab)", False)
    assert run.json("check", "P/1")["found"][0]["verdict"] == "match"
    assert run.vault_object(sha256(whole(run).read_bytes()).hexdigest()).exists()
    run.examined()


def test_the_unsaid_is_not_stated(run: Bench, package: Path) -> None:
    run("receive", CASE, package, *OWNER, "--exhibit", "P/1")
    details = said(run, "P/1")
    for member in ("signature_valid", "certificate", "encryption", "intelligence_only"):
        assert details[member] == "not_stated"
    assert not {"supplied", "authority", "attachments"} & details.keys()


def test_a_device_is_handed_in_without_content_and_sealed_at_once(run: Bench) -> None:
    words = ("receive", CASE, "--exhibit", "JS/1", *OWNER)
    made = run(*words, status=2)
    assert "say with --type what sort of thing is handed in" in made.err
    answer = run.json(*words, "--type", "mobile", "--seal", "S-1", "--serial", "4711")
    assert [each["act"] for each in answer["entries"]] == [
        *("item.registered", "item.received", "seal.applied")
    ]
    (item,) = answer["received"]
    assert not {"digests", "size", "supplied"} & item.keys()
    shown = run.item("JS/1")
    assert (shown["origin"], shown["seal"], shown["digital"]) == ("item.received", "intact", False)
    assert said(run, "JS/1")["from_name"] == "Jo Smith"


@pytest.mark.parametrize("option", [("--supplied-hashes", "f"), ("--in-place",), ("--log", "f")])
def test_what_is_about_content_needs_a_path(run: Bench, option: tuple[str, ...]) -> None:
    words = [run.file("f", b"x") if word == "f" else word for word in option]
    made = run("receive", CASE, *OWNER, "--type", "mobile", *words, status=2)
    assert f"{option[0]} is about content: name a PATH" in made.err


@pytest.mark.parametrize(
    ("digests", "named"),
    [
        ({"a.txt": "0" * 32}, ["a.txt: md5 stated 000", "sub/b%20c.txt: not in the list"]),
        ({"a.txt": md5(b"one").hexdigest()}, ["sub/b%20c.txt: not in the list"]),
        ({"../../etc/passwd": "0" * 32}, ["../../etc/passwd: listed, and not there"]),
    ],
)
def test_what_differs_is_named_and_needs_disputed(
    run: Bench, package: Path, digests: dict[str, str], named: list[str]
) -> None:
    words = ("receive", CASE, package, *OWNER, "--supplied-hashes", sums(run, "md5", **digests))
    refused = run.json(*words, status=4)["refused"]
    assert refused["code"] == "E_DISPUTED"
    assert all(each in refused["message"] for each in named)
    assert run.json("item", "list")["items"] == []
    answer = run.json(*words, "--disputed", "evidence_would_be_lost: the portal closes at noon")
    (item,) = answer["received"]
    assert item["supplied"] in ("partial", "mismatch")
    shown = run.item(item["item"])
    assert (shown["disputed"], shown["discrepancies"]) == (True, ["hash"])
    details = said(run, item["item"])
    assert all(each in "; ".join(details["differs"]) for each in named)
    assert details["disputed"] == "evidence_would_be_lost"
    run.examined()


def test_a_part_of_what_a_list_names_is_sound_in_itself_and_the_rest_is_told(run: Bench) -> None:
    path = run.file("a.bin")
    digests = {"a.bin": sha256(b"evidence").hexdigest(), "later.bin": "0" * 64}
    listed = sums(run, "list", **digests)
    words = ("receive", CASE, path, *OWNER, "--supplied-hashes", listed, "--exhibit", "A")
    made = run(*words, status=4)
    assert "later.bin: listed, and not there. If the rest of the list comes by itself" in made.err
    run(*words, "--part-of-list")
    found = said(run, "A")
    assert (found["supplied"], found["differs"]) == ("match", ("later.bin: listed, and not there",))
    assert run.item("A")["disputed"] is False
    path.write_bytes(b"changed")
    assert "a.bin: sha256 stated" in run(*words, "--part-of-list", status=4).err


def test_nothing_is_disputed_that_nothing_speaks_against(run: Bench, package: Path) -> None:
    made = run(
        *("receive", CASE, package, *OWNER, "--supplied-hashes", whole(run)),
        *("--disputed", "other: to be sure", "--exhibit", "P/1"),
    )
    assert "nothing puts the content in doubt: --disputed is left out" in made.err
    assert run.item("P/1")["disputed"] is False


def test_digests_of_a_legacy_kind_are_compared_and_called_so(run: Bench) -> None:
    path = run.file("a.txt", b"one")
    listed = sums(run, "md5", **{"a.txt": md5(b"one").hexdigest()})
    answer = run.json("receive", CASE, path, *OWNER, "--supplied-hashes", listed)
    (item,) = answer["received"]
    assert item["supplied"] == "match"
    assert any("MD5 or SHA-1 alone, which are legacy" in each for each in item["adverse"])
    assert "legacy" in said(run, item["item"])["note"]


def test_each_path_is_an_item_and_only_what_differs_is_disputed(run: Bench) -> None:
    paths = [run.file(name, name.encode()) for name in ("a.bin", "b.bin")]
    table = f"File;SHA-256\na.bin;{sha256(b'a.bin').hexdigest()}\nb.bin;{'0' * 64}\n"
    listed = run.file("list.csv", table.encode())
    words = ("receive", CASE, *paths, *OWNER, "--supplied-hashes", listed)
    assert "b.bin: sha256 stated 000" in run(*words, status=4).err
    answer = run.json(*words, "--disputed", "urgency")
    assert [each["supplied"] for each in answer["received"]] == ["match", "mismatch"]
    assert [run.item(each)["disputed"] for each in answer["items"]] == [False, True]
    assert all("list.csv" in said(run, e)["attachments"][0] for e in answer["items"])


@pytest.mark.parametrize("option", ["--exhibit", "--number", "--seal"])
def test_what_names_one_item_is_not_said_of_several(run: Bench, option: str) -> None:
    paths = [run.file("a.bin", b"a"), run.file("b.bin", b"b")]
    made = run("receive", CASE, *paths, *OWNER, option, "7", status=2)
    assert f"{option} is about one item, and 2 are handed in" in made.err


def test_a_list_that_nobody_can_read_stops_before_anything_is_copied(
    run: Bench, package: Path
) -> None:
    listed = run.file("odd.txt", b"all files are fine\n")
    made = run("receive", CASE, package, *OWNER, "--supplied-hashes", listed, status=5)
    assert "odd.txt: line 1 is not understood: 'all files are fine'" in plain(made.err)
    assert not (run.folder / "home" / "vault" / "objects").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("--from", "Jo"),
            "--from Jo: say what sort of person or body that is, as --from owner:Jo",
        ),
        (
            ("--from", "owner:Jo", "--from-kind", "police"),
            "--from-kind says police, and this owner",
        ),
        (("--from", "  "), "it must say something"),
        ((), "Missing option '--from'"),
    ],
)
def test_who_hands_it_in_is_said_in_one_way(run: Bench, words: tuple[str, ...], said: str) -> None:
    path = run.file("a.bin")
    made = run("receive", CASE, path, "--channel", "post", *words, status=2)
    assert said in plain(made.err)


def test_a_name_may_have_its_kind_beside_it(run: Bench) -> None:
    words = ("--from", "Acme: Berlin", "--from-kind", "laboratory", "--channel", "courier")
    made = run("receive", CASE, run.file("a.bin"), *words, "--exhibit", "L")
    assert "received from Acme: Berlin (laboratory)" in made.out
    assert said(run, "L")["received_from"] == "laboratory"


def test_what_a_provider_produces_rests_on_an_order_and_others_need_none(run: Bench) -> None:
    run("case", "open", "K-8", "--title", "No order here")
    path = run.file("a.bin")
    made = run("receive", "K-8", path, *PROVIDER, status=4)
    assert "E_AUTHORITY what a provider produces names its legal basis" in plain(made.err)
    assert not run.vault_object(sha256(b"evidence").hexdigest()).exists()
    run("receive", "K-8", path, *OWNER)


def test_a_person_without_the_right_is_refused_before_anything_is_copied(run: Bench) -> None:
    words = ("--as", "di", "receive", CASE, run.file("a.bin"), *OWNER)
    assert "E_NO_GRANT" in run(*words, status=4).err
    assert not run.vault_object(sha256(b"evidence").hexdigest()).exists()


def test_a_rehearsal_says_the_plan_and_reads_nothing(run: Bench, package: Path) -> None:
    made = run("receive", CASE, package, *OWNER, "--dry-run")
    assert "would take in pkg: folder with 2 files, 1 folder" in made.out
    answer = run.json("receive", CASE, package, *OWNER, "--dry-run")
    read_record(answers.PlannedItems, answer)
    drafted = run.json("receive", CASE, *OWNER, "--type", "mobile", "--dry-run")
    assert [each["act"] for each in drafted["would_sign"]] == ["item.registered", "item.received"]
    assert run.json("item", "list")["items"] == []
    assert not (run.folder / "home" / "vault").exists()


def test_content_left_in_place_is_compared_where_it_is(run: Bench, package: Path) -> None:
    listed = sums(run, "md5", **{"pkg/a.txt": md5(b"one").hexdigest()})
    text = listed.read_text() + md5(b"two" * 30_000).hexdigest() + "  pkg/sub/b c.txt\n"
    listed.write_text(text)
    words = ("receive", CASE, package, *OWNER, "--in-place", "--supplied-hashes", listed)
    (item,) = run.json(*words)["received"]
    assert item["supplied"] == "match"
    assert not run.vault_object(sha256(b"one").hexdigest()).exists()


def test_a_list_is_kept_as_it_was_compared(run: Bench) -> None:
    listed = sums(run, "list", **{"a.bin": sha256(b"evidence").hexdigest()})
    fifo = run.folder / "evidence" / "pipe"
    os.mkfifo(fifo)
    words = ("receive", CASE, run.file("a.bin"), *OWNER, "--supplied-hashes")
    assert run(*words, fifo, status=5).err  # nothing is waited for
    run(*words, listed, "--exhibit", "A")
    assert said(run, "A")["attachments"][0].endswith(" list")


@pytest.mark.needs("evidence")
def test_an_image_brings_its_media_and_its_own_stored_hash(run: Bench) -> None:
    image = EVIDENCE / "ext2.E01"
    listed = sums(run, "list", **{image.name: sha256(image.read_bytes()).hexdigest()})
    words = ("receive", CASE, image, *PROVIDER, "--supplied-hashes", listed, "--exhibit", "IMG")
    (item,) = run.json(*words)["received"]
    assert item["supplied"] == "match"
    details = said(run, "IMG")
    assert details["format"] == "ewf"
    assert details["media"]["stored_md5"] == "196066add11fb71c4c49cf1bb50d6d24"
    assert run.item("IMG")["type"] == "disk_image"
    run.examined()
