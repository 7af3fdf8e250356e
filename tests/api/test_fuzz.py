"""Whatever the document allows, and a little of what it does not: never a 5xx, never an answer outside the schema (F43)."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from tests.api.callers import Caller

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "4"))


@pytest.fixture
def document(anybody: Caller, gold: str) -> Iterator[Any]:
    # The requests run inside the test's transaction; their end must not close its connection.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/schema/", get_wsgi_application(), headers=anybody.headers)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


fuzz = schemathesis.pytest.from_fixture("document")


@fuzz.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
def test_no_request_breaks_the_api(case: schemathesis.Case, anybody: Caller) -> None:
    case.call_and_validate(headers=anybody.headers, checks=CHECKS)
