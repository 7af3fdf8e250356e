"""Reports as they are made: the same rows and totals in each format, a receipt that can be held against them, and nothing half done."""

import hashlib
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from backoffice.contracts.errors import NotFound, NotPermitted
from backoffice.contracts.filters import Filter, RowsQuery, Sort
from backoffice.contracts.reports import ReportFormat, ReportQuery, ReportSource
from backoffice.core.models import AuditChange, AuditRecord
from backoffice.reports import formats, runner, storage
from backoffice.reports.models import Delivery, Report
from backoffice.reports.sources import KINDS
from backoffice.services import back_api
from tests.domain.conftest import person
from tests.history.ledgers import exact, span
from tests.money.bank import OWNER
from tests.reports.desk import ODD, WORKER, completed, file, receipt_of, rows_of, wanted

TABLES: list[ReportFormat] = ["Csv", "Xlsx", "Json"]
ANNA = [exact("userId", "anna")]


def names(rows: list[list[str]]) -> list[str]:
    place = rows[0].index("deduplicationId")
    return [row[place] for row in rows[1:]]


@pytest.mark.parametrize("format", ["Csv", "Xlsx", "Json"])
def test_every_format_has_the_rows_of_the_api(format: ReportFormat, bank: dict[str, str]) -> None:
    state = completed(wanted(format=format))
    rows = rows_of(file(state))
    shown = back_api().history.transfers(OWNER, RowsQuery()).items
    assert names(rows) == ["@SUM(1)", "-b,1", "a-3", "a-2", "a-1"] == [row.deduplication_id for row in shown]
    assert rows[0] == [column.name for column in KINDS["Transfers"].columns]
    place = rows[0].index("assetAmountInRAT")
    assert [Decimal(row[place]) for row in rows[1:]] == [row.asset_amount_in_rat for row in shown]
    place = rows[0].index("createdAt")
    assert [row[place] for row in rows[1:]] == [row.created_at.isoformat() for row in shown]
    assert rows[1][rows[0].index("accountName")] == ODD


def test_a_csv_an_xlsx_and_a_json_of_one_report_are_equal(bank: dict[str, str]) -> None:
    found = [completed(wanted(format=format, filters=ANNA)) for format in TABLES]
    one, *others = [rows_of(file(state)) for state in found]
    assert all(other == one for other in others)
    assert len(one) == 4
    totals = [state.receipt.totals for state in found if state.receipt]
    assert totals[0] == totals[1] == totals[2]


def test_the_receipt_can_be_held_against_the_rows(bank: dict[str, str]) -> None:
    state = completed(wanted(time_zone="Asia/Kolkata", filters=[exact("type", ["Deposit", "Withdrawal"])]))
    receipt, rows = state.receipt, rows_of(file(state))
    assert receipt is not None
    assert (receipt.rows, receipt.shown_rows, state.rows_done, state.rows_total) == (5, 5, 5, 5)
    assert (receipt.sha256, receipt.size) == (hashlib.sha256(file(state).read_bytes()).hexdigest(), file(state).stat().st_size)
    sums = {(total.column, total.of): (total.value, total.missing) for total in receipt.totals}
    amount, asset, worth = (rows[0].index(name) for name in ("assetAmount", "assetId", "assetAmountInRAT"))
    assert sums == {
        ("assetAmountInRAT", None): (sum(Decimal(row[worth]) for row in rows[1:]), 0),
        ("assetAmount", "btc"): (Decimal("0.5"), 0),
        ("assetAmount", "usd"): (sum(Decimal(row[amount]) for row in rows[1:] if row[asset] == "usd"), 0),
    }
    said = {line.name: line.value for line in receipt.lines}
    assert said["Rows"] == "5"
    assert said["Filter"] == "type is one of Deposit, Withdrawal"
    assert said["Order"] == "createdAt, largest first"
    assert said["Time zone"] == "Asia/Kolkata"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\+05:30", said["Data as of"])
    assert said["Sum of assetAmount in usd"] == "1127.5"
    beside = receipt_of(file(state, "Receipt"))
    assert beside == said | {"SHA-256": receipt.sha256, "Bytes": str(receipt.size)}


def test_every_format_says_the_same_of_itself(bank: dict[str, str]) -> None:
    said = []
    for format in TABLES:
        state = completed(wanted(format=format, receipt="Header"))
        found = receipt_of(file(state))
        assert state.receipt is not None
        assert found == {line.name: line.value for line in state.receipt.lines}
        said.append({name: value for name, value in found.items() if name not in ("Report", "Report id", "Data as of")})
    assert said[0] == said[1] == said[2]


