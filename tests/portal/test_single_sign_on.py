"""Another issuer signs people in: who it says they are is believed only in answer to what this browser asked."""

import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django import Settings

from backoffice.core.models import AuditChange
from backoffice.operators import models
from tests.operators.conftest import actor_of
from tests.portal.desk_people import EVERYTHING, PASSWORD, make_operator
from tests.portal.sso_issuer import STRANGE_KEY, SsoIssuer, come_in, open_sso
from tests.portal.test_factors import set_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def sso(settings: Settings) -> Iterator[SsoIssuer]:
    with open_sso(settings) as server:
        yield server


@pytest.fixture
def person(sso: SsoIssuer) -> str:
    return make_operator(*EVERYTHING)


def the_sign_in(client: Client) -> models.SignIn:
    return models.SignIn.objects.get(pk=client.session["sign_in"])


def test_somebody_comes_in_and_gets_where_they_wanted(sso: SsoIssuer, person: str) -> None:
    client = Client()
    assert "Sign in with Example Login" in client.get("/sign-in/").content.decode()
    answer = come_in(client, sso, to="/markets/?q=eur", preferred_username=person)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/markets/?q=eur")
    assert client.get("/markets/").status_code == 200
    assert the_sign_in(client).proof == "issuer"
    assert models.Operator.objects.get(username=person).issuer_subject == "subject-1"


