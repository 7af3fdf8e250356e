"""P11: quotes a second, and the impact of a change over a million executions beside a bare SQL aggregate over the same rows.

    python -m backoffice.embedded.command --throwaway -- python -m bench.commissions [--trades 1000000] [--runs 5] [--seconds 4] [--skip-http]

Executions are the demo's, charged by its 15 rules. The impact is the whole of it as the worker does it: resolving who pays what by either rule book,
the sums in chunks with their leases, and the rows that are kept. The bare aggregate adds up what was charged, by market, by client and in all. Sides
take turns; a ratio is that of one run. The old side of an unchanged rule book must come to what was charged, or no figure counts.
"""

# ruff: noqa: E402  the models behind the imports need Django set up first
import argparse
import os
import re
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

# One client may call without end; the server inherits this.
os.environ["API_REQUESTS_PER_MINUTE"] = "1000000"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection

from backoffice.commissions import match, quote, state
from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.commission_changes import ChangeRule, ChangeSetDraft, ImpactSummary, Period
from backoffice.contracts.commission_quotes import QuoteRequest
from backoffice.contracts.commissions import CfdFee, FeeSettings, SpotFee
from backoffice.contracts.desk import NewApiClient, TokenRequest
from backoffice.contracts.wire import encode
from backoffice.embedded import parts
from backoffice.embedded.places import places
from backoffice.embedded.processes import wait_until
from backoffice.services import back_api, desk, identity
from backoffice.trading.models import Execution

TARGET, PORT, BATCH = 3, 8_199, 300
OWNER = Actor(kind="system", id="bench", name="bench", door="cli", operations=frozenset({*operations.ALL, operations.OWN, operations.WORKER}))
BARE = """
SELECT market_id, user_id, count(*), sum(commission_in_rat) FROM trading_execution WHERE at >= %s AND at < %s
GROUP BY GROUPING SETS ((market_id), (user_id), ())
"""
# As the worker's own statements: in one process, in memory.
ALIKE = "SET max_parallel_workers_per_gather = 0; SET work_mem = '64MB'; SET jit = off; SET statement_timeout = 0"
DEARER = FeeSettings(
    spot=SpotFee(type="PerVolume", size=Decimal("0.2")), cfd=CfdFee(type="PerVolume", size=Decimal("0.02")), min_fee_rat=Decimal("0.5")
)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--trades", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4, help="of each load over HTTP")
    parser.add_argument("--skip-http", action="store_true")
    asked = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {asked.runs} runs; fastest, median and slowest")
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(ALIKE)
    call_command("migrate", verbosity=0)
    call_command("seed_demo", trades=asked.trades)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute(ALIKE)
    print(f"{Execution.objects.count():,} executions made in {time.perf_counter() - began:.0f} s")
    quotes(asked.runs)
    if not asked.skip_http:
        over_http(asked.runs, asked.seconds)
    impacts(asked.runs)


def request() -> QuoteRequest:
    one = Execution.objects.filter(market_type="Cfd").order_by("id")[0]
    return QuoteRequest(account_id=one.account_id, market_id=one.market_id, side="Buy", lots=Decimal("0.5"), price=one.price)


def quotes(runs: int) -> None:
    wanted, book = request(), state.snapshot()
    facts = back_api().commission_quotes.quote(OWNER, wanted)
    account = match.AccountFacts(facts.account_id, facts.user_id, facts.account_group_id)
    market = match.MarketFacts(facts.market_id, facts.market_type, facts.market_group_id)

    def pure() -> None:
        rule = match.winner(book, account, market).rule
        quote.charges(quote.Terms(is_spot=False, fee=rule.fee, scale=2), [quote.Fill(facts.amount, facts.price, facts.lots, facts.rate_to_root)])

    shown("quotes a second, pure functions", [rate(pure) for _ in range(runs)])
    shown("quotes a second, in process with its queries", [rate(lambda: back_api().commission_quotes.quote(OWNER, wanted)) for _ in range(runs)])


