"""A bank that is open, and one account in it."""

import pytest

from tests.money import bank


@pytest.fixture
def account(db: None) -> str:
    bank.open_bank()
    return bank.open_account()
