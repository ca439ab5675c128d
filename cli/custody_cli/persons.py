"""People and identities, as somebody at this machine calls them."""

from collections.abc import Iterator
from itertools import islice

from custody.core.errors import NotFoundError
from custody.identity import keyfile
from custody.identity.keyfile import Identity
from custody.opening import choose_identity
from custody_cli import names
from custody_cli.run import Run
from custody_schemas.declare import Kind

LIKE = 3  # names that are offered where none was met


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
    try:
        return names.find_person(run.ledger, words)
    except NotFoundError as error:
        like = list(islice(_like(run, words), LIKE))
        meant = f"; is it {' or '.join(like)}?" if like else ""
        raise NotFoundError(f"{error}{meant}") from error


def _like(run: Run, words: str) -> Iterator[str]:
    """Names that are enrolled and begin, or hold a word that begins, with what was typed."""
    for each in run.ledger.find(Kind.ACTOR, ""):
        name = run.ledger.labels(each.tag).get("name", "")
        if words and f" {name}".casefold().find(f" {words}".casefold()) >= 0:
            yield repr(name)
