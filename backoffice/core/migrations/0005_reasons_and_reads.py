"""Why somebody acted, what was read, and the transaction of a record, by which the chainer finds what it has not linked.

The transaction's number is a default of the column, added apart from it: old rows are not rewritten, and have none.
"""

from django.db import migrations, models
from django.db.models import BigIntegerField, Func, TextField
from django.db.models.functions import Cast

TRANSACTION = """
ALTER TABLE core_auditrecord ADD COLUMN transaction_id bigint;
ALTER TABLE core_auditrecord ALTER COLUMN transaction_id SET DEFAULT pg_current_xact_id()::text::bigint;
"""
# A statement of the same transaction has said why before, where somebody did.
FORWARD = """
CREATE OR REPLACE FUNCTION core_record(p_by core_actor, p_action text, p_at timestamptz, p_type text, p_id text, p_before jsonb, p_after jsonb)
RETURNS void LANGUAGE sql AS $$
    WITH record AS (
        INSERT INTO core_auditrecord (at, actor_kind, actor_id, actor_name, door, action, trace_id, reason)
        VALUES (
            p_at, p_by.kind, p_by.id, p_by.name, p_by.door, p_action, p_by.trace_id, coalesce(current_setting('desk.reason', true), '')
        ) RETURNING id
    )
    INSERT INTO core_auditchange (record_id, object_type, object_id, before, after)
    SELECT id, p_type, p_id, p_before, p_after FROM record
$$;
"""
BACKWARD = """
CREATE OR REPLACE FUNCTION core_record(p_by core_actor, p_action text, p_at timestamptz, p_type text, p_id text, p_before jsonb, p_after jsonb)
RETURNS void LANGUAGE sql AS $$
    WITH record AS (
        INSERT INTO core_auditrecord (at, actor_kind, actor_id, actor_name, door, action, trace_id)
        VALUES (p_at, p_by.kind, p_by.id, p_by.name, p_by.door, p_action, p_by.trace_id) RETURNING id
    )
    INSERT INTO core_auditchange (record_id, object_type, object_id, before, after)
    SELECT id, p_type, p_id, p_before, p_after FROM record
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0004_records_by_time")]

    operations = [
        migrations.AddField("auditrecord", "reason", models.CharField(max_length=500, db_default="")),
        migrations.RunSQL(
            TRANSACTION,
            "ALTER TABLE core_auditrecord DROP COLUMN transaction_id",
            state_operations=[
                migrations.AddField(
                    "auditrecord",
                    "transaction_id",
                    models.BigIntegerField(
                        null=True, editable=False, db_default=Cast(Cast(Func(function="pg_current_xact_id"), TextField()), BigIntegerField())
                    ),
                )
            ],
        ),
        migrations.AddIndex("auditrecord", models.Index(fields=["transaction_id"], name="audit_by_transaction")),
        migrations.AddField("auditchange", "read_rows", models.BigIntegerField(null=True)),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
