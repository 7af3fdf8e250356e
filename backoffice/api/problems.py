"""Refusals as application/problem+json; the only place of the API that knows which refusal is which status."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from rest_framework.exceptions import MethodNotAllowed

from backoffice.access import note
from backoffice.contracts.approvals import HeldCall
from backoffice.contracts.errors import Conflict, Held, Invalid, NotFound, NotPermitted, Refused, Stale, TooMany, Unauthenticated, Unavailable
from backoffice.contracts.transfers import TransferRefused
from backoffice.contracts.value import Value
from backoffice.core.outages import OUTAGES
from backoffice.tracing import trace_id_of

logger = logging.getLogger(__name__)

STATUS: Mapping[type[Refused], HTTPStatus] = {
    Invalid: HTTPStatus.BAD_REQUEST,
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
    NotPermitted: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Stale: HTTPStatus.PRECONDITION_FAILED,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
RETRY_SECONDS = 2
BLANK = "about:blank"


class Problem(Value, frozen=True, kw_only=True):
    """RFC 9457. `code` is a stable word for programs, `trace_id` is what support asks for, `errors` has the reasons by field."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    trace_id: str
    errors: dict[str, list[str]] = {}
    transfer_id: str | msgspec.UnsetType = msgspec.UNSET


def as_response(error: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """What DRF calls with whatever a request raised; also with what nobody foresaw, which is told to the log only."""
    response = answer(context["request"]._request, error)
    if isinstance(error, MethodNotAllowed):
        response["Allow"] = ", ".join(context["view"].allowed_methods)
    return response


def answer(request: HttpRequest, error: Exception) -> HttpResponse:
    if isinstance(error, Held):
        return _held(error)
    if isinstance(error, Refused):
        return _refused(request, error)
    if isinstance(error, MethodNotAllowed):
        return problem(request, HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed", str(error.detail))
    if isinstance(error, SuspiciousOperation | BadRequest | MultiPartParserError | UnreadablePostError):
        return _refused(request, Invalid("The request is not valid.", fields={"body": [str(error) or "It cannot be read."]}))
    if isinstance(error, OUTAGES):
        logger.warning("the database did not answer", exc_info=error, extra={"trace_id": trace_id_of(request)})
        return _refused(request, Unavailable("The desk is busy; repeat the request a little later."))
    logger.error("an API request failed", exc_info=error, extra={"trace_id": trace_id_of(request)})
    return problem(request, HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", "Something went wrong here; the trace id finds it in the log.")


def problem(request: HttpRequest, status: HTTPStatus, code: str, detail: str, errors: Mapping[str, Sequence[str]] | None = None) -> HttpResponse:
    found = {name: list(reasons) for name, reasons in (errors or {}).items()}
    return _told(Problem(type=BLANK, title=status.phrase, status=status, detail=detail, code=code, trace_id=trace_id_of(request), errors=found))


def _failed_transfer(request: HttpRequest, status: HTTPStatus, refusal: TransferRefused) -> HttpResponse:
    """The bytes of the first answer again, its trace id included."""
    response = _told(
        Problem(
            type=BLANK,
            title=status.phrase,
            status=status,
            detail=refusal.detail,
            code=refusal.code,
            trace_id=refusal.trace_id or trace_id_of(request),
            transfer_id=refusal.transfer_id,
        )
    )
    if refusal.is_replayed:
        response["Idempotency-Replayed"] = "true"
    return response


def _held(held: Held) -> HttpResponse:
    """No refusal: the call is taken, and waits."""
    body = msgspec.json.encode(HeldCall(approval_id=held.approval_id, state="Waiting"))
    return HttpResponse(body, status=HTTPStatus.ACCEPTED, content_type="application/json", headers={"Cache-Control": "no-store"})


def _told(body: Problem) -> HttpResponse:
    note(code=body.code)
    response = HttpResponse(msgspec.json.encode(body), status=body.status, content_type="application/problem+json")
    response["Cache-Control"] = "no-store"
    return response


def _refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    status = next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)
    if isinstance(refusal, TransferRefused):
        return _failed_transfer(request, status, refusal)
    response = problem(request, status, refusal.code, refusal.detail, refusal.fields)
    if isinstance(refusal, Unauthenticated):
        response["WWW-Authenticate"] = "Bearer"
    elif isinstance(refusal, Stale):
        response["ETag"] = f'"{refusal.version}"'
    elif isinstance(refusal, TooMany):
        response["Retry-After"] = str(refusal.retry_after)
    elif isinstance(refusal, Unavailable):
        response["Retry-After"] = str(RETRY_SECONDS)
    return response
