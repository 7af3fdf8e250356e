-- error
-- What an order has filled, its average price and its commission are those of its executions, which are numbered 1, 2, 3 without a gap.
SELECT 'order' AS object_type, coalesce(o.id, e.order_id) AS object_id,
    format('it says %s filled at %s for %s, in the root asset %s; its %s executions say %s filled for %s, in the root asset %s',
        o.filled_amount, o.avg_price, o.commission, o.commission_in_rat, coalesce(e.fills, 0), e.amount, e.commission, e.commission_in_rat) AS detail
FROM trading_order o
FULL JOIN (
    SELECT order_id, count(*) AS fills, min(seq) AS first, max(seq) AS last, sum(base_amount) AS amount, sum(base_amount * price) AS worth,
        sum(commission) AS commission, sum(commission_in_rat) AS commission_in_rat
    FROM trading_execution GROUP BY order_id
) e ON e.order_id = o.id
WHERE o.id IS NULL OR o.filled_amount <> coalesce(e.amount, 0) OR o.commission <> coalesce(e.commission, 0)
OR o.commission_in_rat <> coalesce(e.commission_in_rat, 0)
-- An average has at most 18 digits after the point.
OR abs(o.avg_price * e.amount - e.worth) > e.amount * 1e-10
OR e.first <> 1 OR e.last <> e.fills
