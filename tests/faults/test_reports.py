"""Whoever schedules and makes reports dies at any point, and there are two of each: one report, whole, and each recipient owed one mail (E2, E4)."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from backoffice.embedded import parts
from backoffice.embedded.processes import Child, wait_until
from tests.faults.lab import Lab

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]

MAKING = (
    "report_after_claim",
    "report_after_counting",
    "report_after_writing",
    "report_after_renaming",
    "report_before_completing",
    "report_after_completing",
)
SCHEDULING = ("report_before_queueing", "report_after_queueing")
ASKED = """
from backoffice.contracts.reports import NewReport
mails = ["a@example.com", "b@example.com"]
back_api().reports.create(OWNER, NewReport(report_name="R", source="Transfers", format="Csv", notify_emails=mails))
"""
SCHEDULED = """
from datetime import timedelta
from django.utils import timezone
from backoffice.contracts.report_templates import ReportSchedule, TemplateDraft
schedule = ReportSchedule(base_date=timezone.now() - timedelta(minutes=1), frequency="Daily")
for number in range(3):
    asked = {"source": "Transfers", "format": "Csv", "notify_emails": ["a@example.com", "b@example.com"], "schedule": schedule}
    back_api().report_templates.create(OWNER, TemplateDraft(template_name=f"T {number} {timezone.now()}", **asked))
"""
# Another one just like the first, as it was when it was asked for.
AGAIN = """
INSERT INTO reports_report SELECT (jsonb_populate_record(NULL::reports_report, to_jsonb(r) || jsonb_build_object(
    'id', gen_random_uuid(), 'status', 'New', 'status_reason', null, 'started_at', null, 'finished_at', null, 'rows_done', 0, 'rows_total', null,
    'rows', null, 'shown_rows', null, 'totals', null, 'words', null, 'as_of', null, 'sha256', null, 'size', null, 'stored_as', '',
    'claims', 0, 'lease_token', null, 'lease_until', null
))).* FROM (SELECT * FROM reports_report LIMIT 1) r, generate_series(1, %s)
"""
# Who lives renews it every second.
LEFT = "UPDATE reports_report SET lease_until = now() - interval '1 s' WHERE status = 'InProgress' AND lease_until < now() + interval '26 s'"
DUE = "UPDATE reports_template SET next_due_at = next_due_at - interval '1 day', base_at = base_at - interval '5 days' WHERE frequency IS NOT NULL"
OVER = "UPDATE reports_template SET next_due_at = NULL, frequency = NULL, base_at = NULL"
STATES = "SELECT status, status_reason, claims FROM reports_report"


@pytest.fixture
def workers(lab: Lab) -> list[Child]:
    """Two that make reports, and one more of everything that schedules them."""
    lab.execute("TRUNCATE reports_template CASCADE")
    made = [another(lab, "reports", 1), another(lab, "reports", 2), another(lab, "desk", 3)]
    beat = parts.beat(lab.at, lab.environment)
    beat.log = lab.at.log("beat-2")
    for child in (*made, beat):
        lab.more.append(child)
        child.start()
    return made


def another(lab: Lab, queue: str, number: int, **environment: str) -> Child:
    child = parts.worker(lab.at, {**lab.environment, **environment}, queue=queue)
    argv = [word.replace(f"{queue}@", f"{queue}-{number}@") for word in child.argv]
    return Child(f"worker-{queue}-{number}", argv, lab.at.log(f"worker-{queue}-{number}"), child.environment)


def fell(lab: Lab, point: str) -> bool:
    """Whether somebody came to the point, and died there."""
    return wait_until(lambda: not lab.is_armed(point), 60)


def hurried(lab: Lab, count: int, seconds: float = 90) -> bool:
    """Until so many are completed; leases of the dead run out at once."""

    def completed() -> bool:
        lab.execute(LEFT)
        lab.send_task("reports.sweep", queue="reports")
        return bool(lab.scalar("SELECT count(*) = %s FROM reports_report WHERE status = 'Completed'", count))

    return wait_until(completed, seconds, 0.5)


def assert_whole(lab: Lab, reports: int) -> None:
    rows: list[tuple[Any, ...]] = lab.rows("SELECT status, stored_as, sha256, size, claims, lease_token FROM reports_report")
    assert len(rows) == reports
    for status, stored, digest, size, claims, token in rows:
        content = (Path(lab.at.data) / "files" / "reports" / stored).read_bytes()
        assert (status, hashlib.sha256(content).hexdigest(), len(content), claims, token) == ("Completed", digest, size, 0, None)
    owed = lab.rows("SELECT report_id, array_agg(recipient ORDER BY recipient) FROM reports_delivery GROUP BY report_id")
    assert [mails for _, mails in owed] == [["a@example.com", "b@example.com"]] * reports


def test_a_maker_killed_at_any_point_leaves_one_whole_report(lab: Lab, workers: list[Child]) -> None:
    lab.call(ASKED)
    assert hurried(lab, 1), lab.rows(STATES)
    for number, point in enumerate(MAKING, start=2):
        lab.arm(point)
        lab.execute(AGAIN, 1)
        lab.send_task("reports.sweep", queue="reports")
        assert fell(lab, point), point
        assert hurried(lab, number), (point, lab.rows(STATES))
    assert_whole(lab, 1 + len(MAKING))


def test_a_scheduler_killed_at_any_point_and_two_beats_queue_each_once(lab: Lab, workers: list[Child]) -> None:
    for number, point in enumerate(SCHEDULING, start=1):
        lab.call(SCHEDULED)
        lab.arm(point)
        lab.execute(DUE)
        lab.send_task("reports.take_due", times=4, queue="desk")
        assert fell(lab, point), point
        lab.send_task("reports.take_due", times=4, queue="desk")
        assert hurried(lab, 3 * number), (point, lab.rows(STATES))
        assert lab.scalar("SELECT count(*) FROM reports_template WHERE next_due_at <= now()") == 0
        lab.execute(OVER)
    assert_whole(lab, 3 * len(SCHEDULING))
    assert lab.scalar("SELECT count(*) - count(DISTINCT (template_id, due_at)) FROM reports_report") == 0


def test_those_who_make_are_killed_again_and_again(lab: Lab, workers: list[Child]) -> None:
    lab.call(ASKED)
    lab.execute(AGAIN, 11)
    for child in (*workers[:2], *workers[:2]):
        lab.send_task("reports.sweep", queue="reports")
        wait_until(lambda: lab.scalar("SELECT count(*) FROM reports_report WHERE status = 'InProgress'"), 5, 0.01)
        lab.kill(child)
        child.start()
    assert hurried(lab, 12), lab.rows(STATES)
    assert_whole(lab, 12)
