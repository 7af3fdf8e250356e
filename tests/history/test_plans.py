"""Each walk that a list declares is one: an index has the rows in that order, so that the newest hundred are found without sorting the rest."""

import re
from typing import Any

import msgspec
import pytest
from django.db import connection

from backoffice.contracts.filters import Sort
from backoffice.core import filters as language
from backoffice.core import sources
from backoffice.core.filters import Clause
from backoffice.core.sources import Source
from tests.history.test_lists_against_a_model import LISTS

WALKS = [(name, column, order) for name, (source, _) in LISTS.items() for column, order in source.walks.items()]


@pytest.fixture(autouse=True)
def _as_never_counted(db: None) -> None:
    """What other tests left in the tables, and when these were counted, says nothing of large ones."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE relnamespace = 'public'::regnamespace")
        cursor.execute("DELETE FROM pg_statistic s USING pg_class c WHERE c.oid = s.starelid AND c.relnamespace = 'public'::regnamespace")


def plan(source: Source, row: Any, clauses: list[Clause], sort: Sort | None = None) -> str:
    """As the planner would have it of a table that is too large to be read or sorted."""
    order = sources.order_of(source, sort, clauses)
    sql, values = sources._page(source, row, clauses, order, 101, 0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_hashagg = off"
        )
        cursor.execute(f"EXPLAIN (COSTS OFF) {sql}", values)
        return re.sub(r"\((\w+)\)::text", r"\1", "\n".join(line for (line,) in cursor.fetchall()))


def sorts(text: str) -> list[str]:
    return re.findall(r"^.*->  Sort$", text, re.MULTILINE)


class Shown(msgspec.Struct):
    """Nothing of a row: what is shown of it changes no walk."""


def fixed(column: str, *keys: str) -> Clause:
    return language.known(language.Lookup(column, "", ()), keys)


@pytest.mark.parametrize(("name", "column", "order"), WALKS)
@pytest.mark.parametrize("direction", ["Asc", "Desc"])
def test_the_rows_of_one_value_are_walked_in_their_order(db: None, name: str, column: str, order: str, direction: Any) -> None:
    text = plan(LISTS[name][0], Shown, [fixed(column, "x")], Sort(field=order, direction=direction))
    assert sorts(text) == [], text
    assert f"Cond: ({column} = 'x'::text)" in text, text


@pytest.mark.parametrize(("name", "column", "order"), WALKS)
def test_several_values_are_walked_each(db: None, name: str, column: str, order: str) -> None:
    source = LISTS[name][0]
    text = plan(source, Shown, [fixed(column, "x", "y", "z")])
    assert text.count(f"Cond: ({column} = '") == 3, text
    assert "Merge Append" in text


@pytest.mark.parametrize("name", LISTS)
def test_all_rows_are_walked_the_newest_first(db: None, name: str) -> None:
    assert sorts(plan(LISTS[name][0], Shown, [])) == []
