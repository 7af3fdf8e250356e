"""A person signs in, adds a passkey, comes back with nothing else, and proves with it that they are there; in a browser with a key of its own."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import CDPSession, expect
from pytest_django import Settings

from backoffice.operators import models
from tests.journeys.conftest import Desk
from tests.portal.desk_people import EVERYTHING, PASSWORD, make_operator

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("journeys")]
KEY = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "automaticPresenceSimulation": True}


@pytest.fixture
def keys(desk: Desk, settings: Settings) -> Iterator[CDPSession]:
    """The browser has a device that holds passkeys, and its owner's finger is on it."""
    settings.PUBLIC_URL = desk.address.replace("127.0.0.1", "localhost")
    desk.address = settings.PUBLIC_URL
    session = desk.page.context.new_cdp_session(desk.page)
    session.send("WebAuthn.enable")
    device = session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY | {"isUserVerified": True}})["authenticatorId"]
    session.device = device  # type: ignore[attr-defined]  # the session is ours to write on
    yield session
    session.detach()


def sign_in(desk: Desk, username: str) -> None:
    desk.open("/sign-in/")
    desk.page.get_by_label("User name").fill(username)
    desk.page.get_by_label("Password").fill(PASSWORD)
    desk.page.get_by_role("button", name="Sign in").click()
    expect(desk.page.get_by_role("link", name="Home")).to_be_visible()


def add_passkey(desk: Desk) -> None:
    desk.open("/me/")
    desk.page.get_by_role("button", name="Add").click()
    desk.page.get_by_label("Name").fill("Laptop")
    desk.looks_good()
    desk.page.get_by_role("button", name="Go on").click()
    expect(desk.page.get_by_role("heading", name="Your recovery codes")).to_be_visible()


def test_a_passkey_is_added_and_opens_the_desk_alone(desk: Desk, keys: CDPSession) -> None:
    sign_in(desk, make_operator(*EVERYTHING))
    add_passkey(desk)
    desk.looks_good()
    desk.page.get_by_role("link", name="I have kept them").click()
    expect(desk.page.get_by_label("Name of the passkey Laptop")).to_be_visible()
    desk.looks_good()
    desk.page.locator("summary.avatar").click()
    desk.page.get_by_role("button", name="Sign out").click()
    desk.looks_good()
    desk.page.get_by_role("button", name="Use a passkey").click()
    expect(desk.page.get_by_role("link", name="Home")).to_be_visible()
    assert list(models.SignIn.objects.filter(ended_at=None).values_list("proof", flat=True)) == ["passkey"]
    assert models.Passkey.objects.get().uses > 0


def test_a_passkey_is_the_second_step_and_the_proof_of_what_is_dangerous(desk: Desk, keys: CDPSession) -> None:
    username = make_operator(*EVERYTHING)
    sign_in(desk, username)
    add_passkey(desk)
    desk.page.context.clear_cookies()
    desk.open("/sign-in/")
    desk.page.get_by_label("User name").fill(username)
    desk.page.get_by_label("Password").fill(PASSWORD)
    desk.page.get_by_role("button", name="Sign in").click()
    expect(desk.page.get_by_role("heading", name="Second step")).to_be_visible()
    desk.looks_good()
    desk.page.get_by_role("button", name="Use a passkey").click()
    expect(desk.page.get_by_role("link", name="Home")).to_be_visible()
    models.SignIn.objects.update(confirmed_at=timezone.now() - timedelta(minutes=6))
    desk.open("/settings/roles/new/")
    desk.page.get_by_role("textbox", name="Name").fill("Night shift")
    desk.page.get_by_role("button", name="Create").click()
    expect(desk.page.get_by_role("heading", name="Prove that it is you")).to_be_visible()
    desk.looks_good()
    desk.page.get_by_role("button", name="Use a passkey").click()
    expect(desk.page.get_by_text("The role Night shift is created.")).to_be_visible()
    assert models.Role.objects.filter(name="Night shift").exists()


def test_a_key_whose_owner_is_not_verified_opens_nothing(desk: Desk, keys: CDPSession) -> None:
    sign_in(desk, make_operator(*EVERYTHING))
    add_passkey(desk)
    desk.page.context.clear_cookies()
    keys.send("WebAuthn.setUserVerified", {"authenticatorId": keys.device, "isUserVerified": False})  # type: ignore[attr-defined]  # as above
    desk.open("/sign-in/")
    desk.page.get_by_role("button", name="Use a passkey").click()
    expect(desk.page.get_by_text("No passkey was used.")).to_be_visible()


def test_a_removed_passkey_and_a_copied_one_open_nothing(desk: Desk, keys: CDPSession) -> None:
    sign_in(desk, make_operator(*EVERYTHING))
    add_passkey(desk)
    desk.page.context.clear_cookies()
    # The copy was used more often than the one that is shown now.
    models.Passkey.objects.update(uses=1_000)
    for _ in range(2):
        desk.open("/sign-in/")
        desk.page.get_by_role("button", name="Use a passkey").click()
        expect(desk.page.get_by_text("This passkey opens nothing here.")).to_be_visible()
        models.Passkey.objects.all().delete()
    assert models.SignIn.objects.count() == 1


def test_a_part_of_a_page_asks_in_the_dialog_and_goes_on(desk: Desk) -> None:
    sign_in(desk, make_operator(*EVERYTHING))
    models.SignIn.objects.update(confirmed_at=timezone.now() - timedelta(minutes=6))
    desk.open("/settings/roles/")
    desk.page.evaluate("() => htmx.ajax('POST', '/settings/roles/new/', {values: {name: 'Day shift'}, target: '#content'})")
    dialog = desk.page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Prove that it is you")).to_be_visible()
    desk.looks_good()
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Confirm").click()
    expect(desk.page.get_by_text("The role Day shift is created.")).to_be_visible()