def test_the_issuer_is_asked_with_state_nonce_and_a_hashed_verifier(sso: SsoIssuer, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://desk.example.com"
    asked = parse_qs(urlsplit(Client().get("/sign-in/issuer/").headers["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["https://desk.example.com/sign-in/issuer/answer/"]
    assert all(len(asked[name][0]) >= 43 for name in ("state", "nonce", "code_challenge"))
    assert asked["response_type"] == ["code"]


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": ...},
        {"aud": "another"},
        {"aud": ["desk", "another"], "azp": "another"},
        {"iss": "https://evil.example.com"},
        {"exp": int(time.time()) - 60},
        {"exp": ...},
        {"sub": ...},
        {"sub": ""},
        {"preferred_username": "nobody"},
        {"preferred_username": ...},
    ],
)
def test_a_token_that_is_not_the_answer_lets_nobody_in(sso: SsoIssuer, person: str, claims: dict[str, object]) -> None:
    client = Client()
    answer = come_in(client, sso, **{"preferred_username": person} | claims)
    assert answer.status_code == 401
    assert client.get("/").status_code == 302
    assert not models.SignIn.objects.exists()


def test_a_token_signed_by_another_key_lets_nobody_in(sso: SsoIssuer, person: str) -> None:
    sso.signed_by = STRANGE_KEY
    assert come_in(Client(), sso, preferred_username=person).status_code == 401
    sso.kid = "unknown"
    assert come_in(Client(), sso, preferred_username=person).status_code == 401


def test_an_answer_counts_once_in_the_browser_that_asked_and_with_its_state(sso: SsoIssuer, person: str) -> None:
    asked, other = Client(), Client()
    good = sso.authorize(asked.get("/sign-in/issuer/").headers["Location"], preferred_username=person)
    assert other.get("/sign-in/issuer/answer/", good).status_code == 401
    assert asked.get("/sign-in/issuer/answer/", good | {"state": "another"}).status_code == 401
    assert asked.get("/sign-in/issuer/answer/", good).status_code == 401
    again = sso.authorize(asked.get("/sign-in/issuer/").headers["Location"], preferred_username=person)
    assert asked.get("/sign-in/issuer/answer/", again).status_code == 302
    assert asked.get("/sign-in/issuer/answer/", again).status_code == 401


@pytest.mark.parametrize("answer", [{}, {"error": "access_denied"}, {"code": "stolen"}, {"code": "", "iss": "https://evil.example.com"}])
def test_a_refusal_there_is_one_here(sso: SsoIssuer, answer: dict[str, str]) -> None:
    client = Client()
    state = parse_qs(urlsplit(client.get("/sign-in/issuer/").headers["Location"]).query)["state"][0]
    refused = client.get("/sign-in/issuer/answer/", answer | {"state": state})
    assert refused.status_code == 401
    assert "You were not signed in there" in refused.content.decode()


def test_a_name_that_changes_hands_there_opens_nobody_elses_desk(sso: SsoIssuer, person: str) -> None:
    come_in(Client(), sso, preferred_username=person, sub="first")
    assert come_in(Client(), sso, preferred_username=person, sub="second").status_code == 401
    assert come_in(Client(), sso, preferred_username="renamed-there", sub="first").status_code == 302


def test_who_is_not_active_is_not_let_in(sso: SsoIssuer, person: str) -> None:
    models.Operator.objects.filter(username=person).update(is_active=False)
    assert come_in(Client(), sso, preferred_username=person).status_code == 401


def test_an_unverified_address_names_nobody(sso: SsoIssuer, settings: Settings) -> None:
    settings.OIDC_USERNAME_CLAIM = "email"
    models.Operator.objects.filter(username=make_operator()).update(username="person@example.com")
    assert come_in(Client(), sso, email="person@example.com").status_code == 401
    assert come_in(Client(), sso, email="person@example.com", email_verified=True).status_code == 302


def test_nobody_is_made_unless_the_settings_say_so(sso: SsoIssuer, settings: Settings) -> None:
    claims = {"preferred_username": "newcomer", "name": "Nora Newcomer", "email": "nora@example.com"}
    assert come_in(Client(), sso, **claims).status_code == 401
    settings.OIDC_CREATES_OPERATORS = True
    client = Client()
    assert come_in(client, sso, **claims).status_code == 302
    made = models.Operator.objects.get(username="newcomer")
    assert (made.name, made.has_usable_password(), made.roles.count()) == ("Nora Newcomer", False, 0)
    assert AuditChange.objects.filter(object_id=made.pk, record__action="identity.create_operator").exists()
    assert come_in(Client(), sso, **claims | {"sub": "another", "email": "not an address", "preferred_username": "x"}).status_code == 401


def test_roles_follow_the_groups_there(sso: SsoIssuer, settings: Settings) -> None:
    username = make_operator("view-common")
    role = models.Role.objects.create(name="Night shift", operations=["view-trades"])
    settings.OIDC_ROLES_CLAIM, settings.OIDC_ROLES = "groups", {"desk-night": role.name, "desk-gone": "No such role"}
    client = Client()
    come_in(client, sso, preferred_username=username, groups=["desk-night", "desk-gone", "others"])
    actor = actor_of(client.session["sign_in"])
    assert actor
    assert actor.operations == {"view-trades", "own"}
    come_in(Client(), sso, preferred_username=username, groups=[])
    assert not models.Operator.objects.get(username=username).roles.exists()
    assert client.get("/me/").status_code == 302


def test_groups_never_take_the_last_administrator_away(sso: SsoIssuer, settings: Settings) -> None:
    username = make_operator(*EVERYTHING)
    settings.OIDC_ROLES_CLAIM = "groups"
    assert come_in(Client(), sso, preferred_username=username, groups=[]).status_code == 401
    assert models.Operator.objects.get(username=username).roles.count() == 1


def test_a_factor_of_the_desk_is_asked_for_unless_the_issuer_vouches_for_one(sso: SsoIssuer, person: str, settings: Settings) -> None:
    first = Client()
    first.post("/sign-in/", {"username": person, "password": PASSWORD})
    phone, _ = set_up(first)
    client = Client()
    assert come_in(client, sso, preferred_username=person, amr=["pwd", "mfa"]).headers["Location"].startswith("/sign-in/factor/")
    assert client.post("/sign-in/factor/", {"prove-way": "code", "prove-value": phone.code(1)}).status_code == 302
    settings.OIDC_FACTOR_VALUES = ["mfa"]
    vouched = Client()
    assert come_in(vouched, sso, preferred_username=person, amr=["pwd", "mfa"]).headers["Location"] == "/"
    assert the_sign_in(vouched).proof == "vouched"


def test_a_vouched_factor_satisfies_who_owes_one(sso: SsoIssuer, person: str, settings: Settings) -> None:
    settings.SECOND_FACTOR, settings.OIDC_FACTOR_VALUES = "required", ["phr"]
    owing, vouched = Client(), Client()
    come_in(owing, sso, preferred_username=person)
    come_in(vouched, sso, preferred_username=person, acr="phr")
    assert owing.get("/markets/").headers["Location"] == "/me/"
    assert vouched.get("/markets/").status_code == 200


def test_an_old_sign_in_there_is_no_proof_of_now(sso: SsoIssuer, person: str) -> None:
    client = Client()
    for auth_time in (int(time.time()) - 3_600, ..., "yesterday"):
        come_in(client, sso, preferred_username=person, auth_time=auth_time)
        assert client.post("/settings/roles/new/", {"name": "Night shift"}).status_code == 403
    anew = client.get("/sign-in/issuer/", {"anew": "1"}).headers["Location"]
    assert parse_qs(urlsplit(anew).query)["prompt"] == ["login"]
    client.get("/sign-in/issuer/answer/", sso.authorize(anew, preferred_username=person, auth_time=...))
    assert client.post("/settings/roles/new/", {"name": "Night shift"}).status_code == 403, "it did not say when, so it may not have asked"
    anew = client.get("/sign-in/issuer/", {"anew": "1"}).headers["Location"]
    client.get("/sign-in/issuer/answer/", sso.authorize(anew, preferred_username=person))
    assert client.post("/settings/roles/new/", {"name": "Night shift"}).status_code == 303


def test_passwords_can_be_switched_off(sso: SsoIssuer, person: str, settings: Settings) -> None:
    settings.PASSWORD_SIGN_IN = False
    assert 'name="password"' not in Client().get("/sign-in/").content.decode()
    refused = Client().post("/sign-in/", {"username": person, "password": PASSWORD})
    assert refused.status_code == 401
    client = Client()
    come_in(client, sso, preferred_username=person)
    assert 'name="current"' not in client.get("/me/").content.decode()
    models.SignIn.objects.update(confirmed_at=None)
    assert "Sign in with Example Login" in client.post("/settings/roles/new/", {"name": "Night shift"}).content.decode()


def test_an_issuer_that_does_not_answer_is_said_to_and_left_alone_for_a_minute(sso: SsoIssuer) -> None:
    sso.is_down = True
    answer = Client().get("/sign-in/issuer/")
    assert answer.status_code == 503
    assert "does not answer" in answer.content.decode()
    sso.is_down = False
    assert Client().get("/sign-in/issuer/").status_code == 503


def test_without_an_issuer_there_is_no_way_to_one() -> None:
    assert "issuer" not in Client().get("/sign-in/").content.decode()
    assert Client().get("/sign-in/issuer/").status_code == 404
    assert Client().get("/sign-in/issuer/answer/", {"code": "x", "state": "y"}).status_code == 401
