"""Lists of trading: filters, orders and pages against a plain evaluator over the same rows (E8, F37)."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any

import msgspec
import pytest

from backoffice.contracts.filters import Filter, PageQuery, RowsQuery, Sort
from backoffice.core.filters import ALLOWED
from backoffice.core.sources import Source
from backoffice.history.order_sources import EXTERNAL_ORDERS, OPEN_ORDERS, ORDERS
from backoffice.history.position_sources import CLOSED_POSITIONS, FUNDING_PAYMENTS, POSITION_SWAPS, POSITIONS
from backoffice.history.trade_sources import TRADES, UNSOLICITED_TRADES
from backoffice.services import back_api
from tests.history.trading import fill, open_desk
from tests.money.bank import OWNER

LISTS: dict[str, tuple[Source, str]] = {
    "orders": (ORDERS, "order_lists"),
    "open_orders": (OPEN_ORDERS, "order_lists"),
    "external_orders": (EXTERNAL_ORDERS, "order_lists"),
    "trades": (TRADES, "trade_lists"),
    "unsolicited_trades": (UNSOLICITED_TRADES, "trade_lists"),
    "positions": (POSITIONS, "position_lists"),
    "closed_positions": (CLOSED_POSITIONS, "position_lists"),
    "position_swaps": (POSITION_SWAPS, "position_lists"),
    "funding_payments": (FUNDING_PAYMENTS, "position_lists"),
}
GROUPS = {"Spare_1": "vip"}


@pytest.fixture
def desk(db: None) -> None:
    fill(open_desk(), seed=1)


@pytest.mark.parametrize("name", LISTS)
def test_what_a_list_finds_is_what_the_model_finds(desk: None, name: str) -> None:
    source, capability = LISTS[name]
    verb = getattr(getattr(back_api(), capability), f"{name}_page")
    every = list(pages(verb, [], None, 1_000))
    assert len(every) >= 4
    random = Random(name)
    for _ in range(60):
        asked = [entry(random, source, every) for _ in range(random.randrange(3))]
        sort = random.choice([None, Sort(field=random.choice(sortable(source)), direction=random.choice(["Asc", "Desc"]))])
        expected = [row for row in every if all(holds(one, value_of(row, source, one.field)) for one in asked)]
        found = list(pages(verb, asked, sort, random.randrange(1, 6)))
        assert sorted(map(repr, found)) == sorted(map(repr, expected)), asked
        if sort is not None and sort.field is not None:
            column = source.fields[sort.field].column
            ordered = sorted(expected, key=lambda row: (getattr(row, column), getattr(row, source.key[0])), reverse=sort.direction == "Desc")
            assert found == ordered, (asked, sort)
        assert verb(OWNER, PageQuery(filters=asked, sort=sort, limit=1)).total == len(expected)


@pytest.mark.parametrize("name", LISTS)
def test_without_a_sort_the_newest_come_first(desk: None, name: str) -> None:
    source, capability = LISTS[name]
    verb = getattr(getattr(back_api(), capability), f"{name}_page")
    column, key = source.fields[source.order[0]].column, source.key[0]
    rows = list(pages(verb, [], None, 3))
    assert rows == sorted(rows, key=lambda row: (getattr(row, column), getattr(row, key)), reverse=True)


@pytest.mark.parametrize("name", LISTS)
def test_what_is_handed_on_reads_as_the_rows_of_the_desk(desk: None, name: str) -> None:
    _, capability = LISTS[name]
    lists = getattr(back_api(), capability)
    query = {"open_orders": {"limit": 1_000}}.get(name, {})
    found = getattr(lists, name)(OWNER, msgspec.convert(query, getattr(lists, name).__annotations__["query"]))
    listed = getattr(lists, f"{name}_page")(OWNER, PageQuery(limit=1_000)).items
    fields = found.row.__struct_fields__
    assert [msgspec.structs.asdict(row) for row in found.items] == [{name: getattr(row, name) for name in fields} for row in listed]
    numbers: list[str] = []
    json.loads(found.json, parse_float=numbers.append)
    assert all(re.fullmatch(r"-?[0-9]+\.[0-9]+", number) for number in numbers)


def pages(verb: Any, asked: list[Filter], sort: Sort | None, limit: int) -> Iterator[Any]:
    after = None
    while True:
        page = verb(OWNER, PageQuery(filters=asked, sort=sort, limit=limit, after=after, is_counted=False))
        yield from page.items
        if (after := page.next) is None:
            return


def sortable(source: Source) -> list[str]:
    return [name for name, field in source.fields.items() if field.is_sortable]


def value_of(row: Any, source: Source, name: str) -> Any:
    if name == "accountGroupId":
        return "retail" if row.account_id else None
    return getattr(row, source.fields[name].column)


def wire(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def entry(random: Random, source: Source, rows: list[Any]) -> Filter:
    """Of a value that a row has, or of a word that none may have."""
    name = random.choice(list(source.fields))
    field = source.fields[name]
    values = [wire(value) for row in rows if (value := value_of(row, source, name)) is not None]
    if field.kind == "word":
        values += field.words
    values = values or [{"text": "x", "number": 1, "time": "2026-11-24T12:00:00Z"}[field.kind]]
    kind = random.choice(ALLOWED[field.kind])
    if kind == "Like":
        text = str(random.choice(values))
        start = random.randrange(len(text) or 1)
        return Filter(entry_type=kind, field=name, value=random.choice([text, text.upper(), text.lower()])[start : start + 3])
    if kind == "Range":
        ends = random.choice([("from",), ("to",), ("from", "to")])
        return Filter(entry_type=kind, field=name, value={end: random.choice(values) for end in ends})
    if random.randrange(2):
        return Filter(entry_type=kind, field=name, value=random.sample(values, min(len(values), random.randrange(4))))
    return Filter(entry_type=kind, field=name, value=random.choice(values))


def holds(asked: Filter, actual: Any) -> bool:
    if actual is None:
        return False
    if asked.entry_type == "Like":
        return str(asked.value).upper() in str(actual).upper()
    if asked.entry_type == "Range":
        return ("from" not in asked.value or actual >= like(actual, asked.value["from"])) and (
            "to" not in asked.value or actual < like(actual, asked.value["to"])
        )
    values = asked.value if isinstance(asked.value, list) else [asked.value]
    return any(actual == like(actual, value) for value in values)


def like(actual: Any, value: Any) -> Any:
    if isinstance(actual, datetime):
        return datetime.fromisoformat(value)
    return Decimal(value) if isinstance(actual, Decimal) else value


def test_the_query_of_the_api_is_the_one_of_the_desk_without_its_count() -> None:
    shared = set(RowsQuery.__struct_fields__)
    assert shared == set(PageQuery.__struct_fields__) - {"is_counted"}
