"""Reading within limits: inside `within` every statement sees of each table only what is in reach, as if the rest were not there.

A statement gets a WITH clause in front that gives each table it names another meaning. So lists, totals, counts and objects by their id
are narrowed alike, whoever wrote their SQL; a statement that cannot be narrowed is not carried out.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connections

from backoffice.contracts.actor import Actor, Scope
from backoffice.core.reached import OPEN, OPEN_APPS, TABLES, Reach

PLACES = re.compile(r"\{(accounts|markets)\}")
# What gives nothing back tells nothing, and what is put in gives back itself.
WRITES = re.compile(
    r"\s*(?:(?:INSERT|UPDATE|DELETE)\b(?!.*\bRETURNING\b)|INSERT\s+INTO\s+\S+\s*\([^)]*\)\s*(?:VALUES\b|SELECT \* FROM UNNEST\b))",
    re.IGNORECASE | re.DOTALL,
)
HEAD = re.compile(r"\s*(SELECT|WITH)\b(\s+RECURSIVE\b)?", re.IGNORECASE)


class Narrowed(NamedTuple):
    text: str
    values: tuple[Any, ...]


class Unreachable(RuntimeError):
    """A statement reads what nobody has said to whom it may be shown."""


# Limits that hold together: of each one scope must let a row pass.
_limits: ContextVar[tuple[tuple[Scope, ...], ...]] = ContextVar("limits", default=())


def limits_of(actor: Actor, operation: str) -> tuple[Scope, ...]:
    """Only what limits reading; none when some scope lets everything pass."""
    scopes = actor.scopes.get(operation, ())
    return () if any(scope.market_groups is None and scope.account_groups is None for scope in scopes) else tuple(scopes)


@contextmanager
def within(actor: Actor, operation: str) -> Iterator[None]:
    limits = limits_of(actor, operation) if actor.scopes else ()
    if not limits:
        yield
        return
    with limited(limits):
        yield


@contextmanager
def limited(limits: Sequence[Scope]) -> Iterator[None]:
    token = _limits.set((*_limits.get(), tuple(limits)))
    try:
        with ExitStack() as stack:
            if len(_limits.get()) == 1:
                for connection in connections.all():
                    stack.enter_context(connection.execute_wrapper(_execute))
            yield
    finally:
        _limits.reset(token)


def is_limited() -> bool:
    return bool(_limits.get())


def limited_to() -> set[str]:
    """By which of "account_id" and "market_id" rows are in reach or not."""
    scopes = [scope for limits in _limits.get() for scope in limits]
    by = (("account_id", [scope.account_groups for scope in scopes]), ("market_id", [scope.market_groups for scope in scopes]))
    return {column for column, groups in by if any(found is not None for found in groups)}


def narrowed(sql: str, values: Sequence[Any] | None = None) -> tuple[str, Sequence[Any] | None]:
    """The statement as it may be asked within the limits that hold now. Refuses: Unreachable."""
    if not _limits.get() or WRITES.match(sql) or not (tables := _tables(sql)):
        return sql, values
    if values is not None and not isinstance(values, list | tuple):
        raise Unreachable("values by name cannot be put behind those of the limits")
    shown = [_shown(table) for table in tables]
    given = tuple(value for one in shown for value in one.values)
    # Without values a percent sign is one; with values it is two.
    text = sql if values is not None else sql.replace("%", "%%")
    return _prefixed(text, ", ".join(one.text for one in shown)), (*given, *(values or ()))


def _execute(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    if many and _tables(sql):
        raise Unreachable("one statement many times is not what reading does")
    text, values = (sql, params) if many else narrowed(sql, params)
    return execute(text, values, many, context)


def _prefixed(sql: str, tables: str) -> str:
    found = HEAD.match(sql)
    if found is None:
        raise Unreachable(f"only a query can be narrowed: {sql[:40]!r}")
    if found[2]:
        return f"WITH {tables} SELECT * FROM ({sql}) whole"  # noqa: S608  texts of ours only
    return f"WITH {tables} {sql}" if found[1].upper() == "SELECT" else f"WITH {tables}, {sql[found.end() :]}"


def _tables(sql: str) -> list[str]:
    """Those of the statement that show less within limits."""
    named = dict.fromkeys(_pattern().findall(sql))
    unknown = [name for name in named if name not in TABLES and name not in OPEN and not name.startswith(OPEN_APPS)]
    if unknown:
        raise Unreachable(f"nobody has said who may see the rows of {unknown[0]}")
    return [name for name in named if name in TABLES]


def _shown(table: str) -> Narrowed:
    conditions = [_any_of(TABLES[table], limits) for limits in _limits.get()]
    text = " AND ".join(f"({condition.text})" for condition in conditions)
    values = tuple(value for condition in conditions for value in condition.values)
    # Named once or often, it is to be planned as if it were the table.
    return Narrowed(f"{table} AS NOT MATERIALIZED (SELECT t.* FROM {table} t WHERE {text})", values)  # noqa: S608  texts of ours only


def _any_of(reach: Reach, limits: Sequence[Scope]) -> Narrowed:
    each = [_condition(reach, scope) for scope in limits]
    return Narrowed(" OR ".join(f"({one.text})" for one in each), tuple(value for one in each for value in one.values))


def _condition(reach: Reach, scope: Scope) -> Narrowed:
    groups = {"accounts": scope.account_groups, "markets": scope.market_groups}
    parts = [getattr(reach, name) for name, ids in groups.items() if ids is not None]
    text = " AND ".join(f"({part})" for part in (*parts, reach.either) if part) or "true"
    values = tuple(sorted(groups[place] or ()) for place in PLACES.findall(text))
    return Narrowed(PLACES.sub("%s::text[]", text), values)


@cache
def _pattern() -> re.Pattern[str]:
    names = sorted((model._meta.db_table for model in apps.get_models(include_auto_created=True)), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
