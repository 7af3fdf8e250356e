-- warning
-- Time does not run backwards: a transfer was made when its first step was, changed when its last one was, and no step is earlier than the one before.
SELECT 'transfer' AS object_type, e.transfer_id AS object_id, format('step %s is at %s, before step %s at %s', e.seq, e.at, p.seq, p.at) AS detail
FROM transfers_event e JOIN transfers_event p ON p.transfer_id = e.transfer_id AND p.seq = e.seq - 1 WHERE e.at < p.at
UNION ALL
SELECT 'transfer', t.id, format('it was made at %s and changed at %s; its steps are from %s to %s', t.created_at, t.updated_at, e.first, e.last)
FROM transfers_transfer t JOIN (SELECT transfer_id, min(at) AS first, max(at) AS last FROM transfers_event GROUP BY transfer_id) e ON e.transfer_id = t.id
WHERE t.created_at <> e.first OR t.updated_at <> e.last