def rate(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    for _ in range(BATCH):
        act()
    return BATCH / (time.perf_counter() - began)


def over_http(runs: int, seconds: int) -> None:
    if not shutil.which("wrk"):
        print("quotes over HTTP are loaded with wrk: apt-get install wrk")
        return
    client = desk().api_clients.create(OWNER, NewApiClient(name="bench quotes", operations=["view-common", "view-commission-rules"]))
    wanted = encode(request()).decode()
    server = parts.web(places(Path(os.environ["DATA_DIR"])), os.environ, host="127.0.0.1", port=PORT)
    server.start()
    try:
        if not wait_until(lambda: is_open(PORT), 20, 0.1):
            raise SystemExit(f"the server did not start: {server.last_lines()}")
        for clients in (1, 8):
            found = []
            for _ in range(runs):
                issued = identity().issue_token(TokenRequest(client_id=client.client_id, client_secret=client.client_secret), network="127.0.0.1")
                found.append(loaded(wanted, issued.access_token, clients, seconds))
            shown(f"quotes a second over HTTP, {clients} clients", found)
    finally:
        server.stop()


def loaded(body: str, token: str, clients: int, seconds: int) -> float:
    script = f"""
        wrk.method = "POST"
        wrk.body = [[{body}]]
        wrk.headers["Content-Type"] = "application/json; x-api-version=2.0"
        wrk.headers["Authorization"] = "Bearer {token}"
    """
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        url = f"http://127.0.0.1:{PORT}/back-api/backoffice/v2/commission-quotes"
        argv = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "-s", file.name, url]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=seconds + 30)
    found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    if found is None or "Non-2xx" in done.stdout:
        raise SystemExit(f"wrk: {done.stdout[-1000:]}{done.stderr[-1000:]}")
    return float(found.group(1))


def is_open(port: int) -> bool:
    with socket.socket() as there:
        return there.connect_ex(("127.0.0.1", port)) == 0


def impacts(runs: int) -> None:
    first, last = Execution.objects.earliest("at").at, Execution.objects.latest("at").at
    period = Period(from_=first, to=last + timedelta(seconds=1))
    rules = back_api().commission_rules.find(OWNER, "default").value
    drafts = {"nothing": [], "one rule": rules[:1], "every rule of a profile": rules}
    for name, changed in drafts.items():
        edits = [ChangeRule(commission_profile_rule_id=rule.commission_profile_rule_id, fee_settings=DEARER) for rule in changed]
        made = back_api().commission_changes.draft(OWNER, ChangeSetDraft(name=name, edits=edits)).change_set.change_set_id
        sides = [turn(made, period) for _ in range(runs)]
        summary = back_api().commission_changes.get(OWNER, made).value.change_set.impact
        check(name, summary)
        shown(f"seconds of the bare aggregate ({name} changed)", [one for one, _ in sides], digits=3)
        shown(f"seconds of the impact ({name} changed)", [other for _, other in sides], digits=3)
        shown("ratio", [other / one for one, other in sides], digits=2, target=f"<= {TARGET}")


def bare(period: Period) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BARE, [period.from_, period.to])
        cursor.fetchall()


def turn(made: str, period: Period) -> tuple[float, float]:
    """The two sides, one after the other. Asking for an impact is a request like any other and not measured."""
    without = timed(lambda: bare(period))
    back_api().commission_changes.estimate(OWNER, made, period)
    return without, timed(lambda: back_api().commission_changes.run(OWNER, made))


def check(name: str, summary: ImpactSummary | None) -> None:
    """Nobody but the impact may have computed at this moment, so a bell that was heard is a wrong figure too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), sum(commission_in_rat) FROM trading_execution")
        count, charged = cursor.fetchone()
    if summary is None or (summary.status, summary.executions, summary.old_in_rat) != ("Done", count, charged):
        raise SystemExit(f"{name}: {summary} is not {count} executions charged {charged}, so these figures count for nothing")


def timed(act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def shown(what: str, found: list[float], *, digits: int = 0, target: str = "") -> None:
    low, middle, high = min(found), statistics.median(found), max(found)
    print(f"{what:60} {low:10,.{digits}f} {middle:10,.{digits}f} {high:10,.{digits}f}   {target}", flush=True)


if __name__ == "__main__":
    main()
