"""Bundles each spoilt in one way, named after the defect, with what a verifier must find.

Each is built from a good bundle by a function, the docstring of which tells the attack:
`courier` and `archives` hold no key; `omissions`, `swaps`, `exchanges`, `lines`, `paths`,
`spellings`, `bags`, `notes`, `fields` and `closed` take the exporter's, `operator`, `forged`, `runs`
and `meetings` the log's; `insider` and `rights` have acts recorded that no rule admits, `people`,
`headers` and `envelopes` are the signers' own tricks; `conduct` and `misconduct` are what people may
not do with items, cases and rules, by the code that says so; `keeping` and `wiping` the same with
what must be kept, `asking` with what others asked for, or allowed; `erasing` and `alibis` are
excuses that are none. `python -m tests.spoilt FOLDER` writes them all, for other verifiers to be
tried on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import NamedTuple

from custody.core.findings import Check, Outcome
from custody.core.trust import TrustFile

MODULES = (
    *("courier", "archives", "checkpoints", "omissions", "swaps", "exchanges", "lines", "paths"),
    *("spellings", "bags", "operator", "forged", "insider", "rights", "people", "headers"),
    *("envelopes", "conduct", "misconduct", "keeping", "wiping", "asking"),
    *("erasing", "alibis", "meetings", "notes", "runs", "closed", "fields"),
)
Also = Mapping[tuple[Check, Outcome], str]


class Spoilt(NamedTuple):
    """What a verifier is given, and the subjects that its main finding must name.

    bundles: the zips, the first of them `case.zip`, the second `other.zip`.
    """

    subjects: frozenset[str]
    bundles: tuple[bytes, ...]
    trust: TrustFile | None
    proofs: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Defect:
    """One way of spoiling a bundle.

    also: other checks that do not pass either, each with its outcome, and why that is so.
    """

    name: str
    check: Check
    outcome: Outcome
    also: Also
    make: Callable[[], Spoilt]


DEFECTS: dict[str, Defect] = {}


def spoilt(
    check: Check,
    outcome: Outcome = Outcome.FAILED,
    also: Also | None = None,
) -> Callable[[Callable[[], Spoilt]], Callable[[], Spoilt]]:
    """Enter a defect under its function's name."""

    def enter(make: Callable[[], Spoilt]) -> Callable[[], Spoilt]:
        name = make.__name__
        if name in DEFECTS:
            raise TypeError(f"two defects are called {name}")
        DEFECTS[name] = Defect(name, check, outcome, also or {}, make)
        return make

    return enter


def enter(
    name: str,
    told: str,
    make: Callable[[], Spoilt],
    check: Check,
    also: Also | None = None,
    outcome: Outcome = Outcome.FAILED,
) -> None:
    """Enter one defect of a table, where many differ in one field."""

    def named() -> Spoilt:
        return make()

    named.__name__, named.__doc__ = name, told
    spoilt(check, outcome, also)(named)


def collection() -> dict[str, Defect]:
    """All defects, by name."""
    for module in MODULES:
        import_module(f"tests.spoilt.{module}")
    return DEFECTS
