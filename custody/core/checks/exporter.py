"""FIXITY of the whole: the exporter's signature over the manifests (SPEC §11)."""

import base64
from collections.abc import Iterator

from custody.core import canonical, times
from custody.core.bundle import layout
from custody.core.bundle.contents import typed
from custody.core.checks.joined import Reach
from custody.core.checks.merged import Told
from custody.core.checks.replay import Past
from custody.core.checks.view import View
from custody.core.dsse import BUNDLE, Envelope
from custody.core.errors import CustodyError, MalformedError, SignatureError
from custody.core.findings import Check, Fact, Finding, failed, judged, undetermined
from custody.core.keys import PublicKey, read_spki
from custody.core.state import Actor

TYPES: dict[str, type] = {
    "v": int,
    "ledger": str,
    "export": str,
    "checkpoint": dict,
    "manifest_sha256": str,
    "manifest_sha512": str,
    "time": str,
}


class Exported:
    """signature.json of one bundle; `export` is the id of the entry that prepared it."""

    def __init__(self, view: View) -> None:
        self._view = view
        self.export, self.why = "", ""
        self._stated: tuple[object, ...] = ()
        try:
            data = view.archive.read(layout.SIGNATURE, canonical.ENVELOPE_LIMIT)
            self._envelope = Envelope.read(data)
            if self._envelope.payload_type != BUNDLE:
                raise MalformedError(f"it is a {self._envelope.payload_type}, not of a bundle")
            value = canonical.decode(self._envelope.payload, canonical.STATEMENT_LIMIT)
            version, ledger, export, *rest, time = typed(value, **TYPES)
            times.seconds(time)
            self.export, self._stated = export, (version, ledger, *rest)
        except MalformedError as error:
            self.why = str(error)

    def check(
        self, prepared: Told | None, past: Past, reach: Reach, remade: str
    ) -> Iterator[Finding]:
        """Did the person who prepared the export sign these manifests and this checkpoint?

        reach: up to where the bundle, or one beside it that is of its log, shows people
        remade: why the ledger says that this is not the bundle of that export; '' if it does not.
        """
        subject = f"{self._view.name}: {layout.SIGNATURE}"
        unknown = "" if self.why else self._unknown(prepared, past, reach)
        whys = [remade] if remade else []
        if self.why:
            whys.append(self.why)
        elif self._stated != self._found():
            whys.append("what was signed is not this ledger, checkpoint and these manifests")
        if prepared and not (self.why or unknown):
            try:
                self._envelope.check_signatures(self._keys(past.subject(prepared.statement.by)))
            except (CustodyError, ValueError) as error:
                whys.append(str(error))
        if unknown:
            yield undetermined(Check.FIXITY, subject, unknown)
        if whys or not unknown:
            troubles = (failed(Check.FIXITY, subject, why) for why in whys)
            yield from judged(Check.FIXITY, subject, troubles, "signed by who prepared the export")

    def doubtful(self, prepared: Told | None, past: Past, on_file: bool) -> Iterator[Fact]:
        """R61: it was signed with a key that, as was said later, others had as well.

        When it was signed is its own word; of a bundle that is `on_file` the ledger says it.
        """
        if prepared is None or self.why or on_file:
            return
        signed = {signature.keyid for signature in self._envelope.signatures}
        actor = past.subject(prepared.statement.by)
        for key in actor.keys if isinstance(actor, Actor) else ():
            if key.id in signed and key.compromised_from is not None:
                since = times.spelt(key.compromised_from)
                words = f"signed with a key that others may have had since {since}; it may be newer"
                yield Fact("key", f"{self._view.name}: {layout.SIGNATURE}", words)

    def _unknown(self, prepared: Told | None, past: Past, reach: Reach) -> str:
        """Why nobody can say with which key it should be signed; empty if that is known."""
        if prepared is None:
            return f"the entry {self.export} that prepared the export is not shown"
        signer = prepared.statement.by
        short = reach.get(signer, -1) < self._view.size - 1
        if signer in past.lost or past.chain(signer) is None or short:
            return past.lost.get(signer, f"{signer:.12}, who prepared the export, is not shown")
        return ""

    def _found(self) -> tuple[object, ...]:
        """What the signed payload should state of version, ledger, checkpoint and manifests."""
        view = self._view
        sums = [(name, view.sums.get(path)) for name, path in layout.MANIFESTS.items()]
        checkpoint = view.checkpoint
        return (
            1,
            checkpoint.origin if checkpoint else "",
            {"size": view.size, "root": checkpoint.root.hex() if checkpoint else ""},
            *(str(getattr(each, name)) if each else "" for name, each in sums),
        )

    def _keys(self, actor: object) -> list[PublicKey]:
        """The exporter's key in force at the checkpoint that signed, with its partner."""
        signed = {signature.keyid for signature in self._envelope.signatures}
        for key in actor.keys if isinstance(actor, Actor) else ():
            in_force = key.since < self._view.size <= (key.revoked or self._view.size)
            if key.id in signed and in_force:
                texts = (key.spki, *([key.partner] if key.partner else []))
                return [read_spki(base64.b64decode(text)) for text in texts]
        raise SignatureError("not signed with a key of the person who prepared the export")
