"""From an HTTP request to a call on the seam and back, once for every route.

What a route takes and gives is read off the signature of its function: `actor`, then the parameters of the path in their order, then
by name `body`, `query`, `version` (what If-Match demands), `network` (where the request came from) and `own_account` (the header accountId).
"""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from types import UnionType
from typing import Any, BinaryIO, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified

from backoffice.api import bodies, conditions
from backoffice.api.versions import media_type
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import NotFound
from backoffice.contracts.value import Versioned
from backoffice.contracts.wire import encode
from backoffice.tracing import network_of

Answered = TypeVar("Answered")
# Of files that are downloaded.
MEDIA = {
    "Csv": "text/csv; charset=utf-8",
    "Xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "Pdf": "application/pdf",
    "Json": "application/json",
    "Text": "text/plain; charset=utf-8",
}
BY_NAME = ("body", "query", "version", "network", "own_account")
ACCOUNT_ID = re.compile(r"[0-9a-f]{24}")


@dataclass(frozen=True)
class Download:
    """A finished file that is streamed to the caller under `name`; one that is open already is closed behind it."""

    name: str
    content: Path | BinaryIO
    media: str

    @property
    def opened(self) -> BinaryIO:
        return self.content.open("rb") if isinstance(self.content, Path) else self.content


class CsvDownload(Download):
    """Where there is no choice of format."""


@dataclass(frozen=True)
class WithHeaders(Generic[Answered]):
    """An answer whose shape the contract fixes, with what else is to be said in headers."""

    value: Answered
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Written(Generic[Answered]):
    """An answer that came as JSON of this shape, handed on as it is."""

    json: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reader:
    """How a body that is not plain JSON becomes a value; `media` and `schema` are for the document."""

    read: Callable[[HttpRequest], Any]
    media: tuple[str, ...]
    schema: dict[str, Any]


@dataclass(frozen=True)
class Endpoint:
    act: Callable[..., Any]
    status: HTTPStatus
    hints: dict[str, Any]
    names: tuple[str, ...]
    reader: Reader | None

    @property
    def takes(self) -> Any:
        return self.hints.get("body")

    @property
    def query(self) -> Any:
        return self.hints.get("query")

    @property
    def gives(self) -> tuple[Any, ...]:
        """The types of the answer: one, or several where the query decides; none for an empty answer."""
        given = self.hints["return"]
        options = get_args(given) if get_origin(given) in (Union, UnionType) else (given,)
        wrapped = (Versioned, WithHeaders, Written)
        return tuple(get_args(option)[0] if get_origin(option) in wrapped else option for option in options if option is not type(None))

    @property
    def is_tagged(self) -> bool:
        return get_origin(self.hints["return"]) is Versioned

    @property
    def is_conditional(self) -> bool:
        return "version" in self.names

    def __call__(self, actor: Actor | None, request: HttpRequest, path: list[str]) -> HttpResponseBase:
        arguments: list[Any] = [actor] if "actor" in self.names else []
        if not all(bodies.storable(value) for value in path):
            raise NotFound("There is nothing under this address.")
        named = {name: READ[name](self, request) for name in BY_NAME if name in self.names}
        if "query" not in named:
            _query(self, request)
        if "body" not in named and request.method != "GET" and request.body.strip() not in (b"", b"{}"):
            raise bodies.refused("body", "This takes no body.")
        return self._answer(request, self.act(*arguments, *path, **named))

    def _answer(self, request: HttpRequest, given: Any) -> HttpResponseBase:
        if given is None:
            return HttpResponse(status=self.status)
        if isinstance(given, Download):
            return FileResponse(given.opened, as_attachment=True, filename=given.name, content_type=given.media)
        if isinstance(given, Versioned):
            tag = conditions.tag_of(given.version)
            response = HttpResponseNotModified() if conditions.is_known(request, tag) else self._json(given.value)
            response["ETag"] = tag
            return response
        if isinstance(given, WithHeaders):
            return HttpResponse(encode(given.value), status=self.status, content_type="application/json", headers=given.headers)
        if isinstance(given, Written):
            return HttpResponse(given.json, status=self.status, content_type="application/json", headers=given.headers)
        return self._json(given)

    def _json(self, value: Any) -> HttpResponse:
        return HttpResponse(encode(value), status=self.status, content_type="application/json")


def endpoint(act: Callable[..., Any], status: HTTPStatus = HTTPStatus.OK, *, reader: Reader | None = None) -> Endpoint:
    return Endpoint(act=act, status=status, hints=get_type_hints(act), names=tuple(inspect.signature(act).parameters), reader=reader)


def _body(called: Endpoint, request: HttpRequest) -> Any:
    if called.reader:
        return called.reader.read(request)
    if media_type(request) != "application/json":
        raise bodies.refused("Content-Type", "Expected application/json.")
    if not request.body:
        raise bodies.refused("body", "A body is needed.")
    return bodies.decode(request.body, called.takes)


def _query(called: Endpoint, request: HttpRequest) -> Any:
    for name, values in request.GET.lists():
        if len(values) > 1:
            raise bodies.refused(name, "This parameter is given twice.")
        if not bodies.storable(name + values[0]):
            raise bodies.refused(name, "This text holds a character that cannot be stored.")
        if called.query is None:
            raise bodies.refused(name, "There is no such parameter.")
    return bodies.fit(request.GET.dict(), called.query, strict=False) if called.query else None


def _own_account(_: Endpoint, request: HttpRequest) -> str:
    given = request.META.get("HTTP_ACCOUNTID", "")
    if not ACCOUNT_ID.fullmatch(given):
        raise bodies.refused("accountId", "This header is needed: the id of an account of yours.")
    return str(given)


READ: dict[str, Callable[[Endpoint, HttpRequest], Any]] = {
    "body": _body,
    "query": _query,
    "version": lambda _, request: conditions.demanded(request),
    "network": lambda _, request: network_of(request),
    "own_account": _own_account,
}
