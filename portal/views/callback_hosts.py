"""What concerns a whole receiving host: resuming one that was paused, sending again all that died."""

from datetime import timedelta

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from backoffice.contracts.actor import Actor
from backoffice.contracts.callbacks import MOST_AT_ONCE, CallbackQuery
from backoffice.services import back_api
from portal import respond
from portal.objects import demand
from portal.session import DeskRequest

# How far back "all that died" goes, with the words for it.
SINCE: dict[str, tuple[str, timedelta]] = {
    "hour": ("in the last hour", timedelta(hours=1)),
    "day": ("in the last 24 hours", timedelta(days=1)),
    "week": ("in the last 7 days", timedelta(days=7)),
    "month": ("in the last 30 days", timedelta(days=30)),
}


@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: DeskRequest, host: str) -> HttpResponse:
    demand(request.actor, "callbacks.resume_host")
    back = reverse("portal:callbacks-list")
    if request.method == "POST":
        back_api().callbacks.resume_host(request.actor, host)
        return respond.redirect(request, back, toast=f"Callbacks go to {host} again.")
    question = {
        "title": f"Send to {host} again?",
        "detail": "It was paused because every try failed for days. What has waited since goes out now, a few at a time.",
        "button": "Resume",
        "action": request.path,
        "back": back,
        "crumbs": [("Callbacks", back), (host, "")],
    }
    return respond.page(request, "components/confirm.html", "question", question)


@require_http_methods(["GET", "HEAD", "POST"])
def replay_failed(request: DeskRequest) -> HttpResponse:
    """All that died since a while ago, at one host or everywhere; asks with their number."""
    demand(request.actor, "callbacks.replay_failed")
    sent = request.POST if request.method == "POST" else request.GET
    span, host = sent.get("since", "day"), sent.get("host", "")
    words, length = SINCE.get(span, SINCE["day"])
    since, back = timezone.now() - length, reverse("portal:callbacks-list")
    if request.method == "POST":
        count = back_api().callbacks.replay_failed(request.actor, since=since, host=host or None)
        return respond.redirect(request, back, toast=f"{count:,} callback{' is' if count == 1 else 's are'} being sent again.")
    where = f" to {host}" if host else ""
    question = {
        "title": f"Send again all{where} that died {words}?",
        "detail": f"{_count(request.actor, host, length)} Each goes with the same id and the same bytes, on a fresh schedule.",
        "button": "Send all again",
        "action": request.path,
        "hidden": [("since", span), ("host", host)],
        "back": back,
        "crumbs": [("Callbacks", back), ("Send again", "")],
    }
    return respond.page(request, "components/confirm.html", "question", question)


def _count(actor: Actor, host: str, length: timedelta) -> str:
    since = timezone.now() - length
    page = back_api().callbacks.find(actor, CallbackQuery(state="Dead", host=host or None, limit=MOST_AT_ONCE))
    count = sum(one.finished_at is not None and one.finished_at >= since for one in page.items)
    more = "More than " if page.next and count else ""
    return f"{more}{count:,} callback{'' if count == 1 else 's'} died then."
