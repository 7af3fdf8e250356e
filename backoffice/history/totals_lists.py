"""The lists of totals: what each sums up, what it can be narrowed and sorted by, and how a page of it is asked for in one statement."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from backoffice.contracts import wire
from backoffice.contracts.filters import Filter, Sort
from backoffice.contracts.paging import Page
from backoffice.contracts.totals import (
    AccountAssetCommission,
    AccountCommission,
    AssetCommission,
    MarketRevenue,
    UserAssetCommission,
    UserCommission,
)
from backoffice.core import sources
from backoffice.core.filters import Clause, Field
from backoffice.core.sources import Order, Source
from backoffice.history import asking
from backoffice.history.asked import ACCOUNT, ASSET, MARKET, SIDE, Asked, Dimension, Sql, asked, joined
from backoffice.history.cover import Period
from backoffice.history.parts import parts
from backoffice.history.rollups import ACCOUNT_ASSETS, ACCOUNTS, IN_ASSETS, MARKETS, Rollup
from backoffice.history.sources import WORTH

Row = TypeVar("Row", bound=msgspec.Struct)

ADVICE = "Ask for whole months, or narrow it by userId, accountId or marketId."
ASSET_SUMS = """
    sum({0}.amount) AS total_asset_amount, sum({0}.amount_in_rat) AS total_asset_amount_in_rat, sum({0}.commission) AS total_asset_commission,
    sum({0}.commission_in_rat) AS total_asset_commission_in_rat
"""
PAID = "sum(p.commission_in_rat) AS total_commission_in_rat, sum(p.volume_in_rat) AS total_traded_volume_in_rat"
OF_USERS = "JOIN accounts_account a ON a.id = p.account_id"
BY_MARKET = f"""
    SELECT p.market_id, p.commission_asset_id, {", ".join(f"sum(p.{name}) AS {name}" for name in MARKETS.sums)}
    FROM ({{parts}}) p GROUP BY p.market_id, p.commission_asset_id HAVING sum(p.trades) > 0
"""  # noqa: S608  texts of ours only
# What is held now, valued at the present rates, of the accounts that the condition names.
BALANCE = f"""
    LEFT JOIN LATERAL (
        SELECT {WORTH} AS total_balance_in_rat
        FROM accounts_account h LEFT JOIN ledger_balance b ON b.account_id = h.id LEFT JOIN markets_rootrate w ON w.asset_id = b.asset_id
        WHERE {{}}
    ) held ON true
