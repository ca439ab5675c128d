"""Entries of a chain with what is opened of them."""

from custody.chains import Told, chain

__all__ = ["Told", "chain", "text"]


def text(told: Told, field: str) -> str:
    """A personal field as text; empty where it is withheld, erased or not said."""
    value = told.opened.get(field, "")
    return "; ".join(value) if isinstance(value, tuple) else str(value)
