"""The demo's trades are what a broker's could be: orders and executions agree, and every charge is what the pure functions say."""

from collections import defaultdict
from decimal import Decimal

import pytest

from backoffice.commissions import quote, state
from backoffice.commissions.match import AccountFacts, MarketFacts, winner
from backoffice.commissions.quote import Terms
from backoffice.contracts.commissions import NewCommissionProfile
from backoffice.demo import trades
from backoffice.markets.models import Asset, Market
from backoffice.services import BackApi
from backoffice.trading.models import Execution, Order
from tests.api.callers import OWNER
from tests.commissions.conftest import add_rule, assign, fee

COUNT = 2_000


def load(count: int = COUNT) -> None:
    trades.load(OWNER, count, progress=lambda *_: None)


@pytest.fixture
def desk(api: BackApi, accounts: dict[str, str]) -> dict[str, str]:
    """Floors, fees per lot and per volume, one profile for boris alone."""
    add_rule("metals", fee(lot="3.5"))
    add_rule("spot.btc_eur", fee("0.2", least="1.5"))
    add_rule("cfd.eur_jpy", fee(cfd="0.013", least="0.4"), priority=1)
    api.commission_profiles.create(OWNER, NewCommissionProfile(commission_profile_id="vip", name="VIP"))
    add_rule("metals", fee(lot="2", asset="eur"), profile="vip")
    assign("vip", user_id="boris")
    load()
    return accounts


def by_order() -> dict[str, list[Execution]]:
    found: dict[str, list[Execution]] = defaultdict(list)
    for execution in Execution.objects.order_by("order_id", "seq"):
        found[execution.order_id].append(execution)
    return found


def test_about_as_many_as_asked_for_are_made_and_of_every_kind(desk: dict[str, str]) -> None:
    assert COUNT * 0.95 <= Execution.objects.count() <= COUNT + 4
    assert set(Order.objects.values_list("status", flat=True)) >= {"Completed", "Cancelled", "Expired", "Rejected"}
    assert set(Execution.objects.values_list("account_id", flat=True)) == set(desk.values())
    assert set(Execution.objects.values_list("market_id", flat=True)) == {"cfd.xau_usd", "cfd.eur_jpy", "spot.btc_usd", "spot.btc_eur"}
    assert {len(fills) for fills in by_order().values()} == {1, 2, 3, 4}


def test_an_order_is_what_its_executions_come_to(desk: dict[str, str]) -> None:
    fills = by_order()
    for order in Order.objects.all():
        of = fills.get(order.pk, [])
        assert order.filled_amount == sum(fill.base_amount for fill in of)
        assert order.commission == sum(fill.commission for fill in of)
        assert order.commission_in_rat == sum(fill.commission_in_rat for fill in of)
        assert {(fill.account_id, fill.user_id, fill.market_id, fill.side) for fill in of} <= {
            (order.account_id, order.user_id, order.market_id, order.side)
        }
        assert [fill.seq for fill in of] == list(range(1, len(of) + 1))
        assert {fill.rule_id for fill in of} == ({order.rule_id} if of else set())
        if of:
            worth = sum(fill.base_amount * fill.price for fill in of)
            assert order.avg_price == pytest.approx(worth / order.filled_amount, abs=Decimal("1e-9"))


def test_an_order_lives_as_orders_do(desk: dict[str, str]) -> None:
    fills = by_order()
    for order in Order.objects.all():
        of = fills.get(order.pk, [])
        assert order.filled_amount <= order.requested_amount
        assert (order.status == "Completed") == (order.filled_amount == order.requested_amount)
        assert not of or order.status in ("Completed", "Working", "Cancelled", "Expired")
        assert (order.order_type == "Limit") == (order.limit_price is not None)
        times = [order.created_at, *(fill.at for fill in of)]
        assert times == sorted(times)
        assert order.updated_at == times[-1]
        if order.limit_price is not None:
            worse = [fill for fill in of if (fill.price > order.limit_price if order.side == "Buy" else fill.price < order.limit_price)]
            assert worse == []


def test_every_charge_is_what_the_pure_functions_say(desk: dict[str, str]) -> None:
    book = state.snapshot()
    scales = dict(Asset.objects.values_list("id", "scale"))
    groups = dict(Market.objects.values_list("market_id", "market_group_id"))
    charged = 0
    for of in by_order().values():
        first = of[0]
        account = AccountFacts(first.account_id, first.user_id, "vip" if first.user_id == "boris" else "retail")
        rule = winner(book, account, MarketFacts(first.market_id, first.market_type, groups[first.market_id])).rule  # type: ignore[arg-type]
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


def test_chance_is_the_same_every_time(api: BackApi, accounts: dict[str, str]) -> None:
    found = []
    for _ in range(2):
        made = trades._trading(OWNER, trades.Random(7))
        assert made is not None
        found.append(list(made.orders(1_790_000_000_000, 1_790_100_000_000, 50)))
    assert found[0] == found[1]


def test_missing_ones_are_added_before_those_there_are(desk: dict[str, str]) -> None:
    oldest, known = Order.objects.earliest("created_at").created_at, Execution.objects.count()
    load()
    assert Execution.objects.count() == known, "few that are missing are none"
    load(COUNT * 2)
    assert Execution.objects.count() >= COUNT * 2 * 0.95
    assert Execution.objects.filter(at__lt=oldest).count() == Execution.objects.count() - known


def test_a_desk_without_clients_has_no_trades(api: BackApi) -> None:
    load()
    assert not Order.objects.exists()
