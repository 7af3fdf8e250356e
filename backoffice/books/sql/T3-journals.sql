-- error
-- Every execution that moves money has its one journal, with each part once, and no journal of a trade is without its execution.
WITH market AS (SELECT m.market_id, power(10::numeric, -q.scale) AS unit FROM markets_market m JOIN markets_asset q ON q.id = m.quote_asset_id),
-- The parts in one number, which is counted fastest: ones are fees, thousands what the house gets, millions what it gives.
house AS (
    SELECT journal_id, sum(CASE WHEN account_id ^@ 'fees:' THEN 1 WHEN amount > 0 THEN 1000 ELSE 1000000 END) AS parts
    FROM ledger_entry WHERE seq IS NULL AND NOT account_id ^@ 'external:' GROUP BY journal_id
), expected AS (
    -- On a spot market the house gets one asset and gives the other, unless what it buys is worth less than can be paid.
    SELECT x.id, CASE WHEN x.commission > 0 THEN 1 ELSE 0 END + CASE
        WHEN x.market_type <> 'Spot' THEN CASE WHEN x.realized_pnl_in_rat < 0 THEN 1000 WHEN x.realized_pnl_in_rat > 0 THEN 1000000 ELSE 0 END
        WHEN x.side = 'Buy' OR x.base_amount * x.price >= m.unit THEN 1001000
        ELSE 1000
    END AS parts
    FROM trading_execution x LEFT JOIN market m ON m.market_id = x.market_id
)
SELECT CASE WHEN x.id IS NULL THEN 'journal' ELSE 'execution' END AS object_type, coalesce(x.id, j.id) AS object_id,
    CASE
        WHEN x.id IS NULL THEN 'a journal of a trade without its execution'
        WHEN j.id IS NULL THEN 'it moved nothing, and should have'
        ELSE format('in its journal, of %s, the house has %s fees, gets %s and gives %s', j.subject_id, coalesce(h.parts, 0) % 1000,
            coalesce(h.parts, 0) / 1000 % 1000, coalesce(h.parts, 0) / 1000000)
    END AS detail
FROM expected x
FULL JOIN (SELECT id, subject_id FROM ledger_journal WHERE kind = 'Trade') j ON j.id = x.id
LEFT JOIN house h ON h.journal_id = j.id
WHERE x.id IS NULL OR j.subject_id <> j.id OR coalesce(h.parts, 0) <> x.parts
