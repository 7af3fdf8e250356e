"""Every cell of every row is checked, and every fault is told with its place, its value, a reason and, where there is one, a better value."""

import csv
from collections.abc import Callable

import pytest

from backoffice.contracts.tables import CellError, FileFormat
from backoffice.services import BackApi
from tests.files.conftest import CLERK, WIRE, Rows, applied, as_csv, counts, faults, row, rows, upload, worked

CELLS: list[tuple[str, str, str | None]] = [
    ("type", "Cdf", "Cfd"),
    ("type", "", None),
    ("status", "open", "Open"),
    ("subtype", "Stock", "Stocks"),
    ("priceScale", "9", "8"),
    ("priceScale", "2.0", "2"),
    ("priceScale", " 2", "2"),
    ("priceScale", "٢", None),
    ("tickSize", "1e-2", "0.01"),
    ("tickSize", "NaN", None),
    ("tickSize", "0,01", "0.01"),
    ("tickSize", "-0.01", None),
    ("tickSize", "0.001", None),
    ("maxBaseAmount", "1,000,000", "1000000"),
    ("maxBaseAmount", "1,000", None),
    ("maxBaseAmount", "123456789012345678901", None),
    ("priceDeviation", "1.5", None),
    ("priceDeviation", "0.00001", None),
    ("baseAssetId", "X0", "x0"),
    ("baseAssetId", "", None),
    ("quoteAssetId", "usdd", "usd"),
    ("marketGroupId", "stoks", "stocks"),
    ("calendarId", "nasdq", "nasdaq"),
    ("tradingSessionIds", "lp-trr", "lp-tr"),
    ("tradingSessionIds", "lp-tr,alt-tr", "lp-tr;alt-tr"),
    ("isConstLeverage", "TRUE", "true"),
    ("displayName", "X 0", "X-0"),
    ("fullName", "Gold (spot) & more", "Gold spot and more"),
    ("amountScale", "2", ""),
    ("minLotAmount", "1.5", None),
    ("swapLongAssetId", "usd", ""),
    ("marketId", "cfd.x1_usd", None),
    ("externalTtl", "0", "1"),
    ("maxLeverage", "99999999999999999999", None),
]


@pytest.mark.parametrize(("column", "value", "suggestion"), CELLS)
def test_a_faulty_cell_is_told_with_what_it_should_be(api: BackApi, column: str, value: str, suggestion: str | None) -> None:
    file = upload(as_csv([row(0, **{column: value})]))
    (fault,) = api.market_files.errors(CLERK, file.id).items
    assert (fault.row, fault.column, fault.value, fault.suggestion) == (2, column, value, suggestion)
    assert fault.reason


def test_all_faults_of_a_row_are_told_at_once(api: BackApi) -> None:
    file = upload(as_csv([row(0, status="Opened", calendarId="never", maxLeverage="x", displayName="")]))
    assert {column for _, column in faults(file)} == {"status", "calendarId", "maxLeverage", "displayName"}


def test_the_later_row_of_two_for_one_market_or_name_names_the_earlier(api: BackApi) -> None:
    file = upload(as_csv([row(0), row(1), row(0, displayName="Other"), row(2, displayName="X1.N")]))
    said = [(fault.row, fault.column, fault.reason) for fault in api.market_files.errors(CLERK, file.id).items]
    assert said == [(4, "marketId", "row 2 is for the same market, cfd.x0_usd"), (5, "displayName", "row 3 has the same display name")]
    assert counts(file) == (2, 0, 0, 2)


def test_a_spot_market_cannot_have_an_internal_asset(api: BackApi) -> None:
    spot = dict.fromkeys(WIRE, "") | {"type": "Spot", "baseAssetId": "x1", "quoteAssetId": "usd", "displayName": "X1", "priceScale": "2"}
    assert faults(upload(as_csv([spot]))) == [(2, "baseAssetId")]


Plant = Callable[[dict[str, str]], tuple[str, str]]
KINDS: list[tuple[str, str]] = [
    ("status", "open"),
    ("type", "CFD"),
    ("subtype", "stocks"),
    ("priceScale", "2 "),
    ("tickSize", "1e-2"),
    ("maxLeverage", "20.0"),
    ("calendarId", "nasdaqq"),
    ("marketGroupId", "Stocks"),
    ("tradingSessionIds", "lp_tr"),
    ("isSynchronized", "yes"),
    ("fullName", "Share (old)"),
    ("amountScale", "3"),
]


def ten_thousand() -> Rows:
    pairs = [(base, quote) for base in range(101) for quote in range(100, 200) if base != quote][:10_000]
    return [row(baseAssetId=f"x{base}", quoteAssetId=f"x{quote}", displayName=f"X{base}/X{quote}", fullName=f"Share {base}") for base, quote in pairs]


