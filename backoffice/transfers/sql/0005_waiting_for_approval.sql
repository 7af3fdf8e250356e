-- A transfer may wait for an approval: a deposit as Pending, which moved nothing, a withdrawal as AwaitingConfirmation, which nobody may confirm.

CREATE OR REPLACE FUNCTION transfers_move_is_legal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.caller, NEW.deduplication_id, NEW.fingerprint, NEW.type, NEW.account_id, NEW.asset_id, NEW.amount, NEW.created_at, NEW.approval_id)
        IS DISTINCT FROM
        (OLD.id, OLD.caller, OLD.deduplication_id, OLD.fingerprint, OLD.type, OLD.account_id, OLD.asset_id, OLD.amount, OLD.created_at, OLD.approval_id)
    OR NEW.is_held AND NOT OLD.is_held
    -- That others have approved is no step of its own.
    OR NOT (OLD.is_held AND NOT NEW.is_held AND (NEW.status, NEW.seq, NEW.updated_at) = (OLD.status, OLD.seq, OLD.updated_at)) AND (
        (OLD.status, NEW.status) NOT IN (
            ('Pending', 'Completed'), ('Pending', 'AwaitingConfirmation'), ('Pending', 'Failed'), ('Pending', 'Canceled'),
            ('AwaitingConfirmation', 'Completed'), ('AwaitingConfirmation', 'Canceled'), ('AwaitingConfirmation', 'Failed')
        ) OR NEW.seq <> OLD.seq + 1 OR NEW.updated_at < OLD.updated_at
    ) THEN
        RAISE EXCEPTION 'transfer % does not go from % to %', OLD.id, OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_moves_along_its_arrows';
    END IF;
    RETURN NEW;
END $$;

DROP FUNCTION transfers_open(transfers_wanted, core_actor, transfers_callback);

-- A transfer that is asked for: done, held for confirmation, waiting for the approval that is named, or on record as Failed.
-- Known ids are answered before anything is looked at.
CREATE FUNCTION transfers_open(
    p_wanted transfers_wanted, p_by core_actor, p_callback transfers_callback, p_approval text DEFAULT NULL, OUT outcome text, OUT transfer transfers_transfer
) LANGUAGE plpgsql AS $$
DECLARE
    asking text := p_by.kind || ':' || p_by.id;
    held ledger_balance;
    status text := CASE WHEN p_wanted.type <> 'Deposit' THEN 'AwaitingConfirmation' WHEN p_approval IS NULL THEN 'Completed' ELSE 'Pending' END;
    failure text;
    reason text;
    at timestamptz;
BEGIN
    SELECT * INTO transfer FROM transfers_transfer t WHERE t.caller = asking AND t.deduplication_id = p_wanted.deduplication_id;
    IF NOT FOUND THEN
        outcome := transfers_unfit(p_wanted, p_callback);
        IF outcome IS NOT NULL THEN
            RETURN;
        END IF;
        held := ledger_lock(p_wanted.account_id, p_wanted.asset_id);
        at := transfers_now();
        failure := transfers_forbidden(p_wanted.account_id);
        IF failure IS NULL AND p_wanted.type = 'Withdrawal' AND held.total - held.locked < p_wanted.amount THEN
            failure := 'insufficient_funds';
            reason := trim_scale(held.total - held.locked)::text;
        END IF;
        IF failure IS NOT NULL THEN
            status := 'Failed';
        END IF;
        INSERT INTO transfers_transfer (
            id, caller, deduplication_id, fingerprint, type, status, account_id, asset_id, amount, callback_url, callback_host, callback_client,
            failure_code, failure_detail, rate_to_root, journal_id, trace_id, seq, created_at, updated_at, approval_id, is_held
        ) VALUES (
            p_wanted.id, asking, p_wanted.deduplication_id, p_wanted.fingerprint, p_wanted.type, status, p_wanted.account_id, p_wanted.asset_id,
            p_wanted.amount, p_callback.url, p_callback.host, p_callback.client_id, failure, reason,
            CASE WHEN status IN ('Completed', 'Failed') THEN (SELECT rate FROM markets_rootrate WHERE asset_id = p_wanted.asset_id) END,
            CASE WHEN status = 'Completed' THEN p_wanted.journal_id END, p_by.trace_id, 1, at, at,
            CASE WHEN failure IS NULL THEN p_approval END, failure IS NULL AND p_approval IS NOT NULL
        ) ON CONFLICT ON CONSTRAINT transfer_id_of_the_caller_is_unique DO NOTHING RETURNING * INTO transfer;
        IF FOUND THEN
            outcome := 'new';
            IF status = 'Completed' THEN
                PERFORM ledger_post(p_wanted.journal_id, p_wanted.type, transfer.id, transfer.account_id, transfer.asset_id, transfer.amount, 0, 'external', at);
            ELSIF status = 'AwaitingConfirmation' THEN
                PERFORM ledger_hold(transfer.id, transfer.account_id, transfer.asset_id, transfer.amount, at);
            END IF;
            PERFORM transfers_note(
                transfer, '{}', jsonb_strip_nulls(jsonb_build_object(
                    'type', transfer.type, 'status', status, 'accountId', transfer.account_id, 'assetId', transfer.asset_id,
                    'amount', transfer.amount::text, 'deduplicationId', transfer.deduplication_id, 'failure', failure)),
                p_by, 'transfers.' || CASE p_wanted.type WHEN 'Deposit' THEN 'deposit' ELSE 'withdraw' END, p_callback);
            RETURN;
        END IF;
        -- Somebody asked the same while we waited for the lock; theirs is committed now.
        SELECT * INTO STRICT transfer FROM transfers_transfer t WHERE t.caller = asking AND t.deduplication_id = p_wanted.deduplication_id;
    END IF;
    outcome := CASE WHEN transfer.fingerprint = p_wanted.fingerprint THEN 'known' ELSE 'mismatch' END;
