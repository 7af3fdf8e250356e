"""Markets."""

from backoffice.api.endpoint import WithHeaders
from backoffice.contracts.actor import Actor
from backoffice.contracts.markets import ListedName, Market, MarketCreated, MarketList, MarketQuery, MarketSettings, NewMarket
from backoffice.contracts.value import Versioned
from backoffice.services import back_api


def names(actor: Actor) -> list[ListedName]:
    """The names of every market."""
    return back_api().markets.names(actor)


def find(actor: Actor, body: MarketQuery) -> WithHeaders[MarketList]:
    """Markets that match, a page of them."""
    # The contract leaves no room in the body for the cursor and the count.
    page = back_api().markets.find(actor, body)
    headers = {"X-Total-Count": str(page.total), "X-Total-Exceeded": "true" if page.is_exceeded else "false"}
    return WithHeaders(MarketList(markets=page.items), headers | ({"X-Next": page.next} if page.next else {}))


def get(actor: Actor, market_id: str) -> Versioned[Market]:
    """One market."""
    return back_api().markets.get(actor, market_id)


def create(actor: Actor, body: NewMarket) -> MarketCreated:
    """Make a market."""
    return back_api().markets.create(actor, body)


def update(actor: Actor, market_id: str, body: MarketSettings, version: int | None) -> None:
    """Replace the settings of a market."""
    back_api().markets.update(actor, market_id, body, version=version)
