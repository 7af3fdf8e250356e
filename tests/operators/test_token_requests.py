"""Clients fetch their tokens with id and secret; guessing is braked and every refusal reads alike."""

import pytest

from backoffice.contracts.desk import ClientSecret, TokenRequest
from backoffice.contracts.errors import Invalid, Refused, TooMany, Unauthenticated
from backoffice.operators import models
from backoffice.services import desk, identity
from tests.operators.conftest import OFFICE, ROOT, TRACE, change_client


def ask(client: ClientSecret, secret: str | None = None, *, operations: list[str] | None = None, network: str = OFFICE) -> type[Refused] | str:
    request = TokenRequest(client_id=client.client_id, client_secret=secret or client.client_secret, operations=operations)
    try:
        return identity().issue_token(request, network=network).access_token
    except Refused as refusal:
        return type(refusal)


def test_a_token_carries_what_the_client_holds(client: ClientSecret) -> None:
    request = TokenRequest(client_id=client.client_id, client_secret=client.client_secret)
    token = identity().issue_token(request, network=OFFICE)
    assert (token.token_type, token.expires_in) == ("Bearer", 600)
    assert identity().actor_of_token(token.access_token, trace_id=TRACE).operations == {"manage-markets", "view-common", "own"}


def test_it_may_be_asked_to_carry_less(client: ClientSecret) -> None:
    token = ask(client, operations=["view-common"])
    assert identity().actor_of_token(str(token), trace_id=TRACE).operations == {"view-common", "own"}
    nothing = ask(client, operations=[])
    assert identity().actor_of_token(str(nothing), trace_id=TRACE).operations == {"own"}


def test_it_cannot_be_asked_to_carry_more(client: ClientSecret) -> None:
    request = TokenRequest(client_id=client.client_id, client_secret=client.client_secret, operations=["view-common", "view-audit"])
    with pytest.raises(Invalid) as refused:
        identity().issue_token(request, network=OFFICE)
    assert refused.value.fields == {"operations": ["the client does not hold view-audit"]}


@pytest.mark.parametrize(("client_id", "secret"), [("nobody", "x"), ("a\0b", "x"), ("", ""), (None, ""), (None, "wrong"), (None, "\ud800")])
def test_every_refusal_reads_alike(client: ClientSecret, client_id: str | None, secret: str) -> None:
    request = TokenRequest(client_id=client.client_id if client_id is None else client_id, client_secret=secret)
    with pytest.raises(Unauthenticated, match=r"^The client id or the client secret is wrong\.$"):
        identity().issue_token(request, network=OFFICE)


def test_a_client_without_a_secret_gets_none(client: ClientSecret) -> None:
    models.ApiClient.objects.update(secret_hash="")
    assert ask(client, "none") is Unauthenticated


def test_a_client_that_is_off_gets_none(client: ClientSecret) -> None:
    change_client(client, "view-common", is_active=False)
    assert ask(client) is Unauthenticated


def test_a_rotated_secret_replaces_the_old_one(client: ClientSecret) -> None:
    fresh = desk().api_clients.rotate(ROOT, client.client_id)
    assert ask(client) is Unauthenticated
    assert isinstance(ask(fresh), str)


def test_ten_wrong_secrets_then_wait(client: ClientSecret) -> None:
    assert [ask(client, "wrong") for _ in range(11)] == [Unauthenticated] * 10 + [TooMany]
    assert ask(client) is TooMany
    assert isinstance(ask(client, network="10.9.9.9"), str)


def test_one_network_cannot_try_every_client(client: ClientSecret) -> None:
    answers = [ask(ClientSecret(client_id=f"client-{number}", client_secret="guess")) for number in range(101)]
    assert answers == [Unauthenticated] * 100 + [TooMany]


def test_right_answers_are_never_braked(client: ClientSecret) -> None:
    assert all(isinstance(ask(client), str) for _ in range(30))
    assert not models.Brake.objects.exists()


def test_only_the_hash_is_kept(client: ClientSecret) -> None:
    row = models.ApiClient.objects.get()
    assert len(client.client_secret) == 43
    assert client.client_secret not in str(vars(row))
