"""The mailbox of a desk that sends no mail: what it shows, to whom, and that a mail in it can do nothing."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from backoffice import outgoing
from backoffice.reports.models import Delivery, Report
from backoffice.services import back_api
from tests.portal.desk_people import OWNER, signed_in
from tests.reports.desk import WORKER, finished
from tests.reports.post import use

NAME = "<img src=x onerror=alert(1)> Ünïcode 中文"


@pytest.fixture
def mail(catalogue: None, settings: Any, tmp_path: Path) -> dict[str, str]:
    """One report to one recipient, in the folder."""
    settings.DATA_DIR = settings.MEDIA_ROOT = tmp_path
    use(settings, outgoing.Outgoing(outgoing.FOLDER, is_folder=True))
    report = finished()["report"]
    days = [["2026-01-01", 3], ["2026-01-02", 1]]
    Report.objects.filter(pk=report).update(name=NAME, days=days)
    Delivery.objects.create(report_id=report, recipient="ann@example.com")
    assert back_api().report_mail.deliver(WORKER) == 1
    (found,) = back_api().report_mail.mails(OWNER)
    return {"report": report, "mail": found.id}


def test_it_lists_and_opens_mails(mail: dict[str, str], clerk: Client) -> None:
    page = clerk.get("/mailbox/").content.decode()
    assert "ann@example.com" in page
    assert "<img src=x" not in page
    shown = clerk.get(f"/mailbox/{mail['mail']}/")
    assert '<a href="/mailbox/">Mailbox</a><span aria-hidden="true">/</span>' in shown.content.decode()
    assert "frame-src 'self'" in shown["Content-Security-Policy"]
    assert "<img src=x" not in shown.content.decode()
    assert f'href="/reports/{mail["report"]}/"' in shown.content.decode()
    assert 'href="/mailbox/"' in clerk.get("/").content.decode()


def test_a_mail_can_do_nothing(mail: dict[str, str], clerk: Client) -> None:
    body = clerk.get(f"/mailbox/{mail['mail']}/body/")
    policy = body["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert body["X-Frame-Options"] == "SAMEORIGIN"
    assert "<img src=x" not in body.content.decode()
    assert 'src="data:image/png;base64,' in body.content.decode()
    assert "cid:" not in body.content.decode()


def test_what_came_with_it_can_be_taken(mail: dict[str, str], clerk: Client) -> None:
    found = back_api().report_mail.mail(OWNER, mail["mail"])
    (attached,) = [part for part in found.parts if not part.is_inline]
    answer = clerk.get(f"/mailbox/{mail['mail']}/files/{attached.number}/")
    assert (answer.content, answer["Content-Type"]) == (b"userId\nanna\n", "text/csv")
    assert answer["Content-Disposition"].startswith("attachment; ")
    original = b"".join(clerk.get(f"/mailbox/{mail['mail']}/mail.eml").streaming_content)  # type: ignore[attr-defined]
    assert b"Message-ID: <report-" in original
    assert clerk.get(f"/mailbox/{mail['mail']}/files/99/").status_code == 404


def test_others_see_none_of_it(mail: dict[str, str], catalogue: None) -> None:
    reader = signed_in("view-reports", name="Rita Reader")
    assert "ann@example.com" not in reader.get("/mailbox/").content.decode()
    assert reader.get(f"/mailbox/{mail['mail']}/").status_code == 404
    assert reader.get(f"/mailbox/{mail['mail']}/body/").status_code == 404
    assert signed_in("view-common", name="Vera Viewer").get("/mailbox/").status_code == 403


@pytest.mark.parametrize("name", ["..%2f..%2fsecret", "0" * 32, "a" * 33, "%00", "0" * 31 + "%0a"])
def test_no_name_reaches_another_file(mail: dict[str, str], clerk: Client, name: str) -> None:
    assert clerk.get(f"/mailbox/{name}/").status_code == 404
    assert clerk.get(f"/mailbox/{name}/mail.eml").status_code == 404


def test_a_desk_that_sends_mail_has_no_mailbox(mail: dict[str, str], clerk: Client, settings: Any) -> None:
    use(settings, outgoing.Outgoing(outgoing.SMTP, host="127.0.0.1", port=9))
    assert clerk.get("/mailbox/").status_code == 404
    assert clerk.get(f"/mailbox/{mail['mail']}/").status_code == 404
    assert 'href="/mailbox/"' not in clerk.get("/").content.decode()
