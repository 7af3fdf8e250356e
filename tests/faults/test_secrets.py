"""F61: marked secrets go through every door, the workers and the mail; afterwards they are found only where they belong."""

import json
import re
import secrets
import time
from base64 import b32decode
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import requests

from backoffice.embedded.processes import wait_until
from backoffice.operators import totp
from tests.faults.canaries import Canaries, Wire, in_broker, in_logs, in_tables
from tests.faults.lab import Lab
from tests.faults.receiver import Reply
from tests.faults.test_reports import another
from tests.reports.post import Office, Post

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]

TRACE = "trace-of-the-canaries"
SEED, CHALLENGE = r'id="seed" value="([A-Z2-7 ]+)"', r'name="challenge" value="([^"]+)"'
CODE = re.compile(r"<li>([a-z0-9-]+)</li>", re.IGNORECASE)
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
# The only places where what is personal or needed again may stand. Passwords, tokens, seeds, recovery codes and secrets stand nowhere.
ALLOWED = {
    "accounts_user.email": {"email"},
    "accounts_account.name": {"name"},
    "core_auditchange.after": {"email", "name", "recipient", "login"},
    "core_auditrecord.actor_name": {"login"},
    "notifications_adminnotification.data": {"login"},
    "operators_letter.recipient": {"email"},
    "operators_operator.email": {"email"},
    "operators_operator.name": {"login"},
    "reports_delivery.recipient": {"recipient"},
    "reports_report.notify_emails": {"recipient"},
    "callbacks_attempt.answer": {"answer"},
    "django_session.session_key": {"session"},
}
MADE = """
import json
from backoffice.contracts.desk import NewApiClient, NewOperator, RoleDraft
from backoffice.services import desk
role = desk().roles.create(OWNER, RoleDraft(name="Canaries", operations=["view-common", "view-reports", "manage-reports"]))
desk().operators.create(OWNER, NewOperator(username="canary", name={login!r}, email={email!r}, password={password!r}, roles=[role.id]))
granted = ["view-common", "view-transfers", "manage-accounts", "view-reports", "manage-reports"]
made = desk().api_clients.create(OWNER, NewApiClient(name="Canaries", operations=granted))
print(json.dumps([made.client_id, made.client_secret]))
"""


@pytest.fixture
def canaries() -> Canaries:
    return Canaries()


@pytest.fixture
def post(lab: Lab) -> Iterator[Post]:
    """A mail server that refuses the first mail with words of its own, and workers that make reports and mail them."""
    lab.execute("TRUNCATE reports_template, reports_report CASCADE")
    found = Post()
    office = Office(found, hostname="127.0.0.1", port=0)
    office.start()
    environment = {"MAIL_URL": f"smtp://127.0.0.1:{office.port}?tls=off", "MAIL_FROM": "desk@example.com"}
    for number, queue in enumerate(("reports", "mail")):
        child = another(lab, queue, number, **environment)
        lab.more.append(child)
        child.start()
    yield found
    office.stop()


def test_secrets_stay_where_they_belong(lab: Lab, canaries: Canaries, post: Post) -> None:
    pages: list[str] = []
    with Wire(lab.valkey.url) as wire:
        program = Program(lab, canaries, pages)
        program.ask_for_tokens()
        program.make_a_user_with_faults()
        program.move_money()
        program.report_by_mail(post)
        Person(lab, canaries, pages).work()
        said = wire.text
    assert in_logs(canaries, lab.at.logs) == {}
    assert canaries.found_in(said) == set()
    assert in_broker(canaries, lab.broker()) == set()
    # Every page greets whoever looks at it.
    assert canaries.found_in("\n".join(pages)) == {"login"}
    with lab.connect() as connection:
        found = in_tables(canaries, connection)
    assert {place: kinds - ALLOWED.get(place, set()) for place, kinds in found.items() if kinds - ALLOWED.get(place, set())} == {}
    # Else all of this would prove nothing: what may stand there does, and the wire and the logs were listened to.
    assert found["accounts_user.email"] == {"email"}
    assert found["reports_delivery.recipient"] == {"recipient"}
    assert "backoffice.jobs.report_mail.deliver" in said
    assert lines_of(lab, "web", TRACE), "the request has a line"
    assert [line["task"] for line in lines_of(lab, "worker-reports-0", TRACE) if line["message"] == "worked"] == ["backoffice.jobs.reports.run"]


