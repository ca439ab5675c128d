"""Where an offer meets what the receiver remembers: her pinned trust file, what she saw last."""

from custody.carried.checking import checked_note
from custody.carried.files import Extended, Offer
from custody.core import canonical
from custody.core.checkpoint import Checkpoint
from custody.core.errors import RuleError
from custody.core.statement import Seen
from custody.core.trust import TrustFile
from custody.identity import memory
from custody.identity.keyfile import Identity
from custody.receipts import check_extends

AGAIN = "have it written again"


def pinned(identity: Identity) -> TrustFile | None:
    """The trust file that the identity has pinned; None before the first meeting."""
    text = memory.pinned(identity.folder)
    return None if text is None else TrustFile.read(text)


def check_goes_on(offer: Offer, checkpoint: Checkpoint, identity: Identity) -> None:
    """The offer's checkpoint goes on from what the identity saw last.

    Raises:
        RuleError: E_SEEN, the offer is older, or does not prove that it goes on.
        RollbackError: it shows another past.
    """
    last = memory.last_seen(identity.folder)
    if last is None:
        return
    if checkpoint.size < last.size:
        raise RuleError(
            "E_SEEN",
            f"the offer shows {checkpoint.size} records and is older than the {last.size} you have "
            f"seen: {AGAIN}",
        )
    paths = {each.size: each for each in offer.consistency}
    if last.size not in paths and checkpoint.size != last.size:
        raise RuleError(
            "E_SEEN",
            f"the offer does not prove that its {checkpoint.size} records go on from the "
            f"{last.size} you have seen: {AGAIN}, with --seen {last.size}",
        )
    check_extends(Seen(*last), checkpoint, lambda old, _: _path(paths[old]))


def _path(extended: Extended) -> list[bytes]:
    return [canonical.from_base64(each) for each in extended.path]


def remember(identity: Identity, trust: TrustFile, offer: Offer) -> Seen:
    """Pin and remember what was verified; later files and ledgers must go on from it.

    Raises:
        UsageError: another trust file is pinned. RollbackError: another past was seen meanwhile.
    """
    checkpoint = checked_note(offer, trust)
    check_goes_on(offer, checkpoint, identity)
    if memory.pinned(identity.folder) is None:
        memory.pin(identity.folder, trust.encode())
    seen = memory.LastSeen(checkpoint.size, checkpoint.root.hex())
    memory.advance(identity.folder, seen)
    return Seen(*seen)
