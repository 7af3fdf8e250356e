-- error
-- An order that rests on a spot market holds what is left of it: the base asset to sell, the quote asset at its limit to buy, and no less. An order that is over holds nothing, and nothing else is held.
WITH market AS (SELECT m.market_id, m.base_asset_id, m.quote_asset_id FROM markets_market m WHERE m.type = 'Spot'),
resting AS (
    SELECT o.id, o.account_id, o.side, o.requested_amount - o.filled_amount AS rest, o.limit_price,
        CASE o.side WHEN 'Buy' THEN m.quote_asset_id ELSE m.base_asset_id END AS asset_id
    FROM trading_order o JOIN market m ON m.market_id = o.market_id
    WHERE o.status IN ('Started', 'Pending', 'Working') AND o.order_type = 'Limit'
), held AS (SELECT subject_id, account_id, asset_id, amount FROM ledger_hold WHERE kind <> 'Withdrawal' AND closed_at IS NULL)
SELECT 'order' AS object_type, coalesce(o.id, h.subject_id) AS object_id,
    format('%s at %s are left to %s, and it holds %s on %s/%s', coalesce(o.rest, 0), o.limit_price, lower(o.side), coalesce(h.amount, 0), h.account_id, h.asset_id)
    AS detail
FROM resting o FULL JOIN held h ON h.subject_id = o.id
WHERE o.id IS NULL OR h.subject_id IS NULL OR h.account_id <> o.account_id OR h.asset_id <> o.asset_id
-- A buyer's fee may be held as well.
OR CASE o.side WHEN 'Buy' THEN h.amount < o.rest * o.limit_price OR h.amount > o.rest * o.limit_price * 2 ELSE h.amount <> o.rest END
