"""All that people try, and how often."""

from collections.abc import Callable
from inspect import signature
from typing import Any, NamedTuple

from tests.modelled.trying import Trying

When = Callable[[Trying], object]
MOST = 6  # choices that one try takes


class Try(NamedTuple):
    """`run` takes so many `choices` beside the stage; `when` says whether it makes sense now."""

    run: Callable[..., Any]
    choices: int
    when: When


TRIES: list[Try] = []


def tries(weight: int = 1, when: When = lambda t: True) -> Callable[[Any], Any]:
    """Register what people try, so many times among the others."""

    def keep(run: Callable[..., Any]) -> Callable[..., Any]:
        choices = len(signature(run).parameters) - 1
        assert choices <= MOST
        TRIES.extend([Try(run, choices, when)] * weight)
        return run

    return keep


def attempt(t: Trying, which: int, choices: tuple[int, ...], way: int) -> None:
    """One of the things that make sense now, with these choices, sent in this way."""
    able = [each for each in TRIES if each.when(t)]
    run, count, _ = able[which % len(able)]
    t.way = way
    run(t, *choices[:count])
    t.way = 0
