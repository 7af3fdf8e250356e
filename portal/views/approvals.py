"""Calls that wait for the approval of others: those for me, my own, all that I may see."""

from collections.abc import Sequence
from typing import NamedTuple, get_args
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from backoffice.contracts.approvals import Approval, ApprovalState
from backoffice.services import desk
from portal import respond
from portal.session import DeskRequest

VIEWS = (("waiting", "Waiting for me"), ("mine", "Mine"), ("all", "All"))
LIMIT = 50


class Tab(NamedTuple):
    label: str
    href: str
    is_current: bool


@require_safe
def list_approvals(request: DeskRequest) -> HttpResponse:
    view = next((name for name, _ in VIEWS if name == request.GET.get("view")), "waiting")
    state = next((name for name in get_args(ApprovalState) if name == request.GET.get("state")), None)
    found, following = _found(request, view, state)
    here = reverse("portal:approvals-list")
    context = {
        "approvals": found,
        "view": view,
        "state": state,
        "states": get_args(ApprovalState),
        "tabs": [Tab(label, f"{here}?view={name}", name == view) for name, label in VIEWS],
        "more": f"{here}?{urlencode({'view': view, **({'state': state} if state else {}), 'after': following})}" if following else "",
        "broken_glass": desk().approvals.broken_glass(request.actor),
        "since": desk().audit.latest(request.actor),
        "crumbs": [("Approvals", "")],
    }
    return respond.page(request, "portal/approvals/list.html", "", context)


def _found(request: DeskRequest, view: str, state: ApprovalState | None) -> tuple[Sequence[Approval], str | None]:
    if view == "waiting":
        return desk().approvals.waiting(request.actor), None
    states = (state,) if state else ()
    is_own = True if view == "mine" else None
    page = desk().approvals.find(request.actor, states=states, is_own=is_own, after=request.GET.get("after") or None, limit=LIMIT)
    return page.items, page.next
