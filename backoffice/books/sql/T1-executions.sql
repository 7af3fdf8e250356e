-- error
-- An execution is of the account, the client, the market and the side of its order, charged in its asset, and no earlier than the order.
SELECT 'execution' AS object_type, e.id AS object_id,
    format('%s of %s/%s on %s, charged in %s at %s, and its order %s is %s of %s/%s on %s, charged in %s, given at %s',
        e.side, e.user_id, e.account_id, e.market_id, e.commission_asset_id, e.at, e.order_id,
        o.side, o.user_id, o.account_id, o.market_id, o.commission_asset_id, o.created_at) AS detail
FROM trading_execution e LEFT JOIN trading_order o ON o.id = e.order_id
WHERE o.id IS NULL OR e.account_id <> o.account_id OR e.market_id <> o.market_id OR e.side <> o.side OR e.user_id <> o.user_id
OR e.market_type <> o.market_type OR e.commission_asset_id <> o.commission_asset_id OR e.at < o.created_at
