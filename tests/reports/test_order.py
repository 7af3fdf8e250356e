"""In which order the rows of a report come: the one asked for, promised by the outermost query, and sorted once."""

from typing import Any, get_args

import pytest
from django.db import connection
from django.utils import timezone

from backoffice.contracts.filters import Sort
from backoffice.contracts.reports import ReportSource
from backoffice.reports import question
from backoffice.reports.question import Question
from backoffice.reports.render import csv, json
from backoffice.reports.sources import KINDS

PARALLEL = """
SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0; SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL min_parallel_index_scan_size = 0; SET LOCAL debug_parallel_query = 'on'
"""
SORTS = ("Sort", "Incremental Sort")


def asked(source: ReportSource, sort: Sort | None) -> Question:
    return question.ask(KINDS[source], [], sort, None, None, timezone.now())


def nodes(plan: dict[str, Any]) -> list[str]:
    return [plan["Node Type"], *(node for inner in plan.get("Plans", ()) for node in nodes(inner))]


def planned(sql: str, values: tuple[Any, ...]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT json) {sql}", values)
        return nodes(cursor.fetchone()[0][0]["Plan"])


@pytest.mark.parametrize("is_parallel", [False, True])
@pytest.mark.parametrize("source", get_args(ReportSource))
def test_the_outer_order_costs_no_second_sort(source: ReportSource, is_parallel: bool, bank: dict[str, str], db: None) -> None:
    kind = KINDS[source]
    orders = [None, *(Sort(field=name) for name, field in kind.source.fields.items() if field.is_sortable)]
    with connection.cursor() as cursor:
        if is_parallel:
            cursor.execute(PARALLEL)
        for sort in orders:
            for cell, is_json in ((csv.cell, False), (json.cell, True)):
                sql, values = question.rows(asked(source, sort), cell, is_json=is_json)
                without, _, _ = sql.rpartition(" ORDER BY ")
                assert without.count("(") == without.count(")"), "only the outer order is cut off"
                found, once = planned(sql, values), planned(without, values)
                assert [node for node in found if node in SORTS] == [node for node in once if node in SORTS], (sort, found)
