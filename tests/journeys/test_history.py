"""A question about trading: found by keyboard and filters, kept as a view, taken along as a file, followed to an order."""

import csv
import re

import pytest
from playwright.sync_api import expect

from tests.history.trading import fill, open_desk
from tests.journeys.conftest import Desk
from tests.portal.desk_people import EVERYTHING, PASSWORD, make_operator


@pytest.mark.journey
@pytest.mark.xdist_group("journeys")
def test_orders_are_narrowed_kept_as_a_view_and_taken_along(desk: Desk) -> None:
    fill(open_desk(), seed=4, orders=80)
    username = make_operator(*EVERYTHING, name="Dora Dealer")
    page = desk.page
    desk.open("/history/orders/")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Orders", exact=True)).to_be_visible()
    expect(page.get_by_text("1–50 of 80")).to_be_visible()
    desk.looks_good()
    _narrow(desk)
    _keep(desk)
    _take_along(desk)
    _follow(desk)
    assert not desk.complaints


def _narrow(desk: Desk) -> None:
    """The filters by the keyboard, a period at one click, an amount by a form."""
    page = desk.page
    page.locator("body").press("f")
    expect(page.locator(".add details.inner > summary").first).to_be_focused()
    page.locator(".add details.inner > summary", has_text="Side").click()
    page.locator(".add").get_by_label("Buy").check()
    page.locator(".add details[open]").get_by_role("button", name="Apply").click()
    expect(page.locator("#chip-side")).to_have_text(re.compile("Side.*is.*Buy"))
    page.locator("#add-filter").click()
    page.locator(".add details.inner > summary", has_text="Created").click()
    desk.looks_good()
    page.locator(".add").get_by_role("link", name="This year").click()
    expect(page.locator("#chip-created")).to_have_text(re.compile("Created.*in.*This year"))
    page.locator("#add-filter").click()
    page.locator(".add").get_by_text("Amount", exact=True).first.click()
    expect(page.get_by_label("At least").and_(page.locator("[name=amount_from]"))).to_be_focused()
    page.keyboard.type("1.2")
    page.keyboard.press("Enter")
    expect(page.locator("#chip-amount")).to_have_text(re.compile("Amount.*at least.*1.2"))
    assert {"created=this%20year", "amount_from=1.2", "side=Buy"} <= set(page.url.partition("?")[2].split("&"))


def _keep(desk: Desk) -> None:
    page = desk.page
    page.locator("#save-view").click()
    page.get_by_label("Name of the view").fill("Large buys")
    page.get_by_label("Open the list with it").check()
    page.get_by_role("button", name="Save", exact=True).click()
    desk.open("/history/orders/")
    expect(page.get_by_role("link", name="Large buys")).to_have_attribute("aria-current", "true")
    expect(page.locator("#chip-amount")).to_be_visible()


def _take_along(desk: Desk) -> None:
    """As many rows as the list says, in its columns."""
    page = desk.page
    shown = page.locator("tbody tr").count()
    page.locator("#export").click()
    with page.expect_download() as started:
        page.get_by_role("link", name="CSV").click()
    assert re.fullmatch(r"orders-[0-9]{8}-[0-9]{6}\.csv", started.value.suggested_filename)
    with started.value.path().open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert 0 < len(lines) == shown
    assert {line["Side"] for line in lines} == {"Buy"}


def _follow(desk: Desk) -> None:
    page = desk.page
    page.keyboard.press("Escape")
    page.locator("body").press("j")
    first = page.locator("tbody tr a.open").first
    expect(first).to_be_focused()
    address = first.get_attribute("href") or ""
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(re.escape(address)))
