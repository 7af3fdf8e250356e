"""P10: a market file read, checked, compared and applied, beside a bare COPY + ON CONFLICT of the same rows and beside django-import-export.

    bin/manage shell < /dev/null  # any environment with a database will do
    python bench/market_files.py [--runs 3] [--rows 10000 100000] [--skip-peers]

It makes a database of its own beside the one that DATABASE_URL names and drops it at the end. Every side runs in a process of its own, so
that its peak memory is its own; the figure is the growth of the resident set over what it was before the first row.
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
SIDES = ("file new", "file updated", "file unchanged", "raw new", "raw updated", "raw unchanged")


def main() -> None:
    options = arguments()
    with tempfile.TemporaryDirectory() as folder:
        environment = fresh_database(folder)
        for count in options.rows:
            compare(environment, count, options.runs)
        if not options.skip_peers:
            peers(environment, 10_000, 1)


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
    done = subprocess.run(command, env=environment | {"PYTHONPATH": str(ROOT)}, check=True, capture_output=True, text=True, cwd=ROOT)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def compare(environment: dict[str, str], count: int, runs: int) -> None:
    print(f"\n{count:,} rows, {runs} runs, median [least - most]")
    medians: dict[str, float] = {}
    for format in ("Csv", "Xlsx"):
        for side in SIDES if format == "Csv" else SIDES[:3]:
            found = [measure(environment, side, count, format) for _ in range(runs)]
            seconds = sorted(run["seconds"] for run in found)
            medians[f"{format} {side}"] = statistics.median(seconds)
            speed = count / medians[f"{format} {side}"]
            memory = max(run["growth"] for run in found)
            spread = f"[{count / seconds[-1]:,.0f} - {count / seconds[0]:,.0f}]"
            stages = f"  {found[-1]['stages']}" if "stages" in found[-1] else ""
            print(f"  {format:4} {side:14} {speed:9,.0f} rows/s {spread:22} memory +{memory:.0f} MB{stages}")
    for kind in ("new", "updated", "unchanged"):
        print(f"  CSV file / raw upsert, {kind}: {medians[f'Csv raw {kind}'] / medians[f'Csv file {kind}']:.2f} (target 0.40)")


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
    print(
        f"  django-import-export {count / seconds:,.0f} rows/s, memory +{max(run['growth'] for run in peer):.0f} MB; ours is {seconds / ours:,.0f} times as fast (target 100)"
    )


if __name__ == "__main__":
    main()
