"""The same verbs over HTTP."""

from typing import Any

from backoffice.callbacks import models
from backoffice.services import back_api
from tests.api.callers import Caller, caller
from tests.callbacks.conftest import WORKER, planted, row, target
from tests.callbacks.receiver import Server

__all__ = ["caller"]


def test_a_receiver_is_set_up_and_looked_after(client: str, receiver: Server, caller: Any) -> None:
    chief: Caller = caller("manage-api-clients", "view-transfers", "manage-transfers")
    path = f"api-clients/{client}/callback-settings"
    found = chief.get(path)
    assert found.json()["allowedHosts"] == [f"*.demo.test:{receiver.port}"]
    hosts = ["pay.example.com", f"receiver.demo.test:{receiver.port}"]
    assert chief.put(path, {"allowedHosts": hosts}, If_Match=found["ETag"]).status_code == 200
    assert chief.put(path, {"allowedHosts": hosts}, If_Match=found["ETag"]).status_code == 412
    refused = chief.put(path, {"allowedHosts": ["10.0.0.1"]})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["allowedHosts"])
    secret = chief.post(f"api-clients/{client}/callback-secret")
    assert (secret.status_code, secret.json()["secret"][:6]) == (201, "whsec_")
    assert secret.json()["previousSecretUntil"]
    assert chief.delete(f"api-clients/{client}/callback-secret/previous").status_code == 200
    assert chief.delete(f"api-clients/{client}/callback-secret/previous").status_code == 404
    assert chief.get("api-clients/nobody/callback-settings").status_code == 404


def test_a_dead_callback_is_found_and_sent_again(client: str, receiver: Server, caller: Any) -> None:
    chief: Caller = caller("view-transfers", "manage-transfers")
    gone = planted(client, target(receiver, "/status?code=410&says=no-more"))
    back_api().callbacks.deliver(WORKER)
    (listed,) = chief.get("callbacks?state=Dead&limit=10").json()["items"]
    assert (listed["webhookId"], listed["state"]) == (gone, "Dead")
    detail = chief.get(f"callbacks/{gone}").json()
    assert [(one["outcome"], one["status"], one["answer"]) for one in detail["tries"]] == [("Failed", 410, None)]
    assert caller("view-transfers", "manage-api-clients").get(f"callbacks/{gone}").json()["tries"][0]["answer"] == "no-more"
    (host,) = chief.get("callback-hosts").json()
    assert (host["host"], host["dead"], host["lastStatus"]) == (f"receiver.demo.test:{receiver.port}", 1, 410)
    assert chief.post("callbacks/replay", {"webhookIds": [gone, "evt_none"]}).json() == [
        {"webhookId": gone, "isQueued": True, "reason": None},
        {"webhookId": "evt_none", "isQueued": False, "reason": "There is no such callback."},
    ]
    back_api().callbacks.deliver(WORKER)
    assert row(gone).state == "Dead"
    assert chief.post("callbacks/replay-failed", {"since": "2026-01-01T00:00:00Z"}).json() == {"count": 1}
    assert chief.post("callbacks/replay-failed", {"since": "2026-01-01T00:00:00"}).status_code == 400
    assert chief.post(f"callback-hosts/receiver.demo.test:{receiver.port}/resume").status_code == 200
    assert chief.post("callback-hosts/other.example.com/resume").status_code == 404
    assert chief.get("callbacks?after=nonsense").status_code == 400


def test_a_secret_is_told_once_and_never_kept_plain(client: str, caller: Any) -> None:
    chief: Caller = caller("manage-api-clients", "view-audit")
    secret = chief.post(f"api-clients/{client}/callback-secret").json()["secret"]
    assert secret not in chief.get(f"api-clients/{client}/callback-settings").content.decode()
    assert all(secret.encode() not in bytes(kept.sealed) for kept in models.Secret.objects.all())
