"""Lists: filters, sort, pages, columns and saved views, all of it in the URL."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.portal.desk_people import VIEWER, make_market, make_markets, signed_in

HTMX = {"HX-Request": "true", "HX-Target": "region"}


def rows_of(client: Client, query: str = "") -> list[str]:
    """Ids of the rows a page shows, in order."""
    answer = client.get(f"/markets/{query}")
    assert answer.status_code == 200
    return re.findall(r'<tr data-href="/markets/([^/]+)/">', answer.content.decode())


def test_a_list_shows_its_rows_and_says_how_many(clerk: Client) -> None:
    make_market()
    make_market("eur")
    page = clerk.get("/markets/").content.decode()
    assert rows_of(clerk) == ["cfd.eur_usd", "cfd.xau_usd"]
    assert "1–2 of <b>2</b>" in page


def test_an_empty_list_says_what_to_do_next(clerk: Client, viewer: Client) -> None:
    assert 'href="/markets/new/"' in clerk.get("/markets/").content.decode()
    refused = viewer.get("/markets/").content.decode()
    assert 'href="/markets/new/"' not in refused
    assert "This needs the operation manage-markets" in refused


def test_filters_narrow_and_show_as_chips_that_can_be_removed(clerk: Client) -> None:
    make_market()
    make_market("eur", subtype="Fx")
    assert rows_of(clerk, "?subtype=Fx") == ["cfd.eur_usd"]
    assert rows_of(clerk, "?subtype=Fx&subtype=Metals") == ["cfd.eur_usd", "cfd.xau_usd"]
    assert rows_of(clerk, "?subtype=Fx&group=metals&base=eur&q=EUR") == ["cfd.eur_usd"]
    page = clerk.get("/markets/?subtype=Fx&q=eur").content.decode()
    assert 'aria-label="Remove the filter Subtype"' in page
    assert 'href="/markets/?q=eur"' in page


def test_a_filter_that_matches_nothing_offers_to_clear_it(clerk: Client) -> None:
    make_market()
    page = clerk.get("/markets/?q=nothing-like-it").content.decode()
    assert "No markets match" in page
    assert "Clear all filters" in page


@pytest.mark.parametrize("query", ["?status=Sleeping", "?sort=Nonsense", "?column=nope", "?density=huge", "?first=x", "?unknown=1", "?view=gone"])
def test_what_the_url_says_and_the_list_does_not_know_is_dropped(clerk: Client, query: str) -> None:
    make_market()
    assert rows_of(clerk, query) == ["cfd.xau_usd"]


def test_a_cursor_that_is_none_of_ours_is_refused(clerk: Client) -> None:
    assert clerk.get("/markets/?after=nonsense").status_code == 400


def test_sort_turns_around_and_is_told_to_screen_readers(clerk: Client) -> None:
    make_market()
    make_market("eur")
    assert rows_of(clerk, "?sort=-DisplayName") == ["cfd.xau_usd", "cfd.eur_usd"]
    page = clerk.get("/markets/?sort=-DisplayName").content.decode()
    assert 'aria-sort="descending"' in page
    assert 'id="sort-display_name" href="/markets/?sort=DisplayName"' in page


def test_pages_follow_each_other_without_gaps_or_repeats(clerk: Client) -> None:
    make_markets(120)
    seen: list[str] = []
    query = ""
    while True:
        page = clerk.get(f"/markets/{query}").content.decode()
        seen += re.findall(r'<tr data-href="/markets/([^/]+)/">', page)
        following = re.search(r'id="next-page" href="/markets/(\?[^"]+)"', page)
        if not following:
            break
        query = following[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 120
    assert seen == sorted(seen)
    assert "101–120 of <b>120</b>" in page
    assert 'id="first-page"' in page


def test_columns_are_chosen_by_the_url(clerk: Client) -> None:
    make_market(tick_size=Decimal("0.01"))
    page = clerk.get("/markets/?column=market_id&column=tick_size").content.decode()
    heads = re.findall(r"<th scope=\"col\"[^>]*>(?:<a [^>]*>)?([A-Z][a-z ]+)", page)
    assert heads == ["Id", "Tick size"]
    assert '<td class="num" data-label="Tick size">0.01</td>' in page


def test_htmx_gets_the_region_alone_and_everybody_else_the_page(clerk: Client) -> None:
    fragment = clerk.get("/markets/", headers=HTMX).content.decode()
    assert fragment.lstrip().startswith('<section class="region"')
    assert "<html" not in fragment
    assert "<html" in clerk.get("/markets/", headers={**HTMX, "HX-History-Restore-Request": "true"}).content.decode()


def test_a_saved_view_keeps_the_query_and_opens_by_default(clerk: Client) -> None:
    make_market()
    make_market("eur")
    body = {"section": "markets", "name": "Euro", "query": "base=eur&sort=-MarketId&after=x", "next": "/markets/", "is_default": "true"}
    answer = clerk.post("/views/", body)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/markets/?base=eur&sort=-MarketId")
    opened = clerk.get("/markets/")
    assert opened.status_code == 303
    assert rows_of(clerk, "?" + opened.headers["Location"].partition("?")[2]) == ["cfd.eur_usd"]
    assert rows_of(clerk, "?view=all") == ["cfd.eur_usd", "cfd.xau_usd"]


def test_a_view_can_be_removed_by_its_owner_only(clerk: Client) -> None:
    location = clerk.post("/views/", {"section": "markets", "name": "Mine", "query": "base=eur", "next": "/markets/"}).headers["Location"]
    view_id = location.rpartition("view=")[2]
    other = signed_in(*VIEWER)
    assert other.post(f"/views/{view_id}/delete/").status_code == 404
    assert clerk.post(f"/views/{view_id}/delete/", {"next": "/markets/?view=all"}).status_code == 303
    assert "Mine" not in clerk.get("/markets/?view=all").content.decode().split('<nav class="scroll"')[1].split("</nav>")[0]


def test_the_number_of_queries_does_not_grow_with_the_rows(clerk: Client) -> None:
    make_markets(50)
    clerk.get("/markets/")
    with CaptureQueriesContext(connection) as few:
        assert len(rows_of(clerk, "?base=a000&base=a001&base=a002")) == 3
    with CaptureQueriesContext(connection) as many:
        assert len(rows_of(clerk)) == 50
    assert len(few) == len(many)


def test_news_is_told_once_something_changed_and_silence_costs_nothing(clerk: Client, viewer: Client) -> None:
    make_market()
    page = viewer.get("/markets/").content.decode()
    address = re.search(r'hx-get="(/live/\?since=\d+&amp;type=market)"', page)[1].replace("&amp;", "&")  # type: ignore[index]
    assert viewer.get(address, headers=HTMX).status_code == 204
    make_market("eur")
    answer = viewer.get(address, headers={**HTMX, "HX-Current-URL": "http://testserver/markets/?q=a"})
    assert "1 market changed" in answer.content.decode()
    assert 'href="/markets/?q=a"' in answer.content.decode()
