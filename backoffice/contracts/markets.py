"""Markets: what clients trade, with every setting an order is checked against."""

from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

import msgspec

from backoffice.contracts.actor import Actor
from backoffice.contracts.liquidity import SessionRef, SessionStatus
from backoffice.contracts.paging import Page, SortDirection
from backoffice.contracts.value import Value, Versioned

MarketType = Literal["Spot", "Cfd", "Perp"]
MarketSubtype = Literal["Fx", "Crypto", "Metals", "Energies", "Commodities", "Indices", "Stocks", "Etf", "Bonds", "Ndf", "Other"]
MarketStatus = Literal["Open", "Paused", "Halted", "Disabled"]
SwapType = Literal["None", "Fix", "Points", "Percent"]
MarketSortField = Literal["MarketId", "DisplayName", "FullName", "Type", "Subtype", "Status", "CreatedAt", "UpdatedAt"]


class PositionSwap(Value, frozen=True, kw_only=True):
    """`asset_id` only with swap type Fix. A positive size is paid by the client, a negative one to the client."""

    swap_size: Decimal
    asset_id: str | None = None


class SwapSettings(Value, frozen=True, kw_only=True):
    type: SwapType
    short_position_settings: PositionSwap | None = None
    long_position_settings: PositionSwap | None = None


class MarketSettings(Value, frozen=True, kw_only=True):
    """What an operator may set on a market at any time; docs/markets.md has the rule of each field."""

    full_name: str | None = None
    display_name: str
    min_amount: Decimal | None = None
    price_deviation: Decimal | None = None
    price_scale: int
    amount_scale: int | None = None
    slippage_rate: Decimal | None = None
    status: MarketStatus = "Disabled"
    subtype: MarketSubtype | None = None
    is_synchronized: bool = False
    external_ttl: int | None = None
    internal_ttl: int | None = None
    market_group_id: str | None = None
    calendar_id: str | None = None
    lot_size: int | None = None
    min_lot_amount: Decimal | None = None
    max_lot_amount: int | None = None
    tick_size: Decimal | None = None
    lot_step: Decimal | None = None
    swap_settings: SwapSettings | None = None
    max_leverage: int | None = None
    is_const_leverage: bool | None = None
    min_quote_amount: Decimal | None = None
    max_base_amount: Decimal | None = None
    trading_session_ids: list[str] = []
    market_data_session_ids: list[str] = []


class NewMarket(MarketSettings, frozen=True, kw_only=True):
    """A type of `Perpetual` is read as Perp. The id follows from type, base and quote."""

    type: Literal["Spot", "Cfd", "Perp", "Perpetual"]
    base_asset_id: str
    quote_asset_id: str


class MarketCreated(Value, frozen=True, kw_only=True):
    market_id: str


class MarketName(Value, frozen=True, kw_only=True):
    """A market where only its names matter."""

    id: str
    display_name: str
    full_name: str | None


class ListedName(Value, frozen=True, kw_only=True):
    """One line of `GET markets`."""

    market_id: str
    display_name: str
    full_name: str | None


class MarketView(Value, frozen=True, kw_only=True):
    """What a market shows to readers, in the list and alone."""

    market_id: str
    display_name: str
    full_name: str | None
    base_asset_id: str
    quote_asset_id: str
    min_amount: Decimal | None
    price_deviation: Decimal | None
    price_scale: int
    amount_scale: int | None
    slippage_rate: Decimal | None
    status: MarketStatus
    type: MarketType
    subtype: MarketSubtype | None
    is_synchronized: bool
    created_at: datetime
    updated_at: datetime
    external_ttl: int | None
    internal_ttl: int | None
    lot_size: int | None
    min_lot_amount: Decimal | None
    max_lot_amount: int | None
    tick_size: Decimal | None
    lot_step: Decimal | None
    swap_settings: SwapSettings | None
    calendar_id: str | None
    calendar_name: str | None
    market_group_id: str | None
    market_group_name: str | None
    is_const_leverage: bool | None
    min_quote_amount: Decimal | None
    max_base_amount: Decimal | None
    trading_sessions: list[SessionRef]
    market_data_sessions: list[SessionRef]


class Market(MarketView, frozen=True, kw_only=True):
    max_leverage: int | None


