-- A transfer moves only along these arrows, and nothing but its state ever changes.
CREATE FUNCTION transfers_move_is_legal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.status, NEW.status) NOT IN (
        ('Pending', 'Completed'), ('Pending', 'AwaitingConfirmation'), ('Pending', 'Failed'), ('Pending', 'Canceled'),
        ('AwaitingConfirmation', 'Completed'), ('AwaitingConfirmation', 'Canceled'), ('AwaitingConfirmation', 'Failed')
    ) OR NEW.seq <> OLD.seq + 1 OR NEW.updated_at < OLD.updated_at
    OR (NEW.id, NEW.caller, NEW.deduplication_id, NEW.fingerprint, NEW.type, NEW.account_id, NEW.asset_id, NEW.amount, NEW.created_at)
        IS DISTINCT FROM (OLD.id, OLD.caller, OLD.deduplication_id, OLD.fingerprint, OLD.type, OLD.account_id, OLD.asset_id, OLD.amount, OLD.created_at)
    THEN
        RAISE EXCEPTION 'transfer % does not go from % to %', OLD.id, OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_moves_along_its_arrows';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER moves_along_its_arrows BEFORE UPDATE ON transfers_transfer FOR EACH ROW EXECUTE FUNCTION transfers_move_is_legal();
CREATE TRIGGER never_deleted BEFORE DELETE ON transfers_transfer FOR EACH ROW EXECUTE FUNCTION core_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON transfers_event FOR EACH ROW EXECUTE FUNCTION core_append_only();

ALTER TABLE transfers_transfer
    ADD CONSTRAINT transfer_is_a_sane_number CHECK (amount < 1e20 AND scale(amount) <= 18),
    ADD CONSTRAINT transfer_id_of_the_caller_is_plain CHECK (deduplication_id ~ '^[\x20-\x7e]{1,255}$'),
    -- To a balance that its own transaction has locked: a reference to the account or the asset would make strangers share a lock.
    ADD CONSTRAINT transfer_has_a_balance FOREIGN KEY (account_id, asset_id) REFERENCES ledger_balance (account_id, asset_id) DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT transfer_has_a_journal FOREIGN KEY (journal_id) REFERENCES ledger_journal (id) DEFERRABLE INITIALLY DEFERRED;
CREATE UNIQUE INDEX transfer_of_a_journal ON transfers_transfer (journal_id) WHERE journal_id IS NOT NULL;
ALTER TABLE ledger_hold ADD CONSTRAINT hold_has_a_transfer FOREIGN KEY (subject_id) REFERENCES transfers_transfer (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE callbacks_callback
    ADD CONSTRAINT callback_has_an_event FOREIGN KEY (subject_id, seq) REFERENCES transfers_event (transfer_id, seq) DEFERRABLE INITIALLY DEFERRED;
