-- error
-- Every execution that moves money has its one journal, with each part once, and no journal of a trade is without its execution.
WITH market AS (SELECT m.market_id, power(10::numeric, -q.scale) AS unit FROM markets_market m JOIN markets_asset q ON q.id = m.quote_asset_id),
house AS (
    SELECT journal_id, count(*) FILTER (WHERE account_id LIKE 'fees:%') AS fees, count(*) FILTER (WHERE account_id LIKE 'trading:%' AND amount > 0) AS gets,
        count(*) FILTER (WHERE account_id LIKE 'trading:%' AND amount < 0) AS gives
    FROM ledger_entry WHERE account_id LIKE 'fees:%' OR account_id LIKE 'trading:%' GROUP BY journal_id
), expected AS (
    SELECT x.id, (x.commission > 0)::int AS fees,
        -- On a spot market the house gives one asset and gets the other, unless what is sold is worth less than can be paid.
        CASE WHEN x.market_type = 'Spot' THEN 1 ELSE (x.realized_pnl_in_rat < 0)::int END AS gets,
        CASE WHEN x.market_type <> 'Spot' THEN (x.realized_pnl_in_rat > 0)::int
            ELSE (x.side = 'Buy' OR x.base_amount * x.price >= m.unit)::int END AS gives
    FROM trading_execution x LEFT JOIN market m ON m.market_id = x.market_id
)
SELECT CASE WHEN x.id IS NULL THEN 'journal' ELSE 'execution' END AS object_type, coalesce(x.id, j.id) AS object_id,
    CASE
        WHEN x.id IS NULL THEN 'a journal of a trade without its execution'
        WHEN j.id IS NULL THEN 'it moved nothing, and should have'
        ELSE format('of its journal for %s the house has %s fees, gets %s and gives %s', j.subject_id, coalesce(h.fees, 0), coalesce(h.gets, 0),
            coalesce(h.gives, 0))
    END AS detail
FROM expected x
FULL JOIN (SELECT id, subject_id FROM ledger_journal WHERE kind = 'Trade') j ON j.id = x.id
LEFT JOIN house h ON h.journal_id = j.id
WHERE x.id IS NULL OR j.subject_id <> j.id
OR coalesce(h.fees, 0) <> x.fees OR coalesce(h.gets, 0) <> coalesce(x.gets, 0) OR coalesce(h.gives, 0) <> coalesce(x.gives, 0)
