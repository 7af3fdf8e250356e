"""Notifications: the list, one with its runbook, what was read."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import NotFound
from backoffice.contracts.notifications import AdminNotification, Severity
from backoffice.contracts.paging import Page
from backoffice.contracts.told import OPERATION_OF, NotificationType
from backoffice.services import back_api
from portal import listing, notices, respond, runbooks
from portal.asked import number_of
from portal.listing import Bulk, Column, Empty, Filter, Listing, Period, State
from portal.session import DeskRequest
from portal.templatetags.desk import worded, words

CELL = "portal/notifications/cells.html#"
CREATED = Period(key="at", label="Told")
MOST = 1_000
TOASTS = 3
HERE = "portal:notifications-list"


def _types(actor: Actor) -> list[tuple[str, str]]:
    return [(type, words(type)) for type, operation in OPERATION_OF.items() if actor.may(operation)]


def _find(actor: Actor, state: State) -> Page[AdminNotification]:
    """Without a filter by type, those that one follows; one more than is shown tells whether there is a next page."""
    types: list[NotificationType] = [type for type in OPERATION_OF if type in state.many("type")]
    severity: Severity | None = next((one for one in ("info", "warning", "error") if one == state.one("severity")), None)
    start, end = CREATED.ends(state)
    found = back_api().notifications.find(
        actor,
        types=types or None,
        severity=severity,
        is_unread=state.one("read") == "no",
        is_followed=not types and state.one("all") != "yes",
        created_from=start,
        created_to=end,
        before=state.after,
        limit=min(state.size + 1, MOST),
    )
    shown = found[: state.size]
    return Page(items=shown, next=shown[-1].id if len(found) > len(shown) else None)


NOTIFICATIONS: Listing[AdminNotification] = Listing(
    section="notifications",
    title="Notifications",
    noun="notification",
    nouns="notifications",
    find=_find,
    key=lambda row: row.id,
    href=lambda row: reverse("portal:notifications-show", args=[row.id]),
    bulk=(Bulk(label="Mark as read", icon="check", url_name="portal:notifications-read", operation="view-common"),),
    empty=Empty(icon="bell", text="What the desk itself has to tell shows up here: failed imports, dead callbacks, timeouts, approvals that wait."),
    note="The newest first",
    filters=(
        Filter(key="read", label="Read", choices=(("no", "Unread only"),), is_single=True),
        Filter(key="severity", label="Severity", choices=worded(Severity), is_single=True),
        Filter(key="type", label="Type", choices=_types),
        Filter(key="all", label="Subscription", choices=(("yes", "Also what I do not follow"),), is_single=True),
        CREATED,
    ),
    columns=(
        Column(key="title", label="What", cell=CELL + "title"),
        Column(key="severity", label="Severity", cell=CELL + "severity"),
        Column(key="detail", label="Detail", cell=CELL + "detail"),
        Column(key="at", label="Told", cell=CELL + "at"),
        Column(key="type", label="Type", plain=lambda row: words(row.type), is_shown=False),
        Column(key="is_read", label="Read", plain=lambda row: "Yes" if row.is_read else "No", is_shown=False),
        Column(key="id", label="Number", is_numeric=True, is_shown=False),
    ),
)


@require_safe
def list_notifications(request: DeskRequest) -> HttpResponse:
    unread = back_api().notifications.unread(request.actor)
    return listing.answer(request, NOTIFICATIONS, above="portal/notifications/above.html", counted=unread)


@require_safe
def show(request: DeskRequest, notification_id: str) -> HttpResponse:
    """Who opens it has read it: a mark of one's own, which nobody else sees and another visit does not change."""
    if not number_of(notification_id):
        raise NotFound("There is no such notification.")
    after = str(int(notification_id) - 1)
    found = back_api().notifications.find(request.actor, after=after, before=str(int(notification_id) + 1), limit=1)
    if not found:
        raise NotFound("There is no such notification, or it was forgotten.")
    back_api().notifications.mark_read(request.actor, [notification_id])
    context = {
        "one": found[0],
        "way": notices.way(found[0].data),
        "runbook": runbooks.paragraphs().get(found[0].type, []),
        "crumbs": [("Notifications", reverse(HERE)), (found[0].title, "")],
    }
    return respond.page(request, "portal/notifications/show.html", "", context)


@require_http_methods(["GET", "HEAD", "POST"])
def read(request: DeskRequest) -> HttpResponse:
    sent = request.POST if request.method == "POST" else request.GET
    ids = list(dict.fromkeys(sent.getlist("id")))[:MOST]
    if not ids:
        return respond.redirect(request, reverse(HERE), toast="Select some notifications first.", kind="info")
    if request.method == "POST":
        back_api().notifications.mark_read(request.actor, ids)
        return respond.redirect(request, reverse(HERE), toast=f"{len(ids)} marked as read.")
    question = {
        "title": f"Mark {len(ids)} notification{'' if len(ids) == 1 else 's'} as read?",
        "detail": "For you alone: others still find them unread.",
        "button": "Mark as read",
        "action": request.path,
        "hidden": [("id", one) for one in ids],
        "back": reverse(HERE),
        "crumbs": [("Notifications", reverse(HERE)), ("Mark as read", "")],
    }
    return respond.page(request, "components/confirm.html", "question", question)


@require_POST
def read_all(request: DeskRequest) -> HttpResponse:
    """Up to the newest that the page knew of: what came since then stays unread."""
    back_api().notifications.mark_all_read(request.actor, up_to=request.POST.get("up_to") or None)
    return respond.redirect(request, reverse(HERE), toast="All of them are marked as read.")


@require_safe
def badge(request: DeskRequest) -> HttpResponse:
    """How many are unread, and a toast for what came since the page asked last; nothing new is an empty answer."""
    since, known = number_of(request.GET.get("since", "")), number_of(request.GET.get("count", ""))
    unread = back_api().notifications.unread(request.actor)
    if since is None or (unread.latest, unread.count) == (since, known):
        return respond.nothing()
    # Not as a page: the toasts that wait for the next one are not for this.
    response = render(request, "portal/notifications/badge.html", {"unread": unread})
    if unread.latest > since:
        news = back_api().notifications.find(request.actor, after=str(since), is_unread=True, is_followed=True, limit=TOASTS + 1)
        respond.with_news(response, [_toast(one) for one in reversed(news[:TOASTS])], is_more=len(news) > TOASTS)
    return response


@require_safe
def news(request: DeskRequest) -> HttpResponse:
    """For the list: that there are some which it does not show yet."""
    since = number_of(request.GET.get("since", ""))
    found = [] if since is None else back_api().notifications.find(request.actor, after=str(since), is_followed=True, limit=100)
    if not found:
        return respond.nothing()
    text = f"{len(found)} new notification{'' if len(found) == 1 else 's'}"
    return render(request, "components/live.html", {"text": text, "href": request.htmx.current_url_abs_path or reverse(HERE)})


def _toast(one: AdminNotification) -> dict[str, str]:
    kind = "error" if one.severity == "error" else "info"
    return {"text": one.title, "kind": kind, "href": reverse("portal:notifications-show", args=[one.id]), "detail": one.detail, "id": one.id}
