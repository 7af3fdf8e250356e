"""Totals: what trading came to, by client, account, asset and market, and over time; each answer is of one instant and exact to the last digit."""

from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

import msgspec

from backoffice.contracts.actor import Actor
from backoffice.contracts.filters import Filter, Sort
from backoffice.contracts.markets import MarketType
from backoffice.contracts.paging import Page
from backoffice.contracts.transfers import TransferType
from backoffice.contracts.users import UserStatus
from backoffice.contracts.value import Value
from backoffice.contracts.wire import InNumbers, Number

# Without a limit lists by asset come whole up to here, and not at all beyond: a cut list of money would pass for the whole one.
TOTALS_MOST = 20_000
RANKED_MOST = 1_000
OFFSET_MOST = 10_000
POINTS_MOST = 1_000
TOP_MOST = 100

Step = Literal["Hour", "Day", "Week", "Month"]
Measure = Literal["Volume", "Commission", "Markup", "Trades"]
Subject = Literal["Markets", "Clients"]


class AssetFigures(Value, frozen=True, kw_only=True):
    """Of one asset: what was traded of it, be it the base or the quote of the market, and what was charged in it.
    In the root asset each is worth what it was worth at its own execution."""

    total_asset_amount: Number
    total_asset_amount_in_rat: Number = msgspec.field(name="totalAssetAmountInRAT")
    total_asset_commission: Number
    total_asset_commission_in_rat: Number = msgspec.field(name="totalAssetCommissionInRAT")


class AccountAssetCommission(AssetFigures, frozen=True, kw_only=True):
    user_id: str
    account_id: str
    account_name: str
    asset_id: str
    asset_name: str


class UserAssetCommission(AssetFigures, frozen=True, kw_only=True):
    user_id: str
    asset_id: str
    asset_name: str


class AssetCommission(AssetFigures, frozen=True, kw_only=True):
    """`created_at` is the asset's."""

    asset_id: str
    asset_name: str
    asset_amount_scale: int
    created_at: datetime


class UserCommission(Value, frozen=True, kw_only=True):
    """`total_balance_in_rat` is what the user holds now: None without a root asset, or without a rate for something that is held."""

    user_id: str
    user_email: str
    status: UserStatus
    total_balance_in_rat: Number | None = msgspec.field(name="totalBalanceInRAT")
    total_commission_in_rat: Number = msgspec.field(name="totalCommissionInRAT")
    total_traded_volume_in_rat: Number = msgspec.field(name="totalTradedVolumeInRAT")


class AccountCommission(Value, frozen=True, kw_only=True):
    """`total_balance_in_rat` as that of a user."""

    user_id: str
    user_email: str
    account_id: str
    account_name: str
    total_balance_in_rat: Number | None = msgspec.field(name="totalBalanceInRAT")
    total_commission_in_rat: Number = msgspec.field(name="totalCommissionInRAT")
    total_traded_volume_in_rat: Number = msgspec.field(name="totalTradedVolumeInRAT")


class MarketRevenue(InNumbers, frozen=True, kw_only=True):
    """`traded_volume` is in the base asset. Markup profit is what executed prices were worse for the client than the maker's."""

    market_id: str
    display_name: str
    trades_count: int
    traded_volume: Number
    traded_volume_in_rat: Number
    markup_profit_in_rat: Number
    commission_profit_in_rat: Number


class AccountAssetCommissions(InNumbers, frozen=True, kw_only=True):
    data: list[AccountAssetCommission]


class UserAssetCommissions(InNumbers, frozen=True, kw_only=True):
    data: list[UserAssetCommission]


class AssetCommissions(InNumbers, frozen=True, kw_only=True):
    data: list[AssetCommission]


class UserCommissions(InNumbers, frozen=True, kw_only=True):
    data: list[UserCommission]


class AccountCommissions(InNumbers, frozen=True, kw_only=True):
    data: list[AccountCommission]


class Billing(InNumbers, frozen=True, kw_only=True):
    """Volumes of perpetuals count as those of CFDs. `root_asset` is None while there is none."""

    active_accounts: int
    root_asset: str | None
    traded_volume_spot_in_rat: Number = msgspec.field(name="tradedVolumeSpotInRAT")
    traded_volume_cfd_in_rat: Number = msgspec.field(name="tradedVolumeCfdInRAT")
    traded_volume_total_in_rat: Number = msgspec.field(name="tradedVolumeTotalInRAT")


class ActiveAccounts(Value, frozen=True, kw_only=True):
    total: int


class PeriodQuery(Value, frozen=True, kw_only=True):
    filters: list[Filter] = []


class TotalsQuery(Value, frozen=True, kw_only=True):
    """Without a limit: every row, up to TOTALS_MOST. `after` continues behind an earlier answer's cursor."""

    filters: list[Filter] = []
    sort: Sort | None = None
    limit: int | None = None
    after: str | None = None


