-- Each call is one statement, so one transaction and one round trip: the money, its event, its callback and its line of the audit trail stand or fall together.
-- Locks are taken in one order: the balance, then the transfer. `outcome` says what the caller is to be told.

CREATE TYPE transfers_wanted AS (
    id text, journal_id text, type text, deduplication_id text, fingerprint bytea, account_id text, asset_id text, amount numeric
);
CREATE TYPE transfers_callback AS (webhook_id text, url text, host text, client_id text);

-- The moment of a change. Under a lock and to the millisecond, as it is told; never before `p_since`, whatever the clock does.
CREATE FUNCTION transfers_now(p_since timestamptz DEFAULT '-infinity') RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
    SELECT greatest(date_trunc('milliseconds', clock_timestamp()), p_since)
$$;

CREATE FUNCTION transfers_told_time(p_at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

-- Why a callback may not go where it was asked to go: its client has no secret to sign with, or does not name the host.
CREATE FUNCTION transfers_is_callback_allowed(p_callback transfers_callback) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT p_callback.url IS NULL OR EXISTS (
        SELECT FROM callbacks_client WHERE client_id = p_callback.client_id
            AND (p_callback.host = ANY (allowed_hosts) OR '*.' || substr(p_callback.host, strpos(p_callback.host, '.') + 1) = ANY (allowed_hosts))
    ) AND EXISTS (SELECT FROM callbacks_secret WHERE client_id = p_callback.client_id AND (valid_until IS NULL OR valid_until > now()))
$$;

CREATE FUNCTION transfers_are_books_closed() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM ledger_gate WHERE closed_at IS NOT NULL)
$$;

-- What can be refused before the lock, which does not use the caller's id up.
CREATE FUNCTION transfers_unfit(p_wanted transfers_wanted, p_callback transfers_callback) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    asset record;
BEGIN
    SELECT source, markets_asset.scale INTO asset FROM markets_asset WHERE id = p_wanted.asset_id;
    RETURN CASE
        WHEN transfers_are_books_closed() THEN 'books_closed'
        WHEN NOT EXISTS (SELECT FROM accounts_account WHERE id = p_wanted.account_id) THEN 'unknown_account'
        WHEN asset IS NULL THEN 'unknown_asset'
        WHEN asset.source = 'Internal' THEN 'internal_asset'
        WHEN scale(p_wanted.amount) > asset.scale THEN 'amount_scale'
        WHEN NOT transfers_is_callback_allowed(p_callback) THEN 'callback_refused'
    END;
END $$;

-- What the state of account and client forbids; asked under the lock. To leave is money going out, else anything that begins.
CREATE FUNCTION transfers_forbidden(p_account text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN account.status = 'Closed' THEN 'account_closed'
        WHEN client.status = 'Frozen' THEN 'client_frozen'
        WHEN client.status = 'Terminated' THEN 'client_terminated'
    END FROM accounts_account account JOIN accounts_user client ON client.id = account.user_id WHERE account.id = p_account
$$;

-- One step of a transfer: its event, the callback of that event, its line of the audit trail.
CREATE FUNCTION transfers_note(p transfers_transfer, p_before jsonb, p_after jsonb, p_by core_actor, p_action text, p_callback transfers_callback)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    event text := 'transfer.' || lower(regexp_replace(p.status, '(.)([A-Z])', '\1_\2', 'g'));
BEGIN
    INSERT INTO transfers_event (transfer_id, seq, status, at, actor_kind, actor_id, actor_name, door, trace_id, callback_url)
        VALUES (p.id, p.seq, p.status, p.updated_at, p_by.kind, p_by.id, p_by.name, p_by.door, p_by.trace_id, p_callback.url);
    IF p_callback.url IS NOT NULL THEN
        INSERT INTO callbacks_callback (webhook_id, subject_id, seq, client_id, url, host, type, body, next_attempt_at, created_at)
        VALUES (
            p_callback.webhook_id, p.id, p.seq, p_callback.client_id, p_callback.url, p_callback.host, event,
            convert_to(json_build_object(
                'type', event, 'timestamp', transfers_told_time(p.updated_at), 'data', json_build_object(
                    'transferId', p.id, 'deduplicationId', p.deduplication_id, 'accountId', p.account_id, 'assetId', p.asset_id, 'type', p.type,
                    'status', p.status, 'amount', p.amount::text, 'seq', p.seq,
                    'createdAt', transfers_told_time(p.created_at), 'updatedAt', transfers_told_time(p.updated_at))
            )::text, 'UTF8'),
            p.updated_at, p.updated_at);
    END IF;
    PERFORM core_record(p_by, p_action, p.updated_at, 'transfer', p.id, p_before, p_after);
END $$;

-- A transfer that is asked for: done, held for confirmation, or on record as Failed. Known ids are answered before anything is looked at.
CREATE FUNCTION transfers_open(p_wanted transfers_wanted, p_by core_actor, p_callback transfers_callback, OUT outcome text, OUT transfer transfers_transfer)
LANGUAGE plpgsql AS $$
DECLARE
    asking text := p_by.kind || ':' || p_by.id;
    held ledger_balance;
    status text := CASE p_wanted.type WHEN 'Deposit' THEN 'Completed' ELSE 'AwaitingConfirmation' END;
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
            failure_code, failure_detail, rate_to_root, journal_id, trace_id, seq, created_at, updated_at
        ) VALUES (
            p_wanted.id, asking, p_wanted.deduplication_id, p_wanted.fingerprint, p_wanted.type, status, p_wanted.account_id, p_wanted.asset_id,
            p_wanted.amount, p_callback.url, p_callback.host, p_callback.client_id, failure, reason,
            CASE WHEN status <> 'AwaitingConfirmation' THEN (SELECT rate FROM markets_rootrate WHERE asset_id = p_wanted.asset_id) END,
            CASE WHEN status = 'Completed' THEN p_wanted.journal_id END, p_by.trace_id, 1, at, at
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
CREATE FUNCTION transfers_close(
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
    UPDATE transfers_transfer SET status = p_status, seq = seq + 1, updated_at = at, journal_id = CASE p_status WHEN 'Completed' THEN p_journal END,
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