def lines_of(lab: Lab, part: str, trace_id: str) -> list[dict[str, Any]]:
    lines = (json.loads(line) for line in lab.at.log(part).read_text().splitlines() if line.startswith("{"))
    return [line for line in lines if line.get("traceId") == trace_id]


class Program:
    """A program at the API."""

    def __init__(self, lab: Lab, canaries: Canaries, pages: list[str]) -> None:
        self.lab, self.canaries, self.pages = lab, canaries, pages
        self.address = f"http://127.0.0.1:{lab.port}"
        words = {name: canaries.plant(name) for name in ("login", "password")}
        email = f"{canaries.plant('email')}@example.com"
        self.client_id, secret = json.loads(lab.call(MADE.format(email=email, **words)).splitlines()[-1])
        canaries.plant("secret", secret)
        for gateway in lab.gateways.values():
            canaries.plant(f"webhook {gateway['client_id']}", gateway["secret"])
            canaries.plant(f"token {gateway['client_id']}", gateway["token"])

    def ask_for_tokens(self) -> None:
        def ask(secret: str) -> requests.Response:
            return self._post("/auth/token", {"clientId": self.client_id, "clientSecret": secret})

        assert ask(self.canaries.plant("wrong secret")).status_code == 401
        self.token = ask(self.canaries["secret"]).json()["access_token"]
        self.canaries.plant("token", self.token)
        broken = self.token[:-6] + "AAAAAA"
        self.canaries.plant("broken token", broken)
        self._told(requests.get(f"{self.address}/back-api/backoffice/v2/assets/list", headers={"Authorization": f"Bearer {broken}"}, timeout=20), 401)
        in_query = {"access_token": self.token, "typed": self.canaries.plant("query")}
        answer = requests.get(f"{self.address}/back-api/backoffice/v2/assets/list", params=in_query, headers=self._headers("2.0"), timeout=20)
        assert answer.status_code == 400

    def make_a_user_with_faults(self) -> None:
        """Bodies that cannot be read quote nothing, nor does the log of the database when it refuses a row."""
        twice = self.canaries.plant("row", f"canaryrow{secrets.token_hex(8)}")
        sign = f"INSERT INTO core_heartbeat (name, at) VALUES ('{twice}', now())"
        self.lab.execute(sign)
        with pytest.raises(psycopg.errors.UniqueViolation, match=twice):
            self.lab.execute(sign)
        self.lab.execute("DELETE FROM core_heartbeat WHERE name = %s", twice)
        draft = {"userId": "canary-user", "email": f"{self.canaries['email']}@example.com"}
        for expected in (201, 400):
            self._told(self._post("/back-api/backoffice/v2/users", draft, version="2.0"), expected)
        account = {"accountName": self.canaries.plant("name"), "accountGroupId": "retail", "accountType": "Netting"}
        self.account = self._told(self._post("/back-api/backoffice/v2/users/canary-user/accounts", account, version="2.0"), 201)["accountId"]
        for body in (b'{"email": "' + self.canaries.plant("cut off").encode(), b"[" * 5_000 + self.canaries.plant("deep").encode()):
            answer = requests.post(f"{self.address}/back-api/backoffice/v2/users", data=body, headers=self._headers("2.0"), timeout=20)
            self._told(answer, 400)

    def move_money(self) -> None:
        """The receiver answers with a secret of its own."""
        host = self.lab.host()
        body = f'{{"token": "{self.canaries.plant("answered token")}", "note": "{self.canaries.plant("answer")}"}}'
        self.lab.receiver.script(host, Reply(status=500, body=body.encode()))
        moved = {"deduplicationId": "canary-1", "accountId": self.account, "amount": "10", "assetId": "usd", "callbackUrl": self.lab.url(host)}
        headers = {"Authorization": f"Bearer {self.lab.gateways['gateway']['token']}", "Content-Type": "application/json; x-api-version=1.0"}
        answer = requests.post(f"{self.address}/back-api/backoffice/transfers/deposit", json=moved, headers=headers, timeout=20)
        assert answer.status_code == 201, answer.text
        assert wait_until(lambda: self.lab.receiver.at_host(host), 30, 0.05)
        self.lab.quiet()

    def report_by_mail(self, post: Post) -> None:
        post.answers["DATA"] = [f"451 {self.canaries.plant('mail server')} try later"]
        recipient = f"{self.canaries.plant('recipient')}@example.com"
        asked = {"reportName": "R", "source": "Transfers", "format": "Csv", "notifyEmails": [recipient]}
        self._told(self._post("/api/reports", asked, trace=TRACE), 200)
        hurry = "UPDATE reports_delivery SET next_attempt_at = now() WHERE state = 'Waiting' AND lease_until IS NULL"

        def sent() -> bool:
            self.lab.execute(hurry)
            return bool(post.mails)

        assert wait_until(sent, 60, 0.2), self.lab.rows("SELECT state, reason FROM reports_delivery")

    def _post(self, path: str, body: dict[str, Any], *, version: str = "", trace: str = "") -> requests.Response:
        headers = self._headers(version) | ({"X-Request-ID": trace} if trace else {})
        return requests.post(f"{self.address}{path}", json=body, headers=headers, timeout=20)

    def _headers(self, version: str) -> dict[str, str]:
        bearer = {"Authorization": f"Bearer {self.token}"} if hasattr(self, "token") else {}
        return bearer | {"Content-Type": "application/json" + (f"; x-api-version={version}" if version else "")}

    def _told(self, answer: requests.Response, status: int) -> Any:
        assert answer.status_code == status, answer.text
        if status >= 400:
            self.pages.append(answer.text)
        return answer.json()


