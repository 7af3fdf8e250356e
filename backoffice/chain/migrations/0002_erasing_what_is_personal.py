"""Of what is linked and sealed, the personal fields of a client may become the word `erased`, and nothing else may change.

Which fields these are stands in chain/canonical.py as well.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION chain_only_erases() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    personal CONSTANT text[] := ARRAY['email', 'name'];
BEGIN
    IF OLD.object_type <> 'user' OR to_jsonb(NEW) - ARRAY['before', 'after'] <> to_jsonb(OLD) - ARRAY['before', 'after']
        OR NEW.before - personal <> OLD.before - personal OR NEW.after - personal <> OLD.after - personal
        OR EXISTS (
            SELECT FROM unnest(personal) field, LATERAL (VALUES (OLD.before, NEW.before), (OLD.after, NEW.after)) side(old, new)
            WHERE side.old -> field IS DISTINCT FROM side.new -> field AND side.new ->> field IS DISTINCT FROM 'erased'
        )
        OR NOT EXISTS (SELECT FROM chain_seal s WHERE s.change_id = OLD.id)
    THEN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER append_only ON core_auditchange;
CREATE TRIGGER append_only BEFORE DELETE ON core_auditchange FOR EACH ROW EXECUTE FUNCTION core_append_only();
CREATE TRIGGER only_erases BEFORE UPDATE ON core_auditchange FOR EACH ROW EXECUTE FUNCTION chain_only_erases();
"""
BACKWARD = """
DROP TRIGGER only_erases ON core_auditchange;
DROP TRIGGER append_only ON core_auditchange;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON core_auditchange FOR EACH ROW EXECUTE FUNCTION core_append_only();
DROP FUNCTION chain_only_erases();
"""


class Migration(migrations.Migration):
    dependencies = [("chain", "0001_the_chain")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
