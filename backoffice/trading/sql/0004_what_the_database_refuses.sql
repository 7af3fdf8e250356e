-- Written once. A position changes while it is open, an external order until it is over; neither goes away.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON trading_unsolicitedtrade FOR EACH ROW EXECUTE FUNCTION core_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON trading_closing FOR EACH ROW EXECUTE FUNCTION core_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON trading_swap FOR EACH ROW EXECUTE FUNCTION core_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON trading_funding FOR EACH ROW EXECUTE FUNCTION core_append_only();
CREATE TRIGGER never_deleted BEFORE DELETE ON trading_position FOR EACH ROW EXECUTE FUNCTION core_append_only();
CREATE TRIGGER never_deleted BEFORE DELETE ON trading_externalorder FOR EACH ROW EXECUTE FUNCTION core_append_only();

-- One reference a row, to what must be there first; an execution, of which there are most, has that to its order alone.
ALTER TABLE trading_position
    ADD CONSTRAINT position_of_an_account FOREIGN KEY (account_id) REFERENCES accounts_account (id),
    ADD CONSTRAINT position_on_a_market FOREIGN KEY (market_id) REFERENCES markets_market (market_id);
ALTER TABLE trading_closing ADD CONSTRAINT closing_of_a_position FOREIGN KEY (position_id) REFERENCES trading_position (id);
ALTER TABLE trading_swap ADD CONSTRAINT swap_of_a_position FOREIGN KEY (position_id) REFERENCES trading_position (id);
ALTER TABLE trading_funding ADD CONSTRAINT funding_of_a_position FOREIGN KEY (position_id) REFERENCES trading_position (id);

-- NaN is larger than every number, so these refuse it too.
ALTER TABLE trading_execution ADD CONSTRAINT execution_extras_are_sane CHECK (
    markup_in_rat < 1e20 AND coalesce(maker_price, 0) < 1e20 AND abs(coalesce(realized_pnl_in_rat, 0)) < 1e20
);
ALTER TABLE trading_externalorder ADD CONSTRAINT external_amounts_are_sane CHECK (requested_amount < 1e20 AND scale(requested_amount) <= 18);
ALTER TABLE trading_unsolicitedtrade ADD CONSTRAINT unsolicited_amounts_are_sane CHECK (base_amount < 1e20 AND price < 1e20);
ALTER TABLE trading_position ADD CONSTRAINT position_amounts_are_sane CHECK (
    lots < 1e20 AND base_amount < 1e20 AND scale(base_amount) <= 18 AND open_price < 1e20 AND margin_in_rat < 1e20
    AND abs(realized_pnl_in_rat) < 1e20 AND abs(swaps_in_rat) < 1e20 AND abs(funding_in_rat) < 1e20
);
ALTER TABLE trading_closing ADD CONSTRAINT closing_amounts_are_sane CHECK (
    lots < 1e20 AND base_amount < 1e20 AND scale(base_amount) <= 18 AND open_price < 1e20 AND close_price < 1e20 AND rate_to_root < 1e20
    AND position_price_in_rat < 1e38 AND abs(realized_pnl_in_rat) < 1e20
);
ALTER TABLE trading_swap ADD CONSTRAINT swap_amounts_are_sane CHECK (abs(size) < 1e20 AND abs(amount) < 1e20 AND abs(amount_in_rat) < 1e20);
ALTER TABLE trading_funding ADD CONSTRAINT funding_amounts_are_sane CHECK (mark_price < 1e20 AND rate_to_root < 1e20 AND abs(amount_in_rat) < 1e20);

-- Resting orders hold money too. Looked at when all of it is written, as the reference to a transfer was; neither of the two is ever deleted.
ALTER TABLE ledger_hold DROP CONSTRAINT hold_has_a_transfer;
CREATE FUNCTION trading_hold_has_a_subject() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM transfers_transfer WHERE id = NEW.subject_id) AND NOT EXISTS (SELECT FROM trading_order WHERE id = NEW.subject_id) THEN
        RAISE EXCEPTION 'hold % is of no transfer and of no order', NEW.subject_id
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'hold_has_a_subject';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER hold_has_a_subject AFTER INSERT ON ledger_hold DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION trading_hold_has_a_subject();
