-- error
-- The entries of every balance are numbered 1, 2, 3 and so on without a gap, up to the number that the balance has; the house's have none.
SELECT 'balance' AS object_type, account_id || '/' || asset_id AS object_id,
    format('it has %s entries, numbered %s to %s, and counts %s itself', coalesce(e.lines, 0), e.first, e.last, coalesce(b.seq, 0)) AS detail
FROM ledger_balance b
FULL JOIN (
    SELECT account_id, asset_id, count(*) AS lines, count(seq) AS numbered, min(seq) AS first, max(seq) AS last
    FROM ledger_entry WHERE account_id NOT LIKE '%:%' GROUP BY account_id, asset_id
) e USING (account_id, asset_id)
WHERE coalesce(b.seq, 0) <> coalesce(e.lines, 0) OR e.numbered <> e.lines OR e.first <> 1 OR e.last <> e.lines
UNION ALL
SELECT 'journal', journal_id, format('its entry on %s is numbered %s', account_id, seq)
FROM ledger_entry WHERE account_id LIKE '%:%' AND (seq IS NOT NULL OR balance_after IS NOT NULL)
