"""The bank of the benchmark of transfers: many accounts, one API client, and the books at the end. Needs Django set up."""

import json
import subprocess
import sys
from typing import Any

from django.core.management import call_command
from django.db import connection

from backoffice.contracts.accounts import NewAccountGroup
from backoffice.contracts.actor import Actor
from backoffice.contracts.assets import NewAsset
from backoffice.contracts.desk import NewApiClient
from backoffice.contracts.operations import ALL, OWN
from backoffice.operators import tokens
from backoffice.operators.models import ApiClient
from backoffice.services import back_api, desk
from bench.transfers_hosts import HOSTS, PILE

ACCOUNTS = 20_000
OWNER = Actor(kind="system", id="bench", name="bench", door="cli", operations=frozenset({*ALL, OWN}), trace_id="trace-bench")
SEED = """
    INSERT INTO accounts_user (id, email, status, version) SELECT 'u' || n, 'u' || n || '@example.com', 'Active', 1 FROM generate_series(1, %s) n;
    INSERT INTO accounts_account (id, user_id, name, type, group_id, status, version)
        SELECT lpad(to_hex(n), 24, '0'), 'u' || n, 'Main', 'Netting', 'bench', 'Active', 1 FROM generate_series(1, %s) n;
    INSERT INTO ledger_balance (account_id, asset_id) SELECT lpad(to_hex(n), 24, '0'), 'usd' FROM generate_series(1, %s) n;
    INSERT INTO callbacks_host (host, paused_at) VALUES (%s, now());
"""


def open_bank() -> str:
    """The id of its API client."""
    call_command("migrate", verbosity=0)
    client = desk().api_clients.create(OWNER, NewApiClient(name="bench", operations=["manage-transfers", "view-transfers"])).client_id
    back_api().assets.sync(OWNER, [NewAsset(id="usd", name="US Dollar", scale=2, type="Fiat")])
    back_api().rates.set_root(OWNER, "usd")
    back_api().account_groups.create(OWNER, NewAccountGroup(account_group_id="bench", name="Bench"))
    back_api().callbacks.make_secret(OWNER, client)
    back_api().callbacks.allow_hosts(OWNER, client, list(HOSTS))
    run(SEED, ACCOUNTS, ACCOUNTS, ACCOUNTS, PILE)
    run("VACUUM ANALYZE")
    return client


def token(client: str) -> str:
    """One lives ten minutes, so each load gets its own."""
    row = ApiClient.objects.get(pk=client)
    return tokens.make(row, row.operations, seconds=600)


def run(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)


def rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return list(cursor.fetchall())


def audited() -> str:
    """A line that begins with "green", or says what is wrong with the books after all that was done here."""
    done = subprocess.run([sys.executable, "manage.py", "audit_books", "--json"], capture_output=True, text=True)
    if done.returncode not in (0, 1) or not done.stdout.startswith("{"):
        return f"NOT AUDITED, no figure counts: {done.stderr.strip()[-500:]}"
    told = json.loads(done.stdout)
    if told["isGreen"]:
        return f"green by audit_books, {told['entriesCount']:,} entries"
    return f"NOT GREEN, no figure counts: {', '.join(found['id'] for found in told['invariants'] if found['count'])}"
