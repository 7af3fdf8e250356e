"""The chainer: nothing is left out, whoever commits late; what it leaves behind is told."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from backoffice.chain import linking, models
from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.users import NewUser
from backoffice.core import audit
from backoffice.core.models import AuditRecord
from backoffice.notifications.models import AdminNotification
from backoffice.services import back_api, desk
from tests.chain.conftest import AUDITOR, CLERK, WORKER, forge

pytestmark = pytest.mark.django_db(transaction=True)


def linked() -> list[int]:
    return list(models.Link.objects.order_by("number").values_list("record_id", flat=True))


def make(user_id: str) -> int:
    back_api().users.create(CLERK, NewUser(user_id=user_id, email=f"{user_id}@example.com"))
    return AuditRecord.objects.latest("id").pk


def test_a_record_with_a_smaller_id_that_commits_late_is_linked() -> None:
    """F63: A takes its id and waits, B commits a larger one, the chainer passes, A commits."""
    other = connection.copy()
    try:
        with other.cursor() as late:
            late.execute("BEGIN")
            columns = "at, actor_kind, actor_id, actor_name, door, action, trace_id"
            late.execute(f"INSERT INTO core_auditrecord ({columns}) VALUES (now(), 'system', 'x', 'x', 'job', 'x', '') RETURNING id")
            first = late.fetchone()[0]
            second = make("anna")
            assert first < second
            assert linking.extend() == 1
            assert linked() == [second]
            assert linking.extend() == 0
            late.execute("COMMIT")
        assert linking.extend() == 1
        assert linked() == [second, first]
    finally:
        other.close()
    assert desk().audit_chain.verify(AUDITOR).is_sound


def test_a_record_that_was_rolled_back_leaves_no_gap() -> None:
    make("anna")
    with transaction.atomic():
        audit.open_record(CLERK, "x")
        transaction.set_rollback(True)
    make("boris")
    assert linking.extend() == 2
    assert list(models.Link.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_records_from_before_the_chain_are_linked_as_well() -> None:
    first, second = make("anna"), make("boris")
    forge("UPDATE core_auditrecord SET transaction_id = NULL")
    assert linking.extend() == 2
    assert linked() == [first, second]


def test_in_a_restored_copy_the_numbers_of_transactions_begin_anew() -> None:
    make("anna")
    linking.extend()
    waiting = make("boris")
    forge("UPDATE core_auditrecord SET transaction_id = 2000000000", "UPDATE chain_state SET cluster = 'another', settled = 1999999999")
    new = make("carla")
    assert linking.extend() == 2
    assert linked()[1:] == [waiting, new]
    another = make("dora")
    assert linking.extend() == 1
    assert linked()[-1] == another
    assert desk().audit_chain.verify(AUDITOR).is_sound


def test_only_one_at_a_time() -> None:
    make("anna")
    other = connection.copy()
    try:
        with other.cursor() as busy:
            busy.execute("SELECT pg_advisory_lock(%s)", [linking.LOCK])
            assert linking.extend() == 0
            busy.execute("SELECT pg_advisory_unlock(%s)", [linking.LOCK])
    finally:
        other.close()
    assert linking.extend() == 1


def test_a_long_backlog_is_linked_in_several_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linking, "MOST", 3)
    monkeypatch.setattr(linking, "BATCH", 2)
    for number in range(5):
        make(f"user-{number}")
    assert [linking.extend(), linking.extend(), linking.extend()] == [3, 2, 0]
    assert desk().audit_chain.verify(AUDITOR).is_sound


def test_records_that_waited_too_long_are_told() -> None:
    make("anna")
    linking.extend()
    models.State.objects.update(settled_at=timezone.now() - timedelta(minutes=5))
    assert desk().audit_chain.state(AUDITOR).waiting_seconds == 0
    with transaction.atomic():
        audit.open_record(CLERK, "x")
    forge("UPDATE core_auditrecord SET at = at - interval '2 minutes'")
    assert desk().audit_chain.state(AUDITOR).waiting_seconds == pytest.approx(120, abs=10)
    linking.extend()
    told = AdminNotification.objects.get(type="AuditChainLags")
    assert told.data["seconds"] >= 60
    assert desk().audit_chain.state(AUDITOR).waiting_seconds == 0


def test_a_record_is_opened_in_a_transaction_or_not_at_all() -> None:
    with pytest.raises(RuntimeError, match="outside of a transaction"):
        audit.open_record(CLERK, "x")


def test_the_head_is_exported_every_hour_and_mailed_once(settings: object, mailoutbox: list[object], capsys: pytest.CaptureFixture[str]) -> None:
    settings.AUDIT_HEADS_TO = ["auditor@example.com"]  # type: ignore[attr-defined]  # pytest-django's wrapper of the settings
    make("anna")
    linking.extend()
    assert desk().audit_chain.export_due(WORKER)
    make("boris")
    assert not desk().audit_chain.export_due(WORKER)
    assert desk().audit_chain.mail_heads(WORKER) == 1
    assert desk().audit_chain.mail_heads(WORKER) == 0
    (mail,) = mailoutbox
    assert '"number":1' in mail.body  # type: ignore[attr-defined]  # Django's mail
    call_command("export_audit_head")
    assert '"number":2' in capsys.readouterr().out
    call_command("export_audit_head")
    assert models.Head.objects.count() == 2


def test_reading_is_on_record_without_being_a_change() -> None:
    audit.read(Actor(kind="operator", id="x", name="X", door="portal", operations=frozenset(operations.ALL)), "users.export", "user", "list", 12)
    (found,) = desk().audit.find(AUDITOR)
    assert (found.action, found.changes[0].before, found.changes[0].after) == ("users.export", {}, {})
    linking.extend()
    assert desk().audit_chain.verify(AUDITOR).is_sound
