-- error
-- What an order closed is its closing fills: amount, price and what they realized; and no closing fill is without its closing.
WITH filled AS (
    SELECT order_id, min(position_id) AS position_id, sum(lots) AS lots, sum(base_amount) AS base_amount, sum(base_amount * price) AS worth,
        sum(realized_pnl_in_rat) AS realized, min(rate_to_root) AS lowest, max(rate_to_root) AS highest
    FROM trading_execution WHERE realized_pnl_in_rat IS NOT NULL GROUP BY order_id
)
SELECT 'order' AS object_type, coalesce(c.order_id, f.order_id) AS object_id,
    format('it closed %s lots of position %s at %s and realized %s at %s; its fills %s lots of %s at %s and %s at %s to %s', c.lots, c.position_id,
        c.close_price, c.realized_pnl_in_rat, c.rate_to_root, f.lots, f.position_id, f.worth / f.base_amount, f.realized, f.lowest, f.highest) AS detail
FROM trading_closing c FULL JOIN filled f ON f.order_id = c.order_id
WHERE c.order_id IS NULL OR f.order_id IS NULL OR c.position_id <> f.position_id OR c.lots <> f.lots OR c.base_amount <> f.base_amount
OR c.realized_pnl_in_rat <> f.realized OR abs(c.close_price * f.base_amount - f.worth) > f.base_amount * 1e-10
OR NOT c.rate_to_root BETWEEN f.lowest AND f.highest
OR abs(c.position_price_in_rat - c.base_amount * c.open_price * c.rate_to_root) > 1e-8 * c.position_price_in_rat
