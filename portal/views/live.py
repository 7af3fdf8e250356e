"""What changed since a page was drawn, from one indexed read; nothing new is an empty answer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from backoffice.services import desk
from portal import respond
from portal.asked import number_of
from portal.session import DeskRequest

NOUNS = {
    "asset": "asset",
    "market": "market",
    "market_group": "group",
    "calendar": "calendar",
    "liquidity_session": "session",
    "market_file": "file",
    "operator": "operator",
    "role": "role",
    "api_client": "API client",
    "user": "client",
    "account": "account",
    "account_group": "account group",
    "transfer": "transfer",
    "callback": "callback",
    "commission_profile": "profile",
    "commission_assignment": "assignment",
    "change_set": "change set",
    "report": "report",
    "report_template": "template",
}


@require_safe
def since(request: DeskRequest) -> HttpResponse:
    """`type` alone counts objects of that type, with `id` it is about that object, without either about anything."""
    asked = request.GET
    last_seen = number_of(asked.get("since", ""))
    if last_seen is None:
        return respond.nothing()
    object_type = asked.get("type", "")
    text = _one(request, object_type, asked["id"], last_seen) if asked.get("id") else _many(request, object_type, last_seen)
    if not text:
        return respond.nothing()
    return render(request, "components/live.html", {"text": text, "href": request.htmx.current_url_abs_path or "/"})


@require_safe
def no_stream(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  a view
    """Where nothing leads this path to the live process: an empty answer ends the stream, and pages ask as before."""
    return respond.nothing()


def _one(request: DeskRequest, object_type: str, object_id: str, last_seen: int) -> str:
    newest = desk().audit.timeline(request.actor, object_type, object_id, limit=1, is_change=True)
    return f"Changed by {newest[0].actor_name}" if newest and newest[0].id > last_seen else ""


def _many(request: DeskRequest, object_type: str, last_seen: int) -> str:
    if not object_type:
        return "There is news" if desk().audit.latest(request.actor) > last_seen else ""
    count = desk().audit.touched(request.actor, object_type, since=last_seen)
    noun = NOUNS.get(object_type, "object")
    return f"{count} {noun if count == 1 else noun + 's'} changed" if count else ""
