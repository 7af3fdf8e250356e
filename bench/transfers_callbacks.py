"""P4: callbacks told as fast as they come in, and no host waiting for another one that hangs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from backoffice.callbacks import doorbell as callbacks_bell
from backoffice.embedded import parts, processes
from backoffice.embedded.places import places
from bench import transfers_bank as bank
from bench.transfers_hosts import HANGING, HEALTHY, port_of
from bench.transfers_shown import Shown

if TYPE_CHECKING:
    from bench.transfers_measure import Sides

DRAIN_SECONDS = 120
# A steady trickle, far below what can be done: what is measured is waiting, not work.
CLIENTS, CALLS_A_SECOND = 16, 60
URLS = [f"http://{host}/" for host in HEALTHY]
WAITING = "SELECT count(*) FROM callbacks_callback WHERE state = 'Waiting' AND host = ANY(%s)"
DRAINED = """
    SELECT count(*), extract(epoch FROM max(c.finished_at) - min(a.at))
    FROM callbacks_callback c JOIN callbacks_attempt a ON a.callback_id = c.webhook_id WHERE c.host = ANY(%s) AND c.created_at > %s
"""
MEANWHILE = "SELECT count(*) FROM callbacks_callback WHERE state = 'Delivered' AND host = ANY(%s) AND finished_at BETWEEN %s AND now()"
LATENCY = """
    SELECT 1000 * percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM finished_at - created_at)),
        1000 * percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM finished_at - created_at)), count(*)
    FROM callbacks_callback WHERE state = 'Delivered' AND host = ANY(%s) AND created_at > %s
"""


def p4(sides: Sides, shown: Shown, runs: int) -> None:
    with _receivers():
        _drain(sides, shown, runs)
        _hang(sides, shown, runs)


def _drain(sides: Sides, shown: Shown, runs: int) -> None:
    shown.head(f"P4 callbacks a second: one on each call of 8 clients, {len(HEALTHY)} receiving hosts, one worker")
    for _ in range(runs):
        began = _now()
        accepted = sides.desk(8, share=1, urls=",".join(URLS))
        with _worker():
            _await_drained()
            count, seconds = bank.rows(DRAINED, list(HEALTHY), began)[0]
            both_began = _now()
            both = sides.desk(8, share=1, urls=",".join(URLS))
            delivered = bank.rows(MEANWHILE, list(HEALTHY), both_began)[0][0] / both.seconds
            _await_drained()
        shown.add("accepted while nobody delivers", accepted.rate)
        shown.add("delivered while nobody calls", count / float(seconds), note=f"{count:,} in the last run")
        shown.add("both at once: accepted", both.rate)
        shown.add("both at once: delivered", delivered)
        shown.ratio("drain / acceptance", count / float(seconds), accepted.rate, ">= 1.5")
        shown.ratio("both at once: delivered / accepted", delivered, both.rate)
        shown.odd(accepted, both)
    shown.print()


def _hang(sides: Sides, shown: Shown, runs: int) -> None:
    shown.head(f"P4 milliseconds from a deposit to the delivery of its callback, {CALLS_A_SECOND} calls a second, p95 of the healthy hosts")
    with _worker():
        # It has to be up before anything is timed.
        sides.desk(2, seconds=1, share=1, urls=",".join(URLS))
        _await_drained()
        for _ in range(runs):
            calm, _ = _latency(sides, URLS)
            hung, count = _latency(sides, [*URLS, f"http://{HANGING}/"])
            shown.add("no host hangs", calm)
            shown.add("one of five hangs", hung, note=f"{count:,} delivered in the last run")
            shown.ratio("with one hanging / without", hung, calm, "<= 1.1")
            _forget_hanging()
    shown.print()


def _latency(sides: Sides, urls: list[str]) -> tuple[float, int]:
    began = _now()
    sides.desk(CLIENTS, seconds=max(8, 2 * sides.seconds), share=1, urls=",".join(urls), pause=1000 * CLIENTS / CALLS_A_SECOND)
    _await_drained()
    _, p95, count = bank.rows(LATENCY, list(HEALTHY), began)[0]
    return float(p95), count


@contextmanager
def _receivers() -> Iterator[None]:
    at = places(Path(os.environ["DATA_DIR"]))
    argv = [sys.executable, "-m", "bench.transfers_receiver"]
    answering = processes.Child("receiver", [*argv, *(str(port_of(host)) for host in HEALTHY)], at.log("receiver"), os.environ)
    hanging = processes.Child("hanging receiver", [*argv, "--hang", str(port_of(HANGING))], at.log("receiver"), os.environ)
    try:
        answering.start()
        hanging.start()
        yield
    finally:
        answering.stop()
        hanging.stop()


@contextmanager
def _worker() -> Iterator[None]:
    """With beat, as in earnest."""
    at = places(Path(os.environ["DATA_DIR"]))
    children = [parts.worker(at, os.environ, queue=callbacks_bell.QUEUE), parts.beat(at, os.environ)]
    try:
        for child in children:
            child.start()
        yield
    finally:
        for child in children:
            child.stop()


def _await_drained() -> None:
    if not processes.wait_until(lambda: bank.rows(WAITING, list(HEALTHY))[0][0] == 0, DRAIN_SECONDS, 0.1):
        raise SystemExit(f"{bank.rows(WAITING, list(HEALTHY))[0][0]} callbacks still wait after {DRAIN_SECONDS} s")


def _forget_hanging() -> None:
    """The next run meets it as if for the first time."""
    bank.run(
        "UPDATE callbacks_callback SET state = 'Dead', finished_at = now(), next_attempt_at = NULL WHERE host = %s AND state = 'Waiting'", HANGING
    )
    bank.run("DELETE FROM callbacks_host WHERE host = %s", HANGING)


def _now() -> object:
    return bank.rows("SELECT clock_timestamp()")[0][0]
