"""Views of lists: renamed, pinned in the sidebar, the default of a role."""

import re
from pathlib import Path

from django.test import Client
from django.urls import reverse

from backoffice.contracts.desk import RoleDraft
from backoffice.operators.models import Operator
from backoffice.services import desk
from portal.navigation import LISTS
from tests.portal.desk_people import EVERYTHING, OWNER, VIEWER, make_operator, signed_in
from tests.portal.posted import page_of

VIEWS = Path(__file__).parents[2] / "portal" / "views"


def save(client: Client, **more: str) -> str:
    """The id of the view."""
    answer = client.post("/views/", {"section": "markets", "name": "Euro", "query": "base=eur", "next": "/markets/", **more})
    assert answer.status_code == 303, answer.content.decode()
    return str(answer.headers["Location"].rpartition("view=")[2])


def test_a_view_is_renamed_and_another_one_is_made_of_it(clerk: Client) -> None:
    view = save(clerk)
    assert save(clerk, view_id=view, name="Euros") == view
    assert save(clerk, view_id=view, name="Dollars", as_another="true") != view
    assert clerk.post("/views/", {"section": "markets", "name": "Dollars", "query": "", "view_id": view}).status_code == 400
    assert clerk.post("/views/", {"section": "markets", "name": "X", "query": "", "view_id": "nobody's"}).status_code == 404


def test_a_pinned_view_stands_in_its_owners_sidebar(clerk: Client, viewer: Client) -> None:
    view = save(clerk, is_pinned="true")
    address = f'href="/markets/?base=eur&amp;view={view}"'
    assert address in page_of(clerk, "/assets/")
    assert address not in page_of(viewer, "/assets/")


def test_a_view_opens_for_everybody_with_the_role_unless_they_have_their_own(catalogue: None) -> None:
    role = desk().roles.create(OWNER, RoleDraft(name="Desk", operations=list(EVERYTHING)))
    maker, reader = _with(role.id), _with(role.id)
    view = save(maker, shared_with=role.id, is_role_default="true")
    assert reader.get("/markets/").headers["Location"].endswith(f"view={view}")
    own = save(reader, name="Mine", is_default="true")
    assert reader.get("/markets/").headers["Location"].endswith(f"view={own}")
    save(reader, name="Ours", shared_with=role.id, is_role_default="true")
    assert 'name="is_role_default" value="true">' in page_of(maker, f"/markets/?view={view}")
    assert signed_in(*VIEWER).get("/markets/").status_code == 200


def test_a_default_of_nobody_is_refused(clerk: Client) -> None:
    assert clerk.post("/views/", {"section": "markets", "name": "Euro", "query": "", "is_role_default": "true"}).status_code == 400


def test_every_list_has_an_address_by_the_section_of_its_views() -> None:
    found = {section for path in VIEWS.glob("*.py") for section in re.findall(r'^    section="([a-z-]+)"', path.read_text(), re.MULTILINE)}
    assert len(found) > 20
    for section in found:
        reverse(LISTS.get(section, f"portal:{section}-list"))


def _with(role: str) -> Client:
    """Somebody who holds that role besides their own."""
    username = make_operator(*EVERYTHING)
    Operator.objects.get(username=username).roles.add(role)
    client = Client()
    client.post("/sign-in/", {"username": username, "password": "a-long-enough-word-2026"})
    return client
