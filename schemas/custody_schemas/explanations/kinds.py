"""What an explanation consists of, one shape for each sort of thing that is explained.

`commands` are lines that can be typed: words in capitals stand for one's own.
"""

from typing import NamedTuple


class Case(NamedTuple):
    """Of a code: why the rule exists, how it comes about, and what to type instead."""

    why: str
    example: str
    commands: tuple[str, ...] = ()


class Question(NamedTuple):
    """Of a check: what is asked, what each outcome means, what a forger would have needed."""

    asks: str
    passed: str
    failed: str
    undetermined: str
    attacker: str
    then: str


class Fact(NamedTuple):
    """Of a kind of adverse fact: what it says, why it is told, and what to do next."""

    means: str
    why: str
    then: str
    commands: tuple[str, ...] = ()


class Limit(NamedTuple):
    """Of a line under NOT PROVED: words by which the line is known, why it stands there, what helps."""

    line: str
    means: str
    then: str
