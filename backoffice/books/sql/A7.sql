-- error
-- Entries are of client accounts that exist, or of the house's own accounts, one for each asset.
SELECT 'account' AS object_type, e.account_id AS object_id, format('it has entries in %s and is neither of a client nor of the house', e.asset_id) AS detail
FROM (SELECT DISTINCT account_id, asset_id FROM ledger_entry) e
LEFT JOIN accounts_account a ON a.id = e.account_id
WHERE a.id IS NULL
AND e.account_id NOT IN ('external:' || e.asset_id, 'fees:' || e.asset_id, 'trading:' || e.asset_id, 'suspense:' || e.asset_id)
