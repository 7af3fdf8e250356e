"""API clients in the portal: a secret that is shown once, rotated and revoked."""

import re
from datetime import date

from django.test import Client
from django.utils import timezone

from backoffice.contracts.desk import ApiClient, NewApiClient
from backoffice.contracts.operations import ALL
from backoffice.operators import models, use
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
    secret = SECRET.search(answer.content.decode())[1]
    (client,) = desk().api_clients.find(OWNER)
    assert answer.headers["Cache-Control"] == "no-store"
    assert token(client.id, secret) == 200
    assert secret not in clerk.get(f"/settings/api-clients/{client.id}/").content.decode()


def test_rotation_asks_first_and_ends_the_old_secret(clerk: Client) -> None:
    first = SECRET.search(clerk.post("/settings/api-clients/new/", {"name": "CRM"}).content.decode())[1]
    (client,) = desk().api_clients.find(OWNER)
    assert "replace its secret?" in clerk.get(f"/settings/api-clients/{client.id}/rotate/").content.decode()
    second = SECRET.search(clerk.post(f"/settings/api-clients/{client.id}/rotate/").content.decode())[1]
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


def test_a_program_changes_over_without_missing_a_call(clerk: Client) -> None:
    first = SECRET.search(clerk.post("/settings/api-clients/new/", {"name": "CRM"}).content.decode())[1]
    (client,) = desk().api_clients.find(OWNER)
    address = f"/settings/api-clients/{client.id}/"
    assert "24 hours" in clerk.get(f"{address}change-over/").content.decode()
    second = SECRET.search(clerk.post(f"{address}change-over/").content.decode())[1]
    assert (token(client.id, first), token(client.id, second)) == (200, 200)
    assert "The previous secret goes on until" in clerk.get(address).content.decode()
    assert clerk.post(f"{address}end-previous/").status_code == 303
    assert (token(client.id, first), token(client.id, second)) == (401, 200)
    assert "The previous secret goes on until" not in clerk.get(address).content.decode()


def test_the_previous_secret_ends_by_itself_and_replacing_ends_it_too(clerk: Client) -> None:
    made_now = desk().api_clients.create(OWNER, NewApiClient(name="CRM"))
    second = desk().api_clients.change_over(OWNER, made_now.client_id)
    models.ApiClient.objects.update(previous_until=timezone.now())
    assert (token(made_now.client_id, made_now.client_secret), token(made_now.client_id, second.client_secret)) == (401, 200)
    third = desk().api_clients.change_over(OWNER, made_now.client_id)
    fourth = desk().api_clients.rotate(OWNER, made_now.client_id)
    assert [token(made_now.client_id, one.client_secret) for one in (second, third, fourth)] == [401, 401, 200]


def test_calls_and_refusals_are_counted_by_day(clerk: Client) -> None:
    secret = desk().api_clients.create(OWNER, NewApiClient(name="CRM", operations=["view-common"]))
    body = {"clientId": secret.client_id, "clientSecret": secret.client_secret}
    bearer = Client().post("/auth/token", body, content_type="application/json").json()["access_token"]
    headers = {"Authorization": f"Bearer {bearer}"}
    use.COUNTS.write()
    statuses = [Client().get(f"/back-api/backoffice/v2/assets/{one}", headers=headers).status_code for one in ("list", "list", "none")]
    assert statuses == [200, 200, 404]
    assert Client().post("/back-api/backoffice/v2/internal-assets", {}, content_type="application/json", headers=headers).status_code == 403
    assert not models.Use.objects.filter(client_id=secret.client_id).exists(), "nothing is written with a call"
    use.COUNTS.write()
    use.count(secret.client_id, is_refused=True)
    use.COUNTS.write()
    days = desk().api_clients.use(OWNER, secret.client_id)
    assert (len(days), days[-1].calls, days[-1].refusals, sum(one.calls for one in days[:-1])) == (30, 5, 3, 0)
    page = clerk.get(f"/settings/api-clients/{secret.client_id}/").content.decode()
    assert '<td class="num">2</td><td class="num">3</td>' in page
    assert "Tokens live until" in page


def test_old_days_of_use_go(clerk: Client) -> None:
    models.Use.objects.create(client_id="x", day=date(2026, 1, 1), calls=1, refusals=0)
    use.count("y", is_refused=False)
    use.COUNTS.write()
    # Other tests of this process left counts, too.
    assert set(models.Use.objects.filter(client_id__in="xy").values_list("client_id", flat=True)) == {"y"}
