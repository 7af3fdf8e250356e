"""Those who use the portal, and a small catalogue for them to look at."""

from collections.abc import Callable, Iterable
from datetime import time
from itertools import count
from typing import cast

from django.http import FileResponse
from django.test import Client

from backoffice.contracts.actor import Actor
from backoffice.contracts.assets import NewAsset
from backoffice.contracts.calendars import NewCalendar, TimeInterval, TradingSession
from backoffice.contracts.desk import NewOperator, RoleDraft
from backoffice.contracts.liquidity import NewLiquiditySession
from backoffice.contracts.market_groups import NewMarketGroup
from backoffice.contracts.markets import NewMarket
from backoffice.contracts.operations import ALL, OWN
from backoffice.services import back_api, desk

OWNER = Actor(kind="system", id="tests", name="tests", door="cli", operations=frozenset({*ALL, OWN}))
PASSWORD = "a-long-enough-word-2026"
EVERYTHING = tuple(ALL)
VIEWER = ("view-common",)
SignIn = Callable[..., Client]
_numbers = count(1)


def make_operator(*operations: str, name: str = "Ana Clerk") -> str:
    """The username of somebody with one role of these operations."""
    number = next(_numbers)
    role = desk().roles.create(OWNER, RoleDraft(name=f"Role {number}", operations=list(operations)))
    username = f"person{number}"
    draft = NewOperator(username=username, name=name, email=f"{username}@example.com", password=PASSWORD, roles=[role.id])
    desk().operators.create(OWNER, draft)
    return username


def signed_in(*operations: str, name: str = "Ana Clerk") -> Client:
    client = Client()
    answer = client.post("/sign-in/", {"username": make_operator(*operations, name=name), "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return client


def content_of(answer: object) -> str:
    """A downloaded text."""
    assert isinstance(answer, FileResponse)
    assert answer.status_code == 200
    return b"".join(cast(Iterable[bytes], answer.streaming_content)).decode()


def make_catalogue() -> None:
    api = back_api()
    for code, kind in (("usd", "Fiat"), ("eur", "Fiat"), ("xau", "Metals")):
        api.assets.create(OWNER, NewAsset(id=code, name=code.upper(), scale=2, type=kind))  # type: ignore[arg-type]
    api.market_groups.create(OWNER, NewMarketGroup(market_group_id="metals", name="Metals"))
    week = [TradingSession(day_of_week="Monday", time_intervals=[TimeInterval(start=time(8), end=time(17))])]
    api.calendars.create(OWNER, NewCalendar(calendar_id="london", name="London", time_zone_id="Europe/London", trading_sessions=week))
    api.liquidity_sessions.create(
        OWNER, NewLiquiditySession(id="lp-orders", kind="Trading", name="LP orders", status="Connected", liquidity_provider_id="lp")
    )


def make_market(base: str = "xau", quote: str = "usd", **settings: object) -> str:
    draft = {
        "display_name": f"{base.upper()}/{quote.upper()}",
        "price_scale": 2,
        "calendar_id": "london",
        "market_group_id": "metals",
        "subtype": "Metals",
        **settings,
    }
    return back_api().markets.create(OWNER, NewMarket(type="Cfd", base_asset_id=base, quote_asset_id=quote, **draft)).market_id  # type: ignore[arg-type]


def make_markets(number: int) -> None:
    """As many as asked, of assets a000 to a999 in US dollars."""
    for at in range(number):
        code = f"a{at:03}"
        back_api().assets.create(OWNER, NewAsset(id=code, name=code, scale=2, type="Stocks"))
        make_market(code, full_name=f"Share {at}")
