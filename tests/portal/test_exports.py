"""Lists as files: exactly what is shown, to the last row, harmless to spreadsheets, whole or not at all."""

import csv
import io
import re
from decimal import Decimal

import pytest
from django.http import FileResponse
from django.test import Client
from python_calamine import CalamineWorkbook

from backoffice.contracts.users import NewUser
from backoffice.services import back_api
from portal.listing import export
from tests.money import bank
from tests.portal.desk_people import EVERYTHING, OWNER, content_of, make_market, make_markets, signed_in

SECTIONS = (
    "/markets/", "/assets/", "/groups/", "/calendars/", "/liquidity/", "/files/", "/clients/", "/transfers/", "/callbacks/", "/account-groups/",
    "/commissions/profiles/", "/commissions/changes/", "/settings/operators/", "/settings/roles/", "/settings/api-clients/", "/settings/audit/",
)  # fmt: skip


def lines_of(client: Client, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content_of(client.get(address)))))


@pytest.mark.parametrize("path", SECTIONS)
def test_every_list_goes_into_a_file_with_all_its_columns(clerk: Client, path: str) -> None:
    make_market()
    back_api().users.create(OWNER, NewUser(email="a@example.com"))
    page = clerk.get(path).content.decode()
    keys = re.findall(r'name="column" value="([^"]+)"', page)
    labels = re.findall(r'name="column" value="[^"]+"(?: checked)?>([^<]+)<', page)
    assert len(set(labels)) == len(labels), "a file tells columns apart by their labels"
    answer = clerk.get(path + "?" + "&".join(f"column={key}" for key in keys) + "&export=csv")
    header, *_ = content_of(answer).splitlines()
    assert not labels or next(csv.reader([header])) == [label.replace("&#x27;", "'") for label in labels]
    assert re.fullmatch(r'attachment; filename="[a-z-]+-[0-9]{8}-[0-9]{6}\.csv"', answer.headers["Content-Disposition"])


def test_a_file_has_the_filters_the_order_and_the_columns_of_the_list(clerk: Client) -> None:
    make_market()
    make_market("eur", subtype="Fx", tick_size=Decimal("0.01"))
    query = "?sort=-MarketId&column=market_id&column=tick_size&column=updated_at"
    found = lines_of(clerk, f"/markets/{query}&export=csv")
    assert [list(line) for line in found] == [["Id", "Tick size", "Updated"]] * 2
    assert [line["Id"] for line in found] == ["cfd.xau_usd", "cfd.eur_usd"]
    assert found[1]["Tick size"] == "0.01"
    assert re.fullmatch(r"20[0-9-]{8}T[0-9:.]{12}Z", found[0]["Updated"])
    assert [line["Id"] for line in lines_of(clerk, f"/markets/{query}&subtype=Fx&export=csv")] == ["cfd.eur_usd"]
    assert lines_of(clerk, "/markets/?q=nothing&export=csv") == []


def test_a_file_is_read_page_after_page_to_the_end(clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make_markets(25)
    monkeypatch.setattr(export, "ROWS_AT_ONCE", 10)
    found = [line["Id"] for line in lines_of(clerk, "/markets/?after=nonsense&first=11&export=csv")]
    assert len(found) == len(set(found)) == 25
    assert found == sorted(found)


def test_what_a_spreadsheet_would_run_is_neutralised(clerk: Client) -> None:
    back_api().users.create(OWNER, NewUser(email="a@example.com", name="=cmd|' /C calc'!A0"))
    back_api().users.create(OWNER, NewUser(email="b@example.com", name="-7"))
    assert sorted(line["Client"] for line in lines_of(clerk, "/clients/?export=csv")) == ["'=cmd|' /C calc'!A0", "-7"]


def test_a_workbook_has_numbers_as_numbers_and_the_same_rows(clerk: Client) -> None:
    make_market(tick_size=Decimal("0.01"))
    answer = clerk.get("/markets/?column=market_id&column=tick_size&export=xlsx")
    assert isinstance(answer, FileResponse)
    assert answer.headers["Content-Disposition"].endswith('.xlsx"')
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[arg-type]
    assert book.sheet_names == ["Markets"]
    assert book.get_sheet_by_index(0).to_python() == [["Id", "Tick size"], ["cfd.xau_usd", 0.01]]


def test_an_empty_list_is_a_file_with_its_header(clerk: Client) -> None:
    answer = clerk.get("/transfers/?column=amount&column=asset_id&export=xlsx")
    assert isinstance(answer, FileResponse)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0).to_python()  # type: ignore[arg-type]
    assert rows == [["Amount", "Asset"]]


def test_more_rows_than_a_file_takes_are_refused_where_the_list_is(clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make_markets(4)
    monkeypatch.setattr(export, "ROWS_MOST", 3)
    monkeypatch.setattr(export, "ROWS_AT_ONCE", 2)
    answer = clerk.get("/markets/?sort=-MarketId&export=csv", follow=True)
    assert answer.redirect_chain == [("/markets/?sort=-MarketId", 303)]
    assert "A file takes up to 3 markets, and there are more: narrow the list with filters" in answer.content.decode()
    monkeypatch.setattr(export, "ROWS_MOST", 4)
    assert len(lines_of(clerk, "/markets/?export=csv")) == 4


def test_only_so_many_files_are_written_at_once(clerk: Client) -> None:
    make_market()
    for _ in range(export.FILES_AT_ONCE):
        assert export.writing.acquire(blocking=False)
    try:
        answer = clerk.get("/markets/?export=csv", follow=True)
        assert "Other files are being written at the moment" in answer.content.decode()
    finally:
        for _ in range(export.FILES_AT_ONCE):
            export.writing.release()
    assert len(lines_of(clerk, "/markets/?export=csv")) == 1


@pytest.mark.parametrize("path", ["/transfers/", "/settings/operators/", "/files/", "/settings/audit/"])
def test_a_file_is_for_those_who_may_see_the_list(viewer: Client, path: str) -> None:
    assert viewer.get(path + "?export=csv").status_code == 403


def test_amounts_go_out_exact(db: None) -> None:
    bank.open_bank()
    account = bank.open_account()
    bank.deposit(account, "1234567890123.45")
    (line,) = lines_of(signed_in(*EVERYTHING), "/transfers/?export=csv")
    assert (line["Transfer"], line["Status"], line["Amount"], line["Asset"]) == ("Deposit", "Completed", "1234567890123.45", "usd")
