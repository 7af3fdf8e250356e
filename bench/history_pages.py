"""P6: a page of each list as its verb gives it, in process, at both sizes; the first page beside the deepest, and cursors beside OFFSET."""

import argparse
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NamedTuple

from django.db import connection

from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.filters import Filter, RowsQuery
from backoffice.core import keyset
from backoffice.services import back_api
from bench.history_load import BIG, DAYS, FILLS, FIRST, HEAVY, SMALL, use
from bench.transfers_shown import Shown

OWNER = Actor(kind="system", id="bench", name="bench", door="cli", operations=frozenset({*operations.ALL, operations.WORKER}))
SIZES = (SMALL, BIG)
FEW, KEYS = 10, 200
OFFSET = "SELECT * FROM trading_execution ORDER BY at DESC, id DESC LIMIT 100 OFFSET %s"
BUSY = "SELECT account_id FROM trading_execution WHERE account_id > %s GROUP BY 1 HAVING count(*) > %s ORDER BY 1 LIMIT %s"


class Keys(NamedTuple):
    """What is asked for, the same at either size but for the orders, and where each list ends."""

    heavy: list[str]
    ordinary: list[str]
    markets: list[str]
    orders: dict[str, list[str]]
    count: dict[str, int]


class Case(NamedTuple):
    words: str
    rows: int
    ask: Callable[[str, int], Any]
    target: str = "<= 3"


def measure(shown: Shown, asked: argparse.Namespace) -> None:
    keys = _keys()
    cases = _cases(keys)
    found: dict[tuple[str, str], list[float]] = {}
    for case in cases:
        shown.head(f"P6 {case.words}, {case.rows} rows")
        for _ in range(asked.runs):
            for alias in SIZES:
                whole, bare = _asked(case, alias, asked.asks)
                found.setdefault((case.words, alias), []).append(whole)
                shown.add(f"ms, {alias}: verb", whole, note=f"SQL alone {bare:.2f}")
            shown.ratio("big / small", found[case.words, BIG][-1], found[case.words, SMALL][-1], case.target)
        shown.print(digits=2)
    shown.head("P6 deepest page / first page, of 100 trades")
    for of in ("everything", "a market", "a heavy account"):
        for alias in SIZES:
            for deepest, first in zip(found[f"trades of {of}, deepest page", alias], found[f"trades of {of}, first page", alias], strict=True):
                shown.ratio(f"{of}, {alias}", deepest, first, "<= 1.5")
    shown.print()
    _offsets(shown, asked.runs, keys, found)


def _offsets(shown: Shown, runs: int, keys: Keys, found: dict[tuple[str, str], list[float]]) -> None:
    """The bare rows at a depth, which have no names and are no JSON, beside the deepest page of the desk."""
    shown.head("P6 ms of bare rows by OFFSET, beside the deepest page by cursor")
    for alias in SIZES:
        use(alias)
        for depth in (0, 10_000, 100_000, keys.count[alias] - 100):
            for _ in range(min(runs, 3)):
                with connection.cursor() as cursor:
                    cursor.execute("SET statement_timeout = 0")
                    spent = 1e3 * timed(lambda cursor=cursor, depth=depth: cursor.execute(OFFSET, [depth]))
                    cursor.execute("RESET statement_timeout")
                shown.add(f"{alias}, OFFSET {depth:,}", spent)
        shown.ratio(f"{alias}: OFFSET / cursor at the end", spent, found["trades of everything, deepest page", alias][-1])
    shown.print(digits=2)


def _keys() -> Keys:
    heavy = [f"be{number:022x}" for number in range(1, HEAVY + 1)]
    use(SMALL)
    ordinary = [key for (key,) in rows(BUSY, heavy[-1], FEW + 1, KEYS)]
    markets = [key for (key,) in rows("SELECT market_id FROM bench_market ORDER BY md5(market_id) LIMIT %s", KEYS)]
    counts, orders = {}, {}
    for alias in SIZES:
        use(alias)
        ((counts[alias],),) = rows("SELECT count(*) FROM trading_execution")
        chance = random.Random(7)
        orders[alias] = [f"01B{chance.randrange(counts[alias] // FILLS):023}" for _ in range(KEYS)]
    return Keys(heavy, ordinary, markets, orders, counts)


