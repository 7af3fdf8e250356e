-- warning
-- The sums kept of each order's fills are those of its executions.
WITH filled AS (
    SELECT order_id, count(*) AS executions, min(at) AS first_at, max(at) AS last_at, sum(base_amount * price) AS volume,
        sum(base_amount * price * rate_to_root) AS worth, sum(lots) AS lots, sum(lots * rate_to_root) AS worth_lots, min(rate_to_root) AS rate_low,
        max(rate_to_root) AS rate_high
    FROM trading_execution GROUP BY order_id
)
SELECT 'order' AS object_type, coalesce(k.order_id, f.order_id) AS object_id,
    format('%s fills of volume %s, worth %s, are kept, and there are %s of %s, worth %s', k.executions, k.volume, k.worth, f.executions, f.volume, f.worth)
    AS detail
FROM trading_orderfills k FULL JOIN filled f ON f.order_id = k.order_id
WHERE k.order_id IS NULL OR f.order_id IS NULL OR k.executions <> f.executions OR k.first_at <> f.first_at OR k.last_at <> f.last_at
OR k.volume <> f.volume OR k.worth <> f.worth OR k.lots IS DISTINCT FROM f.lots OR k.worth_lots IS DISTINCT FROM f.worth_lots
OR k.rate_low <> f.rate_low OR k.rate_high <> f.rate_high
