-- error
-- Every swap and every funding payment moved exactly its amount, once, between its account and the house, and no such journal is without it.
WITH paid AS (
    SELECT id, 'Swap' AS kind, account_id, asset_id, amount FROM trading_swap
    UNION ALL
    SELECT id, 'Funding', account_id, (SELECT id FROM markets_asset WHERE is_root), amount_in_rat FROM trading_funding
), moved AS (
    SELECT j.id, j.kind, j.subject_id, count(*) AS lines, count(*) FILTER (WHERE e.account_id = 'trading:' || e.asset_id) AS house,
        min(e.account_id) FILTER (WHERE e.account_id NOT LIKE '%:%') AS account_id, min(e.asset_id) AS asset_id,
        sum(e.amount) FILTER (WHERE e.account_id NOT LIKE '%:%') AS amount
    FROM ledger_journal j LEFT JOIN ledger_entry e ON e.journal_id = j.id WHERE j.kind IN ('Swap', 'Funding') GROUP BY j.id
)
SELECT CASE WHEN p.id IS NULL THEN 'journal' ELSE lower(p.kind) END AS object_type, coalesce(p.id, m.id) AS object_id,
    CASE
        WHEN p.id IS NULL THEN format('a journal of a %s of %s without its payment', lower(m.kind), m.amount)
        WHEN m.id IS NULL THEN format('it is %s %s and moved nothing', p.amount, p.asset_id)
        ELSE format('its journal moves %s on %s/%s in %s entries, not %s on %s/%s in two',
            m.amount, m.account_id, m.asset_id, m.lines, p.amount, p.account_id, p.asset_id)
    END AS detail
FROM paid p FULL JOIN moved m ON m.id = p.id
WHERE p.id IS NULL OR m.id IS NULL AND p.amount <> 0 OR m.lines <> 2 OR m.house <> 1
OR m.id IS NOT NULL AND (m.kind, m.subject_id, m.account_id, m.asset_id, m.amount) IS DISTINCT FROM (p.kind, p.id, p.account_id, p.asset_id, p.amount)
