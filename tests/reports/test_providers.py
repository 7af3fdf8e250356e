"""A provider of mail, played by a server on loopback: what its answers mean for a delivery."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from backoffice import outgoing
from backoffice.reports.models import Delivery
from backoffice.services import back_api
from tests.reports.desk import WORKER, completed, wanted
from tests.reports.post import use

pytestmark = pytest.mark.usefixtures("bank", "storage")
TAKEN = (200, {"ErrorCode": 0, "Message": "OK", "MessageID": "1", "SubmittedAt": "2026-01-01T00:00:00Z", "To": "ann@example.com"})
NOBODY = (422, {"ErrorCode": 300, "Message": "Error parsing 'To': Illegal email address"})


class Provider(HTTPServer):
    answer: tuple[int, Any] = TAKEN
    asked: dict[str, Any] = {}


class Answer(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        self.server.asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status, body = self.server.answer
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: Any) -> None:
        return


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    found = Provider(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=found.serve_forever, daemon=True)
    thread.start()
    use(settings, outgoing.Outgoing("anymail.backends.postmark.EmailBackend"))
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "token", "POSTMARK_API_URL": f"http://127.0.0.1:{found.server_port}/"}
    yield found
    found.shutdown()
    found.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        (TAKEN, "Sent", None),
        (NOBODY, "Failed", "The mail provider did not take it: unknown."),
        ((401, {"ErrorCode": 10, "Message": "bad token"}), "Waiting", "The mail provider answered 401."),
        ((429, {}), "Waiting", "The mail provider answered 429."),
        ((500, {}), "Waiting", "The mail provider answered 500."),
    ],
)
def test_what_it_answers(provider: Provider, answer: tuple[int, Any], state: str, reason: str | None) -> None:
    provider.answer = answer
    report = completed(wanted(notify_emails=["ann@example.com"]))
    back_api().report_mail.deliver(WORKER)
    delivery = Delivery.objects.get(report=report.report.id)
    assert (delivery.state, delivery.reason) == (state, reason)
    headers = {one["Name"]: one["Value"] for one in provider.asked["Headers"]}
    assert headers["Message-ID"].startswith("<report-")
    assert "List-Unsubscribe" in headers
    assert provider.asked["To"] == "ann@example.com"
