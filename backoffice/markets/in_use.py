"""Refusing to delete what markets still need."""

from typing import Any

from django.db.models import QuerySet

from backoffice.contracts.errors import InUse
from backoffice.markets.models import Market

NAMED = 10


def refuse(what: str, markets: QuerySet[Market, Any]) -> None:
    """Refuses: InUse, naming up to ten of the markets."""
    users = list(markets.order_by("market_id").values_list("market_id", flat=True)[: NAMED + 1])
    if users:
        more = f" and {markets.count() - NAMED} more" if len(users) > NAMED else ""
        raise InUse(f"{what} is used by {', '.join(users[:NAMED])}{more}.")
