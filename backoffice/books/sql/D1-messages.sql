-- error
-- Every callback says of its step what is on record: whose it is, which one, its state and the amount.
SELECT 'callback' AS object_type, c.webhook_id AS object_id, format('its message is not that of step %s of %s, %s of %s', c.seq, t.id, e.status, t.amount) AS detail
FROM callbacks_callback c
JOIN transfers_event e ON e.transfer_id = c.subject_id AND e.seq = c.seq
JOIN transfers_transfer t ON t.id = e.transfer_id
-- Looked for in the bytes: a message that is broken must be found, not break the query.
WHERE position(convert_to(format('"transferId" : "%s"', t.id), 'UTF8') IN c.body) = 0
OR position(convert_to(format('"accountId" : "%s"', t.account_id), 'UTF8') IN c.body) = 0
OR position(convert_to(format('"amount" : "%s"', t.amount), 'UTF8') IN c.body) = 0
OR position(convert_to(format('"status" : "%s"', e.status), 'UTF8') IN c.body) = 0
OR position(convert_to(format('"seq" : %s,', e.seq), 'UTF8') IN c.body) = 0
