"""Liquidity sessions in the portal: by provider, with their state; edited, merged, deleted unless markets need them."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backoffice.contracts.liquidity import LiquiditySessionChange, NewLiquiditySession
from backoffice.services import back_api
from tests.portal.desk_people import OWNER, make_market
from tests.portal.posted import form_of, page_of

QUOTES = {"name": "LP quotes", "liquidityProviderId": "lp", "kind": "MarketData", "status": "Connected", "id": ""}


def test_a_session_is_created(clerk: Client) -> None:
    answer = clerk.post("/liquidity/new/", QUOTES)
    assert answer.headers["Location"] == "/liquidity/lp-quotes/"
    assert back_api().liquidity_sessions.get(OWNER, "lp-quotes").value.kind == "MarketData"


def test_what_is_wrong_stands_next_to_its_input(clerk: Client) -> None:
    refused = clerk.post("/liquidity/new/", QUOTES | {"name": "LP orders", "liquidityProviderId": ""})
    assert refused.status_code == 400
    assert "This is needed." in refused.content.decode()
    taken = clerk.post("/liquidity/new/", QUOTES | {"name": "LP orders"})
    assert "LP orders is taken" in taken.content.decode()


def test_the_list_stands_by_provider_and_filters_by_status(clerk: Client) -> None:
    for provider in ("zeta", "alpha"):
        draft = NewLiquiditySession(kind="Trading", name=f"{provider} orders", status="Disabled", liquidity_provider_id=provider)
        back_api().liquidity_sessions.create(OWNER, draft)
    page = page_of(clerk, "/liquidity/")
    assert page.index("alpha orders") < page.index("LP orders") < page.index("zeta orders")
    assert '<span class="pill ok">Connected</span>' in page
    assert "LP orders" not in page_of(clerk, "/liquidity/?status=Disabled")


def test_the_status_is_changed_and_a_lost_race_is_merged(clerk: Client) -> None:
    sent = form_of(page_of(clerk, "/liquidity/lp-orders/edit/")) | {"status": "Disabled"}
    back_api().liquidity_sessions.update(OWNER, "lp-orders", LiquiditySessionChange(name="LP one", status="Connected", liquidity_provider_id="lp"))
    lost = clerk.post("/liquidity/lp-orders/edit/", sent)
    assert lost.status_code == 412
    merged = form_of(lost.content.decode(), '<form method="post" action="/liquidity/lp-orders/edit/"')
    assert clerk.post("/liquidity/lp-orders/edit/", merged).status_code == 303
    session = back_api().liquidity_sessions.get(OWNER, "lp-orders").value
    assert (session.name, session.status) == ("LP one", "Disabled")


def test_a_broken_session_that_markets_use_is_pointed_out(clerk: Client) -> None:
    make_market(trading_session_ids=["lp-orders"])
    back_api().liquidity_sessions.update(
        OWNER, "lp-orders", LiquiditySessionChange(name="LP orders", status="Disconnected", liquidity_provider_id="lp")
    )
    page = page_of(clerk, "/liquidity/lp-orders/")
    assert "and it is disconnected" in page
    assert "/markets/?trading=LP+orders" in page


def test_a_session_in_use_is_not_deleted_and_a_free_one_is(clerk: Client) -> None:
    make_market(trading_session_ids=["lp-orders"])
    refused = clerk.post("/liquidity/lp-orders/delete/", {"version": "1"})
    assert refused.status_code == 400
    assert 'href="/markets/cfd.xau_usd/"' in refused.content.decode()
    clerk.post("/liquidity/new/", QUOTES)
    assert clerk.post("/liquidity/lp-quotes/delete/", {"version": "1"}).headers["Location"] == "/liquidity/"
    assert clerk.get("/liquidity/lp-quotes/").status_code == 404


def test_who_may_only_look_sees_what_is_missing(viewer: Client) -> None:
    assert "This needs the operation manage-markets" in page_of(viewer, "/liquidity/lp-orders/")
    assert viewer.post("/liquidity/lp-orders/edit/", {"name": "X"}).status_code == 403


def test_a_stranger_sees_nothing(stranger: Client) -> None:
    assert stranger.get("/liquidity/").status_code == 403


def test_the_list_asks_the_database_as_often_for_many_as_for_few(clerk: Client) -> None:
    clerk.get("/liquidity/")
    with CaptureQueriesContext(connection) as few:
        clerk.get("/liquidity/")
    for number in range(49):
        draft = NewLiquiditySession(kind="Trading", name=f"Session {number}", liquidity_provider_id=f"lp{number}")
        back_api().liquidity_sessions.create(OWNER, draft)
    with CaptureQueriesContext(connection) as many:
        clerk.get("/liquidity/")
    assert len(many) == len(few)
