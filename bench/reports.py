"""P8, P9: reports of trades as the worker makes them, beside `COPY`, a Django loop, xlsxwriter and openpyxl; rows a second and growth of memory.

    python -m backoffice.embedded.command --throwaway -- python -m bench.reports [--small 100000] [--big 1000000] [--runs 3] [--big-runs 1]
        [--slow 100000] [--parts csv xlsx]

Every side runs in a process of its own and the sides take turns, so that a ratio is that of one run; memory is the growth of the resident set
over what it was before the first row. Peers that are slow are not asked for more rows than `--slow`. It needs psql and requirements-bench.txt.
"""

# ruff: noqa: E402  the models behind the imports need Django set up first
import argparse
import json
import os
import subprocess
import sys
import time
from urllib.parse import urlsplit, urlunsplit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")

import django

django.setup()

from django.db import connections

from bench import history_load
from bench.transfers_shown import Shown

Found = dict[str, dict[str, float]]
# Named as they are shown; the ones of the desk are `whole` and `written`.
SIDES = {
    "csv": {"whole": "csv", "written": "csv-written", "psql": "psql", "iterator": "iterator"},
    "xlsx": {"whole": "xlsx", "written": "xlsx-written", "xlsxwriter": "xlsxwriter", "openpyxl": "openpyxl"},
}
SLOW = ("iterator", "xlsxwriter", "openpyxl")
# Above, below, target.
RATIOS = {
    "csv": (("written", "psql", ">= 0.8"), ("whole", "psql", ""), ("written", "iterator", ">= 8"), ("whole", "iterator", "")),
    "xlsx": (("written", "xlsxwriter", ">= 4"), ("whole", "xlsxwriter", ""), ("written", "openpyxl", ">= 8"), ("whole", "openpyxl", "")),
}


def main() -> None:
    asked = arguments()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; median [least - most]", flush=True)
    began = time.monotonic()
    history_load.prepare()
    for alias, count, runs in ((history_load.SMALL, asked.small, asked.runs), (history_load.BIG, asked.big, asked.big_runs)):
        if runs:
            history_load.fill(alias, count, with_totals=False)
            for part in asked.parts:
                compare(alias, part, count, runs, slow_most=asked.slow)
    print(f"{time.monotonic() - began:.0f} s in all, load {os.getloadavg()[0]:.1f}", flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--small", type=int, default=100_000)
    parser.add_argument("--big", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--big-runs", type=int, default=1)
    parser.add_argument("--slow", type=int, default=100_000, help="rows that slow peers are asked for at most")
    parser.add_argument("--parts", nargs="*", choices=SIDES, default=list(SIDES))
    return parser.parse_args()


def compare(alias: str, part: str, count: int, runs: int, *, slow_most: int) -> None:
    shown, growth = Shown(), dict[str, float]()
    shown.head(f"{part.upper()}, {count:,} trades, rows a second")
    for _ in range(runs):
        speeds: dict[str, float] = {}
        for name, side in SIDES[part].items():
            if name in SLOW and count > slow_most:
                continue
            found = measured(alias, side)
            speeds[name] = found["rows"] / found["seconds"]
            growth[name] = max(growth.get(name, 0), found["growth"])
            shown.add(name, speeds[name], note=f"memory +{growth[name]:.0f} MB, {found['size'] / 1e6:,.0f} MB of file")
        for above, below, target in RATIOS[part]:
            if below in speeds:
                shown.ratio(f"{above} / {below}", speeds[above], speeds[below], target)
    shown.print()


def measured(alias: str, side: str) -> dict[str, float]:
    url = urlsplit(os.environ["DATABASE_URL"])
    name = connections[alias].settings_dict["NAME"]
    environment = os.environ | {"DATABASE_URL": urlunsplit(url._replace(path=f"/{name}")), "STATEMENT_TIMEOUT_MS": "0"}
    done = subprocess.run([sys.executable, "-m", "bench.report_side", side], env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


if __name__ == "__main__":
    main()
