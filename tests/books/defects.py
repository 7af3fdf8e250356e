"""Defects of the books, one at a time, each with what an auditor must find."""

from typing import Any, NamedTuple

Found = dict[str, set[str]]
BALANCE = "{anna}/usd"
DEPOSIT_JOURNAL = "(SELECT journal_id FROM transfers_transfer WHERE id = %(deposited)s)"


class Defect(NamedTuple):
    """What is done to the books, and what must be found: by invariant the objects, by their names in NAMES or in the ledger."""

    sql: list[str]
    found: Found


def finds(**found: str | set[str]) -> Found:
    return {name.replace("_", "-"): {of} if isinstance(of, str) else of for name, of in found.items()}


def defect(*parts: Any) -> Defect:
    """The statements, then what they lead to."""
    *sql, found = parts
    return Defect(sql, found)


NO_CHECKS = "ALTER TABLE {0} DROP CONSTRAINT {1}"
DEFECTS = {
    "an entry is dropped": defect(
        f"DELETE FROM ledger_entry WHERE journal_id = {DEPOSIT_JOURNAL} AND line = 2",
        finds(A1="{journal}", A2="usd", A5_journals="{journal}", C3_money="{deposited}", H1="usd"),
    ),
    "an account's entry is dropped": defect(
        f"DELETE FROM ledger_entry WHERE journal_id = {DEPOSIT_JOURNAL} AND line = 1",
        finds(A1="{journal}", A2="usd", A3_total=BALANCE, A5_journals="{journal}", A9_numbers=BALANCE, A9_running="{second}", C3_money="{deposited}"),
    ),
    "an amount is off by one unit": defect(
        f"UPDATE ledger_entry SET amount = amount + 0.01 WHERE journal_id = {DEPOSIT_JOURNAL} AND line = 1",
        finds(A1="{journal}", A2="usd", A3_total=BALANCE, A9_running="{journal}", C3_money="{deposited}"),
    ),
    "both sides of a journal are off": defect(
        f"UPDATE ledger_entry SET amount = amount * 2 WHERE journal_id = {DEPOSIT_JOURNAL}",
        finds(A3_total=BALANCE, A9_running="{journal}", C3_money="{deposited}", H1="usd"),
    ),
    "an entry is moved to another account": defect(
        f"UPDATE ledger_entry SET account_id = %(boris)s, seq = 9 WHERE journal_id = {DEPOSIT_JOURNAL} AND line = 1",
        finds(A3_total={BALANCE, "{boris}/usd"}, A9_numbers={BALANCE, "{boris}/usd"}, A9_running={"{journal}", "{second}"}, C3_money="{deposited}"),
    ),
    "an entry is of an account that nobody has": defect(
        f"UPDATE ledger_entry SET account_id = 'petty:usd' WHERE journal_id = {DEPOSIT_JOURNAL} AND line = 2",
        finds(A7="petty:usd", C3_money="{deposited}"),
    ),
    "a journal is entered twice": defect(
        f"INSERT INTO ledger_journal (id, kind, subject_id, at) SELECT 'COPY', kind, subject_id, at FROM ledger_journal WHERE id = {DEPOSIT_JOURNAL}",
        f"INSERT INTO ledger_entry (journal_id, line, account_id, asset_id, amount, seq, balance_after, at) "
        f"SELECT 'COPY', line, account_id, asset_id, amount, seq + 7, balance_after, at FROM ledger_entry WHERE journal_id = {DEPOSIT_JOURNAL}",
        finds(A3_total=BALANCE, A9_numbers=BALANCE, A9_running="COPY", C3_money="COPY", H1="usd"),
    ),
    "a journal has lost its head": defect(
        f"DELETE FROM ledger_journal WHERE id = {DEPOSIT_JOURNAL}",
        finds(A5_journals="{journal}", C3_money="{deposited}"),
    ),
    "a journal has no entries": defect(
        "INSERT INTO ledger_journal (id, kind, at) VALUES ('EMPTY', 'Correction', now())",
        finds(A5_journals="EMPTY"),
    ),
    "a reversal undoes a part": defect(
        f"INSERT INTO ledger_journal (id, kind, at, reverses_id) VALUES ('BACK', 'Correction', now(), {DEPOSIT_JOURNAL})",
        "INSERT INTO ledger_entry (journal_id, line, account_id, asset_id, amount, at) "
        "VALUES ('BACK', 1, 'external:usd', 'usd', 5, now()), ('BACK', 2, 'fees:usd', 'usd', -5, now())",
        finds(A5_reversals={"BACK"}),
    ),
    "a total is off": defect(
        "UPDATE ledger_balance SET total = total + 1 WHERE account_id = %(anna)s AND asset_id = 'usd'",
        finds(A3_total=BALANCE, A9_running=BALANCE, H1="usd"),
    ),
    "what is locked is off by one": defect(
        "UPDATE ledger_balance SET locked = locked - 1 WHERE account_id = %(anna)s AND asset_id = 'usd'",
        finds(A3_locked=BALANCE),
    ),
    "more is locked than there is": defect(
        NO_CHECKS.format("ledger_balance", "balance_covers_what_is_locked"),
        "UPDATE ledger_balance SET locked = total + 1 WHERE account_id = %(anna)s AND asset_id = 'usd'",
        finds(A3_locked=BALANCE, A4=BALANCE),
    ),
    "a balance is missing": defect(
        "DELETE FROM ledger_balance WHERE account_id = %(boris)s",
        finds(A3_total="{boris}/usd", A9_numbers="{boris}/usd", H1="usd"),
    ),
    "an amount is no number": defect(
        NO_CHECKS.format("ledger_hold", "hold_is_a_sane_number"),
        "UPDATE ledger_hold SET amount = 'NaN' WHERE subject_id = %(canceled)s",
        finds(A6="{canceled}", C3_holds="{canceled}"),
    ),
    "an amount is finer than its asset": defect(
        f"UPDATE ledger_entry SET amount = amount + sign(amount) * 0.001 WHERE journal_id = {DEPOSIT_JOURNAL}",
        finds(A3_total=BALANCE, A8="{journal}", A9_running="{journal}", C3_money="{deposited}", H1="usd"),
    ),
    "a running balance is broken": defect(
        "UPDATE ledger_entry SET balance_after = balance_after + 1 WHERE account_id = %(boris)s",
        finds(A9_running={"{boris}/usd", "{boris_journal}"}),
    ),
    "a number is left out": defect(
        "UPDATE ledger_entry SET seq = 3 WHERE account_id = %(anna)s AND asset_id = 'usd' AND seq = 2",
        "UPDATE ledger_balance SET seq = 3 WHERE account_id = %(anna)s AND asset_id = 'usd'",
        finds(A9_numbers=BALANCE, A9_running="{second}"),
    ),
    "a house entry is numbered": defect(
        f"UPDATE ledger_entry SET seq = 1, balance_after = 0 WHERE journal_id = {DEPOSIT_JOURNAL} AND line = 2",
        finds(A9_numbers="{journal}", A9_running="{journal}"),
    ),
    "a rate is not the root's": defect("UPDATE transfers_transfer SET rate_to_root = 1.1 WHERE id = %(deposited)s", finds(A10="{deposited}")),
    "a rate is set too early": defect("UPDATE transfers_transfer SET rate_to_root = 1 WHERE id = %(waiting)s", finds(A10="{waiting}")),
    "an id is used twice": defect(
        NO_CHECKS.format("transfers_transfer", "transfer_id_of_the_caller_is_unique"),
        "UPDATE transfers_transfer SET deduplication_id = (SELECT deduplication_id FROM transfers_transfer WHERE id = %(deposited)s) "
        "WHERE id = %(waiting)s",
        finds(B1="{deposited}"),
    ),
    "two steps are swapped": defect(
        "UPDATE transfers_event SET status = CASE seq WHEN 1 THEN 'Completed' ELSE 'AwaitingConfirmation' END WHERE transfer_id = %(confirmed)s",
        finds(C1="{confirmed}", C2="{confirmed}", D1_messages={"{confirmed_told_1}", "{confirmed_told_2}"}),
    ),
    "a step leads out of a final state": defect(
        "INSERT INTO transfers_event (transfer_id, seq, status, at, actor_kind, actor_id, actor_name, door, trace_id) "
        "SELECT transfer_id, 3, 'Completed', at, actor_kind, actor_id, actor_name, door, trace_id "
        "FROM transfers_event WHERE transfer_id = %(canceled)s AND seq = 2",
        finds(C1="{canceled}", C2="{canceled}"),
    ),
    "a step is missing": defect(
        "DELETE FROM callbacks_callback WHERE subject_id = %(confirmed)s AND seq = 1",
        "DELETE FROM transfers_event WHERE transfer_id = %(confirmed)s AND seq = 1",
        finds(C1="{confirmed}", C2="{confirmed}", C6="{confirmed}"),
    ),
    "a state is wrong": defect(
        "UPDATE transfers_transfer SET status = 'Canceled' WHERE id = %(waiting)s",
        finds(C2="{waiting}", C3_holds="{waiting}"),
    ),
    "a hold is left open": defect(
        "UPDATE ledger_hold SET closed_at = NULL, outcome = NULL WHERE subject_id = %(canceled)s",
        finds(A3_locked=BALANCE, C3_holds="{canceled}"),
    ),
    "a hold is missing": defect(
        "DELETE FROM ledger_hold WHERE subject_id = %(waiting)s",
        finds(A3_locked=BALANCE, C3_holds="{waiting}"),
    ),
    "a hold is of another amount": defect(
        "UPDATE ledger_hold SET amount = amount + 1 WHERE subject_id = %(confirmed)s",
        finds(C3_holds="{confirmed}"),
    ),
    "a failed transfer holds": defect(
        "INSERT INTO ledger_hold (subject_id, account_id, asset_id, amount, opened_at, closed_at, outcome) "
        "SELECT %(failed)s, account_id, asset_id, 1, opened_at, closed_at, outcome FROM ledger_hold WHERE subject_id = %(canceled)s",
        finds(C3_holds="{failed}"),
    ),
    "a transfer is completed without a journal": defect(
        NO_CHECKS.format("transfers_transfer", "transfer_moves_money_when_completed"),
        "UPDATE transfers_transfer SET journal_id = NULL WHERE id = %(deposited)s",
        finds(C3_money={"{deposited}", "{journal}"}),
    ),
    "a transfer says another amount": defect(
        "UPDATE transfers_transfer SET amount = amount + 1 WHERE id = %(deposited)s",
        finds(C3_money="{deposited}", D1_messages="{deposited_told_1}"),
    ),
    "time runs backwards": defect(
        "UPDATE transfers_event SET at = at - interval '1 hour' WHERE transfer_id = %(confirmed)s AND seq = 2",
        finds(C6="{confirmed}"),
    ),
    "a callback is lost": defect("DELETE FROM callbacks_callback WHERE subject_id = %(waiting)s", finds(D1_callbacks="{waiting}")),
    "a callback is of nothing": defect(
        "UPDATE callbacks_callback SET subject_id = 'NOBODY' WHERE subject_id = %(waiting)s",
        finds(D1_callbacks={"{waiting}", "NOBODY"}),
    ),
    "a callback goes elsewhere": defect(
        "UPDATE callbacks_callback SET url = 'https://thief.example.com' WHERE subject_id = %(waiting)s",
        finds(D1_callbacks="{waiting}"),
    ),
    "a callback is sent twice": defect(
        NO_CHECKS.format("callbacks_callback", "callback_one_an_event"),
        "INSERT INTO callbacks_callback (webhook_id, subject_id, seq, client_id, url, host, type, body) "
        "SELECT 'evt_again', subject_id, seq, client_id, url, host, type, body FROM callbacks_callback WHERE subject_id = %(waiting)s",
        finds(D1_callbacks="{waiting}"),
    ),
    "a callback says something else": defect(
        "UPDATE callbacks_callback SET body = convert_to(replace(convert_from(body, 'UTF8'), '250.25', '950.25'), 'UTF8') "
        "WHERE subject_id = %(deposited)s",
        finds(D1_messages="{deposited_told_1}"),
    ),
    "a callback's bytes are broken": defect(
        "UPDATE callbacks_callback SET body = '\\x00ff00' WHERE subject_id = %(deposited)s",
        finds(D1_messages="{deposited_told_1}"),
    ),
    "a line of the audit trail is deleted": defect(
        "DELETE FROM core_auditchange WHERE object_type = 'transfer' AND object_id = %(canceled)s AND after->>'status' = 'Canceled'",
        finds(E6="{canceled}", E6_records="{canceled_record}"),
    ),
    "the audit trail knows a transfer that is not there": defect(
        "UPDATE core_auditchange SET object_id = 'NOBODY' WHERE object_type = 'transfer' AND object_id = %(failed)s",
        finds(E6={"{failed}", "NOBODY"}, E6_records="{failed_record}"),
    ),
    "somebody else is said to have done it": defect(
        "UPDATE core_auditrecord SET actor_name = 'Nobody' WHERE id = (SELECT max(record_id) FROM chain_link)",
        finds(E6_records="{last_record}"),
    ),
    "another address is given to a client in the trail": defect(
        'UPDATE core_auditchange SET after = after || \'{"email": "x@example.com"}\' '
        "WHERE record_id = (SELECT min(record_id) FROM core_auditchange WHERE object_type = 'user')",
        finds(E6_records="{client_record}"),
    ),
    "a record of the trail is gone": defect(
        "DELETE FROM core_auditrecord WHERE id = (SELECT max(record_id) FROM chain_link)",
        finds(E6_records="{last_record}"),
    ),
    "a record was put in behind the chain": defect(
        "INSERT INTO core_auditrecord (id, at, actor_kind, actor_id, actor_name, door, action, trace_id, transaction_id) "
        "VALUES (-1, now(), 'system', 'x', 'x', 'cli', 'x', '', 1)",
        finds(E6_records="-1"),
    ),
    "a link is taken out": defect(
        "DELETE FROM chain_link WHERE number = 2",
        "UPDATE core_auditrecord SET transaction_id = 2 ^ 60 WHERE NOT EXISTS (SELECT FROM chain_link l WHERE l.record_id = core_auditrecord.id)",
        finds(E6_links="3"),
    ),
    "a link follows from another": defect(
        "UPDATE chain_link SET previous = sha256('x') WHERE number = 2",
        finds(E6_links="2", E6_records="{second_record}"),
    ),
    "another head was told to the outside": defect(
        "UPDATE chain_head SET hash = sha256('x')",
        finds(E6_links="{head}"),
    ),
}
NAMES = {
    "canceled_record": "SELECT record_id FROM core_auditchange WHERE object_id = '{canceled}' AND after->>'status' = 'Canceled'",
    "failed_record": "SELECT record_id FROM core_auditchange WHERE object_type = 'transfer' AND object_id = '{failed}'",
    "client_record": "SELECT min(record_id) FROM core_auditchange WHERE object_type = 'user'",
    "last_record": "SELECT max(record_id) FROM chain_link",
    "second_record": "SELECT record_id FROM chain_link WHERE number = 2",
    "head": "SELECT number FROM chain_head",
    "journal": "SELECT journal_id FROM transfers_transfer WHERE id = '{deposited}'",
    "second": "SELECT journal_id FROM ledger_entry WHERE account_id = '{anna}' AND asset_id = 'usd' AND seq = 2",
    "boris_journal": "SELECT journal_id FROM ledger_entry WHERE account_id = '{boris}'",
    "deposited_told_1": "SELECT webhook_id FROM callbacks_callback WHERE subject_id = '{deposited}' AND seq = 1",
    "confirmed_told_1": "SELECT webhook_id FROM callbacks_callback WHERE subject_id = '{confirmed}' AND seq = 1",
    "confirmed_told_2": "SELECT webhook_id FROM callbacks_callback WHERE subject_id = '{confirmed}' AND seq = 2",
}
