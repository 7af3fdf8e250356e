"""Rows that can be asked for by filters, in an order, page after page. The database makes the JSON that the contract values are read from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple, TypeVar

import msgspec
from django.db import connection

from backoffice.contracts.errors import Invalid
from backoffice.contracts.filters import Filter, Sort
from backoffice.contracts.paging import COUNT_CAP, Slice, SortDirection
from backoffice.core import filters as language
from backoffice.core import keyset
from backoffice.core.filters import Clause, Field

Row = TypeVar("Row", bound=msgspec.Struct)


@dataclass(frozen=True, kw_only=True)
class Source:
    """`rows` is a query whose columns are named like the attributes of the values made from it; `key` are those that tell two rows apart."""

    rows: str
    fields: dict[str, Field]
    key: tuple[str, ...]
    order: tuple[str, SortDirection]


class Order(NamedTuple):
    name: str
    field: Field
    direction: SortDirection


def find(source: Source, row: type[Row], clauses: Sequence[Clause], *, sort: Sort | None = None, after: str | None = None, limit: int) -> Slice[Row]:
    """Refuses: Invalid (sort, cursor)."""
    order = order_of(source, sort)
    behind = [] if after is None else [_behind(source, order, after)]
    where, values = _where([*clauses, *behind])
    directed = ", ".join(f"{column} {order.direction}" for column in _columns(source, order))
    sql = f"""
        SELECT coalesce(json_agg(page), '[]')::text FROM (
            SELECT {_selected(row)} FROM ({source.rows}) r {where} ORDER BY {directed} LIMIT %s
        ) page
    """  # noqa: S608  texts of ours only
    found = _decoder(row).decode(_scalar(sql, (*values, limit + 1)))
    shown = found[:limit]
    return Slice(items=shown, next=_cursor(source, order, shown[-1]) if len(found) > limit else None)


def count(source: Source, clauses: Sequence[Clause]) -> tuple[int, bool]:
    """Up to the cap, and whether there are more."""
    where, values = _where(clauses)
    sql = f"SELECT count(*) FROM (SELECT FROM ({source.rows}) r {where} LIMIT %s) counted"  # noqa: S608  texts of ours only
    return keyset.counted(_scalar(sql, (*values, COUNT_CAP + 1)))


def distinct(source: Source, column: str, filters: Sequence[Filter]) -> int:
    """How many values the column has in the rows that match. Refuses: Invalid."""
    where, values = _where(language.clauses(source.fields, filters))
    return int(_scalar(f"SELECT count(*) FROM (SELECT DISTINCT r.{column} FROM ({source.rows}) r {where}) d", values))  # noqa: S608  texts of ours only


def order_of(source: Source, sort: Sort | None) -> Order:
    """Refuses: Invalid."""
    name, direction = source.order
    if sort is not None:
        name, direction = sort.field or sort.column or name, sort.direction
    field = source.fields.get(name)
    if field is None or not field.is_sortable:
        sortable = ", ".join(name for name, field in source.fields.items() if field.is_sortable)
        raise Invalid("The order is not valid.", fields={"sort.field": [f"must be one of {sortable}"]})
    return Order(name, field, direction)


def _columns(source: Source, order: Order) -> list[str]:
    """What rows are ordered by: the column asked for, then those that settle every tie."""
    return [f"r.{column}" for column in dict.fromkeys((order.field.column, *source.key))]


def _behind(source: Source, order: Order, after: str) -> Clause:
    columns = _columns(source, order)
    name, direction, first, *ties = keyset.read(after, 2 + len(columns))
    if (name, direction) != (order.name, order.direction):
        raise keyset.foreign()
    try:
        key = language.parsed(order.field, first)
    except language.Unfit:
        raise keyset.foreign() from None
    beyond = ">" if order.direction == "Asc" else "<"
    marks = ", ".join([f"%s::{language.SQL_TYPE[order.field.kind]}", *("%s::text" for _ in ties)])
    return Clause(f"({', '.join(columns)}) {beyond} ({marks})", (key, *ties))


def _cursor(source: Source, order: Order, row: msgspec.Struct) -> str:
    attributes = dict.fromkeys((order.field.column, *source.key))
    return keyset.cursor(order.name, order.direction, *(_as_text(getattr(row, name)) for name in attributes))


def _as_text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _where(clauses: Sequence[Clause]) -> tuple[str, tuple[Any, ...]]:
    values = tuple(value for clause in clauses for value in clause.values)
    return ("WHERE " + " AND ".join(f"({clause.sql})" for clause in clauses) if clauses else ""), values


@cache
def _selected(row: type[msgspec.Struct]) -> str:
    return ", ".join(f'r.{name} AS "{wire}"' for name, wire in zip(row.__struct_fields__, row.__struct_encode_fields__, strict=True))


@cache
def _decoder(row: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(list[row])


def _scalar(sql: str, values: Sequence[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found = cursor.fetchone()
    return found[0] if found else None
