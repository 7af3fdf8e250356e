"""Live pages: the bell counts and tells by the stream, and goes on by asking when the live process is killed."""

import os
import signal
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from backoffice.contracts.assets import NewAsset
from backoffice.services import back_api
from tests.api.callers import OWNER
from tests.events.live import serving
from tests.journeys.conftest import Desk
from tests.notifications.people import dead, timed_out
from tests.portal.desk_people import EVERYTHING, signed_in

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("journeys")]


def enter(desk: Desk) -> None:
    """With the session of somebody who signed in; the sign-in page has journeys of its own."""
    client = signed_in(*EVERYTHING)
    cookie = client.cookies["session"]
    desk.page.context.add_cookies([{"name": "session", "value": cookie.value, "url": desk.address}])


def test_the_bell_tells_by_the_stream_and_by_asking_when_that_is_gone(desk: Desk, settings: Settings, tmp_path: Path) -> None:
    with serving(tmp_path / "log", PUBLIC_URL=desk.address) as live:
        host = desk.address.rpartition(":")[0].removeprefix("http://")
        settings.LIVE_URL = f"http://{host}:{live.port}/events/"
        csp = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": csp | {"connect-src": [*csp["connect-src"], f"http://{host}:{live.port}"]}}
        timed_out()
        enter(desk)
        with desk.page.expect_request(settings.LIVE_URL):
            desk.open("/assets/")
        bell = desk.page.locator("#unread")
        expect(bell).to_contain_text("1")
        expect(desk.page.locator("#live")).to_have_attribute("data-by", "stream")
        expect(desk.page.locator("#live")).to_have_attribute("data-state", "on")
        desk.page.locator("#q").fill("us")
        desk.page.locator("#q").evaluate("box => box.setSelectionRange(1, 2)")
        dead()
        expect(bell).to_contain_text("2", timeout=3_000)
        toast = desk.page.locator("#toasts .toast.error", has_text="A callback to pay.example.com has died")
        expect(toast).to_be_visible()
        where = "() => [document.activeElement.id, document.activeElement.selectionStart, document.activeElement.selectionEnd]"
        assert desk.page.evaluate(where) == ["q", 1, 2], "news moves neither focus nor selection"
        asked: list[str] = []
        desk.page.on("request", lambda request: asked.append(request.url))
        desk.page.wait_for_timeout(5_000)
        assert asked == [], "who hears by the stream does not ask every two seconds as well"
        back_api().assets.create(OWNER, NewAsset(id="xag", name="Silver", scale=4, type="Metals"))
        expect(desk.page.locator("[data-refresh]")).to_be_visible(timeout=3_000)

        os.killpg(live.process.pid, signal.SIGKILL)
        expect(desk.page.locator("#live")).to_have_attribute("data-by", "asking")
        timed_out()
        expect(bell).to_contain_text("3", timeout=8_000)
        toast.get_by_role("link").click()
        expect(desk.page.get_by_role("heading", name="What to do")).to_be_visible()
        expect(desk.page.locator("#unread")).to_contain_text("2")


def test_where_nothing_leads_to_the_live_process_pages_ask(desk: Desk) -> None:
    enter(desk)
    desk.open("/notifications/")
    timed_out()
    expect(desk.page.locator("#unread")).to_contain_text("1", timeout=8_000)
    expect(desk.page.get_by_text("1 new notification")).to_be_visible(timeout=8_000)
    desk.page.get_by_role("link", name="Refresh").click()
    expect(desk.page.get_by_role("link", name="External orders timed out")).to_be_visible()
    desk.looks_good()


def test_the_pages_of_notifications_look_good_and_the_browser_tells_whoever_asked(desk: Desk) -> None:
    timed_out()
    dead()
    enter(desk)
    desk.page.context.grant_permissions(["notifications"], origin=desk.address)
    desk.open("/notifications/preferences/")
    desk.looks_good()
    desk.page.get_by_role("button", name="Show browser notifications").click()
    expect(desk.page.get_by_role("button", name="Stop browser notifications")).to_be_visible()
    # A page is hidden when another one is in front; here it says so itself, and keeps what the browser would show.
    desk.page.evaluate(
        """() => {
            Object.defineProperty(document, "hidden", { get: () => true });
            window.shown = [];
            window.Notification = class { static permission = "granted"; constructor(title, more) { window.shown.push([title, more.body]); } };
            dispatchEvent(new CustomEvent("told", { detail: { value: [{ text: "News", detail: "of it", href: "/", id: "1" }] } }));
        }"""
    )
    assert desk.page.evaluate("window.shown") == [["News", "of it"]]
    desk.open("/notifications/")
    desk.page.get_by_role("link", name="A callback to pay.example.com has died").click()
    desk.looks_good()
