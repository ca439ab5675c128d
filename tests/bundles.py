"""Bundles made of a ledger in memory, by SPEC §11 and not by our exporter.

`Bundle` holds the files as text and bytes, so that a test can spoil any of them; manifests and
signature are made last, as an insider who holds the exporter's key would make them.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any

from custody.core import canonical, dsse, record, subject_index, tags
from custody.core.bundle import layout
from custody.core.checkpoint import Checkpoint
from custody.core.findings import Check, Finding, Outcome, Report
from custody.core.note import Note
from custody.core.proof import Proof
from custody.core.record import Entry, Tally
from custody.core.state import Case, Item, Register
from custody.core.tree import consistency_path, inclusion_path, leaf_hash, root
from custody.core.trust import Group, TrustFile
from custody.core.verify import verify
from tests.memory import LOG_KEY, LOG_MLDSA_KEY, Memory
from tests.worlds import Person, World

TOP = "custody-test"
DIGESTS: Mapping[str, Callable[[bytes], Any]] = {"sha256": sha256, "sha512": sha512}


def trust_in(world: Memory, **changes: Any) -> TrustFile:
    """A trust file for that ledger's log, with its record 0."""
    members = {
        "log": LOG_KEY,
        "log_mldsa": LOG_MLDSA_KEY,
        "groups": (Group("log-group", 1, ("log-mldsa",)),),
        "quorum": "log-group",
        "genesis": record.record_hash(world.records[0]).hex(),
    }
    return TrustFile(**{**members, **changes})


def nodes(leaves: Sequence[bytes]) -> Callable[[int, int], bytes]:
    """Complete subtrees over leaf hashes."""

    def node(level: int, index: int) -> bytes:
        return root(leaves[index << level : (index + 1) << level])

    return node


