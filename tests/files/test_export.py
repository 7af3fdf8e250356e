"""Markets out: whole or filtered, harmless in a spreadsheet, exact on the way back, and not twice for one wish."""

import csv

import pytest
from python_calamine import CalamineWorkbook

from backoffice.contracts.errors import Invalid, NotFound
from backoffice.contracts.markets import MarketPatch, MarketQuery
from backoffice.core.sheets import neutral
from backoffice.services import BackApi
from backoffice.tables.cells import plain
from tests.files.conftest import CLERK, WIRE, applied, as_csv, exported, row, rows, worked


def test_an_export_has_the_columns_of_an_import(api: BackApi) -> None:
    applied(as_csv(rows(2)))
    lines = list(csv.DictReader(exported().decode().splitlines()))
    assert tuple(lines[0]) == WIRE
    assert lines[0] == row(0) | {"marketId": "cfd.x0_usd"}


def test_an_export_has_what_a_query_matches_on_all_pages(api: BackApi) -> None:
    applied(as_csv([row(0), row(1, status="Paused"), row(2, status="Paused")]))
    started = api.market_files.export(CLERK, query=MarketQuery(statuses=["Paused"], limit=1))
    file = worked(started.id)
    name, place = api.market_files.download(CLERK, started.id)
    assert (file.stage, file.rows_total, name.endswith(".csv")) == ("Exported", 2, True)
    assert [line["marketId"] for line in csv.DictReader(place.read_text().splitlines())] == ["cfd.x1_usd", "cfd.x2_usd"]


def test_an_export_of_nothing_still_has_its_header(api: BackApi) -> None:
    assert exported().decode().splitlines() == [",".join(WIRE)]
    place = api.market_files.download(CLERK, api.market_files.export(CLERK, format="Xlsx").id) if exported("Xlsx") else None
    assert place is not None
    assert CalamineWorkbook.from_path(str(place[1])).get_sheet_by_index(0).to_python()[0] == list(WIRE)


def test_the_same_wish_joins_the_export_that_runs_or_is_fresh(api: BackApi) -> None:
    applied(as_csv(rows(1)))
    first = api.market_files.export(CLERK)
    assert api.market_files.export(CLERK).id == first.id
    assert api.market_files.export(CLERK, format="Xlsx").id != first.id
    assert api.market_files.export(CLERK, query=MarketQuery(statuses=["Open"])).id != first.id


def test_a_change_makes_a_fresh_export_stale(api: BackApi) -> None:
    applied(as_csv(rows(1)))
    first = api.market_files.export(CLERK)
    worked(first.id)
    api.markets.patch(CLERK, {"cfd.x0_usd": 1}, MarketPatch(max_leverage=60))
    assert api.market_files.export(CLERK).id != first.id


def test_an_unfinished_export_cannot_be_downloaded(api: BackApi) -> None:
    with pytest.raises(Invalid):
        api.market_files.download(CLERK, api.market_files.export(CLERK).id)
    with pytest.raises(NotFound):
        api.market_files.download(CLERK, applied(as_csv(rows(1))).id)
    with pytest.raises(NotFound):
        api.market_files.download(CLERK, "none")


DANGEROUS = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://example.test")', "-A", "=", "+"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_a_spreadsheet_would_run_is_neutralised_and_comes_back(text: str) -> None:
    assert neutral(text) == "'" + text
    assert plain(neutral(text)) == text


@pytest.mark.parametrize("text", ["", "-2", "-0.5", "12", "a=b", "'quoted'", "'", "=".join("ab"), "\uff1dcmd"])
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert plain(neutral(text)) == neutral(text) == text


def test_names_that_look_like_formulas_make_the_round_trip(api: BackApi) -> None:
    applied(as_csv([row(0, displayName="-A/B", fullName="-1 share"), row(1, displayName="-7", fullName="-7.5")]))
    by_id = {line["marketId"]: line for line in csv.DictReader(exported().decode().splitlines())}
    assert (by_id["cfd.x0_usd"]["displayName"], by_id["cfd.x0_usd"]["fullName"]) == ("'-A/B", "'-1 share")
    assert (by_id["cfd.x1_usd"]["displayName"], by_id["cfd.x1_usd"]["fullName"]) == ("-7", "-7.5")
    assert "'=cmd" in api.market_files.errors_file(CLERK, applied(as_csv([row(3, fullName="=cmd")])).id, format="Csv").read_text()
