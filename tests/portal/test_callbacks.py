"""The callbacks console: lists, tries, sending again, paused hosts, the hosts and the secret of an API client."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backoffice.callbacks.models import Attempt, Callback, Host
from backoffice.contracts.actor import Actor
from backoffice.contracts.desk import NewApiClient
from backoffice.contracts.operations import ALL, OWN
from backoffice.services import back_api, desk
from tests.money import bank
from tests.portal.desk_people import EVERYTHING, VIEWER, signed_in
from tests.portal.posted import HTMX, form_of, page_of

URL = "https://pay.example.com/hooks"
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def account(db: None) -> str:
    bank.open_bank()
    return bank.open_account()


@pytest.fixture
def clerk(account: str) -> Client:
    return signed_in(*EVERYTHING)


@pytest.fixture
def gateway(account: str, settings: Any) -> Actor:
    """An API client that is called back."""
    settings.CALLBACK_KEYS = {"test": bytes(32)}
    client_id = desk().api_clients.create(bank.OWNER, NewApiClient(name="Gateway")).client_id
    back_api().callbacks.allow_hosts(bank.OWNER, client_id, ["pay.example.com"])
    back_api().callbacks.make_secret(bank.OWNER, client_id)
    return Actor(kind="client", id=client_id, name="Gateway", door="api", operations=frozenset({*ALL, OWN}))


def told(gateway: Actor, account: str, *, state: str = "Waiting") -> tuple[str, str]:
    """A deposit with a callback in that state, tried once if it ended: the transfer's id and the callback's."""
    made = bank.deposit(account, "5", by=gateway, url=URL)
    row = Callback.objects.get(subject_id=made.transfer_id)
    if state != "Waiting":
        dead = state == "Dead"
        Attempt.objects.create(
            callback=row,
            number=1,
            at=timezone.now(),
            milliseconds=42,
            outcome="Failed" if dead else "Delivered",
            status=503 if dead else 204,
            reason=HOSTILE if dead else "",
            answer=HOSTILE,
        )
        ended = {"state": state, "attempts": 1, "next_attempt_at": None, "finished_at": timezone.now()}
        Callback.objects.filter(pk=row.pk).update(**ended, dead_reason="the schedule ended" if dead else None)
    return made.transfer_id, row.pk


def state_of(webhook_id: str) -> str:
    return Callback.objects.values_list("state", flat=True).get(pk=webhook_id)


def test_a_transfer_shows_its_callbacks_and_their_tries(clerk: Client, gateway: Actor, account: str) -> None:
    transfer, webhook = told(gateway, account, state="Dead")
    page = page_of(clerk, f"/transfers/{transfer}/")
    for words in (URL, "5xx", "503", "42 ms", "The schedule ended", f"/callbacks/{webhook}/replay/"):
        assert words in page, words
    assert "<img src=x" not in page


def test_a_waiting_callback_is_watched_until_it_ends(clerk: Client, gateway: Actor, account: str) -> None:
    transfer, _ = told(gateway, account)
    assert 'hx-trigger="every 2s"' in page_of(clerk, f"/transfers/{transfer}/")
    transfer, _ = told(gateway, account, state="Delivered")
    assert 'hx-trigger="every 2s"' not in page_of(clerk, f"/transfers/{transfer}/")


def test_one_is_sent_again_after_a_question(clerk: Client, gateway: Actor, account: str) -> None:
    transfer, webhook = told(gateway, account, state="Dead")
    question = page_of(clerk, f"/callbacks/{webhook}/replay/", **HTMX)
    assert "The same id and the same bytes go to pay.example.com" in question
    assert state_of(webhook) == "Dead"
    answer = clerk.post(f"/callbacks/{webhook}/replay/")
    assert answer.headers["Location"] == f"/transfers/{transfer}/"
    assert state_of(webhook) == "Waiting"
    assert "had the callback sent again" in page_of(clerk, f"/callbacks/{webhook}/?tab=timeline")


def test_some_are_sent_again_each_with_its_result(clerk: Client, gateway: Actor, account: str) -> None:
    dead, done = told(gateway, account, state="Dead")[1], told(gateway, account, state="Delivered")[1]
    assert "Send 2 callbacks again?" in page_of(clerk, f"/callbacks/replay/?id={dead}&id={done}")
    page = clerk.post("/callbacks/replay/", {"id": [dead, done]}).content.decode()
    assert "1 callback is being sent again" in page
    assert (state_of(dead), state_of(done)) == ("Waiting", "Delivered")


def test_all_that_died_since_are_counted_and_sent_again(clerk: Client, gateway: Actor, account: str) -> None:
    old, new = told(gateway, account, state="Dead")[1], told(gateway, account, state="Dead")[1]
    Callback.objects.filter(pk=old).update(finished_at=timezone.now() - timedelta(days=3))
    question = page_of(clerk, "/callbacks/replay-failed/?since=day")
    assert "1 callback died then." in question
    clerk.post("/callbacks/replay-failed/", form_of(question, '<form method="post" action="/callbacks/replay-failed/"'))
    assert (state_of(old), state_of(new)) == ("Dead", "Waiting")


def test_a_paused_host_is_resumed(clerk: Client, gateway: Actor, account: str) -> None:
    told(gateway, account)
    week = timezone.now() - timedelta(days=6)
    Host.objects.update_or_create(host="pay.example.com", defaults={"failing_since": week, "paused_at": timezone.now()})
    assert "Paused" in page_of(clerk, "/callbacks/")
    assert "Callbacks to pay.example.com are paused" in page_of(clerk, "/")
    clerk.post("/callbacks/hosts/pay.example.com/resume/")
    assert Host.objects.get(host="pay.example.com").paused_at is None


def test_the_list_is_filtered_by_state_and_host(clerk: Client, gateway: Actor, account: str) -> None:
    dead, done = told(gateway, account, state="Dead")[1], told(gateway, account, state="Delivered")[1]
    page = page_of(clerk, "/callbacks/?state=Dead&host=pay.example.com")
    assert f"/callbacks/{dead}/" in page
    assert f"/callbacks/{done}/" not in page
    assert "1 callback has died" in page_of(clerk, "/")


def test_what_a_receiver_answered_is_for_those_who_set_receivers_up(clerk: Client, gateway: Actor, account: str) -> None:
    webhook = told(gateway, account, state="Dead")[1]
    assert "Answer to try 1" in page_of(clerk, f"/callbacks/{webhook}/")
    reader = signed_in(*VIEWER, "view-transfers", name="Rita Reader")
    page = page_of(reader, f"/callbacks/{webhook}/")
    assert "Answer to try 1" not in page
    assert "This needs the operation manage-transfers" in page
    for address in (f"/callbacks/{webhook}/replay/", "/callbacks/replay/", "/callbacks/replay-failed/", "/callbacks/hosts/pay.example.com/resume/"):
        assert reader.post(address, {"id": webhook}).status_code == 403, address
    assert reader.get(f"/settings/api-clients/{gateway.id}/callbacks/").status_code == 403


def test_the_hosts_of_a_client_are_edited_and_wrong_ones_named(clerk: Client, gateway: Actor) -> None:
    address = f"/settings/api-clients/{gateway.id}/callbacks/"
    sent = form_of(page_of(clerk, address)) | {"hosts": "pay.example.com\n*.example.org"}
    assert clerk.post(address, sent).status_code == 303
    assert back_api().callbacks.settings(bank.OWNER, gateway.id).value.allowed_hosts == ["*.example.org", "pay.example.com"]
    assert clerk.post(address, sent).status_code == 412
    refused = clerk.post(address, form_of(page_of(clerk, address)) | {"hosts": "http://bad host/"})
    assert refused.status_code == 400
    assert "*.example.org" in page_of(clerk, f"/settings/api-clients/{gateway.id}/")


def test_a_secret_is_shown_once_and_the_previous_one_ends(clerk: Client, gateway: Actor) -> None:
    address = f"/settings/api-clients/{gateway.id}/callbacks/"
    assert "make a new callback secret?" in page_of(clerk, f"{address}secret/", **HTMX)
    shown = clerk.post(f"{address}secret/")
    assert "whsec_" in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    page = page_of(clerk, address)
    assert "whsec_" not in page
    assert "End the previous secret" in page
    clerk.post(f"{address}secret/end/")
    assert "End the previous secret" not in page_of(clerk, address)


def test_the_list_asks_the_database_as_often_for_many_as_for_few(clerk: Client, gateway: Actor, account: str) -> None:
    for _ in range(3):
        told(gateway, account)
    clerk.get("/callbacks/")
    with CaptureQueriesContext(connection) as few:
        clerk.get("/callbacks/")
    for _ in range(47):
        told(gateway, account)
    with CaptureQueriesContext(connection) as many:
        clerk.get("/callbacks/")
    assert len(many) == len(few)
