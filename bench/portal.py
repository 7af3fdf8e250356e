"""P12: each list page of the portal beside its own SQL and one rendering, its weight on first load, and beside Django's admin on the same table.

    python -m backoffice.embedded.command --throwaway -- python -m bench.portal [--trades 20000] [--runs 3] [--asks 10] [--only clients-list ...]

Both sides answer whole requests in process, with all of their middleware, as somebody who is signed in; they take turns, so that a ratio is that of
one run. The admin shows as many rows and columns as the page of the desk. `SQL` is what the page's own statements took, `drawing` its template less
the statements in it. The weight is of the page and every asset that it names, compressed by gzip as the desk sends them to whoever asks for that.
"""

# ruff: noqa: E402  the models behind the imports need Django set up first
import argparse
import math
import os
import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple
from unittest import mock

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.portal_settings"

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.template.backends.django import Template
from django.test import Client, override_settings
from django.urls import reverse

from bench.portal_plain import ADDRESSES, Changelists

OWNER, PASSWORD = "dana", "demo-dana-2026!"
FEW = 4
# SQL and drawing, kB, admin.
LIMITS = (1.5, 60.0, 0.5)
# The page, and the table that it lists or adds up.
PAGES = {
    "clients-list": "accounts.User",
    "account-groups-list": "accounts.AccountGroup",
    "transfers-list": "transfers.Transfer",
    "callbacks-list": "callbacks.Callback",
    "orders-list": "trading.Order",
    "orders-open": "trading.Order",
    "orders-external": "trading.ExternalOrder",
    "trades-list": "trading.Execution",
    "trades-unsolicited": "trading.UnsolicitedTrade",
    "positions-list": "trading.Position",
    "positions-closed": "trading.Closing",
    "positions-swaps": "trading.Swap",
    "positions-funding": "trading.Funding",
    "balances-clients": "ledger.Balance",
    "balances-accounts": "ledger.Balance",
    "commission-totals-clients": "history.AccountTotal",
    "commission-totals-accounts": "history.AccountTotal",
    "commission-totals-assets": "history.AccountAssetTotal",
    "commission-totals-client-assets": "history.AccountAssetTotal",
    "commission-totals-account-assets": "history.AccountAssetTotal",
    "revenue-list": "history.MarketTotal",
    "reports-list": "reports.Report",
    "report-templates-list": "reports.Template",
    "mailbox-list": "reports.Delivery",
    "commissions-list": "commissions.Profile",
    "commissions-assignments": "commissions.Assignment",
    "commissions-changes": "commission_changes.ChangeSet",
    "markets-list": "markets.Market",
    "assets-list": "markets.Asset",
    "groups-list": "markets.MarketGroup",
    "calendars-list": "markets.Calendar",
    "liquidity-list": "markets.LiquiditySession",
    "files-list": "markets.MarketFile",
    "notifications-list": "notifications.AdminNotification",
    "approvals-list": "approvals.Approval",
    "approval-policies-list": "approvals.Policy",
    "operators-list": "operators.Operator",
    "sign-ins-list": "operators.SignIn",
    "roles-list": "operators.Role",
    "api-clients-list": "operators.ApiClient",
    "audit-list": "core.AuditRecord",
}
HEAD = f"{'':34}rows queries    ms =  SQL + drawing + rest   / (SQL + drawing)         kB   admin: ms     / admin"


class Took(NamedTuple):
    whole: float
    sql: float
    drawing: float


