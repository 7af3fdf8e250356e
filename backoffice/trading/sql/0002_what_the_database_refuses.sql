CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON trading_execution FOR EACH ROW EXECUTE FUNCTION core_append_only();
CREATE TRIGGER never_deleted BEFORE DELETE ON trading_order FOR EACH ROW EXECUTE FUNCTION core_append_only();

ALTER TABLE trading_order
    ADD CONSTRAINT order_of_an_account FOREIGN KEY (account_id) REFERENCES accounts_account (id),
    ADD CONSTRAINT order_on_a_market FOREIGN KEY (market_id) REFERENCES markets_market (market_id),
    ADD CONSTRAINT order_amounts_are_sane CHECK (requested_amount < 1e20 AND scale(requested_amount) <= 18);
ALTER TABLE trading_execution
    ADD CONSTRAINT execution_amounts_are_sane CHECK (base_amount < 1e20 AND scale(base_amount) <= 18 AND price < 1e20 AND rate_to_root < 1e20);
