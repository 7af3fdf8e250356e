"""Reports are mailed: each recipient once, with the receipt; what is not taken is tried again, and what never will be is told."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now

from backoffice import outgoing
from backoffice.contracts.errors import Conflict, Invalid
from backoffice.contracts.reports import ReportState
from backoffice.notifications.models import AdminNotification
from backoffice.reports.delivery import claims, folder
from backoffice.reports.delivery.schedule import GAPS, MOST_ATTEMPTS, next_gap
from backoffice.reports.models import Delivery, Report
from backoffice.services import back_api
from tests.money.bank import OWNER
from tests.reports.desk import WORKER, completed, file, wanted
from tests.reports.post import Post, html_of, post_office, text_of, use

pytestmark = pytest.mark.usefixtures("bank", "storage")
ODD = "Zürich ☂ 中文 =cmd|' /C"


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    with post_office(settings) as found:
        yield found


@pytest.fixture
def mailbox(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    use(settings, outgoing.Outgoing(outgoing.FOLDER, is_folder=True))
    return folder.folder()


def deliver() -> int:
    return back_api().report_mail.deliver(WORKER)


def mailed(*recipients: str, **more: Any) -> ReportState:
    return completed(wanted(notify_emails=list(recipients) or ["ann@example.com"], **more))


def again(state: ReportState) -> ReportState:
    return back_api().reports.get(OWNER, state.report.id)


def due_now() -> None:
    Delivery.objects.filter(state="Waiting").update(next_attempt_at=Now())


def told(state: ReportState) -> list[tuple[str, str, int, str | None]]:
    return [(one.recipient, one.state, one.attempts, one.reason) for one in again(state).deliveries]


def test_each_recipient_gets_one_mail_with_the_receipt(post: Post, settings: Any) -> None:
    settings.PUBLIC_URL = "https://desk.example.com"
    state = mailed("ann@example.com", "bob@example.com")
    assert deliver() == 2
    assert deliver() == 0
    assert told(state) == [("ann@example.com", "Sent", 1, None), ("bob@example.com", "Sent", 1, None)]
    assert [envelope.rcpt_tos for envelope in post.envelopes] == [["ann@example.com"], ["bob@example.com"]]
    receipt = state.receipt
    assert receipt is not None
    for mail in post.mails:
        for body in (text_of(mail), html_of(mail)):
            assert receipt.sha256 in body
            assert f"https://desk.example.com/reports/{state.report.id}/" in body
            for line in receipt.lines:
                assert line.name in body
        assert mail["Subject"] == f"{state.report.report_name}: 5 rows"
        assert mail["Auto-Submitted"] == "auto-generated"
    assert post.mails[0]["Message-ID"] != post.mails[1]["Message-ID"]


def test_the_file_comes_with_it_up_to_a_size(post: Post, settings: Any) -> None:
    settings.REPORT_ATTACH_MAX_BYTES = 1_000_000
    state = mailed()
    deliver()
    settings.REPORT_ATTACH_MAX_BYTES = 10
    mailed()
    deliver()
    with_it, without = post.mails
    attached = list(with_it.iter_attachments())
    assert str(attached[0].get_filename()).endswith(".csv")
    assert attached[0].get_payload(decode=True) == file(state).read_bytes()
    assert [part for part in without.walk() if part.get_content_disposition() == "attachment"] == []


def test_a_picture_of_its_days_is_shown_in_the_text(post: Post, settings: Any) -> None:
    settings.REPORT_ATTACH_MAX_BYTES = 0
    state = mailed()
    Report.objects.filter(pk=state.report.id).update(days=[["2026-01-01", 3], ["2026-01-03", 7]])
    deliver()
    (mail,) = post.mails
    (picture,) = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert picture.get_payload(decode=True).startswith(b"\x89PNG")  # type: ignore[union-attr]  # a part with no parts has bytes
    assert f"cid:{picture['Content-ID'].strip('<>')}" in html_of(mail)
    assert mail.get_content_type() == "multipart/related"


def test_what_was_not_taken_is_tried_again_by_the_schedule(post: Post) -> None:
    state = mailed()
    post.answers["RCPT"] = ["451 come back later"]
    assert (deliver(), deliver()) == (1, 0)
    (told_once,) = again(state).deliveries
    assert (told_once.state, told_once.attempts, told_once.reason) == ("Waiting", 1, "The mail server said 451 come back later")
    assert told_once.next_attempt_at is not None
    due_now()
    deliver()
    assert told(state) == [("ann@example.com", "Sent", 2, None)]
    assert len(post.mails) == 1


def test_what_is_refused_for_good_is_told_and_can_be_sent_again(post: Post) -> None:
    state = mailed("ann@example.com", "nobody@example.com")
    post.answers["RCPT"] = ["250 OK", "550 no such person"]
    post.answers["RCPT"] = ["550 no such person"]
    deliver()
    assert told(state)[0] == ("ann@example.com", "Failed", 1, "The mail server said 550 no such person")
    assert told(state)[1][1] == "Sent"
    notice = AdminNotification.objects.get(type="ReportMailFailed")
    assert notice.data["recipient"] == "ann@example.com"
    assert notice.data["reportId"] == state.report.id
    back_api().report_mail.again(OWNER, state.report.id)
    deliver()
    assert [one[1] for one in told(state)] == ["Sent", "Sent"]
    with pytest.raises(Conflict):
        back_api().report_mail.again(OWNER, state.report.id)


def test_it_ends_after_the_last_try(settings: Any) -> None:
    use(settings, outgoing.Outgoing(outgoing.SMTP, host="127.0.0.1", port=9))
    state = mailed()
    for _ in range(MOST_ATTEMPTS + 3):
        deliver()
        due_now()
    (_, ended, attempts, reason) = told(state)[0]
    assert (ended, attempts) == ("Failed", MOST_ATTEMPTS)
    assert reason is not None
    assert "did not answer" in reason
    assert AdminNotification.objects.filter(type="ReportMailFailed").count() == 1
    assert next_gap(0) is None
    assert next_gap(MOST_ATTEMPTS) is None
    assert sum(GAPS, timedelta()) > timedelta(days=2) - timedelta(hours=8)


def test_many_workers_send_each_once(post: Post) -> None:
    recipients = [f"r{number}@example.com" for number in range(10)]
    state = mailed(*recipients)

    def work() -> None:
        try:
            deliver()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(envelope.rcpt_tos[0] for envelope in post.envelopes) == recipients
    assert {one[1] for one in told(state)} == {"Sent"}


def test_one_whose_worker_died_after_handing_over_has_the_same_message_id(post: Post) -> None:
    state = mailed()
    deliver()
    # As if its worker had died before it could say so: the claim ran out.
    Delivery.objects.filter(report=state.report.id).update(state="Waiting", finished_at=None, next_attempt_at=Now())
    deliver()
    first, second = post.mails
    assert first["Message-ID"] == second["Message-ID"]


def test_a_folder_has_it_once_whatever_dies(mailbox: Path) -> None:
    state = mailed()
    deliver()
    Delivery.objects.filter(report=state.report.id).update(state="Waiting", finished_at=None, next_attempt_at=Now())
    deliver()
    assert len(list(mailbox.iterdir())) == 1


def test_a_claim_that_was_lost_marks_nothing(post: Post) -> None:
    mailed()
    first = claims.take()
    assert first is not None
    assert claims.take() is None
    Delivery.objects.update(lease_until=Now() - timedelta(seconds=1))
    second = claims.take()
    assert second is not None
    assert (first.end("Failed", "too late"), second.end("Sent", None)) == (False, True)


@pytest.mark.parametrize("name", [ODD, "a" * 200, "<script>alert(1)</script> & co", "عربى"])
def test_hostile_names_stay_text(post: Post, name: str) -> None:
    mailed(report_name=name)
    deliver()
    (mail,) = post.mails
    assert mail["Subject"].strip().startswith(name[:150])
    assert "<script>" not in html_of(mail)
    assert all(len(line) <= 998 for line in post.envelopes[0].content.splitlines())  # type: ignore[union-attr]  # it came over the wire


@pytest.mark.parametrize("name", ["a\r\nBcc: all@example.com", "a\nb", "a\x00b"])
def test_no_name_makes_a_header(name: str) -> None:
    with pytest.raises(Invalid):
        back_api().reports.create(OWNER, wanted(report_name=name))


def test_a_name_that_is_in_the_table_already_makes_no_header_either(post: Post) -> None:
    state = mailed()
    Report.objects.filter(pk=state.report.id).update(name="a\r\nBcc: all@example.com\r\n\r\nbody")
    deliver()
    (mail,) = post.mails
    assert mail["Bcc"] is None
    assert mail["Subject"] == "a Bcc: all@example.com body: 5 rows"


@pytest.mark.parametrize(
    "addresses",
    [["a@example.com\r\nBcc: b@example.com"], ["a@example.com, b@example.com"], ["a b@example.com"], ["@example.com"], ["a@пример.example\n"]],
)
def test_no_address_makes_a_header(addresses: list[str]) -> None:
    with pytest.raises(Invalid):
        back_api().reports.create(OWNER, wanted(notify_emails=addresses))


def test_ten_recipients_and_no_more() -> None:
    for most, count in ((True, 10), (False, 11), (False, 10_000)):
        report = wanted(notify_emails=[f"r{number}@example.com" for number in range(count)])
        if most:
            back_api().reports.create(OWNER, report)
        else:
            with pytest.raises(Invalid):
                back_api().reports.create(OWNER, report)


def test_domains_are_asked_for_again_when_it_is_sent(post: Post, settings: Any) -> None:
    state = mailed("ann@example.com", "bob@elsewhere.test")
    settings.REPORT_MAIL_DOMAINS = ["example.com"]
    deliver()
    assert [one[1] for one in told(state)] == ["Sent", "Cancelled"]
    with pytest.raises(Invalid):
        back_api().reports.create(OWNER, wanted(notify_emails=["bob@elsewhere.test"]))


def test_a_report_that_was_deleted_is_not_mailed(post: Post) -> None:
    state = mailed()
    back_api().reports.delete(OWNER, state.report.id)
    deliver()
    assert Delivery.objects.get(report=state.report.id).state == "Cancelled"
    assert post.mails == []


def test_a_desk_without_mail_says_so(settings: Any) -> None:
    use(settings, outgoing.Outgoing(""))
    state = mailed()
    deliver()
    assert told(state)[0][1:] == ("Failed", 1, "This desk sends no mail: MAIL_URL is not set.")
