"""Notifications in the portal: the list, one with its runbook, marks, subscriptions, the bell."""

import json
import re

import pytest
from django.test import Client

from backoffice.contracts.told import OPERATION_OF
from backoffice.notifications.models import Reader, Subscription
from backoffice.notifications.post import post
from portal import runbooks
from portal.templatetags import notices as tags
from tests.notifications.people import dead, timed_out
from tests.portal.desk_people import VIEWER, signed_in

HTMX = {"HX-Request": "true"}
HOSTILE = "<img src=x onerror=alert(1)>"


def page(client: Client, path: str = "/notifications/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


@pytest.mark.django_db
def test_an_empty_list_says_what_will_be_there(clerk: Client) -> None:
    assert "No notifications yet" in page(clerk)


@pytest.mark.django_db
def test_the_list_shows_what_one_may_see_with_its_marks(clerk: Client) -> None:
    timed_out()
    dead()
    found = page(clerk)
    assert "External orders timed out" in found
    assert "A callback to pay.example.com has died" in found
    assert found.count("Unread: ") == 2
    viewer = page(signed_in("view-common", name="Vera"))
    assert "External orders timed out" in viewer
    assert "callback" not in viewer.lower().split("</nav>")[-1]


@pytest.mark.django_db
def test_filters_by_type_severity_and_what_is_unread(clerk: Client) -> None:
    timed_out()
    dead()
    (row,) = re.findall(r'/notifications/(\d+)/" [^>]*>|data-href="/notifications/(\d+)/"', page(clerk, "/notifications/?type=CallbackDead"))[:1]
    assert "External orders timed out" not in page(clerk, "/notifications/?severity=error")
    assert "A callback to" not in page(clerk, "/notifications/?type=ExternalOrderTimeout")
    assert clerk.get(f"/notifications/{row[0] or row[1]}/").status_code == 200
    assert "A callback to" not in page(clerk, "/notifications/?read=no")
    assert "No notifications match" in page(clerk, "/notifications/?read=no&severity=error")


@pytest.mark.django_db
def test_one_leads_to_its_object_and_says_what_to_do_and_is_read_then(clerk: Client) -> None:
    dead(HOSTILE)
    address = re.findall(r'data-href="(/notifications/\d+/)"', page(clerk))[0]
    found = page(clerk, address)
    assert re.search(r'href="/callbacks/evt_\d+/"', found)
    assert "A callback was given up after all its tries" in found
    assert HOSTILE not in found
    assert "Nothing is unread" in page(clerk)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/notifications/999/", "/notifications/text/", f"/notifications/{'9' * 30}/", "/notifications/0/"])
def test_what_is_not_there_is_not_found(clerk: Client, path: str) -> None:
    assert clerk.get(path).status_code == 404


@pytest.mark.django_db
def test_one_that_somebody_may_not_see_is_not_found(clerk: Client) -> None:
    dead()
    address = re.findall(r'data-href="(/notifications/\d+/)"', page(clerk))[0]
    assert signed_in("view-common", name="Vera").get(address).status_code == 404
    assert signed_in("view-balances", name="Sam").get("/notifications/").status_code == 403


@pytest.mark.django_db
def test_selected_ones_are_marked_after_a_question(clerk: Client) -> None:
    timed_out()
    timed_out()
    ids = re.findall(r'name="id" value="(\d+)"', page(clerk))
    assert "Mark 2 notifications as read?" in page(clerk, f"/notifications/read/?id={ids[0]}&id={ids[1]}")
    assert "<b>2</b> unread" in page(clerk), "a question changes nothing"
    clerk.post("/notifications/read/", {"id": ids[:1]})
    assert "<b>1</b> unread" in page(clerk)
    assert "<b>2</b> unread" in page(signed_in(*VIEWER, name="Vera"))


@pytest.mark.django_db
def test_all_read_leaves_what_came_since_the_page_was_drawn(clerk: Client) -> None:
    timed_out()
    (up_to,) = re.findall(r'name="up_to" value="(\d+)"', page(clerk))
    timed_out()
    clerk.post("/notifications/all-read/", {"up_to": up_to})
    assert "<b>1</b> unread" in page(clerk)


@pytest.mark.django_db
def test_the_bell_counts_and_tells_of_what_is_new(clerk: Client) -> None:
    timed_out()
    first = page(clerk, "/assets/")
    (asked,) = re.findall(r'hx-get="(/notifications/badge/[^"]+)"', first)
    asked = asked.replace("&amp;", "&")
    assert '1<span class="sr"> unread</span>' in first
    assert clerk.get(asked, headers=HTMX).status_code == 204, "nothing is new"
    for _ in range(4):
        timed_out()
    dead()
    answer = clerk.get(asked, headers=HTMX)
    assert '6<span class="sr"> unread</span>' in answer.content.decode()
    news = json.loads(answer["HX-Trigger"])
    assert [one["text"] for one in news["toast"]][-2:] == ["A callback to pay.example.com has died", "There is more that is new."]
    assert (news["toast"][-2]["kind"], len(news["told"])) == ("error", 3)
    assert clerk.get(news["told"][-1]["href"]).status_code == 200


@pytest.mark.django_db
def test_the_bell_tells_nobody_of_what_they_do_not_follow_or_may_not_see(clerk: Client) -> None:
    viewer = signed_in("view-common", name="Vera")
    asked = re.findall(r'hx-get="(/notifications/badge/[^"]+)"', page(viewer, "/assets/"))[0].replace("&amp;", "&")
    dead()
    answer = viewer.get(asked, headers=HTMX)
    assert "unread" not in answer.content.decode().split("</span>")[0].split(">")[-1]
    assert "HX-Trigger" not in answer
    assert 'id="unread"' not in signed_in("view-balances", name="Sam").get("/me/").content.decode()


@pytest.mark.django_db
def test_a_toast_that_waits_for_the_next_page_is_not_lost_to_the_bell(clerk: Client) -> None:
    clerk.post("/notifications/all-read/", {})
    timed_out()
    clerk.get("/notifications/badge/?since=0&count=0", headers=HTMX)
    assert "All of them are marked as read." in page(clerk)


@pytest.mark.django_db
def test_the_list_says_that_there_are_more_by_now(clerk: Client) -> None:
    (asked,) = re.findall(r'hx-get="(/notifications/news/[^"]+)"', page(clerk))
    assert clerk.get(asked, headers=HTMX).status_code == 204
    timed_out()
    assert "1 new notification<" in clerk.get(asked, headers=HTMX).content.decode()


@pytest.mark.django_db
def test_what_is_followed_is_chosen_by_type_and_a_digest_with_it(clerk: Client) -> None:
    form = page(clerk, "/notifications/preferences/")
    assert form.count("<select") == len(OPERATION_OF) + 2
    sent = dict.fromkeys(OPERATION_OF, "info") | {"CallbackDead": "off", "rhythm": "Daily", "at": "07:30", "zone": "Europe/Berlin"}
    assert clerk.post("/notifications/preferences/", sent).status_code == 303
    dead()
    assert "A callback to" not in page(clerk)
    assert "A callback to" in page(clerk, "/notifications/?all=yes")
    assert Subscription.objects.get(type="CallbackDead").least == 3
    row = Reader.objects.exclude(rhythm="Off").get()
    assert (row.rhythm, f"{row.digest_at:%H:%M}", row.zone) == ("Daily", "07:30", "Europe/Berlin")
    for wrong in ({"at": "25:00"}, {"rhythm": "Never"}, {"zone": "Mars/Base"}, {"CallbackDead": "loud"}):
        assert clerk.post("/notifications/preferences/", sent | wrong).status_code == 400, wrong
    viewer = page(signed_in("view-common", name="Vera"), "/notifications/preferences/")
    assert "Callback dead" not in viewer


def test_every_type_has_a_runbook() -> None:
    assert {name for name, body in runbooks.paragraphs().items() if body} == set(OPERATION_OF)


def test_runbooks_are_text_with_code() -> None:
    assert tags.with_code("run `a<b` and [docs](x.md) & go") == "run <code>a&lt;b</code> and docs &amp; go"


@pytest.mark.django_db
def test_every_type_has_a_page(clerk: Client) -> None:
    person = {"operatorId": "x", "operator": "Anna"}
    for type, data in {
        "MarketFileApplied": {"fileId": "x", "name": "a.csv", "requestedBy": "Anna", "created": 1, "updated": 0, "errors": 0},
        "MarketFileFailed": {"fileId": "x", "name": "a.csv", "requestedBy": "Anna", "reason": "no"},
        "CallbackRefusedByReceiver": {"webhookId": "x", "clientId": "x", "host": "h", "attempts": "3", "status": "404"},
        "CallbackHostFailing": {"host": "h", "failingSince": "2026-11-24T12:00:00+00:00"},
        "CallbackHostPaused": {"host": "h", "failingSince": "2026-11-24T12:00:00+00:00"},
        "ReportFailed": {"reportId": "x", "name": "r", "reason": "no"},
        "ReportMailFailed": {"reportId": "x", "name": "r", "recipient": "a@b.example", "owner": "Anna", "reason": "no"},
        "ChangeSetNotApplied": {"changeSetId": "x", "name": "c", "reason": "no"},
        "BooksViolation": {"pass": 1, "violated": [{"id": "I1", "words": "Sums", "count": 2}]},
        "SessionDisconnected": {"sessionId": "x", "name": "LP", "kind": "MarketData", "markets": 2},
        "ApprovalWaiting": {"approvalId": "x", "action": "transfers.deposit", "requestedBy": "Anna", "about": "250 USD"},
        "ApprovalEnded": {"approvalId": "x", "action": "transfers.deposit", "requestedBy": "Anna", "state": "Stale", "reason": "moved"},
        "BreakGlass": {"action": "transfers.deposit", "doneBy": "Anna", "reason": "fire"},
        "AuditChainLags": {"seconds": 90},
        **dict.fromkeys(("NewDevice", "FactorAdded", "FactorRemoved", "FactorsReset", "RecoveryCodeUsed"), person),
    }.items():
        post(type, "warning", data)  # type: ignore[arg-type]  # names of a table
    timed_out()
    dead()
    addresses = re.findall(r'data-href="(/notifications/\d+/)"', page(clerk))
    assert len(addresses) == len(OPERATION_OF)
    for address in addresses:
        assert "What to do" in page(clerk, address)
