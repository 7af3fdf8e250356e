-- error
-- A completed transfer moved exactly its amount, once, between its account and the outside; no other transfer moved anything, and no such journal is without its transfer.
WITH moved AS (
    SELECT j.id, j.kind, j.subject_id, count(*) AS lines, count(*) FILTER (WHERE e.account_id = 'external:' || e.asset_id) AS outside,
        min(e.account_id) FILTER (WHERE e.account_id NOT LIKE '%:%') AS account_id, min(e.asset_id) AS asset_id,
        sum(e.amount) FILTER (WHERE e.account_id NOT LIKE '%:%') AS amount
    FROM ledger_journal j LEFT JOIN ledger_entry e ON e.journal_id = j.id WHERE j.kind IN ('Deposit', 'Withdrawal') GROUP BY j.id
), expected AS (
    SELECT id, status, journal_id, type, account_id, asset_id, CASE type WHEN 'Deposit' THEN amount ELSE -amount END AS amount
    FROM transfers_transfer WHERE status = 'Completed' OR journal_id IS NOT NULL
)
SELECT CASE WHEN t.id IS NULL THEN 'journal' ELSE 'transfer' END AS object_type, coalesce(t.id, m.id) AS object_id,
    CASE
        WHEN t.id IS NULL THEN format('a journal of a %s of %s without its transfer', lower(m.kind), m.amount)
        WHEN m.id IS NULL THEN 'it is completed and moved nothing'
        WHEN t.status <> 'Completed' THEN format('it is %s and yet its journal %s moved %s', t.status, m.id, m.amount)
        ELSE format('its journal %s moves %s on %s/%s in %s entries, not %s on %s/%s in two',
            m.id, m.amount, m.account_id, m.asset_id, m.lines, t.amount, t.account_id, t.asset_id)
    END AS detail
FROM expected t FULL JOIN moved m ON m.id = t.journal_id
WHERE t.id IS NULL OR m.id IS NULL OR t.status <> 'Completed' OR m.lines <> 2 OR m.outside <> 1
OR (m.kind, m.subject_id, m.account_id, m.asset_id, m.amount) IS DISTINCT FROM (t.type, t.id, t.account_id, t.asset_id, t.amount)
