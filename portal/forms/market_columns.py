"""The columns of a market file as people read them: what each one is, and which words it knows."""

from collections.abc import Sequence
from typing import NamedTuple, get_args

from backoffice.contracts.actor import Actor
from backoffice.contracts.markets import MarketStatus, MarketSubtype, MarketType, SwapType
from backoffice.services import back_api

Words = Sequence[tuple[str, str]]


class MarketColumn(NamedTuple):
    """`field` is the wire name and the header; `words` are all that a cell may say, when they are few."""

    field: str
    label: str
    hint: str
    is_required: bool = False
    words: tuple[str, ...] = ()


FLAG = ("true", "false")

# In the order of our own files.
COLUMNS: tuple[MarketColumn, ...] = (
    MarketColumn("marketId", "Market id", "empty for a new market: it follows from type, base and quote"),
    MarketColumn("type", "Type", "Spot, Cfd or Perp", True, get_args(MarketType)),
    MarketColumn("subtype", "Subtype", "the class of what is traded", False, get_args(MarketSubtype)),
    MarketColumn("baseAssetId", "Base asset", "id of the asset that is bought and sold", True),
    MarketColumn("quoteAssetId", "Quote asset", "id of the asset it is paid in", True),
    MarketColumn("displayName", "Display name", "up to 50 characters", True),
    MarketColumn("fullName", "Full name", "up to 50 characters"),
    MarketColumn("status", "Status", "without a calendar a market is Disabled", False, get_args(MarketStatus)),
    MarketColumn("marketGroupId", "Market group", "id of the group"),
    MarketColumn("calendarId", "Calendar", "id of the trading calendar"),
    MarketColumn("priceScale", "Price scale", "decimal places of prices", True),
    MarketColumn("amountScale", "Amount scale", "decimal places of amounts; lots for a CFD"),
    MarketColumn("minAmount", "Minimum amount", "of one order, in base"),
    MarketColumn("minQuoteAmount", "Minimum quote amount", "of one order, in quote"),
    MarketColumn("maxBaseAmount", "Maximum base amount", "of one order, in base"),
    MarketColumn("priceDeviation", "Price deviation", "how far a limit price may be off"),
    MarketColumn("slippageRate", "Slippage rate", "of market orders"),
    MarketColumn("lotSize", "Lot size", "units of base in one lot"),
    MarketColumn("minLotAmount", "Minimum lots", "of one order"),
    MarketColumn("maxLotAmount", "Maximum lots", "of one order"),
    MarketColumn("lotStep", "Lot step", "lots come in multiples of it"),
    MarketColumn("tickSize", "Tick size", "smallest price change"),
    MarketColumn("maxLeverage", "Maximum leverage", "a whole number"),
    MarketColumn("isConstLeverage", "Constant leverage", "true or false", False, FLAG),
    MarketColumn("swapType", "Swap type", "only for a CFD", False, get_args(SwapType)),
    MarketColumn("swapLongSize", "Long swap", "positive is paid by the client"),
    MarketColumn("swapLongAssetId", "Long swap asset", "with swap type Fix"),
    MarketColumn("swapShortSize", "Short swap", "positive is paid by the client"),
    MarketColumn("swapShortAssetId", "Short swap asset", "with swap type Fix"),
    MarketColumn("externalTtl", "External TTL", "milliseconds"),
    MarketColumn("internalTtl", "Internal TTL", "milliseconds"),
    MarketColumn("isSynchronized", "Synchronized", "true or false", False, FLAG),
    MarketColumn("tradingSessionIds", "Trading sessions", "ids joined by ;"),
    MarketColumn("marketDataSessionIds", "Market data sessions", "ids joined by ;"),
)


def words_for(actor: Actor) -> dict[str, Words]:
    """What a field may say, with the names of groups and calendars for whoever may see them."""
    words: dict[str, Words] = {column.field: [(word, word) for word in column.words] for column in COLUMNS if column.words}
    if actor.may("view-common"):
        words["marketGroupId"] = [(group.market_group_id, group.name) for group in back_api().market_groups.find(actor)]
        words["calendarId"] = [(calendar.calendar_id, calendar.name) for calendar in back_api().calendars.find(actor)]
    return {field: known for field, known in words.items() if known}
