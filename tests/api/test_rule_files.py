"""A rule file's way through the API: upload, the faults to repair, the change set it becomes, rules out."""

from typing import Any

import pytest

from backoffice.contracts.assets import NewAsset
from backoffice.contracts.market_groups import NewMarketGroup
from backoffice.services import back_api
from tests.api.callers import OWNER, V2, Caller
from tests.contract.area import UPLOAD, form, upload

HEAD = b"profileId,priority,marketGroupId,isDefault,spotSize,cfdType,cfdSize,minFeeRAT\n"
RIGHT = b"default,1,metals,,0.1,PerVolume,0.05,0\n"
WRONG = b"default,2,metalz,,0.1,PerVolume,0.05,0\n"


def sent(caller: Caller, content: bytes, **fields: str) -> Any:
    return caller.send("POST", "commission-rules/file", form(file=upload("rules.csv", content), **fields), media=UPLOAD)


def read(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.fixture
def clerk(anybody: Caller, broker: None) -> Caller:
    back_api().assets.sync(OWNER, [NewAsset(id="usd", name="US Dollar", scale=2, type="Fiat")])
    back_api().rates.set_root(OWNER, "usd")
    return anybody


def test_a_right_file_is_a_change_set_at_once(clerk: Caller) -> None:
    file = sent(clerk, HEAD + RIGHT).json()
    assert (file["stage"], file["rows"], file["made"], file["profileIds"]) == ("Drafted", 1, 1, ["default"])
    assert clerk.get(f"commission-change-sets/{file['changeSetId']}").json()["changes"][0]["action"] == "Created"
    assert clerk.get(f"commission-rules/file/{file['id']}").json() == file
    assert clerk.get("commission-profiles/default/rules").json()[0]["isDefault"] is True
    assert clerk.post(f"commission-change-sets/{file['changeSetId']}/apply", None).status_code in (200, 204)
    assert clerk.get("commission-profiles/default/rules").json()[0]["marketGroupId"] == "metals"


def test_faults_are_told_and_the_incorrect_rows_come_back(clerk: Caller) -> None:
    back_api().market_groups.create(OWNER, NewMarketGroup(market_group_id="crypto", name="Crypto"))
    file = sent(clerk, HEAD + RIGHT + WRONG.replace(b"metalz", b"cryptoo")).json()
    assert (file["stage"], file["errors"], file["changeSetId"]) == ("Faulty", 1, None)
    (fault,) = clerk.get(f"commission-rules/file/{file['id']}/errors").json()["items"]
    assert (fault["row"], fault["column"], fault["suggestion"]) == (3, "marketGroupId", "crypto")
    incorrect = read(clerk.get(f"commission-rules/file/{file['id']}/errors?format=Csv"))
    assert incorrect.count(b"\r\n") == 2
    repaired = sent(clerk, incorrect.replace(b"cryptoo,", b"crypto,")).json()
    assert (repaired["stage"], repaired["rows"], repaired["repairs"]) == ("Drafted", 2, file["id"])


def test_rules_come_out_as_a_file_that_changes_nothing(clerk: Caller) -> None:
    for format in ("Csv", "Xlsx"):
        answer = clerk.get(f"commission-rules/download?format={format}&profileId=default")
        assert answer["Content-Disposition"] == f'attachment; filename="commission-rules-default.{format.lower()}"'
        assert sent(clerk, read(answer)).json()["stage"] == "Unchanged"
    assert clerk.get("commission-rules/download?profileId=nobody").status_code == 404


def test_what_is_no_rule_file_is_refused(clerk: Caller) -> None:
    assert sent(clerk, b"").json()["code"] == "file_refused"
    assert sent(clerk, b"%PDF-1.7").status_code == 400
    assert list(sent(clerk, HEAD, mode="Preview").json()["errors"]) == ["mode"]
    missing = clerk.send("POST", "commission-rules/file", form(), media=UPLOAD)
    assert list(missing.json()["errors"]) == ["file"]
    assert clerk.get("commission-rules/file/none").status_code == 404


def test_rights(caller: Any, clerk: Caller) -> None:
    reader = caller("view-commission-rules")
    assert sent(reader, HEAD + RIGHT).status_code == 403
    assert reader.get("commission-rules/download").status_code == 200
    assert Caller(None).get(f"{V2}/commission-rules/download").status_code == 401
