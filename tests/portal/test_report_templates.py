"""Report templates in the portal: made from a report, planned by their zone, run, tested, edited by two at once, deleted."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backoffice.contracts.filters import Filter
from backoffice.contracts.report_templates import TemplateChange
from backoffice.reports.models import Report, Skip, Template
from backoffice.services import back_api
from tests.money import bank
from tests.money.bank import OWNER
from tests.portal.desk_people import EVERYTHING, VIEWER, signed_in
from tests.portal.editor import editor_of
from tests.portal.posted import HTMX, page_of
from tests.reports.desk import daily, draft, finished

HOSTILE = "<img src=x onerror=alert(1)>"
NEW = "/report-templates/new/"
MOST_QUERIES = 22
EVERY_MORNING = {"frequency": "Daily", "day": "2027-03-27", "time": "02:30", "timeZone": "Europe/Berlin"}


@pytest.fixture
def account(db: None) -> str:
    bank.open_bank()
    return bank.open_account("anna")


@pytest.fixture
def clerk(account: str) -> Client:
    return signed_in(*EVERYTHING)


def drawn(clerk: Client, address: str = f"{NEW}?source=Transfers") -> dict[str, Any]:
    return editor_of(page_of(clerk, address))


def made(**more: Any) -> str:
    return back_api().report_templates.create(OWNER, draft(**more)).id


def test_a_report_that_is_put_together_is_kept_as_a_template(clerk: Client) -> None:
    entries = [{"entryType": "Range", "field": "createdAt", "value": {"relative": "previous month", "zone": "Europe/Berlin"}}]
    begun = "/reports/new/?" + urlencode({"source": "Transfers", "filters": json.dumps(entries), "zone": "Europe/Berlin"})
    asked = {**drawn(clerk, begun), "name": "Month of transfers", "do": "look"}
    page = clerk.post(NEW, asked).content.decode()
    sent = editor_of(page) | {"frequency": "Monthly", "day": "2026-12-31", "time": "07:15", "do": "save", "notifyEmails": "ops@example.com"}
    answer = clerk.post(NEW, sent, follow=True).content.decode()
    row = Template.objects.get()
    assert (row.name, row.filters, row.frequency, row.time_zone) == ("Month of transfers", entries, "Monthly", "Europe/Berlin")
    assert "On day 31 of every month at 07:15" in answer
    assert "2027-02-28 07:15+01:00" in answer
    assert "Previous month, Europe/Berlin" in answer


def test_the_next_runs_show_what_clocks_do_and_which_rows(clerk: Client) -> None:
    shown = clerk.post(NEW, drawn(clerk) | EVERY_MORNING | {"do": "plan"}, headers=HTMX).content.decode()
    for due in ("2027-03-27 02:30+01:00", "2027-03-28 03:00+02:00", "2027-03-29 02:30+02:00"):
        assert due in shown
    # The day on which they skip an hour is as long as its clocks say.
    assert "2027-03-28 00:00+01:00" in shown
    assert "2027-03-29 00:00+02:00" in shown
    assert shown.count("<tr>") == 6


def test_a_first_day_on_which_clocks_skip_the_time_would_move_it_for_ever(clerk: Client) -> None:
    refused = clerk.post(NEW, drawn(clerk) | EVERY_MORNING | {"day": "2027-03-28", "do": "save"})
    assert refused.status_code == 400
    assert "Clocks in Europe/Berlin skip 02:30 on that day" in refused.content.decode()
    assert not Template.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"day": ""}, "Choose the first day."), ({"time": "25:00"}, "Choose a time."), ({"timeZone": "Nowhere"}, "Choose a time zone")],
)
def test_a_schedule_that_makes_no_sense_is_said_at_once(clerk: Client, wrong: dict[str, str], said: str) -> None:
    sent = drawn(clerk) | EVERY_MORNING | wrong
    assert said in clerk.post(NEW, sent | {"do": "plan"}, headers=HTMX).content.decode()
    refused = clerk.post(NEW, sent | {"do": "save"})
    assert refused.status_code == 400
    assert said in refused.content.decode()


def test_a_name_is_there_once(clerk: Client) -> None:
    made(template_name="Every day")
    refused = clerk.post(NEW, drawn(clerk) | {"name": "Every day", "do": "save"})
    assert refused.status_code == 400
    assert "Another template has this name" in refused.content.decode()


def test_the_editor_shows_a_template_as_it_is_and_saves_the_same(clerk: Client) -> None:
    entries = [{"entryType": "Like", "field": "userEmail", "value": "anna"}]
    template = made(
        filters=msgspec.convert(entries, list[Filter]), columns=["status", "transferId"], window="PreviousWeek",
        notify_emails=["b@example.com", "a@example.com"],
        schedule=daily(zone="Asia/Kolkata"), format="Pdf",
    )  # fmt: skip
    before = back_api().report_templates.get(OWNER, template).value.template
    address = f"/report-templates/{template}/edit/"
    answer = clerk.post(address, drawn(clerk, address) | {"do": "save"})
    assert answer.status_code == 303
    after = back_api().report_templates.get(OWNER, template).value.template
    assert (after.filters, after.columns, after.window, after.notify_emails, after.format) == (
        before.filters, before.columns, before.window, before.notify_emails, "Pdf",
    )  # fmt: skip
    assert after.schedule is not None
    assert before.schedule is not None
    assert after.schedule.base_date == before.schedule.base_date.replace(second=0, microsecond=0)
    assert (after.schedule.frequency, after.schedule.time_zone) == ("Daily", "Asia/Kolkata")


def test_two_who_edit_at_once_both_see_what_the_other_wrote(clerk: Client) -> None:
    template = made(template_name="Shared")
    address = f"/report-templates/{template}/edit/"
    mine = drawn(clerk, address) | {"name": "Mine", "notifyEmails": "mine@example.com"}
    theirs = {"template_name": "Theirs", "source": "Transfers", "format": "Json", "columns": ["status"]}
    back_api().report_templates.update(OWNER, template, TemplateChange(**theirs))  # type: ignore[arg-type]
    lost = clerk.post(address, mine | {"do": "save"})
    page = lost.content.decode()
    assert lost.status_code == 412
    assert "1 field needs your choice" in page
    assert "mine@example.com" in page
    form = editor_of(page, '<form method="post" action="/report-templates/') | {"name": "Mine"}
    saved = clerk.post(address, form)
    assert saved.status_code == 303, saved.content.decode()[:500]
    row = Template.objects.get(pk=template)
    assert (row.name, row.format, row.columns, row.notify_emails) == ("Mine", "Json", ["status"], ["mine@example.com"])


def test_a_template_runs_now_and_is_tested_to_oneself_alone(clerk: Client) -> None:
    template = made(notify_emails=["ops@example.com"])
    page = page_of(clerk, f"/report-templates/{template}/")
    assert "Send me a test now" in page
    clerk.post(f"/report-templates/{template}/run/")
    assert Report.objects.get().notify_emails == ["ops@example.com"]
    answer = clerk.post(f"/report-templates/{template}/test/", follow=True).content.decode()
    mailed = Report.objects.order_by("-created_at")[0].notify_emails
    assert len(mailed) == 1
    assert mailed[0].startswith("person")
    assert f"mailed to {mailed[0]} alone" in answer


def test_runs_made_up_and_skipped_are_all_there(clerk: Client) -> None:
    found = finished()
    due = timezone.now() - timedelta(hours=5)
    Report.objects.filter(pk=found["report"]).update(due_at=due)
    Skip.objects.create(template_id=found["template"], due_at=due - timedelta(days=1), window_from=due - timedelta(days=2), window_to=due)
    page = page_of(clerk, f"/report-templates/{found['template']}/?tab=runs")
    assert "Made up" in page
    assert page.index("Made up") < page.index("Skipped")


def test_who_only_looks_may_not_write(account: str) -> None:
    template = made()
    reader = signed_in(*VIEWER, "view-reports", "view-transfers", name="Rita Reader")
    page = page_of(reader, f"/report-templates/{template}/")
    assert "This needs the operation manage-reports" in page
    assert "Send me a test now" not in page
    assert reader.get(NEW).status_code == 403
    for address in ("edit", "delete"):
        assert reader.get(f"/report-templates/{template}/{address}/").status_code == 403
    for address in ("run", "test"):
        assert reader.post(f"/report-templates/{template}/{address}/").status_code == 403
    other = signed_in(*VIEWER, "view-reports", name="Olga Other")
    assert other.get(f"/report-templates/{template}/").status_code == 404


def test_a_template_is_deleted_once_and_its_reports_stay(clerk: Client) -> None:
    found = finished()
    address = f"/report-templates/{found['template']}/delete/"
    assert "Nothing is made or sent on its schedule any more" in page_of(clerk, address)
    assert clerk.post(address, {"version": "999"}, follow=True).content.decode().count("changed meanwhile") == 1
    clerk.post(address, {"version": str(Template.objects.get().version)})
    assert "Deleted by" in page_of(clerk, f"/report-templates/{found['template']}/")
    assert clerk.get(f"/reports/{found['report']}/").status_code == 200
    assert "A template makes the same report again and again" in page_of(clerk, "/report-templates/")


def test_trouble_of_a_schedule_is_said_and_waits_on_home(clerk: Client) -> None:
    found = finished()
    Report.objects.filter(pk=found["report"]).update(status="Failed", status_reason="Nobody may make it.")
    Template.objects.filter(pk=found["template"]).update(trouble="Nobody may make it.")
    assert "Its last run could not be made." in page_of(clerk, f"/report-templates/{found['template']}/")
    assert "In trouble" in page_of(clerk, "/report-templates/")
    home = page_of(clerk, "/")
    assert "could not be made" in home
    assert f'href="/reports/{found["report"]}/"' in home
    Report.objects.filter(pk=found["report"]).update(status_reason="Cancelled by Ana Clerk.", cancelled_by="Ana Clerk")
    assert "could not be made" not in page_of(clerk, "/")


def test_hostile_names_stay_text(clerk: Client) -> None:
    template = made(template_name=HOSTILE, source_name=HOSTILE)
    for address in (
        "/report-templates/",
        *(f"/report-templates/{template}/{rest}" for rest in ("", "?tab=runs", "?tab=timeline", "edit/", "delete/")),
    ):
        page = page_of(clerk, address)
        assert "&lt;img src=x" in page, address
        assert HOSTILE not in page, address


def test_the_list_takes_the_same_queries_for_three_and_for_thirty(clerk: Client) -> None:
    taken = []
    for start, end in ((0, 3), (3, 30)):
        for number in range(start, end):
            back_api().report_templates.run(OWNER, made(template_name=f"Template {number}", schedule=daily()))
        with CaptureQueriesContext(connection) as queries:
            clerk.get("/report-templates/")
        taken.append(len(queries))
    assert taken[0] == taken[1] <= MOST_QUERIES


def test_the_palette_finds_templates_and_reports(clerk: Client) -> None:
    template = made(template_name="Friday figures")
    report = back_api().report_templates.run(OWNER, template).report_id
    found = clerk.get("/palette/?q=friday", headers=HTMX).content.decode()
    assert f"/report-templates/{template}/" in found
    assert f"/reports/{report}/" in found
