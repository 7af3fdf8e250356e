-- In the transaction of what is counted, so that a reader who sees the one sees the other, and no two writers meet.
CREATE FUNCTION history_count_executions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO history_delta (
        at, account_id, market_id, market_type, commission_asset_id, orders, trades, base_amount, quote_amount, volume_in_rat,
        commission, commission_in_rat, markup_in_rat
    )
    SELECT at, account_id, market_id, market_type, commission_asset_id, 0, 1, base_amount, base_amount * price, base_amount * price * rate_to_root,
        commission, commission_in_rat, markup_in_rat
    FROM written;
    RETURN NULL;
END $$;
CREATE FUNCTION history_count_orders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO history_delta (
        at, account_id, market_id, market_type, orders, trades, base_amount, quote_amount, volume_in_rat, commission, commission_in_rat, markup_in_rat
    )
    SELECT created_at, account_id, market_id, market_type, 1, 0, 0, 0, 0, 0, 0, 0 FROM written;
    RETURN NULL;
END $$;
CREATE TRIGGER count_executions AFTER INSERT ON trading_execution REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION history_count_executions();
CREATE TRIGGER count_orders AFTER INSERT ON trading_order REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION history_count_orders();

-- Deltas come and go, totals are added to: room in the page keeps their indexes as they are, and what is dead is cleared early.
ALTER TABLE history_delta SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE history_accounttotal SET (fillfactor = 70);
ALTER TABLE history_accountassettotal SET (fillfactor = 70);
ALTER TABLE history_markettotal SET (fillfactor = 70);
ALTER TABLE history_typetotal SET (fillfactor = 70);
