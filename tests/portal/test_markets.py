"""Markets in the portal: forms, refusals next to inputs, bulk changes, status, timeline, palette."""

import re
from decimal import Decimal

import pytest
from django.test import Client

from backoffice.contracts.markets import MarketPatch
from backoffice.services import back_api
from tests.portal.desk_people import OWNER, make_market

LOT_FIELDS = ("lot_size", "min_lot_amount", "max_lot_amount", "lot_step", "tick_size", "max_leverage")
LOTS = {name: Decimal(1) if name in ("min_lot_amount", "lot_step", "tick_size") else 1 for name in LOT_FIELDS}
HTMX = {"HX-Request": "true"}
DRAFT = {
    "baseAssetId": "xau",
    "quoteAssetId": "usd",
    "displayName": "XAU/USD",
    "priceScale": "2",
    "status": "Disabled",
    "calendarId": "london",
    "subtype": "Metals",
}


def form_of(client: Client, path: str) -> dict[str, object]:
    """What a browser would post when nothing was touched."""
    page = client.get(path).content.decode()
    form = page[page.index('<form class="form"') :]
    sent: dict[str, object] = {}
    for tag in re.findall(r"<input [^>]+>", form):
        found = dict(re.findall(r'(\w[\w-]*)="([^"]*)"', tag))
        if found.get("type") != "checkbox" or " checked" in tag:
            sent[found["name"]] = found.get("value", "")
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        sent[name] = chosen[1] if chosen else ""
    return {name: value for name, value in sent.items() if name != "csrfmiddlewaretoken"}


def test_a_market_is_created_and_shown(clerk: Client) -> None:
    answer = clerk.post("/markets/new/?type=Cfd", {**DRAFT, "swapType": "Points", "swapLongSize": "1.5", "swapShortSize": "-0.5", "lotSize": "100"})
    assert answer.headers["Location"] == "/markets/cfd.xau_usd/"
    page = clerk.get("/markets/cfd.xau_usd/").content.decode()
    assert "XAU/USD is created." in page
    market = back_api().markets.get(OWNER, "cfd.xau_usd").value
    assert market.swap_settings
    assert str(market.swap_settings.long_position_settings.swap_size) == "1.5"  # type: ignore[union-attr]


def test_the_type_decides_which_fields_there_are(clerk: Client) -> None:
    spot, cfd = (clerk.get(f"/markets/new/?type={kind}").content.decode() for kind in ("Spot", "Cfd"))
    assert 'name="amountScale"' in spot
    assert 'name="lotSize"' not in spot
    assert 'name="swapType"' in cfd
    assert clerk.get("/markets/new/?type=Bond").status_code == 404


