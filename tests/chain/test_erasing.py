"""A client who has left is forgotten, and the trail still proves everything else."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from backoffice.books.look import look
from backoffice.chain import models
from backoffice.contracts.users import UserChange
from backoffice.core.models import AuditChange
from backoffice.services import back_api, desk
from tests.chain.conftest import AUDITOR, CLERK, WORKER, forge, places


def leave() -> None:
    back_api().users.update(CLERK, "anna", UserChange(email="berg@example.com", name="Anna Berg", status="Terminated"))


def test_name_and_address_are_nowhere_and_the_chain_is_sound(trail: list[int], capsys: pytest.CaptureFixture[str]) -> None:
    head = desk().audit_chain.export_head(WORKER)
    assert head
    leave()
    call_command("erase_client", "anna", reason="asked for on 2026-11-20")
    assert "anna is erased, and what was personal in 2 changes" in capsys.readouterr().out
    erased = back_api().users.get(CLERK, "anna").value
    assert (erased.email, erased.name) == ("anna@erased.invalid", None)
    with connection.cursor() as cursor:
        for table in ("accounts_user", "core_auditrecord", "core_auditchange", "chain_seal"):
            cursor.execute(
                f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%Berg%' OR t::text LIKE '%anna@example.com%' OR t::text LIKE '%berg@%'"
            )
            assert cursor.fetchone() == (0,), table
    desk().audit_chain.extend(WORKER)
    report = desk().audit_chain.verify(AUDITOR, heads=[head])
    assert (report.is_sound, report.erased, report.checked) == (True, 2, 7)
    assert [checked.id for checked in look().violated if checked.id.startswith("E6")] == []
    record = desk().audit.find(AUDITOR, action="erase_client")[0]
    assert record.reason == "asked for on 2026-11-20"


def test_what_was_erased_cannot_be_filled_in_again(trail: list[int]) -> None:
    leave()
    call_command("erase_client", "anna", reason="x")
    forge(f"""UPDATE core_auditchange SET after = after || '{{"name": "Somebody Else"}}' WHERE record_id = {trail[0]}""")
    assert places() == [(1, trail[0])]


def test_only_those_who_left_are_erased(trail: list[int]) -> None:
    with pytest.raises(CommandError, match="only a Terminated client"):
        call_command("erase_client", "boris", reason="x")
    with pytest.raises(CommandError):
        call_command("erase_client", "nobody", reason="x")
    assert not models.Seal.objects.filter(salt=None).exists()


@pytest.mark.parametrize(
    "statement",
    [
        """UPDATE core_auditchange SET after = after || '{{"name": "Other"}}' WHERE record_id = {first}""",
        """UPDATE core_auditchange SET after = after || '{{"status": "erased"}}' WHERE record_id = {first}""",
        """UPDATE core_auditchange SET after = after - 'name' WHERE record_id = {first}""",
        """UPDATE core_auditchange SET before = before || '{{"name": "erased"}}', object_id = 'x' WHERE record_id = {first}""",
        """UPDATE core_auditchange SET after = '{{}}' WHERE record_id = {first}""",
    ],
)
def test_the_database_lets_nothing_else_change(statement: str, trail: list[int]) -> None:
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(statement.format(first=trail[0]))


def test_what_is_not_sealed_yet_cannot_be_erased(trail: list[int]) -> None:
    leave()
    change = AuditChange.objects.latest("id")
    forge(f"UPDATE core_auditchange SET object_type = 'user', after = after || '{{\"name\": \"Anna Berg\"}}' WHERE id = {change.pk}")
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute('UPDATE core_auditchange SET after = after || \'{"name": "erased"}\' WHERE id = %s', [change.pk])