class RankedQuery(Value, frozen=True, kw_only=True):
    """`after` goes on where an offset may not reach; one of the two."""

    filters: list[Filter] = []
    sort: Sort | None = None
    limit: int = RANKED_MOST
    offset: int = 0
    after: str | None = None


class SeriesQuery(Value, frozen=True, kw_only=True):
    """From on, up to but without `to`. Days, weeks (from Monday) and months are those of the zone."""

    from_: datetime = msgspec.field(name="from")
    to: datetime
    zone: str = "UTC"
    step: Step = "Day"
    market_types: list[MarketType] | None = None


class TopQuery(Value, frozen=True, kw_only=True):
    """From on, up to but without `to`; either left out is open."""

    subject: Subject
    measure: Measure = "Volume"
    from_: datetime | None = msgspec.field(name="from", default=None)
    to: datetime | None = None
    market_types: list[MarketType] | None = None
    limit: int = 10


class MoneyQuery(Value, frozen=True, kw_only=True):
    """As SeriesQuery."""

    from_: datetime = msgspec.field(name="from")
    to: datetime
    zone: str = "UTC"
    step: Step = "Day"


class SeriesPoint(Value, frozen=True, kw_only=True):
    """One step of one market type; `start` is where the step begins in the zone. `markup_in_rat` is None for whoever may not see markup revenue."""

    start: datetime
    market_type: MarketType
    orders: int
    trades: int
    volume_in_rat: Decimal
    commission_in_rat: Decimal
    markup_in_rat: Decimal | None


class TopRow(Value, frozen=True, kw_only=True):
    """A market with its display name, or a client with the e-mail address. `markup_in_rat` as in a series."""

    id: str
    name: str
    trades: int
    volume_in_rat: Decimal
    commission_in_rat: Decimal
    markup_in_rat: Decimal | None


class MoneyPoint(Value, frozen=True, kw_only=True):
    """Completed transfers that were made in this step; `unrated` of them had no rate to the root asset and count for nothing in the amount."""

    start: datetime
    type: TransferType
    count: int
    amount_in_rat: Decimal
    unrated: int


class Totals(Protocol):
    """Filters: as each list declares them (docs/totals.md). Those on a figure narrow what is shown, all others what is added up.
    What would take longer than a request may is refused as Invalid (`too_costly`)."""

    def account_assets(self, actor: Actor, query: TotalsQuery) -> Page[AccountAssetCommission]:
        """By account and asset unless sorted. Refuses: Invalid (filters, sort, limit, cursor; `too_many_rows` without a limit)."""

    def user_assets(self, actor: Actor, query: TotalsQuery) -> Page[UserAssetCommission]:
        """By user and asset unless sorted. Refuses: as account_assets."""

    def assets(self, actor: Actor, query: TotalsQuery) -> Page[AssetCommission]:
        """By asset unless sorted. Refuses: as account_assets."""

    def users(self, actor: Actor, query: RankedQuery) -> Page[UserCommission]:
        """Users with trades, those who paid most first unless sorted. Refuses: Invalid (filters, sort, limit, offset, cursor)."""

    def accounts(self, actor: Actor, query: RankedQuery) -> Page[AccountCommission]:
        """Accounts with trades, those that paid most first unless sorted. Refuses: as users."""

    def revenue(self, actor: Actor, query: RankedQuery) -> Page[MarketRevenue]:
        """Markets with trades, those of most volume first unless sorted; from the first of the month up to today unless a filter names createdAt.
        Refuses: as users."""

    def billing(self, actor: Actor, query: PeriodQuery) -> Billing:
        """Refuses: Invalid (filters)."""

    def active_accounts(self, actor: Actor, query: PeriodQuery) -> ActiveAccounts:
        """Accounts with at least one order, one trade or one transfer that was not refused. Refuses: Invalid (filters)."""

    def series(self, actor: Actor, query: SeriesQuery) -> list[SeriesPoint]:
        """Every step of every market type, also those without trades. Refuses: Invalid (period, zone, more than POINTS_MOST steps)."""

    def top(self, actor: Actor, query: TopQuery) -> list[TopRow]:
        """Refuses: Invalid (period, limit), NotPermitted (Markup for whoever may not see markup revenue)."""

    def money(self, actor: Actor, query: MoneyQuery) -> list[MoneyPoint]:
        """Every step of either type. Refuses: as series."""

    def fold(self, actor: Actor) -> int:
        """Fold what was written since the last time into the totals; gives how many records that were. Totals are exact before and after."""

    def rebuild(self, actor: Actor) -> None:
        """Work out the totals again from the records themselves, in one transaction; nobody waits for it."""