def test_a_csv_with_its_receipt_at_the_head_counts_the_same(bank: dict[str, str]) -> None:
    beside, head = completed(wanted()), completed(wanted(receipt="Header"))
    assert rows_of(file(beside)) == rows_of(file(head))
    assert file(beside).read_text().startswith("userId,")
    assert file(head).read_text().startswith("# Report: Transfers as Csv\n")


def test_what_a_spreadsheet_would_take_for_a_formula_is_text(bank: dict[str, str]) -> None:
    text = file(completed(wanted())).read_text()
    assert "'@SUM(1)" in text
    assert '"\'-b,1"' in text
    assert "\"'=cmd|" in text
    assert "'@SUM(1)" in [cell for row in _raw_xlsx() for cell in row]


def _raw_xlsx() -> list[list[Any]]:
    return CalamineWorkbook.from_path(str(file(completed(wanted(format="Xlsx"))))).get_sheet_by_name("Rows").to_python()


def test_times_are_those_of_the_zone_with_their_offset(bank: dict[str, str]) -> None:
    rows = file(completed(wanted(time_zone="Asia/Kolkata", columns=["createdAt"]))).read_text().splitlines()
    assert rows[0] == "createdAt"
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+05:30", row) for row in rows[1:])


def test_columns_are_those_asked_for_in_that_order(bank: dict[str, str]) -> None:
    asked = ["assetId", "assetAmount", "deduplicationId"]
    for format in TABLES:
        rows = rows_of(file(completed(wanted(format=format, columns=asked, filters=ANNA, sorting=Sort(field="assetAmount")))))
        assert rows == [asked, ["usd", "20", "a-2"], ["usd", "100.5", "a-1"], ["usd", "1000", "a-3"]]


@pytest.mark.parametrize("format", ["Csv", "Xlsx", "Json", "Pdf"])
def test_no_rows_are_told_as_none(format: ReportFormat, bank: dict[str, str]) -> None:
    state = completed(wanted(format=format, filters=[exact("userId", "nobody")]))
    assert state.receipt is not None
    assert (state.receipt.rows, [total.value for total in state.receipt.totals]) == (0, [0])
    if format == "Xlsx":
        assert rows_of(file(state))[1:] == [["No rows match.", *[""] * 13]]
    elif format != "Pdf":
        assert rows_of(file(state))[1:] == []


def test_paper_has_its_rows_and_its_receipt(bank: dict[str, str]) -> None:
    state = completed(wanted(format="Pdf", report_name="Überweisungen <script>alert(1)</script>"))
    assert file(state).read_bytes().startswith(b"%PDF-")
    assert state.has_data is False
    with pytest.raises(NotFound):
        file(state, "Data")


