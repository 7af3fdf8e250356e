-- Written once: a correction is a new journal that names the one it reverses.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_journal FOR EACH ROW EXECUTE FUNCTION core_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION core_append_only();

-- Every statement that writes entries writes whole journals. Not deferred to the commit, which would check row by row and know less.
CREATE FUNCTION ledger_entries_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    odd record;
BEGIN
    SELECT journal_id, asset_id, sum(amount) AS rest INTO odd FROM written GROUP BY journal_id, asset_id HAVING sum(amount) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the entries of journal % in % sum to %, not to zero', odd.journal_id, odd.asset_id, odd.rest
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_sums_to_zero';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER sums_to_zero AFTER INSERT ON ledger_entry REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entries_balance();

-- A hold is closed once and nothing else of it changes.
CREATE FUNCTION ledger_hold_closes_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.closed_at IS NOT NULL OR (NEW.subject_id, NEW.account_id, NEW.asset_id, NEW.amount, NEW.opened_at)
        IS DISTINCT FROM (OLD.subject_id, OLD.account_id, OLD.asset_id, OLD.amount, OLD.opened_at) THEN
        RAISE EXCEPTION 'hold % is closed once and changes in no other way', OLD.subject_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hold_closes_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER closes_once BEFORE UPDATE ON ledger_hold FOR EACH ROW EXECUTE FUNCTION ledger_hold_closes_once();
CREATE TRIGGER never_deleted BEFORE DELETE ON ledger_hold FOR EACH ROW EXECUTE FUNCTION core_append_only();

-- Amounts are finite and of at most 20 digits before and 18 after the point; NaN is larger than every number, so the first test refuses it too.
ALTER TABLE ledger_entry ADD CONSTRAINT entry_is_a_sane_number CHECK (abs(amount) < 1e20 AND scale(amount) <= 18);
ALTER TABLE ledger_balance ADD CONSTRAINT balance_is_a_sane_number CHECK (total < 1e20 AND scale(total) <= 18 AND scale(locked) <= 18);
ALTER TABLE ledger_hold ADD CONSTRAINT hold_is_a_sane_number CHECK (amount < 1e20 AND scale(amount) <= 18);

-- An asset that somebody ever had keeps its id and its scale: a change would rescale their money.
CREATE FUNCTION ledger_asset_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM ledger_balance WHERE asset_id = OLD.id) THEN
        RAISE EXCEPTION 'money of % exists', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'asset_with_money_keeps_its_scale';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER scale_is_kept BEFORE UPDATE OF scale, id ON markets_asset FOR EACH ROW
    WHEN (OLD.scale <> NEW.scale OR OLD.id <> NEW.id) EXECUTE FUNCTION ledger_asset_is_kept();

-- One hot account is updated thousands of times a minute: room on its page, and a vacuum that does not wait for a fifth of the table.
ALTER TABLE ledger_balance SET (
    fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0
);
CREATE INDEX balance_by_asset ON ledger_balance (asset_id);
