-- error
-- Every step of a transfer has one line in the audit trail.
SELECT 'transfer' AS object_type, coalesce(t.id, c.object_id) AS object_id,
    format('it took %s steps, and the trail has %s lines of it', coalesce(t.seq, 0), coalesce(c.lines, 0)) AS detail
FROM transfers_transfer t
FULL JOIN (SELECT object_id, count(*) AS lines FROM core_auditchange WHERE object_type = 'transfer' GROUP BY object_id) c ON c.object_id = t.id
WHERE t.seq IS DISTINCT FROM c.lines
