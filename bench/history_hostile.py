"""Every filter and every order that a list declares, with values that match nothing: an answer in time or a refusal that helps."""

import argparse
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection

from backoffice.contracts.errors import TooCostly
from backoffice.contracts.filters import Filter, RowsQuery, Sort
from backoffice.core.filters import Field
from backoffice.core.sources import Source
from backoffice.history.order_sources import EXTERNAL_ORDERS, ORDERS
from backoffice.history.trade_sources import TRADES
from backoffice.services import back_api
from bench.history_load import BIG, use
from bench.history_pages import OWNER
from bench.transfers_shown import Shown

SLOW_MS = 100
# Nothing matches; a part of a text that is in every row, and one that is in none.
VALUES = {
    "text": (("Exact", "zz-nothing"), ("Like", "zz-nothing"), ("Like", "e")),
    "number": (("Exact", "-77"), ("Range", {"from": "99999999"})),
    "time": (("Exact", "2001-01-01T00:00:00Z"), ("Range", {"from": "2001-01-01T00:00:00Z", "to": "2001-01-02T00:00:00Z"})),
}


def measure(shown: Shown, asked: argparse.Namespace) -> None:  # noqa: ARG001  one signature for all of a table
    use(BIG)
    api = back_api()
    lists: list[tuple[str, Source, Callable[..., Any]]] = [
        ("trades", TRADES, api.trade_lists.trades),
        ("orders", ORDERS, api.order_lists.orders),
        ("external orders", EXTERNAL_ORDERS, api.order_lists.external_orders),
    ]
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        print(f"\nfilters and orders at the bigger size that take more than {SLOW_MS} ms; statements are stopped after {cursor.fetchone()[0]}")
    for words, source, verb in lists:
        refused: dict[str, str] = {}
        asked_for = list(_queries(source))
        for what, query in asked_for:
            began = time.perf_counter()
            try:
                verb(OWNER, query)
                outcome = ""
            except TooCostly as refusal:
                outcome = "400 too_costly"
                refused[what] = f"{refusal} {refusal.fields or ''}"
            spent = 1e3 * (time.perf_counter() - began)
            if spent > SLOW_MS:
                print(f"  {words + ': ' + what:70} {spent:8,.0f} ms  {outcome}", flush=True)
        print(f"  {words}: {len(asked_for)} questions, {len(refused)} refused, in these words: {' | '.join(sorted(set(refused.values())))}")


def _queries(source: Source) -> Iterator[tuple[str, RowsQuery]]:
    for name, field in source.fields.items():
        for kind, value in _values(field):
            yield f"{name} {kind} {value}", RowsQuery(filters=[Filter(entry_type=kind, field=name, value=value)], limit=100)  # type: ignore[arg-type]
    for name, field in source.fields.items():
        if field.is_sortable:
            yield f"by {name}", RowsQuery(sort=Sort(field=name, direction="Desc"), limit=100)


def _values(field: Field) -> tuple[tuple[str, Any], ...]:
    return tuple(("Exact", word) for word in field.words) if field.kind == "word" else VALUES[field.kind]
