"""Traces for OpenTelemetry: nothing at all unless OTEL_EXPORTER_OTLP_ENDPOINT is set, and requirements-tracing.txt is installed then."""

from contextlib import AbstractContextManager, nullcontext
from functools import cache
from importlib import import_module
from typing import Any, Protocol, cast

from django.conf import settings


class Spans(Protocol):
    def request(self, method: str, traceparent: str) -> AbstractContextManager[Any]: ...

    def task(self, name: str, traceparent: str) -> AbstractContextManager[Any]: ...

    def statement(self, sql: str) -> AbstractContextManager[Any]: ...

    def answered(self, span: Any, method: str, route: str, status: int, trace_id: str) -> None: ...

    def traceparent(self) -> str: ...


_nothing: AbstractContextManager[Any] = nullcontext()


@cache
def _spans() -> Spans | None:
    """At the first use: Celery loads this before there are settings."""
    return cast(Spans, import_module("backoffice.telemetry")) if settings.TRACES_TO else None


def request(method: str, traceparent: str) -> AbstractContextManager[Any]:
    spans = _spans()
    return spans.request(method, traceparent) if spans else _nothing


def task(name: str, traceparent: str) -> AbstractContextManager[Any]:
    spans = _spans()
    return spans.task(name, traceparent) if spans else _nothing


def statement(sql: str) -> AbstractContextManager[Any]:
    """Of what goes past Django's cursor; what goes through it is seen there."""
    spans = _spans()
    return spans.statement(sql) if spans else _nothing


def answered(span: Any, method: str, route: str, status: int, trace_id: str) -> None:
    spans = _spans()
    if spans:
        spans.answered(span, method, route, status, trace_id)


def traceparent() -> str:
    """For whoever goes on with this elsewhere; "" when nobody traces."""
    spans = _spans()
    return spans.traceparent() if spans else ""
