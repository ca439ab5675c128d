"""Every target of `make fuzz` works without atheris: on its seeds, and on a few spoilt ones."""

from random import Random

import pytest

from tests.fuzz.mutating import spliced
from tests.fuzz.targets import ALL

TRIES = 10


@pytest.mark.parametrize("name", ALL)
def test_a_target_takes_good_inputs_and_survives_spoilt_ones(name: str) -> None:
    target, rng = ALL[name], Random(name)
    seeds = [seed[: target.longest] for seed in target.seeds()]
    assert any(map(target.accepts, seeds)), "no seed is any good"
    for _ in range(TRIES):
        for mutate in (target.mutate, spliced):
            if mutate is not None:
                target.accepts(mutate(rng.choice(seeds), rng))
