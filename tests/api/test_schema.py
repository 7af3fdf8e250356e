"""The OpenAPI document: complete, consistent, and changed only on purpose."""

import json
import os
from pathlib import Path
from typing import Any

from backoffice.api.routes import ROUTES
from backoffice.api.schema import openapi
from tests.api.callers import Caller

SNAPSHOT = Path(__file__).with_name("openapi.json")


def test_the_document_is_the_committed_one() -> None:
    """docs/api.md says how to refresh it: run this test with OPENAPI_REFRESH=1 and read the difference."""
    text = json.dumps(openapi(), indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("OPENAPI_REFRESH") == "1":
        SNAPSHOT.write_text(text)
    assert SNAPSHOT.read_text() == text


def test_every_route_is_in_it_with_a_name_of_its_own() -> None:
    paths = openapi()["paths"]
    operations = [paths[route.path][route.method.lower()] for route in ROUTES]
    assert sum(len(methods) for methods in paths.values()) == len(ROUTES)
    assert len({operation["operationId"] for operation in operations}) == len(ROUTES)


def test_every_reference_leads_somewhere() -> None:
    document = openapi()
    assert set(references(document)) <= {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}


def test_every_operation_tells_its_refusals() -> None:
    document = openapi()
    for route in ROUTES:
        operation = document["paths"][route.path][route.method.lower()]
        expected = {"400", "401", "429", "503"} | ({"403"} if route.operation else set()) | ({"404"} if "{" in route.path else set())
        assert expected <= set(operation["responses"])
        assert ("412" in operation["responses"]) == any(parameter["name"] == "If-Match" for parameter in operation["parameters"])


def test_a_token_reads_it_and_nobody_does_not(anybody: Caller) -> None:
    answer = anybody.get("/schema/")
    assert (answer.status_code, answer["Content-Type"], answer.json()["openapi"]) == (200, "application/json", "3.1.0")
    for nobody in (Caller(None), Caller("nonsense")):
        answer = nobody.get("/schema/")
        assert (answer.status_code, answer["Content-Type"], answer["WWW-Authenticate"]) == (401, "application/problem+json", "Bearer")


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [str(inner) for name, inner in value.items() if name == "$ref"] + [found for inner in value.values() for found in references(inner)]
    return [found for inner in value for found in references(inner)] if isinstance(value, list) else []
