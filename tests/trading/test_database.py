"""What the database holds of trading, whoever writes it: executions are written once, and their sums are kept with their order."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, F, Max, Min, Sum
from django.db.utils import DatabaseError

from backoffice.services import BackApi
from backoffice.trading.models import Execution, Order, OrderFills

START = datetime(2026, 11, 2, 9, tzinfo=UTC)


def order(account: str, number: int = 1, market: str = "spot.btc_eur", **more: Any) -> Order:
    whole: dict[str, Any] = {
        "id": f"01ORDER{number:019}",
        "account_id": account,
        "user_id": "anna",
        "market_id": market,
        "side": "Buy",
        "order_type": "Market",
        "time_in_force": "Ioc",
        "status": "Working",
        "source": "Manual",
        "requested_amount": Decimal(10**6),
        "commission_asset_id": "eur",
        "created_at": START,
        "updated_at": START,
    }
    return Order.objects.create(**whole | more)


def fill(of: Order, seq: int = 1, **more: Any) -> Execution:
    whole: dict[str, Any] = {
        "id": f"{of.pk[-13:]}{seq:013}",
        "order": of,
        "seq": seq,
        "at": START + timedelta(seconds=seq),
        "account_id": of.account_id,
        "user_id": of.user_id,
        "market_id": of.market_id,
        "market_type": "Spot" if of.market_id.startswith("spot") else "Cfd",
        "side": of.side,
        "base_amount": Decimal("0.5"),
        "lots": None if of.market_id.startswith("spot") else Decimal("0.5"),
        "price": Decimal(60_000),
        "quote_asset_id": "eur",
        "rate_to_root": Decimal("1.25"),
        "commission_asset_id": of.commission_asset_id,
        "commission": Decimal(3),
        "commission_in_rat": Decimal("3.75"),
        "rule_id": "rule",
    }
    return Execution(**whole | more)


def summed() -> list[dict[str, Any]]:
    """The same sums, from the executions."""
    return list(
        Execution.objects.values("order_id")
        .annotate(
            executions=Count("id"),
            first_at=Min("at"),
            last_at=Max("at"),
            volume=Sum(F("base_amount") * F("price")),
            worth=Sum(F("base_amount") * F("price") * F("rate_to_root")),
            sum_lots=Sum("lots"),
            worth_lots=Sum(F("lots") * F("rate_to_root")),
            rate_low=Min("rate_to_root"),
            rate_high=Max("rate_to_root"),
        )
        .order_by("order_id")
    )


def kept() -> list[dict[str, Any]]:
    names = ("order_id", "executions", "first_at", "last_at", "volume", "worth", "worth_lots", "rate_low", "rate_high")
    return list(OrderFills.objects.annotate(sum_lots=F("lots")).values(*names, "sum_lots").order_by("order_id"))


def test_sums_are_kept_however_fills_come(api: BackApi, accounts: dict[str, str]) -> None:
    spot, cfd = order(accounts["anna"]), order(accounts["anna"], 2, "cfd.eur_jpy", commission_asset_id="usd")
    fill(spot).save(force_insert=True)
    assert kept() == summed()
    late = fill(spot, 2, rate_to_root=Decimal("1.2"), at=START - timedelta(hours=3))
    Execution.objects.bulk_create([late, fill(spot, 3, price=Decimal("59000.1")), fill(cfd), fill(cfd, 2, lots=Decimal("1.25"))])
    assert kept() == summed()
    Execution.objects.bulk_create([fill(cfd, 3, rate_to_root=Decimal("0.0067"))])
    assert kept() == summed()
    assert len(kept()) == 2


def test_what_is_refused_adds_nothing(api: BackApi, accounts: dict[str, str]) -> None:
    of = order(accounts["anna"])
    fill(of).save(force_insert=True)
    before = kept()
    with pytest.raises(IntegrityError), transaction.atomic():
        Execution.objects.bulk_create([fill(of, 2), fill(of, 1, id="another")])
    assert kept() == before


@pytest.mark.parametrize("statement", ["UPDATE trading_execution SET commission = 0", "DELETE FROM trading_execution", "DELETE FROM trading_order"])
def test_what_was_traded_stays(api: BackApi, accounts: dict[str, str], statement: str) -> None:
    fill(order(accounts["anna"])).save(force_insert=True)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "wrong",
    [
        {"lots": Decimal(1)},
        {"base_amount": Decimal(0)},
        {"price": Decimal(-1)},
        {"rate_to_root": Decimal(0)},
        {"commission": Decimal("-0.01")},
        {"seq": 0},
        {"side": "Both"},
    ],
    ids=str,
)
def test_a_fill_is_a_sane_one(api: BackApi, accounts: dict[str, str], wrong: dict[str, Any]) -> None:
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        fill(order(accounts["anna"]), **wrong).save(force_insert=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"account_id": "0" * 24},
        {"market_id": "spot.none_usd"},
        {"status": "Completed"},
        {"filled_amount": Decimal(1)},
        {"filled_amount": Decimal(10**7), "avg_price": Decimal(1)},
        {"status": "Open"},
        {"hedge": Decimal(101)},
    ],
    ids=str,
)
def test_an_order_is_a_sane_one(api: BackApi, accounts: dict[str, str], wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        order(accounts["anna"], **wrong)
