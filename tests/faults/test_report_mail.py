"""Whoever mails reports dies at any point, and there are two of them: each recipient gets one mail, or two that are one by their Message-ID."""

from collections import Counter
from collections.abc import Iterator

import pytest

from backoffice.embedded.processes import wait_until
from tests.faults.lab import Lab
from tests.faults.test_reports import another, fell
from tests.reports.post import Office, Post

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]

ASKED = """
from backoffice.contracts.reports import NewReport
mails = ["a@example.com", "b@example.com", "c@example.com"]
back_api().reports.create(OWNER, NewReport(report_name="R", source="Transfers", format="Csv", notify_emails=mails))
"""
# Whoever lives needs no two seconds for a mail.
LEFT = "UPDATE reports_delivery SET lease_until = now() - interval '1 s' WHERE state = 'Waiting' AND lease_until < now() + interval '298 s'"
SENT = "SELECT count(*) = %s FROM reports_delivery WHERE state = 'Sent'"
STATES = "SELECT recipient, state, attempts, reason, lease_until FROM reports_delivery"


@pytest.fixture
def post(lab: Lab) -> Iterator[Post]:
    """A mail server, two workers that send to it, and one that makes what they send."""
    lab.execute("TRUNCATE reports_template, reports_report CASCADE")
    found = Post()
    office = Office(found, hostname="127.0.0.1", port=0)
    office.start()
    environment = {"MAIL_URL": f"smtp://127.0.0.1:{office.port}?tls=off", "MAIL_FROM": "desk@example.com"}
    for number, queue in enumerate(("reports", "mail", "mail")):
        child = another(lab, queue, number, **environment)
        lab.more.append(child)
        child.start()
    yield found
    office.stop()


def all_sent(lab: Lab, count: int) -> bool:
    def sent() -> bool:
        lab.execute(LEFT)
        lab.send_task("report_mail.deliver", queue="mail")
        return bool(lab.scalar(SENT, count))

    return wait_until(sent, 90, 0.5)


def test_a_sender_killed_at_any_point_loses_no_mail_and_repeats_one_at_most(lab: Lab, post: Post) -> None:
    lab.call(ASKED)
    assert all_sent(lab, 3), lab.rows(STATES)
    for round_, point in enumerate(("mail_after_claim", "mail_before_sending", "mail_after_sending"), start=2):
        lab.arm(point)
        lab.call(ASKED)
        assert fell(lab, point), point
        assert all_sent(lab, 3 * round_), (point, lab.rows(STATES))
    assert lab.scalar("SELECT count(*) FROM reports_delivery") == 12
    sent = Counter((envelope.rcpt_tos[0], mail["Message-ID"].strip()) for envelope, mail in zip(post.envelopes, post.mails, strict=True))
    # The one that was handed over by a worker which died before it could say so.
    assert (len(sent), sorted(sent.values())) == (12, [1] * 11 + [2])
    assert len({message_id for _, message_id in sent}) == 12
