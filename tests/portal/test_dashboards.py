"""Figures of trading over time: the dashboard of History, and what Home shows of today."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backoffice.services import BackApi
from portal.trading_totals import change
from tests.commissions.conftest import accounts, api
from tests.money import bank
from tests.portal.desk_people import EVERYTHING, signed_in
from tests.portal.posted import HTMX, page_of
from tests.portal.test_orders_page import text_of
from tests.trading.test_database import fill, order

__all__ = ["accounts", "api"]
NOW = datetime.now(UTC)
SHOWN = "/history/dashboard/"


@pytest.fixture
def traded(api: BackApi, accounts: dict[str, str]) -> dict[str, str]:
    """anna trades today and forty days ago, boris today; each fill is worth 0.5 x 60,000 eur x 1.25, and costs 3.75 usd."""
    for number, (name, days, market) in enumerate((("anna", 0, "spot.btc_eur"), ("boris", 0, "cfd.xau_usd"), ("anna", 40, "spot.btc_eur")), start=1):
        of = order(accounts[name], number, market, user_id=name, created_at=NOW - timedelta(days=days))
        fill(of, at=NOW - timedelta(days=days), markup_in_rat=Decimal(2)).save(force_insert=True)
    return accounts


@pytest.fixture
def clerk(traded: dict[str, str]) -> Client:
    return signed_in(*EVERYTHING)


def test_the_figures_are_those_of_the_period(clerk: Client) -> None:
    page = text_of(page_of(clerk, f"{SHOWN}?period=last 7 days"))
    assert "Volume 75,000.00" in page
    assert "Commission 7.50" in page
    assert "Markup 4.00" in page
    assert "Revenue 11.50" in page
    assert "Trades 2 " in page


def test_a_longer_period_has_more_and_is_compared_with_the_time_before(clerk: Client) -> None:
    assert "Trades 3 " in text_of(page_of(clerk, f"{SHOWN}?period=last 90 days"))
    # Forty days ago lies in the thirty days before the last thirty.
    assert "+100.0 % vs. before" in text_of(page_of(clerk, f"{SHOWN}?period=last 30 days"))


def test_days_may_be_told_instead_of_words(clerk: Client) -> None:
    day = f"{NOW - timedelta(days=40):%Y-%m-%d}"
    assert "Trades 1 " in text_of(page_of(clerk, f"{SHOWN}?from={day}&to={day}"))


def test_one_type_of_markets_can_be_looked_at_alone(clerk: Client) -> None:
    page = text_of(page_of(clerk, f"{SHOWN}?type=Spot"))
    assert "Trades 1 " in page
    assert "XAU/USD" not in page


def test_top_lists_lead_to_the_market_and_the_client(clerk: Client) -> None:
    page = page_of(clerk, SHOWN)
    assert 'href="/markets/spot.btc_eur/"' in page
    assert 'href="/clients/anna/"' in page
    assert "Volume, usd" in page
    assert "Commission, usd" in page_of(clerk, f"{SHOWN}?by=Commission")


def test_money_in_and_out_is_drawn(clerk: Client, traded: dict[str, str]) -> None:
    bank.deposit(traded["anna"], "1250.5")
    page = page_of(clerk, SHOWN)
    assert "Money in and out" in page
    assert "1,250.50" in page


def test_every_chart_has_its_figures_as_a_table(clerk: Client) -> None:
    page = page_of(clerk, f"{SHOWN}?period=last 7 days")
    assert page.count('data-chart="') == 3
    for name in ("volume", "revenue", "commissions"):
        assert f'data-chart="{name}" data-steps="7"' in page
        assert f'<table class="grid" id="{name}">' in page


@pytest.mark.parametrize("query", ["period=whenever", "from=2026-13-01&to=x", "type=Bond", "by=Luck", "period=%00", "from=2026-01-01"])
def test_an_address_that_means_nothing_shows_the_usual_period(query: str, clerk: Client) -> None:
    assert 'aria-current="true">Last 30 days' in page_of(clerk, f"{SHOWN}?{query}")


@pytest.mark.parametrize("query", ["from=2026-02-02&to=2026-02-01", "from=1999-01-01&to=2026-01-01"])
def test_days_that_are_no_period_are_refused_in_the_page(query: str, clerk: Client) -> None:
    answer = clerk.get(f"{SHOWN}?{query}")
    assert answer.status_code == 400
    assert "This is no period." in answer.content.decode()


def test_nothing_traded_says_so(clerk: Client) -> None:
    page = page_of(clerk, f"{SHOWN}?from=2020-01-01&to=2020-01-03")
    assert "Nothing was traded in this period" in page
    assert "None traded in this period." in page


def test_a_fragment_is_the_region_alone(clerk: Client) -> None:
    assert clerk.get(SHOWN, headers=HTMX).content.decode().startswith('<section class="region')


def test_markups_are_for_those_who_may_see_them(traded: dict[str, str]) -> None:
    page = text_of(page_of(signed_in("view-commissions", name="Carl Commissions"), f"{SHOWN}?by=Markup").split("<main")[1].split("</main>")[0])
    assert "Commission 7.50" in page
    assert "Markup" not in page
    assert "Revenue 11.50" not in page
    assert "Money in and out" not in page


def test_whoever_sees_transfers_sees_money_only(traded: dict[str, str]) -> None:
    page = text_of(page_of(signed_in("view-transfers", name="Tina Transfers"), SHOWN))
    assert "Money in and out" in page
    assert "Commission" not in page


def test_a_stranger_is_refused_and_sees_nothing_at_home(traded: dict[str, str]) -> None:
    stranger = signed_in("view-orders", name="Sam Stranger")
    assert stranger.get(SHOWN).status_code == 403
    assert "Trading today" not in page_of(stranger, "/")


def test_the_section_begins_with_the_dashboard(clerk: Client) -> None:
    assert clerk.get("/history/")["Location"] == SHOWN


def test_home_shows_today_beside_yesterday(clerk: Client) -> None:
    page = text_of(page_of(clerk, "/"))
    assert "Trading today" in page
    assert "Volume 75,000.00 yesterday 0.00" in page
    assert "Trades 2 yesterday 0" in page
    assert "Volume of the last 14 days" in page


def test_the_pages_ask_the_database_as_often_for_any_period(clerk: Client) -> None:
    for address, most in (("/history/dashboard/?period={}", 16), ("/?{}", 60)):
        counted = []
        for period in ("today", "last 12 months"):
            with CaptureQueriesContext(connection) as asked:
                page_of(clerk, address.format(period))
            counted.append(len(asked))
        assert counted[0] == counted[1] <= most


@pytest.mark.parametrize(("now", "before", "said"), [(3, 2, "+50.0 %"), (0, 4, "-100.0 %"), (1, 0, ""), (None, 1, ""), (10_000, 1, "over 1,000 %")])
def test_changes_in_percent(now: int | None, before: int, said: str) -> None:
    assert change(now, before) == said
