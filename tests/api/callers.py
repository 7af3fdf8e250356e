"""Those who call the API, and a desk with something to call about."""

import json
from collections.abc import Callable
from datetime import time
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from backoffice.contracts.actor import Actor
from backoffice.contracts.assets import NewAsset
from backoffice.contracts.calendars import NewCalendar, TimeInterval, TradingSession
from backoffice.contracts.categories import CategoryDraft, CategoryTreeDraft
from backoffice.contracts.desk import NewApiClient, TokenRequest
from backoffice.contracts.liquidity import NewLiquiditySession
from backoffice.contracts.market_groups import NewMarketGroup
from backoffice.contracts.operations import ALL, OWN
from backoffice.contracts.wire import encode
from backoffice.services import back_api, desk, identity

V2 = "/back-api/backoffice/v2"
JSON = "application/json; x-api-version=2.0"
OWNER = Actor(kind="system", id="tests", name="tests", door="cli", operations=frozenset({*ALL, OWN}))

MARKET = {
    "type": "Cfd",
    "baseAssetId": "xau",
    "quoteAssetId": "usd",
    "displayName": "XAU/USD",
    "fullName": "Gold against US dollar",
    "status": "Open",
    "subtype": "Metals",
    "priceScale": 2,
    "priceDeviation": "0.05",
    "slippageRate": "0.01",
    "minQuoteAmount": "10",
    "maxBaseAmount": "5000",
    "calendarId": "london",
    "marketGroupId": "metals",
    "externalTtl": 5000,
    "internalTtl": 1000,
    "lotSize": 100,
    "minLotAmount": "0.01",
    "maxLotAmount": 50,
    "lotStep": "0.01",
    "tickSize": "0.01",
    "maxLeverage": 20,
    "isConstLeverage": False,
    "swapSettings": {
        "type": "Fix",
        "shortPositionSettings": {"swapSize": "0.75", "assetId": "usd"},
        "longPositionSettings": {"swapSize": "-0.5", "assetId": "usd"},
    },
    "tradingSessionIds": ["lp-trading"],
    "marketDataSessionIds": ["lp-quotes"],
}


class Caller:
    """An API client with a token, or nobody when there is none."""

    def __init__(self, token: str | None) -> None:
        self.client = Client(raise_request_exception=True)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def send(self, method: str, path: str, body: Any = None, *, media: str = JSON, **headers: str) -> Any:
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        address = path if path.startswith("/") else f"{V2}/{path}"
        return self.client.generic(method, address, content, content_type=media, headers=self.headers | named, CONTENT_TYPE=media)

    def get(self, path: str, **headers: str) -> Any:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("POST", path, body, **headers)

    def put(self, path: str, body: Any, **headers: str) -> Any:
        return self.send("PUT", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.send("DELETE", path, **headers)


NUMBERS = count(1)


@pytest.fixture
def caller(db: None) -> Callable[..., Caller]:
    def make(*operations: str) -> Caller:
        secret = desk().api_clients.create(OWNER, NewApiClient(name=f"tests {next(NUMBERS)}", operations=list(operations)))
        request = TokenRequest(client_id=secret.client_id, client_secret=secret.client_secret)
        return Caller(identity().issue_token(request, network="127.0.0.1").access_token)

    return make


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def anybody(caller: Callable[..., Caller]) -> Caller:
    """Holds every operation."""
    return caller(*ALL)


@pytest.fixture
def broker(db: None) -> None:
    """Two assets of the client system and one of our own, a group, a calendar, two sessions, one market in the tree."""
    api = back_api()
    api.assets.sync(OWNER, [NewAsset(id="usd", name="US Dollar", scale=2, type="Fiat"), NewAsset(id="btc", name="Bitcoin", scale=8, type="Crypto")])
    api.assets.create(OWNER, NewAsset(id="xau", name="Gold", scale=4, type="Metals"))
    api.market_groups.create(OWNER, NewMarketGroup(market_group_id="metals", name="Metals"))
    day = TradingSession(day_of_week="Monday", time_intervals=[TimeInterval(start=time(8), end=time(16, 30))])
    api.calendars.create(OWNER, NewCalendar(calendar_id="london", name="London", time_zone_id="Europe/London", trading_sessions=[day]))
    api.liquidity_sessions.create(OWNER, NewLiquiditySession(id="lp-trading", kind="Trading", name="LP orders", liquidity_provider_id="lp"))
    api.liquidity_sessions.create(OWNER, NewLiquiditySession(id="lp-quotes", kind="MarketData", name="LP quotes", liquidity_provider_id="lp"))


@pytest.fixture
def gold(broker: None, anybody: Caller) -> str:
    """One market of every setting, in a tree of two levels."""
    answer = anybody.post("markets", MARKET)
    assert answer.status_code == 201, answer.content
    inner = CategoryDraft(name="Precious", markets=["cfd.xau_usd"])
    back_api().categories.replace(OWNER, CategoryTreeDraft(categories=[CategoryDraft(name="Metals", categories=[inner], markets=["cfd.xau_usd"])]))
    return str(answer.json()["marketId"])


def plain(value: Any) -> Any:
    """A contract value as a client would read it."""
    return json.loads(encode(value))
