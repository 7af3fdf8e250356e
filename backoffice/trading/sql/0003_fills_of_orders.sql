-- Executions only ever come, so their sums only ever grow. Orders in one order, so that two writers cannot wait for each other.
CREATE FUNCTION trading_add_fills() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO trading_orderfills AS known (
        order_id, account_id, market_id, executions, first_at, last_at, volume, worth, lots, worth_lots, rate_low, rate_high
    )
    SELECT order_id, min(account_id), min(market_id), count(*), min(at), max(at), sum(base_amount * price), sum(base_amount * price * rate_to_root),
        sum(lots), sum(lots * rate_to_root), min(rate_to_root), max(rate_to_root)
    FROM written GROUP BY order_id ORDER BY order_id
    ON CONFLICT (order_id) DO UPDATE SET
        executions = known.executions + EXCLUDED.executions,
        first_at = least(known.first_at, EXCLUDED.first_at),
        last_at = greatest(known.last_at, EXCLUDED.last_at),
        volume = known.volume + EXCLUDED.volume,
        worth = known.worth + EXCLUDED.worth,
        lots = known.lots + EXCLUDED.lots,
        worth_lots = known.worth_lots + EXCLUDED.worth_lots,
        rate_low = least(known.rate_low, EXCLUDED.rate_low),
        rate_high = greatest(known.rate_high, EXCLUDED.rate_high);
    RETURN NULL;
END $$;
CREATE TRIGGER add_fills AFTER INSERT ON trading_execution REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION trading_add_fills();

-- Orders that were filled over a long time are few; of the others those around an instant are found by their first fill.
CREATE INDEX fills_over_hours ON trading_orderfills (last_at) WHERE last_at - first_at > interval '1 hour';
