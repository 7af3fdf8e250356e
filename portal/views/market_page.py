"""What every page of one market has: head, tabs, next acts; and its settings in groups for reading."""

from typing import Any

from django.urls import reverse

from backoffice.contracts.actor import Actor
from backoffice.contracts.markets import Market, MarketStatus, MarketView
from portal.forms.form import Bound
from portal.forms.market import form_of
from portal.objects import Act, Tab, act
from portal.views.commission_explain import explain_act

# From each status the statuses one may go to, with the word for going there.
STEPS: dict[MarketStatus, tuple[tuple[MarketStatus, str, str], ...]] = {
    "Open": (("Paused", "Pause", "pause"), ("Halted", "Halt", "octagon-x"), ("Disabled", "Disable", "circle-slash")),
    "Paused": (("Open", "Resume", "play"), ("Halted", "Halt", "octagon-x"), ("Disabled", "Disable", "circle-slash")),
    "Halted": (("Open", "Resume", "play"), ("Disabled", "Disable", "circle-slash")),
    "Disabled": (("Open", "Open", "play"),),
}
VERBS: dict[MarketStatus, str] = {"Open": "Open", "Paused": "Pause", "Halted": "Halt", "Disabled": "Disable"}
MEANS: dict[MarketStatus, str] = {
    "Open": "Clients will be able to trade it while its calendar is open.",
    "Paused": "New orders will be refused until it is resumed; what is open stays open.",
    "Halted": "Trading stops at once, cancelling included, until it is resumed.",
    "Disabled": "Clients will no longer see it.",
}
TABS = (("Overview", "show"), ("Prices", "prices"), ("Edit", "edit"), ("Timeline", "timeline"))


def frame(actor: Actor, market: Market, tab: str, since: int) -> dict[str, Any]:
    """The context that portal/markets/object.html needs."""
    tabs = [(label, f"portal:markets-{name}") for label, name in TABS]
    return {
        "market": market,
        "tabs": [Tab(label, reverse(name, args=[market.market_id]), label == tab) for label, name in tabs],
        "acts": acts_of(actor, market),
        "crumbs": [("Markets", reverse("portal:markets-list")), (market.display_name, "")],
        "live": {"type": "market", "id": market.market_id, "since": since},
    }


def acts_of(actor: Actor, market: MarketView) -> list[Act]:
    """Legal next steps only: without a calendar a market cannot open, so that step leads to choosing one."""
    asks = explain_act(actor, market=market.market_id)
    if market.calendar_id is None:
        return [
            asks,
            act(
                actor,
                "markets.update",
                "Assign a calendar",
                "calendar-plus",
                reverse("portal:markets-edit", args=[market.market_id]),
                is_primary=True,
            ),
        ]
    steps = [
        act(
            actor,
            "markets.patch",
            label,
            icon,
            reverse("portal:markets-status", args=[market.market_id, status]),
            asks=True,
            is_primary=status == "Open",
        )
        for status, label, icon in STEPS[market.status]
    ]
    return [asks, *steps]


def facts_of(actor: Actor, market: Market) -> list[tuple[str, list[Bound]]]:
    """Every setting the market's type has, under the headings of its form; its liquidity sessions have a card of their own."""
    return [(heading, [bound for bound in found if bound.field.kind != "choices"]) for heading, found in form_of(actor, market, 0).groups]
