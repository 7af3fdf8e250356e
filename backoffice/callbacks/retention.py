"""What is kept of callbacks, and how long."""

from django.db import connection

from backoffice.contracts.actor import Actor

MOST = 5_000
# Attempts go with their callback; what receivers answered goes first. Each statement takes a bounded number of rows.
CLEARED = """
UPDATE callbacks_attempt SET answer = '' WHERE (callback_id, number) IN (
    SELECT callback_id, number FROM callbacks_attempt WHERE answer <> '' AND at < statement_timestamp() - interval '30 days' LIMIT %(most)s)
"""
REMOVED = """
WITH old AS MATERIALIZED (
    SELECT webhook_id FROM callbacks_callback WHERE state = 'Delivered' AND finished_at < statement_timestamp() - interval '90 days'
    AND created_at < statement_timestamp() - interval '90 days' ORDER BY created_at LIMIT %(most)s
), older AS MATERIALIZED (
    SELECT webhook_id FROM callbacks_callback WHERE state = 'Dead' AND finished_at < statement_timestamp() - interval '1 year'
    AND created_at < statement_timestamp() - interval '1 year' ORDER BY created_at LIMIT %(most)s
), gone AS MATERIALIZED (SELECT webhook_id FROM old UNION ALL SELECT webhook_id FROM older), tries AS (
    DELETE FROM callbacks_attempt USING gone WHERE callback_id = gone.webhook_id
)
DELETE FROM callbacks_callback c USING gone WHERE c.webhook_id = gone.webhook_id
"""
SECRETS = "DELETE FROM callbacks_secret WHERE valid_until < statement_timestamp() - interval '7 days'"


def clean(actor: Actor) -> int:  # noqa: ARG001  verbs are told who asks
    changed = 0
    with connection.cursor() as cursor:
        for statement in (CLEARED, REMOVED, SECRETS):
            cursor.execute(statement, {"most": MOST})
            changed += cursor.rowcount
    return changed
