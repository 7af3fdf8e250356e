"""Lets a function of the database write its own line of the audit trail, in the same round trip as what it records."""

from django.db import migrations

FORWARD = """
CREATE TYPE core_actor AS (kind text, id text, name text, door text, trace_id text);

CREATE FUNCTION core_record(p_by core_actor, p_action text, p_at timestamptz, p_type text, p_id text, p_before jsonb, p_after jsonb)
RETURNS void LANGUAGE sql AS $$
    WITH record AS (
        INSERT INTO core_auditrecord (at, actor_kind, actor_id, actor_name, door, action, trace_id)
        VALUES (p_at, p_by.kind, p_by.id, p_by.name, p_by.door, p_action, p_by.trace_id) RETURNING id
    )
    INSERT INTO core_auditchange (record_id, object_type, object_id, before, after)
    SELECT id, p_type, p_id, p_before, p_after FROM record
$$;
"""
BACKWARD = """
DROP FUNCTION core_record(core_actor, text, timestamptz, text, text, jsonb, jsonb);
DROP TYPE core_actor;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0002_the_trail_only_grows")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
