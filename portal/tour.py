"""What a new desk needs before anybody can work on it, read from the desk itself: a checklist on Home until the first money moves."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from django.http import HttpRequest
from django.urls import reverse

from backoffice.contracts.actor import Actor
from backoffice.contracts.history import TransferQuery
from backoffice.contracts.markets import MarketQuery
from backoffice.contracts.users import UserQuery
from backoffice.guard import permitted
from backoffice.services import back_api, desk

COOKIE, HIDDEN = "desk_tour", "hidden"


class Step(NamedTuple):
    label: str
    why: str
    href: str
    is_done: bool


class Planned(NamedTuple):
    """`action` is what one has to be permitted to see whether it is done."""

    label: str
    why: str
    url_name: str
    action: str
    is_done: Callable[[Actor], bool]


def _has_callback_host(actor: Actor) -> bool:
    return any(back_api().callbacks.settings(actor, one.id).value.allowed_hosts for one in desk().api_clients.find(actor)[:3])


def _has_second_person(actor: Actor) -> bool:
    return sum(one.is_active and bool(one.roles) for one in desk().operators.find(actor)) > 1


PLAN: Sequence[Planned] = (
    Planned(
        "Make or read in assets", "What accounts hold and markets trade.", "assets-list", "assets.find", lambda who: bool(back_api().assets.find(who))
    ),
    Planned(
        "Choose the root asset",
        "The one asset in which worth is added up. It is chosen once.",
        "rates-show",
        "rates.root",
        lambda who: back_api().rates.root(who) is not None,
    ),
    Planned("Make a calendar", "When markets are open.", "calendars-list", "calendars.find", lambda who: bool(back_api().calendars.find(who))),
    Planned(
        "Make markets",
        "One by one, or all of them from a file.",
        "files-upload",
        "markets.find",
        lambda who: bool(back_api().markets.find(who, MarketQuery(limit=1)).total),
    ),
    Planned(
        "Make a client with an account",
        "By hand, or by your CRM over the API.",
        "clients-list",
        "users.find",
        lambda who: bool(back_api().users.find(who, UserQuery(limit=1)).items),
    ),
    Planned(
        "Say where callbacks may go",
        "A program that asks for transfers is told of each step, at hosts that you name.",
        "api-clients-list",
        "callbacks.settings",
        _has_callback_host,
    ),
    Planned("Give a second person a role", "So that four eyes see what two do not.", "operators-list", "operators.find", _has_second_person),
    Planned(
        "Let mail go out",
        "Reports and digests stay in a folder until a mail server is set: MAIL_URL, see docs/operations.md.",
        "reports-list",
        "reports.find",
        lambda who: not back_api().report_mail.has_mailbox(who),
    ),
)


def steps_of(request: HttpRequest, actor: Actor) -> list[Step]:
    """Empty once money has moved, once it was put away, and for whoever does not set up desks."""
    if request.COOKIES.get(COOKIE) == HIDDEN or not permitted(actor, "operators.create") or not permitted(actor, "history.transfer_page"):
        return []
    if back_api().history.transfer_page(actor, TransferQuery(limit=1, is_counted=False)).items:
        return []
    seen = [one for one in PLAN if permitted(actor, one.action)]
    return [Step(one.label, one.why, reverse(f"portal:{one.url_name}"), one.is_done(actor)) for one in seen]
