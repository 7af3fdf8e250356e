-- error
-- Every journal has two entries or more, and every entry is part of a journal.
SELECT 'journal' AS object_type, coalesce(j.id, e.journal_id) AS object_id,
    CASE WHEN j.id IS NULL THEN format('%s entries name this journal, which does not exist', e.lines) ELSE format('it has %s entries', coalesce(e.lines, 0)) END
    AS detail
FROM ledger_journal j
FULL JOIN (SELECT journal_id, count(*) AS lines FROM ledger_entry GROUP BY journal_id) e ON e.journal_id = j.id
WHERE j.id IS NULL OR coalesce(e.lines, 0) < 2
