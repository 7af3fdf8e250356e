-- error
-- Every record of the audit trail and its changes are what was linked; none came or went behind it.
WITH fields AS (
    -- A text goes behind its length, and none is a dash; what is about a person is apart.
    SELECT c.id, c.record_id, octet_length(c.id::text) || ':' || c.id || octet_length(c.object_type) || ':' || c.object_type
            || octet_length(c.object_id) || ':' || c.object_id || coalesce(octet_length(c.read_rows::text) || ':' || c.read_rows, '-') AS head,
        before.plain || after.plain AS plain, before.personal || after.personal AS personal, s.salt, s.digest
    FROM core_auditchange c LEFT JOIN chain_seal s ON s.change_id = c.id
    CROSS JOIN LATERAL (
        SELECT octet_length(count(*) FILTER (WHERE NOT p)::text) || ':' || count(*) FILTER (WHERE NOT p)
                || coalesce(string_agg(text, '' ORDER BY key COLLATE "C") FILTER (WHERE NOT p), '') AS plain,
            octet_length(count(*) FILTER (WHERE p)::text) || ':' || count(*) FILTER (WHERE p)
                || coalesce(string_agg(text, '' ORDER BY key COLLATE "C") FILTER (WHERE p), '') AS personal
        FROM (
            SELECT key, c.object_type = 'user' AND key IN ('email', 'name') AS p,
                octet_length(key) || ':' || key || coalesce(octet_length(value) || ':' || value, '-') AS text
            FROM jsonb_each_text(c.before)
        ) f
    ) before
    CROSS JOIN LATERAL (
        SELECT octet_length(count(*) FILTER (WHERE NOT p)::text) || ':' || count(*) FILTER (WHERE NOT p)
                || coalesce(string_agg(text, '' ORDER BY key COLLATE "C") FILTER (WHERE NOT p), '') AS plain,
            octet_length(count(*) FILTER (WHERE p)::text) || ':' || count(*) FILTER (WHERE p)
                || coalesce(string_agg(text, '' ORDER BY key COLLATE "C") FILTER (WHERE p), '') AS personal
        FROM (
            SELECT key, c.object_type = 'user' AND key IN ('email', 'name') AS p,
                octet_length(key) || ':' || key || coalesce(octet_length(value) || ':' || value, '-') AS text
            FROM jsonb_each_text(c.after)
        ) f
    ) after
), changes AS (
    SELECT record_id, string_agg(head || plain || coalesce('64:' || encode(digest, 'hex'), '-'), '' ORDER BY id) AS text,
        bool_or(salt IS NOT NULL AND sha256(salt || convert_to(personal, 'UTF8')) <> digest) AS is_spoiled
    FROM fields GROUP BY record_id
)
SELECT 'audit_record' AS object_type, l.record_id::text AS object_id, CASE
    WHEN r.id IS NULL THEN format('link %s has lost its record', l.number)
    ELSE format('it is not what link %s was made of', l.number)
END AS detail
FROM chain_link l LEFT JOIN core_auditrecord r ON r.id = l.record_id LEFT JOIN changes c ON c.record_id = l.record_id
CROSS JOIN LATERAL (SELECT (extract(epoch FROM r.at) * 1000000)::bigint::text AS at) moment
WHERE r.id IS NULL OR c.is_spoiled OR l.hash IS DISTINCT FROM sha256(convert_to(
    octet_length(l.number::text) || ':' || l.number || '64:' || encode(l.previous, 'hex') || octet_length(r.id::text) || ':' || r.id
    || octet_length(moment.at) || ':' || moment.at || octet_length(r.actor_kind) || ':' || r.actor_kind
    || octet_length(r.actor_id) || ':' || r.actor_id || octet_length(r.actor_name) || ':' || r.actor_name
    || octet_length(r.door) || ':' || r.door || octet_length(r.action) || ':' || r.action
    || octet_length(r.trace_id) || ':' || r.trace_id || octet_length(r.reason) || ':' || r.reason || coalesce(c.text, ''), 'UTF8'))
UNION ALL
SELECT 'audit_record', r.id::text, 'it has no link, though everything of its time was linked'
FROM core_auditrecord r
WHERE NOT EXISTS (SELECT FROM chain_link l WHERE l.record_id = r.id) AND EXISTS (
    SELECT FROM chain_state s WHERE s.cluster = (SELECT system_identifier::text FROM pg_control_system())
    AND (r.transaction_id IS NULL OR r.transaction_id < s.settled)
)
