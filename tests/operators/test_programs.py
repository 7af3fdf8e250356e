"""API clients: nobody makes, wakes or takes over one that may do more than they may."""

from typing import Any

import pytest

from backoffice.contracts.desk import ApiClientChange, ClientSecret, NewApiClient
from backoffice.contracts.errors import Invalid, NotFound, NotPermitted, Stale
from backoffice.core.models import AuditChange
from backoffice.operators import secret
from backoffice.services import desk
from tests.operators.conftest import ROOT, change_client, person

INTEGRATOR = person("integrator", "manage-api-clients", "view-common")


def test_a_new_client_shows_its_secret_once(client: ClientSecret) -> None:
    [shown] = desk().api_clients.find(ROOT)
    assert (shown.id, shown.name, shown.operations, shown.is_active, shown.has_secret) == (
        client.client_id,
        "crm",
        ["manage-markets", "view-common"],
        True,
        True,
    )


def test_the_trail_holds_neither_secret_nor_hash(client: ClientSecret) -> None:
    fresh = desk().api_clients.rotate(ROOT, client.client_id)
    desk().api_clients.revoke_tokens(ROOT, client.client_id)
    written = str(list(AuditChange.objects.values()))
    for secret_text in (client.client_secret, fresh.client_secret):
        assert secret_text not in written
        assert secret.hashed(secret_text) not in written
    assert AuditChange.objects.filter(object_type="api_client", object_id=client.client_id).count() == 3


@pytest.mark.parametrize(("field", "value"), [("name", "crm"), ("name", ""), ("name", "a\0b"), ("operations", ["view-commons"])])
def test_a_faulty_field_is_named(client: ClientSecret, field: str, value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        desk().api_clients.create(ROOT, NewApiClient(**{"name": "terminal", "operations": [], field: value}))
    assert list(refused.value.fields) == [field]


def test_nobody_grants_what_they_do_not_hold(client: ClientSecret) -> None:
    desk().api_clients.create(INTEGRATOR, NewApiClient(name="terminal", operations=["view-common"]))
    with pytest.raises(NotPermitted, match="view-trades"):
        desk().api_clients.create(INTEGRATOR, NewApiClient(name="history", operations=["view-trades"]))
    with pytest.raises(NotPermitted, match="view-trades"):
        desk().api_clients.update(
            INTEGRATOR, client.client_id, ApiClientChange(operations=["view-common", "manage-markets", "view-trades"], is_active=True)
        )


def test_nobody_takes_over_or_wakes_a_mightier_client(client: ClientSecret) -> None:
    with pytest.raises(NotPermitted, match="manage-markets"):
        desk().api_clients.rotate(INTEGRATOR, client.client_id)
    whole = ["view-common", "manage-markets"]
    desk().api_clients.update(INTEGRATOR, client.client_id, ApiClientChange(operations=whole, is_active=False))
    with pytest.raises(NotPermitted, match="manage-markets"):
        desk().api_clients.update(INTEGRATOR, client.client_id, ApiClientChange(operations=whole, is_active=True))


def test_a_stale_change_is_refused(client: ClientSecret) -> None:
    version = desk().api_clients.get(ROOT, client.client_id).version
    change_client(client, "view-common")
    with pytest.raises(Stale):
        desk().api_clients.update(ROOT, client.client_id, ApiClientChange(operations=[], is_active=True), version=version)


def test_what_is_absent_is_not_found(db: None) -> None:
    for verb in (desk().api_clients.get, desk().api_clients.rotate, desk().api_clients.revoke_tokens):
        with pytest.raises(NotFound):
            verb(ROOT, "nothing")
