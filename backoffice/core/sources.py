"""Rows that can be asked for by filters, in an order, page after page. The database makes the JSON that doors hand on or values are read from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple, TypeVar, get_args, get_type_hints

import msgspec
from django.db.backends.base.base import BaseDatabaseWrapper

from backoffice.contracts.errors import Invalid, TooCostly
from backoffice.contracts.filters import Filter, Sort
from backoffice.contracts.paging import COUNT_CAP, Page, Rows, Slice, SortDirection
from backoffice.contracts.wire import Number
from backoffice.core import costs, keyset, replica
from backoffice.core import filters as language
from backoffice.core.filters import Clause, Field

Row = TypeVar("Row", bound=msgspec.Struct)

# So many keys of another table are looked up, else the rows are tried one by one.
KEYS_MOST = 1_000
# So many rows are read at most when each key's newest are read and merged.
MERGED_MOST = 100_000
# Of so many keys each is planned for itself, by what is known of its number of rows.
NAMED_MOST = 30
COUNT_PATIENCE_MS = 1_000
INSTANT = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'


@dataclass(frozen=True, kw_only=True)
class Source:
    """`rows` is a query whose columns are named like the attributes of the values made from it; `key` are those that tell two rows apart.

    `walks` names columns that an index leads to, and the order in which it has the rows of one value: then the order, too, where none is asked for.
    """

    rows: str
    fields: dict[str, Field]
    key: tuple[str, ...]
    order: tuple[str, SortDirection]
    walks: Mapping[str, str] = field(default_factory=dict)
    may_lag: bool = False
    advice: str = "Narrow it by more filters."


class Order(NamedTuple):
    name: str
    field: Field
    direction: SortDirection


def where(source: Source, filters: Sequence[Filter]) -> list[Clause]:
    """The filters as clauses; names that stand in other tables are looked up. Refuses: Invalid, TooCostly."""
    return [_looked_up(source, clause) for clause in language.clauses(source.fields, filters)]


def rows(
    source: Source, row: type[Row], clauses: Sequence[Clause], *, sort: Sort | None = None, after: str | None = None, limit: int, offset: int = 0
) -> Rows[Row]:
    """Refuses: Invalid (sort, cursor), TooCostly."""
    order = order_of(source, sort, clauses)
    behind = [] if after is None else [behind_of(source, order, after)]
    sql, values = _page(source, row, [*clauses, *behind], order, limit + 1, offset)
    found = _texts(source, sql, values)
    shown = found[:limit]
    following = cursor_of(source, order, msgspec.json.decode(shown[-1], type=row)) if len(found) > limit else None
    return Rows(row=row, json=b"[" + b",".join(shown) + b"]", next=following)


def find(source: Source, row: type[Row], clauses: Sequence[Clause], *, sort: Sort | None = None, after: str | None = None, limit: int) -> Slice[Row]:
    """As rows, read."""
    found = rows(source, row, clauses, sort=sort, after=after, limit=limit)
    return Slice(items=found.items, next=found.next)


def page(
    source: Source, row: type[Row], clauses: Sequence[Clause], *, sort: Sort | None, after: str | None, limit: int, is_counted: bool = True
) -> Page[Row]:
    """As rows, read and counted. What takes too long to count is told as more than what is shown."""
    found = rows(source, row, clauses, sort=sort, after=after, limit=limit)
    items = found.items
    if not is_counted or (after is None and found.next is None):
        return Page(items=items, next=found.next, total=len(items) if is_counted else 0)
    try:
        total, is_exceeded = count(source, clauses, patience=COUNT_PATIENCE_MS)
    except TooCostly:
        total, is_exceeded = len(items), True
    return Page(items=items, next=found.next, total=total, is_exceeded=is_exceeded)


def count(source: Source, clauses: Sequence[Clause], *, most: int = COUNT_CAP, patience: int | None = None) -> tuple[int, bool]:
    """Up to `most`, and whether there are more. Refuses: TooCostly, with `patience` after so many milliseconds."""
    condition, values = _condition(clauses)
    sql = f"SELECT count(*) FROM (SELECT FROM ({source.rows}) r WHERE {condition} LIMIT %s) counted"  # noqa: S608  texts of ours only
    counted = int(_scalar(source, sql, (*values, most + 1), patience))
    return min(counted, most), counted > most


def distinct(source: Source, column: str, filters: Sequence[Filter]) -> int:
    """How many values the column has in the rows that match. Refuses: Invalid, TooCostly."""
    condition, values = _condition(where(source, filters))
    sql = f"SELECT count(*) FROM (SELECT DISTINCT r.{column} FROM ({source.rows}) r WHERE {condition}) d"  # noqa: S608  texts of ours only
    return int(_scalar(source, sql, values))


def order_of(source: Source, sort: Sort | None, clauses: Sequence[Clause] = ()) -> Order:
    """Refuses: Invalid."""
    name, direction = source.order
    if sort is not None and (sort.field or sort.column):
        name, direction = sort.field or sort.column or name, sort.direction
    else:
        name = next((source.walks[clause.column] for clause in clauses if clause.column in source.walks), name)
        direction = direction if sort is None else sort.direction
    named = source.fields.get(name)
    if named is None or not named.is_sortable:
        sortable = ", ".join(name for name, field in source.fields.items() if field.is_sortable)
        raise Invalid("The order is not valid.", fields={"sort.field": [f"must be one of {sortable}"]})
    return Order(name, named, direction)


def _looked_up(source: Source, clause: Clause) -> Clause:
    if (lookup := clause.lookup) is None:
        return clause
    sql = f"SELECT DISTINCT * FROM ({lookup.sql}) k LIMIT %s"  # noqa: S608  texts of ours only
    found = _texts(source, sql, (*lookup.values, KEYS_MOST + 1))
    return clause if len(found) > KEYS_MOST else language.known(lookup, [key.decode() for key in found])


def _page(source: Source, row: type[Row], clauses: list[Clause], order: Order, limit: int, offset: int) -> tuple[str, tuple[Any, ...]]:
    directed = ", ".join(f"{column} {order.direction}" for column in columns_of(source, order))
    reach = limit + offset
    merged = next((clause for clause in clauses if _is_merged(source, clause, order, reach)), None)
    condition, values = _condition(clauses) if merged is None else _merged(source, clauses, merged, order, reach)
    sql = f"""
        SELECT row_to_json(page)::text FROM (
            SELECT {selected(row)} FROM ({source.rows}) r WHERE {condition} ORDER BY {directed} LIMIT %s OFFSET %s
        ) page
    """  # noqa: S608  texts of ours only
    return sql, (*values, limit, offset)


def _is_merged(source: Source, clause: Clause, order: Order, limit: int) -> bool:
    return source.walks.get(clause.column) == order.name and len(clause.keys) > 1 and len(clause.keys) * limit <= MERGED_MOST


def _merged(source: Source, clauses: list[Clause], fixed: Clause, order: Order, limit: int) -> tuple[str, tuple[Any, ...]]:
    """Each key's first rows by its index, then the first of them all: neither all rows of those keys nor all before them are read."""
    (key,) = source.key
    others, values = _condition([clause for clause in clauses if clause is not fixed])
    chosen = ", ".join(dict.fromkeys((f"r.{key}", f"r.{order.field.column}")))
    directed = ", ".join(f"{name} {order.direction}" for name in columns_of(source, order))

    def first(of: str) -> str:
        return f"SELECT {chosen} FROM ({source.rows}) r WHERE r.{fixed.column} = {of} AND {others} ORDER BY {directed} LIMIT %s"  # noqa: S608  texts of ours only

    if len(fixed.keys) <= NAMED_MOST:
        parts = " UNION ALL ".join(f"({first('%s')})" for _ in fixed.keys)
        given = tuple(value for name in fixed.keys for value in (name, *values, limit))
    else:
        parts = f"SELECT f.* FROM unnest(%s::text[]) k(value) CROSS JOIN LATERAL ({first('k.value')}) f"  # noqa: S608  texts of ours only
        given = (list(fixed.keys), *values, limit)
    sql = f"r.{key} = ANY(ARRAY(SELECT w.{key} FROM ({parts}) w ORDER BY {directed.replace('r.', 'w.')} LIMIT %s))"  # noqa: S608  texts of ours only
    return sql, (*given, limit)


