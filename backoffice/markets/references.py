"""What markets may refer to, read once and used for as many markets as are checked together."""

from backoffice.markets.models import Asset, Calendar, LiquiditySession, MarketGroup
from backoffice.markets.rules import References


def load() -> References:
    sessions = list(LiquiditySession.objects.values_list("id", "kind"))
    return References(
        assets=dict(Asset.objects.values_list("id", "source")),
        market_groups=frozenset(MarketGroup.objects.values_list("id", flat=True)),
        calendars=frozenset(Calendar.objects.values_list("id", flat=True)),
        trading_sessions=frozenset(id for id, kind in sessions if kind == "Trading"),
        market_data_sessions=frozenset(id for id, kind in sessions if kind == "MarketData"),
    )