def test_what_is_wrong_stands_next_to_its_input_and_nothing_typed_is_lost(clerk: Client) -> None:
    answer = clerk.post("/markets/new/?type=Cfd", {**DRAFT, "displayName": "Gold!", "priceScale": "two", "fullName": "Gold of London"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert re.search(r'id="f-priceScale"[^>]*aria-invalid="true"', page)
    assert "Write a whole number." in page
    assert 'value="Gold of London"' in page
    again = clerk.post("/markets/new/?type=Cfd", {**DRAFT, "displayName": "Gold!"}).content.decode()
    assert re.search(r'id="f-displayName"[^>]*aria-invalid="true"', again)


@pytest.mark.parametrize("number", ["1e-8", "NaN", "Infinity", "1,000", "0x10", "٣", " 1 2", "9" * 70])
def test_numbers_are_plain(clerk: Client, number: str) -> None:
    answer = clerk.post("/markets/new/?type=Cfd", {**DRAFT, "minQuoteAmount": number})
    assert answer.status_code == 400
    assert 'id="f-minQuoteAmount-error-1"' in answer.content.decode()


def test_a_form_saved_untouched_changes_nothing(clerk: Client) -> None:
    market_id = make_market(trading_session_ids=["lp-orders"], full_name="Gold")
    before = back_api().markets.get(OWNER, market_id)
    assert clerk.post(f"/markets/{market_id}/edit/", form_of(clerk, f"/markets/{market_id}/edit/")).status_code == 303
    assert back_api().markets.get(OWNER, market_id) == before


def test_an_edit_is_saved_and_told_in_the_timeline(clerk: Client) -> None:
    market_id = make_market()
    clerk.post(f"/markets/{market_id}/edit/", {**form_of(clerk, f"/markets/{market_id}/edit/"), "fullName": "Gold of London", "priceScale": "3"})
    page = clerk.get(f"/markets/{market_id}/timeline/").content.decode()
    assert "Ana Clerk" in page
    assert "by the portal" in page
    assert re.search(r"<dt>Price scale</dt><dd><del>2</del> → <ins>3</ins>", page)


def test_a_lost_race_shows_both_sides_and_merges(clerk: Client) -> None:
    market_id = make_market()
    mine = {**form_of(clerk, f"/markets/{market_id}/edit/"), "fullName": "Mine", "priceScale": "3"}
    clerk.post(f"/markets/{market_id}/edit/", {**form_of(clerk, f"/markets/{market_id}/edit/"), "fullName": "Theirs", "maxLeverage": "20"})
    answer = clerk.post(f"/markets/{market_id}/edit/", mine)
    page = answer.content.decode()
    assert answer.status_code == 412
    assert back_api().markets.get(OWNER, market_id).value.full_name == "Theirs"
    assert re.search(r'<input type="radio" name="fullName" value="Mine"', page)
    assert re.search(r'<input type="radio" name="fullName" value="Theirs"', page)
    hidden = {
        name: value for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page) if name != "csrfmiddlewaretoken"
    }
    assert (hidden["priceScale"], hidden["maxLeverage"]) == ("3", "20")
    assert clerk.post(f"/markets/{market_id}/edit/", {**hidden, "fullName": "Mine"}).status_code == 303
    merged = back_api().markets.get(OWNER, market_id).value
    assert (merged.full_name, merged.price_scale, merged.max_leverage) == ("Mine", 3, 20)


def test_a_form_without_a_version_never_overwrites(clerk: Client) -> None:
    market_id = make_market()
    sent = form_of(clerk, f"/markets/{market_id}/edit/")
    del sent["version"]
    assert clerk.post(f"/markets/{market_id}/edit/", {**sent, "fullName": "X"}).status_code == 412


def test_a_status_change_asks_first_and_carries_the_version(clerk: Client) -> None:
    market_id = make_market(status="Open", **LOTS)
    question = clerk.get(f"/markets/{market_id}/status/Paused/", headers=HTMX).content.decode()
    assert question.lstrip().startswith("<form")
    version = re.search(r'name="version" value="(\d+)"', question)[1]  # type: ignore[index]
    assert clerk.post(f"/markets/{market_id}/status/Paused/", {"version": "77"}).status_code == 412
    assert clerk.post(f"/markets/{market_id}/status/Paused/", {"version": version}).status_code == 303
    assert back_api().markets.get(OWNER, market_id).value.status == "Paused"


def test_who_may_only_look_sees_acts_disabled_with_the_missing_operation(viewer: Client) -> None:
    market_id = make_market()
    page = viewer.get(f"/markets/{market_id}/").content.decode()
    assert 'aria-disabled="true" title="This needs the operation manage-markets"' in page
    for path in (f"/markets/{market_id}/edit/", "/markets/new/", "/markets/bulk/?id=x", f"/markets/{market_id}/status/Open/"):
        answer = viewer.get(path)
        assert answer.status_code == 403, path
        assert "manage-markets" in answer.content.decode()
    assert viewer.post(f"/markets/{market_id}/status/Open/", {"version": "1"}).status_code == 403


def test_who_may_not_look_sees_neither_section_nor_page(stranger: Client) -> None:
    assert 'href="/markets/"' not in stranger.get("/").content.decode()
    answer = stranger.get("/markets/")
    assert answer.status_code == 403
    assert "view-common" in answer.content.decode()
    fragment = stranger.get("/markets/", headers=HTMX)
    assert (fragment.status_code, fragment.headers["HX-Reswap"]) == (403, "none")
    assert "view-common" in fragment.headers["HX-Trigger"]


def test_an_absent_market_is_not_found(clerk: Client) -> None:
    assert clerk.get("/markets/cfd.no_where/").status_code == 404
    assert clerk.get("/nowhere/").status_code == 404


def test_a_bulk_change_is_previewed_then_made_for_all(clerk: Client) -> None:
    ids = [make_market(), make_market("eur")]
    assert clerk.get("/markets/bulk/?id=" + "&id=".join(ids)).status_code == 200
    sent = {"id": ids, "set": ["priceDeviation"], "priceDeviation": "0.05"}
    preview = clerk.post("/markets/bulk/", {**sent, "step": "preview"}).content.decode()
    assert preview.count("<ins>0.05</ins>") == 2
    assert back_api().markets.get(OWNER, ids[0]).value.price_deviation is None
    versions = dict(re.findall(r'name="(version-[^"]+)" value="(\d+)"', preview))
    assert clerk.post("/markets/bulk/", {**sent, **versions, "step": "apply"}).status_code == 303
    assert all(str(back_api().markets.get(OWNER, one).value.price_deviation) == "0.05" for one in ids)


def test_a_bulk_change_that_breaks_one_market_is_made_for_none(clerk: Client) -> None:
    ids = [make_market(), make_market("eur")]
    page = clerk.post("/markets/bulk/", {"id": ids, "set": ["priceDeviation"], "priceDeviation": "7", "step": "preview"}).content.decode()
    assert "cannot take this change" in page
    assert 'value="apply"' not in page


def test_a_bulk_change_that_lost_a_race_is_previewed_again(clerk: Client) -> None:
    market_id = make_market()
    sent = {"id": [market_id], "set": ["maxLeverage"], "maxLeverage": "5", "step": "apply", f"version-{market_id}": "1"}
    back_api().markets.patch(OWNER, {market_id: 1}, MarketPatch(external_ttl=5))
    answer = clerk.post("/markets/bulk/", sent)
    assert answer.status_code == 412
    assert f'name="version-{market_id}" value="2"' in answer.content.decode()
    assert back_api().markets.get(OWNER, market_id).value.max_leverage is None


def test_a_bulk_change_without_a_ticked_field_is_refused(clerk: Client) -> None:
    answer = clerk.post("/markets/bulk/", {"id": [make_market()], "maxLeverage": "5", "step": "preview"})
    assert answer.status_code == 400
    assert "Tick at least one field" in answer.content.decode()


def test_live_tells_who_changed_the_market_one_looks_at(clerk: Client, viewer: Client) -> None:
    market_id = make_market()
    page = viewer.get(f"/markets/{market_id}/").content.decode()
    address = re.search(r'hx-get="(/live/\?since=[^"]+)"', page)[1].replace("&amp;", "&")  # type: ignore[index]
    make_market("eur")
    assert viewer.get(address, headers=HTMX).status_code == 204
    clerk.post(f"/markets/{market_id}/edit/", {**form_of(clerk, f"/markets/{market_id}/edit/"), "fullName": "Gold"})
    assert "Changed by Ana Clerk" in viewer.get(address, headers=HTMX).content.decode()


def test_a_bulk_change_may_take_every_match_of_a_view(clerk: Client) -> None:
    make_market()
    make_market("eur", subtype="Fx")
    page = clerk.get("/markets/bulk/?all=subtype%3DMetals%26sort%3D-MarketId").content.decode()
    assert re.findall(r'name="id" value="([^"]+)"', page) == ["cfd.xau_usd"]


def test_an_export_takes_the_markets_of_the_view(clerk: Client) -> None:
    make_market()
    answer = clerk.post("/markets/export/", {"query": "subtype=Metals&column=market_id", "format": "Xlsx"})
    assert answer.status_code == 303
    started = back_api().market_files.get(OWNER, answer.headers["Location"].rstrip("/").rpartition("/")[2])
    assert (started.direction, started.format) == ("Export", "Xlsx")


def test_a_bulk_change_leads_back_to_the_list_it_came_from(clerk: Client) -> None:
    market = make_market()
    question = clerk.get("/markets/bulk/", {"id": market, "back": "status=Open&sort=-MarketId"}).content.decode()
    assert 'href="/markets/?status=Open&amp;sort=-MarketId"' in question
    sent = {"id": market, "back": "status=Open", "set": "externalTtl", "externalTtl": "2500", "step": "apply", f"version-{market}": "1"}
    assert clerk.post("/markets/bulk/", sent).headers["Location"] == "/markets/?status=Open"


def test_pages_travel_compressed(clerk: Client) -> None:
    assert clerk.get("/markets/", headers={"Accept-Encoding": "gzip"}).headers["Content-Encoding"] == "gzip"
