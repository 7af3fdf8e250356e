-- error
-- The journal of a trade moves what the execution says between its account and the house: on spot markets the base asset against its worth, rounded in the house's favour; else what was realized; and the commission.
-- Looked at entry by entry on the house's side, whose accounts say what each is for; that both sides are equal is A1, that only the house's are without a number A9,
-- and that no amount is finer than its asset A8: what lies within one unit of the exact worth is then the rounded one.
WITH market AS (
    SELECT m.market_id, m.base_asset_id AS base, power(10::numeric, -q.scale) AS unit FROM markets_market m JOIN markets_asset q ON q.id = m.quote_asset_id
)
SELECT 'execution' AS object_type, x.id AS object_id,
    format('its journal moves %s %s on %s; it is a %s of %s at %s in %s, with a commission of %s %s and %s realized',
        e.amount, e.asset_id, e.account_id, x.side, x.base_amount, x.price, x.market_id, x.commission, x.commission_asset_id,
        coalesce(x.realized_pnl_in_rat::text, 'nothing')) AS detail
FROM trading_execution x
JOIN ledger_entry e ON e.journal_id = x.id
LEFT JOIN market m ON m.market_id = x.market_id
WHERE CASE
    WHEN e.seq IS NOT NULL THEN e.account_id <> x.account_id
    WHEN e.account_id ^@ 'fees:' THEN e.asset_id <> x.commission_asset_id OR e.amount <> x.commission
    WHEN NOT e.account_id ^@ 'trading:' THEN true
    WHEN x.market_type <> 'Spot' THEN e.amount IS DISTINCT FROM -x.realized_pnl_in_rat
        OR e.asset_id IS DISTINCT FROM (SELECT id FROM markets_asset WHERE is_root)
    WHEN e.asset_id = m.base THEN e.amount <> CASE x.side WHEN 'Buy' THEN -x.base_amount ELSE x.base_amount END
    WHEN e.asset_id <> x.quote_asset_id OR m.unit IS NULL THEN true
    -- The house gets the worth of what it sells to the client, rounded up, and gives that of what it buys, rounded down.
    ELSE e.amount + CASE x.side WHEN 'Buy' THEN -x.base_amount ELSE x.base_amount END * x.price < 0
        OR e.amount + CASE x.side WHEN 'Buy' THEN -x.base_amount ELSE x.base_amount END * x.price >= m.unit
END
