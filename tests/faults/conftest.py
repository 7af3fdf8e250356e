"""One lab for all of these tests; after each of them everything runs again and the books balance."""

import os
import sys
from collections.abc import Iterator
from random import Random

import pytest

from tests.faults.lab import Lab


@pytest.fixture(scope="session")
def whole_lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    found = Lab()
    before = request.session.testsfailed
    try:
        found.start()
        yield found
    finally:
        failed = request.session.testsfailed > before or sys.exc_info()[0] is not None
        found.stop(keep=failed)
        if failed:
            sys.stderr.write(f"\nthe lab's data directory, logs included, is kept: {found.at.data}\n")


@pytest.fixture
def lab(whole_lab: Lab) -> Iterator[Lab]:
    whole_lab.heal()
    yield whole_lab
    whole_lab.heal()
    assert whole_lab.faults() == []


@pytest.fixture
def rng() -> Random:
    """Of one seed unless FAULTS_SEED gives another; `bin/faults` draws a new one each time. It replays what is done, not the timing of threads."""
    seed = int(os.environ.get("FAULTS_SEED") or 1)
    # Shown with a failure.
    sys.stdout.write(f"repeat with FAULTS_SEED={seed}\n")
    return Random(seed)
