"""The audit trail in the portal: newest first, filtered, before and after, for those who may see it."""

import re

from django.test import Client

from backoffice.contracts.desk import RoleDraft
from backoffice.contracts.markets import MarketPatch
from backoffice.services import back_api, desk
from tests.portal.desk_people import OWNER, make_market

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
    assert region.lstrip().startswith('<section class="grid-wrap" id="region"')
    assert region.count("<summary>") == 1
    assert "No record matches" in clerk.get("/settings/audit/?actor=Nobody").content.decode()
    assert "No record matches" in clerk.get("/settings/audit/?object=%22%3E%3Cscript%3E").content.decode()


def test_the_trail_is_read_page_by_page(clerk: Client) -> None:
    for number in range(60):
        desk().roles.create(OWNER, RoleDraft(name=f"R{number}"))
    first = clerk.get("/settings/audit/?action=roles.create").content.decode()
    older = re.search(r'id="next-page" href="([^"]+)"', first)[1].replace("&amp;", "&")  # type: ignore[index]
    assert "action=roles.create" in older
    second = clerk.get(f"/settings/audit/{older}").content.decode()
    assert (first.count("<summary><span"), second.count("<summary><span")) == (50, 11)
    assert 'id="next-page"' not in second


def test_the_trail_is_for_those_who_may_see_it(viewer: Client) -> None:
    answer = viewer.get("/settings/audit/")
    assert answer.status_code == 403
    assert "view-audit" in answer.content.decode()
