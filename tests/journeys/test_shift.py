"""A shift at the inbox without a mouse: ten things of several kinds are cleared one after another, while new ones come in and nothing jumps."""

from typing import Any

import pytest
from playwright.sync_api import expect

from backoffice.services import back_api
from tests.inbox import things
from tests.journeys.conftest import Desk
from tests.money import bank
from tests.portal.desk_people import EVERYTHING, OWNER, PASSWORD, make_operator

CURSOR = "#inbox-rows > li[data-cursor]"
# What the page looks like to somebody who works at it: where the focus is, and at which height it stands.
WHERE = """() => {
    const row = document.activeElement.closest('#inbox-rows > li');
    return row && [row.dataset.key, document.activeElement.className, Math.round(row.getBoundingClientRect().top)];
}"""
REMEMBER = "() => { window.kept = document.activeElement; }"
IS_THE_SAME = "() => window.kept === document.activeElement"


@pytest.mark.journey
@pytest.mark.xdist_group("journeys")
def test_ten_things_are_cleared_by_keyboard_alone(desk: Desk, transactional_db: None) -> None:
    waiting = _ten_things()
    _sign_in(desk)
    page = desk.page
    expect(page.locator("#inbox-rows > li")).to_have_count(10)
    desk.looks_good()
    page.keyboard.press("j")
    expect(page.locator(CURSOR)).to_have_count(1)
    _claimed_and_given_back(desk)
    _something_new_comes_in(desk)
    kinds = []
    for left in range(11, 0, -1):
        key = page.locator(CURSOR).get_attribute("data-key") or ""
        kinds.append(key.split(":")[0])
        _cleared(desk, key)
        expect(page.locator("#inbox-rows > li")).to_have_count(left - 1)
        if left > 1:
            expect(page.locator(f"{CURSOR} a.open")).to_be_focused()
    assert len(set(kinds)) >= 5
    expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    assert {back_api().transfers.get(OWNER, one).status for one in waiting} == {"Completed"}
    desk.looks_good()


def _ten_things() -> list[str]:
    bank.open_bank()
    account = bank.open_account("anna")
    bank.deposit(account, "1000")
    made = [bank.withdraw(account, str(amount)).transfer_id for amount in (10, 20, 30)]
    things.dead_callback("one.example.com")
    things.dead_callback("two.example.com")
    things.paused_host("three.example.com")
    things.file(created=0, updated=0, name="first.csv")
    things.file("Failed", created=0, updated=0, name="second.csv", stage_reason="No header")
    things.failed_report("Daily")
    things.change_set("Summer")
    return made


def _sign_in(desk: Desk) -> None:
    desk.open("/")
    desk.page.get_by_label("User name").focus()
    desk.page.keyboard.type(make_operator(*EVERYTHING, name="Sue Shift"))
    desk.page.keyboard.press("Tab")
    desk.page.keyboard.type(PASSWORD)
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_role("heading", name="What needs you")).to_be_visible()


def _claimed_and_given_back(desk: Desk) -> None:
    mine = desk.page.locator(CURSOR).get_by_text("You", exact=True)
    desk.page.keyboard.press("c")
    expect(mine).to_be_visible()
    desk.page.keyboard.press("c")
    expect(mine).to_have_count(0)


def _something_new_comes_in(desk: Desk) -> None:
    """Above all others, since it is the latest: neither the focus nor what stands under the eye moves."""
    page = desk.page
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.evaluate("() => scrollBy(0, 60)")
    before, scroll = page.evaluate(WHERE), page.evaluate("() => scrollY")
    page.evaluate(REMEMBER)
    things.dead_callback("new.example.com", minutes=9_000)
    expect(page.locator("#inbox-rows > li").first).to_contain_text("new.example.com", timeout=10_000)
    after: Any = page.evaluate(WHERE)
    assert page.evaluate(IS_THE_SAME)
    assert after[:2] == before[:2]
    if scroll:
        assert abs(after[2] - before[2]) <= 2
    page.evaluate("() => scrollTo(0, 0)")


def _cleared(desk: Desk, key: str) -> None:
    page, kind = desk.page, key.split(":")[0]
    if kind == "ChangeSet":
        page.keyboard.press("s")
        expect(page.get_by_label("Why", exact=True)).to_be_focused()
        page.keyboard.type("After the summer")
        page.keyboard.press("Enter")
    else:
        page.keyboard.press("a")
        if kind != "ReportFailed":
            expect(page.locator("#ask button.btn:not([data-close])")).to_be_focused()
            page.keyboard.press("Enter")
    expect(page.locator(f'#inbox-rows > li[data-key="{key}"]')).to_have_count(0)
    page.wait_for_load_state("domcontentloaded")
