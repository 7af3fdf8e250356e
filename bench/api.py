"""P14: the share of token and permission check in an empty API request; then requests a second of two reads beside their bare SQL.

python -m bench.api [--runs N] [--requests N]; needs the desk's environment and DJANGO_SETTINGS_MODULE, a migrated database with markets in it, and
leaves nothing behind but one API client. Requests go through the whole WSGI handler in this process, no socket; figures are microseconds a request.
"""

# ruff: noqa: E402  the models behind the imports need Django set up first
import argparse
import statistics
import time
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

import django

django.setup()

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.urls import include, path

from backoffice.api.endpoint import endpoint
from backoffice.api.resource import Resource
from backoffice.api.routes import Route
from backoffice.contracts.actor import Actor
from backoffice.contracts.desk import NewApiClient, TokenRequest
from backoffice.contracts.market_groups import MarketGroup
from backoffice.contracts.operations import ALL, OWN
from backoffice.services import desk, identity

TARGET = 0.25
V2 = "/back-api/backoffice/v2"
NOTHING = MarketGroup(market_group_id="none", name="None", market_count=0)


def knowing(actor: Actor) -> MarketGroup:  # noqa: ARG001  verbs are told who asks
    return NOTHING


def asking_nobody() -> MarketGroup:
    return NOTHING


def empty_route(name: str, act: Callable[..., MarketGroup], operation: str | None, **options: Any) -> Any:
    route = Route("GET", f"/back-api/{name}", operation, endpoint(act))
    return path(route.path[1:], type("Empty", (Resource,), {"routes": {"GET": route}, "get": Resource.answer} | options).as_view())


OPEN: dict[str, Any] = {"authentication_classes": (), "throttle_classes": ()}


def urls() -> tuple[Any, ...]:
    return (
        empty_route("open", asking_nobody, None, **OPEN),
        empty_route("checked", knowing, "view-common", throttle_classes=()),
        empty_route("checked-and-counted", knowing, "view-common"),
        path("", include("backoffice.api.urls")),
    )


def requester(application: Any, token: str, method: str, address: str, body: bytes = b"") -> Callable[[], None]:
    fixed = {
        "REQUEST_METHOD": method,
        "PATH_INFO": address,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost",
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "CONTENT_TYPE": "application/json; x-api-version=2.0",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
    }

    def send() -> None:
        seen: list[str] = []
        answer = application(fixed | {"wsgi.input": BytesIO(body)}, lambda status, _: seen.append(status))
        b"".join(answer)
        answer.close()
        assert seen[0].startswith("200"), seen

    return send


def bare(statement: str) -> Callable[[], None]:
    def query() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            cursor.fetchall()

    return query


def microseconds(acts: dict[str, Callable[[], None]], runs: int, requests: int) -> dict[str, list[float]]:
    """Each run takes them in turns, so that a slow moment of the machine hits all of them."""
    found: dict[str, list[float]] = {name: [] for name in acts}
    for run in range(runs + 1):
        for name, act in acts.items():
            began = time.perf_counter()
            for _ in range(requests):
                act()
            if run:
                found[name].append((time.perf_counter() - began) / requests * 1e6)
    return found


def show(found: dict[str, list[float]]) -> None:
    for name, times in found.items():
        print(f"{name:45} {min(times):8.0f} {statistics.median(times):8.0f} {max(times):8.0f}   {1e6 / statistics.median(times):8.0f} /s")


def ratio(name: str, above: Iterable[float], below: Iterable[float], target: str = "") -> None:
    ratios = sorted(one / other for one, other in zip(above, below, strict=True))
    print(f"{name:45} {ratios[0]:8.3f} {statistics.median(ratios):8.3f} {ratios[-1]:8.3f}   {target}")


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--runs", type=int, default=9)
    arguments.add_argument("--requests", type=int, default=300)
    asked = arguments.parse_args()
    settings.ROOT_URLCONF = urls()
    settings.API_REQUESTS_PER_MINUTE = 10**9
    owner = Actor(kind="system", id="bench", name="bench", door="cli", operations=frozenset({*ALL, OWN}))
    secret = desk().api_clients.create(owner, NewApiClient(name=f"bench {time.time_ns()}", operations=["view-common"]))
    token = identity().issue_token(TokenRequest(client_id=secret.client_id, client_secret=secret.client_secret), network="127.0.0.1").access_token
    application = get_wsgi_application()
    empty = {name: requester(application, token, "GET", f"/back-api/{name}") for name in ("open", "checked", "checked-and-counted")}
    reads = {
        "GET markets": requester(application, token, "GET", f"{V2}/markets"),
        "SQL of GET markets": bare("SELECT market_id, display_name, full_name FROM markets_market ORDER BY market_id"),
        "POST markets/list, 50": requester(application, token, "POST", f"{V2}/markets/list", b'{"limit": 50}'),
        "SQL of POST markets/list, 50": bare("SELECT * FROM markets_market ORDER BY market_id LIMIT 51"),
    }
    print(f"{'microseconds a request':45} {'fastest':>8} {'median':>8} {'slowest':>8}")
    found = microseconds(empty, asked.runs, asked.requests) | microseconds(reads, asked.runs, max(asked.requests // 6, 1))
    show(found)
    checks = [checked - opened for checked, opened in zip(found["checked"], found["open"], strict=True)]
    ratio("P14 token and permission check / request", checks, found["checked"], f"<= {TARGET}")
    ratio("GET markets / its SQL", found["GET markets"], found["SQL of GET markets"])
    ratio("POST markets/list / its SQL", found["POST markets/list, 50"], found["SQL of POST markets/list, 50"])


if __name__ == "__main__":
    main()
