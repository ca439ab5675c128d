"""An offer as it is met at the receiver's machine: who it is for, whom she believes, what it says."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from custody.carried import meeting
from custody.carried.checking import Examined, OfferedItem
from custody.carried.files import Offer
from custody.core import dsse, statement, times
from custody.core.canonical import from_base64
from custody.core.errors import NotFoundError, RuleError, SignatureError, UsageError
from custody.core.keys import fingerprint
from custody.core.text import grouped as in_groups
from custody.core.text import safe
from custody.core.trust import TrustFile
from custody.identity import keyfile
from custody.identity.keyfile import Identity
from custody_cli.carried_verdicts import titled
from custody_cli.errand import Errand
from custody_cli.items import spoken
from custody_cli.run import Run
from custody_schemas import acts
from custody_schemas.declare import Capacity


class Away(Errand):
    """An errand of somebody who has no ledger at hand."""

    def cosigners(self) -> Iterator[tuple[Identity, Capacity]]:
        """Identities named with --with, of those on this machine."""
        for words in self.signing.cosigners:
            name, colon, capacity = words.rpartition(":")
            if colon and capacity in tuple(Capacity):
                yield _identity(self.run, name, self.me.origin), Capacity(capacity)
            else:
                yield _identity(self.run, words, self.me.origin), self.capacity


def receiver(run: Run, offer: Offer) -> Identity:
    """Who signs: --as, or whoever of this machine's identities the offer names.

    Raises:
        NotFoundError: nobody here has keys for that ledger.
        RuleError: E_NO_TRANSFER, the offer names nobody of this machine.
    """
    wanted = run.identity or run.environ.get("CUSTODY_IDENTITY")
    if wanted:
        return _identity(run, wanted, offer.ledger)
    own = [each for each in keyfile.listed(run.identities) if each.origin == offer.ledger]
    if not own:
        raise NotFoundError(
            f"no identity in {run.identities} is one at {offer.ledger}; --as names one kept elsewhere"
        )
    payloads = (dsse.Envelope.read(from_base64(e.envelope)).payload for e in offer.entries)
    named_ = {getattr(statement.read(payload).act, "to", None) for payload in payloads}
    meant = [each for each in own if each.actor in named_]
    if not meant:
        who = ", ".join(each.name for each in own)
        raise RuleError("E_NO_TRANSFER", f"the offer names somebody else than {who}")
    if len(meant) > 1:
        raise UsageError(f"say with --as who signs: {', '.join(each.handle for each in meant)}")
    return meant[0]


def _identity(run: Run, words: str, origin: str) -> Identity:
    """An identity on this machine, at that ledger."""
    listed = [each for each in keyfile.listed(run.identities) if each.origin == origin]
    same = [each for each in listed if words.casefold() in (each.handle, each.name.casefold())]
    if len(same) == 1:
        return same[0]
    run.check_identity(words)
    kept = run.identities / words
    identity = keyfile.read(kept if (kept / keyfile.FILE).exists() else Path(words).absolute())
    if identity.origin != origin:
        raise SignatureError(
            f"{identity.name} is an identity at {identity.origin}, the offer is from {origin}"
        )
    return identity


def believed(run: Run, offer: Offer, given: Path | None) -> TrustFile:
    """Whose ledger she believes: what she pinned; at the first meeting what she is asked about.

    Raises:
        UsageError: nobody can be asked, or --trust is not what she has pinned.
    """
    pinned = meeting.pinned(run.signer)
    trust = TrustFile.read(given.read_bytes() if given else offer.trust.encode())
    if pinned is not None:
        if given and trust.fingerprint != pinned.fingerprint:
            raise UsageError(
                f"{given} is not the trust file that {run.signer.name} has pinned, whose "
                f"fingerprint is {in_groups(pinned.fingerprint)}"
            )
        return pinned
    if given:
        return trust
    run.aside(
        f"{safe(run.signer.name)} meets the ledger {safe(offer.ledger)} for the first time. Compare "
        "this fingerprint of the trust file in the offer with what the operator says:\n"
        f"  {in_groups(trust.fingerprint)}"
    )
    if not run.interactive or run.as_json:
        raise UsageError(
            "an offer cannot vouch for itself: give the operator's trust file with --trust FILE "
            "(`custody trust show -o FILE` at the ledger), or run this at a terminal"
        )
    click.confirm("Does the operator say the same?", abort=True, err=True)
    return trust


def introduce(run: Run, offer: Offer, examined: Examined, items: Sequence[OfferedItem]) -> None:
    """What is offered, by whom and when, out of recorded entries."""
    seen: set[str] = set()
    run.say(f"ledger {safe(offer.ledger)}, {examined.checkpoint.size} records")
    for item in items:
        transfer, act = item.transfer, item.release.statement.act
        if transfer.id not in seen:
            seen.add(transfer.id)
            assert isinstance(act, acts.TransferReleased)  # `examine` lets no other pass
            by = safe(examined.people[transfer.by].name)
            why = item.release.opened.get("purpose_text") or spoken(act.purpose)
            run.say(f"released by {by}, {times.spelt(transfer.since)}, {safe(str(why))}")
            run.say(f"  record {item.release.entry.n}, key {fingerprint(transfer.keys[0], 2)} …")
        what = [item.labels.get(name, "") for name in ("description", "make", "model", "serial")]
        told = ", ".join(filter(None, [titled(item), spoken(item.state.type), *what]))
        sealed = ", sealed" if item.state.sealed else ""
        digital = ", with digital content" if item.content else ""
        run.say(f"  {safe(told)}{sealed}{digital}")
