"""What a report asks of its source, as SQL: the rows in order, and their count and control totals."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from backoffice.contracts import periods
from backoffice.contracts.errors import Invalid
from backoffice.contracts.filters import Filter, Sort
from backoffice.contracts.periods import Span
from backoffice.contracts.reports import ControlTotal
from backoffice.core import filters as language
from backoffice.core import sources
from backoffice.core.filters import Clause
from backoffice.core.sources import Order
from backoffice.history.asked import Sql
from backoffice.reports.kinds import Column, Kind

Run = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]


class Question(NamedTuple):
    """`filters` are the caller's, with periods by words as the instants that they meant; `rows` are those that the clauses are about."""

    kind: Kind
    columns: tuple[Column, ...]
    filters: list[Filter]
    rows: Sql
    clauses: list[Clause]
    order: Order


class Day(NamedTuple):
    """`worth` is the part of the first control total, None where the source has none."""

    day: date
    rows: int
    worth: Decimal | None


class Figures(NamedTuple):
    rows: int
    totals: list[ControlTotal]


def ask(kind: Kind, filters: Sequence[Filter], sort: Sort | None, columns: Sequence[str] | None, window: Span | None, at: datetime) -> Question:
    """`at`: what periods by words are relative to. Refuses: Invalid."""
    language.clauses(kind.fields, filters)
    fixed = periods.fixed(filters, at)
    bound = [] if window is None or kind.time is None else [_within(kind.time, window)]
    found, clauses = kind.rows([*fixed, *bound], at)
    return Question(kind, _chosen(kind, columns), fixed, found, clauses, _order(kind, sort, clauses))


def looked_up(question: Question, run: Run) -> Question:
    """The same with keys of other tables named where they are few, so that their index is used; of many each row is tried."""
    return question._replace(clauses=[_looked_up(clause, run) for clause in question.clauses])


def rows(question: Question, cell: Callable[[Column], str], *, is_json: bool = False) -> tuple[str, tuple[Any, ...]]:
    """All of them, in order; `is_json`: each as one text."""
    condition, values = _where(question)
    cells = ", ".join(f'{cell(column)} AS "{column.name}"' for column in question.columns)
    told = f"(SELECT row_to_json(line) FROM (SELECT {cells}) line)::text" if is_json else cells  # noqa: S608  texts of ours only
    ordering = tuple(dict.fromkeys((question.order.field.column, *question.kind.source.key)))
    found = ", ".join(f"r.{column}" for column in dict.fromkeys((*(column.attribute for column in question.columns), *ordering)))
    directed = ", ".join(f"r.{column} {question.order.direction}" for column in ordering)
    # A query that sorts is not merged into the one around it: a cell that mentions its column three times has it looked up once.
    # The order is asked for outside as well, where alone it is promised; PostgreSQL sees that the rows come in it and sorts once.
    inner = f"SELECT {found} FROM ({question.rows.text}) r {condition} ORDER BY {directed}"  # noqa: S608  texts of ours only
    return f"SELECT {told} FROM ({inner}) r ORDER BY {directed}", values  # noqa: S608  texts of ours only


def figures(question: Question, run: Run) -> Figures:
    """One pass over the rows: how many, and the sums of each asset, which add up to those of all."""
    kind = question.kind
    condition, values = _where(question)
    summed = (*kind.sums, *kind.asset_sums)
    # Grouped plainly, so that PostgreSQL may share it out among its workers; sets of groups it would not.
    each = "".join(f", coalesce(sum(r.{name}), 0) AS s{number}, count(r.{name}) AS c{number}" for number, name in enumerate(summed))
    all_of_them = "".join(f", trim_scale(coalesce(sum(s{number}), 0)), coalesce(sum(rows - c{number}), 0)" for number in range(len(summed)))
    each_again = "".join(f", trim_scale(s{number}), rows - c{number}" for number in range(len(summed)))
    asset, grouped = (f"r.{kind.asset}", f"GROUP BY r.{kind.asset}") if kind.asset else ("NULL::text", "")
    sql = f"""
        WITH per AS MATERIALIZED (
            SELECT {asset} AS asset, count(*) AS rows{each} FROM ({question.rows.text}) r {condition} {grouped}
        )
        SELECT true, NULL, coalesce(sum(rows), 0){all_of_them} FROM per
        UNION ALL SELECT false, asset, rows{each_again} FROM per
    """  # noqa: S608  texts of ours only
    found = run(sql, values)
    whole = next(row for row in found if row[0])
    totals = [_total(kind, name, None, whole, summed) for name in kind.sums]
    for row in sorted((row for row in found if not row[0] and kind.asset), key=lambda row: str(row[1])):
        totals += [_total(kind, name, row[1], row, summed) for name in kind.asset_sums]
    return Figures(int(whole[2]), totals)


