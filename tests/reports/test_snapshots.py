"""What a report is of: one moment, and what was known then."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from backoffice.contracts.assets import NewAsset
from backoffice.reports import formats, runner, snapshot
from backoffice.reports.render import csv
from backoffice.services import back_api
from tests.money.bank import OWNER, deposit
from tests.reports.desk import completed, file, rows_of, wanted


def test_a_value_that_is_not_known_is_not_taken_for_nothing(fresh_bank: dict[str, str]) -> None:
    back_api().assets.sync(OWNER, [NewAsset(id="eur", name="Euro", scale=2, type="Fiat")])
    deposit(fresh_bank["anna"], "5", "eur")
    state = completed(wanted("UserBalances"))
    assert state.receipt is not None
    worth = next(total for total in state.receipt.totals if total.column == "totalAssetAmountInRAT")
    assert (worth.value, worth.missing) == (Decimal("32107.75"), 1), "there is no rate for euros"
    said = {line.name: line.value for line in state.receipt.lines}
    assert said["Sum of totalAssetAmountInRAT"] == "32107.75 (without 1 rows that have no value)"
    assert said["Sum of totalAssetAmount in eur"] == "5"


def test_rows_that_come_meanwhile_are_not_in_it(fresh_bank: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Between counting and writing somebody deposits: one snapshot is both."""
    plain = formats.FORMATS["Csv"]

    def late(*arguments: Any) -> None:
        deposit(fresh_bank["anna"], "5", key="late")
        csv.write(*arguments)

    monkeypatch.setattr(f"{runner.__name__}.FORMATS", {**formats.FORMATS, "Csv": formats.Format(plain.suffix, late, plain.count)})
    state = completed(wanted())
    rows = rows_of(file(state))
    assert "late" not in [row[rows[0].index("deduplicationId")] for row in rows]
    assert len(rows) - 1 == state.rows_done == 5


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "America/Santiago"])
def test_the_moment_of_the_data_is_the_same_instant_in_every_zone(fresh_bank: dict[str, str], zone: str) -> None:
    """The database prints the times of rows in the report's zone; the moment is read before it does."""
    began = timezone.now()
    state = completed(wanted(time_zone=zone))
    assert state.receipt is not None
    assert began < state.receipt.as_of < timezone.now()
    said = next(line.value for line in state.receipt.lines if line.name == "Data as of")
    assert abs(datetime.fromisoformat(said) - state.receipt.as_of) < timedelta(milliseconds=1)


HOUR_BEHIND = "SELECT now() - CASE current_setting('application_name') WHEN 'replica' THEN interval '1 h' ELSE interval '0' END"


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which server each file was written from."""
    plain, found = formats.FORMATS["Csv"], list[str]()

    def telling(place: Any, moment: Any, *more: Any) -> None:
        found.append(moment.run("SELECT current_setting('application_name')")[0][0])
        csv.write(place, moment, *more)

    monkeypatch.setattr(f"{runner.__name__}.FORMATS", {**formats.FORMATS, "Csv": formats.Format(plain.suffix, telling, plain.count)})
    return found


def test_it_is_made_at_the_replica(fresh_bank: dict[str, str], second: dict[str, Any], servers: list[str]) -> None:
    completed(wanted())
    assert servers == ["replica"]


def test_a_replica_that_lags_behind_the_report_is_not_asked(
    fresh_bank: dict[str, str], second: dict[str, Any], servers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What happened in its window a moment ago may be missing there."""
    monkeypatch.setattr(snapshot, "MOMENT", HOUR_BEHIND)
    state = completed(wanted())
    assert state.receipt is not None
    assert servers != ["replica"]
    assert state.receipt.as_of > state.report.created_at


def test_a_replica_that_does_not_answer_holds_no_report_up(fresh_bank: dict[str, str], second: dict[str, Any], servers: list[str]) -> None:
    second["PORT"] = "1"
    completed(wanted())
    assert servers != ["replica"]
