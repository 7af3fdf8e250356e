"""Totals against plain sums over the same records, whatever was written when, folded or not, and asked for by whichever filters."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backoffice.contracts.filters import Filter, Sort
from backoffice.contracts.paging import Page
from backoffice.contracts.totals import PeriodQuery, RankedQuery, TotalsQuery
from backoffice.history import models, rollups
from backoffice.services import back_api
from tests.api.callers import OWNER
from tests.history import totals_model as model
from tests.history.totals_desk import BATCHES, MOMENTS, TIMES, write
from tests.history.totals_model import ACCOUNTS, ASSETS, MARKETS, Record

TABLES: list[Any] = [models.Delta, models.AccountTotal, models.AccountAssetTotal, models.MarketTotal, models.TypeTotal]
Rows = dict[tuple[str, ...], dict[str, Any]]
# Each list: how it is asked, by which key, and what the model makes of it.
LISTS: dict[str, tuple[type, tuple[str, ...], Callable[[Sequence[Record], Sequence[Filter]], Rows]]] = {
    "users": (RankedQuery, ("userId",), lambda records, filters: model.paid(records, filters, "userId")),
    "accounts": (RankedQuery, ("accountId",), lambda records, filters: model.paid(records, filters, "accountId")),
    "account_assets": (TotalsQuery, ("accountId", "assetId"), lambda records, filters: model.by_asset(records, filters, "accountId")),
    "user_assets": (TotalsQuery, ("userId", "assetId"), lambda records, filters: model.by_asset(records, filters, "userId")),
    "assets": (TotalsQuery, ("assetId",), lambda records, filters: model.by_asset(records, filters, None)),
    "revenue": (RankedQuery, ("marketId",), model.revenue),
}
ACCOUNT_VALUES: dict[str, list[str]] = {
    "userId": ["anna", "boris"],
    "userEmail": ["anna@example.com", "boris@example.com"],
    "status": ["Active", "Halted"],
    "accountId": list(ACCOUNTS),
    "accountName": list(ACCOUNTS),
    "accountGroupId": ["retail", "vip"],
}
MARKET_VALUES: dict[str, list[str]] = {
    "marketId": list(MARKETS),
    "displayName": [market[0] for market in MARKETS.values()],
    "marketType": ["Spot", "Cfd", "Perp"],
    "marketGroupId": ["metals", "fx"],
    "side": ["Buy", "Sell"],
}
ASSET_VALUES: dict[str, list[str]] = {"assetId": list(ASSETS), "assetName": list(ASSETS.values())}
WORDS = ("status", "marketType", "side")
FIGURES = {
    "users": ("totalCommissionInRAT", "totalTradedVolumeInRAT"),
    "accounts": ("totalCommissionInRAT", "totalTradedVolumeInRAT"),
    "account_assets": model.OF_ASSET,
    "user_assets": model.OF_ASSET,
    "assets": model.OF_ASSET,
    "revenue": tuple(model.OF_MARKET),
}
SETTINGS = settings(max_examples=150, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
RARE = settings(SETTINGS, max_examples=60)
ENDS = st.none() | TIMES | st.sampled_from(MOMENTS).map(lambda at: at.replace(minute=0, second=0, microsecond=0) + timedelta(days=1))


@st.composite
def periods(draw: st.DrawFn) -> list[Filter]:
    kind = draw(st.sampled_from(["none", "range", "ranges", "exact"]))
    if kind == "exact":
        return [Filter(entry_type="Exact", field="createdAt", value=draw(TIMES).isoformat())]
    found = [{"from": draw(ENDS), "to": draw(ENDS)} for _ in range({"none": 0, "range": 1, "ranges": 2}[kind])]
    written = [{name: end.isoformat() for name, end in value.items() if end is not None} for value in found]
    return [Filter(entry_type="Range", field="createdAt", value=value) for value in written if value]


@st.composite
def filters(draw: st.DrawFn, name: str) -> list[Filter]:
    values = ACCOUNT_VALUES | MARKET_VALUES | (ASSET_VALUES if "assets" in name else {})
    found = draw(periods())
    for field in draw(st.lists(st.sampled_from(list(values)), max_size=2)):
        if draw(st.booleans()) or field in WORDS:
            found.append(Filter(entry_type="Exact", field=field, value=draw(st.lists(st.sampled_from(values[field]), max_size=2))))
        else:
            found.append(Filter(entry_type="Like", field=field, value=draw(st.sampled_from(values[field]))[1:3]))
    if draw(st.integers(0, 5)) == 0:
        ends = draw(st.sampled_from([{"from": "1"}, {"to": "1.5"}, {"from": "0", "to": "1000"}]))
        found.append(Filter(entry_type="Range", field=draw(st.sampled_from(FIGURES[name])), value=ends))
    return found


@st.composite
def questions(draw: st.DrawFn) -> tuple[str, list[Filter], Sort]:
    name = draw(st.sampled_from(list(LISTS)))
    _, keys, _ = LISTS[name]
    sort = Sort(field=draw(st.sampled_from([*FIGURES[name], *keys])), direction=draw(st.sampled_from(["Asc", "Desc"])))
    return name, draw(filters(name)), sort


def named(entries: list[Filter], accounts: dict[str, str]) -> list[Filter]:
    """The desk knows accounts by their ids, the model by their names."""

    def ids(value: Any) -> Any:
        return [accounts[name] for name in value] if isinstance(value, list) else value

    return [msgspec.structs.replace(entry, value=ids(entry.value)) if entry.field == "accountId" else entry for entry in entries]


def asked(name: str, entries: list[Filter], **more: Any) -> Page[Any]:
    query, _, _ = LISTS[name]
    page: Page[Any] = getattr(back_api().totals, name)(OWNER, query(filters=entries, **more))
    return page


def told(name: str, row: Any, names: dict[str, str]) -> tuple[tuple[str, ...], dict[str, Any]]:
    found = msgspec.to_builtins(row, builtin_types=(Decimal,))
    _, keys, _ = LISTS[name]
    return tuple(names.get(found[key], found[key]) for key in keys), {figure: Decimal(found[figure]) for figure in FIGURES[name]}


@SETTINGS
@given(batches=BATCHES, folds=st.lists(st.booleans(), min_size=4, max_size=4), questions=st.lists(questions(), min_size=6, max_size=6))
def test_what_totals_say_is_what_the_records_sum_up_to(
    accounts: dict[str, str], batches: list[list[Record]], folds: list[bool], questions: list[tuple[str, list[Filter], Sort]]
) -> None:
    names = {id: name for name, id in accounts.items()}
    with transaction.atomic():
        records: list[Record] = []
        for batch, is_folded in zip(batches, folds, strict=False):
            records += write(batch, accounts)
            if is_folded:
                rollups.fold()
        for name, entries, sort in questions:
            if any(isinstance(entry.value, str) and entry.field == "accountId" for entry in entries):
                continue
            entries = [*entries, *_some_period(name, entries)]
            page = asked(name, named(entries, accounts), sort=sort)
            found = [told(name, row, names) for row in page.items]
            expected = LISTS[name][2](records, entries)
            assert dict(found) == expected, (name, entries)
            assert len(found) == page.total == len(expected)
            assert [key for key, _ in found] == _ordered(name, expected, sort, accounts)
        transaction.set_rollback(True)


def _some_period(name: str, entries: list[Filter]) -> list[Filter]:
    """Revenue without a period is that of the month up to today, which the clock decides."""
    is_timeless = all(entry.field != "createdAt" for entry in entries)
    return [Filter(entry_type="Range", field="createdAt", value={"from": "2000-01-01T00:00:00Z"})] if name == "revenue" and is_timeless else []


def _ordered(name: str, rows: Rows, sort: Sort, accounts: dict[str, str]) -> list[tuple[str, ...]]:
    _, keys, _ = LISTS[name]

    def place(item: tuple[tuple[str, ...], dict[str, Any]]) -> tuple[Any, ...]:
        key, figures = tuple(accounts.get(part, part) if name_ == "accountId" else part for part, name_ in zip(item[0], keys, strict=True)), item[1]
        return (key[keys.index(sort.field)] if sort.field in keys else figures[sort.field or ""], *key)

    return [key for key, _ in sorted(rows.items(), key=place, reverse=sort.direction == "Desc")]


@RARE
@given(batches=BATCHES, is_folded=st.booleans(), entries=periods(), people=st.lists(st.sampled_from(["userId", "accountGroupId"]), max_size=1))
def test_billing_and_activity_are_those_of_the_records(
    accounts: dict[str, str], batches: list[list[Record]], is_folded: bool, entries: list[Filter], people: list[str]
) -> None:
    entries = [*entries, *(Filter(entry_type="Exact", field=name, value=ACCOUNT_VALUES[name][0]) for name in people)]
    with transaction.atomic():
        records = [record for batch in batches for record in write(batch, accounts)]
        if is_folded:
            rollups.fold()
        billing = back_api().totals.billing(OWNER, PeriodQuery(filters=entries))
        assert billing.root_asset == "usd"
        assert billing.active_accounts == model.active(records, entries)
        assert back_api().totals.active_accounts(OWNER, PeriodQuery(filters=entries)).total == model.active(records, entries)
        assert billing.traded_volume_spot_in_rat == model.volume(records, entries, ["Spot"])
        assert billing.traded_volume_cfd_in_rat == model.volume(records, entries, ["Cfd", "Perp"])
        assert billing.traded_volume_total_in_rat == model.volume(records, entries, ["Spot", "Cfd", "Perp"])
        transaction.set_rollback(True)


@RARE
@given(batches=BATCHES, name=st.sampled_from(list(LISTS)), limit=st.integers(1, 3), data=st.data())
def test_pages_and_offsets_neither_repeat_nor_skip(
    accounts: dict[str, str], batches: list[list[Record]], name: str, limit: int, data: st.DataObject
) -> None:
    _, keys, _ = LISTS[name]
    sort = data.draw(st.builds(Sort, field=st.sampled_from([*FIGURES[name], *keys]), direction=st.sampled_from(["Asc", "Desc"])))
    with transaction.atomic():
        for batch in batches:
            write(batch, accounts)
        period = _some_period(name, [])
        whole = asked(name, period, sort=sort).items
        found, page = [], asked(name, period, sort=sort, limit=limit)
        found += page.items
        while page.next:
            page = asked(name, period, sort=sort, limit=limit, after=page.next)
            found += page.items
        assert found == whole
        if LISTS[name][0] is RankedQuery:
            assert [row for start in range(0, len(whole), limit) for row in asked(name, period, sort=sort, limit=limit, offset=start).items] == whole
        transaction.set_rollback(True)


@RARE
@given(batches=BATCHES, is_folded=st.booleans())
def test_a_rebuild_comes_to_the_same(accounts: dict[str, str], batches: list[list[Record]], is_folded: bool) -> None:
    with transaction.atomic():
        for batch in batches:
            write(batch, accounts)
            if is_folded:
                rollups.fold()
        rollups.fold()
        kept = everything()
        assert kept
        rollups.rebuild()
        assert everything() == kept
        assert rollups.fold() == 0
        transaction.set_rollback(True)


def everything() -> list[list[tuple[Any, ...]]]:
    return [sorted(table.objects.values_list()) for table in TABLES]


def test_revenue_without_a_period_is_that_of_the_month_up_to_today(accounts: dict[str, str]) -> None:
    now = datetime.now(UTC)
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    usual = model.Trade(now, "anna", "cfd.xau_usd", "Buy", Decimal(2), Decimal(10), Decimal(1), "usd", Decimal(3), Decimal(3), Decimal("0.5"))
    write(
        [usual, usual._replace(at=first), usual._replace(at=first - timedelta(microseconds=1)), usual._replace(at=now + timedelta(days=1))], accounts
    )
    (row,) = back_api().totals.revenue(OWNER, RankedQuery()).items
    assert (row.market_id, row.display_name, row.trades_count, row.traded_volume) == ("cfd.xau_usd", "XAU/USD", 2, 4)
    assert (row.traded_volume_in_rat, row.markup_profit_in_rat, row.commission_profit_in_rat) == (40, 1, 6)
