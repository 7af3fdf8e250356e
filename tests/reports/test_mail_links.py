"""Whoever gets mails of reports can end them by the link in each, without signing in; a test goes to one person alone."""

import re
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest

from backoffice.contracts.errors import Invalid
from backoffice.reports.models import Delivery, Unsubscribed
from backoffice.services import back_api
from tests.money.bank import OWNER
from tests.reports.desk import WORKER, draft
from tests.reports.post import Post, post_office

pytestmark = pytest.mark.usefixtures("bank", "storage")


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    with post_office(settings) as found:
        yield found
    Unsubscribed.objects.all().delete()


def deliver() -> int:
    return back_api().report_mail.deliver(WORKER)


def link_of(mail: EmailMessage) -> str:
    return re.sub(r"^<https?://[^/]+|>$", "", mail["List-Unsubscribe"].strip())


def test_a_test_goes_to_one_person_alone(post: Post) -> None:
    template = back_api().report_templates.create(OWNER, draft(notify_emails=["ann@example.com"])).id
    run = back_api().report_mail.test(OWNER, template, recipient="me@example.com")
    back_api().reports.run(OWNER, run.report_id)
    deliver()
    assert [envelope.rcpt_tos for envelope in post.envelopes] == [["me@example.com"]]
    with pytest.raises(Invalid):
        back_api().report_mail.test(OWNER, template, recipient="me@example.com\nBcc: you@example.com")


def test_a_link_ends_a_subscription_without_a_sign_in(post: Post, client: Any) -> None:
    template = back_api().report_templates.create(OWNER, draft(notify_emails=["ann@example.com"])).id
    first = back_api().report_templates.run(OWNER, template).report_id
    back_api().reports.run(OWNER, first)
    deliver()
    link = link_of(post.mails[0])
    assert b"No more of these mails?" in client.get(link).content
    assert back_api().report_mail.subscription(OWNER, link.split("/")[2]).is_ended is False
    answer = client.post(link, {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, b"no more of these mails" in answer.content) == (200, True)
    second = back_api().report_templates.run(OWNER, template).report_id
    back_api().reports.run(OWNER, second)
    deliver()
    assert len(post.mails) == 1
    assert Delivery.objects.get(report=second).reason == "The recipient has unsubscribed."
    assert b"You get these mails again" in client.post(link, {"act": "subscribe"}).content
    assert client.get("/subscription/1.forged/").status_code == 404
    assert client.post(link[:-3] + "x/").status_code == 404
