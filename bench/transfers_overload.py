"""P3 and P15: how long a deposit takes below the limit, and what is still done far above it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.transfers_load import DONE
from bench.transfers_shown import Shown

if TYPE_CHECKING:
    from bench.transfers_measure import Sides

# Enough that few answers are waited for by the next request of the same client, so that requests come at their own pace.
CLIENTS = 64
CROWD = 480
SHED = (429, 503)


def p3(sides: Sides, shown: Shown, runs: int) -> None:
    """Requests come at random moments, 70 % of the maximum on average."""
    shown.head(f"P3 milliseconds of a deposit at 70 % of the maximum, {CLIENTS} clients with pauses")
    for _ in range(runs):
        most = max(sides.desk(8).rate, sides.desk(32).rate)
        load = sides.desk(CLIENTS, seconds=2 * sides.seconds, pause=1000 * CLIENTS / (0.7 * most))
        shown.add("maximum, deposits a second", most)
        shown.add("load, deposits a second", load.rate, note=f"{load.rate / most:.0%} of it; p50 {load.p50:.2f} p99 {load.p99:.2f} ms")
        shown.ratio("p99 / p50", load.p99, load.p50, "<= 5")
        shown.odd(load)
    shown.print()


def p15(sides: Sides, shown: Shown, runs: int) -> None:
    """A crowd that asks three times as much as can be done, if it is answered at once; a server that lets it wait is asked less, and late."""
    shown.head(f"P15 deposits a second when a crowd of {CROWD} clients asks for three times the maximum")
    for _ in range(runs):
        most = max(sides.desk(8).rate, sides.desk(32).rate)
        load = sides.desk(CROWD, seconds=2 * sides.seconds, pause=1000 * CROWD / (3 * most), clock=1)
        done, shed = load.timed.get(DONE[-1], (0, 0, 0)), load.timed.get(503, (0, 0, 0))
        shown.add("maximum", most)
        shown.add("asked for", load.offered, note=f"{load.offered / most:.1f} times the maximum")
        shown.add("done within a second", load.in_time, note=f"p50 {done[0]:.0f} p99 {done[1]:.0f} slowest {done[2]:.0f} ms")
        shown.add("sent away, of each 100", 100 * load.share(*SHED), note=f"p50 {shed[0]:.0f} p99 {shed[1]:.0f} ms")
        shown.add("other answers, of each 100", 100 - 100 * load.share(*DONE, *SHED))
        shown.ratio("done within a second / maximum", load.in_time, most, ">= 0.8")
    shown.print()
