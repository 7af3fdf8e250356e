"""/metrics is absent without a token, closed without the right one, and tells how many, how long and how much waits."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from backoffice.core import heartbeat
from backoffice.gauges import HELP
from tests.api.callers import caller
from tests.money import bank

__all__ = ["caller"]
TOKEN = "a-token-for-the-tests-alone"


@pytest.fixture
def scraped(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN


def scrape() -> dict[str, float]:
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    lines = [line for line in answer.content.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_without_a_token_there_is_no_such_page() -> None:
    assert Client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer x", f"Bearer {TOKEN}x", "Bearer \u00e4"])
def test_with_the_wrong_one_it_is_closed(scraped: None, given: str) -> None:
    answer = Client().get("/metrics", headers={"Authorization": given})
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


def test_requests_are_counted_by_route_and_never_by_what_is_in_the_path(scraped: None, caller: Callable[..., Any]) -> None:
    reader = caller("view-common")
    name = 'desk_requests_total{method="GET",route="/back-api/backoffice/v2/assets/{id}",status="404"}'
    before = scrape().get(name, 0)
    for asset in ("one", "two"):
        assert reader.get(f"assets/{asset}").status_code == 404
    after = scrape()
    assert after[name] == before + 2
    assert after['desk_request_seconds_count{method="GET",route="/back-api/backoffice/v2/assets/{id}"}'] >= 2
    assert not any("one" in re.findall(r'"([^"]*)"', line) for line in after)


@pytest.mark.django_db
def test_work_that_waits_is_told_in_one_statement(scraped: None, django_assert_num_queries: object) -> None:
    bank.open_bank()
    heartbeat.beat("worker")
    with django_assert_num_queries(1):  # type: ignore[operator]  # a fixture that pytest-django does not type for strangers
        found = scrape()
    assert found['desk_waiting{kind="callbacks"}'] == found['desk_oldest_due_seconds{kind="reports"}'] == 0
    assert found['desk_heartbeat_age_seconds{name="worker"}'] < 60
    assert (found["desk_armed"], found["desk_books_closed"], found["desk_approvals_waiting"]) == (1, 0, 0)
    assert found['desk_database_connections{state="active"}'] >= 1
    told = {re.split("[{ ]", name)[0] for name in found}
    # Those without a row yet: no report, no audit of the books.
    assert set(HELP) - told <= {"desk_reports", "desk_books_audit_age_seconds"}
