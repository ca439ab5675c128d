"""Who is outside and has no account: `owner:Jo`, `provider:Acme`, as options take them."""

from typing import NamedTuple

import click

from custody.core.errors import UsageError
from custody_cli.items import spoken
from custody_cli.params import Choices, Words
from custody_schemas.declare import Chars
from custody_schemas.terms import OutsideParty

KINDS = ", ".join(kind for kind in OutsideParty if kind is not OutsideParty.NOT_STATED)
FROM = click.option(
    "--from",
    "from_",
    required=True,
    metavar="KIND[:NAME]",
    type=Words([Chars(1, 500)]),
    help=f"Who hands it in, as provider:Acme or owner:Jo; the kind is one of {KINDS}.",
)
FROM_KIND = click.option(
    "--from-kind",
    type=Choices(OutsideParty),
    metavar="KIND",
    help="The kind, where --from is only a name.",
)


class Giver(NamedTuple):
    """Somebody without an account."""

    kind: OutsideParty
    name: str

    @property
    def spoken(self) -> str:
        """For people, on one line."""
        if self.kind is OutsideParty.NOT_STATED:
            return self.name or "somebody who is not stated"
        kind = spoken(self.kind)
        return f"{self.name} ({kind})" if self.name else kind


def giver(words: str, kind: OutsideParty | None = None, option: str = "--from") -> Giver:
    """KIND, KIND:NAME, or a name whose kind stands in an option of its own.

    Raises:
        UsageError: the kind is not said, or is said twice and differently.
    """
    first, _, rest = words.partition(":")
    spelt = first.strip().lower().replace(" ", "_").replace("-", "_")
    if spelt not in tuple(OutsideParty):
        if kind is None:
            raise UsageError(
                f"{option} {words}: say what sort of person or body that is, as "
                f"{option} owner:{words}; it is one of {KINDS}, or not_stated"
            )
        return Giver(kind, words)
    said = OutsideParty(spelt)
    if kind not in (None, said):
        raise UsageError(f"{option} {words}: {option}-kind says {kind}, and this {said}")
    return Giver(said, rest.strip())