def test_paper_of_many_rows_has_the_first_ones_and_a_csv_with_all_beside_it(bank: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The cap made small."""
    few = formats.Format(**(vars(formats.FORMATS["Pdf"]) | {"shown_most": 2}))
    monkeypatch.setattr(formats, "FORMATS", {**formats.FORMATS, "Pdf": few})
    monkeypatch.setattr(f"{runner.__name__}.FORMATS", formats.FORMATS)
    state = completed(wanted(format="Pdf"))
    assert state.receipt is not None
    assert (state.receipt.rows, state.receipt.shown_rows, state.has_data) == (5, 2, True)
    assert len(rows_of(file(state, "Data"))) == 6
    said = {line.name: line.value for line in state.receipt.lines}
    assert said["Rows in this file"] == "the first 2; all 5 are in the CSV file beside it"


@pytest.mark.parametrize("source", KINDS)
def test_every_source_can_be_reported(source: ReportSource, bank: dict[str, str]) -> None:
    for format in TABLES:
        state = completed(wanted(source, format, filters=ANNA))
        assert state.receipt is not None
        found = rows_of(file(state))
        assert len(found) - 1 == state.receipt.rows or state.receipt.rows == 0
        assert found[:1] in ([], [[column.name for column in KINDS[source].usual_columns]])


def test_balances_are_of_one_moment_and_add_up(bank: dict[str, str]) -> None:
    state = completed(wanted("UserBalances"))
    assert state.receipt is not None
    sums = {(total.column, total.of): total.value for total in state.receipt.totals}
    assert sums["totalAssetAmount", "usd"] == Decimal("107.5")
    assert sums["lockedAssetAmount", "usd"] == 20
    assert sums["totalAssetAmountInRAT", None] == Decimal("107.5") + Decimal("0.5") * Decimal("64000.5")


def test_periods_by_words_are_relative_to_the_asking(bank: dict[str, str]) -> None:
    today = Filter(entry_type="Range", field="createdAt", value={"relative": "last 2 days", "zone": "Europe/Berlin"})
    state = completed(wanted(filters=[today]))
    assert state.receipt is not None
    assert state.receipt.rows == 5
    said = next(line.value for line in state.receipt.lines if line.name == "Filter")
    assert re.fullmatch(r"createdAt from \S+ 2[23]:00:00\+00:00 and before \S+ 2[23]:00:00\+00:00", said)
    assert completed(wanted(filters=[Filter(entry_type="Range", field="createdAt", value={"relative": "previous year"})])).rows_done == 0


def test_a_window_bounds_the_rows_and_stands_in_the_receipt(bank: dict[str, str]) -> None:
    state = completed(wanted(window="PreviousDay", time_zone="Pacific/Chatham"))
    assert state.receipt is not None
    assert state.receipt.rows == 0
    assert state.receipt.window_to is not None
    assert state.receipt.window_to <= timezone.now()
    assert "by createdAt" in next(line.value for line in state.receipt.lines if line.name == "Window")


def test_recipients_are_owed_their_mail_from_the_moment_the_report_stands(bank: dict[str, str]) -> None:
    state = completed(wanted(notify_emails=["a@example.com", "b@example.com", "A@example.com"]))
    assert [(one.recipient, one.state, one.attempts) for one in state.deliveries] == [
        ("a@example.com", "Waiting", 0),
        ("b@example.com", "Waiting", 0),
    ]


def test_it_is_made_once_however_often_the_bell_rings(bank: dict[str, str]) -> None:
    api = back_api().reports
    started = api.create(OWNER, wanted(notify_emails=["a@example.com"]))
    for _ in range(3):
        api.run(OWNER, started.id)
    assert (Delivery.objects.count(), len(list(storage.folder().iterdir()))) == (1, 1)
    assert AuditChange.objects.filter(object_id=started.id, record__action="reports.run").count() == 1


def test_a_deleted_report_is_gone_with_its_file(bank: dict[str, str]) -> None:
    state = completed(wanted())
    file(state, "Receipt")
    back_api().reports.delete(OWNER, state.report.id)
    assert list(storage.folder().iterdir()) == []
    for act in (back_api().reports.get, back_api().reports.download, back_api().reports.delete):
        with pytest.raises(NotFound):
            act(OWNER, state.report.id)


def test_it_expires_with_its_file(bank: dict[str, str]) -> None:
    state = completed(wanted())
    assert state.report.expired_at == state.report.created_at + timedelta(days=30)
    Report.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(NotFound):
        back_api().reports.download(OWNER, state.report.id)
    assert back_api().reports.clean(WORKER) == 1
    found = back_api().reports.get(OWNER, state.report.id)
    assert (found.report.status_type, found.receipt is not None, list(storage.folder().iterdir())) == ("Expired", True, [])
    again = back_api().reports.again(OWNER, state.report.id)
    back_api().reports.run(OWNER, again.id)
    assert back_api().reports.get(OWNER, again.id).report.status_type == "Completed"


def test_reports_of_rows_that_one_may_not_see_are_absent(bank: dict[str, str]) -> None:
    state = completed(wanted())
    reader = person("00000000-0000-4000-8000-000000000001", "view-reports", "manage-reports", "view-balances")
    api = back_api().reports
    assert [found.report.source for found in api.find(reader, ReportQuery()).items] == []
    for act in (api.get, api.download, api.delete, api.again):
        with pytest.raises(NotFound):
            act(reader, state.report.id)
    with pytest.raises(NotPermitted):
        api.create(reader, wanted())
    with pytest.raises(NotPermitted):
        api.run(reader, state.report.id)
    assert [info.source for info in api.sources(reader)] == ["UserBalances"]
    completed(wanted("UserBalances"), by=reader)


def test_who_took_a_file_is_in_the_trail(bank: dict[str, str]) -> None:
    state = completed(wanted())
    file(state)
    record = AuditRecord.objects.filter(action="reports.download").latest("pk")
    assert (record.actor_id, record.changes.get().after) == ("tests", {"downloaded": "File"})


def test_file_names_are_ours(bank: dict[str, str]) -> None:
    state = completed(wanted(report_name="../../etc/passwd Ünïts"))
    assert re.fullmatch(r"etc-passwd-units-\d{4}-\d\d-\d\d-\d{4}\.csv", back_api().reports.download(OWNER, state.report.id).name)


def test_a_preview_is_what_the_file_would_begin_with(bank: dict[str, str]) -> None:
    asked = wanted(filters=[span("createdAt", start="2020-01-01T00:00:00Z")], time_zone="Asia/Kolkata", columns=["deduplicationId", "createdAt"])
    found = back_api().reports.preview(OWNER, asked)
    assert (found.total, found.is_exceeded, found.columns) == (5, False, ["deduplicationId", "createdAt"])
    assert [row[0] for row in found.rows] == ["@SUM(1)", "-b,1", "a-3", "a-2", "a-1"]
    assert found.rows[0][1].endswith("+05:30")
