"""Every way a receiver can misbehave, and that none of them costs more than its share of time and memory."""

import resource
import time
from typing import Any

import pytest

from backoffice.callbacks.send import Outcome, Sender, redacted
from tests.callbacks.conftest import HOST, target
from tests.callbacks.receiver import Server

HEADERS = {"webhook-id": "evt_1", "webhook-timestamp": "1", "webhook-signature": "v1,x"}
BODY = '{"type":"transfer.completed","note":"Grüße"}'.encode()


def sent(receiver: Server, path: str, *, seconds: float = 15) -> tuple[Outcome, float]:
    began = time.monotonic()
    sender = Sender(seconds)
    outcome = sender.send(target(receiver, path), HEADERS, BODY)
    sender.close()
    return outcome, time.monotonic() - began


def test_the_receiver_gets_the_very_bytes_and_our_headers_alone(receiver: Server) -> None:
    outcome, _ = sent(receiver, "/ok?x=1")
    assert outcome == Outcome(200, "")
    (seen,) = receiver.seen
    assert (seen.path, seen.body) == ("/ok?x=1", BODY)
    assert seen.headers == HEADERS | {
        "host": f"{HOST}:{receiver.port}",
        "user-agent": "Meridian-Callbacks/1",
        "accept": "*/*",
        "accept-encoding": "identity",
        "content-type": "application/json",
        "content-length": str(len(BODY)),
    }


def test_no_content_is_a_delivery_too(receiver: Server) -> None:
    assert sent(receiver, "/ok?empty=1")[0].failure is None


@pytest.mark.parametrize("code", [300, 301, 304, 400, 404, 410, 429, 500, 502, 503])
def test_any_other_status_is_a_failure(code: int, receiver: Server) -> None:
    outcome, _ = sent(receiver, f"/status?code={code}&after=77")
    assert outcome.status == code
    assert outcome.failure
    assert (outcome.failure.status, outcome.failure.retry_after) == (code, "77")


@pytest.mark.parametrize(
    "to", ["http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:5432/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_"]
)
def test_a_redirect_leads_nowhere(to: str, receiver: Server, connections: list[Any]) -> None:
    outcome, _ = sent(receiver, f"/redirect?to={to}")
    assert outcome == Outcome(302, "a redirect is never followed", "", outcome.failure)
    assert outcome.failure
    assert connections == [("127.0.0.1", receiver.port)]


@pytest.mark.parametrize("path", ["/hang", "/drip-head"])
def test_the_deadline_is_one_of_the_clock_however_slowly_it_comes(path: str, receiver: Server) -> None:
    outcome, took = sent(receiver, path, seconds=0.7)
    assert outcome.reason == "no answer in time"
    assert outcome.failure
    assert outcome.failure.is_busy
    assert 0.65 < took < 5


@pytest.mark.parametrize("path", ["/drip-body", "/never-closes"])
def test_after_a_good_status_the_rest_is_not_waited_for(path: str, receiver: Server) -> None:
    outcome, took = sent(receiver, path)
    assert outcome == Outcome(200, "")
    assert took < 10


def test_a_gigabyte_is_not_read(receiver: Server) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcome, took = sent(receiver, "/gigabyte")
    assert outcome.status == 200
    outcome, took = sent(receiver, "/gigabyte?code=500")
    assert (outcome.status, len(outcome.answer), took < 10) == (500, 3, True)
    assert receiver.written < 50_000_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_an_endless_head_is_cut(receiver: Server) -> None:
    outcome, took = sent(receiver, "/endless-head")
    assert (outcome.status, outcome.reason, took < 10) == (None, "the answer is not HTTP", True)


@pytest.mark.parametrize("code", [200, 500])
def test_nothing_is_unpacked(code: int, receiver: Server) -> None:
    outcome, _ = sent(receiver, f"/bomb?code={code}")
    assert (outcome.status, outcome.answer) == (code, "")


def test_what_is_not_http_is_a_failure(receiver: Server) -> None:
    assert sent(receiver, "/garbage")[0].reason == "the answer is not HTTP"


def test_nobody_there(receiver: Server, settings: Any) -> None:
    settings.CALLBACK_LOCAL_HOSTS = {HOST: "127.0.0.2"}
    assert sent(receiver, "/ok")[0].reason == "no connection"


def test_a_line_is_used_again_and_one_that_was_closed_costs_nothing(receiver: Server) -> None:
    sender = Sender()
    for path in ("/ok", "/ok", "/says-and-closes", "/ok", "/status?code=500", "/ok"):
        outcome = sender.send(target(receiver, path), HEADERS, BODY)
        assert outcome.status == (500 if "500" in path else 200)
    sender.close()
    assert [seen.line for seen in receiver.seen] == [1, 1, 1, 2, 2, 2]


def test_no_line_is_kept_across_hosts(receiver: Server) -> None:
    sender = Sender()
    for host in ("r1.demo.test", "r2.demo.test"):
        sender.send(target(receiver, host=host), HEADERS, BODY)
    sender.close()
    assert [seen.headers["host"] for seen in receiver.seen] == [f"r{number}.demo.test:{receiver.port}" for number in (1, 2)]
    assert receiver.lines == 2


def test_proxies_and_passwords_of_the_environment_are_not_asked(receiver: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    (tmp_path / ".netrc").write_text(f"machine {HOST} login evil password evil\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    assert sent(receiver, "/ok")[0].failure is None
    assert "authorization" not in receiver.seen[0].headers


def test_what_a_receiver_says_is_kept_short_and_without_secrets() -> None:
    said = b"failed: token=abc123 Authorization: Bearer xyz.123 anna@example.com whsec_abc " + b"A" * 40 + b"\0\n end" + b" y" * 2000
    kept = redacted(said)
    assert len(kept) <= 1024
    assert not any(secret in kept for secret in ("abc123", "xyz", "anna", "whsec", "AAAA", "\0", "\n"))
    assert "failed:" in kept
    assert "end" in kept
