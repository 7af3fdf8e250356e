-- error
-- The total of every balance is the sum of the entries of that account in that asset.
SELECT 'balance' AS object_type, account_id || '/' || asset_id AS object_id,
    format('its total is %s, its entries sum to %s', coalesce(b.total::text, 'missing'), coalesce(e.total, 0)) AS detail
FROM ledger_balance b
FULL JOIN (SELECT account_id, asset_id, sum(amount) AS total FROM ledger_entry WHERE account_id NOT LIKE '%:%' GROUP BY account_id, asset_id) e
    USING (account_id, asset_id)
WHERE b.total IS DISTINCT FROM coalesce(e.total, 0)
