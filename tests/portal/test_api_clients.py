"""API clients in the portal: a secret that is shown once, rotated and revoked."""

import re

from django.test import Client

from backoffice.contracts.desk import ApiClient, NewApiClient
from backoffice.contracts.operations import ALL
from backoffice.services import desk
from tests.portal.desk_people import OWNER, signed_in

SECRET = re.compile(r'id="client-secret" value="([^"]+)"')


def made(*operations: str) -> ApiClient:
    secret = desk().api_clients.create(OWNER, NewApiClient(name="CRM", operations=list(operations)))
    return desk().api_clients.get(OWNER, secret.client_id).value


def token(client_id: str, secret: str) -> int:
    return Client().post("/auth/token", {"clientId": client_id, "clientSecret": secret}, content_type="application/json").status_code


def test_the_secret_is_shown_once_and_kept_by_no_cache(clerk: Client) -> None:
    answer = clerk.post("/settings/api-clients/new/", {"name": "CRM", "operations": ["view-common"]})
    secret = SECRET.search(answer.content.decode())[1]  # type: ignore[index]
    (client,) = desk().api_clients.find(OWNER)
    assert answer.headers["Cache-Control"] == "no-store"
    assert token(client.id, secret) == 200
    assert secret not in clerk.get(f"/settings/api-clients/{client.id}/").content.decode()


def test_rotation_asks_first_and_ends_the_old_secret(clerk: Client) -> None:
    first = SECRET.search(clerk.post("/settings/api-clients/new/", {"name": "CRM"}).content.decode())[1]  # type: ignore[index]
    (client,) = desk().api_clients.find(OWNER)
    assert "make a new secret?" in clerk.get(f"/settings/api-clients/{client.id}/rotate/").content.decode()
    second = SECRET.search(clerk.post(f"/settings/api-clients/{client.id}/rotate/").content.decode())[1]  # type: ignore[index]
    assert (token(client.id, first), token(client.id, second)) == (401, 200)


def test_a_client_is_changed_and_ended(clerk: Client) -> None:
    client = made("view-common")
    version = desk().api_clients.get(OWNER, client.id).version
    answer = clerk.post(f"/settings/api-clients/{client.id}/", {"operations": ["view-common", "manage-markets"], "version": version})
    assert answer.status_code == 303
    changed = desk().api_clients.get(OWNER, client.id).value
    assert (changed.is_active, changed.operations) == (False, ["manage-markets", "view-common"])
    stale = clerk.post(f"/settings/api-clients/{client.id}/", {"isActive": "true", "version": version})
    assert stale.status_code == 412


def test_tokens_are_revoked(clerk: Client) -> None:
    client = made("view-common")
    answer = clerk.post(f"/settings/api-clients/{client.id}/revoke/")
    assert answer.headers["Location"] == f"/settings/api-clients/{client.id}/"
    assert "Every token of CRM has ended." in clerk.get(f"/settings/api-clients/{client.id}/").content.decode()


def test_nobody_rotates_a_client_that_may_do_more(catalogue: None) -> None:
    manager = signed_in("manage-api-clients", name="Max Manager")
    client = made(*ALL)
    assert manager.post(f"/settings/api-clients/{client.id}/rotate/").status_code == 403


def test_api_clients_are_for_those_who_manage_them(viewer: Client) -> None:
    assert viewer.get("/settings/api-clients/").status_code == 403
    assert viewer.get("/settings/api-clients/new/").status_code == 403
