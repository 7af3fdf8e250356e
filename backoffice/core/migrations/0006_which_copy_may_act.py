"""Which database may act on the world outside: only the one that stands here, never a copy of it that somebody restores elsewhere."""

from django.db import migrations

# Without a model: nothing of Django's empties it, and it is there in every dump.
MAKE = """
CREATE TABLE core_installation (
    id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    armed_as text NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE FUNCTION core_identity() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT (SELECT system_identifier FROM pg_control_system())::text || ':' || (SELECT oid FROM pg_database WHERE datname = current_database())::text
$$;
INSERT INTO core_installation (armed_as, changed_at) VALUES (core_identity(), now());
"""
DROP = "DROP TABLE core_installation; DROP FUNCTION core_identity();"


class Migration(migrations.Migration):
    dependencies = [("core", "0005_reasons_and_reads")]

    operations = [migrations.RunSQL(MAKE, DROP)]
