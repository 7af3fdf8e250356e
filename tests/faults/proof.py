"""What a gateway and a receiver saw, held against the desk: it shares nothing with the auditor but the database."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from standardwebhooks import Webhook

from tests.faults.client import Answer, Asked, Log
from tests.faults.lab import Lab
from tests.faults.receiver import Heard

Amounts = dict[str, Decimal]


def assert_told_the_truth(lab: Lab, log: Log, accounts: Iterable[str]) -> None:
    """Every answer of one id is the same; the balances are what the answers say they must be, and so is every account as the API shows it."""
    assert log.wrong == []
    finals = {id: _one_outcome(id, log) for id in log.asked}
    totals, locked = _expected(log, finals)
    for account in accounts:
        found = {name: Decimal(value) for name, value in zip(("total", "locked"), lab.balance(account), strict=True)}
        assert found == {"total": totals.get(account, Decimal(0)), "locked": locked.get(account, Decimal(0))}, account
    _one_transfer_each(lab, log, finals)


def assert_all_heard(lab: Lab, secrets: Iterable[str], accounts: Iterable[str]) -> int:
    """Every event with an address was heard, under one id, with one body, well signed, in order. How many events there were."""
    events = "FROM transfers_transfer t JOIN transfers_event e ON e.transfer_id = t.id WHERE t.account_id = ANY(%s) AND e.callback_url IS NOT NULL"
    told = lab.scalar(f"SELECT count(*) {events}", list(accounts))
    callbacks = f"(SELECT e.transfer_id, e.seq {events}) e JOIN callbacks_callback c ON (c.subject_id, c.seq) = (e.transfer_id, e.seq)"
    rows = lab.rows(f"SELECT c.subject_id, c.seq, c.webhook_id, c.state FROM {callbacks}", list(accounts))
    assert told == len(rows)
    assert {state for *_, state in rows} <= {"Delivered"}
    heard: dict[str, list[Heard]] = defaultdict(list)
    for one in list(lab.receiver.heard):
        heard[one.webhook_id].append(one)
    hooks = [Webhook(secret) for secret in secrets]
    firsts: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for transfer, seq, webhook_id, _ in rows:
        assert heard[webhook_id], f"event {seq} of {transfer} was never heard"
        assert len({one.digest for one in heard[webhook_id]}) == 1
        assert is_signed(hooks, heard[webhook_id][0])
        firsts[transfer].append((seq, min(one.at for one in heard[webhook_id])))
    for transfer, seen in firsts.items():
        in_order = [at for _, at in sorted(seen)]
        assert in_order == sorted(in_order), f"the events of {transfer} came out of order"
    return len(rows)


def is_signed(hooks: Iterable[Webhook], heard: Heard) -> bool:
    for hook in hooks:
        try:
            hook.verify(heard.body, heard.headers)
        except Exception:
            continue
        return True
    return False


def _one_outcome(id: str, log: Log) -> Answer:
    finals = [answer for answer in log.told[id] if answer.is_final]
    assert finals, f"{id} was never answered"
    assert len({answer.told for answer in finals}) == 1, (id, [answer.told for answer in finals])
    # The first one that went through was the first one, whoever heard it; of the rest each says that it repeats.
    firsts = [answer for answer in finals if not answer.is_replayed]
    if b'"deduplicationId"' in finals[0].body:
        assert len(firsts) <= 1, (id, firsts)
    return finals[0]


def _expected(log: Log, finals: dict[str, Answer]) -> tuple[Amounts, Amounts]:
    """Total and locked of each account, from the answers alone."""
    totals: Amounts = defaultdict(Decimal)
    locked: Amounts = defaultdict(Decimal)
    amounts: Amounts = {}
    for id, asked in log.asked.items():
        account, answer = asked.body["accountId"], finals[id]
        if answer.status == 201:
            amount = Decimal(asked.body["amount"])
            (totals if asked.verb == "deposit" else locked)[account] += amount
            amounts[answer.json["transferId"]] = amount
    for id, asked in log.asked.items():
        if "transferId" in asked.body and finals[id].status == 200:
            account, amount = asked.body["accountId"], amounts[asked.body["transferId"]]
            locked[account] -= amount
            if asked.verb == "withdrawal-confirm":
                totals[account] -= amount
    return totals, locked


def _one_transfer_each(lab: Lab, log: Log, finals: dict[str, Answer]) -> None:
    """One row for each id that was used up, of what was asked; none for an id that was not."""
    asked: dict[str, Asked] = {id: one for id, one in log.asked.items() if "deduplicationId" in one.body}
    rows: dict[str, Any] = {
        id: (transfer, account, amount, status)
        for id, transfer, account, amount, status in lab.rows(
            "SELECT deduplication_id, id, account_id, amount, status FROM transfers_transfer WHERE deduplication_id = ANY(%s)", list(asked)
        )
    }
    for id, one in asked.items():
        answer = finals[id].json
        if "transferId" not in answer:
            assert id not in rows, f"{id} was refused and is on record"
            continue
        transfer, account, amount, status = rows[id]
        assert (transfer, account, amount) == (answer["transferId"], one.body["accountId"], Decimal(one.body["amount"]))
        assert (finals[id].status == 201) == (status != "Failed")
