"""The headline: 200 mixed calls at once with random repetitions, while web processes and the worker are killed."""

from random import Random

import pytest

from tests.faults import strikes
from tests.faults.lab import Lab
from tests.faults.load import Load
from tests.faults.machine import Every

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]

CALLS, THREADS, STRIKES = 200, 40, 8


def test_mixed_calls_while_web_and_worker_are_killed(lab: Lab, rng: Random) -> None:
    """Each id has one outcome, balances are what was answered, every event is told, in order; the fixture's audit finds the books zero-sum."""
    load = Load(lab, rng, accounts=6, hosts=5, pause=0.8)
    with Every(lambda: strikes.strike(lab, rng, strikes.DEATHS), lambda: rng.uniform(0.1, 0.5), most=STRIKES) as striking:
        load.ask(CALLS, threads=THREADS)
    assert striking.count >= 3
    lab.heal()
    events = load.prove()
    assert len(load.log.asked) >= CALLS * 0.8
    assert events >= 50
