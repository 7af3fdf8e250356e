"""Statements: on the page, as CSV, as PDF; figures agree, nothing in a name becomes markup or a formula, nothing is fetched."""

import csv
import io
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from backoffice.contracts.errors import Unavailable
from backoffice.contracts.users import UserChange
from backoffice.pdf import printing
from backoffice.pdf.printing import CHILD, LOOK, pdf_of
from backoffice.services import back_api
from tests.money import bank
from tests.portal.desk_people import EVERYTHING, signed_in
from tests.portal.posted import page_of

FORMULA = "=HYPERLINK(1)"
HOSTILE = "<img src=file:///etc/passwd><link rel=attachment href=file:///etc/passwd>"


@pytest.fixture
def account(db: None) -> str:
    bank.open_bank()
    made = bank.open_account(name="+Main")
    bank.deposit(made, "100.5")
    bank.deposit(made, "20")
    withdrawal = bank.withdraw(made, "40.25")
    back_api().transfers.confirm(bank.OWNER, bank.decision(made, withdrawal))
    return made


@pytest.fixture
def clerk(account: str) -> Client:
    return signed_in(*EVERYTHING)


def rename(name: str) -> None:
    back_api().users.update(bank.OWNER, "anna", UserChange(email="anna@example.com", name=name, status="Active"))


def test_the_page_shows_opening_every_balance_and_closing(clerk: Client, account: str) -> None:
    page = page_of(clerk, f"/accounts/{account}/statement/")
    for figure in ("100.50", "120.50", "80.25", "-40.25"):
        assert figure in page, figure


def test_a_period_before_the_first_entry_is_empty_and_one_that_ends_before_it_begins_refused(clerk: Client, account: str) -> None:
    page = page_of(clerk, f"/accounts/{account}/statement/?asset=usd&first=2020-01-01&last=2020-01-31")
    assert "0 entries" in page
    for query in (
        "first=2026-02-01&last=2026-01-01",
        "first=soon&last=2026-01-01",
        "first=1990-01-01&last=2026-01-01",
        "first=2026-01-01&last=9999-12-31",
    ):
        assert clerk.get(f"/accounts/{account}/statement/?asset=usd&{query}").status_code == 400, query


def test_the_csv_has_running_balances_and_no_formulas(clerk: Client, account: str) -> None:
    rename(FORMULA)
    today = timezone.now().date()
    answer = clerk.get(f"/accounts/{account}/statement.csv?asset=usd&first={today - timedelta(days=1)}&last={today}")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert rows[0] == ["Account", "'+Main", account]
    assert rows[1][1] == f"'{FORMULA}"
    entries = rows[5:-1]
    assert [row[4] for row in entries] == ["100.5", "20", "-40.25"]
    before = Decimal(rows[3][1])
    for number, row in enumerate(entries, start=1):
        before += Decimal(row[4])
        assert (Decimal(row[5]), row[1]) == (before, str(number))
    assert rows[-1][:2] == ["Closing balance", "80.25"]


def test_the_pdf_is_made_of_escaped_text_and_holds_no_attachment(clerk: Client, account: str) -> None:
    rename(HOSTILE)
    answer = clerk.get(f"/accounts/{account}/statement.pdf?asset=usd")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert b"EmbeddedFile" not in answer.content
    assert b"root:" not in answer.content


def test_who_may_not_see_balances_gets_no_statement(account: str) -> None:
    viewer = signed_in("view-common", name="Vera Viewer")
    for ending in ("/", ".csv", ".pdf"):
        assert viewer.get(f"/accounts/{account}/statement{ending}").status_code == 403


@pytest.mark.parametrize(
    "html",
    [
        "<img src='file:///etc/passwd'>",
        "<img src='http://169.254.169.254/latest'>",
        "<link rel=attachment href='file:///etc/passwd'>",
        "<link rel=stylesheet href='http://127.0.0.1:1/x.css'>",
        "<style>@import url(file:///etc/passwd)</style>",
        "<style>body { background: url(http://127.0.0.1:1/x.png) }</style>",
        "<object data='file:///etc/passwd'></object>",
    ],
)
def test_whatever_a_document_links_to_is_not_fetched(html: str) -> None:
    with pytest.raises(Unavailable):
        pdf_of(html)


def test_the_child_cannot_open_a_socket_nor_start_a_process() -> None:
    code = f"import sys; sys.argv=['x', {str(LOOK)!r}, '0', '0']; import runpy; child = runpy.run_path({str(CHILD)!r})\n"
    code += "sys.addaudithook(child['refuse'])\nimport socket, subprocess\n"
    for attempt in ("socket.socket()", "subprocess.Popen(['true'])", "__import__('os').system('true')"):
        done = subprocess.run([sys.executable, "-I", "-c", code + attempt], capture_output=True, text=True, check=False)
        assert "is closed here" in done.stderr, attempt


def test_the_child_knows_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its whole environment, as it would print it."""
    monkeypatch.setenv("SECRET_KEY", "not-for-children")
    seen = {}
    monkeypatch.setattr(subprocess, "run", lambda *_, **given: seen.update(given) or subprocess.CompletedProcess([], 0, b"%PDF-", b""))
    printing.pdf_of("<p>x")
    assert set(seen["env"]) == {"PATH", "LANG", "HOME", "XDG_CACHE_HOME"}
