"""Who tells what: timeouts in sums, imports that ended, sessions that broke off."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from backoffice.contracts.liquidity import LiquiditySessionChange, NewLiquiditySession
from backoffice.jobs import notifications as jobs
from backoffice.notifications.models import AdminNotification
from backoffice.services import back_api
from backoffice.trading.models import ExternalOrder
from tests.history import trading
from tests.notifications.people import WORKER, operator

ANNA = operator("anna")
pytestmark = pytest.mark.django_db


def now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        (found,) = cursor.fetchone() or (None,)
    assert isinstance(found, datetime)
    return found


def start_of_last() -> datetime:
    at = now().astimezone(UTC)
    return at.replace(minute=at.minute // 5 * 5, second=0, microsecond=0) - timedelta(minutes=5)


@pytest.fixture
def orders() -> list[ExternalOrder]:
    accounts = trading.open_desk()
    trading.fill(accounts, seed=7)
    ExternalOrder.objects.update(status="New", filled_amount=0, avg_price=None, updated_at=now() - timedelta(days=3))
    found = list(ExternalOrder.objects.order_by("pk"))
    assert len(found) >= 4
    return found


def time_out(order: ExternalOrder, at: datetime, market: str = "cfd.xau_usd") -> None:
    ExternalOrder.objects.filter(pk=order.pk).update(status="TimeOut", updated_at=at, market_id=market)


def told() -> list[tuple[str, list[tuple[str, int]]]]:
    found = back_api().notifications.find(ANNA, types=["ExternalOrderTimeout"])
    return [(one.data.interval, [(market.market_id, market.count) for market in one.data.timeouts]) for one in found]


def test_timeouts_are_told_once_an_interval_by_market(orders: list[ExternalOrder]) -> None:
    start = start_of_last()
    time_out(orders[0], start)
    time_out(orders[1], start + timedelta(minutes=4, seconds=59))
    time_out(orders[2], start + timedelta(minutes=1), "spot.btc_usd")
    jobs.tell_timeouts()
    jobs.tell_timeouts()
    interval = f"{start:%Y-%m-%dT%H:%M:%SZ}/{start + timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}"
    assert told() == [(interval, [("cfd.xau_usd", 2), ("spot.btc_usd", 1)])]


def test_one_that_came_late_on_record_is_told_alone(orders: list[ExternalOrder]) -> None:
    start = start_of_last() - timedelta(minutes=10)
    time_out(orders[0], start)
    assert back_api().external_timeouts.tell(WORKER) == 1
    time_out(orders[1], start)
    assert back_api().external_timeouts.tell(WORKER) == 1
    assert [markets for _, markets in told()] == [[("cfd.xau_usd", 1)], [("cfd.xau_usd", 1)]]
    assert len({interval for interval, _ in told()}) == 1


def test_neither_the_running_interval_nor_old_history_is_news(orders: list[ExternalOrder]) -> None:
    time_out(orders[0], start_of_last() + timedelta(minutes=5))
    time_out(orders[1], now() - timedelta(hours=2))
    assert back_api().external_timeouts.tell(WORKER) == 0


def test_a_session_that_breaks_off_is_told_of_and_one_that_is_switched_off_is_not() -> None:
    api = back_api().liquidity_sessions
    for name in ("LP one", "LP two"):
        api.create(ANNA, NewLiquiditySession(id=name[-3:], kind="Trading", name=name, status="Connected", liquidity_provider_id="lp"))
    change = {"liquidity_provider_id": "lp"}
    api.update(ANNA, "one", LiquiditySessionChange(name="LP one", status="Disconnected", **change))
    api.update(ANNA, "one", LiquiditySessionChange(name="LP 1", status="Disconnected", **change))
    api.update(ANNA, "two", LiquiditySessionChange(name="LP two", status="Disabled", **change))
    (found,) = back_api().notifications.find(ANNA)
    assert (found.title, found.detail) == ("The liquidity session LP one is disconnected", "Trading · used by 0 markets")
    assert AdminNotification.objects.count() == 1
