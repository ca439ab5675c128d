"""The bundles of the vectors checked by SPEC.md alone: no line of our code, only two libraries."""

import hashlib
import hmac
import json
import zipfile
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

VECTORS = Path(__file__).parent / "vectors"
BUNDLES = ("case.zip", "items.zip")


@cache
def files(name: str) -> dict[str, bytes]:
    with zipfile.ZipFile(VECTORS / name) as bundle:
        return {path.partition("/")[2]: bundle.read(path) for path in bundle.namelist()}


def lines(name: str, path: str) -> list[Any]:
    return [json.loads(line) for line in files(name)[path].splitlines()]


@cache
def checkpoint(name: str) -> tuple[str, int, bytes]:
    origin, size, root = files(name)["data/ledger/checkpoint"].decode().split("\n")[:3]
    return origin, int(size), b64decode(root)


@cache
def records(name: str) -> dict[int, bytes]:
    """Records and companions by n (§11.2)."""
    found = {json.loads(r)["n"]: r for r in files(name)["data/ledger/records.jsonl"].splitlines()}
    for each in lines(name, "data/ledger/companions.jsonl"):
        found[each["n"]] = json.dumps(
            each["record"], separators=(",", ":"), sort_keys=True, ensure_ascii=False
        ).encode()
    return found


def verifies(spki: bytes, signature: bytes, message: bytes) -> None:
    key: Any = load_der_public_key(spki)
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, message, ec.ECDSA(SHA256()))
    else:
        assert isinstance(key, ed25519.Ed25519PublicKey | mldsa.MLDSA65PublicKey)
        key.verify(signature, message)


def pae(kind: str, payload: bytes) -> bytes:
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind.encode(), len(payload), payload)


@pytest.mark.parametrize("name", BUNDLES)
def test_manifests(name: str) -> None:
    for algorithm in ("sha256", "sha512"):
        for kind, prefix in (("manifest", "data/"), ("tagmanifest", "")):
            text = files(name)[f"{kind}-{algorithm}.txt"].decode()
            listed = {line.split("  ", 1)[1]: line.split("  ", 1)[0] for line in text.splitlines()}
            tags = {p for p in files(name) if not p.startswith(("data/", "tagmanifest"))}
            there = {p for p in files(name) if p.startswith(prefix)} if prefix else tags
            assert {p: hashlib.new(algorithm, files(name)[p]).hexdigest() for p in there} == listed


@pytest.mark.parametrize("name", BUNDLES)
def test_log_signed_the_checkpoint(name: str) -> None:
    note = files(name)["data/ledger/checkpoint"].decode()
    text, _, block = note.rpartition("\n\n")
    trust = json.loads((VECTORS / "bundles.json").read_text())["trust"].split()
    origin, size, root = checkpoint(name)
    key, partner = (b64decode(w.split("+", 2)[2]) for w in (trust[1], trust[4]))
    one, other = (b64decode(line.split(" ")[2])[4:] for line in block.splitlines())
    ed25519.Ed25519PublicKey.from_public_bytes(key[1:]).verify(one, f"{text}\n".encode())
    label = origin.encode()
    parts = (b"subtree/v1\n\0", bytes([len(label)]), label, other[:8], bytes([len(label)]), label)
    message = b"".join(parts) + bytes(8) + size.to_bytes(8) + root
    mldsa.MLDSA44PublicKey.from_public_bytes(partner[1:]).verify(other[8:], message)
    assert trust[trust.index("genesis") + 1] == sha256(b"\0" + records(name)[0]).hexdigest()


@pytest.mark.parametrize("name", BUNDLES)
def test_inclusion(name: str) -> None:
    """RFC 9162 §2.1.3.2."""
    _, size, root = checkpoint(name)
    proofs = lines(name, "data/ledger/proofs.jsonl") + lines(name, "data/ledger/companions.jsonl")
    assert {each["n"] for each in proofs} == records(name).keys()
    for each in proofs:
        node, fn, sn = sha256(b"\0" + records(name)[each["n"]]).digest(), each["n"], size - 1
        for sibling in map(b64decode, each["path"]):
            if fn & 1 or fn == sn:
                node = sha256(b"\1" + sibling + node).digest()
                while fn and not fn & 1:
                    fn, sn = fn >> 1, sn >> 1
            else:
                node = sha256(b"\1" + node + sibling).digest()
            fn, sn = fn >> 1, sn >> 1
        assert (node, sn) == (root, 0)


