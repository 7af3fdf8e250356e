"""Lists of others: mapped, filtered, transformed; what contradicts itself is told, not guessed."""

import msgspec
import pytest

from backoffice.contracts.errors import Invalid, NotFound, NotPermitted
from backoffice.contracts.market_files import FieldSource, FileMapping, MarketFile, NewMappingPreset, RowFilter
from backoffice.markets.models import Asset, Market
from backoffice.services import BackApi
from tests.files.conftest import CLERK, counts, upload, worked

LIST = b"""broker,symbol,type,description,quote_currency,contract_multiplier,minimum_price_variation,lot_size

#
# Lines of notes begin so
#

alpha,GERIDXEUR,cfd,German shares,EUR,0.1,0.1,1
alpha,OZIDXAUD,cfd,Australian shares,USD,0.1,0.1,1
alpha,OILUSD,cfd,Crude Oil (heavy) & light,USD,10,0.001,1
alpha,PLATAUUSD,cfd,,USD,1,0.00001,50

beta,GERIDXEUR,cfd,Germany,EUR,1,0.1,1
beta,GBPCHF,forex,GBP/CHF,CHF,1,0.00001,1000
beta,CHFJPY,forex,CHF/JPY,JPY,1,0.001,1000
beta,GOLDCHF,cfd,Gold,CHF,1,1,1
beta,[*],option,,USD,100,0.01,1
"""


def guessed(api: BackApi, file: MarketFile, *brokers: str) -> FileMapping:
    guess = api.market_files.sample(CLERK, file.id).guess
    filters = [RowFilter(column="broker", values=list(brokers))] if brokers else []
    return FileMapping(sources=guess.sources, comment_prefix=guess.comment_prefix, create_assets=guess.create_assets, row_filters=filters)


def imported(api: BackApi, *brokers: str) -> MarketFile:
    file = upload(LIST)
    assert file.stage == "Failed"
    api.market_files.remap(CLERK, file.id, guessed(api, file, *brokers))
    return worked(file.id)


def test_a_sample_shows_the_file_and_guesses_its_columns(api: BackApi) -> None:
    file = upload(LIST)
    sample = api.market_files.sample(CLERK, file.id)
    assert sample.headers[:3] == ["broker", "symbol", "type"]
    assert (sample.rows[0][1], sample.is_ours) == ("GERIDXEUR", False)
    assert sample.distinct["broker"] == ["alpha", "beta"]
    by_field = {source.field: source for source in sample.guess.sources}
    assert by_field["baseAssetId"] == FieldSource(field="baseAssetId", column="symbol", transform="WithoutQuote")
    assert by_field["subtype"].values == {"cfd": "Other", "forex": "Fx", "option": "Other"}
    assert by_field["priceScale"] == FieldSource(field="priceScale", column="minimum_price_variation", transform="Decimals")


def test_the_rows_of_one_broker_are_imported_with_their_assets(api: BackApi) -> None:
    file = imported(api, "beta")
    faults = [(fault.row, fault.column, fault.value) for fault in api.market_files.errors(CLERK, file.id).items]
    assert {row for row, _, _ in faults} == {16}, faults
    assert (counts(file), file.assets_created) == ((4, 0, 0, 1), 3)
    api.market_files.apply(CLERK, file.id)
    file = worked(file.id)
    assert (file.stage, file.assets_created) == ("Applied", 3)
    assert dict(Asset.objects.filter(id__in=["chf", "gold", "geridx"]).values_list("id", "type")) == {
        "chf": "Fiat",
        "gold": "Other",
        "geridx": "Other",
    }
    market = Market.objects.get(pk="cfd.chf_jpy")
    assert (market.price_scale, str(market.tick_size), market.lot_size, market.subtype, market.status) == (3, "0.001", 1000, "Fx", "Disabled")
    assert Market.objects.get(pk="cfd.gold_chf").price_scale == 2
    assert counts(upload(LIST, mapping=guessed(api, upload(LIST), "beta"))) == (0, 0, 4, 1)


def test_undo_takes_the_assets_away_again(api: BackApi) -> None:
    file = imported(api, "beta")
    api.market_files.apply(CLERK, file.id)
    worked(file.id)
    api.market_files.undo(CLERK, file.id)
    assert not Market.objects.exists()
    assert not Asset.objects.filter(id__in=["chf", "gold", "geridx"]).exists()


