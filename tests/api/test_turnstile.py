"""So many at work, so many more in the queue, and the rest sent away at once: from the class alone to the real web server in a crowd."""

import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.http import HttpResponse, StreamingHttpResponse

from backoffice import turnstile
from backoffice.embedded import parts
from backoffice.embedded.processes import wait_until

API, PAGE, PROBE = "/back-api/backoffice/transfers/deposit", "/markets/", "/livez"


class House:
    """Something to serve that does not end until it is told to."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.inside = 0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> HttpResponse:
        self.inside += 1
        assert self.open.wait(60)
        start_response("200 OK", [])
        return HttpResponse(environ["PATH_INFO"])


@pytest.fixture(autouse=True)
def _connection_of_this_thread() -> Iterator[None]:
    """The entrance takes it away; whoever destroys the test's database closes the one that it began with."""
    ours = connections["default"]
    yield
    connections["default"] = ours


@pytest.fixture
def house() -> Iterator[House]:
    made = House()
    yield made
    made.open.set()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as made:
        yield made


def ask(entrance: turnstile.Turnstile, path: str = API, **headers: str) -> tuple[str, dict[str, str], bytes]:
    said: list[Any] = []
    body = b"".join(entrance({"PATH_INFO": path, **headers}, lambda *what: said.extend(what)))
    return said[0], dict(said[1]), body


def statuses(answers: Iterable[tuple[str, dict[str, str], bytes]]) -> list[str]:
    return [status for status, _, _ in answers]


def test_whoever_finds_room_is_served_and_the_rest_is_sent_away_at_once(house: House, pool: ThreadPoolExecutor) -> None:
    entrance = turnstile.Turnstile(house, inside=2, waiting=3)
    asked = [pool.submit(ask, entrance) for _ in range(5)]
    assert wait_until(lambda: (house.inside, len(entrance.places.queue)) == (2, 3), 30)
    status, headers, body = ask(entrance, HTTP_X_REQUEST_ID="caller-0815")
    assert status == "503 Service Unavailable"
    assert headers["Retry-After"] == "2"
    assert headers["X-Request-ID"] == "caller-0815"
    assert headers["Content-Type"] == "application/problem+json"
    told = json.loads(body)
    assert (told["status"], told["code"], told["traceId"]) == (503, "unavailable", "caller-0815")
    house.open.set()
    assert statuses(one.result() for one in asked) == ["200 OK"] * 5
    assert statuses([ask(entrance)]) == ["200 OK"]


def test_a_person_is_told_in_words(house: House, pool: ThreadPoolExecutor) -> None:
    entrance = turnstile.Turnstile(house, inside=1, waiting=0)
    first = pool.submit(ask, entrance)
    assert wait_until(lambda: house.inside, 30)
    status, headers, body = ask(entrance, PAGE)
    assert (status, headers["Content-Type"]) == ("503 Service Unavailable", "text/plain; charset=utf-8")
    assert body == b"The desk is busy; repeat the request a little later."
    house.open.set()
    assert first.result()[0] == "200 OK"


def test_a_probe_is_never_sent_away_for_the_crowd(house: House, pool: ThreadPoolExecutor) -> None:
    entrance = turnstile.Turnstile(house, inside=1, waiting=0)
    first = pool.submit(ask, entrance)
    assert wait_until(lambda: house.inside, 30)
    probe = pool.submit(ask, entrance, PROBE)
    assert wait_until(lambda: len(entrance.places.queue) == 1, 30)
    house.open.set()
    assert statuses([first.result(), probe.result()]) == ["200 OK", "200 OK"]


def test_nobody_waits_for_ever(house: House, pool: ThreadPoolExecutor) -> None:
    entrance = turnstile.Turnstile(house, inside=1, waiting=5, patience=0.05)
    first = pool.submit(ask, entrance)
    assert wait_until(lambda: house.inside, 30)
    assert ask(entrance)[0] == "503 Service Unavailable"
    assert len(entrance.places.queue) == 0
    house.open.set()
    assert first.result()[0] == "200 OK"


def test_the_queue_is_served_in_its_order(pool: ThreadPoolExecutor) -> None:
    places = turnstile.Places(["place"], waiting=9, patience=5)
    held = places.take(is_urgent=False)
    order: list[int] = []

    def wait(number: int) -> None:
        place = places.take(is_urgent=False)
        order.append(number)
        places.give(place)

    waiting = []
    for number in range(6):
        waiting.append(pool.submit(wait, number))
        assert wait_until(lambda number=number: len(places.queue) == number + 1, 30)
    places.give(held)
    for one in waiting:
        one.result()
    assert order == list(range(6))


def test_a_place_comes_back_when_serving_breaks() -> None:
    def broken(_environ: object, _start: object) -> None:
        raise ConnectionResetError

    entrance = turnstile.Turnstile(broken, inside=1, waiting=0)
    for _ in range(3):
        with pytest.raises(ConnectionResetError):
            ask(entrance)
    assert len(entrance.places.free) == 1


def test_every_thread_finds_the_connection_of_its_place_and_gives_it_back(pool: ThreadPoolExecutor) -> None:
    seen: set[int] = set()

    def served(_environ: object, start_response: Callable[..., Any]) -> HttpResponse:
        seen.add(id(connections["default"]))
        assert connection.allow_thread_sharing
        start_response("200 OK", [])
        return HttpResponse()

    def ask_and_look() -> bool:
        ask(entrance)
        return hasattr(connections._connections, "default")

    entrance = turnstile.Turnstile(served, inside=2, waiting=30)
    assert [one.result() for one in [pool.submit(ask_and_look) for _ in range(40)]] == [False] * 40
    assert len(seen) <= 2


def test_an_answer_in_one_piece_is_closed_inside_and_a_stream_is_left_to_the_server() -> None:
    whole, stream = HttpResponse(b"all"), StreamingHttpResponse(iter([b"one", b"two"]))
    assert turnstile._whole(whole) == [b"all"]
    assert whole.closed
    assert turnstile._whole(stream) is stream
    assert not stream.closed


def test_the_server_has_more_threads_than_there_is_room() -> None:
    assert turnstile.INSIDE + turnstile.WAITING < parts.WEB_THREADS
    image = (Path(__file__).parents[2] / "Dockerfile").read_text()
    assert re.findall(r'"--blocking-threads", "(\d+)"', image) == [str(parts.WEB_THREADS)]
