"""The spans themselves. They hold routes, names of tasks and statements without their values: no header, no path, no body."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.db import connection
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

SERVICE = "back-office"
LONGEST_STATEMENT = 1_000
_propagator = TraceContextTextMapPropagator()


@contextmanager
def request(method: str, traceparent: str) -> Iterator[Span]:
    with _span(method, SpanKind.SERVER, traceparent) as span, connection.execute_wrapper(_seen):
        yield span


@contextmanager
def task(name: str, traceparent: str) -> Iterator[Span]:
    with _span(name, SpanKind.CONSUMER, traceparent) as span, connection.execute_wrapper(_seen):
        yield span


@contextmanager
def statement(sql: str) -> Iterator[None]:
    word = sql.split(maxsplit=1)[0].upper()
    about = {"db.system.name": "postgresql", "db.operation.name": word, "db.query.text": " ".join(sql.split())[:LONGEST_STATEMENT]}
    with _tracer(os.getpid()).start_as_current_span(word, kind=SpanKind.CLIENT, attributes=about, record_exception=False):
        yield


def answered(span: Span, method: str, route: str, status: int, trace_id: str) -> None:
    span.update_name(f"{method} {route}")
    span.set_attributes({"http.request.method": method, "http.route": route, "http.response.status_code": status, "desk.trace_id": trace_id})
    if status >= 500:
        span.set_status(Status(StatusCode.ERROR))


def traceparent() -> str:
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent", "")


@contextmanager
def _span(name: str, kind: SpanKind, traceparent: str) -> Iterator[Span]:
    parent = _propagator.extract({"traceparent": traceparent}) if traceparent else None
    # What an error says may quote anything; its kind is in the log.
    with _tracer(os.getpid()).start_as_current_span(name, context=parent, kind=kind, record_exception=False) as span:
        yield span


def _seen(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    with statement(sql):
        return execute(sql, params, many, context)


@lru_cache(maxsize=1)
def _tracer(_process: int) -> Tracer:
    """Begun by each process for itself: the thread that sends is lost in a fork."""
    provider = TracerProvider(resource=Resource.create({"service.name": os.environ.get("OTEL_SERVICE_NAME") or SERVICE}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return trace.get_tracer(SERVICE, tracer_provider=provider)
