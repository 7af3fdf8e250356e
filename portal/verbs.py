"""What the palette offers to do when one begins with a verb, as "halt eurusd": it leads to the page that asks, and does nothing itself."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from django.urls import reverse
from django.utils.http import urlencode

from backoffice.contracts.actor import Actor
from backoffice.contracts.history import TransferQuery
from backoffice.contracts.markets import ListedMarket, MarketQuery
from backoffice.contracts.report_templates import TemplateQuery
from backoffice.contracts.users import UserQuery
from backoffice.guard import permitted
from backoffice.services import back_api
from portal.templatetags.desk import words
from portal.views.market_page import acts_of

MOST = 6
PAIR = re.compile(r"([a-z]{3})([a-z]{3,5})", re.IGNORECASE)


class Hit(NamedTuple):
    label: str
    detail: str
    icon: str
    href: str


Offering = Callable[[Actor, str, str], Iterable[Hit]]


def markets_of(actor: Actor, sought: str) -> list[ListedMarket]:
    """By a part of an id or a name; a pair is found without its stroke, too."""
    found = back_api().markets.find(actor, MarketQuery(search=sought, limit=MOST)).items
    pair = None if found else PAIR.fullmatch(sought)
    return back_api().markets.find(actor, MarketQuery(search=f"{pair[1]}/{pair[2]}", limit=MOST)).items if pair else found


def offered(actor: Actor, text: str) -> list[Hit]:
    """Nothing unless it begins with a verb that we know."""
    verb, _, sought = text.partition(" ")
    offering = VERBS.get(verb.lower())
    return list(offering(actor, verb.lower(), sought.strip()))[:MOST] if offering else []


def _markets(actor: Actor, verb: str, sought: str) -> Iterable[Hit]:
    """Only the steps that a market's state allows."""
    if not sought or not permitted(actor, "markets.patch"):
        return
    for market in markets_of(actor, sought):
        for act in acts_of(actor, market):
            if act.label.lower() == verb and not act.missing:
                yield Hit(f"{act.label} {market.display_name}", f"{words(market.status)} now · {market.market_id}", act.icon, act.href)


def _money(actor: Actor, verb: str, sought: str) -> Iterable[Hit]:
    if not sought or not permitted(actor, f"transfers.{verb}") or not permitted(actor, "users.find"):
        return
    users = {user.user_id: user for user in back_api().users.find(actor, UserQuery(search=sought, limit=MOST)).items}
    icon = "banknote-arrow-down" if verb == "deposit" else "banknote-arrow-up"
    for account in back_api().accounts.of_users(actor, list(users)):
        user = users[account.user_id]
        href = f"{reverse(f'portal:transfers-{verb}')}?{urlencode({'account': account.account_id})}"
        yield Hit(f"{verb.capitalize()}: {user.name or user.email}, {account.account_name}", f"Account · {account.account_id}", icon, href)


def _decisions(actor: Actor, verb: str, sought: str) -> Iterable[Hit]:
    """Withdrawals that wait, all of them or those of somebody."""
    if not permitted(actor, f"transfers.{verb}") or not permitted(actor, "history.transfer_page"):
        return
    of = sought.removeprefix("withdrawal").strip() or None
    asked = TransferQuery(search=of, types=["Withdrawal"], statuses=["AwaitingConfirmation"], limit=MOST)
    for row in back_api().history.transfer_page(actor, asked).items:
        label = f"{verb.capitalize()} the withdrawal of {row.asset_amount:f} {row.asset_id}"
        icon = "check" if verb == "confirm" else "ban"
        yield Hit(label, f"{row.user_email} · {row.account_name}", icon, reverse(f"portal:transfers-{verb}", args=[row.transfer_id]))


def _reports(actor: Actor, verb: str, sought: str) -> Iterable[Hit]:
    if not sought or not permitted(actor, "report_templates.run"):
        return
    for template in back_api().report_templates.find(actor, TemplateQuery(search=sought, limit=MOST)).items:
        of = template.template
        href = reverse("portal:report-templates-show", args=[of.id])
        yield Hit(f"{verb.capitalize()} {of.template_name}", f"Report template · {of.source_name}", "play", href)


VERBS: Mapping[str, Offering] = {
    **dict.fromkeys(("halt", "pause", "resume", "open", "disable"), _markets),
    **dict.fromkeys(("deposit", "withdraw"), _money),
    **dict.fromkeys(("confirm", "cancel"), _decisions),
    "run": _reports,
}
