"""The permission matrix: every route times anonymous, nobody's rights, each operation alone, all of them."""

from typing import Any

import pytest

from backoffice.api.routes import ROUTES
from backoffice.contracts.operations import ALL, OWN
from tests.api.callers import Caller

CALLERS: dict[str, tuple[str, ...] | None] = {"anonymous": None, "nobody": (), "everybody": tuple(ALL)} | {name: (name,) for name in ALL}


@pytest.mark.parametrize("who", CALLERS)
def test_what_the_table_says_is_what_happens(who: str, caller: Any) -> None:
    held = CALLERS[who]
    asking = Caller(None) if held is None else caller(*held)
    may = (*held, OWN) if held is not None else ()
    for route in ROUTES:
        path = route.path.replace("{", "").replace("}", "")
        status = asking.send(route.method, path, b"{").status_code
        expected = "anything else" if route.operation is None or route.operation in may else "403" if held is not None else "401"
        actual = str(status) if status in (401, 403) else "anything else"
        assert actual == expected, f"{who}: {route.method} {path} answered {status}"
        assert status < 500 or status == 503, f"{who}: {route.method} {path} answered {status}"
