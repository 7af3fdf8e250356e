"""A bank that is open, and one account in it."""

from collections.abc import Iterator

import pytest
from django.db import connection

from tests.money import bank
from tests.money.audited import assert_books_balance


@pytest.fixture
def account(db: None) -> str:
    bank.open_bank()
    return bank.open_account()


@pytest.fixture(autouse=True)
def audited(db: None) -> Iterator[None]:
    """Whatever a test did to money, the books balance behind it."""
    yield
    # After a failure inside a transaction there is nothing that could be looked at.
    if not connection.needs_rollback:
        assert_books_balance()
