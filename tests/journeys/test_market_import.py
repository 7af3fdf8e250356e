"""A dealer's morning: a provider's list comes in, is mapped, repaired and applied, a market is edited in a lost race, the import is undone."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import expect

from backoffice.contracts.markets import MarketPatch
from backoffice.services import back_api
from tests.journeys.conftest import Desk, Worker
from tests.portal.desk_people import EVERYTHING, OWNER, PASSWORD, make_catalogue, make_market, make_operator

LIST = Path(__file__).with_name("lp_instruments.csv")
LOTS = {"lot_size": 1, "min_lot_amount": Decimal(1), "max_lot_amount": 100, "lot_step": Decimal(1), "tick_size": Decimal("0.01"), "max_leverage": 10}


@pytest.mark.journey
@pytest.mark.xdist_group("journeys")
def test_a_providers_list_is_imported_repaired_and_undone(desk: Desk, worker: Worker) -> None:
    make_catalogue()
    gold = make_market(price_scale=2, status="Open", **LOTS)
    before = back_api().markets.get(OWNER, gold).value
    _sign_in(desk)
    _upload_and_watch(desk, worker)
    _map(desk)
    _repair_and_apply(desk)
    assert back_api().markets.get(OWNER, gold).value.price_scale == 3
    _edit_and_merge(desk, gold)
    _undo(desk)
    after = back_api().markets.get(OWNER, gold).value
    assert (after.price_scale, after.status, after.tick_size) == (before.price_scale, before.status, before.tick_size)
    assert (after.external_ttl, after.internal_ttl, after.slippage_rate) == (3000, 700, Decimal("0.5"))
    assert [one.market_id for one in back_api().markets.names(OWNER)] == [gold]


def _sign_in(desk: Desk) -> None:
    desk.open("/files/")
    desk.looks_good()
    desk.page.get_by_label("User name").fill(make_operator(*EVERYTHING, name="Dana Dealer"))
    desk.page.get_by_label("Password").fill(PASSWORD)
    desk.page.get_by_role("button", name="Sign in").click()
    expect(desk.page.get_by_text("No files yet")).to_be_visible()
    desk.looks_good()


def _upload_and_watch(desk: Desk, worker: Worker) -> None:
    worker.pause()
    desk.page.get_by_role("link", name="Upload a file").first.click()
    desk.page.set_input_files("#file", str(LIST))
    expect(desk.page.get_by_text("lp_instruments.csv, 1 kB")).to_be_visible()
    desk.looks_good()
    desk.page.get_by_role("button", name="Upload").click()
    expect(desk.page.get_by_text("Waiting for a worker")).to_be_visible()
    with desk.page.expect_response(re.compile("/progress/")):
        pass
    worker.go_on()
    expect(desk.page.get_by_role("heading", name="This file has another layout than ours")).to_be_visible()
    desk.looks_good()


def _map(desk: Desk) -> None:
    page = desk.page
    page.get_by_role("link", name="Map its columns").click()
    trial = page.locator("#trial")
    expect(trial).to_contain_text("13 rows")
    desk.looks_good()
    page.get_by_role("checkbox", name="south").uncheck()
    expect(trial).to_contain_text("7 rows, 3 with faults")
    expect(trial).to_contain_text("ISLE100GBP does not end with USD")
    page.get_by_text("Save as preset").click()
    page.locator("#preset-name").fill("North list")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The preset North list is saved")).to_be_visible()
    expect(page.get_by_role("checkbox", name="south")).not_to_be_checked()
    page.get_by_role("button", name="Read with this mapping").click()
    expect(page.get_by_text("Previewed")).to_be_visible()


def _repair_and_apply(desk: Desk) -> None:
    page = desk.page
    page.get_by_role("link", name=re.compile("^Incorrect 3")).click()
    expect(page.get_by_text("North and West 40 shares")).to_be_visible()
    desk.looks_good()
    page.get_by_role("button", name="Apply suggestions").click()
    expect(page.get_by_role("link", name=re.compile("^Incorrect 1"))).to_be_visible()
    page.get_by_role("link", name=re.compile("^Updated 1")).click()
    expect(page.get_by_role("table")).to_contain_text("becomes Disabled", ignore_case=True)
    desk.looks_good()
    page.get_by_role("link", name="Apply 6 changes").click()
    expect(page.get_by_role("dialog")).to_contain_text("5 markets are created, 1 is updated. 1 incorrect row is left out.")
    desk.looks_good()
    page.get_by_role("button", name="Apply 6 changes").click()
    expect(page.locator("main").get_by_text("Applied in one step")).to_be_visible()
    desk.looks_good()


def _edit_and_merge(desk: Desk, market: str) -> None:
    page = desk.page
    desk.open(f"/markets/{market}/edit/")
    page.get_by_label("External TTL").fill("3000")
    page.get_by_label("Internal TTL").fill("500")
    version = back_api().markets.get(OWNER, market).version
    back_api().markets.patch(OWNER, {market: version}, MarketPatch(internal_ttl=700, slippage_rate=Decimal("0.5")))
    with page.expect_response(lambda answer: answer.status == 412):
        page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("tests saved this")).to_be_visible()
    desk.looks_good()
    page.get_by_role("radio", name="700").check()
    page.get_by_role("button", name="Save merged").click()
    page.wait_for_url(f"**/markets/{market}/")
    desk.looks_good()


def _undo(desk: Desk) -> None:
    desk.open("/files/")
    desk.page.get_by_role("link", name="lp_instruments.csv").click()
    desk.page.get_by_role("link", name="Undo").click()
    desk.page.get_by_role("button", name="Undo it").click()
    expect(desk.page.get_by_text("Undone: every field that this file had changed")).to_be_visible()
    desk.page.get_by_role("link", name="Timeline").click()
    expect(desk.page.get_by_text("undid the file")).to_be_visible()
    desk.looks_good()
