"""Reports that cannot be made, or are not wanted any more: refused early, ended with a reason, and nothing left behind."""

import os
import resource
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from backoffice.contracts.errors import Conflict, Invalid
from backoffice.contracts.filters import Sort
from backoffice.contracts.reports import ReportFormat
from backoffice.reports import formats, keeper, previews, runner, storage
from backoffice.reports.models import Delivery, Report
from backoffice.reports.render import csv
from backoffice.services import back_api
from tests.history.ledgers import exact
from tests.money.bank import OWNER
from tests.reports.desk import WORKER, completed, file, made, wanted


def test_nothing_is_owed_for_one_that_failed(bank: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    one = formats.Format(**(vars(formats.FORMATS["Xlsx"]) | {"rows_most": 2}))
    started = back_api().reports.create(OWNER, wanted(format="Xlsx", notify_emails=["a@example.com"]))
    monkeypatch.setattr(formats, "FORMATS", {**formats.FORMATS, "Xlsx": one})
    back_api().reports.run(OWNER, started.id)
    state = back_api().reports.get(OWNER, started.id)
    assert state.report.status_type == "Failed"
    assert state.report.status_reason == "A workbook holds 2 rows and 5 match: choose CSV, or narrow the filters or the window."
    assert (state.receipt, Delivery.objects.count(), list(storage.folder().iterdir())) == (None, 0, [])
    (notice,) = back_api().notifications.find(OWNER)
    assert (notice.type, notice.data.report_id) == ("ReportFailed", started.id)


def test_more_rows_than_a_workbook_holds_are_refused_before_anybody_waits(bank: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    one = formats.Format(**(vars(formats.FORMATS["Xlsx"]) | {"rows_most": 2}))
    monkeypatch.setattr(formats, "FORMATS", {**formats.FORMATS, "Xlsx": one})
    monkeypatch.setattr(f"{previews.__name__}.FORMATS", formats.FORMATS)
    with pytest.raises(Invalid) as refusal:
        back_api().reports.create(OWNER, wanted(format="Xlsx"))
    assert (refusal.value.code, refusal.value.detail.endswith("choose CSV, or narrow the filters or the window.")) == ("too_many_rows", True)
    completed(wanted(format="Xlsx", filters=[exact("assetId", "btc")]))


def test_one_that_is_called_off_ends_and_leaves_nothing(bank: dict[str, str]) -> None:
    api = back_api().reports
    started = api.create(OWNER, wanted())
    api.cancel(OWNER, started.id)
    api.run(OWNER, started.id)
    state = api.get(OWNER, started.id)
    assert (state.report.status_type, state.report.status_reason) == ("Failed", "Cancelled by tests.")
    assert back_api().notifications.find(OWNER) == []
    with pytest.raises(Conflict):
        api.cancel(OWNER, started.id)
    with pytest.raises(Invalid) as refusal:
        api.download(OWNER, started.id)
    assert refusal.value.code == "not_finished"


def test_files_that_no_report_names_are_swept_once_they_are_old(bank: dict[str, str]) -> None:
    state = completed(wanted())
    kept = file(state)
    stray, young = storage.path("stray.csv.part"), storage.path("young.csv.part")
    for place in (stray, young):
        place.write_text("half")
    for place in (stray, kept):
        os.utime(place, (1, 1))
    assert back_api().reports.clean(WORKER) == 1
    assert {place.name for place in storage.folder().iterdir()} == {kept.name, young.name}


def test_a_file_that_lost_rows_is_never_handed_out(bank: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    plain = formats.FORMATS["Csv"]

    def cut(place: Any, *arguments: Any) -> None:
        csv.write(place, *arguments)
        lines = place.read_bytes().splitlines(keepends=True)
        place.write_bytes(b"".join(lines[:-1]))

    monkeypatch.setattr(f"{runner.__name__}.FORMATS", {**formats.FORMATS, "Csv": formats.Format(plain.suffix, cut, plain.count)})
    state = made(wanted())
    assert (state.report.status_type, state.receipt) == ("Failed", None)
    assert "4 of 5 rows" in (state.report.status_reason or "")
    assert list(storage.folder().iterdir()) == []


@pytest.mark.parametrize("format", ["Csv", "Xlsx", "Json"])
def test_a_full_disk_fails_the_report_and_leaves_nothing(format: ReportFormat, bank: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What a file may weigh, made small while it is written, says what a full disk says."""
    plain = formats.FORMATS[format]

    def cramped(*arguments: Any) -> None:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200, before[1]))
        try:
            plain.write(*arguments)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    monkeypatch.setattr(f"{runner.__name__}.FORMATS", {**formats.FORMATS, format: formats.Format(plain.suffix, cramped, plain.count)})
    state = made(wanted(format=format))
    assert (state.report.status_type, state.report.status_reason) == ("Failed", runner.DISK_FULL)
    assert list(storage.folder().iterdir()) == []


def test_what_stops_its_worker_three_times_fails(bank: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: Any) -> None:
        raise RuntimeError("out of order")

    plain = formats.FORMATS["Csv"]
    monkeypatch.setattr(f"{runner.__name__}.FORMATS", {**formats.FORMATS, "Csv": formats.Format(plain.suffix, breaks, plain.count)})
    started = back_api().reports.create(OWNER, wanted())
    for _ in range(3):
        with pytest.raises(RuntimeError):
            back_api().reports.run(OWNER, started.id)
        Report.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    back_api().reports.run(OWNER, started.id)
    state = back_api().reports.get(OWNER, started.id)
    assert (state.report.status_type, state.report.status_reason) == (
        "Failed",
        "It stopped the worker 3 times; narrow the filters, or choose CSV.",
    )


@pytest.mark.parametrize("pause", [0, 2.5 * keeper.SECONDS])
def test_cancelling_interrupts_a_statement_that_runs_or_that_begins_later(
    pause: float, bank: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = formats.FORMATS["Csv"]

    def slow(place: Any, snapshot: Any, *_: Any) -> None:
        back_api().reports.cancel(OWNER, started.id)
        time.sleep(pause)
        snapshot.run("SELECT pg_sleep(60)")

    monkeypatch.setattr(f"{runner.__name__}.FORMATS", {**formats.FORMATS, "Csv": formats.Format(plain.suffix, slow, plain.count)})
    started = back_api().reports.create(OWNER, wanted())
    began = time.monotonic()
    back_api().reports.run(OWNER, started.id)
    assert time.monotonic() - began < 30
    assert back_api().reports.get(OWNER, started.id).report.status_reason == "Cancelled by tests."


def test_a_maker_whose_claim_was_taken_over_writes_nothing(bank: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    plain = formats.FORMATS["Csv"]

    def overtaken(*arguments: Any) -> None:
        plain.write(*arguments)
        Report.objects.update(lease_token=UUID(int=7))

    monkeypatch.setattr(f"{runner.__name__}.FORMATS", {**formats.FORMATS, "Csv": formats.Format(plain.suffix, overtaken, plain.count)})
    state = made(wanted(notify_emails=["a@example.com"]))
    assert (state.report.status_type, state.receipt, state.deliveries) == ("InProgress", None, [])
    assert list(storage.folder().iterdir()) == []


def test_filters_and_orders_are_checked_before_anything_is_written(bank: dict[str, str]) -> None:
    def fields(**more: Any) -> list[str]:
        with pytest.raises(Invalid) as refusal:
            back_api().reports.create(OWNER, wanted(**more))
        return list(refusal.value.fields)

    assert fields(filters=[exact("nonsense", 1)]) == ["filters[0].field"]
    assert fields(sorting=Sort(field="userEmail")) == ["sorting.field"]
    assert fields(columns=["nonsense"]) == ["columns"]
    assert fields(time_zone="Mars/Olympus") == ["timeZone"]
    assert fields(report_name=" ") == ["reportName"]
    assert fields(notify_emails=["a@example.com\r\nBcc: b@example.com"]) == ["notifyEmails[0]"]
    assert fields(notify_emails=[f"a{number}@example.com" for number in range(11)]) == ["notifyEmails"]
    assert fields(source="UserTransfers") == ["filters"]
    assert fields(source="UserBalances", window="PreviousDay") == ["window"]
    assert fields(window="SincePreviousRun") == ["window"]
    assert Report.objects.count() == 0


def test_mail_goes_to_allowed_domains_alone(bank: dict[str, str], settings: Any) -> None:
    settings.REPORT_MAIL_DOMAINS = ["example.com"]
    completed(wanted(notify_emails=["a@Example.COM"]))
    with pytest.raises(Invalid):
        back_api().reports.create(OWNER, wanted(notify_emails=["a@example.com.evil.test"]))