END $$;

-- A withdrawal that is confirmed or canceled. The callback goes to this call's address, else to the creating call's, signed for whoever gave it.
CREATE OR REPLACE FUNCTION transfers_close(
    p_transfer text, p_account text, p_status text, p_journal text, p_by core_actor, p_callback transfers_callback,
    OUT outcome text, OUT transfer transfers_transfer
) LANGUAGE plpgsql AS $$
DECLARE
    at timestamptz;
BEGIN
    SELECT * INTO transfer FROM transfers_transfer t WHERE t.id = p_transfer AND t.account_id = p_account;
    IF NOT FOUND THEN
        outcome := 'unknown_transfer';
        RETURN;
    END IF;
    IF transfer.type = 'Withdrawal' THEN
        PERFORM ledger_lock(transfer.account_id, transfer.asset_id);
        SELECT * INTO STRICT transfer FROM transfers_transfer t WHERE t.id = p_transfer FOR NO KEY UPDATE;
    END IF;
    outcome := CASE
        WHEN transfer.type <> 'Withdrawal' THEN 'not_a_withdrawal'
        WHEN transfer.status = p_status THEN 'repeated'
        WHEN transfer.status <> 'AwaitingConfirmation' THEN 'transfer_already_final'
        WHEN transfer.is_held AND p_status = 'Completed' THEN 'approval_needed'
        WHEN transfers_are_books_closed() THEN 'books_closed'
        WHEN NOT transfers_is_callback_allowed(p_callback) THEN 'callback_refused'
        WHEN p_status = 'Completed' THEN transfers_forbidden(transfer.account_id)
    END;
    IF outcome IS NOT NULL THEN
        RETURN;
    END IF;
    at := transfers_now(transfer.updated_at);
    IF p_status = 'Completed' THEN
        PERFORM ledger_settle(p_transfer, p_journal, 'Withdrawal', 'external', at);
    ELSE
        PERFORM ledger_void(p_transfer, at);
    END IF;
    UPDATE transfers_transfer SET status = p_status, is_held = false, seq = seq + 1, updated_at = at, journal_id = CASE p_status WHEN 'Completed' THEN p_journal END,
        rate_to_root = (SELECT rate FROM markets_rootrate WHERE markets_rootrate.asset_id = transfers_transfer.asset_id)
        WHERE id = p_transfer RETURNING * INTO STRICT transfer;
    IF p_callback.url IS NULL THEN
        p_callback := ROW (p_callback.webhook_id, transfer.callback_url, transfer.callback_host, transfer.callback_client);
    END IF;
    PERFORM transfers_note(
        transfer, '{"status": "AwaitingConfirmation"}', jsonb_build_object('status', p_status), p_by,
        'transfers.' || CASE p_status WHEN 'Completed' THEN 'confirm' ELSE 'cancel' END, p_callback);
    outcome := 'done';
END $$;

-- A deposit that waited: approved, and the money comes; or not, and nothing ever moved. Its callback goes where the creating call said.
CREATE FUNCTION transfers_settle(p_transfer text, p_status text, p_journal text, p_webhook text, p_by core_actor, OUT outcome text, OUT transfer transfers_transfer)
LANGUAGE plpgsql AS $$
DECLARE
    at timestamptz;
BEGIN
    SELECT * INTO STRICT transfer FROM transfers_transfer t WHERE t.id = p_transfer;
    PERFORM ledger_lock(transfer.account_id, transfer.asset_id);
    SELECT * INTO STRICT transfer FROM transfers_transfer t WHERE t.id = p_transfer FOR NO KEY UPDATE;
    outcome := CASE
        WHEN transfer.status = p_status THEN 'repeated'
        WHEN transfer.status <> 'Pending' THEN 'transfer_already_final'
        WHEN transfers_are_books_closed() THEN 'books_closed'
        WHEN p_status = 'Completed' THEN transfers_forbidden(transfer.account_id)
    END;
    IF outcome IS NOT NULL THEN
        RETURN;
    END IF;
    at := transfers_now(transfer.updated_at);
    UPDATE transfers_transfer SET status = p_status, is_held = false, seq = seq + 1, updated_at = at,
        journal_id = CASE p_status WHEN 'Completed' THEN p_journal END,
        rate_to_root = (SELECT rate FROM markets_rootrate WHERE markets_rootrate.asset_id = transfers_transfer.asset_id)
        WHERE id = p_transfer RETURNING * INTO STRICT transfer;
    IF p_status = 'Completed' THEN
        PERFORM ledger_post(p_journal, 'Deposit', transfer.id, transfer.account_id, transfer.asset_id, transfer.amount, 0, 'external', at);
    END IF;
    PERFORM transfers_note(
        transfer, '{"status": "Pending"}', jsonb_build_object('status', p_status), p_by,
        'transfers.' || CASE p_status WHEN 'Completed' THEN 'deposit' ELSE 'cancel' END,
        ROW (p_webhook, transfer.callback_url, transfer.callback_host, transfer.callback_client));
    outcome := 'done';
END $$;
