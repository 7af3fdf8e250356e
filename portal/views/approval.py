"""One call that waits for others: who asks for what, what it would change, and what is said to it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backoffice.contracts.approvals import Approval
from backoffice.contracts.errors import Conflict, Invalid, NotPermitted, Refused
from backoffice.guard import permitted
from backoffice.services import desk
from portal import respond
from portal.session import DeskRequest
from portal.templatetags.desk import act_words

SHOW, ASK = "portal/approvals/show.html", "portal/approvals/ask.html"
DONE: Mapping[str, tuple[str, respond.Kind]] = {
    "Done": ("It is done, in the name of who asked for it.", "success"),
    "Approved": ("Approved; it is carried out in a moment.", "success"),
    "Waiting": ("Noted. It waits for more approvals.", "info"),
    "Failed": ("Approved, but it could not be done; its page says why.", "error"),
    "Denied": ("Denied. Nothing has changed.", "success"),
    "Cancelled": ("Taken back. Nothing has changed.", "success"),
}


@require_safe
def show(request: DeskRequest, approval_id: str) -> HttpResponse:
    since = desk().audit.latest(request.actor)
    return respond.page(request, SHOW, "", _context(request, desk().approvals.get(request.actor, approval_id), since=since))


@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: DeskRequest, approval_id: str) -> HttpResponse:
    """What was shown comes back with the answer: another hash than its own is refused."""

    def act() -> Approval:
        return desk().approvals.approve(request.actor, approval_id, request.POST.get("hash", ""), reason=request.POST.get("reason", ""))

    words = {
        "title": "Approve this?",
        "button": "Approve",
        "needs_reason": False,
        "detail": "Exactly what is shown here happens, in the name of who asked.",
    }
    return _said(request, approval_id, act, words)


@require_http_methods(["GET", "HEAD", "POST"])
def deny(request: DeskRequest, approval_id: str) -> HttpResponse:
    words = {
        "title": "Deny this?",
        "button": "Deny",
        "needs_reason": True,
        "is_danger": True,
        "detail": "Whoever asked is told why. Nothing changes.",
    }
    return _said(request, approval_id, lambda: desk().approvals.deny(request.actor, approval_id, reason=request.POST.get("reason", "")), words)


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: DeskRequest, approval_id: str) -> HttpResponse:
    words = {"title": "Take this back?", "button": "Take back", "is_danger": True, "detail": "It waits no more, and nothing changes."}
    return _said(request, approval_id, lambda: desk().approvals.cancel(request.actor, approval_id), words)


@require_http_methods(["GET", "HEAD", "POST"])
def break_glass(request: DeskRequest, approval_id: str) -> HttpResponse:
    words = {
        "title": "Break the glass?",
        "button": "Do it alone, and tell everybody",
        "needs_reason": True,
        "is_danger": True,
        "is_glass": True,
        "detail": "It is done now, without the others. Every operator is told, and it stays on record for ever that nobody approved of it.",
    }
    return _said(request, approval_id, lambda: desk().approvals.break_glass(request.actor, approval_id, reason=request.POST.get("reason", "")), words)


@require_POST
def result(request: DeskRequest, approval_id: str) -> HttpResponse:
    """Once, to the maker: it is not kept after that."""
    answer = desk().approvals.result(request.actor, approval_id)
    context = _context(request, desk().approvals.get(request.actor, approval_id), since=desk().audit.latest(request.actor))
    return render(request, SHOW, {**context, "answer": [(name, str(value)) for name, value in answer.items()]})


def _said(request: DeskRequest, approval_id: str, act: Callable[[], Approval], words: dict[str, Any]) -> HttpResponse:
    """The question by GET, with what it is about; the word by POST. What is refused is told beside what is true now."""
    approval = desk().approvals.get(request.actor, approval_id)
    if request.method != "POST":
        return respond.page(request, ASK, "question", {**_context(request, approval), **words, "action": request.path})
    try:
        said = act()
    except Invalid as refusal:
        context = {**_context(request, approval), **words, "action": request.path, "error": _sentence(refusal)}
        return respond.page(request, ASK, "question", context, status=400)
    except NotPermitted as refusal:
        return _refused(request, approval_id, refusal, 403)
    except Conflict as refusal:
        return _refused(request, approval_id, refusal, 409)
    toast, kind = DONE.get(said.state, ("Noted.", "info"))
    return respond.redirect(request, _href(approval_id), toast=toast, kind=kind)


def _refused(request: DeskRequest, approval_id: str, refusal: Refused, status: int) -> HttpResponse:
    approval = desk().approvals.get(request.actor, approval_id)
    context = {**_context(request, approval, since=desk().audit.latest(request.actor)), "refusal": refusal.detail}
    return render(request, SHOW, context, status=status)


def _context(request: DeskRequest, approval: Approval, *, since: int = 0) -> dict[str, Any]:
    is_waiting = approval.state == "Waiting"
    return {
        "approval": approval,
        "title": f"{approval.maker_name} {act_words(approval.action)}" + (": may it happen?" if is_waiting else ""),
        "is_waiting": is_waiting,
        "given": sum(one.verdict == "Approved" for one in approval.decisions),
        "may_decide": is_waiting and not approval.refusal and permitted(request.actor, "approvals.approve"),
        "may_break": is_waiting and approval.is_own and permitted(request.actor, "approvals.break_glass"),
        "subjects": [(change, _page_of(change.object_type, change.object_id)) for change in approval.changes],
        "subject": _subject_of(approval),
        "since": since,
        "back": _href(approval.id),
        "crumbs": [("Approvals", reverse("portal:approvals-list")), (approval.id, "")],
    }


PAGES = {
    "market": "markets-show",
    "asset": "assets-show",
    "calendar": "calendars-show",
    "user": "clients-show",
    "account": "accounts-show",
    "account_group": "account-groups-show",
    "transfer": "transfers-show",
    "role": "roles-show",
    "operator": "operators-show",
    "api_client": "api-clients-show",
    "liquidity_session": "liquidity-show",
    "market_group": "groups-show",
    "change_set": "commissions-change",
    "report": "reports-show",
    "report_template": "report-templates-show",
}


def _page_of(object_type: str, object_id: str) -> str:
    """Objects that are only asked for have no page yet."""
    name = PAGES.get(object_type)
    return reverse(f"portal:{name}", args=[object_id]) if name and not object_id.startswith("new-") else ""


def _subject_of(approval: Approval) -> str:
    """Where a transfer waits, its own page tells more than its facts do."""
    transfer = approval.about.get("transferId") or approval.about.get("transfer_id")
    return reverse("portal:transfers-show", args=[transfer]) if transfer else ""


def _href(approval_id: str) -> str:
    return reverse("portal:approvals-show", args=[approval_id])


def _sentence(refusal: Invalid) -> str:
    return " ".join([refusal.detail, *(reason for reasons in refusal.fields.values() for reason in reasons)])
