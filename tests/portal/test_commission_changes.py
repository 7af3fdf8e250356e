"""Change sets in the portal: kept from every form, looked at, applied, scheduled, discarded, undone; refused where others were faster."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backoffice.contracts.commission_changes import ChangeSet, ChangeSetDraft, ChangeSetQuery, DeleteRule
from backoffice.contracts.commissions import RuleChange, RuleDraft
from backoffice.services import back_api
from tests.portal.commission_desk import fees, open_desk, outline, rules
from tests.portal.desk_people import EVERYTHING, OWNER, signed_in
from tests.portal.posted import form_of, page_of

VIP, ORDER = "/commissions/profiles/vip/", "/commissions/profiles/vip/order/"
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def account(db: None) -> str:
    return open_desk()


@pytest.fixture
def clerk(account: str) -> Client:
    return signed_in(*EVERYTHING)


def sets() -> list[ChangeSet]:
    return back_api().commission_changes.find(OWNER, ChangeSetQuery()).items


def draft_without_gold(name: str = "No gold") -> str:
    edit = DeleteRule(commission_profile_rule_id=rules()[0].commission_profile_rule_id)
    return back_api().commission_changes.draft(OWNER, ChangeSetDraft(name=name, edits=[edit])).change_set.change_set_id


def here(id: str, act: str = "") -> str:
    return f"/commissions/changes/{id}/{act and act + '/'}"


def press(client: Client, id: str, act: str) -> Any:
    """The question's button."""
    asked = page_of(client, here(id, act))
    return client.post(here(id, act), form_of(asked, '<form method="post" action="/commissions/'))


def test_an_order_of_rules_is_kept_as_a_draft_and_changes_nothing(clerk: Client) -> None:
    gold = rules()[0].commission_profile_rule_id
    page = clerk.post(ORDER, form_of(page_of(clerk, VIP), '<form class="ranks"') | {"act": f"down:{gold}"}).content.decode()
    kept = clerk.post(ORDER, form_of(page, '<form class="ranks"') | {"act": "draft"})
    [change] = sets()
    assert kept.headers["Location"] == here(change.change_set_id)
    assert outline() == ["cfd.xau_usd", "metals", "default"]
    shown = page_of(clerk, here(change.change_set_id))
    assert "Nothing has changed yet" in shown
    assert "Rules of VIP" in shown


def test_changes_of_one_draft_add_up(clerk: Client) -> None:
    gold, metals, default = rules()
    at = f"{VIP}rules/{gold.commission_profile_rule_id}/"
    first = form_of(page_of(clerk, at)) | {"feeSettings.spot.size": "0.5", "act": "draft"}
    assert clerk.post(at, first).status_code == 303
    [change] = sets()
    rest = [
        (f"{VIP}rules/{default.commission_profile_rule_id}/", {"feeSettings.spot.size": "0.7"}),
        (f"{VIP}new/rule/", {"marketGroupId": "crypto", "feeSettings.spot.size": "0.9"}),
        ("/new/commission-assignment/", {"userId": "anna", "commissionProfileId": "vip"}),
    ]
    for address, wanted in rest:
        sent = form_of(page_of(clerk, address)) | wanted | {"act": "draft", "draft": change.change_set_id}
        assert clerk.post(address, sent).status_code == 303, address
    removal = f"{VIP}rules/{metals.commission_profile_rule_id}/remove/"
    assert clerk.post(removal, {"act": "draft", "draft": change.change_set_id}).status_code == 303
    [change] = sets()
    assert change.change_count == 5
    page = page_of(clerk, here(change.change_set_id))
    assert "Assignments" in page
    assert outline() == ["cfd.xau_usd", "metals", "default"]
    assert press(clerk, change.change_set_id, "apply").status_code == 303
    assert outline() == ["cfd.xau_usd", "crypto", "default"]


def test_a_draft_is_applied_and_undone(clerk: Client) -> None:
    id = draft_without_gold()
    assert press(clerk, id, "apply").status_code == 303
    assert outline() == ["metals", "default"]
    page = page_of(clerk, here(id))
    assert here(id, "undo") in page
    assert here(id, "apply") not in page
    assert press(clerk, id, "undo").status_code == 303
    assert outline() == ["cfd.xau_usd", "metals", "default"]
    assert "Undone" in page_of(clerk, here(id))
    assert page_of(clerk, here(id, "timeline")).count("No gold") > 0


def test_what_others_changed_since_is_named_and_nothing_is_applied(clerk: Client) -> None:
    id = draft_without_gold()
    asked = form_of(page_of(clerk, here(id, "apply")), '<form method="post" action="/commissions/')
    gold = rules()[0].commission_profile_rule_id
    theirs = RuleChange(commission_profile_rule=RuleDraft(market_id="cfd.xau_usd", fee_settings=fees("0.9")))
    back_api().commission_rules.update(OWNER, "vip", gold, theirs)
    lost = clerk.post(here(id, "apply"), asked)
    assert lost.status_code == 409
    assert "changed since" in lost.content.decode()
    assert outline() == ["cfd.xau_usd", "metals", "default"]


