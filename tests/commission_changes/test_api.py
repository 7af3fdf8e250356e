"""Change sets over HTTP: one way through all of it, versions, and refusals as a client reads them."""

from collections.abc import Callable

import pytest

from backoffice.services import back_api
from tests.api.callers import V2, Caller
from tests.commission_changes.conftest import GOLD, WORKER, traded
from tests.commissions.conftest import listed

SETS = f"{V2}/commission-change-sets"
FEE = {"spot": {"type": "PerVolume", "size": "0.2"}, "cfd": {"type": "PerLot", "size": "4"}, "minFeeRAT": "1"}
PERIOD = {"from": "2026-11-01T00:00:00Z", "to": "2026-12-01T00:00:00Z"}


def body(*edits: object) -> dict[str, object]:
    return {"name": "Gold by the lot", "note": "As agreed.", "edits": list(edits)}


def new_rule() -> dict[str, object]:
    return {"type": "CreateRule", "commissionProfileId": "default", "priority": 1, "marketId": GOLD, "feeSettings": FEE}


def test_from_a_draft_to_its_undoing(anybody: Caller, rules: dict[str, str], accounts: dict[str, str]) -> None:
    traded(accounts["anna"], GOLD, {}, {})
    made = anybody.post(SETS, body(new_rule()))
    assert made.status_code == 201, made.content
    one = f"{SETS}/{made.json()['changeSet']['changeSetId']}"
    assert anybody.post(f"{one}/impact", PERIOD).json()["status"] == "Queued"
    back_api().commission_changes.run(WORKER, made.json()["changeSet"]["changeSetId"])
    impact = anybody.get(f"{one}/impact?kind=Client").json()
    assert (impact["summary"]["status"], impact["rows"][0]["key"], impact["rows"][0]["newInRAT"]) == ("Done", "anna", "4")
    tag = anybody.get(one)["ETag"]
    assert anybody.post(f"{one}/apply", If_Match='"7"').status_code == 412
    assert anybody.post(f"{one}/apply", If_Match=tag).status_code == 200
    assert listed()[0] == (1, GOLD)
    assert anybody.post(f"{one}/undo").status_code == 200
    assert listed()[0] == (1, "metals")
    shown = anybody.get(one).json()
    assert (shown["changeSet"]["status"], [change["action"] for change in shown["changes"]]) == ("Undone", ["Created", "Changed", "Changed"])
    assert [row["changeSetId"] for row in anybody.get(f"{SETS}?status=Undone").json()["items"]] == [shown["changeSet"]["changeSetId"]]


def test_edits_come_back_as_they_can_be_sent(anybody: Caller, rules: dict[str, str]) -> None:
    made = anybody.post(SETS, body(new_rule(), {"type": "ChangeRule", "commissionProfileRuleId": rules["fx"], "marketGroupId": "empty"})).json()
    one = f"{SETS}/{made['changeSet']['changeSetId']}"
    assert anybody.put(one, body(*made["edits"])).status_code == 200
    assert anybody.get(one).json()["edits"] == made["edits"]


def test_it_is_scheduled_and_called_off_and_discarded(anybody: Caller, rules: dict[str, str]) -> None:
    one = f"{SETS}/{anybody.post(SETS, body()).json()['changeSet']['changeSetId']}"
    assert anybody.post(f"{one}/schedule", {"applyAt": "2126-01-01T00:00:00Z"}).status_code == 200
    assert anybody.get(one).json()["changeSet"]["applyAt"] == "2126-01-01T00:00:00Z"
    assert anybody.put(one, body()).json()["code"] == "wrong_status"
    assert anybody.post(f"{one}/unschedule").status_code == 200
    assert anybody.delete(f"{one}/impact").status_code == 200
    assert anybody.post(f"{one}/discard").status_code == 200
    assert anybody.get(one).json()["changeSet"]["status"] == "Discarded"


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        ({"type": "Nothing"}, "edits[0].type"),
        ({"commissionProfileRuleId": "x"}, "edits[0].type"),
        ({"type": "DeleteRule"}, "edits[0].commissionProfileRuleId"),
        ({"type": "DeleteRule", "commissionProfileRuleId": "x", "priority": 1}, "edits[0].priority"),
        ({"type": "OrderAssignments", "commissionAssignmentIds": []}, "edits[0].commissionAssignmentIds"),
        (new_rule() | {"priority": 9}, "edits[0].priority"),
    ],
    ids=str,
)
def test_faults_of_edits_are_named(anybody: Caller, rules: dict[str, str], edit: dict[str, object], field: str) -> None:
    answer = anybody.post(SETS, body(edit))
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field]), answer.content


def test_whoever_may_only_see_cannot_change(caller: Callable[..., Caller], anybody: Caller, rules: dict[str, str]) -> None:
    one = f"{SETS}/{anybody.post(SETS, body()).json()['changeSet']['changeSetId']}"
    reader = caller("view-commission-rules")
    assert [reader.get(path).status_code for path in (SETS, one, f"{one}/impact")] == [200, 200, 200]
    assert reader.post(SETS, body()).status_code == 403
    assert {reader.post(f"{one}/{act}").status_code for act in ("apply", "discard", "undo", "unschedule")} == {403}
