"""Spans of real web processes and workers reach a collector, belong together, and hold no value of anybody's."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from backoffice.embedded.processes import wait_until
from tests.faults.lab import Lab
from tests.faults.test_reports import another

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE_ID}-00f067aa0ba902b7-01"


class Collector(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def spans(self) -> list[Span]:
        found = []
        for body in list(self.bodies):
            asked = ExportTraceServiceRequest.FromString(body)
            found += [span for resource in asked.resource_spans for scope in resource.scope_spans for span in scope.spans]
        return [span for span in found if span.trace_id.hex() == TRACE_ID]

    def named(self, name: str) -> list[Span]:
        return [span for span in self.spans if span.name == name]


class _Handler(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """What it was sent stands in `bodies`."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        yield server
        server.shutdown()


def test_a_request_and_the_work_it_leaves_are_one_trace_without_values(lab: Lab, collector: Collector) -> None:
    lab.execute("TRUNCATE reports_template, reports_report CASCADE")
    address = f"http://127.0.0.1:{collector.server_port}"
    told = {"OTEL_EXPORTER_OTLP_ENDPOINT": address, "OTEL_BSP_SCHEDULE_DELAY": "200", "OTEL_EXPORTER_OTLP_COMPRESSION": "none"}
    _, port = lab.another_web(**told)
    worker = another(lab, "reports", 9, **told)
    lab.more.append(worker)
    worker.start()
    token = lab.gateways["gateway"]["token"]
    headers = {"Authorization": f"Bearer {token}", "traceparent": PARENT, "Content-Type": "application/json"}
    body = {"reportName": "A name of ours", "source": "Transfers", "format": "Csv", "notifyEmails": ["somebody@example.com"]}
    assert requests.post(f"http://127.0.0.1:{port}/api/reports", json=body, headers=headers, timeout=20).status_code == 200
    assert wait_until(lambda: collector.named("backoffice.jobs.reports.run") != [] and collector.named("POST /api/reports") != [], 60, 0.2)
    (asked,), (made,) = collector.named("POST /api/reports"), collector.named("backoffice.jobs.reports.run")
    assert (asked.parent_span_id.hex(), made.parent_span_id) == (PARENT.split("-")[2], asked.span_id)
    statements = [span for span in collector.spans if span.parent_span_id == asked.span_id and span.name in ("SELECT", "INSERT", "UPDATE")]
    assert statements, "what the database was asked"
    kept = {attribute.key for span in collector.spans for attribute in span.attributes}
    assert kept <= {
        "http.request.method",
        "http.route",
        "http.response.status_code",
        "desk.trace_id",
        "db.system.name",
        "db.operation.name",
        "db.query.text",
    }
    everything = b"".join(collector.bodies)
    for secret in (token, "A name of ours", "somebody@example.com"):
        assert secret.encode() not in everything