def _cases(keys: Keys) -> list[Case]:
    quarter = {"from": text(DAYS - 120), "to": text(DAYS - 30)}
    trades, orders, external = back_api().trade_lists.trades, back_api().order_lists.orders, back_api().order_lists.external_orders

    def by(field: str, values: list[str], limit: int, verb: Callable[..., Any] = trades, **more: Any) -> Callable[[str, int], Any]:
        others = [Filter(entry_type="Range", field=name, value=value) for name, value in more.items()]
        made = [RowsQuery(filters=[Filter(entry_type="Exact", field=field, value=value), *others], limit=limit) for value in values]
        return lambda _, number: verb(OWNER, made[number % len(made)])

    def one_order(alias: str, number: int) -> Any:
        wanted = Filter(entry_type="Exact", field="orderId", value=keys.orders[alias][number % KEYS])
        return trades(OWNER, RowsQuery(filters=[wanted], limit=100))

    mails = [f"bench-{int(key[2:], 16)}@example.com" for key in keys.ordinary]
    parts = [RowsQuery(filters=[Filter(entry_type="Like", field="userEmail", value=f"bench-{n}@")], limit=100) for n in range(1, HEAVY + 1)]
    return [
        Case("trades of a heavy account, first page", 100, by("accountId", keys.heavy, 100)),
        Case("trades of a heavy account, deepest page", 100, _deepest("accountId", keys.heavy)),
        Case("trades of an ordinary account", FEW, by("accountId", keys.ordinary, FEW), "<= 1.5"),
        Case("trades of a market, first page", 100, by("marketId", keys.markets, 100)),
        Case("trades of a market, deepest page", 100, _deepest("marketId", keys.markets)),
        Case("trades of a market and 90 days", 100, by("marketId", keys.markets, 100, createdAt=quarter)),
        Case("trades of an order", FILLS, one_order, "<= 1.5"),
        Case("trades of a user by e-mail", FEW, by("userEmail", mails, FEW), "<= 1.5"),
        Case("trades of a heavy user by a part of the e-mail", 100, lambda _, number: trades(OWNER, parts[number % HEAVY])),
        Case("trades of everything, first page", 100, lambda *_: trades(OWNER, RowsQuery(limit=100))),
        Case("trades of everything, deepest page", 100, _deepest()),
        Case("trades of everything, a long page", 1_000, lambda *_: trades(OWNER, RowsQuery(limit=1_000))),
        Case("orders of a heavy account", 100, by("accountId", keys.heavy, 100, orders)),
        Case("external orders of a market and 90 days", FEW, by("marketId", keys.markets, FEW, external, createdAt=quarter)),
    ]


def _deepest(field: str = "", values: list[str] | None = None) -> Callable[[str, int], Any]:
    """The last hundred rows, behind a cursor as the page before them would give it."""
    trades = back_api().trade_lists.trades
    made: dict[tuple[str, int], RowsQuery] = {}

    def query(number: int) -> RowsQuery:
        filters = [Filter(entry_type="Exact", field=field, value=(values or [])[number])] if field else []
        condition, given = ("WHERE " + ("account_id" if field == "accountId" else "market_id") + " = %s", [filters[0].value]) if field else ("", [])
        order = "id" if field == "accountId" else "at, id"
        ((at, key),) = rows(f"SELECT at, id FROM trading_execution {condition} ORDER BY {order} LIMIT 1 OFFSET 100", *given)
        cursor = keyset.cursor("executionId", "Desc", key) if field == "accountId" else keyset.cursor("createdAt", "Desc", at.isoformat(), key)
        return RowsQuery(filters=filters, limit=100, after=cursor)

    def ask(alias: str, number: int) -> Any:
        place = alias, number % len(values or [""])
        if place not in made:
            made[place] = query(place[1])
        return trades(OWNER, made[place])

    return ask


def _asked(case: Case, alias: str, asks: int) -> tuple[float, float]:
    """Milliseconds at the median: of the verb, then of its statements again without it."""
    use(alias)
    whole, bare = [], []
    case.ask(alias, 0)
    for number in range(asks):
        case.ask(alias, number)
        began = time.perf_counter()
        with heard() as statements:
            found = case.ask(alias, number)
        whole.append(1e3 * (time.perf_counter() - began))
        if found.json.count(b'"userId"') != case.rows:
            raise SystemExit(f"{case.words}, {alias}: {found.json.count(b'userId')} rows and not {case.rows}, so these figures count for nothing")
        bare.append(1e3 * timed(lambda statements=statements: _again(statements)))
    return statistics.median(whole), statistics.median(bare)


@contextmanager
def heard() -> Iterator[list[tuple[str, Any]]]:
    found: list[tuple[str, Any]] = []

    def hear(execute: Any, sql: str, values: Any, many: bool, context: Any) -> Any:
        found.append((sql, values))
        return execute(sql, values, many, context)

    with connection.execute_wrapper(hear):
        yield found


def _again(statements: list[tuple[str, Any]]) -> None:
    with connection.cursor() as cursor:
        for sql, values in statements:
            cursor.execute(sql, values)


def rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(sql, values or None)
        found = cursor.fetchall()
        cursor.execute("RESET statement_timeout")
    return list(found)


def timed(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def text(days: int) -> str:
    return (FIRST + timedelta(days=days)).isoformat()
