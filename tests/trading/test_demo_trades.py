"""The demo's trades are what a broker's could be: orders live as orders do, executions add up, and every charge is what the pure functions say."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from backoffice.accounts.models import Account
from backoffice.commissions import quote, state
from backoffice.commissions.match import AccountFacts, MarketFacts, winner
from backoffice.commissions.quote import Terms
from backoffice.markets.models import Asset, Candle, Market
from backoffice.trading.models import Execution, ExternalOrder, Order, UnsolicitedTrade
from tests.commissions.conftest import make_desk, open_accounts
from tests.trading.demo import furnish, load

pytestmark = pytest.mark.django_db
COUNT = 2_000


@pytest.fixture(scope="module", autouse=True)
def desk(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, str]]:
    """Loaded once: no test here changes anything."""
    with django_db_blocker.unblock(), transaction.atomic():
        api = make_desk()
        accounts = open_accounts(api)
        furnish(api)
        load(COUNT)
        yield accounts
        transaction.set_rollback(True)


def by_order() -> dict[str, list[Execution]]:
    found: dict[str, list[Execution]] = defaultdict(list)
    for execution in Execution.objects.order_by("order_id", "seq"):
        found[execution.order_id].append(execution)
    return found


def test_about_as_many_as_asked_for_are_made_and_of_every_kind(desk: dict[str, str]) -> None:
    assert COUNT * 0.95 <= Execution.objects.count() <= COUNT * 1.05
    assert set(Order.objects.values_list("status", flat=True)) >= {"Completed", "Cancelled", "Expired", "Rejected", "Pending"}
    assert set(Order.objects.values_list("source", flat=True)) >= {"Manual", "Api", "System"}
    assert set(Order.objects.values_list("reason", flat=True)) >= {"Trader", "TakeProfit", "StopLoss"}
    assert set(Execution.objects.values_list("account_id", flat=True)) >= set(desk.values())
    assert set(Execution.objects.values_list("market_type", flat=True)) == {"Spot", "Cfd", "Perp"}
    assert {len(fills) for fills in by_order().values()} >= {1, 2, 3, 4}
    assert {"Fill", "Cancelled"} <= set(ExternalOrder.objects.values_list("status", flat=True))
    assert UnsolicitedTrade.objects.filter(order_id=None).exists()


def test_an_order_is_what_its_executions_come_to() -> None:
    fills = by_order()
    for order in Order.objects.all():
        of = fills.get(order.pk, [])
        assert order.filled_amount == sum(fill.base_amount for fill in of)
        assert order.commission == sum(fill.commission for fill in of)
        assert order.commission_in_rat == sum(fill.commission_in_rat for fill in of)
        assert {(fill.account_id, fill.user_id, fill.market_id, fill.side, fill.reason, fill.position_id) for fill in of} <= {
            (order.account_id, order.user_id, order.market_id, order.side, order.reason, order.position_id)
        }
        assert [fill.seq for fill in of] == list(range(1, len(of) + 1))
        assert {fill.rule_id for fill in of} == ({order.rule_id} if of else set())
        if of:
            worth = sum(fill.base_amount * fill.price for fill in of)
            assert order.avg_price == pytest.approx(worth / order.filled_amount, abs=Decimal("1e-9"))


def test_an_order_lives_as_orders_do() -> None:
    fills = by_order()
    for order in Order.objects.all():
        of = fills.get(order.pk, [])
        assert order.filled_amount <= order.requested_amount
        assert (order.status == "Completed") == (order.filled_amount == order.requested_amount)
        assert not of or order.status in ("Completed", "Working", "Cancelled", "Expired")
        assert of or order.status in ("Pending", "Rejected", "Cancelled", "Expired")
        assert (order.order_type == "Limit") == (order.limit_price is not None)
        assert order.time_in_force in (("Ioc", "Fok") if order.order_type == "Market" else ("Gtc", "Gtd", "Day", "Ioc"))
        assert (order.reject_details is not None) == (order.status == "Rejected")
        assert order.status != "Expired" or order.time_in_force in ("Gtd", "Day")
        times = [order.created_at, *(fill.at for fill in of)]
        assert times == sorted(times)
        assert order.updated_at >= times[-1]
        if order.limit_price is not None:
            worse = [fill for fill in of if (fill.price > order.limit_price if order.side == "Buy" else fill.price < order.limit_price)]
            assert worse == []


def test_a_date_of_cancellation_is_that_of_orders_good_till_a_date() -> None:
    dated = Order.objects.filter(time_in_force="Gtd")
    assert dated.exists()
    assert not Order.objects.exclude(time_in_force="Gtd").filter(cancellation_date__isnull=False).exists()
    for order in dated:
        assert order.cancellation_date is not None
        assert order.cancellation_date >= order.updated_at
        assert (order.status == "Expired") <= (order.cancellation_date == order.updated_at)


def test_every_charge_is_what_the_pure_functions_say() -> None:
    book = state.snapshot()
    scales = dict(Asset.objects.values_list("id", "scale"))
    account_groups = dict(Account.objects.values_list("id", "group_id"))
    groups = dict(Market.objects.values_list("market_id", "market_group_id"))
    charged = 0
    for of in by_order().values():
        first = of[0]
        account = AccountFacts(first.account_id, first.user_id, account_groups[first.account_id])
        rule = winner(book, account, MarketFacts(first.market_id, first.market_type, groups[first.market_id])).rule
        is_spot = first.market_type == "Spot"
        if not is_spot and rule.fee.cfd.asset_id is not None:
            continue  # what that asset was worth then is not kept
        terms = Terms(is_spot=is_spot, fee=rule.fee, scale=scales[first.quote_asset_id if is_spot else "usd"])
        parts = [quote.Fill(amount=fill.base_amount, price=fill.price, lots=fill.lots, rate=fill.rate_to_root) for fill in of]
        expected = quote.charges(terms, parts)
        assert [fill.commission for fill in of] == expected
        assert [fill.commission_in_rat for fill in of] == [
            charge * fill.rate_to_root if is_spot else charge for charge, fill in zip(expected, of, strict=True)
        ]
        assert {fill.rule_id for fill in of} == {rule.id}
        charged += len(of)
    assert charged > COUNT / 2


def test_every_price_lies_within_the_candles_of_its_hour_and_minute() -> None:
    """Markets trade only while they are open, which is when they have candles."""
    found = {(one.market_id, one.interval, one.start): one for one in Candle.objects.all()}
    latest = max(start for _, interval, start in found if interval == "1m")
    for fill in Execution.objects.all():
        hour = found[fill.market_id, "1h", fill.at.replace(minute=0, second=0, microsecond=0)]
        assert hour.low <= fill.price <= hour.high
        if fill.at > latest - timedelta(hours=23):
            minute = found[fill.market_id, "1m", fill.at.replace(second=0, microsecond=0)]
            assert minute.low <= fill.price <= minute.high
    assert not Candle.objects.filter(market_id="cfd.xau_usd", start__iso_week_day__in=[6, 7]).exists()
