"""A call that no policy holds pays nothing for there being policies."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.services import back_api
from tests.approvals.desk_of_two import policy
from tests.money import bank


@pytest.fixture
def account(db: None) -> str:
    bank.open_bank()
    return bank.open_account()


# The one statement of the money itself goes past Django, so what is counted here comes on top of it.
def queries(account: str, amount: str = "5") -> int:
    with CaptureQueriesContext(connection) as asked:
        bank.deposit(account, amount)
    return len(asked)


def test_a_deposit_is_nothing_but_its_statement_with_and_without_policies_for_others(account: str) -> None:
    bank.deposit(account, "5")
    without = queries(account)
    policy("manage-markets")
    policy("transfers.withdraw")
    bank.deposit(account, "5")
    assert (without, queries(account)) == (0, 0)


def test_a_condition_costs_one_query_of_facts(account: str) -> None:
    policy("transfers.deposit", amount_from=Decimal(1_000))
    bank.deposit(account, "5")
    assert queries(account) == 1


def test_a_read_asks_for_no_policies(account: str) -> None:
    policy("manage-transfers")

    with CaptureQueriesContext(connection) as asked:
        back_api().accounts.by_id(bank.OWNER, account)
    assert not [one for one in asked.captured_queries if "approvals_" in one["sql"]]
