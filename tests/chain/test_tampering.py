"""F60: whatever a superuser does to the trail behind everybody's back, the verifier names where."""

import hashlib

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection

from backoffice.chain import linking, models
from backoffice.contracts.audit_chain import ChainHead
from backoffice.contracts.users import NewUser
from backoffice.services import back_api, desk
from tests.chain.conftest import AUDITOR, CLERK, WORKER, faults, forge, places


def test_an_honest_trail_is_sound(trail: list[int]) -> None:
    report = desk().audit_chain.verify(AUDITOR)
    assert report.is_sound
    assert (report.checked, report.waiting, report.erased) == (5, 0, 0)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_auditrecord SET actor_name = 'Nobody' WHERE id = {third}",
        "UPDATE core_auditrecord SET at = at + interval '1 microsecond' WHERE id = {third}",
        "UPDATE core_auditrecord SET reason = '' WHERE id = {third}",
        "UPDATE core_auditrecord SET trace_id = action, action = trace_id WHERE id = {third}",
        """UPDATE core_auditchange SET after = after || '{{"email": "x@example.com"}}' WHERE record_id = {third}""",
        """UPDATE core_auditchange SET after = after || '{{"status": "Frozen"}}' WHERE record_id = {third}""",
        "UPDATE core_auditchange SET object_id = 'boris' WHERE record_id = {third}",
        "UPDATE core_auditchange SET read_rows = 0 WHERE record_id = {third}",
        "UPDATE core_auditchange SET before = after, after = before WHERE record_id = {third}",
        "DELETE FROM core_auditchange WHERE record_id = {third}",
        "DELETE FROM core_auditrecord WHERE id = {third}",
        "INSERT INTO core_auditchange (record_id, object_type, object_id, before, after) VALUES ({third}, 'market', 'a', '{{}}', '{{}}')",
        "UPDATE chain_link SET hash = sha256('x') WHERE number = 3",
        "UPDATE chain_seal SET salt = NULL WHERE change_id = (SELECT id FROM core_auditchange WHERE record_id = {third})",
    ],
)
def test_the_first_bad_record_is_named(statement: str, trail: list[int]) -> None:
    forge(statement.format(third=trail[2]))
    assert places()[0] == (3, trail[2])


def test_records_that_changed_places_are_found(trail: list[int]) -> None:
    forge(
        f"UPDATE chain_link SET record_id = -1 WHERE number = 2; UPDATE chain_link SET record_id = {trail[1]} WHERE number = 3",
        f"UPDATE chain_link SET record_id = {trail[2]} WHERE number = 2",
    )
    assert places() == [(2, trail[2]), (3, trail[1])]


def test_a_link_that_was_taken_out_is_found(trail: list[int]) -> None:
    forge("DELETE FROM chain_link WHERE number = 2")
    (first, second) = faults()
    assert (first.number, "the numbers from 2 to 2 are missing" in first.detail) == (3, True)
    assert (second.record, "no link" in second.detail) == (trail[1], True)


def test_a_record_put_in_with_an_old_number_is_found(trail: list[int]) -> None:
    columns = "at, actor_kind, actor_id, actor_name, door, action, trace_id, transaction_id"
    forge(f"INSERT INTO core_auditrecord ({columns}) SELECT {columns} FROM core_auditrecord WHERE id = {trail[0]}")
    (found,) = faults()
    assert found.number is None
    assert found.record not in trail
    forge(f"UPDATE core_auditrecord SET transaction_id = NULL WHERE id = {found.record}")
    assert len(faults()) == 1


def test_a_change_without_its_record_is_found(trail: list[int]) -> None:
    forge("INSERT INTO core_auditchange (record_id, object_type, object_id, before, after) VALUES (0, 'market', 'a', '{}', '{}')")
    (found,) = faults()
    assert (found.record, "a record that there is not" in found.detail) == (0, True)


def told() -> ChainHead:
    head = desk().audit_chain.export_head(WORKER)
    assert head
    return head


