"""Limits of roles and API clients in the portal."""

from decimal import Decimal

from django.test import Client

from backoffice.contracts.accounts import NewAccountGroup
from backoffice.contracts.actor import NO_LIMITS, Scope
from backoffice.contracts.desk import NewApiClient
from backoffice.services import back_api, desk
from tests.portal.desk_people import OWNER

RETAIL = Scope(account_groups=frozenset({"retail"}), most=Decimal("2500.5"))


def test_a_role_is_limited_and_set_free_again(clerk: Client) -> None:
    back_api().account_groups.create(OWNER, NewAccountGroup(account_group_id="retail", name="Retail"))
    wanted = {"name": "Retail desk", "operations": ["view-common"], "accountGroups": ["retail"], "most": "2500.50"}
    created = clerk.post("/settings/roles/new/", wanted)
    assert created.status_code == 303, created.content.decode()
    role = next(one for one in desk().roles.find(OWNER) if one.name == "Retail desk")
    assert role.scope == RETAIL
    page = clerk.get(f"/settings/roles/{role.id}/").content.decode()
    assert 'value="retail" checked' in page
    assert 'value="2500.5"' in page
    assert "accounts of retail" in clerk.get("/settings/roles/").content.decode()
    free = {"name": "Retail desk", "operations": ["view-common"], "version": desk().roles.get(OWNER, role.id).version}
    assert clerk.post(f"/settings/roles/{role.id}/", free).status_code == 303
    assert desk().roles.get(OWNER, role.id).value.scope == NO_LIMITS


def test_a_limit_that_does_not_fit_is_told_at_its_place(clerk: Client) -> None:
    answer = clerk.post("/settings/roles/new/", {"name": "Odd", "operations": [], "accountGroups": ["nothing"], "most": "0"})
    assert answer.status_code == 400
    page = answer.content.decode().lower()
    assert "there is no group nothing" in page
    assert "must be a number above zero" in page


def test_saving_an_api_client_keeps_its_limits(clerk: Client) -> None:
    back_api().account_groups.create(OWNER, NewAccountGroup(account_group_id="retail", name="Retail"))
    made = desk().api_clients.create(OWNER, NewApiClient(name="crm", operations=["view-common"], scope=RETAIL)).client_id
    page = clerk.get(f"/settings/api-clients/{made}/").content.decode()
    assert 'value="retail" checked' in page
    version = desk().api_clients.get(OWNER, made).version
    sent = {"isActive": "true", "operations": ["view-common", "view-trades"], "accountGroups": ["retail"], "most": "2500.5", "version": version}
    assert clerk.post(f"/settings/api-clients/{made}/", sent).status_code == 303
    assert desk().api_clients.get(OWNER, made).value.scope == RETAIL