class Person:
    """Somebody in a browser."""

    def __init__(self, lab: Lab, canaries: Canaries, pages: list[str]) -> None:
        self.canaries, self.pages = canaries, pages
        self.address = f"http://127.0.0.1:{lab.port}"
        self.browser = requests.Session()

    def work(self) -> None:
        self._sign_in(self.canaries.plant("wrong password"), 401)
        self._sign_in(self.canaries["password"], 302)
        self.canaries.plant("session", self.browser.cookies["session"])
        self._take_a_second_factor()
        form = {"current": self.canaries.plant("not mine"), "new": self.canaries.plant("new password"), "again": self.canaries["new password"]}
        self._post("/me/password/", form, "/me/")
        for path in ("/clients/", "/palette/", f"/no-such-page-{self.canaries.plant('path')}/", "/transfers/"):
            self.browser.get(f"{self.address}{path}", params={"q": self.canaries.plant("typed"), "secret": self.canaries["query"]}, timeout=20)
        self.browser.post(
            f"{self.address}/csp-reports/", data=json.dumps({"csp-report": {"blocked-uri": self.canaries.plant("blocked")}}), timeout=20
        )
        self._post("/sign-out/", {}, "/me/")

    def _take_a_second_factor(self) -> None:
        """The page that shows the seed, and then the codes for a lost phone, is theirs alone."""
        shown = self._post("/me/factors/authenticator/", {}, "/me/").text
        seed, challenge = (re.search(pattern, shown)[1] for pattern in (SEED, CHALLENGE))  # type: ignore[index]  # a miss fails here
        self.canaries.plant("seed", seed)
        self.canaries.plant("seed in one", seed.replace(" ", ""))
        code = totp.code_at(b32decode(self.canaries["seed in one"]), int(time.time()) // totp.STEP_SECONDS)
        added = self._post("/me/factors/authenticator/add/", {"challenge": challenge, "code": code}, "/me/")
        assert added.status_code == 200, added.text
        codes = CODE.findall(added.text)
        assert len(codes) >= 8, added.text
        for number, one in enumerate(codes):
            self.canaries.plant(f"recovery code {number}", one)

    def _sign_in(self, password: str, status: int) -> None:
        answer = self._post("/sign-in/", {"username": "canary", "password": password}, "/sign-in/")
        assert answer.status_code == status, answer.text

    def _post(self, path: str, form: dict[str, str], page: str) -> requests.Response:
        token = CSRF.search(self.browser.get(f"{self.address}{page}", timeout=20).text)
        assert token, page
        answer = self.browser.post(
            f"{self.address}{path}",
            data={**form, "csrfmiddlewaretoken": token[1]},
            headers={"Referer": self.address},
            timeout=20,
            allow_redirects=False,
        )
        if answer.status_code >= 400:
            self.pages.append(answer.text)
        return answer
