-- error
-- Every step of a transfer is on record, numbered 1, 2, 3 without a gap, and the last one is the state that the transfer is in.
SELECT 'transfer' AS object_type, coalesce(t.id, e.transfer_id) AS object_id,
    format('it is %s after %s steps, and on record are %s, numbered %s to %s',
        coalesce(t.status, 'missing'), coalesce(t.seq, 0), coalesce(e.steps, 0), e.first, e.last) AS detail
FROM transfers_transfer t
FULL JOIN (SELECT transfer_id, count(*) AS steps, min(seq) AS first, max(seq) AS last FROM transfers_event GROUP BY transfer_id) e ON e.transfer_id = t.id
WHERE t.id IS NULL OR e.transfer_id IS NULL OR e.steps <> t.seq OR e.first <> 1 OR e.last <> t.seq
UNION ALL
SELECT 'transfer', t.id, format('it is %s, and its last step says %s', t.status, e.status)
FROM transfers_transfer t JOIN transfers_event e ON e.transfer_id = t.id AND e.seq = t.seq WHERE e.status <> t.status
