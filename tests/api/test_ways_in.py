"""Paths, methods, versions, tokens and parameters that the API does not know; all of it answered as a problem (F44)."""

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from django.db import connection

from tests.api.callers import JSON, Caller


@pytest.mark.parametrize(
    "path",
    [
        "nothing",
        "markets/",
        "/back-api/",
        "/api/report",
        "/auth/",
        "/frontoffice/api",
        "markets/cfd.nothing_usd",
        "markets/a%00b",
        "markets/%FF",
        "assets/%0A",
    ],
)
def test_an_unknown_path_or_object(path: str, anybody: Caller) -> None:
    assert_problem(anybody.get(path), 404, "not_found")


def test_an_unknown_path_asks_nobody_who_they_are(db: None) -> None:
    assert_problem(Caller(None).get("nothing"), 404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "markets", "GET, POST, HEAD"),
        ("GET", "internal-assets", "POST"),
        ("PATCH", "markets/x", "GET, PUT, HEAD"),
        ("OPTIONS", "markets", "GET, POST, HEAD"),
        ("TRACE", "markets", "GET, POST, HEAD"),
    ],
)
def test_another_method(method: str, path: str, allowed: str, anybody: Caller) -> None:
    answer = anybody.send(method, path)
    assert_problem(answer, 405, "method_not_allowed")
    assert answer["Allow"] == allowed


def test_a_method_override_header_changes_nothing(anybody: Caller, gold: str) -> None:
    assert anybody.get(f"markets/{gold}", X_HTTP_Method_Override="DELETE").status_code == 200


def test_head_is_a_get_without_its_body(anybody: Caller, gold: str) -> None:
    answer = anybody.send("HEAD", f"markets/{gold}")
    assert (answer.status_code, answer["ETag"], answer.content) == (200, '"1"', b"")


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic abc", "Bearer a b", "Bearer \u00e9", "Bearer " + "a" * 100_000, "bearer x.y.z", "Token x", "Bearer x, Bearer y"],
)
def test_a_bad_token_is_refused_in_the_same_words(header: str, db: None) -> None:
    answer = Caller(None).get("assets/list", Authorization=header)
    problem = assert_problem(answer, 401, "unauthenticated")
    assert (problem["detail"], answer["WWW-Authenticate"]) == ("A valid Bearer token is needed.", "Bearer")


def test_a_token_in_the_query_or_in_a_cookie_is_none(anybody: Caller) -> None:
    token = anybody.headers["Authorization"].removeprefix("Bearer ")
    nobody = Caller(None)
    nobody.client.cookies["session"] = nobody.client.cookies["Authorization"] = token
    assert_problem(nobody.get(f"assets/list?access_token={token}"), 401, "unauthenticated")


@pytest.mark.parametrize(
    "headers",
    [
        {"media": "application/json; x-api-version=1.0"},
        {"media": 'application/json; X-Api-Version="3.0"'},
        {"X_Api_Version": "2"},
        {"Accept": "application/json; x-api-version=1.0"},
        {"media": "application/json; x-api-version="},
    ],
)
def test_another_version(headers: dict[str, str], anybody: Caller) -> None:
    answer = anybody.post("markets/list", {}, **headers)
    assert list(assert_problem(answer, 400, "invalid")["errors"]) == ["x-api-version"]


@pytest.mark.parametrize(
    "headers",
    [
        {"media": "application/json"},
        {"media": "application/json;charset=UTF-8; x-api-version=2.0"},
        {"media": "application/json", "X_Api_Version": "2.0"},
        {"Accept": "*/*; x-api-version=2.0"},
    ],
)
def test_the_own_version_however_it_is_said(headers: dict[str, str], anybody: Caller) -> None:
    assert anybody.post("markets/list", {}, **headers).status_code == 200


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("markets?limit=5", "limit"),
        ("markets/files?limit=0", "limit"),
        ("markets/files?limit=1001", "limit"),
        ("markets/files?limit=1.5", "limit"),
        ("markets/files?limit=1e3", "limit"),
        ("markets/files?limit=%20%20", "limit"),
        ("markets/files?limit=" + "9" * 5_000, "limit"),
        ("markets/files?limit=5&limit=6", "limit"),
        ("markets/files?after=a%00", "after"),
        ("markets/files?order=name", "order"),
        ("markets/file/x/rows?action=Deleted", "action"),
        ("markets/file/x/rows?after=-1", "after"),
        ("markets/download?format=Pdf", "format"),
        ("calendars/london/status?at=yesterday", "at"),
        ("calendars/london/status?at=2026-01-01T00:00:00", "at"),
        ("calendars/london/status?at=0001-01-01T00:00:00Z", "at"),
        ("calendars/london/status?at=9999-12-31T23:59:59Z", "at"),
    ],
)
def test_a_parameter_that_does_not_fit(path: str, field: str, anybody: Caller) -> None:
    assert list(assert_problem(anybody.get(path), 400, "invalid")["errors"]) == [field]


def test_a_calendar_says_whether_it_is_open_at_an_instant_or_now(anybody: Caller, broker: None) -> None:
    asked = anybody.get("calendars/london/status?at=2026-07-06T07%3A30%3A00Z").json()
    assert (asked["isOpen"], asked["localTime"][11:16], asked["nextChangeAt"]) == (True, "08:30", "2026-07-06T15:30:00Z")
    now = datetime.fromisoformat(anybody.get("calendars/london/status").json()["at"])
    assert abs((datetime.now(UTC) - now).total_seconds()) < 60


def test_a_body_where_none_belongs(anybody: Caller, broker: None) -> None:
    assert_problem(anybody.send("DELETE", "market-groups/metals", {"force": True}), 400, "invalid")
    assert anybody.send("DELETE", "market-groups/metals", {}).status_code == 200


def test_the_count_and_the_cursor_of_a_list_come_in_headers(anybody: Caller, gold: str) -> None:
    spot = {"type": "Spot", "baseAssetId": "btc", "quoteAssetId": "usd", "displayName": "BTC/USD", "priceScale": 2, "amountScale": 8}
    assert anybody.post("markets", spot).status_code == 201
    first = anybody.post("markets/list", {"limit": 1})
    assert (first["X-Total-Count"], first["X-Total-Exceeded"], list(first.json())) == ("2", "false", ["markets"])
    second = anybody.post("markets/list", {"limit": 1, "after": first["X-Next"]})
    assert [market["marketId"] for answer in (first, second) for market in answer.json()["markets"]] == ["cfd.xau_usd", "spot.btc_usd"]
    assert "X-Next" not in second


def test_answers_are_kept_by_no_cache(anybody: Caller, gold: str) -> None:
    for answer in (anybody.get(f"markets/{gold}"), anybody.get("nothing"), Caller(None).get("markets")):
        assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db(transaction=True)
def test_a_row_that_stays_locked_is_a_503_to_repeat_later(anybody: Caller) -> None:
    assert anybody.post("market-groups", {"marketGroupId": "held", "name": "Held"}).status_code == 201
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '50ms'")
    with psycopg.connect(**{ours: connection.settings_dict[theirs] for ours, theirs in named.items()}) as other:
        other.execute("SELECT 1 FROM markets_marketgroup WHERE id = 'held' FOR UPDATE")
        answer = anybody.put("market-groups/held", {"name": "Changed"}, media=JSON)
    connection.close()
    assert_problem(answer, 503, "unavailable")
    assert int(answer["Retry-After"]) > 0


def assert_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert (problem["status"], problem["code"]) == (status, code)
    return problem
