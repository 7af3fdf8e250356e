"""The brakes count by the client's own address, which no client can choose."""

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from backoffice.tracing import network_of


@pytest.mark.parametrize(
    ("is_behind_proxy", "forwarded", "network"),
    [(False, "203.0.113.9", "127.0.0.1"), (True, "203.0.113.9, 198.51.100.7", "198.51.100.7"), (True, "", "127.0.0.1")],
)
def test_only_what_our_proxy_appended_counts(settings: Settings, is_behind_proxy: bool, forwarded: str, network: str) -> None:
    settings.BEHIND_TLS_PROXY = is_behind_proxy
    assert network_of(RequestFactory().get("/", headers={"X-Forwarded-For": forwarded})) == network
