"""What a report says of its bundles, and of the keys that the reader believes or could ask for."""

from hashlib import sha256

from custody.core import tags, times
from custody.core.checkpoint import Checkpoint
from custody.core.checks.merged import Merged
from custody.core.checks.replay import Replay
from custody.core.checks.view import View
from custody.core.findings import Anchor, Source
from custody.core.state import LedgerFacts
from custody.core.trust import TrustFile


def read_checkpoint(text: str) -> Checkpoint:
    """The checkpoint; MalformedError also for an origin from which no tag can be made."""
    checkpoint = Checkpoint.read(text)
    tags.ledger_tag(checkpoint.origin)
    return checkpoint


def source_of(view: View, digest: str, size: int) -> Source:
    """The bundle as a report names it; `digest` and `size` are those of its file."""
    tallied = times.spelt(view.tally.at) if view.tally else ""
    if (checkpoint := view.checkpoint) is None:
        return Source(view.name, digest, size)
    root = checkpoint.root.hex()
    return Source(view.name, digest, size, checkpoint.origin, checkpoint.size, root, tallied)


def anchor_of(trust: TrustFile | None) -> Anchor | None:
    """Whose keys the reader believes, to be read aloud."""
    if trust is None:
        return None
    keys = [("log key", trust.log.public.hex())]
    if trust.log_mldsa:
        keys.append(("ML-DSA log key, SHA-256", sha256(trust.log_mldsa.public).hexdigest()))
    keys += (
        (f"independent party {w.name}, SHA-256", sha256(w.key.public).hexdigest())
        for w in trust.witnesses
    )
    if trust.genesis:
        keys.append(("record 0", trust.genesis))
    return Anchor(trust.fingerprint, tuple(keys))


def seen_keys(merged: Merged, replay: Replay) -> tuple[tuple[str, str], ...]:
    """What a reader without a trust file can ask to be read aloud."""
    keys = [("record 0", merged.leaves[0].hash)] if 0 in merged.leaves else []
    for state in replay.past.states.values():
        if isinstance(state, LedgerFacts):
            digest = sha256(state.log_key.encode()).hexdigest()
            keys.append(("log key as its entry spells it, SHA-256", digest))
    return tuple(keys)
