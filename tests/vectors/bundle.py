"""Vectors of SPEC §11 and §12: whole bundles, made by the letter of the text and not by our exporter.

All files are stored, so that the zip is the same wherever it is made.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256, sha512
from types import MappingProxyType
from typing import Any

from custody.core import canonical, dsse, record, subject_index, tags, tree
from custody.core.record import Entry
from custody.core.state import Actor, Case, Item, Register
from tests.vectors.ledger import nodes
from tests.vectors.moving import TRANSCRIPT
from tests.vectors.scribe import Scribe
from tests.vectors.story import CASE_KEY, MEMO, REFERENCE, Story

Files = dict[str, bytes]
DISCLOSURES = "data/ledger/disclosures.jsonl"
README = b"A bundle of test vectors: see SPEC.md, section 11.\n"


def lines(values: Iterable[Mapping[str, Any]]) -> bytes:
    return b"".join(canonical.encode(dict(value)) + b"\n" for value in values)


class Export:
    """A bundle of the whole case, or of `items` with what they need, at this moment of the story."""

    def __init__(self, story: Story, *items: str, mirror: bool, **announced: Any) -> None:
        self.story, self.items = story, items
        self.export = story.export(*items, mirror=mirror, **announced)
        scribe: Scribe = story.scribe
        self.scribe, self.size, self.records = scribe, len(scribe.records), list(scribe.records)
        self.read = [record.read(data) for data in self.records]
        self.leaves = [record.record_hash(data) for data in self.records]
        self.shown = {tag for tag in scribe.states if self._shows(tag)}
        self.entries = {n: e for n, e in enumerate(self.read) if isinstance(e, Entry)}
        envs = {e.env for e in self.entries.values() if e.tag in self.shown}
        kept = [n for n, e in self.entries.items() if e.tag in self.shown] + [self.size - 1]
        others = [n for n, e in self.entries.items() if e.env in envs and n not in kept]
        self.files: Files = {
            "data/README.txt": README,
            "data/ledger/checkpoint": scribe.checkpoint(),
            "data/ledger/records.jsonl": b"".join(self.records[n] + b"\n" for n in kept),
            "data/ledger/proofs.jsonl": lines({"n": n, "path": self._path(n)} for n in kept),
            "data/ledger/companions.jsonl": lines(
                {"n": n, "path": self._path(n), "record": json.loads(self.records[n])}
                for n in others
            ),
            "data/ledger/subjects.jsonl": lines(self._subjects()),
            "data/ledger/keys.json": canonical.encode(self._keys()),
        }
        self._statements(envs)
        if not items:
            self.files["data/items/2/0001.txt"] = MEMO
            self.files["data/items/7/0001.txt"] = TRANSCRIPT
        if mirror:
            self.files["data/ledger/mirror.jsonl"] = b"".join(r + b"\n" for r in self.records)

    def _shows(self, tag: str) -> bool:
        """Chosen items come with their case, the ledger, people and ancestors; see SPEC §11."""
        state = self.scribe.states[tag]
        case = state.case if isinstance(state, (Item, Register)) else tag
        if isinstance(state, (Case, Item, Register)) and case != self.story.case:
            return False
        if not self.items or tag in self.items or isinstance(state, Actor):
            return True
        wanted = (self.story.case, tags.ledger_tag(self.scribe.origin), self.story.laptop)
        return tag in wanted

    def _path(self, n: int) -> list[str]:
        return [
            canonical.to_base64(h) for h in tree.inclusion_path(n, self.size, nodes(self.leaves))
        ]

    def _subjects(self) -> Iterator[dict[str, Any]]:
        chains = self.scribe.chains
        index = sorted(
            (bytes.fromhex(tag), subject_index.value(c.count, bytes.fromhex(c.head)))
            for tag, c in chains.items()
        )
        for tag in sorted(self.shown):
            proof = [h.hex() for h in subject_index.prove(index, bytes.fromhex(tag))]
            yield {"tag": tag, "count": chains[tag].count, "head": chains[tag].head, "proof": proof}

    def _keys(self) -> dict[str, Any]:
        if not self.items:
            cases = [{"key": CASE_KEY.hex(), "reference": REFERENCE}]
            return {"v": 1, "cases": cases, "subjects": []}
        own = tags.subject_key(CASE_KEY, "case", REFERENCE).hex()
        subjects: list[dict[str, Any]] = [{"key": own, "kind": "case", "reference": REFERENCE}]
        for tag in self.shown:
            state = self.scribe.states[tag]
            if isinstance(state, Item):
                own = tags.subject_key(CASE_KEY, "item", REFERENCE, state.number).hex()
                named = {"kind": "item", "number": state.number, "reference": REFERENCE}
                subjects.append({"key": own, **named})
        subjects.sort(key=lambda each: each.get("number", 0))
        return {"v": 1, "cases": [], "subjects": subjects}

    def _statements(self, envs: set[str]) -> None:
        seen, opened = set(), []
        for run in self.scribe.runs:
            data = run.signed.envelope.encode()
            env = sha256(data).hexdigest()
            if env in envs:
                self.files[f"data/ledger/envelopes/{env}.json"] = data
                seen.add(run.signed.statement.seen)
                for text in run.signed.disclosures:
                    name = json.loads(canonical.from_base64url(text))[1]
                    opened.append({"env": env, "name": name, "disclosure": text})
        opened.sort(key=lambda each: (each["env"], each["name"]))
        self.files[DISCLOSURES] = lines(opened)
        node = nodes(self.leaves)
        self.files["data/ledger/consistency.jsonl"] = lines(
            {
                "size": size,
                "root": root,
                "path": [
                    canonical.to_base64(h) for h in tree.consistency_path(size, self.size, node)
                ],
            }
            for size, root in sorted(seen)
            if 0 < size < self.size
        )

    def zip(self, changes: Mapping[str, bytes] = MappingProxyType({})) -> bytes:
        """The bundle; `changes` replace files before everything is listed and signed."""
        data = {**self.files, **changes}
        manifests = {
            f"manifest-{name}.txt": _manifest(data, digest)
            for name, digest in (("sha256", sha256), ("sha512", sha512))
        }
        oxum = f"Payload-Oxum: {sum(map(len, data.values()))}.{len(data)}\n"
        bagit = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
        tag_files = {
            "bagit.txt": bagit,
            "bag-info.txt": f"Bagging-Date: 2026-09-21\n{oxum}".encode(),
            "signature.json": self._signature(*manifests.values()),
            **manifests,
        }
        tag_manifests = {
            f"tagmanifest-{name}.txt": _manifest(tag_files, digest)
            for name, digest in (("sha256", sha256), ("sha512", sha512))
        }
        return zipped({**data, **tag_files, **tag_manifests}, f"custody-{self.export[:12]}")

    def _signature(self, one: bytes, other: bytes) -> bytes:
        payload = {
            "v": 1,
            "ledger": self.scribe.origin,
            "export": self.export,
            "checkpoint": {"size": self.size, "root": tree.root(self.leaves).hex()},
            "manifest_sha256": sha256(one).hexdigest(),
            "manifest_sha512": sha512(other).hexdigest(),
            "time": "2026-09-21T15:00:00Z",
        }
        return dsse.sign(dsse.BUNDLE, canonical.encode(payload), self.story.ada.signers).encode()


def _manifest(files: Mapping[str, bytes], digest: Any) -> bytes:
    return "".join(
        f"{digest(data).hexdigest()}  {path}\n" for path, data in sorted(files.items())
    ).encode()


def zipped(files: Mapping[str, bytes], top: str) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as made:
        for name, data in files.items():
            info = zipfile.ZipInfo(f"{top}/{name}")
            info.create_system, info.external_attr = 3, 0o100644 << 16
            made.writestr(info, data)
    return sink.getvalue()


SPOILT: Sequence[tuple[str, str, str, str, str]] = (
    # what was done, the file, the bytes, what stands there instead, a check that fails
    ("a time moved", "ledger/records.jsonl", "1790000120", "1790000121", "INCLUSION"),
    ("a count lowered", "ledger/subjects.jsonl", '"count":7', '"count":6', "COMPLETENESS"),
    ("no hash", "ledger/consistency.jsonl", '"root":"', '"root":"0', "STRUCTURE"),
    ("a size seen altered", "ledger/consistency.jsonl", '"size":2}', '"size":1}', "FRESHNESS"),
    ("another field", "ledger/disclosures.jsonl", '"name":"unit"', '"name":"unix"', "REDACTIONS"),
    ("a mirror that differs", "ledger/mirror.jsonl", '"seq":1', '"seq":2', "COMPLETENESS"),
    ("an extension line", "ledger/checkpoint", "\n\n", "\nmore\n\n", "CHECKPOINT"),
    ("evidence altered", "items/2/0001.txt", "nine", "ten!", "EVIDENCE"),
)


def spoilt(export: Export) -> Iterator[tuple[str, bytes]]:
    """What was done, and the bundle: listed and signed anew, as an insider would."""
    for why, name, old, new, _ in SPOILT:
        path = f"data/{name}"
        data = export.files[path].decode()
        assert old in data, why
        yield why, export.zip({path: data.replace(old, new, 1).encode()})
