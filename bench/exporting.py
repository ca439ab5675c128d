"""Exporting one case: what it costs must not grow with what else the ledger holds."""

from collections.abc import Callable, Iterator
from pathlib import Path

from bench.ledger import BATCH, Grown
from bench.measure import Row, by_turns
from custody.exporting import own_files
from custody.ledger.bundling import Order, write_bundle
from custody.ledger.selection import gather
from tests.vaults import vault_at

RECORDS = 200  # notes in the case that is exported


def rows(folder: Path, records: int) -> Iterator[Row]:
    """The export row of design §9: alone in its ledger, and among `records` others."""
    alone, among = _exporting(folder / "alone", 0), _exporting(folder / "among", records)
    what = f"export of a case of {RECORDS} notes, {records:,} others beside it, no mirror"
    yield by_turns(what, ("the same case alone in a ledger", alone), among, target=1.5)


def _exporting(folder: Path, others: int) -> Callable[[], object]:
    """Make a ledger with the case and so many notes in another case; how it is exported."""
    grown, vault = Grown(folder), vault_at(folder / "vault")
    story, live, own = grown.story, grown.live, grown.items
    other = live.open_case("K-2026/18", by=story.olga)
    warrant = live.record("authority.recorded", [other], signers=[story.olga])
    items = [live.seize(other, n, warrant, by=story.dora) for n in range(1, 21)]
    given = {"outside": "prosecutor", "evidence": False, "mirror": False}
    prepared = live.record("export.prepared", [story.case], given, signers=[story.olga])
    for grown.items, length in ((own, RECORDS), (items, others)):
        for start in range(0, length, BATCH):
            grown.ledger.submit(grown.batch(min(BATCH, length - start)))

    def export() -> None:
        with grown.ledger.sealed_view() as (view, row):
            selection = gather(view, row, live.origin, story.case, ())
            own = own_files(selection, vault, evidence=False, mirror=False)
            order = Order(
                path=folder / f"{row.size}.zip",  # each export ends with a tally of its own
                export=prepared,
                signers=(story.olga.signer,),
                at=live.now,
                evidence=None,
                mirror=False,
                own=own,
            )
            write_bundle(view, selection, order)

    return export
