"""Where users and accounts are made."""

import pytest

from tests.money import bank


@pytest.fixture
def account(db: None) -> str:
    """Anna's."""
    bank.open_bank()
    return bank.open_account("anna")
