"""Nothing stored runs, nothing inline is shipped, icons exist, the first load stays small."""

import gzip
import re
from pathlib import Path
from zipfile import ZipFile

import lucide
import pytest
from django.test import Client

from backoffice.settings import ROOT
from portal.templatetags import desk as tags
from tests.portal.desk_people import EVERYTHING, make_market, make_markets, signed_in

# A mail brings its style along; it is shown in a frame where nothing of it can do anything.
MAILS = ROOT / "templates" / "mail"
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.html") if MAILS not in path.parents)
HOSTILE = "<img src=x onerror=alert(1)>\"'{{7*7}}"
FORBIDDEN = (
    r"\sstyle=",
    r"\son[a-z]+=",
    r"<style\b",
    r"<script(?![^>]*\bsrc=)",
    r"javascript:",
    r"\bhx-on",
    r"hx-vals=.?js:",
    r"\|safe\b",
    r"autoescape off",
)
FIRST_LOAD_BYTES = 60_000


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_holds_no_inline_script_style_or_handler(path: Path) -> None:
    text = re.sub(r"{%.*?%}|{#.*?#}", "", path.read_text(), flags=re.DOTALL)
    # A mail brings its style along: no page of ours is around it, and where the portal shows it nothing else may run.
    allowed = {r"<style\b"} if path.parent.name == "mail" and path.parents[1] == ROOT / "templates" else set()
    assert [pattern for pattern in FORBIDDEN if re.search(pattern, text) and pattern not in allowed] == []


def test_every_icon_that_templates_and_views_name_exists() -> None:
    named = {name for path in TEMPLATES for name in re.findall(r'{% icon "([^"]+)"', path.read_text())}
    for path in (ROOT / "portal").rglob("*.py"):
        named |= set(re.findall(r'icon="([^"]+)"', path.read_text()))
    with ZipFile(Path(lucide.__file__).with_name("lucide.zip")) as shipped:
        assert named - {name.removesuffix(".svg") for name in shipped.namelist()} == set()


def test_icons_are_inlined_once_and_hidden_from_screen_readers() -> None:
    assert 'aria-hidden="true"' in tags.icon("plus")


@pytest.mark.django_db
def test_stored_text_stays_text_everywhere(clerk: Client) -> None:
    make_market()
    client = signed_in(*EVERYTHING, name=HOSTILE)
    client.post("/views/", {"section": "markets", "name": HOSTILE[:60], "query": "q=" + HOSTILE, "next": "/markets/"})
    for address in (
        "/markets/?view=all",
        "/markets/cfd.xau_usd/",
        "/me/",
        f"/markets/?q={HOSTILE}",
        f"/palette/?q={HOSTILE}",
        f"/sign-in/?next={HOSTILE}",
    ):
        page = client.get(address, follow=True).content.decode()
        assert "<img src=x" not in page, address


@pytest.mark.django_db
def test_a_refused_form_gives_hostile_text_back_as_text(clerk: Client) -> None:
    page = clerk.post("/markets/new/?type=Cfd", {"displayName": HOSTILE}).content.decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


@pytest.mark.django_db
def test_pages_carry_the_content_policy(clerk: Client) -> None:
    policy = clerk.get("/markets/").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.django_db
def test_the_first_load_of_a_list_is_small(clerk: Client) -> None:
    make_markets(50)
    page = clerk.get("/markets/").content
    total = len(gzip.compress(page))
    for address in re.findall(rb'(?:src|href)="(/static/[^"]+)"', page):
        total += len(gzip.compress(b"".join(clerk.get(address.decode()).streaming_content)))  # type: ignore[arg-type]
    assert total <= FIRST_LOAD_BYTES, total
