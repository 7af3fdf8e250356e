-- error
-- Every step whose caller asked to be told has one callback, to that address; and no callback is without such a step.
WITH told AS (SELECT subject_id, seq, count(*) AS messages, min(url) AS url FROM callbacks_callback GROUP BY subject_id, seq)
SELECT 'transfer' AS object_type, coalesce(e.transfer_id, c.subject_id) AS object_id,
    format('step %s asked for a callback to %s and has %s, to %s',
        coalesce(e.seq, c.seq), coalesce(e.callback_url, 'nobody'), coalesce(c.messages, 0), coalesce(c.url, 'nobody')) AS detail
FROM (SELECT transfer_id, seq, at, callback_url FROM transfers_event WHERE callback_url IS NOT NULL) e
FULL JOIN told c ON c.subject_id = e.transfer_id AND c.seq = e.seq
-- Delivered callbacks are removed after 90 days.
WHERE c.subject_id IS NULL AND e.at > now() - interval '89 days'
OR e.transfer_id IS NULL AND c.subject_id IS NOT NULL
OR c.messages > 1 OR c.url <> e.callback_url
