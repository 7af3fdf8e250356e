"""The palette: objects of every kind by rights, and acts on them by a verb."""

from datetime import time
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.http import urlencode

from backoffice.contracts.accounts import NewAccountGroup
from backoffice.contracts.calendars import NewCalendar, TimeInterval, TradingSession
from backoffice.contracts.desk import NewApiClient
from backoffice.services import back_api, desk
from tests.money import bank
from tests.portal.desk_people import EVERYTHING, OWNER, VIEWER, make_market, signed_in
from tests.portal.posted import HTMX, page_of

MOST_QUERIES = 40
LOTS = dict.fromkeys(("lot_size", "max_lot_amount", "max_leverage"), 1) | dict.fromkeys(("min_lot_amount", "lot_step", "tick_size"), Decimal(1))


@pytest.fixture
def clerk(db: None) -> Client:
    bank.open_bank()
    week = [TradingSession(day_of_week="Monday", time_intervals=[TimeInterval(start=time(8), end=time(17))])]
    back_api().calendars.create(OWNER, NewCalendar(calendar_id="london", name="London", time_zone_id="Europe/London", trading_sessions=week))
    make_market("xau", "usd", calendar_id=None, market_group_id=None)
    return signed_in(*EVERYTHING)


def hits(client: Client, text: str) -> str:
    return page_of(client, f"/palette/?{urlencode({'q': text})}", **HTMX)


def test_it_finds_people_programs_roles_and_sessions_by_rights(clerk: Client) -> None:
    desk().api_clients.create(OWNER, NewApiClient(name="Zebra gateway"))
    assert "API client" in hits(clerk, "zebra")
    assert "Operator ·" in hits(clerk, "ana clerk")
    looker = signed_in(*VIEWER, name="Vera Viewer")
    assert "Zebra" not in hits(looker, "zebra")
    assert "Operator ·" not in hits(looker, "ana clerk")


def test_a_pair_is_found_without_its_stroke(clerk: Client) -> None:
    assert "cfd.xau_usd" in hits(clerk, "xauusd")


def test_a_verb_offers_only_what_the_state_and_the_rights_allow(clerk: Client) -> None:
    from_open = make_market("btc", "usd", status="Open", market_group_id=None, **LOTS)
    found = hits(clerk, "halt btcusd")
    assert f'href="/markets/{from_open}/status/Halted/"' in found
    assert "/status/" not in hits(clerk, "resume btcusd")
    assert "/status/" not in hits(signed_in(*VIEWER), "halt btcusd")


def test_money_is_moved_and_decided_from_there(clerk: Client) -> None:
    account = bank.open_account("anna")
    bank.deposit(account, "100", key="a-1")
    waiting = bank.withdraw(account, "20", key="a-2")
    assert f'href="/transfers/deposit/?account={account}"' in hits(clerk, "deposit anna")
    assert f'href="/transfers/{waiting.transfer_id}/confirm/"' in hits(clerk, "confirm")
    assert f'href="/transfers/{waiting.transfer_id}/cancel/"' in hits(clerk, "cancel anna@")
    assert "/confirm/" not in hits(signed_in("view-transfers", "view-common"), "confirm")


def test_one_request_asks_a_bounded_number_of_times(clerk: Client) -> None:
    for number in range(12):
        back_api().account_groups.create(OWNER, NewAccountGroup(account_group_id=f"usd-{number}", name=f"USD {number}"))
    hits(clerk, "usd")
    with CaptureQueriesContext(connection) as asked:
        hits(clerk, "usd")
    assert len(asked) <= MOST_QUERIES
