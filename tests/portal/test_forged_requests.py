"""F49: what another site makes a browser send does nothing, on any address of the portal; and no address acts on being looked at."""

import json
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from backoffice.core.models import AuditChange, AuditRecord
from backoffice.operators import models
from tests.portal.desk_people import EVERYTHING, PASSWORD, make_operator
from tests.portal.posted import HTMX

pytestmark = pytest.mark.django_db
# The ear for reports of browsers takes anything from anybody and only logs it; a mail's link is signed, and its POST is what mail programs send.
OPEN_BY_DESIGN = {"csp-reports", "subscription"}


def addresses() -> Iterator[tuple[str, str]]:
    """Name and path of every page, with something for each part of it."""
    yield from _of(get_resolver().url_patterns, "")


def _of(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[tuple[str, str]]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            if one.namespace in (None, "portal"):
                yield from _of(one.url_patterns, route)
        elif one.callback.__module__.startswith("portal."):
            for name in one.pattern.converters:
                route = route.replace(f"<str:{name}>", "1").replace(f"<int:{name}>", "1").replace(f"<{name}>", "1")
            yield str(one.name), "/" + route


PAGES = sorted(addresses())


@pytest.fixture
def browser() -> Client:
    """Of somebody who may do everything, in which tokens are checked."""
    client = Client(enforce_csrf_checks=True)
    client.get("/sign-in/")
    token = client.cookies["csrf"].value
    signed = client.post("/sign-in/", {"username": make_operator(*EVERYTHING), "password": PASSWORD, "csrfmiddlewaretoken": token})
    assert signed.status_code == 302
    return client


def changes() -> tuple[int, int]:
    return AuditChange.objects.count(), models.SignIn.objects.filter(ended_at=None).count()


def test_there_are_as_many_pages_as_one_thinks() -> None:
    assert len(PAGES) > 120


def test_without_a_token_nothing_is_done_anywhere(browser: Client) -> None:
    before = changes()
    let_in = []
    for number, (name, path) in enumerate(PAGES):
        # Most of them as parts of pages: the whole page that says no takes longer to draw than all the rest.
        headers = {} if number % 10 == 0 else HTMX if number % 2 else HTMX | {"X-CSRFToken": "a" * 32}
        answer = browser.post(path, {"name": "x"}, headers=headers)
        if answer.status_code != 403 and name not in OPEN_BY_DESIGN:
            let_in.append((path, answer.status_code))
    assert let_in == []
    assert changes() == before


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_do_nothing_either(browser: Client, method: str) -> None:
    before = changes()
    statuses = {getattr(browser, method)(path, headers=HTMX).status_code for _, path in PAGES}
    assert statuses <= {403, 405, 404}
    assert changes() == before


def test_a_right_token_from_another_site_does_nothing(browser: Client) -> None:
    token = browser.cookies["csrf"].value
    for origin in ("https://evil.example.com", "null", "http://testserver.evil.example.com"):
        answer = browser.post("/settings/roles/new/", {"name": "Night shift", "csrfmiddlewaretoken": token}, headers={"Origin": origin})
        assert answer.status_code == 403, origin
    assert not models.Role.objects.filter(name="Night shift").exists()
    assert browser.post("/settings/roles/new/", {"name": "Night shift", "csrfmiddlewaretoken": token}).status_code == 303


def test_the_token_of_before_the_sign_in_is_worth_nothing_after_it() -> None:
    client = Client(enforce_csrf_checks=True)
    client.get("/sign-in/")
    old = client.cookies["csrf"].value
    client.post("/sign-in/", {"username": make_operator(*EVERYTHING), "password": PASSWORD, "csrfmiddlewaretoken": old})
    assert client.cookies["csrf"].value != old
    assert client.post("/settings/roles/new/", {"name": "Night shift", "csrfmiddlewaretoken": old}).status_code == 403


@pytest.mark.parametrize("value", [PASSWORD, "wrong"])
def test_a_forged_answer_proves_nothing_and_is_not_asked_again_with_a_token(browser: Client, value: str) -> None:
    key, tries = browser.session.session_key, models.Brake.objects.count()
    answer = browser.post("/settings/roles/new/", {"name": "Night shift", "prove-way": "password", "prove-value": value})
    assert answer.status_code == 403
    assert "Night shift" not in answer.content.decode()
    assert not AuditRecord.objects.filter(action="identity.confirm").exists()
    assert (browser.session.session_key, models.Brake.objects.count()) == (key, tries)


@pytest.mark.parametrize("kind", ["text/plain", "application/json", ""])
def test_a_body_that_a_form_of_another_site_can_send_does_nothing(browser: Client, kind: str) -> None:
    body = json.dumps({"name": "Night shift", "csrfmiddlewaretoken": browser.cookies["csrf"].value})
    assert browser.post("/settings/roles/new/", body, content_type=kind).status_code == 403
    assert not models.Role.objects.filter(name="Night shift").exists()


def test_looking_changes_nothing(browser: Client) -> None:
    """What was taken along is on record, and is no change."""
    changed = AuditChange.objects.filter(read_rows=None)
    before = changed.count()
    wrote = {path for _, path in PAGES if browser.get(path) and before != (before := changed.count())}
    assert wrote == set()
    assert models.SignIn.objects.filter(ended_at=None).count() == 1


def test_an_api_path_takes_no_cookie(browser: Client) -> None:
    assert browser.get("/back-api/backoffice/v2/markets").status_code == 401
    assert browser.post("/back-api/backoffice/v2/markets", {}, content_type="application/json").status_code == 401
