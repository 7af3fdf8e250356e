"""Commissions over HTTP: tags, refusals and their status, and what the extensions answer."""

from typing import Any

import pytest

from backoffice.services import BackApi
from tests.api.callers import Caller
from tests.commissions.conftest import add_rule

RULES = "commission-profiles/default/rules"
FEE = {"spot": {"type": "PerVolume", "size": "0.1"}, "cfd": {"type": "PerLot", "size": "3.5", "assetId": "eur"}, "minFeeRAT": "0.5"}


def draft(**named: Any) -> dict[str, Any]:
    return {"commissionProfileRule": {"feeSettings": FEE} | named}


def test_a_rule_reads_back_as_it_was_written(api: BackApi, anybody: Caller) -> None:
    answer = anybody.post(RULES, draft(marketId="cfd.xau_usd", priority=1))
    assert (answer.status_code, list(answer.json())) == (201, ["id"])
    rule = anybody.get(f"{RULES}/{answer.json()['id']}").json()
    assert rule == anybody.get(RULES).json()[0]
    assert rule["feeSettings"] == FEE
    assert (rule["marketName"], rule["commissionProfileName"], rule["isDefault"]) == ("XAU/USD", "Default", False)


def test_the_tag_of_the_list_guards_its_order(api: BackApi, anybody: Caller) -> None:
    first = add_rule("metals")
    tag = anybody.get(RULES)["ETag"]
    assert anybody.get(RULES, If_None_Match=tag).status_code == 304
    assert anybody.post(RULES, draft(marketGroupId="fx"), If_Match=tag).status_code == 201
    for answer in (
        anybody.post(RULES, draft(marketGroupId="empty"), If_Match=tag),
        anybody.put(f"{RULES}/priorities", [{"commissionProfileRuleId": first, "priority": 1}], If_Match=tag),
    ):
        assert (answer.status_code, answer.json()["code"]) == (412, "stale")
    stale = anybody.put(f"{RULES}/priorities", [{"commissionProfileRuleId": first, "priority": 1}])
    assert (stale.status_code, stale.json()["code"]) == (400, "stale_priorities")
    assert "priority 2, is missing" in stale.json()["errors"]["body"][0]


def test_the_tag_of_a_rule_guards_what_stands_in_it(api: BackApi, anybody: Caller) -> None:
    path = f"{RULES}/{add_rule('metals')}"
    tag = anybody.get(path)["ETag"]
    add_rule("fx", priority=1)
    assert anybody.put(path, draft(marketGroupId="metals"), If_Match=tag).status_code == 200
    assert anybody.put(path, draft(marketGroupId="metals"), If_Match=tag).status_code == 412
    assert anybody.delete(path, If_Match=tag).status_code == 412
    assert anybody.delete(path, If_Match=anybody.get(path)["ETag"]).status_code == 200
    assert anybody.delete(path).status_code == 404


def test_validations_answer_an_empty_object_or_the_reason(api: BackApi, anybody: Caller) -> None:
    rule, default = f"{RULES}/{add_rule('metals')}", f"{RULES}/{anybody.get(RULES).json()[-1]['commissionProfileRuleId']}"
    for path, body in ((f"{rule}/validate-update", {"commissionProfileRule": {"marketGroupId": "fx"}}), (f"{rule}/validate-delete", None)):
        answer = anybody.post(path, body)
        assert (answer.status_code, answer.content) == (200, b"{}")
    answer = anybody.post(f"{default}/validate-delete")
    assert (answer.status_code, answer.json()["code"]) == (400, "default_rule")


@pytest.mark.parametrize("fee", [{"type": "Unspecified", "size": "1"}, {"type": "PerLot", "size": "1"}])
def test_spot_is_charged_by_volume_only(api: BackApi, anybody: Caller, fee: dict[str, str]) -> None:
    answer = anybody.post(RULES, draft(marketGroupId="metals", feeSettings=FEE | {"spot": fee}))
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["commissionProfileRule.feeSettings.spot.type"])


def test_profiles_and_assignments_have_their_paths(api: BackApi, accounts: dict[str, str], anybody: Caller) -> None:
    made = anybody.post("commission-profiles", {"name": "VIP", "copyOf": "default"})
    assert (made.status_code, made.json()["commissionProfileId"], made.json()["ruleCount"]) == (201, "vip", 1)
    assert anybody.put("commission-profiles/vip", {"name": "Very"}, If_Match=anybody.get("commission-profiles/vip")["ETag"]).status_code == 200
    assigned = anybody.post("commission-assignments", {"userId": "anna", "commissionProfileId": "vip"})
    assert (assigned.status_code, assigned.json()["commissionProfileName"], assigned.json()["priority"]) == (201, "Very", 1)
    refused = anybody.delete("commission-profiles/vip")
    assert (refused.status_code, refused.json()["code"]) == (400, "in_use")
    path = f"commission-assignments/{assigned.json()['commissionAssignmentId']}"
    assert anybody.put(path, {"accountGroupId": "vip", "commissionProfileId": "vip"}).status_code == 200
    order = [{"commissionAssignmentId": assigned.json()["commissionAssignmentId"], "priority": 1}]
    assert anybody.put("commission-assignments/priorities", order, If_Match=anybody.get("commission-assignments")["ETag"]).status_code == 200
    assert anybody.delete(path, If_Match=anybody.get(path)["ETag"]).status_code == 200
    assert anybody.delete("commission-profiles/vip").status_code == 200
    assert [rule["marketCount"] for rule in anybody.get("commission-profiles/default/coverage").json()["rules"]] == [6]


def test_who_may_only_see_changes_nothing(api: BackApi, caller: Any) -> None:
    seeing = caller("view-commission-rules")
    assert seeing.get(RULES).status_code == 200
    for answer in (
        seeing.post(RULES, draft(marketGroupId="metals")),
        seeing.delete("commission-profiles/default"),
        seeing.post(f"{RULES}/x/validate-delete"),
    ):
        assert answer.status_code == 403
