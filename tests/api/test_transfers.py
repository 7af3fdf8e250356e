"""Deposits and withdrawals over HTTP: statuses, headers, bytes, and what a gateway sends that it should not."""

import json
from typing import Any

import pytest

from backoffice.contracts.desk import NewApiClient, TokenRequest
from backoffice.contracts.operations import ALL
from backoffice.services import back_api, desk, identity
from tests.api.callers import OWNER, Caller
from tests.money import bank

ROOT = "/back-api/backoffice/transfers"
V1 = "application/json; x-api-version=1.0"


@pytest.fixture
def account(db: None) -> str:
    bank.open_bank()
    return bank.open_account()


@pytest.fixture
def gateway(db: None, settings: Any) -> Caller:
    settings.CALLBACK_KEYS = {"tests": bytes(32)}
    secret = desk().api_clients.create(OWNER, NewApiClient(name="gateway", operations=list(ALL)))
    request = TokenRequest(client_id=secret.client_id, client_secret=secret.client_secret)
    caller = Caller(identity().issue_token(request, network="127.0.0.1").access_token)
    back_api().callbacks.make_secret(OWNER, secret.client_id)
    back_api().callbacks.allow_hosts(OWNER, secret.client_id, ["pay.example.com"], version=None)
    return caller


def post(caller: Caller, act: str, body: Any) -> Any:
    return caller.send("POST", f"{ROOT}/{act}", body, media=V1)


def get(caller: Caller, path: str) -> Any:
    return caller.send("GET", f"{ROOT}/{path}", media=V1)


def asked(account: str, **changes: Any) -> dict[str, Any]:
    return {"deduplicationId": "d-1", "accountId": account, "amount": "25.50", "assetId": "usd"} | changes


def test_a_deposit_is_created_and_its_repetition_is_the_same_bytes(gateway: Caller, account: str) -> None:
    first = post(gateway, "deposit", asked(account))
    assert (first.status_code, first.headers.get("Idempotency-Replayed")) == (201, None)
    told = first.json()
    assert (told["type"], told["status"], told["amount"], told["deduplicationId"]) == ("Deposit", "Completed", "25.5", "d-1")
    again = post(gateway, "deposit", asked(account, amount=25.5))
    assert (again.status_code, again.content, again["Idempotency-Replayed"]) == (201, first.content, "true")


def test_a_refusal_on_record_is_repeated_byte_by_byte(gateway: Caller, account: str) -> None:
    first = post(gateway, "withdrawal", asked(account))
    assert (first.status_code, first["Content-Type"]) == (400, "application/problem+json")
    problem = first.json()
    assert (problem["code"], problem["traceId"]) == ("insufficient_funds", first["X-Request-ID"])
    post(gateway, "deposit", asked(account, deduplicationId="d-2"))
    again = post(gateway, "withdrawal", asked(account))
    assert (again.status_code, again.content, again["Idempotency-Replayed"]) == (400, first.content, "true")
    assert get(gateway, f"{problem['transferId']}").json()["status"] == "Failed"


def test_a_withdrawal_goes_its_way(gateway: Caller, account: str) -> None:
    post(gateway, "deposit", asked(account))
    made = post(gateway, "withdrawal", asked(account, deduplicationId="w-1", amount="5", callbackUrl="https://pay.example.com/in")).json()
    assert made["status"] == "AwaitingConfirmation"
    body = {"accountId": account, "transferId": made["transferId"]}
    for _ in range(2):
        answer = post(gateway, "withdrawal-confirm", body)
        assert (answer.status_code, answer.content) == (200, b"")
    refused = post(gateway, "withdrawal-cancel", body)
    assert (refused.status_code, refused.json()["code"]) == (400, "transfer_already_final")
    found = [(one["type"], one["status"]) for one in get(gateway, f"accounts/{account}").json()]
    assert found == [("Withdrawal", "Completed"), ("Deposit", "Completed")]
    callbacks = back_api().callbacks.of_subject(OWNER, made["transferId"])
    assert [(one.callback.type, one.callback.seq) for one in callbacks] == [("transfer.awaiting_confirmation", 1), ("transfer.completed", 2)]


