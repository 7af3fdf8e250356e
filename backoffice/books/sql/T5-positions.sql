-- error
-- What is open of a position is what was opened less what was closed, and it is closed when that is nothing. What it realized, paid and got is the sum of its fills, swaps and funding payments, and its price lies among those that opened it.
WITH filled AS (
    SELECT e.position_id, sum(CASE WHEN e.realized_pnl_in_rat IS NULL THEN e.lots ELSE -e.lots END) AS lots,
        sum(CASE WHEN e.realized_pnl_in_rat IS NULL THEN e.base_amount ELSE -e.base_amount END) AS base_amount, sum(e.realized_pnl_in_rat) AS realized,
        min(e.price) FILTER (WHERE e.realized_pnl_in_rat IS NULL) AS lowest, max(e.price) FILTER (WHERE e.realized_pnl_in_rat IS NULL) AS highest,
        count(*) FILTER (WHERE (e.side = p.side) <> (e.realized_pnl_in_rat IS NULL)) AS wrong_sides,
        count(*) FILTER (WHERE e.account_id <> p.account_id OR e.market_id <> p.market_id) AS strangers
    FROM trading_execution e LEFT JOIN trading_position p ON p.id = e.position_id WHERE e.position_id IS NOT NULL GROUP BY e.position_id
), swaps AS (SELECT position_id, sum(amount_in_rat) AS amount FROM trading_swap GROUP BY position_id),
funding AS (SELECT position_id, sum(amount_in_rat) AS amount FROM trading_funding GROUP BY position_id)
SELECT 'position' AS object_type, coalesce(p.id, f.position_id) AS object_id,
    format('%s lots are open, %s by its fills; it realized %s, by its fills %s; swaps are %s of %s, funding %s of %s; its price is %s of %s to %s; %s fills are on the wrong side, %s of others',
        p.lots, f.lots, p.realized_pnl_in_rat, f.realized, p.swaps_in_rat, s.amount, p.funding_in_rat, g.amount, p.open_price, f.lowest, f.highest,
        f.wrong_sides, f.strangers) AS detail
FROM trading_position p
FULL JOIN filled f ON f.position_id = p.id
LEFT JOIN swaps s ON s.position_id = p.id
LEFT JOIN funding g ON g.position_id = p.id
WHERE p.id IS NULL OR f.position_id IS NULL OR p.lots <> f.lots OR p.base_amount <> f.base_amount OR (p.closed_at IS NULL) <> (f.lots > 0)
OR p.realized_pnl_in_rat <> coalesce(f.realized, 0) OR p.swaps_in_rat <> coalesce(s.amount, 0) OR p.funding_in_rat <> coalesce(g.amount, 0)
OR NOT p.open_price BETWEEN f.lowest AND f.highest OR f.wrong_sides > 0 OR f.strangers > 0
