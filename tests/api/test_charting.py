"""Price history over HTTP."""

from typing import Any

import pytest

from tests.api.callers import Caller
from tests.charts.prices import MONDAY, candle, store

FIRST = "application/json; x-api-version=1.0"
ASKED = {"marketId": "cfd.xau_usd", "interval": "1h", "dateFrom": "2026-11-02T00:00:00Z", "dateTo": "2026-11-03T00:00:00.000Z"}


def send(caller: Caller, **changed: Any) -> Any:
    return caller.post("/api/charting", ASKED | changed, media=FIRST)


def test_the_answer_is_a_csv_file(anybody: Caller, gold: str) -> None:
    store([candle(MONDAY, "1.5", "2.25", "1", "2")], market=gold)
    answer = send(anybody)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="cfd.xau_usd-1h-20261102-20261103.csv"'
    assert b"".join(answer.streaming_content) == b"start,open,high,low,close\n2026-11-02T00:00:00Z,1.5,2.25,1,2\n"


@pytest.mark.parametrize(
    ("changed", "status", "fields"),
    [
        ({"marketId": "cfd.no_such"}, 404, []),
        ({"interval": "2h"}, 400, ["interval"]),
        ({"interval": "Unspecified"}, 400, ["interval"]),
        ({"dateTo": ASKED["dateFrom"]}, 400, ["dateTo"]),
        ({"dateTo": "2026-11-02"}, 400, ["dateTo"]),
        ({"dateFrom": "2026-11-02T00:00:00"}, 400, ["dateFrom"]),
        ({"dateFrom": "0001-01-01T00:00:00Z"}, 400, ["dateFrom"]),
        ({"dateTo": "9999-12-31T23:59:59Z"}, 400, ["dateTo"]),
        ({"interval": "1m", "dateTo": "2026-12-03T00:00:00Z"}, 400, ["dateTo"]),
        ({"marketId": None}, 400, ["marketId"]),
    ],
)
def test_refusals_name_the_field(changed: dict[str, Any], status: int, fields: list[str], anybody: Caller, gold: str) -> None:
    problem = send(anybody, **changed)
    assert problem.status_code == status
    assert list(problem.json().get("errors", {})) == fields
