"""A good token opens the API with no more than its client holds now, until it expires or is ended."""

import time
from collections.abc import Callable

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings as configured
from pytest_django import DjangoAssertNumQueries, Settings

from backoffice.contracts.desk import ClientSecret
from backoffice.contracts.errors import Unauthenticated
from backoffice.operators import keys, models, tokens
from backoffice.services import desk, identity
from tests.operators.conftest import ROOT, TRACE, change_client
from tests.operators.handmade import issued, payload, public_pem, signed

NOW = int(time.time())


def test_a_good_token_is_its_client(client: ClientSecret) -> None:
    actor = identity().actor_of_token(issued(client), trace_id=TRACE)
    assert (actor.kind, actor.id, actor.name, actor.door, actor.trace_id) == ("client", client.client_id, "crm", "api", TRACE)
    assert actor.operations == {"manage-markets", "view-common", "own"}


def test_the_token_written_by_hand_in_these_tests_is_good(client: ClientSecret, silence: None) -> None:
    assert identity().actor_of_token(signed(payload(client)), trace_id=TRACE).operations == {"view-common", "own"}


def test_operations_may_come_as_one_text(client: ClientSecret) -> None:
    actor = identity().actor_of_token(signed(payload(client, operations="view-common manage-markets")), trace_id=TRACE)
    assert actor.operations == {"manage-markets", "view-common", "own"}


def test_a_token_only_narrows(client: ClientSecret) -> None:
    claimed = ["view-common", "manage-operators", "no-such-operation"]
    assert identity().actor_of_token(signed(payload(client, operations=claimed)), trace_id=TRACE).operations == {"view-common", "own"}


def test_what_the_client_loses_its_tokens_lose(client: ClientSecret) -> None:
    token = issued(client)
    change_client(client, "view-common")
    assert identity().actor_of_token(token, trace_id=TRACE).operations == {"view-common", "own"}


def end_by_switching_off(client: ClientSecret) -> None:
    models.ApiClient.objects.update(is_active=False)


def end_by_date(client: ClientSecret) -> None:
    desk().api_clients.revoke_tokens(ROOT, client.client_id)


def end_by_new_secret(client: ClientSecret) -> None:
    desk().api_clients.rotate(ROOT, client.client_id)


@pytest.mark.parametrize("end", [end_by_switching_off, end_by_date, end_by_new_secret])
def test_a_client_ends_all_its_tokens(client: ClientSecret, end: Callable[[ClientSecret], None]) -> None:
    token = issued(client)
    identity().actor_of_token(token, trace_id=TRACE)
    end(client)
    tokens.forget()
    with pytest.raises(Unauthenticated):
        identity().actor_of_token(token, trace_id=TRACE)


def test_a_token_issued_right_after_a_revocation_is_good(client: ClientSecret) -> None:
    with time_machine.travel(NOW, tick=False):
        desk().api_clients.revoke_tokens(ROOT, client.client_id)
        token = issued(client)
        assert identity().actor_of_token(token, trace_id=TRACE)
        desk().api_clients.revoke_tokens(ROOT, client.client_id)
        with pytest.raises(Unauthenticated):
            identity().actor_of_token(token, trace_id=TRACE)


def test_one_token_can_be_revoked(client: ClientSecret) -> None:
    one, other = issued(client), issued(client)
    tokens.revoke(tokens.read_own(one))
    assert identity().actor_of_token(other, trace_id=TRACE)
    with pytest.raises(Unauthenticated):
        identity().actor_of_token(one, trace_id=TRACE)


def test_a_revocation_elsewhere_is_known_here_within_five_seconds(client: ClientSecret) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        token = issued(client)
        identity().actor_of_token(token, trace_id=TRACE)
        # Another process would do just this and could not clear what this one keeps.
        models.ApiClient.objects.update(is_active=False)
        clock.shift(4.9)
        assert identity().actor_of_token(token, trace_id=TRACE)
        clock.shift(0.2)
        with pytest.raises(Unauthenticated):
            identity().actor_of_token(token, trace_id=TRACE)


def test_nothing_kept_outlives_its_token(client: ClientSecret) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        token = issued(client)
        clock.shift(600 + 27)
        identity().actor_of_token(token, trace_id=TRACE)
        clock.shift(4)
        with pytest.raises(Unauthenticated):
            identity().actor_of_token(token, trace_id=TRACE)


def test_a_steady_caller_costs_no_query(client: ClientSecret, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    token = issued(client)
    with django_assert_num_queries(2):
        identity().actor_of_token(token, trace_id="first")
    with django_assert_num_queries(0):
        assert identity().actor_of_token(token, trace_id="second").trace_id == "second"
    tokens.forget()
    with django_assert_num_queries(1):
        identity().actor_of_token(token, trace_id="third")


def test_the_last_use_is_noted_once_a_minute(client: ClientSecret) -> None:
    assert desk().api_clients.get(ROOT, client.client_id).value.last_used_at is None
    with time_machine.travel(NOW, tick=False) as clock:
        token = issued(client)
        for _ in range(10):
            identity().actor_of_token(token, trace_id=TRACE)
            clock.shift(7)
        last = desk().api_clients.get(ROOT, client.client_id).value.last_used_at
    assert last
    assert last.timestamp() == NOW + 63


def test_an_earlier_key_still_verifies(client: ClientSecret, settings: Settings) -> None:
    token, earlier = issued(client), public_pem().decode()
    new = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    settings.JWT_SIGNING_KEY = new
    with pytest.raises(Unauthenticated):
        identity().actor_of_token(token, trace_id=TRACE)
    settings.JWT_VERIFY_KEYS = new + earlier
    assert identity().actor_of_token(token, trace_id=TRACE)
    assert identity().actor_of_token(issued(client), trace_id=TRACE)


def test_an_issued_token_says_what_the_rfc_wants(client: ClientSecret) -> None:
    token = issued(client, "view-common")
    assert jwt.get_unverified_header(token) == {"alg": "ES256", "typ": "at+jwt", "kid": keys.current().signing_id}
    said = jwt.decode(token, public_pem(), algorithms=["ES256"], audience=configured.JWT_AUDIENCE)
    assert set(said) == {"iss", "aud", "sub", "iat", "nbf", "exp", "jti", "operations"}
    assert said["operations"] == ["view-common"]
    assert said["exp"] - said["iat"] == configured.JWT_LIFE_SECONDS <= 600
