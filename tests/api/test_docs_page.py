"""The interactive page and its document, for whoever is signed in to the portal."""

from django.test import Client

from tests.portal.desk_people import signed_in


def test_a_signed_in_browser_reads_page_and_document(db: None) -> None:
    browser = signed_in("view-common")
    page = browser.get("/docs/")
    assert page.status_code == 200
    assert "script-src 'self'" in page["Content-Security-Policy"]
    assert b"swagger-ui-bundle" in page.content
    assert browser.get("/schema/").json()["openapi"] == "3.1.0"


def test_a_stranger_is_asked_to_sign_in(db: None) -> None:
    answer = Client().get("/docs/")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=%2Fdocs%2F")
    assert Client().get("/schema/").status_code == 401


def test_a_session_opens_no_api_path(db: None) -> None:
    assert signed_in("view-common").get("/back-api/backoffice/v2/assets/list").status_code == 401


def test_a_sign_in_that_ended_reads_nothing(db: None) -> None:
    browser = signed_in("view-common")
    session = browser.cookies["session"].value
    browser.post("/sign-out/")
    assert Client(headers={"Cookie": f"session={session}"}).get("/schema/").status_code == 401
