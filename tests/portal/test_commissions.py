"""Commission profiles and their rules in the portal: order, fees, coverage, what is refused, what a lost race shows."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backoffice.contracts.assets import NewAsset
from backoffice.contracts.commissions import CommissionProfileChange, NewCommissionProfile, RuleChange, RuleDraft, RulePriority
from backoffice.contracts.errors import Invalid
from backoffice.services import back_api
from portal.forms.ranks import Ranks
from tests.portal.commission_desk import add_rule, fees, open_desk, outline, rules
from tests.portal.desk_people import EVERYTHING, OWNER, make_market, signed_in
from tests.portal.posted import HTMX, form_of, page_of

EDITOR = '<form class="ranks"'
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def account(db: None) -> str:
    return open_desk()


@pytest.fixture
def clerk(account: str) -> Client:
    return signed_in(*EVERYTHING)


@pytest.fixture
def reader(account: str) -> Client:
    return signed_in("view-commission-rules", "view-common", name="Vera Viewer")


def act(client: Client, page: str, *acts: str, address: str = "/commissions/profiles/vip/order/") -> str:
    """One press of a button after another, each on the page that the one before brought."""
    for one in acts:
        page = client.post(address, form_of(page, EDITOR) | {"act": one}).content.decode()
    return page


def ids() -> list[str]:
    return [rule.commission_profile_rule_id for rule in rules() if not rule.is_default]


def store_order(*order: str) -> None:
    wishes = [RulePriority(commission_profile_rule_id=id, priority=number) for number, id in enumerate(order, start=1)]
    back_api().commission_rules.set_priorities(OWNER, "vip", wishes)


def test_the_list_shows_rules_and_assignments_of_each_profile(clerk: Client) -> None:
    page = page_of(clerk, "/commissions/profiles/")
    assert "VIP" in page
    assert '<a class="link" href="/commissions/assignments/?profile=vip">1</a>' in page


def test_a_profile_is_created_as_a_copy_renamed_and_deleted(clerk: Client) -> None:
    made = clerk.post("/new/commission-profile/", {"name": "Partners", "commissionProfileId": "", "copyOf": "vip"})
    assert made.headers["Location"] == "/commissions/profiles/partners/"
    assert outline("partners") == outline("vip")
    sent = form_of(page_of(clerk, "/commissions/profiles/partners/edit/")) | {"name": "Friends"}
    back_api().commission_profiles.update(OWNER, "partners", CommissionProfileChange(name="Family"))
    assert clerk.post("/commissions/profiles/partners/edit/", sent).status_code == 412
    version = str(back_api().commission_profiles.get(OWNER, "partners").version)
    assert clerk.post("/commissions/profiles/partners/delete/", {"version": version}).status_code == 303
    assert clerk.get("/commissions/profiles/partners/").status_code == 404


def test_a_profile_that_somebody_has_is_not_deleted_and_names_them(clerk: Client) -> None:
    asked = page_of(clerk, "/commissions/profiles/vip/delete/")
    assert "VIP is in use" in asked
    assert "Retail" in asked
    version = str(back_api().commission_profiles.get(OWNER, "vip").version)
    assert clerk.post("/commissions/profiles/vip/delete/", {"version": version}).status_code == 400


def test_the_default_profile_offers_no_delete(clerk: Client) -> None:
    assert "/commissions/profiles/default/delete/" not in page_of(clerk, "/commissions/profiles/default/")


def test_rules_say_their_fees_in_words(clerk: Client) -> None:
    page = page_of(clerk, "/commissions/profiles/vip/")
    assert "0.1 % of the volume" in page
    assert "at least 1 usd an order" in page
    assert "Every other market" in page


def test_moves_are_a_draft_until_the_order_is_saved(clerk: Client) -> None:
    gold, metals = ids()
    page = act(clerk, page_of(clerk, "/commissions/profiles/vip/"), f"down:{gold}")
    assert "2 moved" in page
    assert "was 1" in page
    assert ids() == [gold, metals]
    saved = clerk.post("/commissions/profiles/vip/order/", form_of(page, EDITOR) | {"act": "save"})
    assert saved.status_code == 303
    assert ids() == [metals, gold]


def test_every_move_says_what_it_did_and_an_impossible_one_why_not(clerk: Client) -> None:
    gold, metals = ids()
    sent = form_of(page_of(clerk, "/commissions/profiles/vip/"), EDITOR)
    for one in (f"up:{metals}", f"place:{metals}:before:{gold}"):
        page = clerk.post("/commissions/profiles/vip/order/", sent | {"act": one}, headers=HTMX).content.decode()
        assert 'data-said="Metals is now number 1 of 2."' in page
        assert "<html" not in page
    for one in (f"up:{gold}", f"dance:{gold}", f"place:{gold}:on:{metals}", "up:nothing"):
        answer = clerk.post("/commissions/profiles/vip/order/", sent | {"act": one})
        assert answer.status_code == 400, one
        assert form_of(answer.content.decode(), EDITOR)["order"] == sent["order"]


def test_an_order_that_the_page_did_not_write_is_refused(clerk: Client) -> None:
    gold, metals = ids()
    for order in ("", gold, f"{gold},{gold}", "x,y"):
        answer = clerk.post("/commissions/profiles/vip/order/", {"act": "save", "version": "1", "base": f"{gold},{metals}", "order": order})
        assert answer.status_code == 400, order
    assert ids() == [gold, metals]


def test_a_lost_race_shows_both_orders_and_lays_mine_over_theirs(clerk: Client) -> None:
    gold, metals = ids()
    mine = act(clerk, page_of(clerk, "/commissions/profiles/vip/"), f"down:{gold}")
    crypto = add_rule("vip", group="crypto")
    store_order(crypto, gold, metals)
    lost = clerk.post("/commissions/profiles/vip/order/", form_of(mine, EDITOR) | {"act": "save"})
    page = lost.content.decode()
    assert lost.status_code == 412
    assert "Both orders stand here" in page
    assert ids() == [crypto, gold, metals]
    merged = clerk.post("/commissions/profiles/vip/order/", form_of(page, '<form class="stack merge"') | {"act": "merge"}).content.decode()
    assert ids() == [crypto, gold, metals]
    assert clerk.post("/commissions/profiles/vip/order/", form_of(merged, EDITOR) | {"act": "save"}).status_code == 303
    assert ids() == [crypto, metals, gold]


def test_a_rule_is_added_changed_and_removed(clerk: Client) -> None:
    sent = form_of(page_of(clerk, "/commissions/profiles/vip/new/rule/"))
    wanted = sent | {"marketGroupId": "crypto", "feeSettings.spot.size": "0.25", "feeSettings.cfd.type": "PerLot", "feeSettings.cfd.size": "2"}
    assert clerk.post("/commissions/profiles/vip/new/rule/", wanted).status_code == 303
    assert outline() == ["cfd.xau_usd", "metals", "crypto", "default"]
    assert "2 usd a lot" in page_of(clerk, "/commissions/profiles/vip/")
    added = ids()[2]
    changed = form_of(page_of(clerk, f"/commissions/profiles/vip/rules/{added}/")) | {"feeSettings.minFeeRAT": "3.5"}
    assert clerk.post(f"/commissions/profiles/vip/rules/{added}/", changed).status_code == 303
    assert "at least 3.5 usd an order" in page_of(clerk, "/commissions/profiles/vip/")
    asked = page_of(clerk, f"/commissions/profiles/vip/rules/{added}/remove/")
    assert "Remove the rule for Crypto?" in asked
    assert clerk.post(f"/commissions/profiles/vip/rules/{added}/remove/", {"version": "2", "act": "remove"}).status_code == 303
    assert outline() == ["cfd.xau_usd", "metals", "default"]


def test_what_is_wrong_with_a_rule_stands_next_to_its_input(clerk: Client) -> None:
    sent = form_of(page_of(clerk, "/commissions/profiles/vip/new/rule/"))
    for wrong, said in (
        ({}, "Name a market or a market group"),
        ({"marketGroupId": "metals"}, "names it already"),
        ({"marketId": "cfd.none", "marketGroupId": ""}, "There is no market cfd.none"),
        ({"marketGroupId": "crypto", "feeSettings.spot.size": "101"}, "Must be from 0 to 100 percent"),
        ({"marketGroupId": "crypto", "feeSettings.spot.size": "-1"}, "Must be from 0 to 100 percent"),
        ({"marketGroupId": "crypto", "feeSettings.minFeeRAT": "0.001"}, "decimal places of usd"),
        ({"marketGroupId": "crypto", "feeSettings.spot.size": "x"}, "Write a number"),
    ):
        answer = clerk.post("/commissions/profiles/vip/new/rule/", sent | wrong)
        assert answer.status_code == 400
        assert said in answer.content.decode(), said
    assert outline() == ["cfd.xau_usd", "metals", "default"]


def test_two_who_change_the_same_rule_see_both_sides(clerk: Client) -> None:
    gold = ids()[0]
    sent = form_of(page_of(clerk, f"/commissions/profiles/vip/rules/{gold}/")) | {"feeSettings.spot.size": "0.3"}
    theirs = RuleChange(commission_profile_rule=RuleDraft(market_id="cfd.xau_usd", fee_settings=fees("0.9", least="1")))
    back_api().commission_rules.update(OWNER, "vip", gold, theirs)
    lost = clerk.post(f"/commissions/profiles/vip/rules/{gold}/", sent)
    page = lost.content.decode()
    assert lost.status_code == 412
    assert "0.3" in page
    assert "0.9" in page
    chosen = form_of(page, '<form method="post" action="/commissions/profiles/vip/rules/') | {"feeSettings.spot.size": "0.3"}
    assert clerk.post(f"/commissions/profiles/vip/rules/{gold}/", chosen).status_code == 303
    assert str(rules()[0].fee_settings.spot.size) == "0.3"


def test_the_default_rule_only_changes_what_it_charges(clerk: Client) -> None:
    default = rules()[-1].commission_profile_rule_id
    page = page_of(clerk, f"/commissions/profiles/vip/rules/{default}/")
    assert "marketGroupId" not in page
    sent = form_of(page) | {"feeSettings.spot.size": "0.4"}
    assert clerk.post(f"/commissions/profiles/vip/rules/{default}/", sent).status_code == 303
    assert clerk.get(f"/commissions/profiles/vip/rules/{default}/remove/").status_code == 400


def test_the_timeline_of_a_profile_tells_of_its_rules(clerk: Client) -> None:
    gold, metals = ids()
    store_order(metals, gold)
    page = page_of(clerk, "/commissions/profiles/vip/timeline/")
    assert "put the commission rules in order" in page
    assert "<dt>XAU/USD</dt>" in page
    assert "1: spot 0.1 %, CFD 0.05 %, at least 1" in page
    assert "2: spot 0.1 %, CFD 0.05 %, at least 1" in page


def test_coverage_names_markets_and_dead_rules(clerk: Client) -> None:
    page = page_of(clerk, "/commissions/profiles/vip/coverage/")
    assert "XAU/USD" in page
    assert "1 rule can never win" in page
    assert "Every market of the group metals falls to rules above it: 1" in page


def test_who_may_only_look_gets_no_buttons_and_is_refused(reader: Client) -> None:
    page = page_of(reader, "/commissions/profiles/vip/")
    assert 'value="up:' not in page
    assert "manage-commission-rules" in page
    assert reader.get("/commissions/profiles/vip/coverage/").status_code == 200
    gold = ids()[0]
    for address in (
        "/commissions/profiles/vip/order/",
        "/commissions/profiles/vip/new/rule/",
        f"/commissions/profiles/vip/rules/{gold}/",
        f"/commissions/profiles/vip/rules/{gold}/remove/",
        "/commissions/profiles/vip/edit/",
        "/commissions/profiles/vip/delete/",
        "/new/commission-profile/",
    ):
        assert reader.post(address, {"act": "save"}).status_code == 403, address


def test_who_may_not_look_sees_nothing(account: str) -> None:
    stranger = signed_in("view-common")
    for address in (
        "/commissions/profiles/",
        "/commissions/profiles/vip/",
        "/commissions/profiles/vip/coverage/",
        "/commissions/profiles/vip/timeline/",
    ):
        assert stranger.get(address).status_code == 403, address


def test_hostile_names_stay_text(clerk: Client) -> None:
    back_api().commission_profiles.create(OWNER, NewCommissionProfile(commission_profile_id="bad", name=HOSTILE))
    for address in (
        "/commissions/profiles/",
        "/commissions/profiles/bad/",
        "/commissions/profiles/bad/coverage/",
        "/commissions/profiles/bad/delete/",
    ):
        assert "<img src=x" not in page_of(clerk, address), address


def test_pages_ask_the_database_as_often_for_many_rules_as_for_few(clerk: Client) -> None:
    for number in range(30):
        back_api().assets.create(OWNER, NewAsset(id=f"a{number}", name=f"a{number}", scale=2, type="Stocks"))
        make_market(f"a{number}", calendar_id=None)
    pages = ("/commissions/profiles/", "/commissions/profiles/vip/", "/commissions/profiles/vip/coverage/")
    few = [asked_times(clerk, address) for address in pages]
    for number in range(30):
        back_api().commission_profiles.create(OWNER, NewCommissionProfile(name=f"Profile {number}"))
        add_rule("vip", market=f"cfd.a{number}_usd")
    assert [asked_times(clerk, address) for address in pages] == few


def asked_times(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        client.get(address)
    return len(found)


def test_an_order_laid_over_another_keeps_what_is_new_behind_its_neighbour() -> None:
    mine = Ranks(order=["c", "a", "b"], base=["a", "b", "c"], version=1)
    assert mine.over(["n", "a", "m", "b"], 2) == Ranks(order=["n", "a", "m", "b"], base=["n", "a", "m", "b"], version=2)
    assert [rank.was for rank in mine.ranks] == [3, 1, 2]
    with pytest.raises(Invalid):
        mine.act("up:c", {})
