"""A real browser, a real worker and the desk between them; nothing that a browser complains about goes unnoticed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connection, connections
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from backoffice.celery import app

# Playwright's synchronous face runs an event loop in this thread, which makes Django refuse the ORM.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
ROOT = Path(__file__).parents[2]
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip
LEFT = ("htmx:afterRequest", "htmx:sendError")
PATIENCE_MS = 60_000
# What is expected of a page has five seconds otherwise.
expect.set_options(timeout=PATIENCE_MS)
BROKER_DATABASE = 14
# What the worker must know to call back a receiver of a test, which this process knows by its settings.
RECEIVER = "receiver.journey.test"
CALLBACK_KEYS = "journey:am91cm5leS1qb3VybmV5LWpvdXJuZXktam91cm5leSE="
# A file of keys would go before the variable.
KEYS = {"CALLBACK_KEYS": CALLBACK_KEYS, "CALLBACK_KEYS_FILE": ""}
CALLING = {"PLAIN_HTTP_CALLBACKS": "true", "CALLBACK_LOCAL_HOSTS": f"{RECEIVER}=127.0.0.1", **KEYS}


def _own_broker() -> str:
    parts = urlsplit(settings.CELERY_BROKER_URL)
    if parts.scheme == "redis+socket":
        # Put together by hand: geturl() would drop the empty host's slashes.
        return f"redis+socket://{parts.path}?virtual_host={BROKER_DATABASE}"
    return parts._replace(path=f"/{BROKER_DATABASE}").geturl()


@contextmanager
def _ringing(broker: str) -> Iterator[None]:
    """Bells are rung there, and afterwards where they were before; producers are made anew, since they keep the broker that they began with."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CELERY_BROKER_WRITE_URL", broker)
        patched.setenv("CELERY_BROKER_READ_URL", broker)
        app.amqp._producer_pool = None
        yield
    app.amqp._producer_pool = None


@dataclass
class Worker:
    process: subprocess.Popen[bytes]

    def pause(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.process.send_signal(signal.SIGCONT)


@dataclass
class Desk:
    """A browser window on the desk, and what went wrong in it."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    def looks_good(self) -> None:
        """Nothing serious for axe in either theme."""
        self.page.wait_for_load_state("networkidle")
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            found = Axe().run(self.page).response["violations"]
            serious = [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found if one["impact"] in ("serious", "critical")]
            assert not serious, f"{self.page.url} in {scheme}: {serious}"

    def heard_of(self, message: ConsoleMessage) -> None:
        # The browser reports every answer of 400 and above, those that a journey asks for are asserted where they happen; and every question that
        # was still open when the page was left.
        if message.type == "error" and not message.text.startswith(("Failed to load resource", *LEFT)):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def asked(self, request: Request) -> None:
        if "/csp-reports/" in request.url:
            self.complaints.append(f"{self.page.url}: {request.post_data}")


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started
        # While it runs, Django takes this thread for another one, with connections of its own.
        connections.close_all()


@pytest.fixture(scope="session")
def chromium(driver: Playwright) -> Iterator[Browser]:
    started = driver.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=QUIET)
    yield started
    started.close()


@pytest.fixture(scope="module")
def worker(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """One process on the test's own database, with a broker database of its own: no other test takes its messages. It ends with its journeys:
    later tests make their reports and send their mails themselves."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path="/" + connection.settings_dict["NAME"]).geturl()
    place = tmp_path_factory.mktemp("worker")
    log = (place / "log").open("wb")
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "backoffice.celery",
        "worker",
        "--pool",
        "solo",
        "--queues",
        "desk,files,callbacks,reports,mail",
        "--loglevel",
        "WARNING",
    ]
    with _ringing(_own_broker()):
        environment = {**os.environ, **CALLING, "DATABASE_URL": database, "DATA_DIR": str(settings.DATA_DIR)}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        yield Worker(process)
    process.send_signal(signal.SIGCONT)
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    log.close()


def _wait_for_the_last_answers() -> None:
    """The server may still work on what a page asked before it was closed, and would stand in the way of emptying the tables."""
    busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute(busy)
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.05)


@pytest.fixture
def desk(chromium: Browser, live_server: LiveServer) -> Iterator[Desk]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    window = Desk(page, live_server.url)
    page.on("console", window.heard_of)
    page.on("pageerror", lambda error: window.complaints.append(f"{page.url}: {error}"))
    page.on("request", window.asked)
    yield window
    context.close()
    _wait_for_the_last_answers()
    assert window.complaints == []
