-- error
-- No amount has more digits after the point than its asset has, and every asset is a known one.
SELECT object_type, amounts.id || coalesce('/' || part, '') AS object_id,
    CASE WHEN a.id IS NULL THEN format('there is no asset %s', asset_id) ELSE format('%s is finer than %s digits of %s', amount, a.scale, a.id) END AS detail
FROM (
    SELECT 'journal' AS object_type, journal_id AS id, NULL AS part, asset_id, amount FROM ledger_entry
    UNION ALL SELECT 'balance', account_id, asset_id, asset_id, total FROM ledger_balance
    UNION ALL SELECT 'balance', account_id, asset_id, asset_id, locked FROM ledger_balance
    UNION ALL SELECT CASE kind WHEN 'Order' THEN 'order' ELSE 'transfer' END, subject_id, NULL, asset_id, amount FROM ledger_hold
    UNION ALL SELECT 'transfer', id, NULL, asset_id, amount FROM transfers_transfer
) amounts
LEFT JOIN markets_asset a ON a.id = amounts.asset_id
WHERE a.id IS NULL OR scale(trim_scale(amount)) > a.scale
