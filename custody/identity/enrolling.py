"""The file that `custody identity create` writes and `custody actor enrol` reads.

    {"disclosures":["<disclosure>", …],"request":<enrolment envelope>}

The envelope is signed by the new keys and holds digests of who the person is; the disclosures
open them. The enroller's act repeats those digests, so that the person's own signature covers the
name under which she is enrolled.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from custody.core import canonical, disclosure, dsse, enrolment, tags
from custody.core.errors import MalformedError
from custody.core.keys import Signer
from custody.identity.keyfile import Identity

LIMIT = canonical.ENVELOPE_LIMIT


class Request(NamedTuple):
    """An enrolment that proves possession, and its personal values, opened."""

    enrolment: enrolment.Enrolment
    disclosures: tuple[str, ...]

    @property
    def body(self) -> Any:
        """The envelope as `body.request` holds it."""
        return canonical.decode(self.enrolment.envelope.encode(), canonical.ENVELOPE_LIMIT)

    @property
    def opened(self) -> dict[str, str]:
        """Name, organisation and contact, as the person wrote them."""
        return {d.field: str(d.value) for d in map(disclosure.read, self.disclosures)}


def request(
    identity: Identity, signers: Sequence[Signer], contact: str, entropy: Callable[[int], bytes]
) -> bytes:
    """The file to send to somebody who may enrol; `entropy` gives the nonce and the salts.

    Where the identity was made for somebody who is enrolled already, it says so, and for whom.
    """
    first = tags.actor_tag(identity.origin, identity.key.id)
    values = {
        "contact": contact,
        "name": identity.name,
        "organisation": identity.organisation,
    }
    opened = [disclosure.make(field, value, entropy) for field, value in values.items()]
    payload = enrolment.payload(
        identity.origin,
        entropy(16).hex(),
        {d.field: d.digest for d in opened},
        identity.key,
        identity.partner,
        None if identity.actor == first else identity.actor,
    )
    envelope = dsse.sign(dsse.ENROLMENT, payload, signers).encode()
    value = {
        "disclosures": [d.text for d in opened],
        "request": canonical.decode(envelope, canonical.ENVELOPE_LIMIT),
    }
    return canonical.encode(value) + b"\n"


def read(data: bytes) -> Request:
    """The request in a file, signatures and disclosures checked.

    Raises:
        MalformedError: another file, or disclosures of something else than it asks for.
        SignatureError: the keys did not sign it.
    """
    value = canonical.decode(data.rstrip(b"\r\n"), LIMIT)
    match value:
        case {"disclosures": list(texts), "request": dict(envelope)} if len(value) == 2:
            asked = enrolment.read_object(envelope)
            opened = [disclosure.read(str(text)) for text in texts]
        case _:
            raise MalformedError("not a request to be enrolled: `custody identity create` makes it")
    if {d.field: d.digest for d in opened} != dict(asked.sd) or len(opened) != len(asked.sd):
        raise MalformedError("the request's disclosures do not belong to it")
    return Request(asked, tuple(d.text for d in opened))
