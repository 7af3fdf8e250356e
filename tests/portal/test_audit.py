"""The audit trail in the portal: newest first, filtered, before and after, for those who may see it."""

import csv
import re
from urllib.parse import quote

import pytest
from django.test import Client

from backoffice.contracts.audit import AuditChange
from backoffice.contracts.desk import RoleDraft
from backoffice.contracts.markets import MarketPatch
from backoffice.services import back_api, desk
from portal.templatetags.desk import act_words, subject
from tests.portal.desk_people import OWNER, content_of, make_market

UUID = "2ac482ed-bfc2-44b6-bee0-22796a0984b9"
HTMX = {"HX-Request": "true"}


def test_a_change_is_shown_with_before_and_after(clerk: Client) -> None:
    market = make_market()
    back_api().markets.patch(OWNER, {market: 1}, MarketPatch(max_leverage=50))
    page = clerk.get("/settings/audit/").content.decode()
    records = page[page.index('class="records"') :]
    assert records.index("markets.patch") < records.index("markets.create")
    assert "<ins>50</ins>" in page
    assert 'href="/markets/cfd.xau_usd/"' in page


def test_filters_narrow_and_answer_as_a_fragment(clerk: Client) -> None:
    make_market()
    region = clerk.get("/settings/audit/?type=market&action=markets.create&actor=tests&object=cfd.xau_usd", headers=HTMX).content.decode()
    assert region.lstrip().startswith('<section class="region" id="region"')
    assert region.count("<summary><span") == 1
    assert "No records match" in clerk.get("/settings/audit/?actor=Nobody").content.decode()
    assert "No records match" in clerk.get("/settings/audit/?object=%22%3E%3Cscript%3E").content.decode()


def test_the_trail_is_read_page_by_page(clerk: Client) -> None:
    for number in range(60):
        desk().roles.create(OWNER, RoleDraft(name=f"R{number}"))
    first = clerk.get("/settings/audit/?action=roles.create").content.decode()
    older = re.search(r'id="next-page" href="([^"]+)"', first)[1].replace("&amp;", "&")  # type: ignore[index]
    assert "action=roles.create" in older
    second = clerk.get(older).content.decode()
    assert (first.count("<summary><span"), second.count("<summary><span")) == (50, 11)
    assert 'id="next-page"' not in second


def test_the_trail_is_for_those_who_may_see_it(viewer: Client) -> None:
    answer = viewer.get("/settings/audit/")
    assert answer.status_code == 403
    assert "view-audit" in answer.content.decode()


@pytest.mark.parametrize(
    ("action", "change", "phrase"),
    [
        (
            "market_files.upload",
            AuditChange(object_type="market_file", object_id=UUID, before={}, after={"name": "list.csv"}),
            "uploaded the file list.csv",
        ),
        (
            "market_files.apply",
            AuditChange(object_type="market_file", object_id=UUID, before={}, after={"name": "list.csv"}),
            "applied the file list.csv",
        ),
        ("identity.sign_in", AuditChange(object_type="sign_in", object_id=UUID, before={}, after={}), "signed in"),
        ("categories.replace", AuditChange(object_type="category_tree", object_id="1", before={}, after={}), "changed the category tree"),
        ("operators.update", AuditChange(object_type="operator", object_id=UUID, before={}, after={"email": "a@b.c"}), "changed the operator"),
        ("operators.update", AuditChange(object_type="operator", object_id=UUID, before={"name": "Ada"}, after={}), "changed the operator Ada"),
        (
            "api_clients.rotate",
            AuditChange(object_type="api_client", object_id="crm", before={}, after={}),
            "renewed the secret of the API client crm",
        ),
    ],
)
def test_a_record_names_its_object_as_people_do(action: str, change: AuditChange, phrase: str) -> None:
    assert f"{act_words(action)} {subject(change)}".strip() == phrase


def test_the_trail_is_asked_for_by_time_and_goes_into_a_file(clerk: Client) -> None:
    make_market()
    assert "No records match" in clerk.get("/settings/audit/?at=previous+month").content.decode()
    assert "No records match" in clerk.get("/settings/audit/?at_to=2020-01-01").content.decode()
    assert "markets.create" in clerk.get("/settings/audit/?at=today&type=market").content.decode()
    (line,) = csv.DictReader(content_of(clerk.get("/settings/audit/?at=last+24+hours&type=market&export=csv")).splitlines())
    assert (line["Who"], line["Action"], line["To what"]) == ("tests", "markets.create", "Market cfd.xau_usd")
    assert "Display name: empty -> XAU/USD" in line["Changes"]


def test_a_file_of_the_trail_goes_to_its_end(clerk: Client) -> None:
    for number in range(230):
        desk().roles.create(OWNER, RoleDraft(name=f"R{number}"))
    lines = content_of(clerk.get("/settings/audit/?action=roles.create&actor=tests&export=csv")).splitlines()
    assert len(lines) > 230
    assert len(lines) == len(set(lines))


@pytest.mark.parametrize("text", ["", "x", "-1", "\u0663", "9" * 5_000])
def test_a_cursor_that_is_no_number_starts_at_the_newest(clerk: Client, text: str) -> None:
    make_market()
    for path in ("/settings/audit/?after=", "/markets/cfd.xau_usd/timeline/?before=", "/live/?since=", "/assets/?after="):
        assert clerk.get(path + quote(text)).status_code in (200, 204), path


def test_an_object_is_shown_as_it_was(clerk: Client) -> None:
    market = make_market()
    back_api().markets.patch(OWNER, {market: 1}, MarketPatch(max_leverage=50))
    first, second = (record.at.isoformat() for record in reversed(desk().audit.timeline(OWNER, "market", market)))
    page = clerk.get("/settings/audit/as-of/market/cfd.xau_usd/", {"at": first}).content.decode()
    assert ("<ins>50</ins>" in page, "1 change since" in page) == (True, True)
    page = clerk.get("/settings/audit/as-of/market/cfd.xau_usd/", {"at": second}).content.decode()
    assert ("<ins>" in page, "Nothing has changed since" in page) == (False, True)
    assert "There was no such market" in clerk.get("/settings/audit/as-of/market/cfd.xau_usd/?at=2020-01-01T00:00:00").content.decode()
    assert "as-of/market/cfd.xau_usd/?at=" in clerk.get("/markets/cfd.xau_usd/timeline/").content.decode()


@pytest.mark.parametrize("at", ["yesterday", "9999-12-31T23:59:59", "2999-01-01T00:00:00Z", "\u0663"])
def test_a_moment_that_is_none_or_to_come_is_refused(clerk: Client, at: str) -> None:
    make_market()
    answer = clerk.get("/settings/audit/as-of/market/cfd.xau_usd/", {"at": at})
    assert (answer.status_code, 'role="alert"' in answer.content.decode()) == (400, True)


def test_an_object_as_it_was_is_for_whoever_may_see_it(catalogue: None, stranger: Client) -> None:
    make_market()
    assert stranger.get("/settings/audit/as-of/market/cfd.xau_usd/").status_code == 403
