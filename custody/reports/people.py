"""Who the people of a selection are, out of what is opened of their registrations."""

from collections.abc import Callable

from custody.core.state import Actor
from custody.ledger.selection import Selection


def names(selection: Selection) -> Callable[[str], str]:
    """A function from an actor's tag to name and organisation, or to the tag's beginning.

    The newest correction counts; what a correction replaced stands in the history.
    """
    known: dict[str, str] = {}
    for tag, subject in selection.subjects.items():
        if isinstance(subject, Actor):
            known[tag] = _name(selection, tag)
    return lambda tag: known.get(tag, f"person {tag:.12}") if tag else ""


def _name(selection: Selection, tag: str) -> str:
    said: dict[str, str] = {}
    for _, told in selection.history(tag):
        for member in ("name", "organisation"):
            if told.opened.get(member):
                said[member] = str(told.opened[member])
        corrected = getattr(told.statement.act, "field", None)
        if corrected in ("name", "organisation") and told.opened.get("value"):
            said[corrected] = str(told.opened["value"])
    name = said.get("name") or f"person {tag:.12}"
    return f"{name} ({said['organisation']})" if said.get("organisation") else name
