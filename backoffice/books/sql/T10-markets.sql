-- warning
-- The totals of markets, with what waits to be added to them, are the sums over their executions.
WITH known AS (
    SELECT date_trunc('day', at, 'UTC') AS start, market_id, commission_asset_id, count(*) AS trades, sum(base_amount) AS base,
        sum(base_amount * price) AS quote, sum(base_amount * price * rate_to_root) AS volume, sum(commission) AS commission,
        sum(commission_in_rat) AS commission_in_rat, sum(markup_in_rat) AS markup
    FROM trading_execution GROUP BY 1, 2, 3
    UNION ALL
    SELECT date_trunc('day', at, 'UTC'), market_id, commission_asset_id, -count(*), -sum(base_amount), -sum(quote_amount), -sum(volume_in_rat),
        -sum(commission), -sum(commission_in_rat), -sum(markup_in_rat)
    FROM history_delta WHERE trades > 0 GROUP BY 1, 2, 3
), rest AS (
    SELECT 'Day' AS unit, start, market_id, commission_asset_id, trades, base, quote, volume, commission, commission_in_rat, markup FROM known
    UNION ALL
    SELECT 'Month', date_trunc('month', start, 'UTC'), market_id, commission_asset_id, trades, base, quote, volume, commission, commission_in_rat, markup
    FROM known
    UNION ALL
    SELECT unit, start, market_id, commission_asset_id, -trades, -base_amount, -quote_amount, -volume_in_rat, -commission, -commission_in_rat,
        -markup_in_rat
    FROM history_markettotal
)
SELECT 'market' AS object_type, market_id AS object_id,
    format('its %s of %s lacks %s trades of %s for %s, in the root asset %s, commissions of %s %s, in the root asset %s, and markups of %s', lower(unit),
        start, sum(trades), sum(base), sum(quote), sum(volume), sum(commission), commission_asset_id, sum(commission_in_rat), sum(markup)) AS detail
FROM rest GROUP BY unit, start, market_id, commission_asset_id
HAVING sum(trades) <> 0 OR sum(base) <> 0 OR sum(quote) <> 0 OR sum(volume) <> 0 OR sum(commission) <> 0 OR sum(commission_in_rat) <> 0
OR sum(markup) <> 0
