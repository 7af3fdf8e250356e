"""What an API client's callbacks need: hosts, secrets, who may see to them, and what the trail says of it."""

import base64
from typing import Any

import pytest

from backoffice import env
from backoffice.callbacks import models, sealing
from backoffice.contracts.errors import Invalid, NotFound, NotPermitted, Stale
from backoffice.services import BackApi, desk
from tests.callbacks.conftest import CHIEF, KEYS
from tests.domain.conftest import person

ONLOOKER = person("onlooker", "view-transfers")


def test_a_secret_is_32_bytes_and_sealed_for_its_client(api: BackApi, client: str) -> None:
    secret = api.callbacks.make_secret(CHIEF, client).secret
    raw = base64.b64decode(secret.removeprefix("whsec_"))
    kept = models.Secret.objects.get(client_id=client, valid_until=None)
    assert (len(raw), kept.key_id) == (32, "k1")
    assert raw not in bytes(kept.sealed)
    assert sealing.opened(kept.key_id, bytes(kept.sealed), client) == raw
    with pytest.raises(sealing.Locked):
        sealing.opened(kept.key_id, bytes(kept.sealed), "another client")
    with pytest.raises(sealing.Locked):
        sealing.opened(kept.key_id, bytes(kept.sealed)[:-1] + b"x", client)


def test_a_new_key_seals_and_the_old_one_still_opens(settings: Any) -> None:
    old = sealing.seal(b"secret", "client")
    settings.CALLBACK_KEYS = {"k2": b"2" * 32, **KEYS}
    new = sealing.seal(b"secret", "client")
    assert (old[0], new[0]) == ("k1", "k2")
    assert sealing.opened(*old, "client") == sealing.opened(*new, "client") == b"secret"


def test_a_third_secret_ends_the_first(api: BackApi, client: str) -> None:
    for _ in range(3):
        api.callbacks.make_secret(CHIEF, client)
    assert models.Secret.objects.filter(client_id=client, valid_until=None).count() == 1
    until = api.callbacks.settings(CHIEF, client).value.previous_secret_until
    assert until
    api.callbacks.end_previous_secret(CHIEF, client)
    assert api.callbacks.settings(CHIEF, client).value.previous_secret_until is None
    with pytest.raises(NotFound):
        api.callbacks.end_previous_secret(CHIEF, client)


def test_hosts_are_replaced_as_a_whole_by_whoever_saw_the_last_list(api: BackApi, client: str) -> None:
    found = api.callbacks.settings(CHIEF, client)
    api.callbacks.allow_hosts(CHIEF, client, ["B.example.com", "a.example.com", "a.example.com:443"], version=found.version)
    assert api.callbacks.settings(CHIEF, client).value.allowed_hosts == ["a.example.com", "b.example.com"]
    with pytest.raises(Stale):
        api.callbacks.allow_hosts(CHIEF, client, [], version=found.version)


def test_each_bad_host_is_named(api: BackApi, client: str) -> None:
    with pytest.raises(Invalid) as refusal:
        api.callbacks.allow_hosts(CHIEF, client, ["pay.example.com", "localhost", "10.0.0.1", "testserver"])
    assert [reason.partition(":")[0] for reason in refusal.value.fields["allowedHosts"]] == ["localhost", "10.0.0.1", "testserver"]
    with pytest.raises(Invalid):
        api.callbacks.allow_hosts(CHIEF, client, [f"h{number}.example.com" for number in range(51)])


def test_only_clients_that_are_there(api: BackApi, settings: Any) -> None:
    with pytest.raises(NotFound):
        api.callbacks.make_secret(CHIEF, "nobody")
    settings.JWT_ISSUERS = [{"issuer": "https://issuer.example.com"}]
    assert api.callbacks.make_secret(CHIEF, "https://issuer.example.com|crm").secret
    with pytest.raises(NotFound):
        api.callbacks.make_secret(CHIEF, "https://other.example.com|crm")


def test_who_may(api: BackApi, client: str) -> None:
    for refused in (
        lambda: api.callbacks.settings(ONLOOKER, client),
        lambda: api.callbacks.make_secret(ONLOOKER, client),
        lambda: api.callbacks.allow_hosts(ONLOOKER, client, []),
        lambda: api.callbacks.replay(ONLOOKER, ["evt_1"]),
        lambda: api.callbacks.resume_host(ONLOOKER, "h"),
        lambda: api.callbacks.deliver(CHIEF),
    ):
        with pytest.raises(NotPermitted):
            refused()
    assert api.callbacks.hosts(ONLOOKER) == []


def test_the_trail_tells_everything_but_the_secret(api: BackApi, client: str) -> None:
    secrets = [api.callbacks.make_secret(CHIEF, client).secret for _ in range(2)]
    records = desk().audit.timeline(person("auditor", "own", "view-audit"), "callback_settings", client)
    assert [record.action for record in records] == ["callbacks.make_secret"] * 3 + ["callbacks.allow_hosts"]
    assert not any(secret in repr(records) for secret in secrets)
    assert records[0].changes[0].after["secret"] == "set anew"


@pytest.mark.parametrize("text", ["k1:short", "k1", ":" + "A" * 44, "a:" + "A" * 43 + "=,a:" + "A" * 43 + "=", "k1:" + "A" * 42 + "!="])
def test_keys_that_are_none_stop_the_start_and_are_not_told(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CALLBACK_KEYS_FILE", raising=False)
    monkeypatch.setenv("CALLBACK_KEYS", text)
    with pytest.raises(SystemExit, match=r"^settings: CALLBACK_KEYS: entry \d must look like") as stopped:
        env.keys("CALLBACK_KEYS")
    assert "AAAA" not in str(stopped.value)


def test_no_key_at_all_stops_a_desk_that_needs_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CALLBACK_KEYS_FILE", raising=False)
    monkeypatch.setenv("CALLBACK_KEYS", "")
    with pytest.raises(SystemExit, match="holds no key"):
        env.keys("CALLBACK_KEYS")
    assert env.keys("CALLBACK_KEYS", "") == {}
