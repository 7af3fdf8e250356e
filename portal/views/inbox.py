"""The inbox on Home: what waits, live; claiming, releasing and putting off; how long each kind may wait."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, cast, get_args
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backoffice.contracts.errors import Conflict, Invalid, NotFound
from backoffice.contracts.inbox import MOST_OF_A_KIND, Inbox, InboxKind, Snooze
from backoffice.services import back_api
from portal import respond
from portal.asked import number_of
from portal.context import zone_of
from portal.forms.form import Field, Form
from portal.inbox_words import KINDS, Row, row_of
from portal.objects import demand
from portal.session import DeskRequest
from portal.worth import worth_of

ROWS = "portal/home/inbox.html"
TOMORROW_AT = 8


class Tab(NamedTuple):
    label: str
    href: str
    figure: str
    is_current: bool


class Choice(NamedTuple):
    value: str
    label: str
    is_on: bool


# How long something is put off, by what the form sends.
SPANS = {"1h": ("1 hour", timedelta(hours=1)), "4h": ("4 hours", timedelta(hours=4)), "7d": ("A week", timedelta(days=7))}


def shown(request: DeskRequest) -> dict[str, Any]:
    """All that the inbox's part of the page needs, of the view that the address asks for."""
    kind, is_snoozed = _kind(request.GET.get("kind", "")), request.GET.get("snoozed") == "1"
    inbox = back_api().inbox.find(request.actor, kind=kind, is_snoozed=is_snoozed)
    worth = worth_of(request.actor) if any(item.kind == "Withdrawal" for item in inbox.items) else None

    def amount(text: str, asset_id: str) -> str:
        return worth.text(Decimal(text), asset_id) if worth else text

    query = urlencode({name: value for name, value in (("kind", kind or ""), ("snoozed", "1" if is_snoozed else "")) if value})
    then = reverse("portal:home") + (f"?{query}" if query else "")
    rows: list[Row] = [row_of(request.actor, item, amount, then) for item in inbox.items]
    return {
        "inbox": inbox,
        "rows": rows,
        "tabs": _tabs(inbox, kind, is_snoozed=is_snoozed),
        "is_snoozed": is_snoozed,
        "query": query,
        "then": then,
        "overdue": sum(item.lateness >= 1 for item in inbox.items if not is_snoozed),
    }


@require_safe
def pulse(request: DeskRequest) -> HttpResponse:
    """Asked whenever something may be new: nothing unless the inbox is another one than that of `mark`."""
    context = shown(request)
    if context["inbox"].mark == request.GET.get("mark"):
        return respond.nothing()
    return render(request, ROWS, context)


@require_POST
def claim(request: DeskRequest) -> HttpResponse:
    return _marked(request, lambda kind, subject: back_api().inbox.claim(request.actor, kind, subject), "You work at it.")


@require_POST
def release(request: DeskRequest) -> HttpResponse:
    return _marked(request, lambda kind, subject: back_api().inbox.release(request.actor, kind, subject), "Others may take it.")


@require_POST
def wake(request: DeskRequest) -> HttpResponse:
    return _marked(request, lambda kind, subject: back_api().inbox.wake(request.actor, kind, subject), "It is back.")


