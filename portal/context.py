"""What every page's frame needs: who looks, where they may go, how they like it."""

from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.http import HttpRequest

from backoffice.contracts.actor import Actor
from backoffice.contracts.notifications import Unread
from backoffice.contracts.timetable import zones
from backoffice.guard import permitted
from backoffice.services import back_api, desk
from portal import navigation, respond
from portal.guidance import topic_of

# What a browser may ask for by cookie; anything else counts as the first one.
THEMES, DENSITIES, CLOCKS = ("system", "light", "dark"), ("compact", "cosy"), ("local", "utc", "market")
CONTRASTS = ("system", "more")
# Pages on which one must know that money is read-only.
MONEY = ("/clients/", "/accounts/", "/transfers/", "/callbacks/", "/proof/")
TOURS = ("shown", "hidden")
CHOICES = {"theme": THEMES, "contrast": CONTRASTS, "density": DENSITIES, "clock": CLOCKS, "tour": TOURS}


def shell(request: HttpRequest) -> dict[str, Any]:
    actor = getattr(request, "actor", None)
    return {
        "actor": actor,
        "navigation": navigation.sections_for(actor, request.path) if actor else [],
        "commands": navigation.acts_for(actor) if actor else [],
        "environment": "" if settings.PRODUCTION else settings.DESK_ENV.capitalize(),
        "pinned": navigation.pinned_for(actor) if actor and not respond.wants_fragment(request) else [],
        "look": look_of(request),
        "guide": topic_of(request.resolver_match.url_name or "") if request.resolver_match else None,
        "unread": _unread(request, actor) if actor else None,
        "events_url": settings.LIVE_URL,
        "books_closed": _why_closed(request, actor) if actor else "",
        "is_disarmed": actor is not None and not respond.wants_fragment(request) and not desk().installation.is_armed(actor),
    }


def _unread(request: HttpRequest, actor: Actor) -> Unread | None:
    is_asked = not respond.wants_fragment(request) and permitted(actor, "notifications.unread")
    return back_api().notifications.unread(actor) if is_asked else None


def _why_closed(request: HttpRequest, actor: Actor) -> str:
    if not request.path.startswith(MONEY) or respond.wants_fragment(request) or not permitted(actor, "books.latest"):
        return ""
    state = back_api().books.latest(actor)
    return (state.reason or "The books do not balance.") if state.closed_at else ""


def look_of(request: HttpRequest) -> dict[str, str]:
    """Theme, contrast, density and clock, from cookies: known before the first byte, so nothing flashes."""
    wanted = {name: request.COOKIES.get(f"desk_{name}", "") for name in CHOICES}
    return {name: wanted[name] if wanted[name] in choices else choices[0] for name, choices in CHOICES.items()}


def zone_of(request: HttpRequest) -> str:
    """Whose days the reader means: those of the browser's zone while times are shown in local time, else of UTC."""
    zone = unquote(request.COOKIES.get("desk_zone", ""))
    return zone if look_of(request)["clock"] == "local" and zone in zones() else "UTC"
