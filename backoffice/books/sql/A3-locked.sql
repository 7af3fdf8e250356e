-- error
-- What is locked of every balance is the sum of its open holds.
SELECT 'balance' AS object_type, account_id || '/' || asset_id AS object_id,
    format('%s is locked, its open holds sum to %s', coalesce(b.locked::text, 'nothing'), coalesce(h.held, 0)) AS detail
FROM ledger_balance b
FULL JOIN (SELECT account_id, asset_id, sum(amount) AS held FROM ledger_hold WHERE closed_at IS NULL GROUP BY account_id, asset_id) h
    USING (account_id, asset_id)
WHERE b.locked IS DISTINCT FROM coalesce(h.held, 0)
