"""Where lists of trading are read: at the replica when there is one, and at the primary while it does not answer."""

import logging
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.test.utils import CaptureQueriesContext

from backoffice.contracts.errors import TooCostly
from backoffice.contracts.filters import Filter, PageQuery, RowsQuery
from backoffice.contracts.order_lists import OrderRow
from backoffice.core import replica, sources
from backoffice.history.order_sources import ORDERS
from backoffice.services import back_api
from tests.history.ledgers import exact
from tests.history.trading import fill, open_desk
from tests.money.bank import OWNER

SLOW = replace(ORDERS, rows=f"SELECT o.* FROM ({ORDERS.rows}) o CROSS JOIN LATERAL (SELECT pg_sleep(1), o.order_id) s")


@pytest.fixture
def second(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """The settings of a second connection, to the same rows but only for reading."""
    known = deepcopy(connections.databases["default"])
    known["OPTIONS"]["options"] += " -c default_transaction_read_only=on -c application_name=replica"
    monkeypatch.setattr(replica, "_resting_until", 0.0)
    connections.databases["replica"] = known
    # Tests may use no other connection than those they name beforehand, unless it is made here and has another name.
    connections["replica"] = connections["made here"] = DatabaseWrapper(known, alias="made here")
    yield known
    connections["replica"].close()
    del connections["replica"], connections["made here"]
    del connections.databases["replica"]


def asked(*filters: Filter) -> list[str]:
    """What the primary was asked for a page of orders."""
    with CaptureQueriesContext(connections["default"]) as queries:
        back_api().order_lists.orders_page(OWNER, PageQuery(filters=list(filters)))
    return [query["sql"] for query in queries.captured_queries]


def test_lists_of_trading_are_read_there(second: dict[str, Any]) -> None:
    fill(open_desk(), seed=2)
    assert asked() == asked(exact("userId", "anna")) == []
    found = back_api().trade_lists.trades(OWNER, RowsQuery())
    assert len(found.items) > 5


def test_money_that_just_moved_is_not(second: dict[str, Any]) -> None:
    with CaptureQueriesContext(connections["default"]) as queries:
        back_api().history.transfers(OWNER, RowsQuery())
    assert len(queries) == 1


def test_while_it_does_not_answer_the_primary_does_and_the_log_says_so(second: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    second["PORT"] = "1"
    with caplog.at_level(logging.WARNING):
        assert len(asked()) == 1
        assert len(asked()) == 1
    assert [record.message for record in caplog.records] == ["the replica did not answer; for 10 s the primary does"]


def test_after_a_while_it_is_asked_again(second: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    second["PORT"], port = "1", second["PORT"]
    assert len(asked()) == 1
    second["PORT"] = port
    monkeypatch.setattr(replica, "_resting_until", 0.0)
    assert asked() == []


def test_a_connection_that_breaks_is_made_again_after_the_rest(second: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked() == []
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'replica'")
    assert len(asked()) == 1
    monkeypatch.setattr(replica, "_resting_until", 0.0)
    assert asked() == []


def test_what_takes_too_long_there_is_not_asked_again_here(second: dict[str, Any]) -> None:
    fill(open_desk(), seed=2)
    second["OPTIONS"]["options"] += " -c statement_timeout=1"
    with pytest.raises(TooCostly), CaptureQueriesContext(connections["default"]) as queries:
        sources.rows(SLOW, OrderRow, [], limit=1)
    assert len(queries) == 0
