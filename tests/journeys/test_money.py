"""A day of finance: money comes in once over two doors, somebody else confirms, the callback is seen and sent again, the books are proven."""

import base64
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from standardwebhooks import Webhook

from backoffice.contracts.actor import Actor
from backoffice.contracts.desk import NewApiClient
from backoffice.contracts.operations import ALL
from backoffice.contracts.transfers import Transfer
from backoffice.services import back_api
from backoffice.services import desk as people
from tests.callbacks import receiver as receivers
from tests.journeys.conftest import CALLBACK_KEYS, PATIENCE_MS, RECEIVER, Desk, Worker
from tests.money import bank
from tests.portal.desk_people import EVERYTHING, OWNER, PASSWORD, make_operator


@pytest.fixture
def receiver(settings: Any) -> Iterator[receivers.Server]:
    """Where the gateway's callbacks go; the desk in this process and its worker both know the way."""
    settings.PLAIN_HTTP_CALLBACKS = True
    settings.CALLBACK_LOCAL_HOSTS = {RECEIVER: "127.0.0.1"}
    settings.CALLBACK_KEYS = {"journey": base64.b64decode(CALLBACK_KEYS.partition(":")[2])}
    with receivers.serving() as server:
        yield server


@pytest.mark.journey
@pytest.mark.xdist_group("journeys")
def test_money_comes_in_and_goes_out_and_the_books_are_proven(desk: Desk, worker: Worker, receiver: receivers.Server) -> None:
    bank.open_bank()
    account = bank.open_account("anna")
    gateway, secret = _gateway(receiver)
    anna = make_operator(*EVERYTHING, name="Fay Finance")
    boris = make_operator(*EVERYTHING, name="Ben Second")
    _sign_in(desk, anna)
    _deposit(desk, account)
    made = _asked_by_the_gateway(gateway, account, receiver)
    _sign_out_and_in(desk, boris)
    _confirm(desk, made)
    _seen_delivered(desk, receiver, secret)
    _sent_again(desk, receiver, secret)
    _proven(desk)
    assert bank.balance(account) == ("180", "0")


def _gateway(receiver: receivers.Server) -> tuple[Actor, str]:
    client = people().api_clients.create(OWNER, NewApiClient(name="Gateway", operations=["manage-transfers", "view-transfers"]))
    secret = back_api().callbacks.make_secret(OWNER, client.client_id).secret
    back_api().callbacks.allow_hosts(OWNER, client.client_id, [f"{RECEIVER}:{receiver.port}"], version=None)
    return Actor(kind="client", id=client.client_id, name="Gateway", door="api", operations=frozenset(ALL), trace_id="trace-gateway"), secret


def _sign_in(desk: Desk, username: str) -> None:
    desk.open("/transfers/")
    desk.page.get_by_label("User name").fill(username)
    desk.page.get_by_label("Password").fill(PASSWORD)
    desk.page.get_by_role("button", name="Sign in").click()
    expect(desk.page.get_by_role("heading", name="Transfers")).to_be_visible()
    desk.looks_good()


def _sign_out_and_in(desk: Desk, username: str) -> None:
    desk.page.context.clear_cookies()
    _sign_in(desk, username)


def _deposit(desk: Desk, account: str) -> None:
    """Found by name, sent by a double click, its page loaded again: the money moves once."""
    page = desk.page
    page.get_by_role("link", name="New deposit").first.click()
    page.get_by_label("Client or account").fill("Anna")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Choose").click()
    page.get_by_label("Asset").select_option("usd")
    page.get_by_label("Amount").fill("250.00")
    desk.looks_good()
    page.get_by_role("button", name="Make the deposit").dblclick()
    expect(page.get_by_role("heading", name="Deposit of 250.00 usd")).to_be_visible()
    desk.looks_good()
    page.reload()
    expect(page.get_by_role("heading", name="Deposit of 250.00 usd")).to_be_visible()
    assert bank.balance(account) == ("250", "0")


def _asked_by_the_gateway(gateway: Actor, account: str, receiver: receivers.Server) -> Transfer:
    asked = bank.wanted(account, "70", key="psp-1", url=f"http://{RECEIVER}:{receiver.port}/ok/callbacks")
    made = back_api().transfers.withdraw(gateway, asked).value
    assert back_api().transfers.withdraw(gateway, asked).is_replayed
    return made


def _confirm(desk: Desk, made: Transfer) -> None:
    page = desk.page
    expect(page.get_by_role("table")).to_contain_text("Awaiting confirmation")
    page.get_by_role("table").get_by_role("link", name="Withdrawal").click()
    expect(page.get_by_text("It waits for a person")).to_be_visible()
    desk.looks_good()
    page.get_by_role("link", name="Confirm").click()
    expect(page.get_by_role("dialog")).to_contain_text("70.00 usd")
    desk.looks_good()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Confirm")).click()
    expect(page.locator("#steps")).to_contain_text("Ben Second")
    assert back_api().transfers.get(OWNER, made.transfer_id).status == "Completed"


def _seen_delivered(desk: Desk, receiver: receivers.Server, secret: str) -> None:
    """The page shows it within moments, without being asked again."""
    expect(desk.page.locator(".callback > .row .pill", has_text="Delivered")).to_have_count(2)
    desk.looks_good()
    told = [_verified(seen, secret) for seen in receiver.seen]
    assert [one["type"] for one in told] == ["transfer.awaiting_confirmation", "transfer.completed"]


def _sent_again(desk: Desk, receiver: receivers.Server, secret: str) -> None:
    page = desk.page
    page.get_by_role("link", name="Send again").last.click()
    page.get_by_role("dialog").get_by_role("button").last.click()
    page.wait_for_timeout(100)
    for _ in range(PATIENCE_MS // 100):
        if len(receiver.seen) == 3:
            break
        page.wait_for_timeout(100)
    ids = [seen.headers["webhook-id"] for seen in receiver.seen]
    assert len(ids) == 3
    assert ids[2] in ids[:2]
    first = receiver.seen[ids.index(ids[2])]
    assert receiver.seen[2].body == first.body
    _verified(receiver.seen[2], secret)


def _verified(seen: receivers.Seen, secret: str) -> Any:
    return Webhook(secret).verify(seen.body, seen.headers)


def _proven(desk: Desk) -> None:
    desk.open("/proof/")
    desk.page.get_by_role("button", name="Audit now").click()
    expect(desk.page.get_by_text("none violated")).to_be_visible()
    expect(desk.page.get_by_text("Green").first).to_be_visible()
    desk.looks_good()
