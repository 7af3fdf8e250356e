"""`bin/faults`: mixed load on a whole desk that is struck every few seconds, for as long as you like; then quiet, and the proof (R2)."""

import argparse
import os
import sys
import time
import traceback
from collections import Counter
from random import Random

from tests.faults import strikes
from tests.faults.lab import Lab
from tests.faults.load import Load
from tests.faults.machine import Every

# Long enough to find what is wrong close to where it began.
ROUND_SECONDS = 60.0
THREADS = 12


def main() -> int:
    asked = _arguments()
    say(f"seed {asked.seed}, {asked.minutes:g} min; it replays what is done, not the timing of threads")
    lab, rng, is_kept = Lab(), Random(asked.seed), asked.keep
    try:
        lab.start()
        _rounds(lab, rng, asked.minutes * 60)
    except (Exception, KeyboardInterrupt):
        is_kept = True
        traceback.print_exc()
        say(f"FAILED; repeat with bin/faults --minutes {asked.minutes:g} --seed {asked.seed}")
        return 1
    finally:
        lab.stop(keep=is_kept)
        if is_kept:
            say(f"the data directory, logs included, is kept: {lab.at.data}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/faults", description="Strike a whole desk under load and prove that nothing was lost.")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"))
    parser.add_argument("--keep", action="store_true", help="keep the data directory also when all is well")
    return parser.parse_args()


def _rounds(lab: Lab, rng: Random, seconds: float) -> None:
    until, number = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        number += 1
        struck: Counter[str] = Counter()
        load = Load(lab, rng, accounts=8, hosts=6, pause=0.05)

        def strike(struck: Counter[str] = struck) -> None:
            struck[strikes.strike(lab, rng, strikes.ALL)] += 1

        with Every(strike, lambda: rng.uniform(1, 10)):
            load.run(seconds=min(ROUND_SECONDS, until - time.monotonic()), threads=THREADS)
        lab.heal()
        events = load.prove()
        if faults := lab.faults():
            raise AssertionError(f"the books do not balance: {faults[:20]}")
        lab.receiver.heard.clear()
        told = ", ".join(f"{name} {count}" for name, count in sorted(struck.items()))
        say(f"round {number}: {len(load.log.asked)} ids, {sum(load.log.sent.values())} requests, {load.log.lost} without an answer, {events} events")
        say(f"    struck by {told}; books green, one outcome each, all told in order")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
