"""P10: a market file read, checked, compared and applied, beside a bare COPY + ON CONFLICT of the same rows and beside django-import-export.

    python bench/market_files.py [--runs 3] [--rows 10000 100000] [--skip-peers]

The environment is the desk's own (DATABASE_URL and so on). It makes a database of its own beside the one that DATABASE_URL names and drops
it at the end. Every side runs in a process of its own; memory is the growth of the resident set over what it was before the first row.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "bench_market_files"


def main() -> None:
    options = arguments()
    with tempfile.TemporaryDirectory() as folder:
        environment = fresh_database(folder)
        for count in options.rows:
            compare(environment, count, options.runs)
        if not options.skip_peers:
            peers(environment, 10_000, 1)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--skip-peers", action="store_true")
    return parser.parse_args()


def fresh_database(folder: str) -> dict[str, str]:
    url = urlsplit(os.environ["DATABASE_URL"])
    with psycopg.connect(urlunsplit(url), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {DATABASE}")
    environment = os.environ | {"DATABASE_URL": urlunsplit(url._replace(path=f"/{DATABASE}")), "DATA_DIR": folder, "STATEMENT_TIMEOUT_MS": "0"}
    subprocess.run([sys.executable, ROOT / "manage.py", "migrate", "--verbosity", "0"], env=environment, check=True)
    return environment


def measure(environment: dict[str, str], side: str, count: int, format: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.market_file_side", side, str(count), format]
    path = os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", "")))
    done = subprocess.run(command, env=environment | {"PYTHONPATH": path}, check=True, capture_output=True, text=True, cwd=ROOT)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def compare(environment: dict[str, str], count: int, runs: int) -> None:
    """The two sides of a ratio run one after the other, so that whatever else the machine does falls on both."""
    print(f"\n{count:,} rows, {runs} runs, rows/s median [least - most], growth of memory")
    for kind in ("new", "updated", "unchanged"):
        sides = {"CSV file": ("file", "Csv"), "raw COPY + upsert": ("raw", "Csv"), "XLSX file": ("file", "Xlsx")}
        found: dict[str, list[dict[str, float]]] = {name: [] for name in sides}
        for _ in range(runs):
            for name, (side, format) in sides.items():
                found[name].append(measure(environment, f"{side} {kind}", count, format))
        for name, measured in found.items():
            speeds = sorted(count / run["seconds"] for run in measured)
            memory = max(run["growth"] for run in measured)
            spread = f"[{speeds[0]:,.0f} - {speeds[-1]:,.0f}]"
            print(f"  {kind:10} {name:18} {statistics.median(speeds):9,.0f} {spread:20} +{memory:.0f} MB")
        ratios = sorted(raw["seconds"] / ours["seconds"] for ours, raw in zip(found["CSV file"], found["raw COPY + upsert"], strict=True))
        print(f"  {kind:10} CSV file / raw     {statistics.median(ratios):9.2f} [{ratios[0]:.2f} - {ratios[-1]:.2f}] (target 0.40)", flush=True)


def peers(environment: dict[str, str], count: int, runs: int) -> None:
    """django-import-export is a peer of this benchmark only: requirements-bench.txt."""
    print(f"\nbeside django-import-export, {count:,} rows, {runs} run(s)")
    try:
        peer = [measure(environment, "import-export", count, "Csv") for _ in range(runs)]
    except subprocess.CalledProcessError as error:
        print(f"  not measured: {error.stderr.strip().splitlines()[-1]}")
        return
    seconds = statistics.median(run["seconds"] for run in peer)
    ours = statistics.median(measure(environment, "file new", count, "Csv")["seconds"] for _ in range(3))
    memory = max(run["growth"] for run in peer)
    print(f"  django-import-export {count / seconds:,.0f} rows/s, memory +{memory:.0f} MB; ours is {seconds / ours:,.0f} times as fast (target 100)")


if __name__ == "__main__":
    main()
