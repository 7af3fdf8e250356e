"""The bell: one message however often it is rung, and no wait for a broker that is away."""

import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache

from backoffice.callbacks import doorbell
from backoffice.celery import app


@pytest.fixture
def queue(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """How many messages wait for the worker that sends callbacks; on a broker database of its own, for other tests ring the same bell."""
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": "doorbell-tests"}}
    parts = urlsplit(settings.CELERY_BROKER_URL)
    own = f"redis+socket://{parts.path}?virtual_host=13" if parts.scheme == "redis+socket" else parts._replace(path="/13").geturl()
    monkeypatch.setenv("CELERY_BROKER_READ_URL", own)
    monkeypatch.setenv("CELERY_BROKER_WRITE_URL", own)
    app.amqp._producer_pool = None  # made for the other database if an earlier test rang
    cache.delete(doorbell.RUNG)
    with app.connection_for_read() as line:
        channel = line.default_channel
        channel.queue_declare(doorbell.QUEUE)
        channel.queue_purge(doorbell.QUEUE)
        yield lambda: channel._size(doorbell.QUEUE)
        channel.queue_purge(doorbell.QUEUE)
    cache.delete(doorbell.RUNG)
    app.amqp._producer_pool = None


def wait_until(fact: Any) -> None:
    deadline = time.monotonic() + 30
    while not fact():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_hundred_rings_are_one_message_until_somebody_hears(queue: Any) -> None:
    began = time.monotonic()
    for _ in range(100):
        doorbell.ring()
    assert time.monotonic() - began < 2
    wait_until(lambda: queue() == 1)
    time.sleep(0.1)
    assert queue() == 1
    doorbell.heard()
    doorbell.ring()
    wait_until(lambda: queue() == 2)


def test_a_broker_that_is_away_costs_whoever_rings_nothing(settings: Any) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "unix:///nowhere/at/all.sock"}}
    ringer = doorbell._Ringer()
    began = time.monotonic()
    for _ in range(100):
        ringer.ask()
    assert time.monotonic() - began < 2
    assert ringer.thread
    assert ringer.thread.is_alive()
