"""The tables of the markets app; every rule that a row can be held to alone is a constraint here."""

from backoffice.markets.models.asset import Asset
from backoffice.markets.models.calendar import Calendar, CalendarInterval, CalendarOverride
from backoffice.markets.models.candle import Candle
from backoffice.markets.models.category import CategoryMarket, CategoryTree, MarketCategory
from backoffice.markets.models.file import MappingPreset, MarketFile, MarketFileError, MarketFileRow
from backoffice.markets.models.group import LiquiditySession, MarketGroup
from backoffice.markets.models.market import Market, MarketSession
from backoffice.markets.models.rate import RatePrice, RootRate

__all__ = [
    "Asset",
    "Calendar",
    "CalendarInterval",
    "CalendarOverride",
    "Candle",
    "CategoryMarket",
    "CategoryTree",
    "LiquiditySession",
    "MappingPreset",
    "Market",
    "MarketCategory",
    "MarketFile",
    "MarketFileError",
    "MarketFileRow",
    "MarketGroup",
    "MarketSession",
    "RatePrice",
    "RootRate",
]
