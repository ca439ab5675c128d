"""From an empty folder to an examined bundle, with the real program."""

from hashlib import sha256
from pathlib import Path

from blake3 import blake3

from tests.bench import WORDS, Bench


def test_the_story_from_an_empty_folder_to_an_examined_bundle(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    run = bench.process
    made = run(
        *("--json", "init", "--origin", "lab.example/e", "--name", "Duty Examiner"),
        *("--organisation", "Forensics"),
    ).answer
    assert made["identity"] == "duty-examiner"
    request = tmp_path / "request.json"
    run("identity", "create", "cust", "--name", "Val", "--organisation", "Store", "-o", request)
    run("actor", "enrol", request, "--role", "custodian_primary")
    run("case", "open", "A-1", "--title", "Burglary")
    run("authority", "record", "A-1", "--kind", "search_warrant", "--identifier", "W-1")
    seized = run(
        *("seize", "A-1", "--exhibit", "JS/1", "--type", "computer", "--place", "Kitchen"),
        *("--state", "on,encrypted", "--seal", "S-100"),
    )
    assert (
        "A-1/1 (JS/1) seized, computer, under search warrant W-1, sealed with S-100" in seized.out
    )
    assert "signed as Duty Examiner (Forensics), key" in seized.out
    assert "proofs verified" in seized.out
    data = bytes(range(256)) * 1000
    image = bench.file("disk.dd", data)
    acquired = run("--json", "acquire", "A-1", image, "--exhibit", "JS/1-IMG").answer
    assert acquired["item"] == "A-1/2"
    assert acquired["size"] == len(data)
    assert acquired["digests"] == {
        "sha256": sha256(data).hexdigest(),
        "blake3": blake3(data).hexdigest(),
    }
    assert acquired["records"] == [11, 12, 13]
    run("transfer", "release", "JS/1", "A-1/2", "--to", "Val", "--purpose", "storage")
    accepted = run("--as", "cust", "transfer", "accept", "--all", "--seal-read", "JS/1=s-100")
    assert "A-1/1 (JS/1), seal intact" in accepted.out
    assert "A-1/2 (JS/1-IMG), content: match" in accepted.out
    checked = run("--json", "--as", "cust", "check", "--mine").answer
    assert [each["verdict"] for each in checked["found"]] == ["match"]
    history = run("item", "history", "JS/1").out
    for words in ("#1 REGISTERED", "#2 SEIZED", "#3 SEALED", "#4 RELEASED", "#5 ACCEPTED"):
        assert words.replace(" ", "  ", 1) in history
    bundle, trust = tmp_path / "bundle.zip", tmp_path / "trust.txt"
    run("export", "A-1", "--recipient", "Court", "--purpose", "court_production", "-o", bundle)
    run("trust", "show", "-o", trust)
    report = run("verify", bundle, "--trust", trust)
    assert report.out.startswith("RESULT\n  Every check was made")
    assert run("--json", "verify", bundle, status=3).answer["verdict"] == "UNDETERMINED"
    whole = run("--json", "verify").answer
    assert (whole["verdict"], whole["start"]) == ("PASSED", 0)


def test_the_same_command_in_json_prints_one_document_and_no_more(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    made = bench.process(
        *("init", "--origin", "o", "--name", "A", "--organisation", "B", "--json"),
    )
    assert made.answer["origin"] == "o"
    assert made.err == ""
    refused = bench.process("--json", "seize", "X", "--type", "mobile", status=2).answer
    assert refused["refused"]["code"] == "E_NOT_FOUND"


def test_a_wrong_passphrase_records_nothing(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.process("init", "--origin", "o", "--name", "A", "--organisation", "B")
    other = {"CUSTODY_PASSPHRASE": WORDS + "!"}
    made = bench.process("case", "open", "C", "--title", "T", status=5, environ=other)
    said = "custody: E_PASSPHRASE the passphrase does not open the key of the identity a (A)"
    assert made.err.startswith(said)
    assert made.err.rstrip().endswith("nothing was recorded; more: custody explain E_PASSPHRASE")
    assert "signature" not in made.err
    assert bench.process("--json", "case", "list").answer == {"cases": []}
