"""The OpenAPI document, out of the route table and the contract values."""

import re
from collections.abc import Iterator
from functools import cache
from http import HTTPStatus
from typing import Any

import msgspec

from backoffice import reasons
from backoffice.api import examples
from backoffice.api.endpoint import MEDIA, CsvDownload, Download
from backoffice.api.problems import Problem
from backoffice.api.routes import ROUTES, Route
from backoffice.api.waiting import may_wait
from backoffice.contracts.approvals import HeldCall
from backoffice.contracts.operations import ALL, OWN
from backoffice.contracts.wire import NUMBER_MARK

PROBLEM = "#/components/schemas/Problem"
MEANINGS = ALL | {OWN: "every token carries it"}
HELD = {
    "description": "A policy holds the call until others approve of it; the approval tells what became of it. An extension of this desk.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/HeldCall"}}},
}
RETRY = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
TAG = {"ETag": {"description": "The version of this object, for If-Match and If-None-Match.", "schema": {"type": "string"}}}
INTRODUCTION = (
    "The back-API of this desk. Decimals are strings in answers, numbers in those of /api/, and either in requests; times are ISO 8601 in UTC. "
    "The version is the parameter x-api-version of the Content-Type. A read of one object answers with an ETag; send it back "
    "as If-Match and a change is refused with 412 when somebody was faster. A refusal is application/problem+json: "
    "`code` is stable, `errors` names fields by their path, `traceId` is what support asks for. docs/api.md has more."
)


@cache
def document() -> bytes:
    return msgspec.json.encode(openapi())


def openapi() -> dict[str, Any]:
    values = [value for route in ROUTES for value in _values(route)]
    schemas, components = _in_numbers(msgspec.json.schema_components([*values, Problem, HeldCall], ref_template="#/components/schemas/{name}"))
    of_value = dict(zip(map(repr, values), schemas, strict=False))
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, of_value)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Back-API", "version": "2.0", "description": INTRODUCTION},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
        "security": [{"bearer": []}],
    }


def _in_numbers(schema: Any) -> Any:
    """The schema with its marked decimals as the numbers that they are on the wire."""
    if isinstance(schema, dict):
        return {"type": "number"} if NUMBER_MARK in schema else {key: _in_numbers(inner) for key, inner in schema.items()}
    return type(schema)(map(_in_numbers, schema)) if isinstance(schema, list | tuple) else schema


def _values(route: Route) -> Iterator[Any]:
    """The types that become schemas; a body with a reader brings its own."""
    called = route.endpoint
    yield from (value for value in called.gives if value not in (Download, CsvDownload))
    if called.takes and not called.reader:
        yield called.takes
    if called.query:
        yield called.query


def _operation(route: Route, of_value: dict[str, Any]) -> dict[str, Any]:
    called = route.endpoint
    act = called.act
    area = act.__module__.rpartition(".")[2]
    operation: dict[str, Any] = {
        "operationId": f"{area}_{act.__name__}",
        "tags": [area.replace("_", " ")],
        "summary": (act.__doc__ or act.__name__).splitlines()[0].rstrip("."),
        "description": f"Needs the operation `{route.operation}`: {MEANINGS[route.operation]}." if route.operation else "Needs no token.",
        "parameters": [*_path_parameters(route.path), *_query_parameters(route), *_header_parameters(route)],
        "responses": {str(called.status.value): _success(route, of_value)} | dict(_refusals(route)),
    }
    if may_wait(route):
        operation["responses"]["202"] = HELD
    if route.operation is None:
        operation["security"] = []
    if called.takes:
        operation["requestBody"] = {"required": True, "content": dict(_bodies(route, of_value))}
    return operation


def _success(route: Route, of_value: dict[str, Any]) -> dict[str, Any]:
    called = route.endpoint
    answer: dict[str, Any] = {"description": called.status.phrase}
    content: dict[str, Any] = {}
    for given in called.gives:
        if given in (Download, CsvDownload):
            formats = ["Csv"] if given is CsvDownload else list(MEDIA)
            content |= {MEDIA[name].partition(";")[0]: {"schema": {"type": "string", "format": "binary"}} for name in formats}
        else:
            content["application/json"] = {"schema": of_value[repr(given)]} | _example(given)
    if content:
        answer["content"] = content
    if called.is_tagged:
        answer["headers"] = TAG
    return answer


def _refusals(route: Route) -> Iterator[tuple[str, dict[str, Any]]]:
    called = route.endpoint
    statuses = [HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED]
    statuses += [HTTPStatus.FORBIDDEN] if route.operation else []
    # 404 also without a parameter in the path: a body may name what is not there.
    statuses += [HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT] if route.method != "GET" else [HTTPStatus.NOT_FOUND]
    statuses += [HTTPStatus.PRECONDITION_FAILED] if called.is_conditional else []
    statuses += [HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE]
    if called.is_tagged:
        yield "304", {"description": "If-None-Match names the current version."}
    for status in statuses:
        refusal: dict[str, Any] = {"description": status.phrase, "content": {"application/problem+json": {"schema": {"$ref": PROBLEM}}}}
        if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
            refusal["headers"] = RETRY
        yield str(status.value), refusal


def _bodies(route: Route, of_value: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    called = route.endpoint
    if called.reader:
        for media in called.reader.media:
            yield media, {"schema": called.reader.schema}
    else:
        yield f"application/json; x-api-version={route.version}", {"schema": of_value[repr(called.takes)]} | _example(called.takes)


def _path_parameters(path: str) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"{(\w+)}", path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _query_parameters(route: Route) -> Iterator[dict[str, Any]]:
    if route.endpoint.query:
        _, components = msgspec.json.schema_components([route.endpoint.query])
        for name, schema in components[route.endpoint.query.__name__]["properties"].items():
            yield {"name": name, "in": "query", "required": False, "schema": schema}


def _header_parameters(route: Route) -> Iterator[dict[str, Any]]:
    if route.method != "GET":
        yield {
            "name": reasons.HEADER,
            "in": "header",
            "required": False,
            "schema": {"type": "string", "maxLength": reasons.LONGEST},
            "description": "Why, in your words; it is kept in the audit trail. UTF-8, which may be percent-encoded.",
        }
    if "own_account" in route.endpoint.names:
        yield {"name": "accountId", "in": "header", "required": True, "schema": {"type": "string"}, "description": "An account of the caller's."}
    if route.endpoint.is_conditional:
        yield {
            "name": "If-Match",
            "in": "header",
            "required": False,
            "schema": {"type": "string"},
            "description": "The ETag of the version that you read.",
        }
    if route.endpoint.is_tagged:
        yield {"name": "If-None-Match", "in": "header", "required": False, "schema": {"type": "string"}, "description": "An ETag that you have."}


def _example(value: Any) -> dict[str, Any]:
    found = examples.EXAMPLES.get(value)
    return {"example": found} if found is not None else {}
