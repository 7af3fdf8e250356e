-- error
-- Each entry carries the balance behind it: the one before, plus its amount; the last one is the balance of today.
-- Joined to the entry before by its number and not by a window: a hash takes time in proportion to the entries, a sort takes more.
SELECT 'journal' AS object_type, e.journal_id AS object_id,
    format('entry %s of %s says %s after %s, and the one before it says %s',
        e.seq, e.account_id || '/' || e.asset_id, e.balance_after, e.amount, coalesce(p.balance_after::text, 'nothing')) AS detail
FROM ledger_entry e
LEFT JOIN ledger_entry p ON p.account_id = e.account_id AND p.asset_id = e.asset_id AND p.seq = e.seq - 1
WHERE e.seq IS NOT NULL AND e.balance_after IS DISTINCT FROM CASE e.seq WHEN 1 THEN 0 ELSE p.balance_after END + e.amount
UNION ALL
SELECT 'balance', b.account_id || '/' || b.asset_id, format('its total is %s, its last entry says %s', b.total, e.balance_after)
FROM ledger_balance b JOIN ledger_entry e ON e.account_id = b.account_id AND e.asset_id = b.asset_id AND e.seq = b.seq
WHERE e.balance_after IS DISTINCT FROM b.total
