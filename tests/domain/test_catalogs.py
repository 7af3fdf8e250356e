"""Assets, groups, sessions and the category tree keep their own rules."""

import pytest

from backoffice.contracts.assets import AssetChange, NewAsset
from backoffice.contracts.categories import CategoryDraft, CategoryTreeDraft
from backoffice.contracts.errors import InUse, Invalid, NotFound, Stale
from backoffice.contracts.liquidity import LiquiditySessionChange, NewLiquiditySession
from backoffice.contracts.market_groups import MarketGroupChange, NewMarketGroup
from backoffice.services import BackApi
from tests.domain.conftest import DEALER, cfd


def test_an_internal_asset_may_grow_its_scale_and_never_shrink_it(api: BackApi) -> None:
    api.assets.update(DEALER, "xau", AssetChange(name="Gold", scale=4, type="Metals"))
    with pytest.raises(Invalid) as refused:
        api.assets.update(DEALER, "xau", AssetChange(name="Gold", scale=3, type="Metals"))
    assert refused.value.fields == {"scale": ["must not shrink below 4"]}
    assert api.assets.get(DEALER, "xau").value.scale == 4


def test_a_crm_asset_cannot_be_changed_here(api: BackApi) -> None:
    with pytest.raises(Invalid, match="CRM"):
        api.assets.update(DEALER, "usd", AssetChange(name="Dollar", scale=2, type="Fiat"))


@pytest.mark.parametrize(
    ("asset", "field"),
    [
        (NewAsset(id="XAG", name="Silver", scale=2, type="Metals"), "id"),
        (NewAsset(id="a" * 16, name="Silver", scale=2, type="Metals"), "id"),
        (NewAsset(id="xau", name="Silver", scale=2, type="Metals"), "id"),
        (NewAsset(id="xag", name="Silver!", scale=2, type="Metals"), "name"),
        (NewAsset(id="xag", name=" Silver", scale=2, type="Metals"), "name"),
        (NewAsset(id="xag", name="Silver", scale=19, type="Metals"), "scale"),
    ],
)
def test_a_malformed_asset_is_refused_by_field(api: BackApi, asset: NewAsset, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        api.assets.create(DEALER, asset)
    assert list(refused.value.fields) == [field]


def test_a_crm_asset_replaces_the_internal_one_of_its_id(api: BackApi) -> None:
    assert api.assets.sync(DEALER, [NewAsset(id="xau", name="Gold ounce", scale=4, type="Metals")]) == 1
    assert api.assets.get(DEALER, "xau").value.source == "Crm"
    assert api.assets.sync(DEALER, [NewAsset(id="xau", name="Gold ounce", scale=4, type="Metals")]) == 0


def test_a_group_in_use_stays_and_its_users_are_named(api: BackApi) -> None:
    api.markets.create(DEALER, cfd(market_group_id="majors"))
    with pytest.raises(InUse, match=r"cfd\.xau_usd"):
        api.market_groups.delete(DEALER, "majors")
    assert api.market_groups.get(DEALER, "majors").value.market_count == 1


def test_a_group_is_made_renamed_and_deleted(api: BackApi) -> None:
    assert api.market_groups.create(DEALER, NewMarketGroup(name="Métaux & Co")).market_group_id == "metaux-co"
    assert api.market_groups.create(DEALER, NewMarketGroup(name="Metaux Co")).market_group_id == "metaux-co-2"
    api.market_groups.update(DEALER, "metaux-co", MarketGroupChange(name="Metals"), version=1)
    with pytest.raises(Stale):
        api.market_groups.delete(DEALER, "metaux-co", version=1)
    api.market_groups.delete(DEALER, "metaux-co", version=2)
    with pytest.raises(NotFound):
        api.market_groups.get(DEALER, "metaux-co")


@pytest.mark.parametrize("draft", [NewMarketGroup(name=" "), NewMarketGroup(name="Majors"), NewMarketGroup(name="x" * 51)])
def test_a_group_needs_a_free_and_printable_name(api: BackApi, draft: NewMarketGroup) -> None:
    with pytest.raises(Invalid) as refused:
        api.market_groups.create(DEALER, draft)
    assert "name" in refused.value.fields


@pytest.mark.parametrize("id", ["majors", "Majors", "a--b", "-a", "x" * 41])
def test_a_given_id_must_be_a_free_slug(api: BackApi, id: str) -> None:
    with pytest.raises(Invalid) as refused:
        api.market_groups.create(DEALER, NewMarketGroup(market_group_id=id, name="Other"))
    assert "marketGroupId" in refused.value.fields


def test_a_liquidity_session_in_use_stays(api: BackApi) -> None:
    api.markets.create(DEALER, cfd(trading_session_ids=["lp-trading"]))
    with pytest.raises(InUse):
        api.liquidity_sessions.delete(DEALER, "lp-trading")
    api.liquidity_sessions.update(DEALER, "lp-trading", LiquiditySessionChange(name="LP Trading", status="Connected", liquidity_provider_id="lp"))
    assert api.markets.get(DEALER, "cfd.xau_usd").value.trading_sessions[0].status == "Connected"


def test_two_sessions_cannot_share_a_name(api: BackApi) -> None:
    with pytest.raises(Invalid) as refused:
        api.liquidity_sessions.create(DEALER, NewLiquiditySession(kind="Trading", name="LP Trading", liquidity_provider_id="lp"))
    assert refused.value.fields == {"name": ["LP Trading is taken"]}


def tree(*categories: CategoryDraft) -> CategoryTreeDraft:
    return CategoryTreeDraft(categories=list(categories))


def test_the_tree_is_replaced_as_a_whole_and_keeps_ids(api: BackApi) -> None:
    api.markets.create(DEALER, cfd())
    first = api.categories.replace(DEALER, tree(CategoryDraft(name="Metals", markets=["cfd.xau_usd"], categories=[CategoryDraft(name="Gold")])))
    metals = first.categories[0]
    assert metals.markets[0].display_name == "XAU/USD"
    second = api.categories.replace(DEALER, tree(CategoryDraft(id=metals.id, name="Metal"), CategoryDraft(name="FX")), version=2)
    assert [category.name for category in second.categories] == ["Metal", "FX"]
    assert second.categories[0].id == metals.id


def test_a_tree_saved_on_an_old_version_is_refused(api: BackApi) -> None:
    version = api.categories.get(DEALER).version
    api.categories.replace(DEALER, tree(CategoryDraft(name="A")), version=version)
    with pytest.raises(Stale):
        api.categories.replace(DEALER, tree(CategoryDraft(name="B")), version=version)
    assert [category.name for category in api.categories.get(DEALER).value.categories] == ["A"]


def test_faults_of_a_tree_name_their_place(api: BackApi) -> None:
    deep = CategoryDraft(name="6")
    for level in "54321":
        deep = CategoryDraft(name=level, categories=[deep])
    with pytest.raises(Invalid) as refused:
        api.categories.replace(
            DEALER,
            tree(
                deep,
                CategoryDraft(name="X", markets=["cfd.nope"]),
                CategoryDraft(name="X"),
                CategoryDraft(id="a", name=" "),
                CategoryDraft(id="a", name="Z"),
            ),
        )
    assert set(refused.value.fields) == {
        "categories[0].categories[0].categories[0].categories[0].categories[0].categories[0]"[: len("categories[0]") * 6 + 5],
        "categories[1].markets[0]",
        "categories[2].name",
        "categories[3].name",
        "categories[4].id",
    }
