-- warning
-- The totals of accounts by asset, with what waits to be added to them, are the sums over what their executions traded and were charged in it.
WITH record AS (
    SELECT date_trunc('month', at, 'UTC') AS start, account_id, market_id, commission_asset_id, count(*) AS trades, sum(base_amount) AS base,
        sum(base_amount * price) AS quote, sum(base_amount * price * rate_to_root) AS volume, sum(commission) AS commission,
        sum(commission_in_rat) AS commission_in_rat, count(*) FILTER (WHERE commission > 0) AS charged
    FROM trading_execution GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT date_trunc('month', at, 'UTC'), account_id, market_id, commission_asset_id, -count(*), -sum(base_amount), -sum(quote_amount),
        -sum(volume_in_rat), -sum(commission), -sum(commission_in_rat), -count(*) FILTER (WHERE commission > 0)
    FROM history_delta WHERE trades > 0 GROUP BY 1, 2, 3, 4
), known AS (
    SELECT r.start, r.account_id, a.asset_id, a.parts, a.amount, a.amount_in_rat, a.commission, a.commission_in_rat
    FROM record r JOIN markets_market m ON m.market_id = r.market_id
    CROSS JOIN LATERAL (VALUES
        (m.base_asset_id, r.trades, r.base, r.volume, 0, 0),
        (m.quote_asset_id, r.trades, r.quote, r.volume, 0, 0),
        (r.commission_asset_id, r.charged, 0, 0, r.commission, r.commission_in_rat)
    ) a (asset_id, parts, amount, amount_in_rat, commission, commission_in_rat)
), rest AS (
    SELECT start, account_id, asset_id, parts, amount, amount_in_rat, commission, commission_in_rat FROM known
    UNION ALL
    SELECT start, account_id, asset_id, -parts, -amount, -amount_in_rat, -commission, -commission_in_rat
    FROM history_accountassettotal WHERE unit = 'Month'
)
SELECT 'account' AS object_type, account_id AS object_id,
    format('its month of %s in %s lacks %s parts, %s, in the root asset %s, and commissions of %s, in the root asset %s', start, asset_id,
        sum(parts), sum(amount), sum(amount_in_rat), sum(commission), sum(commission_in_rat)) AS detail
FROM rest GROUP BY start, account_id, asset_id
HAVING sum(parts) <> 0 OR sum(amount) <> 0 OR sum(amount_in_rat) <> 0 OR sum(commission) <> 0 OR sum(commission_in_rat) <> 0
