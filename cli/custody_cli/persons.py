"""People and identities, as somebody at this machine calls them."""

from custody.identity import keyfile
from custody.identity.keyfile import Identity
from custody.opening import choose_identity
from custody_cli import names
from custody_cli.run import Run


def find_identity(run: Run, words: str) -> Identity:
    """An identity on this machine by its folder, by a path, or by the person's name."""
    same = [
        identity
        for identity in keyfile.listed(run.identities)
        if identity.name.casefold() == words.casefold() and identity.origin == run.ledger.origin
    ]
    if len(same) == 1:
        return same[0]
    run.check_identity(words)
    return choose_identity(run.ledger, run.identities, words)


def person_tag(run: Run, words: str) -> str:
    """Tag of the person who goes by `words`, or whose identity on this machine does."""
    for identity in keyfile.listed(run.identities):
        if identity.handle == words and identity.origin == run.ledger.origin:
            return identity.actor
    return names.find_person(run.ledger, words)