@require_http_methods(["GET", "HEAD", "POST"])
def snooze(request: DeskRequest) -> HttpResponse:
    sent = request.POST if request.method == "POST" else request.GET
    kind, subject = _subject(sent.get("kind", "")), sent.get("subject", "")
    item = back_api().inbox.get(request.actor, kind, subject)
    error, status = "", 200
    if request.method == "POST":
        try:
            back_api().inbox.snooze(request.actor, kind, subject, Snooze(until=_until(request), reason=sent.get("reason", "")))
            return respond.redirect(request, reverse("portal:home"), toast="Put off; it comes back by itself.")
        except Invalid as refusal:
            error, status = " ".join(reason for reasons in refusal.fields.values() for reason in reasons), 400
        except Conflict as refusal:
            error, status = refusal.detail, 409
    spans = [Choice(value, label, value == sent.get("for", "1h")) for value, (label, _) in SPANS.items()]
    tomorrow = Choice("tomorrow", f"Until tomorrow, {TOMORROW_AT}:00", sent.get("for") == "tomorrow")
    context = {
        "row": row_of(request.actor, item, lambda text, _: text),
        "spans": [*spans[:2], tomorrow, *spans[2:]],
        "reason": sent.get("reason", ""),
        "error": error,
        "then": sent.get("then", ""),
        "crumbs": [("Home", reverse("portal:home")), ("Put off", "")],
    }
    return respond.page(request, "portal/home/snooze.html", "question", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def targets(request: DeskRequest) -> HttpResponse:
    demand(request.actor, "inbox.set_targets")
    fields = [Field(name=kind, label=label, kind="whole", is_required=True, hint="Minutes") for kind, (label, _) in KINDS.items()]
    now: dict[str, str] = {kind: str(minutes) for kind, minutes in back_api().inbox.targets(request.actor).items()}
    form, status = Form(fields=fields, values=now), 200
    if request.method == "POST":
        form = Form.of_post(fields, request.POST)
        wanted = {kind: number_of(form.values.get(kind, "")) or 0 for kind in KINDS}
        try:
            back_api().inbox.set_targets(request.actor, wanted)
            return respond.redirect(request, request.path, toast="Saved. The inbox is ranked by it from now on.")
        except Invalid as refusal:
            form, status = form.refused(refusal), 400
    crumbs = [("Home", reverse("portal:home")), ("Targets of the inbox", "")]
    context = {"title": "How long may it wait?", "form": form, "button": "Save", "crumbs": crumbs, "back": reverse("portal:home")}
    return respond.page(request, "portal/rates/form.html", "", context, status=status)


def _marked(request: DeskRequest, act: Callable[[InboxKind, str], None], toast: str) -> HttpResponse:
    """A fragment answers with the whole inbox, so that the page shows what is true now."""
    try:
        act(_subject(request.POST.get("kind", "")), request.POST.get("subject", ""))
    except (Conflict, NotFound) as refusal:
        if respond.wants_fragment(request):
            return respond.with_toast(render(request, ROWS, shown(request)), refusal.detail, kind="error")
        return respond.redirect(request, reverse("portal:home"), toast=refusal.detail, kind="error")
    if respond.wants_fragment(request):
        return render(request, ROWS, shown(request))
    return respond.redirect(request, reverse("portal:home"), toast=toast)


def _kind(text: str) -> InboxKind | None:
    return cast(InboxKind, text) if text in get_args(InboxKind) else None


def _subject(text: str) -> InboxKind:
    kind = _kind(text)
    if kind is None:
        raise NotFound("This waits for nobody now.")
    return kind


def _until(request: DeskRequest) -> datetime:
    wanted, now = request.POST.get("for", ""), timezone.now()
    if wanted == "tomorrow":
        here = now.astimezone(ZoneInfo(zone_of(request))) + timedelta(days=1)
        return here.replace(hour=TOMORROW_AT, minute=0, second=0, microsecond=0)
    return now + SPANS[wanted][1] if wanted in SPANS else now


def _tabs(inbox: Inbox, kind: InboxKind | None, *, is_snoozed: bool) -> list[Tab]:
    home = reverse("portal:home")
    full = any(count >= MOST_OF_A_KIND for count in inbox.counts.values())
    found = [Tab("All", home, f"{sum(inbox.counts.values()):,}{'+' if full else ''}", kind is None and not is_snoozed)]
    for name, (label, _) in KINDS.items():
        if (count := inbox.counts.get(name, 0)) or name == kind:
            more = "+" if count >= MOST_OF_A_KIND else ""
            found.append(Tab(label, f"{home}?kind={name}", f"{count:,}{more}", name == kind and not is_snoozed))
    if inbox.snoozed or is_snoozed:
        found.append(Tab("Put off", f"{home}?snoozed=1", f"{inbox.snoozed:,}", is_snoozed))
    return found
