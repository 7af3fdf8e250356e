"""The audit trail is append-only: the database itself refuses to change or delete what is written.

TRUNCATE stays possible, for it is how test databases are emptied; the desk's own role needs no right to it.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION core_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON core_auditrecord FOR EACH ROW EXECUTE FUNCTION core_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON core_auditchange FOR EACH ROW EXECUTE FUNCTION core_append_only();
"""
BACKWARD = """
DROP TRIGGER append_only ON core_auditchange;
DROP TRIGGER append_only ON core_auditrecord;
DROP FUNCTION core_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_audit_trail_and_heartbeats")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
