"""The route table against the contract and against the guard."""

from io import BytesIO
from typing import Any

import pytest

from backoffice.api.bodies import fit
from backoffice.api.examples import EXAMPLES
from backoffice.api.routes import ROUTES, Route
from backoffice.api.uploads import Upload
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import NotPermitted
from tests.contract.area import CALLS, OF_ROW

TABLE = {(route.method, route.path): route for route in ROUTES}
NOBODY = Actor(kind="client", id="nobody", name="nobody", door="api", operations=frozenset())


def test_no_route_stands_twice() -> None:
    assert len(TABLE) == len(ROUTES)


def test_every_operation_of_the_contract_has_a_route_and_a_test() -> None:
    assert set(OF_ROW) <= set(TABLE)
    assert set(OF_ROW) == set(CALLS)


@pytest.mark.parametrize("row", OF_ROW.values(), ids=lambda row: f"{row['method']} {row['path']}")
def test_a_route_says_what_the_contract_says(row: dict[str, Any]) -> None:
    route = TABLE[row["method"], row["path"]]
    success = next(status for status in row["responses"] if status.startswith("2"))
    # The contract forgot to say who may download a report.
    assert route.operation == (row["operation"] or "view-reports")
    assert str(route.endpoint.status.value) == success
    assert bool(route.endpoint.gives) == (row["responses"][success] in ("json", "binary"))
    assert route.version == row.get("apiVersion", route.version)
    assert (route.endpoint.takes is not None) == ("requestExample" in row)


@pytest.mark.parametrize("route", [route for route in ROUTES if route.operation], ids=lambda route: f"{route.method} {route.path}")
def test_the_operation_of_a_route_is_the_one_that_the_guard_demands(route: Route) -> None:
    """The guard refuses before the capability sees its arguments, so any of the right shape will do."""
    called = route.endpoint
    example = EXAMPLES.get(called.takes)
    body = Upload(BytesIO(), "x.csv", "ValidRows", None, None) if example is None else fit(example, called.takes)
    stand_ins = {"body": body, "query": called.query() if called.query else None, "version": None, "own_account": "0" * 24}
    with pytest.raises(NotPermitted) as refusal:
        called.act(NOBODY, *["x"] * route.path.count("{"), **{name: value for name, value in stand_ins.items() if name in called.names})
    assert refusal.value.operation == route.operation
