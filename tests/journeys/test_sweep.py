"""Every page of the portal in a browser: both themes, three widths; nothing serious for axe, nothing wider than the window, nothing that fails."""

from itertools import cycle

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings as configured
from django.test import Client
from playwright.sync_api import Response

from tests.journeys.conftest import Desk
from tests.journeys.furnished import administrator as administrator
from tests.journeys.furnished import starts
from tests.journeys.walk import names, pages, takes_only_posts

# Pages that this desk has no object for, and pieces that pages fetch by a form's POST or while something runs. One that is seen after all fails.
NO_PAGES = {
    "portal:sign-in": "whoever is signed in is led on",
    "portal:own-confirm": "stands before what is dangerous",
    "portal:sign-in-factor": "of whoever is half signed in",
    "portal:sign-in-issuer": "of a desk with another issuer",
    "portal:sign-in-issuer-answer": "of a desk with another issuer",
    "portal:subscription": "its address stands in a mail alone",
    "portal:reports-cancel": "of a report that is being made",
    "portal:reports-progress": "of a report that is being made",
    "portal:reports-pulse": "of a report that is being made",
    "portal:files-pulse": "of a file that is being read",
    "portal:files-progress": "of a file that is being read",
    "portal:files-download": "of an export",
    "portal:files-apply": "of a file without faults",
    "portal:commissions-change-progress": "of an estimate that runs",
    "portal:commissions-change-unschedule": "of a scheduled change set",
    "portal:commissions-change-undo": "of an applied change set",
    "portal:commissions-assignments-order": "a race for the order",
    "portal:commissions-order": "a race for the order",
    "portal:commissions-delete": "of a profile that nobody has",
    "portal:categories-edit": "a fragment",
    "portal:callbacks-resume": "of a host that is paused",
    "portal:api-clients-end-previous": "of a client with two secrets",
    "portal:events": "a stream, served elsewhere",
    "portal:notifications-read": "of those that were chosen",
    "portal:proof-reopen": "of books that are closed",
    "portal:rates-root": "of a desk without a root asset",
    "portal:api-clients-callback-secret-end": "of a client with two secrets",
    "portal:history-show": "nothing leads there: it leads on",
}
DAY, NIGHT = "light", "dark"
DESK, TABLET, PHONE = 1440, 820, 390
COLOURS = ["color-contrast", "link-in-text-block"]
AUDIT = """async ({ where, rules }) => {
  const options = { resultTypes: ["violations"], elementRef: false, ...(rules.length ? { runOnly: { type: "rule", values: rules } } : {}) };
  const { violations } = await axe.run(where ? { include: [where] } : document, options);
  const bad = violations.filter(one => ["serious", "critical"].includes(one.impact));
  return bad.map(one => `${one.id}: ${one.nodes.slice(0, 3).map(node => node.html.slice(0, 200)).join(" | ")}`);
}"""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.journey
@pytest.mark.xdist_group("journeys")
def test_every_page_is_sound_in_both_themes_at_every_width(desk: Desk, administrator: Client) -> None:
    found, others = pages(administrator, starts())
    unseen = {name for name in names() - found.keys() - others if not takes_only_posts(administrator, name)}
    assert unseen == NO_PAGES.keys(), f"nothing leads to {sorted(unseen - NO_PAGES.keys())}, something to {sorted(NO_PAGES.keys() - unseen)}"
    cookie = administrator.cookies[configured.SESSION_COOKIE_NAME]
    desk.page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": desk.address}])
    faults: list[str] = []
    desk.page.on("response", lambda answer: faults.extend(_failed(answer)))
    # The frame around a page is the same everywhere: once is enough.
    faults += _audited(desk, found["portal:home"], DAY, NIGHT, where="")
    for path, (first, then) in zip(found.values(), cycle([(DAY, NIGHT), (NIGHT, DAY)]), strict=False):
        faults += _audited(desk, path, first, then)
    assert not faults, "\n".join(faults)


def _failed(answer: Response) -> list[str]:
    return [f"{answer.url} answers {answer.status}"] if answer.status >= 400 else []


def _audited(desk: Desk, path: str, first: str, then: str, *, where: str = "#content") -> list[str]:
    """Everything at a desk's width in one theme, its colours at a tablet's in the other, and how wide it is at a phone's too."""
    page, faults = desk.page, list[str]()
    page.set_viewport_size({"width": DESK, "height": 900})
    page.emulate_media(color_scheme=first, reduced_motion="reduce")  # type: ignore[arg-type]  # one of two words
    desk.open(path)
    page.evaluate(AXE_SCRIPT)
    for width, scheme, rules in ((DESK, first, []), (TABLET, then, COLOURS), (PHONE, then, None)):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # one of two words
        found = [] if rules is None else page.evaluate(AUDIT, {"where": where, "rules": rules})
        if (over := page.evaluate(WIDER)) > 0:
            found.append(f"{over} px wider than the window")
        faults += [f"{path} at {width} in {scheme}: {one}" for one in found]
    return faults
