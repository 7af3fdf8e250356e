"""A change of commissions as a dealer makes it: put in order, explained, drafted, its impact looked at, applied, undone."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from ulid import ULID

from backoffice.services import back_api
from backoffice.trading.models import Execution, Order
from tests.journeys.conftest import Desk, Worker
from tests.portal.commission_desk import open_desk, outline
from tests.portal.desk_people import EVERYTHING, OWNER, PASSWORD, make_operator


@pytest.mark.journey
@pytest.mark.xdist_group("journeys")
def test_rules_are_put_in_order_and_a_draft_is_weighed_applied_and_undone(desk: Desk, worker: Worker) -> None:
    account = open_desk()
    for day in (1, 2, 3):
        _traded(account, days_ago=day)
    _sign_in(desk, make_operator(*EVERYTHING, name="Dora Dealer"))
    _ordered(desk)
    _explained(desk, account)
    _drafted(desk)
    _weighed(desk)
    _applied(desk)
    _undone(desk)


def _traded(account: str, *, days_ago: int) -> None:
    """One order of 10 ounces at 2,000 dollars, filled at once; today's rule for gold takes 0.05 % of it."""
    at = timezone.now() - timedelta(days=days_ago)
    user = back_api().accounts.by_id(OWNER, account).value.user_id
    market = back_api().markets.get(OWNER, "cfd.xau_usd").value
    same = {"account_id": account, "user_id": user, "market_id": market.market_id, "side": "Buy", "commission_asset_id": "usd", "rule_id": "as-then"}
    charged = {"commission": Decimal(10), "commission_in_rat": Decimal(10)}
    order = Order.objects.create(
        id=str(ULID.from_datetime(at)),
        order_type="Market",
        time_in_force="Ioc",
        status="Completed",
        source="Manual",
        requested_amount=10,
        filled_amount=10,
        avg_price=2000,
        created_at=at,
        updated_at=at,
        **same,
        **charged,
    )
    Execution.objects.create(
        id=str(ULID.from_datetime(at)),
        order=order,
        seq=1,
        market_type="Cfd",
        base_amount=10,
        lots=Decimal(10) / (market.lot_size or 1),
        price=2000,
        quote_asset_id="usd",
        rate_to_root=1,
        at=at,
        **same,
        **charged,
    )


def _sign_in(desk: Desk, username: str) -> None:
    desk.open("/commissions/profiles/")
    desk.page.get_by_label("User name").fill(username)
    desk.page.get_by_label("Password").fill(PASSWORD)
    desk.page.get_by_role("button", name="Sign in").click()
    expect(desk.page.get_by_role("heading", name="Commission profiles")).to_be_visible()
    desk.looks_good()


def _ordered(desk: Desk) -> None:
    """By keyboard first, back by dragging: the focus stays, and what happened is read aloud."""
    page = desk.page
    page.get_by_role("link", name="VIP").click()
    desk.looks_good()
    gold = page.get_by_role("link", name="XAU/USD", exact=True)
    gold.focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#said")).to_have_text("XAU/USD is now number 2 of 2.")
    expect(gold).to_be_focused()
    rows = page.locator("tr[data-rank]")
    rows.nth(1).drag_to(rows.nth(0), target_position={"x": 200, "y": 3})
    expect(page.locator("#said")).to_have_text("XAU/USD is now number 1 of 2.")
    expect(page.get_by_role("button", name="Save now")).to_have_count(0)
    page.get_by_role("button", name="Move Metals up").click()
    expect(page.get_by_role("button", name="Save now")).to_be_visible()
    desk.looks_good()
    page.get_by_role("button", name="Save now").click()
    expect(page.get_by_text("The order is saved.")).to_be_visible()
    assert outline() == ["metals", "cfd.xau_usd", "default"]
    page.get_by_role("link", name="Coverage").click()
    expect(page.get_by_text("Never wins")).to_be_visible()
    desk.looks_good()


def _explained(desk: Desk, account: str) -> None:
    page = desk.page
    desk.open(f"/accounts/{account}/")
    page.get_by_role("link", name="What would it pay?").last.click()
    page.get_by_label("Market").fill("xau")
    expect(page.locator("#f-market-found option")).to_have_count(1)
    page.get_by_label("Market").fill("cfd.xau_usd")
    page.get_by_label("How much").fill("10")
    page.get_by_label("Price").fill("2000")
    page.get_by_role("button", name="Explain").click()
    expect(page.get_by_text("10.00 usd")).to_be_visible()
    expect(page.get_by_text("Names the group metals, which the market is in")).to_be_visible()
    desk.looks_good()
    page.reload()
    expect(page.get_by_text("10.00 usd")).to_be_visible()


def _drafted(desk: Desk) -> None:
    page = desk.page
    page.get_by_role("link", name="1 of 3").click()
    page.get_by_label("Percent or amount").fill("0.2")
    desk.looks_good()
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.get_by_text("Nothing has changed yet.").first).to_be_visible()
    desk.looks_good()


def _weighed(desk: Desk) -> None:
    """The worker charges the three orders by both: 30 dollars become 120."""
    page = desk.page
    page.get_by_role("link", name="Impact", exact=True).click()
    page.get_by_role("button", name="7 days").click()
    expect(page.get_by_text("By the rules after")).to_be_visible()
    expect(page.locator(".kpis")).to_contain_text("30.00")
    expect(page.locator(".kpis")).to_contain_text("120.00")
    expect(page.locator(".kpis")).to_contain_text("+90.00")
    expect(page.locator(".chart svg")).to_have_count(2)
    desk.looks_good()


def _applied(desk: Desk) -> None:
    page = desk.page
    page.get_by_role("link", name="Apply now").click()
    expect(page.get_by_role("dialog")).to_contain_text("It can be undone")
    page.get_by_role("dialog").get_by_role("button", name="Apply now").click()
    expect(page.get_by_text("Applied: the rules are as the draft says.")).to_be_visible()
    assert _gold() == "0.2"


def _undone(desk: Desk) -> None:
    page = desk.page
    page.get_by_role("link", name="Undo").click()
    page.get_by_role("dialog").get_by_role("button", name="Undo it").click()
    expect(page.get_by_text("Undone: what it changed is as it was before.")).to_be_visible()
    desk.looks_good()
    assert _gold() == "0.05"


def _gold() -> str:
    return str(back_api().commission_rules.find(OWNER, "vip").value[0].fee_settings.cfd.size)
