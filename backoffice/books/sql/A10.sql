-- warning
-- The rate kept with a finished transfer is above zero, and 1 for the root asset itself; one that waits has none yet.
SELECT 'transfer' AS object_type, t.id AS object_id, format('%s in %s has the rate %s', t.status, t.asset_id, t.rate_to_root) AS detail
FROM transfers_transfer t
LEFT JOIN markets_asset root ON root.id = t.asset_id AND root.is_root
WHERE t.rate_to_root IS NOT NULL
AND (t.rate_to_root <= 0 OR t.rate_to_root >= 1e20 OR t.status IN ('Pending', 'AwaitingConfirmation') OR root.id IS NOT NULL AND t.rate_to_root <> 1)
