"""Saved views of any list: keep what the URL says under a name, share it with a role, open the list with it."""

from urllib.parse import parse_qsl, urlencode

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from backoffice.contracts.desk import SavedViewDraft
from backoffice.services import desk
from portal import respond
from portal.listing.state import PLACE, VIEW
from portal.session import DeskRequest, safe_next

LONGEST = 4_000


@require_POST
def save(request: DeskRequest) -> HttpResponse:
    post = request.POST
    query = urlencode([(key, value) for key, value in parse_qsl(post.get("query", "")[:LONGEST]) if key not in PLACE])
    draft = SavedViewDraft(
        section=post.get("section", ""),
        name=post.get("name", "").strip(),
        query=query,
        shared_with=post.get("shared_with") or None,
        is_default=post.get("is_default") == "true",
        is_role_default=post.get("is_role_default") == "true",
        is_pinned=post.get("is_pinned") == "true",
        view_id=None if "as_another" in post else post.get("view_id") or None,
    )
    view = desk().own.save_view(request.actor, draft)
    path = safe_next(request, post.get("next")).partition("?")[0]
    return respond.redirect(request, f"{path}?{urlencode([*parse_qsl(view.query), (VIEW, view.id)])}", toast=f"The view {view.name} is saved.")


@require_POST
def delete(request: DeskRequest, view_id: str) -> HttpResponse:
    desk().own.delete_view(request.actor, view_id)
    return respond.redirect(request, safe_next(request, request.POST.get("next")), toast="The view is removed.")
