"""Reports over HTTP: downloads and their refusals, extensions that come back as they were given, lists that go on."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from backoffice.reports.models import Report
from tests.api.callers import V2, Caller
from tests.contract.test_contract import assert_problem
from tests.money.bank import open_bank
from tests.reports.desk import finished

FIRST = "application/json; x-api-version=1.0"
TEMPLATES = "/api/reports/templates"
OPTIONS = {"window": "PreviousWeek", "columns": ["transferId", "assetAmount"], "receipt": "Header"}
DRAFT = {
    "templateName": "Every Monday",
    "source": "Transfers",
    "sourceName": "Money in and out",
    "schedule": {"baseDate": "2026-11-30T06:00:00Z", "frequency": "Weekly", "daysOfWeek": ["Monday"], "timeZone": "Europe/Berlin"},
    "notifyEmails": ["finance@example.com"],
    "filters": [{"entryType": "Exact", "field": "assetId", "value": ["usd"]}],
    "sorting": {"field": "createdAt", "column": None, "direction": "Desc"},
    "format": "Xlsx",
}


@pytest.fixture
def known(db: None) -> dict[str, str]:
    open_bank()
    return finished()


def send(caller: Caller, method: str, path: str, body: Any = None, **headers: str) -> Any:
    return caller.send(method, path, body, media=FIRST, **headers)


def test_a_download_is_streamed_under_a_name_of_ours(known: dict[str, str], anybody: Caller) -> None:
    answer = send(anybody, "GET", f"/api/reports/{known['report']}/download")
    assert (answer.status_code, answer["Content-Type"], answer.streaming) == (200, "text/csv; charset=utf-8", True)
    assert answer["Content-Disposition"].startswith('attachment; filename="every-day-transfers-')
    assert b"".join(answer.streaming_content) == b"userId\nanna\n"
    receipt = send(anybody, "GET", f"/api/reports/{known['report']}/download?part=Receipt")
    assert (receipt["Content-Type"], b"".join(receipt.streaming_content)[:8]) == ("text/plain; charset=utf-8", b"Rows: 1\n")
    assert_problem(send(anybody, "GET", f"/api/reports/{known['report']}/download?part=Data"), 404, "not_found")
    assert_problem(send(anybody, "GET", f"/api/reports/{known['report']}/download?part=Nonsense"), 400, "invalid")


def test_what_is_not_finished_or_has_expired_or_is_out_of_scope_is_refused(known: dict[str, str], anybody: Caller, caller: Any) -> None:
    path = f"/api/reports/{known['report']}"
    waiting = send(anybody, "POST", f"{TEMPLATES}/{known['template']}/run").json()["reportId"]
    assert_problem(send(anybody, "GET", f"/api/reports/{waiting}/download"), 400, "not_finished")
    reader = caller("view-reports", "manage-reports", "view-balances")
    for method, place in (("GET", path), ("GET", f"{path}/download"), ("DELETE", path), ("GET", f"{TEMPLATES}/{known['template']}")):
        assert_problem(send(reader, method, place), 404, "not_found")
    assert send(reader, "GET", "/api/reports").json() == {"data": []}
    assert_problem(send(reader, "POST", "/api/reports", {"reportName": "x", "source": "Transfers", "format": "Csv"}), 403, "not_permitted")
    Report.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert_problem(send(anybody, "GET", f"{path}/download"), 404, "not_found")
    assert send(anybody, "DELETE", path).content == b""
    assert_problem(send(anybody, "GET", path), 404, "not_found")


def test_a_template_comes_back_as_it_was_given_and_can_be_sent_again(known: dict[str, str], anybody: Caller) -> None:
    made = send(anybody, "POST", TEMPLATES, DRAFT | OPTIONS).json()["id"]
    found = send(anybody, "GET", f"{TEMPLATES}/{made}")
    told = found.json()
    assert {name: told[name] for name in DRAFT | OPTIONS} == DRAFT | OPTIONS
    again = {name: told[name] for name in DRAFT | OPTIONS} | {"templateId": made}
    assert send(anybody, "PUT", f"{TEMPLATES}/{made}", again, If_Match=found["ETag"]).status_code == 200
    assert_problem(send(anybody, "PUT", f"{TEMPLATES}/{made}", again, If_Match=found["ETag"]), 412, "stale")
    assert_problem(send(anybody, "PUT", f"{TEMPLATES}/{made}", again | {"templateId": known["template"]}), 400, "invalid")
    assert_problem(send(anybody, "POST", TEMPLATES, DRAFT), 409, "name_taken")
    plain = send(anybody, "GET", f"{TEMPLATES}/{known['template']}").json()
    assert not {"window", "columns", "receipt", "timeZone"} & plain.keys()
    assert send(anybody, "DELETE", f"{TEMPLATES}/{made}").status_code == 200
    assert send(anybody, "GET", f"{TEMPLATES}/{made}").json()["deletedBy"] is not None
    assert made not in [template["id"] for template in send(anybody, "GET", TEMPLATES).json()["data"]]


def test_lists_go_on_behind_a_cursor_in_a_header(known: dict[str, str], anybody: Caller) -> None:
    for _ in range(2):
        send(anybody, "POST", f"{TEMPLATES}/{known['template']}/run")
    first = send(anybody, "GET", "/api/reports?limit=2")
    second = send(anybody, "GET", f"/api/reports?limit=2&after={first['X-Next']}")
    seen = [report["id"] for answer in (first, second) for report in answer.json()["data"]]
    assert (len(seen), len(set(seen)), "X-Next" in second) == (3, 3, False)
    assert_problem(send(anybody, "GET", "/api/reports?after=nonsense"), 400, "invalid")


def test_beyond_the_contract(known: dict[str, str], anybody: Caller) -> None:
    state = anybody.get(f"reports/{known['report']}").json()
    assert (state["receipt"]["rows"], state["report"]["id"], state["deliveries"]) == (1, known["report"], [])
    runs = anybody.get(f"report-templates/{known['template']}/runs").json()
    assert [run["report"]["id"] for run in runs["items"]] == [known["report"]]
    assert anybody.get(f"report-templates/{known['template']}/skipped").json() == []
    assert len(anybody.get(f"report-templates/{known['template']}").json()["nextRuns"]) == 5
    assert len(anybody.get("report-sources").json()) == 19
    plan = anybody.post("report-schedules", {"schedule": DRAFT["schedule"]}).json()
    assert plan[0]["local"].endswith("07:00:00+01:00")
    found = anybody.post("report-previews", {"reportName": "x", "source": "Transfers", "format": "Csv", "columns": ["transferId"]}).json()
    assert (found["columns"], found["rows"], found["total"]) == (["transferId"], [], 0)
    again = anybody.post(f"reports/{known['report']}/again").json()["id"]
    assert anybody.post(f"reports/{again}/cancel").status_code == 200
    assert_problem(anybody.post(f"reports/{again}/cancel"), 409, "wrong_status")


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("timeZone", {"timeZone": "Mars/Olympus"}),
        ("notifyEmails[0]", {"notifyEmails": ["a@example.com\nBcc: everybody@example.com"]}),
        ("notifyEmails", {"notifyEmails": [f"a{number}@example.com" for number in range(10_000)]}),
        ("reportName", {"reportName": "x\r\nBcc: a@example.com"}),
        ("filters[0].field", {"filters": [{"entryType": "Exact", "field": "1; DROP TABLE", "value": 1}]}),
        ("columns", {"columns": ["transferId; DROP TABLE"]}),
        ("sorting.field", {"sorting": {"field": "transferId--", "direction": "Asc"}}),
        ("source", {"source": "Unspecified"}),
        ("format", {"format": "Exe"}),
        ("window", {"window": "Unspecified"}),
    ],
)
def test_hostile_values_are_refused_by_name(field: str, changed: Any, known: dict[str, str], anybody: Caller) -> None:
    problem = assert_problem(
        send(anybody, "POST", "/api/reports", {"reportName": "x", "source": "Transfers", "format": "Csv"} | changed), 400, "invalid"
    )
    assert field in problem["errors"]


def test_a_path_that_is_no_id_is_not_found(anybody: Caller) -> None:
    for path in ("/api/reports/x", "/api/reports/x/download", f"{TEMPLATES}/x", f"{V2}/reports/x"):
        media = FIRST if path.startswith("/api") else "application/json; x-api-version=2.0"
        assert_problem(anybody.send("GET", path, media=media), 404, "not_found")
