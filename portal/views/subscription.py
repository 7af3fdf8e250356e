"""The link in a mail that ends its subscription: looking changes nothing, since mail programs look by themselves; pressing does."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import NotFound
from backoffice.services import back_api
from backoffice.tracing import trace_id_of

PAGE = "portal/mail/subscription.html"


# Exempt: mail programs post here without a page of ours (RFC 8058), and the link itself is the proof.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, token: str) -> HttpResponse:
    mail, actor = back_api().report_mail, _holder(request)
    try:
        if request.method != "POST":
            found = mail.subscription(actor, token)
        elif request.POST.get("act") == "subscribe":
            found = mail.subscribe(actor, token)
        else:
            found = mail.unsubscribe(actor, token)
    except NotFound as refusal:
        return render(request, PAGE, {"refusal": refusal.detail}, status=404)
    return render(request, PAGE, {"subscription": found, "is_done": request.method == "POST"})


def _holder(request: HttpRequest) -> Actor:
    """Nobody who is signed in; the trail says what the link was of."""
    held = frozenset({operations.OWN})
    return Actor(kind="system", id="mail-link", name="Link in a mail", door="portal", operations=held, trace_id=trace_id_of(request))
