"""Writes a model's records as any writer of trading does, several in a statement, and draws such records."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from hypothesis import strategies as st

from backoffice.trading.models import Execution, Order
from tests.history.totals_model import ACCOUNTS, MARKETS, Placed, Record, Trade

NUMBERS = count(1)
# Around the edges of quarters, days and months, on both sides of now, and in the distance.
DAYS = ((9, 30), (10, 1), (10, 15), (11, 1), (11, 24), (12, 1))
CLOCKS = (timedelta(), timedelta(hours=12, minutes=14, seconds=59), timedelta(hours=12, minutes=15), timedelta(days=1, microseconds=-1))
MOMENTS = [datetime(2026, month, day, tzinfo=UTC) + clock for month, day in DAYS for clock in CLOCKS]
TIMES = st.sampled_from([*MOMENTS, datetime(2020, 2, 29, tzinfo=UTC)]) | st.sampled_from(MOMENTS).map(lambda at: at + timedelta(minutes=7))
AMOUNTS = st.sampled_from([Decimal(text) for text in ("0.000000000000000001", "1", "1.50", "99999999999999999999", "0.3", "12345.678")])
RATES = st.sampled_from([Decimal(text) for text in ("1", "0.006666666666666667", "1.25", "64000.5")])
FEES = st.sampled_from([Decimal(text) for text in ("0", "0.01", "3.7500", "0.000000000000000001")])
SIDES = st.sampled_from(["Buy", "Sell"])
FEE_ASSETS = st.sampled_from([True, False])


@st.composite
def trades(draw: st.DrawFn) -> Trade:
    market = draw(st.sampled_from(list(MARKETS)))
    fee = draw(FEES)
    return Trade(
        at=draw(TIMES),
        account=draw(st.sampled_from(list(ACCOUNTS))),
        market=market,
        side=draw(SIDES),
        base=draw(AMOUNTS),
        price=draw(AMOUNTS),
        rate=draw(RATES),
        fee_asset=MARKETS[market][4] if draw(FEE_ASSETS) else "usd",
        fee=fee,
        fee_in_rat=fee * draw(RATES),
        markup=draw(FEES),
    )


PLACED = st.builds(Placed, at=TIMES, account=st.sampled_from(list(ACCOUNTS)), market=st.sampled_from(list(MARKETS)), side=SIDES)
BATCHES = st.lists(st.lists(trades() | PLACED, min_size=1, max_size=8), min_size=1, max_size=4)


def write(records: Sequence[Record], accounts: dict[str, str]) -> list[Record]:
    """Each record an order, its trade an execution of it: so many orders in one statement, so many executions in the next. Gives what was written."""
    orders = [_order(record, next(NUMBERS), accounts) for record in records]
    Order.objects.bulk_create(orders)
    Execution.objects.bulk_create(_execution(record, of) for record, of in zip(records, orders, strict=True) if isinstance(record, Trade))
    return [*records, *(Placed(record.at, record.account, record.market, record.side) for record in records if isinstance(record, Trade))]


def _order(record: Record, number: int, accounts: dict[str, str]) -> Order:
    return Order(
        id=f"01TOTALS{number:018}",
        account_id=accounts[record.account],
        user_id=ACCOUNTS[record.account][0],
        market_id=record.market,
        side=record.side,
        order_type="Market",
        time_in_force="Ioc",
        status="Rejected" if isinstance(record, Placed) else "Working",
        source="Manual",
        requested_amount=Decimal(1) if isinstance(record, Placed) else record.base,
        commission_asset_id="usd",
        created_at=record.at,
        updated_at=record.at,
    )


def _execution(trade: Trade, of: Order) -> Execution:
    kind = MARKETS[trade.market][1]
    own: dict[str, Any] = {} if kind == "Spot" else {"lots": Decimal(1)}
    return Execution(
        id=of.pk,
        order=of,
        seq=1,
        at=trade.at,
        account_id=of.account_id,
        user_id=of.user_id,
        market_id=trade.market,
        market_type=kind,
        side=trade.side,
        base_amount=trade.base,
        price=trade.price,
        quote_asset_id=MARKETS[trade.market][4],
        rate_to_root=trade.rate,
        commission_asset_id=trade.fee_asset,
        commission=trade.fee,
        commission_in_rat=trade.fee_in_rat,
        rule_id="rule",
        markup_in_rat=trade.markup,
        **own,
    )
