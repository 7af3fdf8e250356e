"""More of the demo's history is that of more clients: what is there stays, and money that somebody has is left alone."""

from decimal import Decimal

import pytest
from django.db import connection

from backoffice.contracts.transfers import NewTransfer
from backoffice.demo import clients
from backoffice.services import BackApi
from backoffice.trading.models import Execution, Order
from tests.api.callers import OWNER
from tests.money.audited import assert_books_balance
from tests.trading.demo import furnish, load

COUNT = 1_000
TABLES = (
    "trading_order",
    "trading_execution",
    "trading_position",
    "trading_closing",
    "ledger_entry",
    "ledger_balance",
    "transfers_transfer",
    "accounts_account",
)


@pytest.fixture
def desk(api: BackApi, accounts: dict[str, str]) -> dict[str, str]:
    furnish(api)
    return accounts


def test_a_second_run_adds_what_is_missing_and_touches_nothing(desk: dict[str, str]) -> None:
    load(COUNT)
    before = {table: rows(table) for table in TABLES}
    load(COUNT)
    assert {table: rows(table) for table in TABLES} == before, "few that are missing are none"
    load(COUNT * 2)
    assert COUNT * 1.9 <= Execution.objects.count() <= COUNT * 2.1
    assert {table for table in TABLES if not before[table] <= rows(table)} == set()
    assert clients.taken() > 2
    assert_books_balance()


def test_accounts_that_have_money_get_no_history(api: BackApi, desk: dict[str, str]) -> None:
    rich = desk["savings"]
    api.transfers.deposit(OWNER, NewTransfer(deduplication_id="1", account_id=rich, asset_id="usd", amount=Decimal(5)))
    load(COUNT)
    assert Execution.objects.exists()
    assert not Order.objects.filter(account_id=rich).exists()
    assert_books_balance()


def test_a_desk_without_clients_gets_some(api: BackApi) -> None:
    furnish(api)
    load(400)
    assert set(Order.objects.values_list("user_id", flat=True)) <= {f"crm-{200_000 + number}" for number in range(4)}


def rows(table: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT t::text FROM {table} t")
        return {row[0] for row in cursor.fetchall()}
