"""P5: a thousand trades over HTTP, beside the same statement in pgbench, by psycopg alone, and a plain DRF view of the same table."""

import argparse
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from urllib.error import URLError
from urllib.parse import parse_qs, unquote, urlsplit
from urllib.request import urlopen

import psycopg
from django.db import connection

from backoffice import turnstile
from backoffice.contracts.desk import NewApiClient
from backoffice.contracts.filters import Filter, RowsQuery
from backoffice.contracts.wire import encode
from backoffice.core.sources import INSTANT
from backoffice.embedded import parts, processes, readiness
from backoffice.embedded.places import places
from backoffice.services import back_api, desk
from bench import transfers_bank as bank
from bench.history_load import BIG, use
from bench.history_pages import OWNER, heard
from bench.transfers_load import program
from bench.transfers_shown import Shown

DESK_PORT, PLAIN_PORT = 8792, 8793
ROWS = 1_000


class Answers(NamedTuple):
    rate: float
    p50: float


def measure(shown: Shown, asked: argparse.Namespace) -> None:
    use(BIG)
    account = f"be{1:022x}"
    query = RowsQuery(filters=[Filter(entry_type="Exact", field="accountId", value=account)], limit=ROWS)
    with heard() as statements:
        found = back_api().trade_lists.trades(OWNER, query)
    sql, values = statements[-1]
    statement = psycopg.ClientCursor(connection.connection).mogrify(sql, values)
    client = desk().api_clients.create(OWNER, NewApiClient(name=f"bench {time.time_ns()}", operations=["view-trades"])).client_id
    connection.close()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "statement.sql"
        # A colon begins a variable of pgbench's, inside of texts too; so spelled it is the same text to the server.
        spelled = statement.replace(f"'{INSTANT}'", "U&'" + INSTANT.replace(":", "\\003A") + "'")
        file.write_text(" ".join(spelled.split()) + ";\n")
        with served(file):
            for clients in (1, 4):
                _at(shown, asked, clients, file, account, client, encode(query).decode())
    print(f"  {len(found.items):,} rows of {len(found.row.__struct_fields__)} fields, {len(found.json) / 1024:,.0f} kB")


def _at(shown: Shown, asked: argparse.Namespace, clients: int, file: Path, account: str, client: str, body: str) -> None:
    ours, plain = f"http://127.0.0.1:{DESK_PORT}", f"http://127.0.0.1:{PLAIN_PORT}"
    shown.head(f"P5 lists of {ROWS:,} trades a second, {clients} client(s)")
    for _ in range(asked.runs):
        token = bank.token(client)
        prepared, simple = (pgbench(file, clients, asked.seconds, mode) for mode in ("prepared", "simple"))
        list_ = loaded(f"{ours}/api/trades", clients, asked.seconds, token, body)
        bare = loaded(f"{plain}/bare", clients, asked.seconds)
        drf = loaded(f"{plain}/api/trades?account_id={account}&limit={ROWS}", clients, asked.seconds, token)
        same = loaded(f"{plain}/api/named?account_id={account}&limit={ROWS}", clients, asked.seconds, token)
        shown.add("pgbench, the same statement, prepared", prepared)
        shown.add("pgbench, planned each time as the desk does", simple)
        shown.add("desk over HTTP", list_.rate, note=f"p50 {list_.p50:.1f} ms")
        shown.add("psycopg alone over HTTP", bare.rate, note=f"p50 {bare.p50:.1f} ms")
        shown.add("DRF, 22 columns of the table", drf.rate, note=f"p50 {drf.p50:.1f} ms")
        shown.add("DRF, the same fields", same.rate, note=f"p50 {same.p50:.1f} ms")
        shown.ratio("desk / pgbench, prepared", list_.rate, prepared, ">= 0.7" if clients == 1 else "")
        shown.ratio("desk / pgbench, planned each time", list_.rate, simple)
        shown.ratio("desk / psycopg alone", list_.rate, bare.rate)
        shown.ratio("desk / DRF, 22 columns of the table", list_.rate, drf.rate, ">= 10")
        shown.ratio("desk / DRF, the same fields", list_.rate, same.rate)
    shown.print(digits=1)


def pgbench(file: Path, clients: int, seconds: float, mode: str) -> float:
    at = urlsplit(os.environ["DATABASE_URL"])
    environment = {
        "PGPASSWORD": unquote(at.password or ""),
        "PGHOST": parse_qs(at.query)["host"][0],
        "PATH": os.environ["PATH"],
        "PGOPTIONS": "-c jit=off",
    }
    argv = [str(program()), "-n", "-M", mode, "-c", str(clients), "-j", "1", "-T", f"{seconds:g}", "-f", str(file)]
    done = subprocess.run([*argv, "-U", at.username or "", at.path.strip("/")], capture_output=True, text=True, env=environment, timeout=seconds + 60)
    rates = [line for line in done.stdout.splitlines() if line.startswith("tps = ")]
    if done.returncode or not rates:
        raise SystemExit(f"pgbench: {done.stdout[-1500:]}{done.stderr[-1500:]}")
    return float(rates[-1].split()[2])


def loaded(url: str, clients: int, seconds: float, token: str = "", body: str = "") -> Answers:
    script = f"""
        wrk.method = "{"POST" if body else "GET"}"
        wrk.body = [[{body}]]
        wrk.headers["Content-Type"] = "application/json"
        wrk.headers["Authorization"] = "Bearer {token}"
    """
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        argv = ["wrk", "-t1", f"-c{clients}", f"-d{max(round(seconds), 1)}s", "--timeout", "30s", "--latency", "-s", file.name, url]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=seconds + 60)
    rate, half = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout), re.search(r"50%\s+([\d.]+)(us|ms|s)", done.stdout)
    if rate is None or half is None or "Non-2xx" in done.stdout:
        raise SystemExit(f"wrk {url}: {done.stdout[-1000:]}{done.stderr[-1000:]}")
    return Answers(float(rate[1]), float(half[1]) * {"us": 1e-3, "ms": 1, "s": 1e3}[half[2]])


@contextmanager
def served(statement: Path) -> Iterator[None]:
    """The desk, and the two others, as parts.py serves the desk."""
    at, environment = places(Path(os.environ["DATA_DIR"])), {**os.environ, "BENCH_STATEMENT": str(statement)}
    ours = parts.web(at, environment, host="127.0.0.1", port=DESK_PORT)
    other = parts.web(at, environment, host="127.0.0.1", port=PLAIN_PORT)
    threads = other.argv.index("--blocking-threads") + 1
    # Nobody waits inside of it, so it gets as many threads as are at work in the desk: with more it does less.
    argv = [*other.argv[:threads], str(turnstile.INSIDE), *other.argv[threads + 1 : -1], "bench.history_plain:application"]
    plain = replace(other, name="plain", argv=argv, log=at.log("plain"))
    try:
        for child, port in ((ours, DESK_PORT), (plain, PLAIN_PORT)):
            readiness.require_free("127.0.0.1", port)
            child.start()
            if not processes.wait_until(lambda port=port: _is_up(port), 60, 0.1):
                raise SystemExit(f"{child.name} does not start:\n{child.last_lines()}")
        yield
    finally:
        ours.stop()
        plain.stop()


def _is_up(port: int) -> bool:
    with suppress(URLError, OSError):
        return bool(urlopen(f"http://127.0.0.1:{port}/livez", timeout=1).status == 200)
    return False