def test_a_draft_is_scheduled_in_a_zone_and_taken_off(clerk: Client) -> None:
    id = draft_without_gold()
    sent = form_of(page_of(clerk, here(id, "schedule")))
    assert sent["zone"] == "UTC"
    day = (datetime.now(UTC) + timedelta(days=40)).date()
    for wrong in ({"date": ""}, {"date": "x", "time": "10:00"}, {"date": "2020-01-01", "time": "10:00"}, {"zone": "Moon"}):
        assert clerk.post(here(id, "schedule"), sent | {"date": day.isoformat(), "time": "10:00"} | wrong).status_code == 400, wrong
    wanted = sent | {"date": "2031-07-01", "time": "10:00", "zone": "Europe/Berlin"}
    assert clerk.post(here(id, "schedule"), wanted).status_code == 303
    [change] = sets()
    assert change.apply_at == datetime(2031, 7, 1, 8, tzinfo=UTC)
    assert "2031-07-01 08:00" in page_of(clerk, here(id))
    assert press(clerk, id, "unschedule").status_code == 303
    assert sets()[0].status == "Draft"


def test_a_draft_is_named_anew_merged_and_discarded(clerk: Client) -> None:
    id = draft_without_gold()
    sent = form_of(page_of(clerk, here(id, "edit"))) | {"name": "Without gold", "note": "As agreed"}
    assert clerk.post(here(id, "edit"), sent).status_code == 303
    assert "As agreed" in page_of(clerk, here(id))
    assert clerk.post(here(id, "edit"), sent | {"name": "Late"}).status_code == 412
    assert clerk.post(here(id, "edit"), form_of(page_of(clerk, here(id, "edit"))) | {"name": ""}).status_code == 400
    assert press(clerk, id, "discard").status_code == 303
    assert [change.status for change in sets()] == ["Discarded"]


def test_the_impact_of_a_period_is_asked_for_followed_and_stopped(clerk: Client) -> None:
    id = draft_without_gold()
    assert "Nobody has looked at its impact" in page_of(clerk, here(id, "impact"))
    for wrong in ({"from": "x", "to": "2026-01-01"}, {"from": "2026-02-01", "to": "2026-01-01"}, {"from": "", "to": ""}):
        assert clerk.post(here(id, "impact/estimate"), wrong).status_code == 400, wrong
    assert clerk.post(here(id, "impact/estimate"), {"days": "30"}).status_code == 303
    assert "Waiting for a worker" in page_of(clerk, here(id, "impact"))
    assert clerk.get(here(id, "impact/progress")).status_code == 200
    assert clerk.post(here(id, "impact/cancel")).status_code == 303
    assert clerk.get(here(id, "impact/progress")).status_code == 286


def test_home_and_the_palette_know_of_drafts(clerk: Client) -> None:
    id = draft_without_gold()
    assert "No gold waits as a draft" in page_of(clerk, "/")
    found = page_of(clerk, "/palette/?q=gold")
    assert here(id) in found
    assert "/commissions/profiles/vip/" in page_of(clerk, "/palette/?q=vip")


def test_who_may_only_look_sees_but_is_refused(account: str) -> None:
    id = draft_without_gold()
    reader = signed_in("view-commission-rules", "view-common")
    assert "manage-commission-rules" in page_of(reader, here(id))
    for act in ("apply", "schedule", "discard", "undo", "unschedule", "edit", "impact/estimate", "impact/cancel"):
        assert reader.post(here(id, act), {"version": "1", "days": "7"}).status_code == 403, act
    stranger = signed_in("view-common")
    for address in ("/commissions/changes/", here(id), here(id, "impact"), here(id, "timeline")):
        assert stranger.get(address).status_code == 403, address
    assert "waits as a draft" not in page_of(stranger, "/")


def test_an_unknown_change_set_is_not_there(clerk: Client) -> None:
    for id in ("nothing", "0" * 36, "11111111-1111-4111-8111-111111111111"):
        assert clerk.get(here(id)).status_code == 404


def test_hostile_names_stay_text(clerk: Client) -> None:
    id = draft_without_gold(HOSTILE)
    for address in ("/commissions/changes/", *(here(id, act) for act in ("", "impact", "timeline", "edit", "apply", "schedule")), "/", VIP):
        assert "<img src=x" not in page_of(clerk, address), address


def test_the_list_asks_the_database_as_often_for_many_as_for_few(clerk: Client) -> None:
    draft_without_gold()
    clerk.get("/commissions/changes/")
    with CaptureQueriesContext(connection) as few:
        clerk.get("/commissions/changes/")
    for number in range(30):
        draft_without_gold(f"Draft {number}")
    with CaptureQueriesContext(connection) as many:
        clerk.get("/commissions/changes/")
    assert len(many) == len(few)
