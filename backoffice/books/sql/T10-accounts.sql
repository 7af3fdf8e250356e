-- warning
-- The totals of accounts, with what waits to be added to them, are the sums over their orders and executions.
WITH known AS (
    SELECT date_trunc('month', at, 'UTC') AS start, account_id, market_type, 0::bigint AS orders, count(*) AS trades,
        sum(base_amount * price * rate_to_root) AS volume, sum(commission_in_rat) AS commission, sum(markup_in_rat) AS markup
    FROM trading_execution GROUP BY 1, 2, 3
    UNION ALL
    SELECT date_trunc('month', created_at, 'UTC'), account_id, market_type, count(*), 0, 0, 0, 0 FROM trading_order GROUP BY 1, 2, 3
    UNION ALL
    SELECT date_trunc('month', at, 'UTC'), account_id, market_type, -sum(orders), -sum(trades), -sum(volume_in_rat), -sum(commission_in_rat), -sum(markup_in_rat)
    FROM history_delta GROUP BY 1, 2, 3
), rest AS (
    SELECT 'Month' AS unit, start, account_id, market_type, orders, trades, volume, commission, markup FROM known
    UNION ALL
    SELECT 'Ever', '1970-01-01T00:00Z', account_id, market_type, orders, trades, volume, commission, markup FROM known
    UNION ALL
    SELECT unit, start, account_id, market_type, -orders, -trades, -volume_in_rat, -commission_in_rat, -markup_in_rat FROM history_accounttotal
)
SELECT 'account' AS object_type, account_id AS object_id,
    format('its %s of %s on %s lacks %s orders, %s trades, a volume of %s, commissions of %s and markups of %s', lower(unit), start, market_type,
        sum(orders), sum(trades), sum(volume), sum(commission), sum(markup)) AS detail
FROM rest GROUP BY unit, start, account_id, market_type
HAVING sum(orders) <> 0 OR sum(trades) <> 0 OR sum(volume) <> 0 OR sum(commission) <> 0 OR sum(markup) <> 0
