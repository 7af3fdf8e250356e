"""The proof that the books balance: every invariant in words with what violates it, totals of each asset, audit now, reopen."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backoffice.contracts.actor import Actor
from backoffice.contracts.books import BooksState
from backoffice.contracts.errors import Conflict, Invalid, Unavailable
from backoffice.services import back_api
from portal import respond
from portal.asked import number_of
from portal.forms.form import Field, Form
from portal.objects import Act, act, demand
from portal.session import DeskRequest
from portal.worth import worth_of

PASSES = 20
REASON = Field(name="reason", label="What was found and done", kind="area", is_required=True, is_wide=True, hint="It stays in the audit trail")


@require_safe
def show(request: DeskRequest) -> HttpResponse:
    books = back_api().books
    state, passes = books.latest(request.actor), books.passes(request.actor, limit=PASSES)
    asked = number_of(request.GET.get("pass", ""))
    shown = next((one for one in passes if one.id == asked), state.last_pass)
    context = {
        "state": state,
        "shown": shown,
        "is_latest": shown is None or state.last_pass is None or shown.id == state.last_pass.id,
        "violated": sum(one.count > 0 for one in shown.invariants) if shown else 0,
        "has_house": any(one.fees or one.trading or one.suspense for one in shown.totals) if shown else False,
        "passes": passes,
        "may_reopen": can_reopen(state),
        "acts": _acts(request.actor, state),
        "worth": worth_of(request.actor),
        "crumbs": [("Proof", "")],
    }
    return respond.page(request, "portal/proof/show.html", "", context)


@require_POST
def audit(request: DeskRequest) -> HttpResponse:
    demand(request.actor, "books.audit")
    here = reverse("portal:proof-show")
    try:
        done = back_api().books.audit(request.actor)
    except Unavailable as refusal:
        return respond.redirect(request, here, toast=refusal.detail, kind="error")
    if done.is_green:
        return respond.redirect(request, here, toast="Audited just now: the books balance.")
    return respond.redirect(request, here, toast="The books do not balance. Money is read-only until they are reopened.", kind="error")


@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: DeskRequest) -> HttpResponse:
    demand(request.actor, "books.reopen")
    state = back_api().books.latest(request.actor)
    form = Form(fields=(REASON,)) if request.method != "POST" else Form.of_post((REASON,), request.POST)
    context = {"state": state, "may_reopen": can_reopen(state), "crumbs": [("Proof", reverse("portal:proof-show")), ("Reopen", "")]}
    if request.method != "POST":
        return respond.page(request, "portal/proof/reopen.html", "", {**context, "form": form})
    try:
        back_api().books.reopen(request.actor, form.values["reason"])
    except (Invalid, Conflict) as refusal:
        faults = Invalid(refusal.detail, fields=refusal.fields)
        return respond.page(request, "portal/proof/reopen.html", "", {**context, "form": form.refused(faults)}, status=400)
    return respond.redirect(request, reverse("portal:proof-show"), toast="The books are open again: money moves.")


def can_reopen(state: BooksState) -> bool:
    """Only after a green pass that began when they were closed already."""
    last = state.last_pass
    return state.closed_at is not None and last is not None and last.is_green and last.started_at >= state.closed_at


def _acts(actor: Actor, state: BooksState) -> list[Act]:
    return [act(actor, "books.reopen", "Reopen", "lock-open", reverse("portal:proof-reopen"), is_danger=True)] if state.closed_at else []
