"""Readers of foreign bytes, fed with spoilt ones: `make fuzz` (atheris, libFuzzer underneath).

A reader may refuse what it is given, with an error of `custody.core.errors`, or accept it; and what
it accepts it must have understood: written again it is the same bytes, a changed bundle does not
pass. Any other exception, a hang, or memory without end is a finding; it is fixed in the reader and
kept in `tests/test_fuzz_findings.py`.

`targets.ALL` names the readers. `run` fuzzes one of them in its own process, `__main__` all, one
after the other; `tests/test_fuzz_targets.py` tries every target without atheris.
"""

from collections.abc import Callable, Iterable
from random import Random
from typing import Any, NamedTuple

from custody.core.errors import CustodyError

Mutate = Callable[[bytes, Random], bytes]


class Target(NamedTuple):
    """One reader, and what must hold of everything that it accepts.

    seeds: good inputs, from which the others are made. mutate: knows the form of the input, where
    single bytes would break nothing but its checksums. longest: of an input, in bytes.
    """

    read: Callable[[bytes], Any]
    holds: Callable[[Any, bytes], bool]
    seeds: Callable[[], Iterable[bytes]]
    mutate: Mutate | None = None
    longest: int = 4096

    def accepts(self, data: bytes) -> bool:
        """Whether the reader takes `data`.

        Raises:
            AssertionError: it does, and misunderstood it. Whatever else a reader should not raise.
        """
        try:
            found = self.read(data)
        except CustodyError as refusal:
            str(refusal).encode()  # or nobody could print it
            return False
        assert self.holds(found, data), "accepted, and not understood"
        return True
