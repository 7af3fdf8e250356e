-- error
-- A journal that reverses another undoes all of it, to the last entry, and none is reversed twice.
WITH reversal AS (SELECT id, reverses_id FROM ledger_journal WHERE reverses_id IS NOT NULL),
both_sides AS (
    SELECT r.id, e.account_id, e.asset_id, e.amount FROM reversal r JOIN ledger_entry e ON e.journal_id = r.id
    UNION ALL
    SELECT r.id, e.account_id, e.asset_id, e.amount FROM reversal r JOIN ledger_entry e ON e.journal_id = r.reverses_id
)
SELECT 'journal' AS object_type, id AS object_id, format('%s of %s is left of what it reverses', sum(amount), account_id || '/' || asset_id) AS detail
FROM both_sides GROUP BY id, account_id, asset_id HAVING sum(amount) <> 0
UNION ALL
SELECT 'journal', reverses_id, format('%s journals reverse it', count(*)) FROM reversal GROUP BY reverses_id HAVING count(*) > 1
