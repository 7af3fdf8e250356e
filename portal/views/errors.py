"""Pages for what went wrong outside any section, and the ear for content policy reports."""

import logging
import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from backoffice.tracing import trace_id_of
from portal import respond

log = logging.getLogger(__name__)
LONGEST_REPORT = 4_000
DIRECTIVE = re.compile(r'"(?:effective|violated)-?[dD]irective"\s*:\s*"([a-z-]{1,30})')


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  Django's signature
    detail = "This page was open for too long, or another tab signed in. Reload it and try again; nothing was changed."
    return _page(request, 403, "Please reload the page", detail)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django's signature
    return _page(request, 404, "There is nothing here", "The address is wrong, or what it named has been removed.")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django's signature
    return _page(request, 400, "This request makes no sense", "The browser sent something that no page of the desk asks for.")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django's signature
    return _page(request, 403, "You may not do this", "Your roles do not include it.")


def failed(request: HttpRequest) -> HttpResponse:
    return _page(request, 500, "Something went wrong", "The failure has been recorded. Nothing was half done: a change is saved whole or not at all.")


def _page(request: HttpRequest, status: int, title: str, detail: str) -> HttpResponse:
    if request.path.startswith(settings.API_PATHS):
        problem = {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": "refused", "traceId": trace_id_of(request)}
        return JsonResponse(problem, status=status, content_type="application/problem+json")
    if respond.wants_fragment(request):
        return respond.refused(f"{title}. {detail}", status=status)
    context = {"title": title, "detail": detail, "status": status, "trace_id": trace_id_of(request)}
    return render(request, "errors/refused.html", context, status=status)


@csrf_exempt
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    log.warning("a page broke the content policy: %s", ", ".join(_directives(request.body[:LONGEST_REPORT])) or "nothing known of it")
    return respond.nothing()


def _directives(report: bytes) -> set[str]:
    """Which rule it broke. Addresses in the report hold what people typed, and the report itself is anybody's."""
    return set(DIRECTIVE.findall(report.decode(errors="replace")))
