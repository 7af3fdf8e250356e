-- error
-- The links of the audit trail are numbered 1, 2, 3 without a gap, each follows from the one before, and every head that was told to the outside is one of them.
SELECT 'audit_link' AS object_type, number::text AS object_id, detail FROM (
    SELECT number, CASE
        WHEN number <> lag(number, 1, 0::bigint) OVER chain + 1 THEN 'the numbers before it are missing'
        WHEN previous <> lag(hash, 1, decode(repeat('00', 32), 'hex')) OVER chain THEN 'it does not follow from the link before it'
    END AS detail
    FROM chain_link WINDOW chain AS (ORDER BY number)
) links WHERE detail IS NOT NULL
UNION ALL
SELECT 'audit_link', number::text, 'another hash was told of it to the outside'
FROM chain_head h LEFT JOIN chain_link l USING (number) WHERE l.hash IS DISTINCT FROM h.hash
