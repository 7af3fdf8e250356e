"""P13: cold start of each embedded server, and kill -9 to ready again.

python -m bench.embedded [--runs N]; needs no running desk. One figure a line: seconds, fastest, median and slowest.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from backoffice.embedded import discard
from backoffice.embedded.places import places
from backoffice.embedded.postgres import Postgres
from backoffice.embedded.valkey import Valkey

TARGET_SECONDS = 1.0


def seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def one_run(found: dict[str, list[float]]) -> None:
    data = Path(tempfile.mkdtemp(prefix="desk-bench-"))
    data.chmod(0o711)
    at = places(data)
    for server in (Postgres(at), Valkey(at)):
        found[f"{server.name} cold start"].append(seconds(server.start))
        assert server.child
        assert server.child.process
        server.child.process.kill()
        server.child.process.wait()
        found[f"{server.name} kill -9 to ready"].append(seconds(server.start))
        found[f"{server.name} stop"].append(seconds(server.stop))
        found[f"{server.name} warm start"].append(seconds(server.start))
        server.stop()
    discard(data)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=10)
    runs = parser.parse_args().runs
    acts = ("cold start", "kill -9 to ready", "stop", "warm start")
    found: dict[str, list[float]] = {f"{name} {act}": [] for name in ("postgres", "valkey") for act in acts}
    for _ in range(runs):
        one_run(found)
    print(f"{runs} runs, {os.cpu_count()} cores, uid {os.geteuid()}; target {TARGET_SECONDS:.0f} s for a cold start and for kill -9 to ready\n")
    print(f"{'seconds':28} {'min':>6} {'median':>7} {'max':>6}")
    for name, taken in found.items():
        print(f"{name:28} {min(taken):6.2f} {statistics.median(taken):7.2f} {max(taken):6.2f}")


if __name__ == "__main__":
    main()
