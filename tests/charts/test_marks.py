"""Where clients traded: executions gathered by candle and side."""

from datetime import timedelta
from decimal import Decimal

import pytest

from backoffice.contracts.charts import CandleQuery, Mark
from backoffice.contracts.errors import NotPermitted
from backoffice.services import BackApi, back_api
from tests.api.callers import OWNER
from tests.charts.prices import MARKET, MONDAY
from tests.domain.conftest import person
from tests.trading.test_database import fill, order

DAY = CandleQuery(market_id=MARKET, interval="1h", date_from=MONDAY, date_to=MONDAY + timedelta(days=1))


@pytest.fixture
def traded(api: BackApi, accounts: dict[str, str]) -> dict[str, str]:
    """anna buys twice in one hour and sells in the next; savings buys once; somebody trades another market."""
    buys, sells = order(accounts["anna"], 1), order(accounts["anna"], 2, side="Sell")
    others = order(accounts["savings"], 3)
    abroad = order(accounts["anna"], 4, "spot.btc_usd")
    hour = timedelta(hours=1)
    fills = [
        fill(buys, 1, at=MONDAY, base_amount=Decimal(1), price=Decimal(100)),
        fill(buys, 2, at=MONDAY + hour / 2, base_amount=Decimal(3), price=Decimal(104)),
        fill(sells, 1, at=MONDAY + hour, base_amount=Decimal(2), price=Decimal(110)),
        fill(others, 1, at=MONDAY + hour, base_amount=Decimal(5), price=Decimal(90)),
        fill(abroad, 1, at=MONDAY, base_amount=Decimal(9), price=Decimal(9)),
    ]
    for one in fills:
        one.save(force_insert=True)
    return accounts


def test_an_accounts_executions_are_gathered_by_candle_and_side(traded: dict[str, str]) -> None:
    found = back_api().charts.marks(OWNER, DAY, account_id=traded["anna"])
    assert found.items == [
        Mark(start=MONDAY, side="Buy", executions=2, base_amount=Decimal(4), price=Decimal(103)),
        Mark(start=MONDAY + timedelta(hours=1), side="Sell", executions=1, base_amount=Decimal(2), price=Decimal(110)),
    ]
    assert not found.is_exceeded


def test_without_an_account_everybodys_are(traded: dict[str, str]) -> None:
    found = back_api().charts.marks(OWNER, DAY).items
    assert [(one.side, one.executions) for one in found] == [("Buy", 2), ("Buy", 1), ("Sell", 1)]


def test_whoever_may_not_see_trades_sees_prices_only(traded: dict[str, str]) -> None:
    viewer = person("viewer", "view-common")
    assert back_api().charts.candles(viewer, DAY) == []
    with pytest.raises(NotPermitted):
        back_api().charts.marks(viewer, DAY)
    with pytest.raises(NotPermitted):
        back_api().charts.file(viewer, DAY)
