-- warning
-- The totals of every quarter of an hour, with what waits to be added to them, are the sums over its orders and executions.
WITH rest AS (
    SELECT date_bin('15 minutes', at, '2000-01-01T00:00Z') AS start, market_type, 0::bigint AS orders, count(*) AS trades,
        sum(base_amount * price * rate_to_root) AS volume, sum(commission_in_rat) AS commission, sum(markup_in_rat) AS markup
    FROM trading_execution GROUP BY 1, 2
    UNION ALL
    SELECT date_bin('15 minutes', created_at, '2000-01-01T00:00Z'), market_type, count(*), 0, 0, 0, 0 FROM trading_order GROUP BY 1, 2
    UNION ALL
    SELECT date_bin('15 minutes', at, '2000-01-01T00:00Z'), market_type, -sum(orders), -sum(trades), -sum(volume_in_rat), -sum(commission_in_rat),
        -sum(markup_in_rat)
    FROM history_delta GROUP BY 1, 2
    UNION ALL
    SELECT start, market_type, -orders, -trades, -volume_in_rat, -commission_in_rat, -markup_in_rat FROM history_typetotal
)
SELECT 'market type' AS object_type, market_type AS object_id,
    format('its quarter of an hour from %s lacks %s orders, %s trades, a volume of %s, commissions of %s and markups of %s', start, sum(orders),
        sum(trades), sum(volume), sum(commission), sum(markup)) AS detail
FROM rest GROUP BY start, market_type
HAVING sum(orders) <> 0 OR sum(trades) <> 0 OR sum(volume) <> 0 OR sum(commission) <> 0 OR sum(markup) <> 0
