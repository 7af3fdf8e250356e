-- warning
-- What an order at a liquidity provider has filled, its price and its commission are those of the executions that name it, and both are of one order.
WITH filled AS (
    SELECT external_order_id AS id, min(order_id) AS order_id, max(order_id) AS last_order_id, sum(base_amount) AS amount,
        sum(base_amount * maker_price) AS worth, sum(commission) AS commission, sum(commission_in_rat) AS commission_in_rat
    FROM trading_execution WHERE external_order_id IS NOT NULL GROUP BY external_order_id
)
SELECT 'external order' AS object_type, coalesce(x.id, f.id) AS object_id,
    format('of order %s it says %s filled at %s for %s; executions of %s say %s at %s for %s', x.order_id, x.filled_amount, x.avg_price, x.commission,
        f.order_id, f.amount, f.worth / f.amount, f.commission) AS detail
FROM trading_externalorder x FULL JOIN filled f ON f.id = x.id
WHERE x.id IS NULL OR x.filled_amount <> coalesce(f.amount, 0) OR x.commission <> coalesce(f.commission, 0)
OR x.commission_in_rat <> coalesce(f.commission_in_rat, 0) OR f.order_id <> x.order_id OR f.last_order_id <> x.order_id
OR f.amount IS NOT NULL AND (f.worth IS NULL OR abs(x.avg_price * f.amount - f.worth) > f.amount * 1e-10)
UNION ALL
SELECT 'external order', x.id, format('it is %s, and of %s on %s of the order''s %s on %s', x.side, x.account_id, x.market_id, o.account_id, o.market_id)
FROM trading_externalorder x LEFT JOIN trading_order o ON o.id = x.order_id
WHERE o.id IS NULL OR x.account_id <> o.account_id OR x.market_id <> o.market_id OR x.side <> o.side OR x.user_id <> o.user_id
