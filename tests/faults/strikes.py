"""The ways in which the desk is struck while it works; which one is next, the seed decides."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from random import Random

from backoffice.embedded.processes import wait_until
from tests.faults.lab import Lab

WEB_POINTS = ["transfer_before_call", "transfer_after_commit_before_bell", "transfer_before_answer"]
WORKER_POINTS = ["callback_after_claim", "callback_before_send", "callback_after_send", "callback_after_mark"]
FROZEN_SECONDS = 3.0

Strike = Callable[[Lab, Random], None]


def web_process(lab: Lab, rng: Random) -> None:
    _kill_one(lab.workers_of(lab.web), rng)


def whole_web(lab: Lab, rng: Random) -> None:
    lab.kill(lab.web)


def worker_process(lab: Lab, rng: Random) -> None:
    _kill_one(lab.workers_of(lab.worker), rng)


def whole_worker(lab: Lab, rng: Random) -> None:
    lab.kill(lab.worker)


def web_point(lab: Lab, rng: Random) -> None:
    lab.arm(rng.choice(WEB_POINTS))


def worker_point(lab: Lab, rng: Random) -> None:
    lab.arm(rng.choice(WORKER_POINTS))


def beat(lab: Lab, rng: Random) -> None:
    lab.kill(lab.beat)


def postgres_restart(lab: Lab, rng: Random) -> None:
    lab.restart_postgres_at_once()


def postgres_sessions(lab: Lab, rng: Random) -> None:
    lab.terminate_backends()


def redis_flush(lab: Lab, rng: Random) -> None:
    lab.broker().flushall()


def redis_freeze(lab: Lab, rng: Random) -> None:
    lab.freeze(lab.valkey)
    time.sleep(rng.uniform(0.5, FROZEN_SECONDS))
    lab.thaw(lab.valkey)


def redis_kill(lab: Lab, rng: Random) -> None:
    lab.kill(lab.valkey)


DEATHS: list[Strike] = [web_process, web_process, worker_process, whole_worker, web_point, web_point, worker_point, worker_point]
ALL: list[Strike] = [*DEATHS, whole_web, beat, postgres_restart, postgres_sessions, redis_flush, redis_freeze, redis_kill]


def strike(lab: Lab, rng: Random, among: list[Strike]) -> str:
    """One of them, and then until somebody answers again: a desk that is struck down while it gets up proves nothing. Which one it was."""
    chosen = rng.choice(among)
    # What the last one struck down may be down still: the desk answers without its worker, its beat and its Redis.
    lab.mend()
    chosen(lab, rng)
    assert wait_until(lab.answers, 180, 0.05), f"after {chosen.__name__} nobody answers"
    return chosen.__name__


def _kill_one(pids: list[int], rng: Random) -> None:
    if pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(rng.choice(sorted(pids)), signal.SIGKILL)