@pytest.mark.parametrize("format", ["Csv", "Xlsx"])
def test_37_faults_among_10000_rows_are_found_and_nothing_else(api: BackApi, format: FileFormat) -> None:
    lines, planted = ten_thousand(), []
    for number in range(37):
        place, (column, value) = number * 270 + 5, KINDS[number % len(KINDS)]
        lines[place][column] = value
        planted.append((place + 2, column))
    file = upload(as_csv(lines), "ValidRows")
    assert faults(file) == planted
    assert counts(file) == (9_963, 0, 0, 37)
    assert api.market_files.result(CLERK, file.id).incorrect_rows == [line for line, _ in planted]

    repaired = upload(api.market_files.errors_file(CLERK, file.id, format=format).read_bytes())
    assert (repaired.stage, repaired.errors) == ("Previewed", 37), repaired.stage_reason
    assert api.market_files.repair(CLERK, repaired.id).id == repaired.id
    repaired = worked(repaired.id)
    assert counts(repaired) == (37, 0, 0, 0)
    api.market_files.apply(CLERK, repaired.id)
    assert worked(repaired.id).stage == "Applied"
    for line in lines:
        line |= {"status": "Open", "type": "Cfd", "fullName": line["fullName"].replace(" (old)", " old"), "isSynchronized": "true", "amountScale": ""}
        line |= {"subtype": "Stocks", "priceScale": "2", "tickSize": "0.01", "maxLeverage": "20", "calendarId": "nasdaq", "marketGroupId": "stocks"}
        line |= {"tradingSessionIds": "lp-tr"}
    assert counts(upload(as_csv(lines))) == (0, 0, 10_000, 0)


def test_the_errors_file_holds_the_rows_and_the_reasons(api: BackApi) -> None:
    file = upload(as_csv([row(0), row(1, status="open")]))
    (line,) = csv.DictReader(api.market_files.errors_file(CLERK, file.id, format="Csv").read_text().splitlines())
    assert (line["status"], line["baseAssetId"], line["#row"]) == ("open", "x1", "3")
    assert line["#faults"] == "status: must be one of Open, Paused, Halted, Disabled (suggestion: Open)"


def test_suggestions_are_taken_only_on_demand_and_an_applied_file_stays_as_it_was(api: BackApi) -> None:
    file = upload(as_csv([row(0), row(1, status="open")]), "ValidRows")
    again = api.market_files.repair(CLERK, file.id).id
    assert again != file.id
    assert counts(worked(again)) == (1, 0, 1, 0)
    assert counts(api.market_files.get(CLERK, file.id)) == (1, 0, 0, 1)


HEADERS: list[tuple[list[str], CellError]] = [
    (["marketId", "statsu"], CellError(row=1, column="statsu", value="statsu", reason="is not a column that we know", suggestion="status")),
    (["marketId", "status", "status"], CellError(row=1, column="status", value="status", reason="is there twice")),
    (["marketId", "", "status"], CellError(row=1, column="column 2", value="", reason="has no name")),
]


@pytest.mark.parametrize(("header", "fault"), HEADERS)
def test_a_header_that_is_not_understood_fails_the_file(api: BackApi, header: list[str], fault: CellError) -> None:
    file = upload((",".join(header) + "\ncfd.x0_usd,Open,Open\n").encode())
    result = api.market_files.result(CLERK, file.id)
    assert (file.stage, counts(file), result.status) == ("Failed", (0, 0, 0, 0), "Failed")
    assert api.market_files.errors(CLERK, file.id).items == [fault]
    assert fault.column in (file.stage_reason or "")


def test_a_header_without_any_identity_fails_the_file(api: BackApi) -> None:
    file = upload(b"status,displayName\nOpen,A\n")
    assert (file.stage, faults(file)) == ("Failed", [(1, "marketId")])


def test_columns_come_in_any_order_and_notes_are_ignored(api: BackApi) -> None:
    lines = [line | {"#mine": "=cmd"} for line in rows(2)]
    assert counts(applied(as_csv(lines, ["#mine", *reversed(WIRE)]))) == (2, 0, 0, 0)


def test_pages_of_faults_end_with_whole_rows(api: BackApi) -> None:
    file = upload(as_csv([row(n, status="x", maxLeverage="x", type="x") for n in range(4)]))
    seen: list[tuple[int, str]] = []
    after = 0
    while True:
        page = api.market_files.errors(CLERK, file.id, after=after, limit=4)
        seen += [(fault.row, fault.column) for fault in page.items]
        if page.next is None:
            break
        after = int(page.next)
    assert (len(seen), len(set(seen)), page.total) == (12, 12, 12)
