"""Fixtures of the contract's tests."""

import pytest

from backoffice.contracts.accounts import NewAccountGroup
from backoffice.services import back_api
from tests.api.callers import OWNER, anybody, broker, caller, gold, storage
from tests.commissions.conftest import add_rule
from tests.money import bank

__all__ = ["anybody", "broker", "caller", "gold", "names", "storage"]


@pytest.fixture
def names(broker: None) -> dict[str, str]:
    """Anna's account with money in it, a withdrawal of hers that waits for its confirmation, and a commission rule."""
    back_api().rates.set_root(OWNER, "usd")
    back_api().account_groups.create(OWNER, NewAccountGroup(account_group_id="retail", name="Retail"))
    account = bank.open_account("anna")
    bank.deposit(account, "100.25")
    return {"account": account, "waiting": bank.withdraw(account, "20").transfer_id, "rule": add_rule("metals")}
