"""What the live process serves: `/events/`, a stream for whoever is signed in, and `/livez`."""

import asyncio
import json
import logging
import os
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")
django.setup()

from django.conf import settings  # noqa: E402  once Django is set up
from django.db import Error  # noqa: E402  as above
from django.http.request import split_domain_port, validate_host  # noqa: E402  as above

from backoffice.events.hub import Full, Head, Hub, Listener  # noqa: E402  as above

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

log = logging.getLogger(__name__)
hub = Hub()
PATHS = ("/events/", "/livez")
BEAT_SECONDS = 10.0
STREAM = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]
# A stream that breaks off is opened again so much later.
RETRY = b"retry: 3000\n\n"
BEAT = b"event: beat\ndata: {}\n\n"


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        raise NotImplementedError("Only HTTP is served here.")
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    refusal = _refusal(scope, headers)
    if refusal is not None:
        await _answer(send, refusal)
    elif scope["path"] == "/livez":
        await _answer(send, HTTPStatus.OK)
    else:
        await _events(headers, receive, send)


def _refusal(scope: Scope, headers: dict[str, str]) -> HTTPStatus | None:
    if scope["path"] not in PATHS:
        return HTTPStatus.NOT_FOUND
    if scope["method"] != "GET":
        return HTTPStatus.METHOD_NOT_ALLOWED
    if scope["path"] == "/livez":
        return None
    if not validate_host(split_domain_port(headers.get("host", ""))[0], settings.ALLOWED_HOSTS):
        return HTTPStatus.BAD_REQUEST
    return None if _is_ours(headers) else HTTPStatus.FORBIDDEN


def _is_ours(headers: dict[str, str]) -> bool:
    """Only pages of this desk may listen: those of another port say where they come from, those of the same place need not."""
    origin = headers.get("origin")
    return origin in (None, _desk()) or origin.partition("://")[2] == headers.get("host")


def _desk() -> str:
    parts = urlsplit(settings.PUBLIC_URL)
    return f"{parts.scheme}://{parts.netloc}"


async def _events(headers: dict[str, str], receive: Receive, send: Send) -> None:
    shared = _shared(headers)
    try:
        visitor = await hub.visitor(headers.get("cookie", ""))
        if visitor is None:
            await _answer(send, HTTPStatus.UNAUTHORIZED, shared)
            return
        listener = hub.join(visitor)
    except Full as full:
        await _answer(send, HTTPStatus.TOO_MANY_REQUESTS if full.is_of_one else HTTPStatus.SERVICE_UNAVAILABLE, shared)
        return
    except Error:
        await _answer(send, HTTPStatus.SERVICE_UNAVAILABLE, shared)
        return
    try:
        await send({"type": "http.response.start", "status": 200, "headers": [*STREAM, *shared]})
        await send({"type": "http.response.body", "body": RETRY, "more_body": True})
        await _until_left(listener, receive, send)
    finally:
        hub.leave(listener)


def _shared(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    if headers.get("origin") != _desk():
        return []
    return [(b"access-control-allow-origin", _desk().encode()), (b"access-control-allow-credentials", b"true"), (b"vary", b"Origin")]


async def _until_left(listener: Listener, receive: Receive, send: Send) -> None:
    """Whichever comes first: the browser goes, or its sign-in is over."""
    telling, leaving = asyncio.ensure_future(_tell(listener, send)), asyncio.ensure_future(_left(receive))
    try:
        done, _ = await asyncio.wait({telling, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if telling in done and telling.exception() is None:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        telling.cancel()
        leaving.cancel()
        await asyncio.gather(telling, leaving, return_exceptions=True)


async def _tell(listener: Listener, send: Send) -> None:
    told: Head | None = None
    while not listener.is_over:
        try:
            await asyncio.wait_for(listener.news.wait(), BEAT_SECONDS)
        except TimeoutError:
            if hub.is_fresh:
                await send({"type": "http.response.body", "body": BEAT, "more_body": True})
            continue
        listener.news.clear()
        if hub.head is not None and hub.head != told and not listener.is_over:
            told = hub.head
            body = f"event: changed\ndata: {json.dumps(told._asdict())}\n\n".encode()
            await send({"type": "http.response.body", "body": body, "more_body": True})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _answer(send: Send, status: HTTPStatus, headers: list[tuple[bytes, bytes]] | None = None) -> None:
    plain = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": int(status), "headers": [*plain, *(headers or [])]})
    await send({"type": "http.response.body", "body": f"{status.phrase}\n".encode(), "more_body": False})
