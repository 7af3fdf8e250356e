"""The parts of the benchmark of transfers, on servers that `python -m bench.transfers` has started."""

# ruff: noqa: E402  the models behind the imports need Django set up first
import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import django

django.setup()

from backoffice import turnstile
from backoffice.embedded import parts, processes, readiness
from backoffice.embedded.places import places
from backoffice.transfers import calls
from bench import transfers_bank as bank
from bench import transfers_callbacks, transfers_overload
from bench.transfers_hosts import PILE
from bench.transfers_load import Load, pgbench, wrk
from bench.transfers_shown import Shown

DEPOSIT = "/back-api/backoffice/transfers/deposit"
DESK_PORT, PLAIN_PORT = 8790, 8791
# Of calls that name a callback address.
SHARE = 0.2


class Sides:
    """What is loaded, each for `seconds`; every load has ids of its own."""

    def __init__(self, seconds: float, client: str) -> None:
        self.seconds, self.client = seconds, client

    def desk(self, clients: int, *, port: int = DESK_PORT, seconds: float = 0, **asked: object) -> Load:
        mix: dict[str, object] = {"accounts": bank.ACCOUNTS, "share": SHARE, "urls": f"http://{PILE}/"}
        url = f"http://127.0.0.1:{port}{DEPOSIT}"
        return wrk(url, bank.token(self.client), clients=clients, seconds=seconds or self.seconds, **(mix | asked))

    def plain(self, clients: int) -> Load:
        return self.desk(clients, port=PLAIN_PORT)

    def bare(self, clients: int, *, accounts: int = bank.ACCOUNTS) -> float:
        mix = {"accounts": accounts, "host": PILE, "share": SHARE}
        return pgbench(os.environ["DATABASE_URL"], calls.OPEN, self.client, clients=clients, seconds=self.seconds, **mix)


def p1(sides: Sides, shown: Shown, runs: int) -> None:
    """Deposits a second over HTTP on spread accounts, beside the bare statement and beside a plain DRF view."""
    for clients in (8, 32):
        shown.head(f"P1 deposits a second, {clients} clients, {bank.ACCOUNTS:,} accounts, a callback on {SHARE:.0%} of the calls")
        for _ in range(runs):
            bare, desk, plain = sides.bare(clients), sides.desk(clients), sides.plain(clients)
            shown.add("pgbench, the same statement", bare)
            shown.add("desk over HTTP", desk.rate, note=f"p50 {desk.p50:.1f} p99 {desk.p99:.1f} ms")
            shown.add("plain DRF view + ORM", plain.rate, note=f"p50 {plain.p50:.1f} p99 {plain.p99:.1f} ms")
            shown.ratio("desk / pgbench", desk.rate, bare, ">= 0.15, stretch 0.22")
            shown.ratio("desk / plain DRF view", desk.rate, plain.rate, ">= 4")
            shown.odd(desk, plain)
        shown.print()


def p2(sides: Sides, shown: Shown, runs: int) -> None:
    """One hot account and asset beside spread ones."""
    shown.head("P2 deposits a second on one account, 16 clients")
    for _ in range(runs):
        spread, hot = sides.desk(16), sides.desk(16, accounts=1)
        bare_spread, bare_hot = sides.bare(16), sides.bare(16, accounts=1)
        shown.add("spread accounts", spread.rate)
        shown.add("one account", hot.rate, note=f"p50 {hot.p50:.1f} p99 {hot.p99:.1f} ms")
        shown.add("pgbench, spread accounts", bare_spread)
        shown.add("pgbench, one account", bare_hot)
        shown.ratio("one account / spread", hot.rate, spread.rate, ">= 0.35")
        shown.ratio("pgbench: one account / spread", bare_hot, bare_spread)
        shown.odd(spread, hot)
    shown.print()


def retries(sides: Sides, shown: Shown, runs: int) -> None:
    """L4, L5: what callbacks cost, and what a repeated call costs."""
    shown.head("L4, L5 requests a second, 8 clients")
    for run in range(runs):
        without, every = sides.desk(8, share=0), sides.desk(8, share=1)
        known = {"known": 500, "run": f"known{run}"}
        sides.desk(8, seconds=2, **known)
        again = sides.desk(8, **known)
        shown.add("first, without callbacks", without.rate)
        shown.add("first, a callback on each", every.rate)
        shown.add("repetition of a known id", again.rate)
        shown.ratio("L4 with callbacks / without", every.rate, without.rate, ">= 0.80")
        shown.ratio("L5 repetition / first", again.rate, without.rate, ">= 2")
        shown.odd(without, every, again)
    shown.print()


PARTS: dict[str, Callable[[Sides, Shown, int], None]] = {
    "p1": p1,
    "p2": p2,
    "p3": transfers_overload.p3,
    "retries": retries,
    "p15": transfers_overload.p15,
    "p4": transfers_callbacks.p4,
}


@contextmanager
def served() -> Iterator[None]:
    """The desk and the plain view, each as parts.py serves the desk."""
    at = places(Path(os.environ["DATA_DIR"]))
    desk = parts.web(at, os.environ, host="127.0.0.1", port=DESK_PORT)
    other = parts.web(at, os.environ, host="127.0.0.1", port=PLAIN_PORT)
    threads = other.argv.index("--blocking-threads") + 1
    # Nobody waits inside of it, so it gets as many threads as are at work in the desk: with more it does less.
    argv = [*other.argv[:threads], str(turnstile.INSIDE), *other.argv[threads + 1 : -1], "bench.transfers_plain:application"]
    plain = replace(other, name="plain", argv=argv, log=at.log("plain"))
    try:
        for child, port in ((desk, DESK_PORT), (plain, PLAIN_PORT)):
            readiness.require_free("127.0.0.1", port)
            child.start()
            if not processes.wait_until(lambda port=port: _is_up(port), 30, 0.1):
                raise SystemExit(f"{child.name} does not start:\n{child.last_lines()}")
        yield
    finally:
        desk.stop()
        plain.stop()


def _is_up(port: int) -> bool:
    with suppress(URLError, OSError):
        return bool(urlopen(f"http://127.0.0.1:{port}/livez", timeout=1).status == 200)
    return False


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--parts", nargs="+", choices=PARTS, required=True)
    asked = parser.parse_args()
    began = time.monotonic()
    client = bank.open_bank()
    sides, shown = Sides(asked.seconds, client), Shown()
    print(f"{asked.runs} runs of {asked.seconds:g} s a load, {os.cpu_count()} cores, load before {os.getloadavg()[0]:.1f}; median [least - most]")
    with served():
        for warm in (sides.desk, sides.plain):
            warm(8)
        for name in asked.parts:
            PARTS[name](sides, shown, asked.runs)
    verdict = bank.audited()
    print(f"\nbooks: {verdict}; {time.monotonic() - began:.0f} s in all", flush=True)
    return 0 if verdict.startswith("green") else 1


if __name__ == "__main__":
    sys.exit(main())
