"""Fixtures of the contract's tests."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pytest_django import Settings

from backoffice.contracts.accounts import NewAccountGroup
from backoffice.notifications.post import post
from backoffice.services import back_api
from tests.api.callers import OWNER, Caller, anybody, broker, caller, gold, storage
from tests.commissions.conftest import add_rule
from tests.history.totals_desk import write
from tests.history.totals_model import Trade
from tests.history.trading import fill
from tests.money import bank
from tests.operators.another_issuer import open_issuer, token
from tests.reports.desk import finished

FEE = Decimal("0.5")
__all__ = ["anybody", "broker", "caller", "gold", "names", "storage"]


@pytest.fixture
def names(broker: None) -> dict[str, str]:
    """Anna's account with money in it and a trade of this month, a withdrawal of hers that waits for its confirmation, a commission rule,
    and a notification of timeouts."""
    back_api().rates.set_root(OWNER, "usd")
    back_api().account_groups.create(OWNER, NewAccountGroup(account_group_id="retail", name="Retail"))
    account = bank.open_account("anna")
    bank.deposit(account, "100.25")
    write([Trade(datetime.now(UTC), "anna", "cfd.xau_usd", "Buy", Decimal(1), Decimal(2640), Decimal(1), "usd", FEE, FEE, FEE)], {"anna": account})
    fill({account: "anna"}, seed=1, markets=["cfd.xau_usd"])
    order = bank.scalar("SELECT min(id) FROM trading_order")
    post("ExternalOrderTimeout", "warning", {"interval": "12:00/12:05", "timeouts": [{"marketId": "cfd.xau_usd", "count": 2}]})
    waiting, scheduled = bank.withdraw(account, "20").transfer_id, finished()
    return {"account": account, "waiting": waiting, "rule": add_rule("metals"), "order": order} | scheduled


@pytest.fixture
def trader(db: None, settings: Settings) -> Iterator[Caller]:
    """Anna, with a token of the terminal's issuer."""
    with open_issuer(settings, ["trading-ui"]):
        yield Caller(token(sub="anna", operations=["trading-ui"]))
