-- warning
-- A completed order is filled, one that is rejected or waits to begin is not, and no order has changed before it was given.
SELECT 'order' AS object_type, id AS object_id, format('it is %s with %s of %s filled, given at %s and changed at %s',
    status, filled_amount, requested_amount, created_at, updated_at) AS detail
FROM trading_order
WHERE status = 'Completed' AND filled_amount <> requested_amount OR status IN ('Rejected', 'Started') AND filled_amount <> 0 OR updated_at < created_at
