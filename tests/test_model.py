"""A real ledger and a small model of it, step for step: same answers, and no refusal leaves a trace.

`tests.modelled` says in plain Python who holds what and what must be refused; hypothesis makes up
what people try. After each step the ledger examines what is new; at the end it is examined from
record 0 on, and every case is exported and verified. Fewer stories have every case verified by the
verifier that everybody has after each step.
"""

from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.modelled import desk_work, hands, house
from tests.modelled.probes import PROBES
from tests.modelled.tries import MOST, attempt
from tests.modelled.trying import Trying
from tests.modelled.written import folder

assert desk_work and hands and house  # they register what people try
CHOICE = st.integers(0, 31)
WAYS = st.one_of(st.just(0), st.just(0), CHOICE)


class House(RuleBasedStateMachine):
    """People at a ledger. Failures shrink to few steps, and to choices that fit."""

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        self.t = Trying(self.open.enter_context(folder()))
        self.open.callback(self.t.shut)
        self.t.begin()

    @rule(which=st.integers(0, 999), choices=st.tuples(*[CHOICE] * MOST), way=WAYS)
    def somebody_tries(self, which: int, choices: tuple[int, ...], way: int) -> None:
        attempt(self.t, which, choices, way)

    def teardown(self) -> None:
        try:
            self.t.close()
        finally:
            self.open.close()


def test_a_spoilt_copy_of_an_entry_does_not_burn_it() -> None:
    """Whoever holds no key of its signers makes no entry unrecordable."""
    with folder() as path:
        t = Trying(path)
        t.begin()
        (laptop, *_), dora = t.facts.things.values(), t.named("Dora")
        for name in PROBES:
            draft = t.draft("note.recorded", {laptop.tag: "item"}, None, [(dora, "actor")])
            assert draft is not None
            t.probe(draft, name)
            assert t.send(draft)
            t.again(draft)
        t.shut()


def test_what_was_refused_stays_refused_and_a_batch_spoils_no_other() -> None:
    """The second of two is refused: neither is recorded, and the first may be sent alone."""
    with folder() as path:
        t = Trying(path)
        t.begin()
        (laptop, *_), dora = t.facts.things.values(), t.named("Dora")
        about, eve = {laptop.tag: "item"}, t.named("Eve")
        given = {"to": eve}
        good = t.draft("transfer.released", about, given, [(dora, "actor")])
        bad = t.draft("transfer.released", about, given, [(eve, "actor")])
        assert good is not None and bad is not None
        assert not t.send(good, bad)
        assert not t.send(bad)
        assert t.refused == [(bad, "E_PREV")] * 2
        assert t.send(good)
        assert not t.send(bad)
        assert t.facts.things[laptop.tag].offer
        t.close()
        t.shut()


class Verified(House):
    """Each step ends with bundles of everything, and the verifier that everybody has."""

    def __init__(self) -> None:
        super().__init__()
        self.t.thorough = True


def told(examples: int, steps: int, house: type[House] = House) -> None:
    """So many stories of so many steps at most."""
    run_state_machine_as_test(
        house,
        settings=settings(
            settings(),
            max_examples=examples,
            stateful_step_count=steps,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_ledger_answers_as_the_model_does() -> None:
    told(examples=6, steps=40)


def test_after_each_step_every_case_verifies() -> None:
    told(examples=2, steps=20, house=Verified)


@pytest.mark.soak
def test_after_each_of_a_thousand_steps_every_case_verifies() -> None:
    told(examples=20, steps=60, house=Verified)


@pytest.mark.soak
def test_the_ledger_answers_as_the_model_does_for_thousands_of_steps() -> None:
    told(examples=60, steps=120)