class Bundle:
    """An export at this moment of a world: of a case, or of chosen items with what they need."""

    def __init__(
        self,
        world: World,
        case: str,
        by: Person,
        items: Sequence[str] = (),
        *,
        evidence: Mapping[str, bytes] | None = None,
        mirror: bool = False,
        evidence_promised: bool = False,
        hidden: Sequence[int] = (),
        announced: Mapping[str, Any] | None = None,
    ) -> None:
        self.world, self.case, self.items = world, case, tuple(items)
        given = {"evidence": bool(evidence) or evidence_promised, "mirror": mirror}
        given |= announced or {}
        self.exporter, self.hidden = by, hidden
        self.export = world.record("export.prepared", [case, *items], given, signers=[by])
        world.tally()
        self.records = list(world.records)
        self.note = world.checkpoint()
        self.size = len(self.records)
        self.leaves = [leaf_hash(data) for data in self.records]
        self.read = [record.read(data) for data in self.records]
        self.files: dict[str, bytes] = {"data/README.txt": b"what this is\n"}
        self._write()
        for name, data in (evidence or {}).items():
            self.files[name] = data
        if mirror:
            self.lines(layout.MIRROR, self.records)

    @property
    def checkpoint(self) -> Checkpoint:
        return Checkpoint.read(Note.read(self.note).text)

    def shows(self, tag: str) -> bool:
        """Whether the bundle shows the subject of that tag."""
        state = self.world.states[tag]
        if not self.items or tag in self.items:
            return True
        return not isinstance(state, Item | Register)

    def lines(self, path: str, lines: Iterable[bytes]) -> None:
        self.files[path] = b"".join(line + b"\n" for line in lines)

    def path(self, n: int) -> list[str]:
        made = inclusion_path(n, self.size, nodes(self.leaves))
        return [canonical.to_base64(value) for value in made]

    def _write(self) -> None:
        shown = {tag for tag in self.world.states if self.shows(tag)}
        entries = {n: e for n, e in enumerate(self.read) if isinstance(e, Entry)}
        kept = sorted(
            n for n, e in enumerate(self.read) if not isinstance(e, Entry) or e.tag in shown
        )
        kept = [n for n in kept if (n in entries or n == self.size - 1) and n not in self.hidden]
        envs = {entries[n].env for n in kept if n in entries}
        companions = [
            n
            for n, e in entries.items()
            if e.env in envs and n not in kept and n not in self.hidden
        ]
        self.files[layout.CHECKPOINT] = self.note
        self.lines(layout.RECORDS, (self.records[n] for n in kept))
        self.lines(layout.PROOFS, (line(n=n, path=self.path(n)) for n in kept))
        self.lines(
            layout.COMPANIONS,
            (line(n=n, path=self.path(n), record=json.loads(self.records[n])) for n in companions),
        )
        self._write_subjects(shown)
        self._write_statements(envs)
        self.files[layout.KEYS] = canonical.encode(self.keys())

    def _write_subjects(self, shown: set[str]) -> None:
        chains = self.world.chains
        index = sorted(
            (bytes.fromhex(tag), subject_index.value(chain.count, bytes.fromhex(chain.head)))
            for tag, chain in chains.items()
        )
        self.lines(
            layout.SUBJECTS,
            (
                line(
                    tag=tag,
                    count=chains[tag].count,
                    head=chains[tag].head,
                    proof=[h.hex() for h in subject_index.prove(index, bytes.fromhex(tag))],
                )
                for tag in sorted(shown & chains.keys())
            ),
        )

    def _write_statements(self, envs: set[str]) -> None:
        seen, opened = set(), []
        for run in self.world.runs:
            data = run.signed.envelope.encode()
            env = sha256(data).hexdigest()
            if env not in envs:
                continue
            self.files[layout.ENVELOPE.format(env)] = data
            seen.add(run.signed.statement.seen)
            for text in run.signed.disclosures:
                name = json.loads(canonical.from_base64url(text))[1]
                opened.append((env, name, text))
        self.lines(
            layout.DISCLOSURES,
            (line(env=env, name=name, disclosure=text) for env, name, text in sorted(opened)),
        )
        self.lines(
            layout.CONSISTENCY,
            (
                line(size=size, root=before, path=self.consistency(size))
                for size, before in sorted(seen)
                if 0 < size < self.size
            ),
        )

    def consistency(self, old: int) -> list[str]:
        made = consistency_path(old, self.size, nodes(self.leaves))
        return [canonical.to_base64(value) for value in made]

    def keys(self) -> dict[str, Any]:
        reference, key = self.world.case_keys[self.case]
        if not self.items:
            cases = [{"key": key.hex(), "reference": reference}]
            return {"v": 1, "cases": cases, "subjects": []}
        subjects: list[dict[str, Any]] = []
        for tag, state in self.world.states.items():
            if self.shows(tag) and isinstance(state, Item | Case):
                kind = "item" if isinstance(state, Item) else "case"
                number = state.number if isinstance(state, Item) else None
                own = tags.subject_key(key, kind, reference, number).hex()
                more = {"number": number} if number else {}
                subjects.append({"key": own, "kind": kind, "reference": reference, **more})
        return {"v": 1, "cases": [], "subjects": subjects}

    def edit(self, path: str, change: Callable[[list[Any]], None]) -> None:
        """Change the decoded lines of a .jsonl file; numbers of lines may change too."""
        values = [json.loads(each) for each in self.files[path].splitlines()]
        change(values)
        self.lines(path, (canonical.encode(value) for value in values))

    def bag(self, **stated: Any) -> dict[str, bytes]:
        """All files, with manifests and signature over them as they are now."""
        files = dict(self.files)
        size = sum(map(len, files.values()))
        manifests = {
            name: b"".join(
                f"{make(data).hexdigest()}  {path}\n".encode()
                for path, data in sorted(files.items())
            )
            for (algorithm, name), make in zip(
                layout.MANIFESTS.items(), DIGESTS.values(), strict=True
            )
        }
        payload = {
            "v": 1,
            "ledger": self.world.origin,
            "export": self.export,
            "checkpoint": {"size": self.size, "root": self.checkpoint.root.hex()},
            "manifest_sha256": sha256(manifests[layout.MANIFESTS["sha256"]]).hexdigest(),
            "manifest_sha512": sha512(manifests[layout.MANIFESTS["sha512"]]).hexdigest(),
            "time": "2026-11-22T10:00:00Z",
            **stated,
        }
        signed = dsse.sign(dsse.BUNDLE, canonical.encode(payload), [self.exporter.signer])
        tag_files = {
            layout.BAGIT: layout.BAGIT_TEXT,
            layout.BAG_INFO: f"Payload-Oxum: {size}.{len(files)}\n".encode(),
            layout.SIGNATURE: signed.encode(),
            **manifests,
        }
        for algorithm, name in layout.TAG_MANIFESTS.items():
            files[name] = b"".join(
                f"{DIGESTS[algorithm](data).hexdigest()}  {path}\n".encode()
                for path, data in sorted(tag_files.items())
            )
        return files | tag_files

    def save(self, path: Path, files: Mapping[str, bytes] | None = None) -> Path:
        """The zip, at `path`."""
        path.write_bytes(zipped(self.bag() if files is None else files))
        return path

    def proof(self, n: int) -> bytes:
        """A proof of recording of record `n` at this bundle's checkpoint."""
        path = tuple(inclusion_path(n, self.size, nodes(self.leaves)))
        return Proof(n, path, Note.read(self.note), self.records[n]).encode()

    def tally_at_end(self) -> Tally:
        last = self.read[-1]
        assert isinstance(last, Tally)
        return last


def line(**members: Any) -> bytes:
    return canonical.encode(members)


def zipped(files: Mapping[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as made:
        for name, data in files.items():
            packing = zipfile.ZIP_STORED if name.startswith(layout.ITEMS) else zipfile.ZIP_DEFLATED
            made.writestr(zipfile.ZipInfo(f"{TOP}/{name}"), data, packing)
    return sink.getvalue()


def examined(folder: Path, bundle: Bundle, trust: TrustFile | None = None, **more: Any) -> Report:
    """What the verifier says of one bundle, with the trust file of its own ledger."""
    path = bundle.save(folder / "case.zip", more.pop("files", None))
    return verify([path], trust or trust_in(bundle.world), **more)


def bad(report: Report) -> list[Finding]:
    """Findings that failed or could not be made."""
    return [f for f in report.findings if f.outcome in (Outcome.FAILED, Outcome.UNDETERMINED)]


def outcomes(report: Report, check: Check) -> set[Outcome]:
    return {finding.outcome for finding in report.findings if finding.check is check}
