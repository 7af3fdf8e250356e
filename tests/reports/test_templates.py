"""Templates as they are kept: names, versions, options, and who sees which."""

from datetime import timedelta

import pytest
from django.utils import timezone
from msgspec import UNSET

from backoffice.contracts.errors import Conflict, Invalid, NotFound, NotPermitted, Stale
from backoffice.contracts.report_templates import ReportSchedule, TemplateChange, TemplateQuery
from backoffice.contracts.reports import ReportQuery
from backoffice.reports.models import Report
from backoffice.services import back_api
from tests.domain.conftest import person
from tests.history.ledgers import exact
from tests.money.bank import OWNER
from tests.reports.desk import WORKER, daily, draft, template


def test_names_are_unique_among_those_that_are_there(bank: dict[str, str]) -> None:
    api = back_api().report_templates
    made = api.create(OWNER, draft()).id
    with pytest.raises(Conflict) as refusal:
        api.create(OWNER, draft())
    assert refusal.value.code == "name_taken"
    other = api.create(OWNER, draft(template_name="Other")).id
    with pytest.raises(Invalid):
        api.update(OWNER, other, TemplateChange(template_name="Every day Transfers", source="Transfers", format="Csv"))
    api.delete(OWNER, made)
    again = api.create(OWNER, draft()).id
    gone = api.get(OWNER, made).value.template
    assert (again != made, gone.deleted_by, gone.deleted_at is not None) == (True, "tests", True)
    for act in (api.run, api.delete):
        with pytest.raises(NotFound):
            act(OWNER, made)
    assert [state.template.template_name for state in api.find(OWNER, TemplateQuery()).items] == ["Every day Transfers", "Other"]


def test_a_deleted_one_is_due_no_more_and_its_reports_stay(bank: dict[str, str]) -> None:
    api = back_api().report_templates
    made = template(draft(schedule=daily()))
    report = api.run(OWNER, made).report_id
    api.delete(OWNER, made)
    assert api.take_due(WORKER) == 0
    assert back_api().reports.get(OWNER, report).report.template_name == "Every day Transfers"


def test_by_hand_it_is_made_now_and_in_the_name_of_whoever_asks(bank: dict[str, str]) -> None:
    made = template(draft(schedule=daily(), window="SincePreviousRun"))
    started = back_api().report_templates.run(OWNER, made).report_id
    report = Report.objects.get(pk=started)
    assert report.due_at is None
    assert report.window_from is not None
    assert report.window_to is not None
    assert timedelta(0) < report.window_to - report.window_from <= timedelta(days=1)
    assert [state.report.id for state in back_api().reports.find(OWNER, ReportQuery(template_id=made)).items] == [started]


def test_who_saw_an_older_version_is_told(bank: dict[str, str]) -> None:
    made = back_api().report_templates.create(OWNER, draft()).id
    change = TemplateChange(template_name="New name", source="Transfers", format="Xlsx")
    back_api().report_templates.update(OWNER, made, change, version=1)
    with pytest.raises(Stale):
        back_api().report_templates.update(OWNER, made, change, version=1)
    found = back_api().report_templates.get(OWNER, made)
    assert (found.version, found.value.template.format, found.value.template.template_name) == (2, "Xlsx", "New name")


def test_options_are_told_to_whoever_gave_them(bank: dict[str, str]) -> None:
    api = back_api().report_templates
    plain = api.get(OWNER, api.create(OWNER, draft(template_name="Plain", schedule=ReportSchedule(base_date=timezone.now(), frequency="Daily"))).id)
    assert plain.value.template.window is UNSET
    assert plain.value.template.schedule is not None
    assert plain.value.template.schedule.time_zone is UNSET
    given = api.get(
        OWNER, api.create(OWNER, draft(template_name="More", schedule=daily(zone="Asia/Kolkata"), columns=["assetId"], window="PreviousWeek")).id
    )
    template = given.value.template
    assert template.schedule is not None
    assert (template.window, template.columns, template.schedule.time_zone, template.receipt) == ("PreviousWeek", ["assetId"], "Asia/Kolkata", UNSET)


def test_templates_of_rows_that_one_may_not_see_are_absent(bank: dict[str, str]) -> None:
    made = template(draft(schedule=daily(), filters=[exact("userId", "anna")]))
    reader = person("00000000-0000-4000-8000-000000000001", "view-reports", "manage-reports", "view-balances")
    api = back_api().report_templates
    assert api.find(reader, TemplateQuery()).items == []
    for act in (api.get, api.run, api.delete, api.skipped):
        with pytest.raises(NotFound):
            act(reader, made)
    with pytest.raises(NotPermitted):
        api.create(reader, draft(template_name="Mine"))


def test_only_the_worker_works(bank: dict[str, str]) -> None:
    for act in (
        lambda: back_api().report_templates.take_due(OWNER),
        lambda: back_api().reports.due(OWNER),
        lambda: back_api().reports.clean(OWNER),
        lambda: back_api().reports.abandon(OWNER, "x", reason="x"),
    ):
        with pytest.raises(NotPermitted):
            act()


def test_lists_go_on_behind_their_cursors(bank: dict[str, str]) -> None:
    api = back_api()
    names = [f"Template {number}" for number in range(5)]
    for name in names:
        api.report_templates.run(OWNER, api.report_templates.create(OWNER, draft(template_name=name)).id)
    seen, after = list[str](), None
    while True:
        page = api.report_templates.find(OWNER, TemplateQuery(limit=2, after=after))
        seen += [state.template.template_name for state in page.items]
        if (after := page.next) is None:
            break
    assert seen == names
    seen, after = [], None
    while True:
        found = api.reports.find(OWNER, ReportQuery(limit=2, after=after))
        seen += [state.report.report_name for state in found.items]
        assert found.total == 5
        if (after := found.next) is None:
            break
    assert seen == names[::-1]
