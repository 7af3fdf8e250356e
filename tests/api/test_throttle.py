"""A client that asks too often waits; nobody waits for a counter that is down."""

import time
from typing import Any

import pytest
from django.conf import settings as configured

from backoffice.api.throttle import SETTLE_SECONDS, WINDOW_SECONDS, Counter
from tests.api.callers import Caller

# A database of its own, which no other test flushes.
REDIS = configured.REDIS_URL.split("?")[0] + "?db=15"


def test_beyond_its_rate_a_client_is_told_when_to_come_back(caller: Any, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 3
    busy, other = caller("view-common"), caller("view-common")
    answers = [busy.get("assets/list") for _ in range(10)]
    # The window may turn once in between, never twice.
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) >= 4
    assert refused[0].json()["code"] == "too_many_requests"
    assert 1 <= int(refused[0]["Retry-After"]) <= 60
    assert busy.get("assets/list", X_Forwarded_For="203.0.113.9").status_code in (429, 200)
    assert other.get("assets/list").status_code == 200


def test_the_counter_counts() -> None:
    counter = Counter(REDIS)
    key = f"test {time.monotonic_ns()}"
    assert [counter.add(key) for _ in range(3)][-1] in (1, 2, 3)  # the minute may turn in between


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "redis://192.0.2.1:6379/0", "unix:///nowhere/socket"])
def test_a_counter_that_is_down_lets_everybody_pass_and_is_not_asked_again_at_once(url: str) -> None:
    counter = Counter(url)
    began = time.monotonic()
    assert counter.add("anybody") == 0
    # Asking a hundred times would take ten seconds of patience where nobody answers.
    assert [counter.add("anybody") for _ in range(100)] == [0] * 100
    assert time.monotonic() - began < 5


def test_an_unknown_path_and_a_token_request_are_not_counted(db: None, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1
    assert {Caller(None).get("nothing").status_code for _ in range(5)} == {404}


def test_what_two_processes_count_adds_up() -> None:
    one, other = Counter(REDIS), Counter(REDIS)
    key = f"test {time.monotonic_ns()}"
    while time.time() % WINDOW_SECONDS > WINDOW_SECONDS - 5:
        time.sleep(0.1)
    for _ in range(20):
        one.add(key)
    time.sleep(SETTLE_SECONDS)
    assert one.add(key) == 21
    assert other.add(key) == 22
