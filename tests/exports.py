"""Good bundles for tests: the story of `tests.worlds` with content, told on disk and exported."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from blake3 import blake3

from custody.core.record import record_hash
from custody.core.trust import LOG_MLDSA, Group, TrustFile
from custody.exporting import own_files
from custody.ledger.bundling import Made, Order, write_bundle
from custody.ledger.selection import gather
from custody_schemas.declare import Kind
from tests.ledgers import Home, Live
from tests.memory import LOG_KEY, LOG_MLDSA_KEY
from tests.vaults import vault_at
from tests.worlds import Person, Story, tell

SMALL_TEXT = b"note found on the laptop\n"
IMAGE = bytes(range(256)) * 400  # 102,400 bytes: digests stand in the body


class Stage:
    """A ledger on disk in `folder`, its vault, and the story told in it.

    laptop (item 1): seized, sealed, released to Eve, accepted. image (item 2): acquired from it.
    text (item 3): small content, in another pair of hands.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.live = Live(Home.make(folder / "home"))
        self.vault = vault_at(folder / "vault")
        self.story: Story = tell(self.live)
        self.folder = folder
        story, live = self.story, self.live
        live.record("seal.applied", [story.laptop], {"seal_number": "S-1"}, signers=[story.dora])
        self.release = live.record(
            "transfer.released", [story.laptop], {"to": story.eve.tag}, signers=[story.dora]
        )
        given = {"transfer": self.release, "seal": "intact", "seal_read": "S-1"}
        live.record("transfer.accepted", [story.laptop], given, signers=[story.eve])
        live.record(
            "seal.broken", [story.laptop], {"verdict": "broken_authorised"}, signers=[story.eve]
        )
        self.image = self.take(2, IMAGE, "disk.dd", by=story.eve, source=story.laptop)
        self.text = self.take(3, SMALL_TEXT, "note.txt", by=story.dora)
        live.record("integrity.checked", [self.image], {"verdict": "match"}, signers=[story.carl])

    def take(self, number: int, data: bytes, name: str, *, by: Person, source: str = "") -> str:
        """Register and acquire one file that is in the vault; its tag."""
        story = self.story
        self.vault.put_bytes(data)
        tag = self.live.register(story.case, number, by=by)
        about: list[str | tuple[Kind, str]] = [tag]
        about += [(Kind.SOURCE, source)] if source else []
        self.live.record("item.acquired", about, content_of(data, name), signers=[by])
        return tag

    def export(
        self,
        name: str,
        items: tuple[str, ...] = (),
        *,
        evidence: bool = True,
        mirror: bool = True,
        case: str = "",
        **announced: Any,
    ) -> Made:
        """Prepare, seal and write a bundle by Olga; nothing may be recorded afterwards.

        case: another one than that of the story. announced: more members of `export.prepared`.
        """
        story, live, case = self.story, self.live, case or self.story.case
        given = {"outside": "prosecutor", "evidence": evidence, "mirror": mirror, **announced}
        prepared = live.record("export.prepared", [case, *items], given, signers=[story.olga])
        live.home.now = live.now
        with live.ledger.sealed_view() as (rows, row):
            selection = gather(rows, row, live.origin, case, items, prepared)
            order = Order(
                path=self.folder / name,
                export=prepared,
                signers=(story.olga.signer,),
                at=live.now,
                evidence=self.vault if evidence else None,
                mirror=mirror,
                own=own_files(selection, self.vault, evidence=evidence, mirror=mirror),
            )
            return write_bundle(rows, selection, order)

    @property
    def trust(self) -> TrustFile:
        """The trust file of this ledger."""
        group = Group("log", 1, (LOG_MLDSA,))
        genesis = record_hash(self.live.receipts[0].records[0]).hex()
        return TrustFile(
            log=LOG_KEY, log_mldsa=LOG_MLDSA_KEY, groups=(group,), quorum="log", genesis=genesis
        )


def content_of(data: bytes, name: str) -> Mapping[str, object]:
    """The members of `item.acquired` that say what one file's content is."""
    first, second = sha256(data).hexdigest(), blake3(data).hexdigest()
    content = {"form": "file", "count": 1, "size": len(data), "where": "vault"}
    given: dict[str, object] = {"files": [f"{first} {second} {len(data)} {name}"]}
    if len(data) < 65_536:
        return {**given, "content": content, "content_sha256": first, "content_blake3": second}
    return {**given, "content": {**content, "sha256": first, "blake3": second}}
