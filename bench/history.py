"""P5-P7: lists and totals of history at a million and at ten million executions, beside the bare statements and a plain DRF view; what writing costs.

    python -m backoffice.embedded.command --throwaway -- python -m bench.history
        [--small 1000000] [--big 10000000] [--runs 5] [--asks 20] [--seconds 4] [--parts p6 p7 hostile p5 partitions writing]

Both sizes stand side by side in one server, so that sides take turns: a ratio is that of one run. It needs wrk, and django-filter from
requirements-bench.txt, for p5; and 9 GB of disk, and most of its time to load ten million. Run it on a machine that does nothing else.
"""

# ruff: noqa: E402  the models behind the imports need Django set up first
import argparse
import os
import time

# One client may call without end; the server inherits this.
os.environ["API_REQUESTS_PER_MINUTE"] = "1000000"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")

import django

django.setup()

from bench import history_hostile, history_http, history_load, history_pages, history_partitions, history_sums, history_writing
from bench.transfers_shown import Shown

PARTS = {
    "p6": history_pages.measure,
    "p7": history_sums.measure,
    "hostile": history_hostile.measure,
    "p5": history_http.measure,
    "partitions": history_partitions.measure,
    "writing": history_writing.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--small", type=int, default=1_000_000)
    parser.add_argument("--big", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--asks", type=int, default=20, help="of each page in a run")
    parser.add_argument("--seconds", type=float, default=4, help="of each load over HTTP")
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=list(PARTS))
    asked = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {asked.runs} runs; median [least - most]", flush=True)
    began = time.monotonic()
    history_load.prepare()
    for alias, size in ((history_load.SMALL, asked.small), (history_load.BIG, asked.big)):
        history_load.fill(alias, size)
    print(f"loaded after {time.monotonic() - began:.0f} s, load {os.getloadavg()[0]:.1f}", flush=True)
    for name in asked.parts:
        PARTS[name](Shown(), asked)
    print(f"{time.monotonic() - began:.0f} s in all, load {os.getloadavg()[0]:.1f}", flush=True)


if __name__ == "__main__":
    main()
