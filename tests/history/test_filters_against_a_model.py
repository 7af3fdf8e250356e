"""Filters, orders and pages against a plain evaluator over the same rows, on PostgreSQL (E8, F37)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backoffice.contracts.filters import Filter, Sort
from backoffice.core import filters as language
from backoffice.core import sources
from backoffice.core.filters import Field
from backoffice.core.sources import Source


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    note: str | None
    color: str
    amount: Decimal
    at: datetime


THINGS = Source(
    rows="SELECT id, name, note, color, amount, at FROM things",
    fields={
        "id": Field("id", "text", is_sortable=True),
        "name": Field("name", "text", is_sortable=True),
        "note": Field("note", "text"),
        "color": Field("color", "word", ("Red", "Green"), is_sortable=True),
        "amount": Field("amount", "number", is_sortable=True),
        "at": Field("at", "time", is_sortable=True),
    },
    key=("id",),
    order=("at", "Desc"),
)
# Few of each, so that rows tie and values hit; among them all that LIKE and comparisons stumble over.
NAMES = st.text(st.sampled_from("aAÄä%_\\'م"), max_size=2)
AMOUNTS = st.sampled_from([Decimal(text) for text in ("-1", "0", "1E-18", "1.5", "1.50", "99999999999999999999.5")])
TIMES = st.integers(0, 2).map(lambda n: datetime(2026, 11, 24, tzinfo=UTC) + timedelta(microseconds=n))
COLORS = st.sampled_from(["Red", "Green"])
IDS = st.text("abc", min_size=1, max_size=2)
VALUES: dict[str, st.SearchStrategy[Any]] = {"id": IDS, "name": NAMES, "note": NAMES, "color": COLORS, "amount": AMOUNTS, "at": TIMES}

THING = st.builds(Thing, id=IDS, name=NAMES, note=st.none() | NAMES, color=COLORS, amount=AMOUNTS, at=TIMES)
ROWS = st.lists(THING, min_size=3, max_size=12, unique_by=lambda thing: thing.id)
SORTS = st.builds(Sort, field=st.sampled_from(["id", "name", "color", "amount", "at"]), direction=st.sampled_from(["Asc", "Desc"]))


def wire(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


@st.composite
def entries(draw: st.DrawFn) -> Filter:
    name = draw(st.sampled_from(list(VALUES)))
    values = VALUES[name].map(wire)
    kind = draw(st.sampled_from(language.ALLOWED[THINGS.fields[name].kind]))
    if kind == "Range":
        ends = draw(st.sampled_from([("from",), ("to",), ("from", "to")]))
        return Filter(entry_type=kind, field=name, value={end: draw(values) for end in ends})
    if kind == "Exact" and draw(st.booleans()):
        return Filter(entry_type=kind, field=name, values=draw(st.lists(values, max_size=2)))
    return Filter(entry_type=kind, field=name, value=draw(values))


def holds(entry: Filter, thing: Thing) -> bool:
    actual = wire(getattr(thing, entry.field))
    value = entry.values if entry.value is msgspec.UNSET else entry.value
    if actual is None:
        return False
    if entry.entry_type == "Like":
        return value.upper() in actual.upper()
    if entry.entry_type == "Exact":
        return actual in value if isinstance(value, list) else actual == value
    return ("from" not in value or actual >= value["from"]) and ("to" not in value or actual < value["to"])


def model(things: list[Thing], asked: list[Filter], sort: Sort) -> list[Thing]:
    found = [thing for thing in things if all(holds(entry, thing) for entry in asked)]
    return sorted(found, key=lambda thing: (getattr(thing, sort.field or ""), thing.id), reverse=sort.direction == "Desc")


@pytest.fixture
def table(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute('CREATE TEMPORARY TABLE things (id text COLLATE "C", name text, note text, color text, amount numeric, at timestamptz)')


def fill(things: list[Thing]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE things")
        cursor.executemany("INSERT INTO things VALUES (%s, %s, %s, %s, %s, %s)", [msgspec.structs.astuple(thing) for thing in things])


def pages(asked: list[Filter], sort: Sort, limit: int) -> Iterator[Thing]:
    after = None
    while True:
        page = sources.find(THINGS, Thing, language.clauses(THINGS.fields, asked), sort=sort, after=after, limit=limit)
        yield from page.items
        if (after := page.next) is None:
            return


@settings(max_examples=400, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(things=ROWS, asked=st.lists(entries(), max_size=2), sort=SORTS, limit=st.integers(1, 5))
def test_what_the_database_finds_is_what_the_model_finds(table: None, things: list[Thing], asked: list[Filter], sort: Sort, limit: int) -> None:
    fill(things)
    expected = model(things, asked, sort)
    assert list(pages(asked, sort, limit)) == expected
    assert sources.count(THINGS, language.clauses(THINGS.fields, asked)) == (len(expected), False)
    assert sources.distinct(THINGS, "color", asked) == len({thing.color for thing in expected})
