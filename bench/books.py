"""L19: an audit of all the books over N entries and over ten times as many.

    STATEMENT_TIMEOUT_MS=0 python -m backoffice.embedded.command --throwaway -- python -m bench.books [--transfers 30000] [--runs 3]

Of completed deposits on 1,000 accounts, each with its callback and its line of the trail; put in by SQL, since only the looking is measured.
"""

import argparse
import os
import statistics
import time

import django
from django.core.management import call_command
from django.db import connection

from backoffice.books.look import look

TARGET = 12
BROKER = """
INSERT INTO markets_asset (id, name, scale, type, source, version) VALUES ('usd', 'US Dollar', 2, 'Fiat', 'Crm', 1);
INSERT INTO accounts_user (id, email, status, version) VALUES ('bench', 'bench@example.com', 'Active', 1);
INSERT INTO accounts_accountgroup (id, name, version) VALUES ('bench', 'Bench', 1);
INSERT INTO accounts_account (id, user_id, name, type, group_id, status, version)
    SELECT lpad(to_hex(n), 24, '0'), 'bench', 'Bench', 'Hedging', 'bench', 'Active', 1 FROM generate_series(0, 999) n;
CREATE TEMP TABLE made (n bigint, transfer text, journal text, account text, amount numeric, number bigint, after numeric);
"""
# Numbered 0, 1, 2 ... over all accounts in turn; every amount is 1, so that the balance behind an entry is its number.
MADE = """
TRUNCATE made;
INSERT INTO made SELECT n, lpad(n::text, 26, 'T'), lpad(n::text, 26, 'J'), lpad(to_hex(n %% 1000), 24, '0'), 1, n / 1000 + 1, n / 1000 + 1
    FROM generate_series(%s, %s) n
"""
FILL = """
SET session_replication_role = replica;
INSERT INTO ledger_journal (id, kind, subject_id, at) SELECT journal, 'Deposit', transfer, '2026-11-24' FROM made ORDER BY n;
INSERT INTO ledger_entry (journal_id, line, account_id, asset_id, amount, seq, balance_after, at)
    SELECT journal, line, CASE line WHEN 1 THEN account ELSE 'external:usd' END, 'usd', CASE line WHEN 1 THEN amount ELSE -amount END,
        CASE line WHEN 1 THEN number END, CASE line WHEN 1 THEN after END, '2026-11-24' FROM made, generate_series(1, 2) line ORDER BY n, line;
INSERT INTO ledger_balance (account_id, asset_id, total, locked, seq) SELECT account, 'usd', max(after), 0, max(number) FROM made GROUP BY account
    ON CONFLICT (account_id, asset_id) DO UPDATE SET total = EXCLUDED.total, seq = EXCLUDED.seq;
INSERT INTO transfers_transfer (id, caller, deduplication_id, fingerprint, type, status, account_id, asset_id, amount, callback_url, callback_host,
        callback_client, journal_id, trace_id, seq, created_at, updated_at)
    SELECT transfer, 'client:bench', transfer, '', 'Deposit', 'Completed', account, 'usd', amount, 'https://pay.example.com', 'pay.example.com',
        'bench', journal, '', 1, '2026-11-24', '2026-11-24' FROM made ORDER BY n;
INSERT INTO transfers_event (transfer_id, seq, status, at, actor_kind, actor_id, actor_name, door, trace_id, callback_url)
    SELECT transfer, 1, 'Completed', '2026-11-24', 'client', 'bench', 'bench', 'api', '', 'https://pay.example.com' FROM made ORDER BY n;
INSERT INTO callbacks_callback (webhook_id, subject_id, seq, client_id, url, host, type, body, state, finished_at)
    SELECT 'evt_' || transfer, transfer, 1, 'bench', 'https://pay.example.com', 'pay.example.com', 'transfer.completed',
        convert_to(json_build_object('type', 'transfer.completed', 'timestamp', '2026-11-24T00:00:00.000Z', 'data', json_build_object(
            'transferId', transfer, 'deduplicationId', transfer, 'accountId', account, 'assetId', 'usd', 'type', 'Deposit', 'status', 'Completed',
            'amount', amount::text, 'seq', 1, 'createdAt', '2026-11-24T00:00:00.000Z', 'updatedAt', '2026-11-24T00:00:00.000Z'))::text, 'UTF8'),
        'Delivered', '2026-11-24' FROM made ORDER BY n;
INSERT INTO core_auditchange (record_id, object_type, object_id, before, after)
    SELECT n, 'transfer', transfer, '{}', '{"type": "Deposit", "status": "Completed", "amount": "1"}' FROM made ORDER BY n;
SET session_replication_role = origin;
"""
TABLES = ("ledger_journal", "ledger_entry", "ledger_balance", "transfers_transfer", "transfers_event", "callbacks_callback", "core_auditchange")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--transfers", type=int, default=30_000)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(BROKER)
    print(f"{os.cpu_count()} cores; median of {asked.runs} [fastest - slowest]")
    fill(0, asked.transfers)
    few = measured(asked.runs)
    fill(asked.transfers, 10 * asked.transfers)
    many = measured(asked.runs)
    print(f"ratio {many / few:.1f} for ten times as many (target {TARGET})")


def fill(first: int, behind: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(MADE, [first, behind - 1])
        cursor.execute(FILL)
        for table in TABLES:
            cursor.execute(f"VACUUM ANALYZE {table}")


def measured(runs: int) -> float:
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        found = look()
        taken.append(time.perf_counter() - began)
        if not found.is_green or found.violated:
            raise SystemExit(f"the books do not balance, so these figures count for nothing: {found.violated}")
    middle = statistics.median(taken)
    each = middle / found.entries_count * 1e6
    print(f"{found.entries_count:>10,} entries {middle:7.2f} s [{min(taken):.2f} - {max(taken):.2f}], {each:.1f} us an entry", flush=True)
    return middle


if __name__ == "__main__":
    main()
