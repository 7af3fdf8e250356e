-- error
-- In every asset, what all clients have together is what came in from outside and did not leave: the balances and the house's entries sum to zero.
SELECT 'asset' AS object_type, asset_id AS object_id, format('clients have %s, and the house has %s', coalesce(c.total, 0), coalesce(h.total, 0)) AS detail
FROM (SELECT asset_id, sum(total) AS total FROM ledger_balance GROUP BY asset_id) c
FULL JOIN (SELECT asset_id, sum(amount) AS total FROM ledger_entry WHERE account_id LIKE '%:%' GROUP BY asset_id) h USING (asset_id)
WHERE coalesce(c.total, 0) + coalesce(h.total, 0) <> 0
