"""How long things are kept and how they leave: a real ledger beside the rules told anew, over years.

`tests.kept` says in plain Python what must be refused; hypothesis makes up what people try and
how much time passes. Nothing leaves that anybody still needs; no refusal leaves a trace; whatever
was recorded verifies.
"""

from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.kept.going import attempt
from tests.kept.trying import Trying
from tests.modelled.written import folder

CHOICE = st.integers(0, 31)


class Keeping(RuleBasedStateMachine):
    """People, a pack, and years. Failures shrink to few steps, and to choices that fit."""

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        self.t = Trying(self.open.enter_context(folder()))
        self.open.callback(self.t.shut)

    @rule(which=st.integers(0, 999), choices=st.tuples(*[CHOICE] * 6), keep=st.integers(0, 9))
    def somebody_tries(self, which: int, choices: tuple[int, ...], keep: int) -> None:
        attempt(self.t, which, choices, keep == 9)

    def teardown(self) -> None:
        try:
            self.t.close()
        finally:
            self.open.close()


def told(examples: int, steps: int) -> None:
    """So many stories of so many steps at most."""
    run_state_machine_as_test(
        Keeping,
        settings=settings(
            settings(),
            max_examples=examples,
            stateful_step_count=steps,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_nothing_leaves_that_anybody_still_needs() -> None:
    told(examples=10, steps=35)


@pytest.mark.soak
def test_nothing_leaves_that_anybody_still_needs_over_thousands_of_steps() -> None:
    told(examples=80, steps=80)