def main() -> None:
    asked = arguments()
    print(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {asked.runs} runs of {asked.asks} requests a side; median [least - most]", flush=True
    )
    began = time.monotonic()
    call_command("migrate", verbosity=0)
    call_command("seed_demo", trades=asked.trades)
    call_command("collectstatic", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print(f"made after {time.monotonic() - began:.0f} s, load {os.getloadavg()[0]:.1f}\n\n{HEAD}", flush=True)
    client, admin = signed_in(), Changelists(PAGES.values(), OWNER)
    found = [compare(client, admin, name, asked.runs, asked.asks) for name in asked.only]
    sums_up(found)
    print(f"{time.monotonic() - began:.0f} s in all, load {os.getloadavg()[0]:.1f}", flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--trades", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--asks", type=int, default=10, help="of each page in a run")
    parser.add_argument("--only", nargs="*", choices=PAGES, default=list(PAGES))
    return parser.parse_args()


def signed_in() -> Client:
    client = Client()
    client.post(reverse("portal:sign-in"), {"username": OWNER, "password": PASSWORD})
    return client


def compare(client: Client, admin: Changelists, name: str, runs: int, asks: int) -> tuple[float, float, float]:
    """Its three figures, in the order of LIMITS."""
    path, plain = reverse(f"portal:{name}"), admin.address(PAGES[name])
    page = opened(client, path)
    rows, columns = shape(page)
    if plain:
        admin.show(PAGES[name], rows=rows, columns=columns)
    sides = [(took(client, path, asks), took_plain(admin, plain, asks)) for _ in range(runs)]
    beside_itself = [ours.whole / (ours.sql + ours.drawing) for ours, _ in sides]
    beside_admin = [ours.whole / theirs for ours, theirs in sides]
    whole, sql, drawing = (statistics.median(values) for values in zip(*(ours for ours, _ in sides), strict=True))
    kilobytes = weight(client, path, page) / 1e3
    figures = (statistics.median(beside_itself), kilobytes, statistics.median(beside_admin))
    against = (
        f"{statistics.median(theirs for _, theirs in sides):6.1f}  {spread(beside_admin)} {verdict(figures[2], LIMITS[2])}" if plain else "cannot"
    )
    print(
        f"{name:34}{rows:4} {queries(client, path):7} {whole:5.1f} = {sql:4.1f} + {drawing:7.1f} + {whole - sql - drawing:4.1f}"
        f"   {spread(beside_itself)} {verdict(figures[0], LIMITS[0])} {kilobytes:6.1f} {verdict(kilobytes, LIMITS[1])} {against}",
        flush=True,
    )
    return figures


def opened(client: Client, path: str) -> bytes:
    answer = client.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path} answers {answer.status_code}")
    return bytes(answer.content)


def shape(page: bytes) -> tuple[int, int]:
    """Rows and columns of the first table of a page; a list that is none has rows alone, and one that is empty neither."""
    if b"<tbody" not in page:
        items = re.search(rb'<(ul class="inbox"|ol class="records")>(.*?)</[uo]l>', page, re.DOTALL)
        return items[2].count(b"<li>") if items else 0, FEW
    head, _, body = page.partition(b"<table")[2].partition(b"<tbody")
    return body.partition(b"</tbody>")[0].count(b"<tr"), head.count(b"<th ")


def took(client: Client, path: str, asks: int) -> Took:
    found = []
    for _ in range(asks):
        spent, drawn = list[float](), list[float]()
        with connection.execute_wrapper(timing(spent)), drawing(spent, drawn):
            whole = milliseconds(lambda: client.get(path))
        found.append(Took(whole, 1e3 * sum(spent), 1e3 * sum(drawn)))
    return Took(*(statistics.median(values) for values in zip(*found, strict=True)))


def took_plain(admin: Changelists, address: str, asks: int) -> float:
    if not address:
        return math.nan
    with override_settings(ROOT_URLCONF=ADDRESSES):
        admin.ask(address)
        return statistics.median(milliseconds(lambda: admin.ask(address)) for _ in range(asks))


def milliseconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return 1e3 * (time.perf_counter() - began)


@contextmanager
def drawing(spent: list[float], drawn: list[float]) -> Iterator[None]:
    """How long templates take meanwhile, less the statements that they cause."""
    draw = Template.render

    def timed(*call: Any) -> Any:
        began, before = time.perf_counter(), sum(spent)
        answer = draw(*call)
        drawn.append(time.perf_counter() - began - (sum(spent) - before))
        return answer

    with mock.patch.object(Template, "render", timed):
        yield


def timing(spent: list[float]) -> Callable[..., Any]:
    def timed(execute: Callable[..., Any], *call: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(*call)
        finally:
            spent.append(time.perf_counter() - began)

    return timed


def queries(client: Client, path: str) -> int:
    spent: list[float] = []
    with connection.execute_wrapper(timing(spent)):
        client.get(path)
    return len(spent)


def weight(client: Client, path: str, page: bytes) -> int:
    """Bytes of the first load: bodies as they go over the wire. Style sheets and scripts of the desk name no further ones."""
    assets = {address.decode() for address in re.findall(rb'(?:src|href)="(/static/[^"#?]+)', page)}
    return sum(sent(client, address) for address in (path, *assets))


def sent(client: Client, address: str) -> int:
    answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200, f"{address}: {answer.status_code}"
    return sum(len(part) for part in answer)


def spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):5.2f} [{min(values):.2f} - {max(values):.2f}]"


def verdict(found: float, limit: float) -> str:
    return "ok    " if found <= limit else "MISSED"


def sums_up(found: Sequence[tuple[float, float, float]]) -> None:
    print()
    of = ("server time / (SQL + drawing)", "kB of the first load", "server time / admin")
    for name, limit, every in zip(of, LIMITS, zip(*found, strict=True), strict=True):
        values = [value for value in every if not math.isnan(value)]
        if not values:
            continue
        held = sum(value <= limit for value in values)
        print(f"{name:34}{spread(values)} over {len(values)} pages; limit {limit:g}, held by {held}")


if __name__ == "__main__":
    main()
