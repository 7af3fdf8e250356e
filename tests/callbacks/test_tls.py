"""The certificate is held against the name, although the connection goes to the checked address."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backoffice.callbacks import line, urls
from backoffice.callbacks.send import Outcome, Sender
from tests.callbacks.authority import DAY, NOW, Authority
from tests.callbacks.conftest import HOST
from tests.callbacks.receiver import serving


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Authority]:
    settings.CALLBACK_LOCAL_HOSTS = {HOST: "127.0.0.1"}
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
    line._tls.cache_clear()
    yield made
    line._tls.cache_clear()


def sent(context: ssl.SSLContext, path: str = "/ok") -> tuple[Outcome, int]:
    with serving(context) as receiver:
        sender = Sender(2)
        outcome = sender.send(urls.parse(f"https://{HOST}:{receiver.port}{path}"), {}, b"{}")
        sender.close()
        return outcome, len(receiver.seen)


def test_a_good_certificate_and_the_name_in_the_greeting(authority: Authority) -> None:
    context, greeted = authority.server(HOST), []
    context.sni_callback = lambda _line, name, _context: greeted.append(name)
    assert sent(context) == (Outcome(200, ""), 1)
    assert greeted == [HOST]


@pytest.mark.parametrize(
    ("server", "reason"),
    [
        ({"host": "other.demo.test"}, "Hostname mismatch"),
        ({"host": HOST, "until": NOW - DAY}, "expired"),
        ({"host": HOST, "is_ours": False}, "self-signed certificate"),
    ],
    ids=["another name", "expired", "signed by itself"],
)
def test_a_bad_certificate_gets_no_message(server: dict[str, Any], reason: str, authority: Authority) -> None:
    outcome, seen = sent(authority.server(**server))
    assert (outcome.status, seen) == (None, 0)
    assert reason in outcome.reason
    assert "127.0.0.1" not in outcome.reason


def test_an_old_protocol_is_refused(authority: Authority) -> None:
    context = authority.server(HOST)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    outcome, seen = sent(context)
    assert (outcome.status, outcome.reason[:4], seen) == (None, "TLS:", 0)


def test_a_handshake_that_never_comes_ends_by_the_clock(authority: Authority) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        outcome = Sender(0.5).send(urls.parse(f"https://{HOST}:{silent.getsockname()[1]}/ok"), {}, b"{}")
        assert outcome.reason == "no answer in time"


def test_a_line_under_tls_is_used_again(authority: Authority) -> None:
    with serving(authority.server(HOST)) as receiver:
        sender = Sender()
        for path in ("/ok", "/says-and-closes", "/ok"):
            assert sender.send(urls.parse(f"https://{HOST}:{receiver.port}{path}"), {}, b"{}").status == 200
        sender.close()
        assert [seen.line for seen in receiver.seen] == [1, 1, 2]
