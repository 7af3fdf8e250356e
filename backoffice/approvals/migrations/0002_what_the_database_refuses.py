"""Decisions are written once and repeat the maker of their approval; what was asked for never changes."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON approvals_decision FOR EACH ROW EXECUTE FUNCTION core_append_only();
CREATE UNIQUE INDEX approval_with_its_maker ON approvals_approval (id, maker);
ALTER TABLE approvals_decision ADD CONSTRAINT approval_decision_repeats_the_maker
    FOREIGN KEY (approval_id, maker) REFERENCES approvals_approval (id, maker);
CREATE FUNCTION approvals_stay_as_shown() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.action, NEW.operation, NEW.maker, NEW.asked_hash, NEW.shown_hash, NEW.sealed, NEW.needed, NEW.changes, NEW.about)
        IS DISTINCT FROM (OLD.id, OLD.action, OLD.operation, OLD.maker, OLD.asked_hash, OLD.shown_hash, OLD.sealed, OLD.needed, OLD.changes, OLD.about)
    OR OLD.state NOT IN ('Waiting', 'Approved') AND NEW.state <> OLD.state
    OR (OLD.state, NEW.state) = ('Approved', 'Waiting')
    OR OLD.state = 'Waiting' AND NEW.state IN ('Done', 'Failed')
    THEN
        RAISE EXCEPTION 'approval % does not change so', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_stays_as_shown';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stay_as_shown BEFORE UPDATE ON approvals_approval FOR EACH ROW EXECUTE FUNCTION approvals_stay_as_shown();
CREATE TRIGGER never_deleted BEFORE DELETE ON approvals_approval FOR EACH ROW EXECUTE FUNCTION core_append_only();
"""
BACKWARD = """
DROP TRIGGER never_deleted ON approvals_approval;
DROP TRIGGER stay_as_shown ON approvals_approval;
DROP FUNCTION approvals_stay_as_shown();
ALTER TABLE approvals_decision DROP CONSTRAINT approval_decision_repeats_the_maker;
DROP INDEX approval_with_its_maker;
DROP TRIGGER append_only ON approvals_decision;
"""


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_four_eyes"), ("core", "0002_the_trail_only_grows")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
