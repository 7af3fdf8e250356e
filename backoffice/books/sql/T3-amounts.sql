-- error
-- The journal of a trade moves what the execution says between its account and the house: on spot markets the base asset against its worth, rounded in the house's favour; else what was realized; and the commission.
-- Looked at entry by entry on the house's side, whose accounts say what each is for; that both sides are equal is A1.
WITH asset AS (SELECT id, scale, power(10::numeric, -scale) AS unit FROM markets_asset),
market AS (
    SELECT m.market_id, m.base_asset_id AS base, q.scale, q.unit FROM markets_market m JOIN asset q ON q.id = m.quote_asset_id
)
SELECT 'execution' AS object_type, x.id AS object_id,
    format('its journal moves %s %s on %s; it is a %s of %s at %s in %s, with a commission of %s %s and %s realized',
        e.amount, e.asset_id, e.account_id, x.side, x.base_amount, x.price, x.market_id, x.commission, x.commission_asset_id,
        coalesce(x.realized_pnl_in_rat::text, 'nothing')) AS detail
FROM trading_execution x
JOIN ledger_entry e ON e.journal_id = x.id
LEFT JOIN market m ON m.market_id = x.market_id
LEFT JOIN asset root ON root.id = (SELECT id FROM markets_asset WHERE is_root)
WHERE CASE
    WHEN e.account_id NOT LIKE '%:%' THEN e.account_id <> x.account_id
    WHEN e.account_id LIKE 'fees:%' THEN e.asset_id <> x.commission_asset_id OR e.amount <> x.commission
    WHEN e.account_id NOT LIKE 'trading:%' THEN true
    WHEN x.market_type <> 'Spot' THEN e.asset_id IS DISTINCT FROM root.id OR e.amount IS DISTINCT FROM -x.realized_pnl_in_rat
    WHEN e.asset_id = m.base THEN e.amount <> CASE x.side WHEN 'Buy' THEN -x.base_amount ELSE x.base_amount END
    WHEN e.asset_id = x.quote_asset_id THEN e.amount IS DISTINCT FROM CASE x.side
        WHEN 'Buy' THEN trunc(x.base_amount * x.price, m.scale)
            + CASE WHEN trunc(x.base_amount * x.price, m.scale) < x.base_amount * x.price THEN m.unit ELSE 0 END
        ELSE -trunc(x.base_amount * x.price, m.scale) END
    ELSE true
END