def test_a_tail_that_was_cut_off_is_found_by_what_was_told_outside(trail: list[int]) -> None:
    head = told()
    forge(
        f"DELETE FROM core_auditchange WHERE record_id >= {trail[3]}",
        "DELETE FROM chain_seal WHERE NOT EXISTS (SELECT FROM core_auditchange c WHERE c.id = change_id)",
        f"DELETE FROM core_auditrecord WHERE id >= {trail[3]}",
        "DELETE FROM chain_link WHERE number >= 4",
        "DELETE FROM chain_head",
    )
    assert desk().audit_chain.verify(AUDITOR).is_sound
    (found,) = faults(head)
    assert (found.number, "tail is cut off" in found.detail) == (5, True)


def test_a_chain_that_was_written_anew_is_found_by_what_was_told_outside(trail: list[int]) -> None:
    head = told()
    rewrite(trail[1])
    assert desk().audit_chain.verify(AUDITOR).is_sound
    (found,) = faults(head)
    assert (found.number, "written anew" in found.detail) == (5, True)


def rewrite(record: int) -> None:
    """A whole new chain over a changed past, by somebody who has our code, and the heads gone with it."""
    forge(
        f"UPDATE core_auditrecord SET actor_name = 'Nobody' WHERE id = {record}",
        "DELETE FROM chain_link; DELETE FROM chain_seal; DELETE FROM chain_head; DELETE FROM chain_state",
    )
    assert linking.extend() == 5


def test_a_head_that_somebody_else_signed_is_refused(trail: list[int]) -> None:
    head = told()
    rewrite(trail[1])
    last = models.Link.objects.latest("number")
    forged = ChainHead(number=5, hash=bytes(last.hash).hex(), at=head.at, signature=head.signature, key=head.key)
    (found,) = faults(forged)
    assert "not signed by this desk's key" in found.detail


def test_heads_in_a_file_are_read_by_the_command(trail: list[int], capsys: pytest.CaptureFixture[str], tmp_path: object) -> None:
    told()
    call_command("verify_audit")
    assert "5 records linked, 0 not yet, 0 changes erased, 1 heads; the trail is what was recorded" in capsys.readouterr().out
    rewrite(trail[1])
    with pytest.raises(SystemExit):
        call_command("verify_audit")
    printed = capsys.readouterr().out
    assert "number 5: at " in printed
    assert "THE TRAIL WAS TAMPERED WITH" in printed


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_auditrecord SET reason = 'x'",
        "DELETE FROM core_auditrecord",
        "UPDATE core_auditchange SET before = '{}'",
        "DELETE FROM core_auditchange",
        "UPDATE chain_link SET hash = hash",
        "DELETE FROM chain_link",
        "UPDATE chain_seal SET digest = sha256('x')",
        "UPDATE chain_seal SET salt = sha256('x')",
        "DELETE FROM chain_seal",
        "UPDATE chain_head SET hash = sha256('x')",
        "DELETE FROM chain_head",
    ],
)
def test_the_database_itself_refuses(statement: str, trail: list[int]) -> None:
    told()
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_hash_is_of_what_the_docs_say(trail: list[int]) -> None:
    """By hand, from docs/audit.md: each text behind its length in bytes, `-` for none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id, (extract(epoch FROM at) * 1000000)::bigint, c.id, s.digest FROM core_auditrecord r"
            " JOIN core_auditchange c ON c.record_id = r.id JOIN chain_seal s ON s.change_id = c.id ORDER BY r.id LIMIT 1"
        )
        record, at, change, digest = cursor.fetchone()
    texts = ["1", "0" * 64, str(record), str(at), "operator", "clerk", "Clerk", "portal", "users.create", "trace", "asked by phone"]
    texts += [str(change), "user", "anna", "-", "0", "1", "status", "Active", bytes(digest).hex()]
    whole = "".join("-" if text == "-" else f"{len(text.encode())}:{text}" for text in texts)
    assert bytes(models.Link.objects.get(number=1).hash) == hashlib.sha256(whole.encode()).digest()


def test_what_comes_meanwhile_waits_and_is_no_fault(trail: list[int]) -> None:
    back_api().users.create(CLERK, NewUser(user_id="dora", email="dora@example.com"))
    report = desk().audit_chain.verify(AUDITOR)
    assert (report.is_sound, report.checked, report.waiting) == (True, 5, 1)
