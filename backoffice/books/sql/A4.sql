-- error
-- No balance is below zero, and none has more locked than there is.
SELECT 'balance' AS object_type, account_id || '/' || asset_id AS object_id, format('its total is %s, %s of it locked', total, locked) AS detail
FROM ledger_balance WHERE NOT (0 <= locked AND locked <= total)
