"""The trail's proof: records a second that are linked and verified, against a plain read of the same rows in the same run.

    STATEMENT_TIMEOUT_MS=0 python -m backoffice.embedded.command --throwaway -- python -m bench.audit [--records 100000] [--runs 3]

Of deposits, one change each; put in by SQL, since only the chain is measured.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable

import django
from django.core.management import call_command
from django.db import connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")
django.setup()

from backoffice.chain import linking, models  # noqa: E402  models need the settings
from backoffice.chain.verifying import verify  # noqa: E402  as above

FILL = """
INSERT INTO core_auditrecord (at, actor_kind, actor_id, actor_name, door, action, trace_id)
    SELECT '2026-11-24'::timestamptz + n * interval '1 ms', 'client', 'bench', 'Gateway', 'api', 'transfers.deposit', lpad(n::text, 26, 'T')
    FROM generate_series(1, %s) n;
INSERT INTO core_auditchange (record_id, object_type, object_id, before, after)
    SELECT id, 'transfer', trace_id, '{}', jsonb_build_object('type', 'Deposit', 'status', 'Completed', 'accountId', lpad(to_hex(id), 24, '0'),
        'assetId', 'usd', 'amount', '250.25', 'deduplicationId', trace_id) FROM core_auditrecord;
"""
PLAIN = """
SELECT l.number, l.previous, l.hash, r.*, c.id, c.object_type, c.object_id, c.before::text, c.after::text
FROM chain_link l JOIN core_auditrecord r ON r.id = l.record_id JOIN core_auditchange c ON c.record_id = r.id ORDER BY l.number
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(FILL, [asked.records])
        cursor.execute("ANALYZE core_auditrecord; ANALYZE core_auditchange")
    print(f"{os.cpu_count()} cores, {asked.records:,} records")
    linked = measured("linked", link, 1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE chain_link")
    read, verified = measured("read plainly", read_plainly, asked.runs), measured("verified", prove, asked.runs)
    print(f"linking {linked / read:.2f} and verifying {verified / read:.2f} of the records a second of a plain read")


def link() -> int:
    count = 0
    while found := linking.extend():
        count += found
    return count


def prove() -> int:
    report = verify([], None)
    if not report.is_sound or report.checked != models.Link.objects.count():
        raise SystemExit("the trail is not sound, so these figures count for nothing")
    return report.checked


def read_plainly() -> int:
    count = 0
    with connection.cursor() as cursor:
        cursor.execute(PLAIN)
        while rows := cursor.fetchmany(2_000):
            count += len(rows)
    return count


def measured(name: str, act: Callable[[], int], runs: int) -> float:
    """Records a second, the median."""
    rates = []
    for _ in range(runs):
        began = time.perf_counter()
        count = act()
        rates.append(count / (time.perf_counter() - began))
    print(f"{name:14} {statistics.median(rates):>10,.0f} records/s [{min(rates):,.0f} - {max(rates):,.0f}]", flush=True)
    return statistics.median(rates)


if __name__ == "__main__":
    main()
