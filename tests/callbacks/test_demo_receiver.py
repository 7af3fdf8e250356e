"""The demo's receiver: verifies, keeps, shows, and does as it is told."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.utils import timezone

from backoffice.callbacks import signing
from backoffice.demo.receiver.kept import Kept
from backoffice.demo.receiver.secrets import FILE, Gateway
from backoffice.demo.receiver.server import Receiver

SECRET = signing.make()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Receiver]:
    (tmp_path / FILE).parent.mkdir()
    gateway = Gateway(client_id="c", client_secret="s", callback_secret=signing.shown(SECRET), receiver_port=1)
    (tmp_path / FILE).write_bytes(msgspec.json.encode(gateway))
    with Receiver(0, tmp_path, Kept(tmp_path / "receiver")) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def ask(desk: Receiver, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str]:
    with closing(http.client.HTTPConnection("127.0.0.1", desk.server_address[1], timeout=5)) as line:
        line.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = line.getresponse()
        return answer.status, answer.read().decode()


def call(desk: Receiver, path: str = "/callbacks", body: bytes = b'{"x":1}', *, secret: bytes = SECRET) -> int:
    signed: Any = signing.headers("evt_1", body, [secret], at=timezone.now())
    return ask(desk, "POST", path, body, **signed)[0]


def test_what_arrives_is_shown_with_how_often(desk: Receiver) -> None:
    assert (call(desk), call(desk)) == (200, 200)
    status, shown = ask(desk, "GET", "/")
    assert status == 200
    assert "evt_1" in shown
    assert "(2 times)" in shown
    assert "good" in shown


def test_what_somebody_else_signed_is_refused_and_shown(desk: Receiver) -> None:
    assert call(desk, secret=signing.make()) == 401
    assert "No matching signature" in ask(desk, "GET", "/")[1]
    assert ask(desk, "POST", "/callbacks", b"{}")[0] == 401


@pytest.mark.parametrize(("mode", "status"), [("fail", 500), ("gone", 410), ("busy", 429), ("redirect", 302), ("ok", 200)])
def test_it_does_as_it_is_told(mode: str, status: int, desk: Receiver) -> None:
    assert call(desk, f"/callbacks/{mode}") == status
    assert ask(desk, "POST", "/mode", f"mode={mode}".encode())[0] == 303
    assert call(desk) == status


def test_nothing_that_arrives_is_markup_on_its_page(desk: Receiver) -> None:
    call(desk, body=b'{"x":"<script>alert(1)</script>"}')
    ask(desk, "POST", "/x", b"<img src=x>", webhook_id="<b>", webhook_timestamp="1", webhook_signature="v1,<i>")
    shown = ask(desk, "GET", "/")[1]
    assert not any(markup in shown for markup in ("<script>", "<img", "<b>", "<i>"))


def test_the_page_is_for_loopback_alone(desk: Receiver) -> None:
    assert ask(desk, "GET", "/", Host="evil.example.com:80")[0] == 403
    assert ask(desk, "POST", "/x", b"", Content_Length="99999999")[0] == 413
