"""POST /auth/token, in the spelling of OAuth libraries and in our own."""

from typing import Any
from urllib.parse import urlencode

import pytest

from backoffice.contracts.desk import ClientSecret, NewApiClient
from backoffice.services import desk
from tests.api.callers import JSON, OWNER, Caller

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def secret(db: None) -> ClientSecret:
    return desk().api_clients.create(OWNER, NewApiClient(name="crm", operations=["view-common", "manage-assets"]))


def ask(body: Any, media: str = JSON) -> Any:
    return Caller(None).send("POST", "/auth/token", body, media=media)


def test_a_token_opens_the_api(secret: ClientSecret) -> None:
    answer = ask({"clientId": secret.client_id, "clientSecret": secret.client_secret})
    assert answer.status_code == 200
    token = answer.json()
    assert (set(token), token["token_type"], answer["Cache-Control"]) == ({"access_token", "token_type", "expires_in"}, "Bearer", "no-store")
    assert Caller(token["access_token"]).get("assets/list").status_code == 200


def test_an_oauth_library_sends_a_form(secret: ClientSecret) -> None:
    form = {"grant_type": "client_credentials", "client_id": secret.client_id, "client_secret": secret.client_secret, "scope": "view-common"}
    token = ask(urlencode(form).encode(), FORM).json()["access_token"]
    assert Caller(token).get("assets/list").status_code == 200
    assert Caller(token).post("internal-assets", {}).status_code == 403


def test_fewer_operations_may_be_asked_for(secret: ClientSecret) -> None:
    body = {"client_id": secret.client_id, "client_secret": secret.client_secret, "operations": ["manage-assets"]}
    token = ask(body).json()["access_token"]
    assert Caller(token).get("assets/list").status_code == 403
    assert Caller(token).post("internal-assets", {}).status_code == 400


@pytest.mark.parametrize("part", ["client_id", "client_secret"])
def test_wrong_credentials_are_a_401_in_the_same_words(part: str, secret: ClientSecret) -> None:
    answer = ask({"client_id": secret.client_id, "client_secret": secret.client_secret} | {part: "wrong"})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.json()["detail"] == ask({"client_id": "nobody", "client_secret": "nothing"}).json()["detail"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "clientId"),
        ({"client_id": "a"}, "clientSecret"),
        ({"client_id": "a", "clientId": "a", "client_secret": "b"}, "clientId"),
        ({"client_id": "a", "client_secret": "b", "grant_type": "password"}, "grant_type"),
        ({"client_id": "a", "client_secret": "b", "username": "c"}, "username"),
        ({"client_id": 1, "client_secret": "b"}, "clientId"),
        ({"client_id": "a\0", "client_secret": "b"}, "client_id"),
        ([], "body"),
    ],
)
def test_a_request_that_does_not_fit(body: Any, field: str, db: None) -> None:
    answer = ask(body)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


@pytest.mark.parametrize(
    ("body", "media"), [(b"client_id=a&client_id=b&client_secret=c", FORM), (b"client_id=a%00&client_secret=c", FORM), (b"{}", "text/plain")]
)
def test_a_form_that_does_not_fit(body: bytes, media: str, db: None) -> None:
    assert ask(body, media).status_code == 400


def test_credentials_in_the_query_are_refused(secret: ClientSecret) -> None:
    answer = Caller(None).post(
        f"/auth/token?client_secret={secret.client_secret}", {"client_id": secret.client_id, "client_secret": secret.client_secret}
    )
    assert answer.status_code == 400