def test_a_page_of_an_accounts_transfers_leads_to_the_next(gateway: Caller, account: str) -> None:
    made = [post(gateway, "deposit", asked(account, deduplicationId=f"d-{number}")).json()["transferId"] for number in range(5)]
    seen: list[str] = []
    query = "?limit=2"
    while query:
        page = get(gateway, f"accounts/{account}{query}")
        seen += [one["transferId"] for one in page.json()]
        query = f"?limit=2&after={page['X-Next']}" if "X-Next" in page else ""
    assert seen == made[::-1]


def test_the_callback_body_is_thin_and_says_what_the_answer_says(gateway: Caller, account: str) -> None:
    made = post(gateway, "deposit", asked(account, callbackUrl="https://pay.example.com/in")).json()
    body = json.loads(bytes(bank.scalar("SELECT body FROM callbacks_callback")))
    data = body["data"]
    assert body["type"] == "transfer.completed"
    assert {name: data[name] for name in ("transferId", "deduplicationId", "assetId", "type", "status", "amount")} == {
        name: made[name] for name in ("transferId", "deduplicationId", "assetId", "type", "status", "amount")
    }
    assert set(data) - set(made) == {"accountId", "seq"}
    assert data["createdAt"][:23] == made["createdAt"][:23]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"amount": "1e3"}, "invalid", "amount"),
        ({"amount": "-5"}, "invalid", "amount"),
        ({"amount": "+5"}, "invalid", "amount"),
        ({"amount": " 5"}, "invalid", "amount"),
        ({"amount": "\u0665"}, "invalid", "amount"),
        ({"amount": "NaN"}, "invalid", "amount"),
        ({"amount": True}, "invalid", "amount"),
        ({"amount": None}, "invalid", "amount"),
        ({"amount": "0"}, "invalid", "amount"),
        ({"amount": "0.001"}, "invalid", "amount"),
        ({"status": "Completed"}, "invalid", "status"),
        ({"assetId": "USD"}, "unknown_asset", "assetId"),
        ({"deduplicationId": ""}, "invalid", "deduplicationId"),
        ({"deduplicationId": "\u200b"}, "invalid", "deduplicationId"),
        ({"deduplicationId": 7}, "invalid", "deduplicationId"),
        ({"callbackUrl": ""}, "callback_refused", "callbackUrl"),
        ({"callbackUrl": "https://evil.example.com/in"}, "callback_refused", "callbackUrl"),
        ({"callbackUrl": "https://127.0.0.1/in"}, "callback_refused", "callbackUrl"),
        ({"callbackUrl": "https://pay.example.com:6379/in"}, "callback_refused", "callbackUrl"),
    ],
)
def test_what_a_gateway_should_not_send(gateway: Caller, account: str, changes: dict[str, Any], code: str, field: str) -> None:
    before = bank.everything()
    answer = post(gateway, "deposit", asked(account, **changes))
    assert (answer.status_code, answer.json()["code"], list(answer.json()["errors"])) == (400, code, [field])
    assert bank.everything() == before


def test_absent_things_are_absent(gateway: Caller, account: str) -> None:
    assert post(gateway, "deposit", asked("f" * 24)).status_code == 404
    assert get(gateway, "01K2PMT0VMJG5B8XBDNZ7FNM1F").status_code == 404
    assert get(gateway, f"accounts/{'f' * 24}").status_code == 404
    assert post(gateway, "withdrawal-confirm", {"accountId": account, "transferId": "x"}).status_code == 404


def test_another_version_is_refused(gateway: Caller, account: str) -> None:
    assert gateway.send("POST", f"{ROOT}/deposit", asked(account)).status_code == 400
