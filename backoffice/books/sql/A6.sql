-- error
-- Every amount is a finite number of sane size; an entry moves something, and what is asked for or held is above zero.
SELECT object_type, id || coalesce('/' || part, '') AS object_id, format('%s is %s', what, amount) AS detail
FROM (
    SELECT 'journal' AS object_type, journal_id AS id, NULL AS part, 'an entry' AS what, amount, amount <> 0 AS is_fit FROM ledger_entry
    UNION ALL SELECT 'balance', account_id, asset_id, 'the total', total, true FROM ledger_balance
    UNION ALL SELECT 'balance', account_id, asset_id, 'what is locked', locked, true FROM ledger_balance
    UNION ALL SELECT CASE kind WHEN 'Order' THEN 'order' ELSE 'transfer' END, subject_id, NULL, 'the amount held', amount, amount > 0 FROM ledger_hold
    UNION ALL SELECT 'transfer', id, NULL, 'the amount', amount, amount > 0 FROM transfers_transfer
) amounts
-- NaN and Infinity are larger than every number.
WHERE NOT is_fit OR abs(amount) >= 1e20
