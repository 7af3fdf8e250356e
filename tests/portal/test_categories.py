"""The category tree in the portal: a draft changed by single acts, saved whole, merged when somebody was faster."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backoffice.contracts.categories import CategoryDraft, CategoryTreeDraft
from backoffice.services import back_api
from portal.forms import category_acts, category_merge
from portal.forms.categories import ROOT, Tree
from tests.portal.desk_people import OWNER, make_market
from tests.portal.posted import HTMX, form_of, page_of

EDITOR = '<form class="tree-form"'


def leaf(name: str, *categories: CategoryDraft, markets: list[str] | None = None) -> CategoryDraft:
    return CategoryDraft(id=name.lower(), name=name, categories=list(categories), markets=markets or [])


@pytest.fixture
def tree(catalogue: None) -> None:
    """Forex with Majors and Crosses, Metals with one market."""
    make_market()
    store(leaf("Forex", leaf("Majors"), leaf("Crosses")), leaf("Metals", markets=["cfd.xau_usd"]))


def store(*categories: CategoryDraft) -> None:
    back_api().categories.replace(OWNER, CategoryTreeDraft(categories=list(categories)))


def outline() -> list[str]:
    stored = Tree.of(back_api().categories.get(OWNER).value)
    return [f"{'-' * (stored.depth(id) - 1)}{stored.names[id]}" for id in stored.below(ROOT)]


def act(client: Client, page: str, *acts: str, **fields: str) -> str:
    """One press of a button after another, each on the page that the one before brought."""
    for one in acts:
        page = client.post("/categories/edit/", form_of(page, EDITOR) | {"act": one} | fields).content.decode()
    return page


def test_moves_are_a_draft_until_the_tree_is_saved(clerk: Client, tree: None) -> None:
    page = act(clerk, page_of(clerk, "/categories/"), "down:majors", "in:metals", "out:majors")
    assert "2 unsaved changes" in page
    assert outline() == ["Forex", "-Majors", "-Crosses", "Metals"]
    saved = clerk.post("/categories/edit/", form_of(page, EDITOR) | {"act": "save"})
    assert saved.headers["Location"] == "/categories/?category=majors"
    assert outline() == ["Forex", "-Crosses", "-Metals", "Majors"]


@pytest.mark.parametrize(
    ("one", "said"),
    [
        ("up:crosses", "Crosses is now number 1 of 2 in Forex."),
        ("down:forex", "Forex is now number 2 of 2 at the top level."),
        ("out:crosses", "Crosses is now number 2 of 3 at the top level."),
        ("in:metals", "Metals is now number 3 of 3 in Forex."),
        ("place:majors:inside:metals", "Majors is now number 1 of 1 in Metals."),
        ("place:metals:before:crosses", "Metals is now number 2 of 3 in Forex."),
        ("place:majors:before:forex", "Majors is now number 1 of 3 at the top level."),
        ("place:crosses:after:forex", "Crosses is now number 2 of 3 at the top level."),
        ("place:forex:after:metals", "Forex is now number 2 of 2 at the top level."),
        ("add:forex", "New category added in Forex."),
        ("remove:forex", "Forex removed, with 2 below it."),
        ("remove-market:metals:cfd.xau_usd", "cfd.xau_usd removed from Metals."),
        ("add-market:forex:cfd.xau_usd", "1 market added to Forex."),
    ],
)
def test_every_act_says_what_it_did(clerk: Client, tree: None, one: str, said: str) -> None:
    page = clerk.post("/categories/edit/", form_of(page_of(clerk, "/categories/"), EDITOR) | {"act": one}, headers=HTMX).content.decode()
    assert f'data-said="{said}"' in page
    assert "<html" not in page


@pytest.mark.parametrize(
    "one", ["up:forex", "in:forex", "out:forex", "place:forex:inside:majors", "up:nothing", "dance:forex", "place:forex:on:metals"]
)
def test_an_impossible_act_changes_nothing_and_says_so(clerk: Client, tree: None, one: str) -> None:
    sent = form_of(page_of(clerk, "/categories/"), EDITOR)
    answer = clerk.post("/categories/edit/", sent | {"act": one})
    assert answer.status_code == 400
    assert form_of(answer.content.decode(), EDITOR)["tree"] == sent["tree"]


def test_a_category_is_renamed_with_whatever_is_done_next(clerk: Client, tree: None) -> None:
    page = act(clerk, page_of(clerk, "/categories/"), "select:metals")
    act(clerk, page, "save", name="Precious")
    assert outline() == ["Forex", "-Majors", "-Crosses", "Precious"]


def test_markets_are_found_and_added(clerk: Client, tree: None) -> None:
    make_market("xau", "eur")
    page = act(clerk, page_of(clerk, "/categories/"), "select:metals")
    found = act(clerk, page, "find", find="xau")
    assert "add-market:metals:cfd.xau_eur" in found
    assert "add-market:metals:cfd.xau_usd" not in found
    act(clerk, act(clerk, found, "add-found", find="xau"), "market-up:metals:cfd.xau_eur", "save")
    (_, metals) = back_api().categories.get(OWNER).value.categories
    assert [market.id for market in metals.markets] == ["cfd.xau_eur", "cfd.xau_usd"]


def test_what_is_wrong_stands_at_its_category(clerk: Client, tree: None) -> None:
    page = act(clerk, page_of(clerk, "/categories/?category=crosses"), "select:crosses", name="Majors")
    answer = clerk.post("/categories/edit/", form_of(page, EDITOR) | {"act": "save"})
    assert answer.status_code == 400
    refused = answer.content.decode()
    assert "Majors is there twice among its siblings" in refused
    assert 'id="category-name"' in refused
    assert outline() == ["Forex", "-Majors", "-Crosses", "Metals"]


def test_a_lost_race_shows_both_sides_and_merges_them(clerk: Client, tree: None) -> None:
    mine = act(clerk, page_of(clerk, "/categories/"), "select:majors", "up:crosses", name="Big ones")
    mine = act(clerk, mine, "select:metals")
    mine = act(clerk, mine, "find", name="Mine")
    store(leaf("Forex", leaf("Majors"), leaf("Crosses")), CategoryDraft(id="metals", name="Theirs", markets=[]), leaf("Crypto"))
    lost = clerk.post("/categories/edit/", form_of(mine, EDITOR) | {"act": "save"})
    page = lost.content.decode()
    assert lost.status_code == 412
    assert "1 category needs your choice" in page
    assert "Renamed from Metals" in page
    assert outline() == ["Forex", "-Majors", "-Crosses", "Theirs", "Crypto"]
    chosen = form_of(page, '<form class="stack merge"') | {"act": "merge", "keep-metals": "mine"}
    merged = clerk.post("/categories/edit/", chosen).content.decode()
    assert outline() == ["Forex", "-Majors", "-Crosses", "Theirs", "Crypto"]
    act(clerk, merged, "save")
    assert outline() == ["Forex", "-Crosses", "-Big ones", "Mine", "Crypto"]


def test_a_tree_that_the_page_did_not_write_is_refused(clerk: Client, tree: None) -> None:
    twice = '{"categories":[{"id":"a","name":"A","categories":[{"id":"a","name":"A"}]}]}'
    for text in ("", "{", "[" * 5_000, twice):
        answer = clerk.post("/categories/edit/", {"act": "save", "version": "1", "base": '{"categories":[]}', "tree": text})
        assert answer.status_code == 400
    assert outline() == ["Forex", "-Majors", "-Crosses", "Metals"]


def test_who_may_only_look_gets_the_tree_without_buttons(viewer: Client, tree: None) -> None:
    page = page_of(viewer, "/categories/?category=metals")
    assert 'value="up:' not in page
    assert 'title="This needs the operation manage-markets-categories"' in page
    assert "XAU/USD" in page
    assert viewer.post("/categories/edit/", {"act": "save"}).status_code == 403


def test_an_empty_tree_says_what_to_do(clerk: Client) -> None:
    page = page_of(clerk, "/categories/")
    assert "No categories yet" in page
    act(clerk, act(clerk, page, "add:"), "save", name="Popular")
    assert outline() == ["Popular"]


def test_the_timeline_names_categories(clerk: Client, tree: None) -> None:
    assert "Metals: cfd.xau_usd" in page_of(clerk, "/categories/timeline/")


def test_a_stranger_sees_nothing(stranger: Client) -> None:
    assert stranger.get("/categories/").status_code == 403


def test_the_tree_asks_the_database_as_often_for_many_categories_as_for_few(clerk: Client, tree: None) -> None:
    clerk.get("/categories/?category=metals")
    with CaptureQueriesContext(connection) as few:
        clerk.get("/categories/?category=metals")
    store(leaf("Metals", markets=["cfd.xau_usd"]), *(leaf(f"Category {number}", markets=["cfd.xau_usd"]) for number in range(50)))
    with CaptureQueriesContext(connection) as many:
        clerk.get("/categories/?category=metals")
    assert len(many) == len(few)


def test_no_category_goes_deeper_than_five_levels() -> None:
    tree = Tree()
    below = ROOT
    for level in range(5):
        below = tree.add(below, f"Level {level}")
    other = tree.add(ROOT, "Other")
    assert "in" not in tree.can(tree.add(tree.parents[below], "Sibling"))
    with pytest.raises(Exception, match="5 levels at most"):
        category_acts.apply(tree, "add", below)
    with pytest.raises(Exception, match="cannot stand there"):
        category_acts.apply(tree, "place", f"{other}:inside:{below}")


def test_a_category_whose_parent_they_removed_is_not_lost() -> None:
    base = Tree.of(CategoryTreeDraft(categories=[leaf("Forex", leaf("Majors"))]))
    mine = Tree.of(CategoryTreeDraft(categories=[leaf("Forex", leaf("Majors"), leaf("New"))]))
    theirs = Tree.of(CategoryTreeDraft(categories=[]))
    merged = category_merge.merged(mine, theirs, {"new": "mine", "forex": "theirs", "majors": "theirs"})
    assert [merged.path(id) for id in merged.below(ROOT)] == ["New"]
    assert {line.id: line.side for line in category_merge.lines(base, mine, theirs)} == {"forex": "theirs", "majors": "theirs", "new": "mine"}


def test_two_who_moved_categories_into_each_other_make_no_circle() -> None:
    mine = Tree.of(CategoryTreeDraft(categories=[leaf("A", leaf("B"))]))
    theirs = Tree.of(CategoryTreeDraft(categories=[leaf("B", leaf("A"))]))
    merged = category_merge.merged(mine, theirs, {"b": "mine", "a": "theirs"})
    assert sorted(merged.below(ROOT)) == ["a", "b"]


def test_an_act_that_is_loaded_again_shows_the_tree(clerk: Client, tree: None) -> None:
    assert clerk.get("/categories/edit/").headers["Location"] == "/categories/"