@pytest.mark.parametrize("name", BUNDLES)
def test_chains_are_whole(name: str) -> None:
    """§4.4, §7: each chain links, and the tally's index holds its count and head."""
    tally = json.loads(records(name)[checkpoint(name)[1] - 1])
    for subject in lines(name, "data/ledger/subjects.jsonl"):
        head, seq = "", 0
        for _, data in sorted(records(name).items()):
            value = json.loads(data)
            if value.get("tag") == subject["tag"]:
                assert (value["prev"], value["seq"]) == (head, seq)
                head, seq = sha256(b"\0" + data).hexdigest(), seq + 1
        assert (subject["head"], subject["count"]) == (head, seq)
        tag = bytes.fromhex(subject["tag"])
        value = sha256(seq.to_bytes(8) + bytes.fromhex(head)).digest()
        node = sha256(b"\2" + tag + value).digest()
        for depth in reversed(range(len(subject["proof"]))):
            sibling = bytes.fromhex(subject["proof"][depth])
            one = tag[depth // 8] >> (7 - depth % 8) & 1
            node = sha256(b"\3" + (sibling + node if one else node + sibling)).digest()
        assert node.hex() == tally["index"]


def enrolled(act: dict[str, Any]) -> list[bytes]:
    """Keys that a statement puts into force (§2.7)."""
    body = act["body"]
    if act["act"] == "ledger.opened":
        return [b64decode(body["key"])]
    if not isinstance(body.get("request"), dict):
        return []
    asked = json.loads(b64decode(body["request"]["payload"]))
    return [b64decode(asked[name]) for name in ("spki", "partner") if name in asked]


@pytest.mark.parametrize("name", BUNDLES)
def test_statements_and_signatures(name: str) -> None:
    """§2, §3, §4.3, §8.1, in the order of the log; keys as they are enrolled on the way."""
    origin, size, _ = checkpoint(name)
    keys: dict[str, list[bytes]] = {}
    opened = lines(name, "data/ledger/disclosures.jsonl")
    seen_roots = {(e["size"], e["root"]) for e in lines(name, "data/ledger/consistency.jsonl")} | {
        (0, sha256().hexdigest())
    }
    shown = {each["tag"] for each in lines(name, "data/ledger/subjects.jsonl")}
    done: set[str] = set()
    for n, data in sorted(records(name).items()):
        value = json.loads(data)
        if value["kind"] != "entry" or value["env"] in done:
            continue
        done.add(value["env"])
        envelope = files(name)[f"data/ledger/envelopes/{value['env']}.json"]
        assert sha256(envelope).hexdigest() == value["env"]
        signed = json.loads(envelope)
        payload = b64decode(signed["payload"])
        act = json.loads(payload)
        assert act["ledger"] == origin
        run = [json.loads(records(name)[n + k]) for k in range(len(act["about"]))]
        assert [r["tag"] for r in run] == [place["tag"] for place in act["about"]]
        assert {(r["env"], r["at"]) for r in run} == {(value["env"], value["at"])}
        assert (act["seen"]["size"], act["seen"]["root"]) in seen_roots
        if new := enrolled(act):
            keys[sha256(new[0]).hexdigest()] = new
        expected = [k for signer in act["signers"] for k in keys[signer["key"]]]
        by_id = {sha256(k).hexdigest(): k for k in expected}
        assert [s["keyid"] for s in signed["signatures"]] == sorted(by_id)
        for each in signed["signatures"]:
            message = pae(signed["payloadType"], payload)
            verifies(by_id[each["keyid"]], b64decode(each["sig"]), message)
        mine = {e["name"]: e["disclosure"] for e in opened if e["env"] == value["env"]}
        digests = {k: urlsafe_b64encode(sha256(v.encode()).digest()) for k, v in mine.items()}
        assert {k: v.decode().rstrip("=") for k, v in digests.items()} == act["sd"]
    assert shown and n == size - 1


def test_tags_of_the_case() -> None:
    """§5, from the case key in keys.json."""
    value = json.loads(files("case.zip")["data/ledger/keys.json"])
    key, reference = bytes.fromhex(value["cases"][0]["key"]), value["cases"][0]["reference"]
    shown = {each["tag"] for each in lines("case.zip", "data/ledger/subjects.jsonl")}
    for kind, number in (("case", ""), ("register", ""), ("item", "1"), ("item", "2")):
        parts = [f"custody/{kind}/v1", reference, *([number] if number else [])]
        name = "\0".join(parts).encode()
        own = hmac.digest(key, name, "sha256")
        assert hmac.digest(own, name, "sha256").hex() in shown


def test_evidence() -> None:
    """§8.2, §11.4: the small files' digests stand in disclosures."""
    values: list[str] = []
    for each in lines("case.zip", "data/ledger/disclosures.jsonl"):
        text = each["disclosure"]
        _, field, value = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        values += [value] if field == "content_sha256" else []
    found = [data for name, data in files("case.zip").items() if name.startswith("data/items/")]
    assert "" in values  # of the item that was handed in without content
    assert len(found) == 2
    assert {value for value in values if value} == {sha256(data).hexdigest() for data in found}


def test_mirror() -> None:
    """§7.3, C3: the root over all records is the checkpoint's."""

    def root(leaves: list[bytes]) -> bytes:
        if len(leaves) == 1:
            return leaves[0]
        middle = 1 << (len(leaves) - 1).bit_length() - 1
        return sha256(b"\1" + root(leaves[:middle]) + root(leaves[middle:])).digest()

    mirror = files("case.zip")["data/ledger/mirror.jsonl"].splitlines()
    assert root([sha256(b"\0" + each).digest() for each in mirror]) == checkpoint("case.zip")[2]
