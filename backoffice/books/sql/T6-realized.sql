-- error
-- Every closing fill realized its amount times what the price moved in favour of the position, in the root asset at the rate of that moment: gains are rounded down, losses up.
-- T3 and A8 see that no realized amount is finer than the root asset; within one unit below the exact one it is then the rounded one.
WITH root AS (SELECT power(10::numeric, -scale) AS unit FROM markets_asset WHERE is_root),
exact AS (
    -- The fill is on the other side than the position that it closes.
    SELECT e.id, e.realized_pnl_in_rat AS realized, (e.price - c.open_price) * CASE e.side WHEN 'Sell' THEN 1 ELSE -1 END * e.base_amount * e.rate_to_root AS pnl
    FROM trading_execution e JOIN trading_closing c ON c.order_id = e.order_id WHERE e.realized_pnl_in_rat IS NOT NULL
)
SELECT 'execution' AS object_type, e.id AS object_id, format('it realized %s, and the price moved it by %s', e.realized, e.pnl) AS detail
FROM exact e CROSS JOIN root r
WHERE e.realized > e.pnl OR e.realized <= e.pnl - r.unit
