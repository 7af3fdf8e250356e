"""Coming and going: who is let in, what is kept from whom, what stays behind."""

import pytest
from django.test import Client

from tests.portal.desk_people import EVERYTHING, PASSWORD, make_operator, signed_in

pytestmark = pytest.mark.django_db


def test_the_right_password_opens_the_page_that_was_asked_for() -> None:
    client, username = Client(), make_operator(*EVERYTHING)
    assert client.get("/markets/?q=eur").headers["Location"] == "/sign-in/?next=%2Fmarkets%2F%3Fq%3Deur"
    answer = client.post("/sign-in/", {"username": username, "password": PASSWORD, "next": "/markets/?q=eur"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/markets/?q=eur")
    assert client.get("/markets/").status_code == 200


def test_a_wrong_password_is_refused_without_saying_what_was_wrong() -> None:
    username = make_operator()
    known = Client().post("/sign-in/", {"username": username, "password": "wrong"})
    unknown = Client().post("/sign-in/", {"username": "nobody", "password": "wrong"})
    assert known.status_code == unknown.status_code == 401
    assert (
        known.content.decode().count("The username or the password is wrong")
        == unknown.content.decode().count("The username or the password is wrong")
        == 1
    )


def test_too_many_attempts_say_how_long_to_wait() -> None:
    username = make_operator()
    answers = [Client().post("/sign-in/", {"username": username, "password": "wrong"}) for _ in range(25)]
    braked = [answer for answer in answers if answer.status_code == 429]
    assert braked
    assert int(braked[0].headers["Retry-After"]) > 0
    assert f"<b>{braked[0].headers['Retry-After']} seconds</b>" in braked[0].content.decode()


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "https:evil.example"])
def test_next_never_leads_to_another_host(elsewhere: str) -> None:
    answer = Client().post("/sign-in/", {"username": make_operator(), "password": PASSWORD, "next": elsewhere})
    assert answer.headers["Location"] == "/"


def test_a_session_planted_before_the_sign_in_opens_nothing() -> None:
    client = Client()
    planted = client.session
    planted["planted"] = True
    planted.save()
    client.cookies["session"] = planted.session_key
    client.post("/sign-in/", {"username": make_operator(), "password": PASSWORD})
    assert client.cookies["session"].value != planted.session_key
    assert "planted" not in client.session


def test_a_fragment_of_somebody_whose_session_ended_leads_to_the_sign_in() -> None:
    answer = Client().get("/live/?since=0", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/markets/?q=eur"})
    assert answer.headers["HX-Redirect"] == "/sign-in/?next=%2Fmarkets%2F%3Fq%3Deur"


def test_sign_out_ends_the_session_and_clears_the_browser() -> None:
    client = signed_in()
    answer = client.post("/sign-out/")
    assert '"cache"' in answer.headers["Clear-Site-Data"]
    assert client.get("/").status_code == 302


def test_signing_out_by_a_link_does_nothing() -> None:
    client = signed_in()
    assert client.get("/sign-out/").status_code == 405
    assert client.get("/").status_code == 200


def test_pages_are_kept_by_no_cache() -> None:
    assert signed_in().get("/").headers["Cache-Control"] == "no-store"


def test_a_forged_form_is_refused_with_a_page_that_says_what_to_do() -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/sign-in/", {"username": "x", "password": "y"})
    assert answer.status_code == 403
    assert "Reload it and try again" in answer.content.decode()


def test_theme_is_in_the_first_byte_and_unknown_ones_are_not() -> None:
    client = signed_in()
    answer = client.post("/preferences/", {"theme": "dark", "next": "/"})
    assert answer.headers["Location"] == "/"
    assert 'data-theme="dark"' in client.get("/").content.decode()
    client.cookies["desk_theme"] = '"><script>'
    assert "<script>" not in client.get("/").content.decode()


def test_an_operator_sees_and_ends_their_own_sessions() -> None:
    username = make_operator()
    here, there = Client(), Client()
    for client in (here, there):
        client.post("/sign-in/", {"username": username, "password": PASSWORD})
    page = here.get("/me/").content.decode()
    assert page.count("/end/") == 1
    here.post(f"/me/sign-ins/{there.session['sign_in']}/end/")
    assert there.get("/").status_code == 302
    assert here.get("/").status_code == 200


def test_a_new_password_needs_the_current_one() -> None:
    client = signed_in()
    refused = client.post("/me/password/", {"current": "wrong", "new": "another-long-word-2026"})
    assert refused.status_code == 400
    assert 'aria-invalid="true"' in refused.content.decode()
    assert client.post("/me/password/", {"current": PASSWORD, "new": "another-long-word-2026"}).status_code == 303


def test_content_policy_reports_are_heard_without_a_session() -> None:
    answer = Client().post("/csp-reports/", data=b'{"csp-report": {}}', content_type="application/csp-report")
    assert answer.status_code == 204