def days(question: Question, run: Run) -> list[Day]:
    """Each day that has rows, in the zone of the snapshot; none where rows have no time of their own."""
    field = None if question.kind.time is None else question.kind.source.fields.get(question.kind.time)
    if field is None:
        return []
    condition, values = _where(question)
    summed = f"coalesce(sum(r.{question.kind.sums[0]}), 0)" if question.kind.sums else "NULL"
    sql = f"SELECT r.{field.column}::date AS day, count(*), {summed} FROM ({question.rows.text}) r {condition} GROUP BY day ORDER BY day"  # noqa: S608  texts of ours only
    return [Day(day, int(count), worth) for day, count, worth in run(sql, values)]


def count(question: Question, run: Run, most: int) -> tuple[int, bool]:
    """Up to `most`, and whether there are more."""
    condition, values = _where(question)
    sql = f"SELECT count(*) FROM (SELECT FROM ({question.rows.text}) r {condition} LIMIT %s) counted"  # noqa: S608  texts of ours only
    counted = int(run(sql, (*values, most + 1))[0][0])
    return min(counted, most), counted > most


def _total(kind: Kind, name: str, of: str | None, row: tuple[Any, ...], summed: Sequence[str]) -> ControlTotal:
    place = 3 + 2 * summed.index(name)
    wire = next(column.name for column in kind.columns if column.attribute == name)
    return ControlTotal(column=wire, of=of, value=row[place], missing=int(row[place + 1]))


def _chosen(kind: Kind, columns: Sequence[str] | None) -> tuple[Column, ...]:
    if columns is None:
        return kind.usual_columns
    known = {column.name: column for column in kind.columns}
    if not columns or len(set(columns)) < len(columns) or not known.keys() >= set(columns):
        raise Invalid("The columns are not valid.", fields={"columns": [f"must be some of {', '.join(known)}, each once"]})
    return tuple(known[name] for name in columns)


def _order(kind: Kind, sort: Sort | None, clauses: Sequence[Clause]) -> Order:
    try:
        return sources.order_of(kind.source, sort, clauses)
    except Invalid as error:
        raise Invalid(error.detail, fields={"sorting.field": next(iter(error.fields.values()))}) from None


def _within(name: str, window: Span) -> Filter:
    return Filter(entry_type="Range", field=name, value={"from": window.start.isoformat(), "to": window.end.isoformat()})


def _where(question: Question) -> tuple[str, tuple[Any, ...]]:
    values = (*question.rows.values, *(value for clause in question.clauses for value in clause.values))
    return ("WHERE " + " AND ".join(f"({clause.sql})" for clause in question.clauses) if question.clauses else ""), values


def _looked_up(clause: Clause, run: Run) -> Clause:
    if (lookup := clause.lookup) is None:
        return clause
    found = run(f"SELECT DISTINCT * FROM ({lookup.sql}) k LIMIT %s", (*lookup.values, sources.KEYS_MOST + 1))  # noqa: S608  texts of ours only
    return clause if len(found) > sources.KEYS_MOST else language.known(lookup, [key for (key,) in found])


def stored(filters: Sequence[Filter]) -> list[Any]:
    """As JSON that `read` gives back."""
    return [msgspec.to_builtins(entry) for entry in filters]


def read(filters: list[Any]) -> list[Filter]:
    return msgspec.convert(filters, list[Filter])