"""  # noqa: S608  texts of ours only
IN_RAT = {
    "totalCommissionInRAT": Field("total_commission_in_rat", "number", is_sortable=True),
    "totalTradedVolumeInRAT": Field("total_traded_volume_in_rat", "number", is_sortable=True),
}
OF_ASSET = {
    "totalAssetAmount": Field("total_asset_amount", "number", is_sortable=True),
    "totalAssetAmountInRAT": Field("total_asset_amount_in_rat", "number", is_sortable=True),
    "totalAssetCommission": Field("total_asset_commission", "number", is_sortable=True),
    "totalAssetCommissionInRAT": Field("total_asset_commission_in_rat", "number", is_sortable=True),
}
USER_ID = {"userId": Field("user_id", "text", is_sortable=True)}
ACCOUNT_ID = {"accountId": Field("account_id", "text", is_sortable=True)}
ASSET_ID = {"assetId": Field("asset_id", "text", is_sortable=True)}


@dataclass(frozen=True, kw_only=True)
class TotalsList(Generic[Row]):
    """`summed` makes rows with the key and the figures out of parts; `named` joins to a page of them, r, what else a row has."""

    row: type[Row]
    rollups: tuple[Rollup, ...]
    dimensions: tuple[Dimension, ...]
    figures: dict[str, Field]
    keys: dict[str, Field]
    order: Sort
    summed: Callable[[Rollup, Sql, Asked], Sql]
    named: str
    # Narrowed by these the sums are narrowed themselves, not what is summed up.
    outside: tuple[Dimension, ...] = ()

    @property
    def source(self) -> Source:
        key = tuple(field.column for field in self.keys.values())
        return Source(rows="", fields=self.keys | self.figures, key=key, order=(self.order.field or "", self.order.direction), advice=ADVICE)


def _grouped(select: str, by: str, *, having: str, joined: str = "") -> Callable[[Rollup, Sql, Asked], Sql]:
    """A group of which as much was taken off as was there is none."""
    sql = f"SELECT {by}, {select} FROM ({{}}) p {joined} GROUP BY {by} HAVING {having}"  # noqa: S608  texts of ours only
    return lambda _, found, __: Sql(sql.format(found.text), found.values)


def _assets(rollup: Rollup, found: Sql, narrowed: Asked) -> Sql:
    condition = narrowed.of(ASSET).condition(("asset_id",))
    if rollup is MARKETS:
        of_parts = f"""
            SELECT a.asset_id, {ASSET_SUMS.format("a")} FROM ({BY_MARKET.format(parts=found.text)}) r {IN_ASSETS}
            WHERE a.amount > 0 OR a.commission > 0 GROUP BY a.asset_id
        """  # noqa: S608  texts of ours only
    else:
        of_parts = f"SELECT p.asset_id, {ASSET_SUMS.format('p')} FROM ({found.text}) p GROUP BY p.asset_id HAVING sum(p.parts) > 0"  # noqa: S608  texts of ours only
    return Sql(f"SELECT r.* FROM ({of_parts}) r WHERE {condition.text}", (*found.values, *condition.values))  # noqa: S608  texts of ours only


USERS = TotalsList(
    row=UserCommission,
    rollups=(ACCOUNTS,),
    dimensions=(ACCOUNT, MARKET, SIDE),
    figures=IN_RAT,
    keys=USER_ID,
    order=Sort(field="totalCommissionInRAT", direction="Desc"),
    summed=_grouped(PAID, "a.user_id", having="sum(p.trades) > 0", joined=OF_USERS),
    named=f"""
        SELECT r.*, u.email AS user_email, u.status, held.*
        FROM page r JOIN accounts_user u ON u.id = r.user_id {BALANCE.format("h.user_id = r.user_id")}
    """,  # noqa: S608  texts of ours only
)
ACCOUNT_LIST = TotalsList(
    row=AccountCommission,
    rollups=(ACCOUNTS,),
    dimensions=(ACCOUNT, MARKET, SIDE),
    figures=IN_RAT,
    keys=ACCOUNT_ID,
    order=Sort(field="totalCommissionInRAT", direction="Desc"),
    summed=_grouped(PAID, "p.account_id", having="sum(p.trades) > 0"),
    named=f"""
        SELECT r.*, a.user_id, u.email AS user_email, a.name AS account_name, held.*
        FROM page r JOIN accounts_account a ON a.id = r.account_id JOIN accounts_user u ON u.id = a.user_id {BALANCE.format("h.id = r.account_id")}
    """,  # noqa: S608  texts of ours only
)
ACCOUNT_ASSET_LIST = TotalsList(
    row=AccountAssetCommission,
    rollups=(ACCOUNT_ASSETS,),
    dimensions=(ACCOUNT, ASSET, MARKET, SIDE),
    figures=OF_ASSET,
    keys=ACCOUNT_ID | ASSET_ID,
    order=Sort(field="accountId"),
    summed=_grouped(ASSET_SUMS.format("p"), "p.account_id, p.asset_id", having="sum(p.parts) > 0"),
    named="""
        SELECT r.*, a.user_id, a.name AS account_name, s.name AS asset_name
        FROM page r JOIN accounts_account a ON a.id = r.account_id JOIN markets_asset s ON s.id = r.asset_id
    """,
)
USER_ASSET_LIST = TotalsList(
    row=UserAssetCommission,
    rollups=(ACCOUNT_ASSETS,),
    dimensions=(ACCOUNT, ASSET, MARKET, SIDE),
    figures=OF_ASSET,
    keys=USER_ID | ASSET_ID,
    order=Sort(field="userId"),
    summed=_grouped(ASSET_SUMS.format("p"), "a.user_id, p.asset_id", having="sum(p.parts) > 0", joined=OF_USERS),
    named="SELECT r.*, s.name AS asset_name FROM page r JOIN markets_asset s ON s.id = r.asset_id",
)
ASSET_LIST = TotalsList(
    row=AssetCommission,
    rollups=(MARKETS, ACCOUNT_ASSETS),
    dimensions=(ACCOUNT, ASSET, MARKET, SIDE),
    figures=OF_ASSET,
    keys=ASSET_ID,
    order=Sort(field="assetId"),
    summed=_assets,
    named="SELECT r.*, s.name AS asset_name, s.scale AS asset_amount_scale, s.created_at FROM page r JOIN markets_asset s ON s.id = r.asset_id",
    outside=(ASSET,),
)
REVENUE = TotalsList(
    row=MarketRevenue,
    rollups=(MARKETS,),
    dimensions=(ACCOUNT, MARKET, SIDE),
    figures={
        "tradesCount": Field("trades_count", "number", is_sortable=True),
        "tradedVolume": Field("traded_volume", "number", is_sortable=True),
        "tradedVolumeInRat": Field("traded_volume_in_rat", "number", is_sortable=True),
        "markupProfitInRat": Field("markup_profit_in_rat", "number", is_sortable=True),
        "commissionProfitInRat": Field("commission_profit_in_rat", "number", is_sortable=True),
    },
    keys={"marketId": Field("market_id", "text", is_sortable=True)},
    order=Sort(field="tradedVolumeInRat", direction="Desc"),
    summed=_grouped(
        """
        sum(p.trades)::bigint AS trades_count, sum(p.base_amount) AS traded_volume, sum(p.volume_in_rat) AS traded_volume_in_rat,
            sum(p.markup_in_rat) AS markup_profit_in_rat, sum(p.commission_in_rat) AS commission_profit_in_rat
        """,
        "p.market_id",
        having="sum(p.trades) > 0",
    ),
    named="SELECT r.*, m.display_name FROM page r JOIN markets_market m ON m.market_id = r.market_id",
)


def page(
    of: TotalsList[Row],
    filters: Sequence[Filter],
    *,
    sort: Sort | None,
    after: str | None,
    limit: int,
    now: datetime,
    offset: int = 0,
    usual: Callable[[datetime], Period] | None = None,
) -> Page[Row]:
    """Refuses: Invalid (filters, sort, cursor), TooCostly."""
    source, wanted = of.source, asked(filters, of.dimensions, of.figures, now, usual=usual)
    order = sources.order_of(source, sort)
    behind = [] if after is None else [sources.behind_of(source, order, after)]
    sql = statement(of, wanted, order, behind, now)
    total, rows = asking.one(Sql(sql.text, (*sql.values, limit + 1, offset)), ADVICE)
    items = wire.decode_list(rows, of.row)
    shown = items[:limit]
    following = sources.cursor_of(source, order, shown[-1]) if len(items) > limit else None
    return Page(items=shown, next=following, total=total)


def whole(of: TotalsList[Row], filters: Sequence[Filter], now: datetime) -> Sql:
    """All rows, for whoever puts them in order. Refuses: Invalid."""
    wanted = asked(filters, of.dimensions, of.figures, now)
    summed, shown = _summed(of, wanted, now), joined(wanted.shown)
    sql = f"WITH page AS MATERIALIZED (SELECT {_trimmed(of)} FROM ({summed.text}) r WHERE {shown.text}) {of.named}"  # noqa: S608  texts of ours only
    return Sql(sql, (*summed.values, *shown.values))


def statement(of: TotalsList[Row], wanted: Asked, order: Order, behind: Sequence[Clause], now: datetime) -> Sql:
    summed, shown, beyond = _summed(of, wanted, now), joined(wanted.shown), joined(behind)
    directed = ", ".join(f"{column} {order.direction}" for column in sources.columns_of(of.source, order))
    sql = f"""
        WITH chosen AS MATERIALIZED (SELECT r.* FROM ({summed.text}) r WHERE {shown.text}),
        page AS (SELECT {_trimmed(of)} FROM chosen r WHERE {beyond.text} ORDER BY {directed} LIMIT %s OFFSET %s)
        SELECT (SELECT count(*) FROM chosen), coalesce(json_agg(d), '[]')::text
        FROM (SELECT {sources.selected(of.row)} FROM ({of.named}) r ORDER BY {directed}) d
    """  # noqa: S608  texts of ours only
    return Sql(sql, (*summed.values, *shown.values, *beyond.values))


def _trimmed(of: TotalsList[Row]) -> str:
    """The figures without the zeros that sums end with."""
    return ", ".join(
        (*(f"r.{key.column}" for key in of.keys.values()), *(f"trim_scale(r.{one.column}) AS {one.column}" for one in of.figures.values()))
    )


def _summed(of: TotalsList[Row], wanted: Asked, now: datetime) -> Sql:
    inner = wanted
    for dimension in of.outside:
        inner = inner.without(dimension)
    rollup, found = parts(of.rollups, inner, now)
    return of.summed(rollup, found, wanted)
