"""The back-API out of our own domain apps; mypy checks each module against its Protocol here."""

from backoffice.markets import assets, calendars, categories, groups, liquidity, markets
from backoffice.markets.files import service as market_files
from backoffice.services import BackApi


def build() -> BackApi:
    return BackApi(
        assets=assets,
        market_groups=groups,
        calendars=calendars,
        liquidity_sessions=liquidity,
        categories=categories,
        markets=markets,
        market_files=market_files,
    )
