-- error
-- A transfer begins and moves only as its kind may: no step leads back, and none leaves a final state.
SELECT 'transfer' AS object_type, e.transfer_id AS object_id,
    format('step %s of a %s is %s, after %s', e.seq, lower(t.type), e.status, coalesce(p.status, 'nothing')) AS detail
FROM transfers_event e
JOIN transfers_transfer t ON t.id = e.transfer_id
LEFT JOIN transfers_event p ON p.transfer_id = e.transfer_id AND p.seq = e.seq - 1
WHERE (t.type, coalesce(p.status, ''), e.status) NOT IN (
    ('Deposit', '', 'Completed'), ('Deposit', '', 'Failed'), ('Deposit', '', 'Pending'),
    ('Deposit', 'Pending', 'Completed'), ('Deposit', 'Pending', 'Failed'), ('Deposit', 'Pending', 'Canceled'),
    ('Withdrawal', '', 'AwaitingConfirmation'), ('Withdrawal', '', 'Failed'), ('Withdrawal', '', 'Pending'),
    ('Withdrawal', 'Pending', 'AwaitingConfirmation'), ('Withdrawal', 'Pending', 'Failed'), ('Withdrawal', 'Pending', 'Canceled'),
    ('Withdrawal', 'AwaitingConfirmation', 'Completed'), ('Withdrawal', 'AwaitingConfirmation', 'Canceled')
)
