"""Templates and their schedules: due once however many ask, the latest made up after a gap, and with the rights that somebody has then."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from backoffice.contracts.errors import Invalid
from backoffice.contracts.filters import Filter
from backoffice.contracts.report_templates import ReportSchedule, SchedulePlan, TemplateChange
from backoffice.jobs import reports as jobs
from backoffice.operators.models import Operator
from backoffice.reports.models import Delivery, Report, Skip, Template
from backoffice.services import back_api
from tests.domain.conftest import person
from tests.history.ledgers import span
from tests.money.bank import OWNER
from tests.reports.desk import WORKER, daily, draft, template, wanted

NOBODY = "00000000-0000-4000-8000-00000000dead"


def at_once(act: Callable[[], Any], times: int) -> None:
    """In as many threads, each with a connection of its own."""
    start, failed = threading.Barrier(times), list[BaseException]()

    def run() -> None:
        start.wait()
        try:
            act()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_a_due_template_becomes_a_report_of_the_day_before(bank: dict[str, str]) -> None:
    made = template(draft(schedule=daily(zone="Europe/Berlin"), notify_emails=["a@example.com"]))
    assert back_api().report_templates.take_due(WORKER) == 1
    report = Report.objects.get()
    state = back_api().report_templates.get(OWNER, made).value
    assert (report.status, report.name, report.template_name, report.created_by) == ("New", "Every day Transfers", "Every day Transfers", "tests")
    assert report.due_at is not None
    assert report.due_at <= timezone.now() < report.due_at + timedelta(hours=25)
    assert report.window_to is not None
    assert report.window_from is not None
    assert report.window_to - report.window_from in (timedelta(hours=hours) for hours in (23, 24, 25))
    assert report.window_to <= report.due_at
    assert state.next_due_at is not None
    assert state.next_due_at > timezone.now()
    assert back_api().report_templates.take_due(WORKER) == 0


def test_it_is_not_taken_before_its_instant(bank: dict[str, str]) -> None:
    later = ReportSchedule(base_date=timezone.now() + timedelta(minutes=2), frequency="Daily")
    back_api().report_templates.create(OWNER, draft(schedule=later))
    back_api().report_templates.create(OWNER, draft(template_name="By hand alone"))
    assert back_api().report_templates.take_due(WORKER) == 0


def test_many_beats_make_one_report_and_many_workers_make_it_once(bank: dict[str, str]) -> None:
    for number in range(5):
        template(draft(template_name=f"Template {number}", schedule=daily(), notify_emails=["a@example.com", "b@example.com"]))
    at_once(lambda: back_api().report_templates.take_due(WORKER), 6)
    assert Report.objects.count() == 5
    reports = [str(pk) for pk in Report.objects.values_list("pk", flat=True)]
    at_once(lambda: [back_api().reports.run(OWNER, report) for report in reports], 4)
    assert set(Report.objects.values_list("status", "claims")) == {("Completed", 0)}
    assert Delivery.objects.count() == 10


def test_the_database_keeps_each_due_instant_to_one_report_and_each_recipient_to_one_mail(bank: dict[str, str]) -> None:
    template(draft(schedule=daily()))
    back_api().report_templates.take_due(WORKER)
    report = Report.objects.get()
    Delivery.objects.create(report=report, recipient="a@example.com")
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(report=report, recipient="a@example.com")
    report.pk = UUID(int=7)
    with pytest.raises(IntegrityError), transaction.atomic():
        report.save(force_insert=True)


def test_of_missed_instants_the_latest_is_made_up_and_the_others_are_told(bank: dict[str, str]) -> None:
    made = template(draft(schedule=daily(), window="PreviousDay"), missed=3)
    assert back_api().report_templates.take_due(WORKER) == 1
    report = Report.objects.get()
    skipped = back_api().report_templates.skipped(OWNER, made)
    assert report.due_at is not None
    assert [skip.due_at for skip in skipped] == [report.due_at - timedelta(days=days) for days in (1, 2, 3)]
    # No row is between two windows and none is in both.
    windows = [(skip.window_from, skip.window_to) for skip in reversed(skipped)] + [(report.window_from, report.window_to)]
    assert all(one[1] == following[0] for one, following in pairwise(windows))
    assert Skip.objects.count() == 3


def test_a_schedule_that_changes_looks_ahead_only(bank: dict[str, str]) -> None:
    made = template(draft(schedule=daily()), missed=2)
    change = TemplateChange(template_name="Every day Transfers", source="Transfers", format="Csv", schedule=daily(days_ago=4))
    back_api().report_templates.update(OWNER, made, change)
    assert back_api().report_templates.take_due(WORKER) == 0
    assert (Report.objects.count(), Skip.objects.count()) == (0, 0)


def test_windows_follow_from_the_schedule_unless_something_else_says_so(bank: dict[str, str]) -> None:
    def window(**more: Any) -> str:
        made = back_api().report_templates.create(OWNER, draft(template_name=f"{len(Template.objects.all())}", **more)).id
        return Template.objects.get(pk=made).window

    base = timezone.now()
    assert window() == "Everything"
    assert window(schedule=ReportSchedule(base_date=base, frequency="Daily")) == "PreviousDay"
    assert window(schedule=ReportSchedule(base_date=base, frequency="Weekly")) == "PreviousWeek"
    assert window(schedule=ReportSchedule(base_date=base, frequency="Weekly", days_of_week=["Monday", "Friday"])) == "SincePreviousRun"
    assert window(schedule=ReportSchedule(base_date=base, frequency="Monthly")) == "PreviousMonth"
    assert window(schedule=daily(), filters=[span("createdAt", start="2026-01-01T00:00:00Z")]) == "Everything"
    assert window(schedule=daily(), window="PreviousYear") == "PreviousYear"
    assert window(source="UserBalances", schedule=daily()) == "Everything"


def test_periods_by_words_in_filters_are_relative_to_the_due_instant(bank: dict[str, str]) -> None:
    words = Filter(entry_type="Range", field="createdAt", value={"relative": "this hour"})
    template(draft(schedule=daily(), filters=[words]))
    back_api().report_templates.take_due(WORKER)
    Report.objects.update(due_at=datetime.fromisoformat("2026-03-01T12:30:00+00:00"))
    report = Report.objects.get()
    back_api().reports.run(OWNER, str(report.pk))
    state = back_api().reports.get(OWNER, str(report.pk))
    assert state.receipt is not None
    said = [line.value for line in state.receipt.lines if line.name == "Filter"]
    assert said == ["createdAt from 2026-03-01 12:00:00+00:00 and before 2026-03-01 13:00:00+00:00"]


def test_a_plan_tells_the_next_five_runs_with_offset_and_window(bank: dict[str, str]) -> None:
    schedule = ReportSchedule(base_date=datetime.fromisoformat("2027-03-27T01:30:00+00:00"), frequency="Daily", time_zone="Europe/Berlin")
    found = back_api().report_templates.plan(OWNER, SchedulePlan(schedule=schedule))
    assert [run.local for run in found] == [
        "2027-03-27 02:30:00+01:00",
        "2027-03-28 03:00:00+02:00",
        "2027-03-29 02:30:00+02:00",
        "2027-03-30 02:30:00+02:00",
        "2027-03-31 02:30:00+02:00",
    ]
    assert (found[2].window_from_local, found[2].window_to_local) == ("2027-03-28 00:00:00+01:00", "2027-03-29 00:00:00+02:00")
    with pytest.raises(Invalid) as refusal:
        back_api().report_templates.plan(OWNER, SchedulePlan(schedule=ReportSchedule(base_date=timezone.now(), frequency="Daily", time_zone="Mars")))
    assert list(refusal.value.fields) == ["schedule.timeZone"]


def test_the_worker_makes_what_is_due(bank: dict[str, str]) -> None:
    template(draft(schedule=daily(), notify_emails=["a@example.com"]))
    jobs.take_due()
    jobs.sweep()
    report = Report.objects.get()
    assert (report.status, report.rows, Delivery.objects.get().recipient) == ("Completed", 0, "a@example.com")
    jobs.sweep()
    jobs.run(str(report.pk))
    assert Delivery.objects.count() == 1


def test_one_whose_owner_is_gone_says_so_and_goes_on_when_somebody_takes_it(bank: dict[str, str]) -> None:
    ghost = person(NOBODY, "manage-reports", "view-reports", "view-transfers")
    made = template(draft(schedule=daily()), by=ghost)
    jobs.take_due()
    jobs.sweep()
    state = back_api().report_templates.get(OWNER, made).value
    assert (state.owner, state.trouble) == (ghost.name, jobs.NOT_ALLOWED)
    assert state.last_report is not None
    assert (state.last_report.report.status_type, state.last_report.report.status_reason) == ("Failed", jobs.NOT_ALLOWED)
    (notice,) = back_api().notifications.find(OWNER)
    assert (notice.type, notice.data.template_id) == ("ReportFailed", made)
    earlier = ReportSchedule(base_date=timezone.now() - timedelta(days=3, minutes=30), frequency="Daily")
    change = TemplateChange(template_name="Every day Transfers", source="Transfers", format="Csv", schedule=earlier)
    back_api().report_templates.update(OWNER, made, change)
    Template.objects.update(next_due_at=F("next_due_at") - timedelta(days=1))
    jobs.take_due()
    jobs.sweep()
    state = back_api().report_templates.get(OWNER, made).value
    assert (state.owner, state.trouble) == ("tests", None)
    assert state.last_report is not None
    assert state.last_report.report.status_type == "Completed"


def test_ownership_passes_to_whoever_made_it_when_the_last_editor_is_gone(bank: dict[str, str]) -> None:
    ghost = person(NOBODY, "manage-reports", "view-reports", "view-transfers")
    made = template(draft(schedule=daily()))
    Template.objects.update(owner_kind=ghost.kind, owner_id=ghost.id, owner_name=ghost.name)
    jobs.take_due()
    jobs.sweep()
    state = back_api().report_templates.get(OWNER, made).value
    assert (state.owner, Report.objects.get().status) == ("tests", "Completed")


def test_a_right_that_was_taken_away_counts_at_the_run(bank: dict[str, str]) -> None:
    """Of an operator who is there and holds nothing."""
    somebody = Operator.objects.create(username="temp", email="temp@example.com", name="Temp", created_at=timezone.now())
    try:
        holder = person(str(somebody.pk), "manage-reports", "view-transfers", "view-reports")
        started = back_api().reports.create(holder, wanted())
        jobs.run(started.id)
        assert back_api().reports.get(OWNER, started.id).report.status_reason == jobs.NOT_ALLOWED
    finally:
        somebody.delete()


def test_a_schedule_moved_back_to_an_instant_that_has_its_report_gets_no_second_one(bank: dict[str, str]) -> None:
    template(draft(schedule=daily()))
    assert back_api().report_templates.take_due(WORKER) == 1
    Template.objects.update(next_due_at=F("next_due_at") - timedelta(days=1))
    assert back_api().report_templates.take_due(WORKER) == 1
    assert Report.objects.count() == 1
