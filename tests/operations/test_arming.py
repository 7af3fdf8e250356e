"""A restored copy acts on nothing outside until a person arms it."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backoffice.contracts.errors import Conflict
from backoffice.core import arming
from backoffice.jobs import callbacks, commission_changes, report_mail, reports
from backoffice.services import desk
from tests.portal.desk_people import OWNER

RESTORED = "UPDATE core_installation SET armed_as = '7000000000000000000:16384'"


@pytest.fixture
def restored(db: None) -> None:
    """As one finds it after a restore elsewhere: armed as another database."""
    with connection.cursor() as cursor:
        cursor.execute(RESTORED)
    arming._known = (0.0, True)


OUTSIDE = re.compile("callbacks_callback|reports_delivery|reports_template|commission_changes_changeset")


@pytest.mark.django_db
def test_a_new_installation_is_armed() -> None:
    assert arming.is_armed()


def test_a_copy_finds_out_by_itself_and_looks_for_no_work_outside(restored: None) -> None:
    assert not arming.is_armed()
    for job in (callbacks.deliver, report_mail.deliver, reports.take_due, commission_changes.apply_due):
        with CaptureQueriesContext(connection) as asked:
            job()
        statements = [query["sql"] for query in asked.captured_queries]
        assert arming.ARMED in statements, job
        assert not any(OUTSIDE.search(statement) for statement in statements), job
        arming.arm()
        with CaptureQueriesContext(connection) as asked:
            job()
        assert any(OUTSIDE.search(query["sql"]) for query in asked.captured_queries), job
        arming.disarm()


def test_arming_and_disarming_are_on_record(restored: None) -> None:
    call_command("arm")
    assert arming.is_armed()
    with pytest.raises(CommandError, match="armed already"):
        call_command("arm")
    call_command("disarm")
    assert not arming.is_armed()
    with pytest.raises(Conflict, match="disarmed already"):
        desk().installation.disarm(OWNER)
    assert [record.action for record in desk().audit.find(OWNER, limit=2)] == ["installation.disarm", "installation.arm"]


def test_probes_and_pages_say_so(restored: None, clerk: Client) -> None:
    assert Client().get("/readyz").json()["checks"]["armed"]["detail"].startswith("disarmed")
    assert b"This copy is disarmed" in clerk.get("/").content
    call_command("arm")
    assert Client().get("/readyz").json()["checks"]["armed"]["detail"] == "armed"
    assert b"This copy is disarmed" not in clerk.get("/").content