def columns_of(source: Source, order: Order) -> list[str]:
    """What rows are ordered by: the column asked for, then those that settle every tie."""
    return [f"r.{column}" for column in dict.fromkeys((order.field.column, *source.key))]


def behind_of(source: Source, order: Order, after: str) -> Clause:
    columns = columns_of(source, order)
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


def cursor_of(source: Source, order: Order, row: msgspec.Struct) -> str:
    attributes = dict.fromkeys((order.field.column, *source.key))
    return keyset.cursor(order.name, order.direction, *(_as_text(getattr(row, name)) for name in attributes))


def _as_text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _condition(clauses: Sequence[Clause]) -> tuple[str, tuple[Any, ...]]:
    values = tuple(value for clause in clauses for value in clause.values)
    return " AND ".join(f"({clause.sql})" for clause in clauses) or "TRUE", values


@cache
def selected(row: type[msgspec.Struct]) -> str:
    """A number of the row's is a JSON number, any other decimal a text, and a time ends in Z."""
    hints = get_type_hints(row, include_extras=True)
    names = zip(row.__struct_fields__, row.__struct_encode_fields__, strict=True)
    return ", ".join(f'{_told(name, hints[name])} AS "{wire}"' for name, wire in names)


def _told(name: str, hint: Any) -> str:
    kinds = get_args(hint) or (hint,)
    if datetime in kinds:
        return f"to_char(r.{name} AT TIME ZONE 'UTC', '{INSTANT}')"
    return f"r.{name}::text" if Decimal in kinds and hint != Number else f"r.{name}"


def _texts(source: Source, sql: str, values: Sequence[Any]) -> list[bytes]:
    """The first column as the bytes that came over the wire: most of what a row of Python objects costs is making them."""

    def question(connection: BaseDatabaseWrapper) -> list[bytes]:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            result = cursor.cursor.pgresult
            return [result.get_value(number, 0) for number in range(result.ntuples)]

    with costs.bounded(source.advice):
        return replica.ask(question, may_lag=source.may_lag)


def _scalar(source: Source, sql: str, values: Sequence[Any], patience: int | None = None) -> Any:
    def question(connection: BaseDatabaseWrapper) -> Any:
        with costs.patience(connection, patience), connection.cursor() as cursor:
            cursor.execute(sql, values)
            found = cursor.fetchone()
        return found[0] if found else None

    with costs.bounded(source.advice):
        return replica.ask(question, may_lag=source.may_lag)
