"""What the executions of a period pay by one rule book and by another: set-based, a chunk of time at once, to the last decimal."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db import connection

from backoffice.commission_changes import impact_sql as sql
from backoffice.contracts.commission_changes import Period
from backoffice.contracts.rule_book import RuleBook

CHUNK_ORDERS = 50_000


class Impossible(Exception):
    """It cannot be computed; the message says why."""


def prepare(before: RuleBook, after: RuleBook) -> None:
    """Who pays what on which market by either book, into tables of this connection. Refuses: Impossible."""
    _execute(sql.DROP + sql.CREATE)
    _copy(sql.COPY_RULES, (row for book, found in (("old", before), ("new", after)) for row in _rules(book, found)))
    _copy(sql.COPY_ASSIGNMENTS, (row for book, found in (("old", before), ("new", after)) for row in _assignments(book, found)))
    _execute("ANALYZE impact_rule; ANALYZE impact_assignment")
    _execute(sql.PAYERS)
    _execute(sql.FEES)
    if not _rows("SELECT FROM markets_asset WHERE is_root"):
        raise Impossible("No root asset is chosen, in which old and new could be compared.")
    if unrated := [str(asset) for (asset,) in _rows(sql.WITHOUT_RATE)]:
        raise Impossible(f"There is no rate to the root asset of {', '.join(unrated)}, in which a fee per lot is given.")


def chunks(period: Period, orders: int = CHUNK_ORDERS) -> tuple[int, list[tuple[datetime, datetime]]]:
    """About how many orders there are, and spans of time in which up to so many of them began."""
    starts = [at for (at,) in _rows(sql.STEPS, {"from": period.from_, "to": period.to, "rows": orders})]
    spans = list(pairwise([*starts, period.to]))
    ((left,),) = _rows(sql.COUNT, {"from": spans[-1][0], "to": period.to})
    return orders * (len(spans) - 1) + int(left), spans


def add_edges(period: Period) -> None:
    """Orders that reach beyond the period, with their fills within it."""
    _execute(sql.EDGES, {"from": period.from_, "to": period.to})


def add(period: Period, start: datetime, end: datetime) -> None:
    """Orders that began in this span of the period and do not reach beyond it."""
    _execute(sql.CHUNK, {"from": period.from_, "to": period.to, "start": start, "end": end})


def keep(change_set_id: UUID) -> None:
    _execute(sql.FORGET, {"id": change_set_id})
    _execute(sql.KEEP, {"id": change_set_id})


def forget() -> None:
    _execute(sql.DROP)


def _rules(book: str, found: RuleBook) -> Iterator[tuple[Any, ...]]:
    for rule in found.rules:
        fee, priority = rule.fee, sql.LAST if rule.priority is None else rule.priority
        named = (book, rule.profile_id, priority, rule.market_id, rule.market_group_id)
        yield (*named, fee.spot.size, fee.cfd.type, fee.cfd.size, fee.cfd.asset_id, fee.min_fee_rat)


def _assignments(book: str, found: RuleBook) -> Iterator[tuple[Any, ...]]:
    for one in found.assignments:
        yield book, sql.LAST if one.priority is None else one.priority, one.user_id, one.account_id, one.account_group_id, one.profile_id


def _copy(statement: str, rows: Iterator[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _execute(statement: str, values: dict[str, Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _rows(statement: str, values: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