def test_a_row_that_contradicts_itself_is_told_and_not_guessed(api: BackApi) -> None:
    file = imported(api, "alpha")
    contradiction, name = api.market_files.errors(CLERK, file.id).items
    assert (contradiction.row, contradiction.column, contradiction.value, contradiction.suggestion) == (8, "symbol", "OZIDXAUD", None)
    assert contradiction.reason == "OZIDXAUD does not end with USD, its quote_currency; the row contradicts itself"
    assert (name.row, name.column, name.suggestion) == (9, "description", "Crude Oil heavy and light")


def test_taking_the_suggestions_leaves_only_the_contradiction(api: BackApi) -> None:
    file = imported(api, "alpha")
    api.market_files.repair(CLERK, file.id)
    file = worked(file.id)
    assert (counts(file), file.takes_suggestions) == ((3, 0, 0, 1), True)
    api.market_files.apply(CLERK, file.id)
    assert worked(file.id).stage == "Applied"
    assert Market.objects.get(pk="cfd.oil_usd").full_name == "Crude Oil heavy and light"


def test_without_a_filter_the_second_row_of_a_symbol_names_the_first(api: BackApi) -> None:
    file = imported(api)
    reasons = [fault.reason for fault in api.market_files.errors(CLERK, file.id).items if fault.row == 12]
    assert reasons == ["row 7 is for the same market, cfd.geridx_eur"]


def test_a_mapping_can_be_tried_without_consequence(api: BackApi) -> None:
    file = upload(LIST)
    tried = api.market_files.try_mapping(CLERK, file.id, guessed(api, file, "alpha"))
    first = dict(zip(tried.fields, tried.rows[0], strict=True))
    assert (first["baseAssetId"], first["quoteAssetId"], first["priceScale"]) == ("geridx", "eur", "2")
    assert [fault.row for fault in tried.errors] == [8, 9]
    assert api.market_files.get(CLERK, file.id).mapping is None


def test_a_mapping_that_names_what_is_not_there_is_refused(api: BackApi) -> None:
    file = upload(LIST)
    identity = [FieldSource(field=name, constant="x") for name in ("type", "quoteAssetId", "baseAssetId")]
    for wrong in (
        FieldSource(field="colour", constant="x"),
        FieldSource(field="status"),
        FieldSource(field="type", constant="x"),
        FieldSource(field="status", column="x"),
    ):
        with pytest.raises(Invalid):
            api.market_files.try_mapping(CLERK, file.id, FileMapping(sources=[*identity, wrong]))


def test_what_is_applied_has_no_sample(api: BackApi) -> None:
    file = imported(api, "beta")
    api.market_files.apply(CLERK, file.id)
    worked(file.id)
    with pytest.raises(NotFound):
        api.market_files.sample(CLERK, file.id)


def test_presets_are_kept_under_their_names(api: BackApi) -> None:
    mapping = guessed(api, upload(LIST), "beta")
    first = api.market_files.save_preset(CLERK, NewMappingPreset(name="Beta", mapping=mapping))
    other = FileMapping(sources=mapping.sources, create_assets=False)
    again = api.market_files.save_preset(CLERK, NewMappingPreset(name=" Beta ", mapping=other))
    assert (again.id, [preset.mapping for preset in api.market_files.presets(CLERK)]) == (first.id, [other])
    api.market_files.delete_preset(CLERK, first.id)
    assert api.market_files.presets(CLERK) == []
    with pytest.raises(NotFound):
        api.market_files.delete_preset(CLERK, first.id)
    with pytest.raises(Invalid):
        api.market_files.save_preset(CLERK, NewMappingPreset(name=" ", mapping=mapping))


def test_who_may_not_manage_assets_cannot_import_any(api: BackApi) -> None:
    clerk = msgspec.structs.replace(CLERK, operations=CLERK.operations - {"manage-assets"})
    file = upload(LIST)
    mapping = guessed(api, file, "beta")
    with pytest.raises(NotPermitted):
        api.market_files.remap(clerk, file.id, mapping)
    api.market_files.remap(clerk, file.id, msgspec.structs.replace(mapping, create_assets=False))
    assert counts(worked(file.id)) == (0, 0, 0, 5)
    api.market_files.remap(CLERK, file.id, mapping)
    api.market_files.run(clerk, file.id)
    assert api.market_files.get(CLERK, file.id).stage_reason == "This needs the operation manage-assets."