class ListedMarket(MarketView, frozen=True, kw_only=True):
    """The contract prints the leverage of a listed market as text."""

    max_leverage: str | None


class MarketSort(Value, frozen=True, kw_only=True):
    field: MarketSortField = "MarketId"
    direction: SortDirection = "Asc"


class MarketQuery(Value, frozen=True, kw_only=True):
    """Filters are ANDed between fields and ORed within one. `market_id` and `search` are substrings (`search`: id, any name, or the pair as EURUSD);
    `after` continues a list behind an earlier page's `next` and then `offset` must be 0."""

    market_ids: list[str] | None = None
    types: list[MarketType] | None = None
    subtypes: list[MarketSubtype] | None = None
    display_names: list[str] | None = None
    full_names: list[str] | None = None
    calendar_ids: list[str] | None = None
    market_group_ids: list[str] | None = None
    exclude_market_group_ids: list[str] | None = None
    base_asset_ids: list[str] | None = None
    quote_asset_ids: list[str] | None = None
    statuses: list[MarketStatus] | None = None
    market_id: str | None = None
    limit: int = 50
    offset: int = 0
    sort: MarketSort | None = None
    trading_session_names: list[str] | None = None
    market_data_session_names: list[str] | None = None
    trading_session_status: SessionStatus | None = None
    market_data_session_status: SessionStatus | None = None
    search: str | None = None
    has_calendar: bool | None = None
    after: str | None = None


class MarketList(Value, frozen=True, kw_only=True):
    markets: list[ListedMarket]


class MarketPatch(Value, frozen=True, kw_only=True):
    """A bulk change: what is UNSET stays as it is on each market."""

    status: MarketStatus | msgspec.UnsetType = msgspec.UNSET
    market_group_id: str | msgspec.UnsetType | None = msgspec.UNSET
    calendar_id: str | msgspec.UnsetType | None = msgspec.UNSET
    price_deviation: Decimal | msgspec.UnsetType | None = msgspec.UNSET
    slippage_rate: Decimal | msgspec.UnsetType | None = msgspec.UNSET
    max_leverage: int | msgspec.UnsetType | None = msgspec.UNSET
    is_const_leverage: bool | msgspec.UnsetType | None = msgspec.UNSET
    external_ttl: int | msgspec.UnsetType | None = msgspec.UNSET
    internal_ttl: int | msgspec.UnsetType | None = msgspec.UNSET
    is_synchronized: bool | msgspec.UnsetType = msgspec.UNSET
    trading_session_ids: list[str] | msgspec.UnsetType = msgspec.UNSET
    market_data_session_ids: list[str] | msgspec.UnsetType = msgspec.UNSET


class FieldChange(Value, frozen=True, kw_only=True):
    """One field before and after, as text; None is empty. `field` is the wire name."""

    field: str
    before: str | None
    after: str | None


class MarketPreview(Value, frozen=True, kw_only=True):
    """What a bulk change would do to one market; with `errors` it cannot be done."""

    market_id: str
    display_name: str
    version: int
    changes: list[FieldChange]
    errors: dict[str, list[str]]


class Markets(Protocol):
    def names(self, actor: Actor) -> list[ListedName]:
        """Every market, by id."""

    def find(self, actor: Actor, query: MarketQuery) -> Page[ListedMarket]:
        """Refuses: Invalid (limit, offset, cursor)."""

    def get(self, actor: Actor, market_id: str) -> Versioned[Market]:
        """Refuses: NotFound."""

    def create(self, actor: Actor, draft: NewMarket) -> MarketCreated:
        """Without a calendar it is created Disabled, whatever status was asked. Refuses: Invalid."""

    def update(self, actor: Actor, market_id: str, change: MarketSettings, *, version: int | None = None) -> None:
        """Refuses: NotFound, Stale, Invalid."""

    def preview(self, actor: Actor, market_ids: list[str], patch: MarketPatch) -> list[MarketPreview]:
        """What `patch` would do to each market; changes nothing. Refuses: NotFound, Invalid."""

    def patch(self, actor: Actor, versions: dict[str, int], patch: MarketPatch) -> int:
        """Change all of `versions` (market id -> version seen) or none; how many changed. Refuses: NotFound, Stale, Invalid."""
