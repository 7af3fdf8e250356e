"""Market files in the portal: upload, mapping, preview, repair, apply and undo, and what it refuses."""

import csv
import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from backoffice.contracts.actor import Actor
from backoffice.contracts.operations import ALL
from backoffice.services import back_api
from portal.forms.market_columns import COLUMNS
from tests.portal.desk_people import OWNER, make_market

WORKER = Actor(kind="system", id="worker", name="worker", door="job", operations=frozenset(ALL))
HTMX = {"HX-Request": "true"}
OURS = "type,baseAssetId,quoteAssetId,displayName,priceScale,tickSize\nCfd,xau,eur,XAU/EUR,2,0.01\nCfd,xau,usd,XAU/USD,3,0.01\n"
FAULTY = OURS + "Cfd,eur,usd,EUR USD,5,0.01\nCfd,eur,xau,EUR/XAU,99,0.01\n"
FOREIGN = "# our provider\nvenue,symbol,kind,currency,tick\nalpha,XAUEUR,metal,EUR,0.01\n# beta below\nbeta,XAUUSD,metal,USD,0.001\n" + "".join(
    f"beta,{symbol},forex,{symbol[3:]},0.01\n" for symbol in ("EURUSD", "EURXAU", "USDXAU", "USDEUR")
)


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, settings: object) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


def upload(client: Client, text: str, *, mode: str = "Preview", name: str = "markets.csv", **more: str) -> str:
    """The address of the file's page, after the worker has read the file."""
    answer = client.post("/files/upload/", {"file": SimpleUploadedFile(name, text.encode()), "mode": mode, **more})
    assert answer.status_code == 303, answer.content.decode()
    return worked(answer.headers["Location"])


def worked(address: str) -> str:
    back_api().market_files.run(WORKER, address.strip("/").split("/")[-1])
    return address


def page(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_a_file_is_previewed_applied_and_undone(clerk: Client) -> None:
    make_market(price_scale=2, lot_size=10)
    address = upload(clerk, OURS)
    preview = page(clerk, address)
    assert "Apply 2 changes" in preview
    assert "cfd.xau_eur" in preview
    updated = page(clerk, f"{address}?show=Updated")
    assert "<del>2</del> → <ins>3</ins>" in updated
    assert "1 market is created, 1 is updated." in page(clerk, f"{address}apply/")

    worked(clerk.post(f"{address}apply/").headers["Location"])
    applied = page(clerk, address)
    assert "Applied in one step" in applied
    assert back_api().markets.get(OWNER, "cfd.xau_usd").value.price_scale == 3

    assert clerk.post(f"{address}undo/").status_code == 303
    assert "Undone" in page(clerk, address)
    assert back_api().markets.get(OWNER, "cfd.xau_usd").value.price_scale == 2
    assert [market.market_id for market in back_api().markets.names(OWNER)] == ["cfd.xau_usd"]


def test_an_undo_that_later_edits_forbid_names_each_market(clerk: Client) -> None:
    make_market(price_scale=2)
    address = upload(clerk, OURS, mode="ValidRows")
    assert upload(clerk, OURS.replace(",3,", ",4,"), mode="ValidRows")
    answer = clerk.post(f"{address}undo/")
    assert answer.status_code == 409
    assert "/markets/cfd.xau_usd/" in answer.content.decode()
    assert "was edited since: priceScale" in answer.content.decode()


def test_faults_are_shown_with_suggestions_and_suggestions_are_taken(clerk: Client) -> None:
    address = upload(clerk, FAULTY)
    faults = page(clerk, f"{address}?show=Invalid")
    assert "<ins>EUR-USD</ins>" in faults
    assert "Apply suggestions" in faults
    worked(clerk.post(f"{address}repair/").headers["Location"])
    assert "Apply 4 changes" in page(clerk, address)


def test_incorrect_rows_come_as_a_file(clerk: Client) -> None:
    address = upload(clerk, FAULTY)
    answer = clerk.get(f"{address}incorrect-rows/?format=Csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="markets-incorrect-rows.csv"'
    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode())))  # type: ignore[arg-type]
    assert [row["displayName"] for row in rows] == ["EUR USD", "EUR/XAU"]
    assert clerk.get(f"{address}incorrect-rows/?format=Xlsx").headers["Content-Disposition"].endswith('.xlsx"')


def test_a_foreign_layout_leads_to_the_mapping_that_is_guessed_for_it(clerk: Client) -> None:
    address = upload(clerk, FOREIGN.removeprefix("# our provider\n"))
    assert "another layout than ours" in page(clerk, address)
    mapping = page(clerk, f"{address}mapping/")
    assert 'value="column:symbol" selected' in mapping
    assert 'value="WithoutQuote" selected' in mapping
    assert "The first rows, as they would be read" in mapping


def form(**more: str | list[str]) -> dict[str, object]:
    return {
        "source.type": "=", "constant.type": "Cfd",
        "source.baseAssetId": "column:symbol", "of.baseAssetId": "symbol", "how.baseAssetId": "WithoutQuote",
        "source.quoteAssetId": "column:currency", "of.quoteAssetId": "currency", "how.quoteAssetId": "Lower",
        "source.displayName": "column:symbol", "of.displayName": "symbol",
        "source.priceScale": "column:tick", "of.priceScale": "tick", "how.priceScale": "Decimals",
        "source.subtype": "column:kind", "of.subtype": "kind", "was.subtype": ["metal", "forex"], "becomes.subtype": ["Metals", "Fx"],
        "filtered": "venue", "known.venue": ["alpha", "beta"], "keep.venue": ["alpha"],
        "comment": "#", "create_assets": "true",
    } | more  # fmt: skip


def test_a_mapping_is_tried_as_a_fragment_and_stores_nothing(clerk: Client) -> None:
    address = upload(clerk, FOREIGN.removeprefix("# our provider\n"))
    trial = clerk.post(f"{address}mapping/", form(), headers=HTMX).content.decode()
    assert trial.lstrip().startswith('<section class="card" id="trial"')
    assert "1 row, " in trial
    assert "<td>Metals</td>" in trial
    broken = clerk.post(f"{address}mapping/", form(**{"source.type": ""}), headers=HTMX).content.decode()
    assert "must give marketId, or type, baseAssetId and quoteAssetId" in broken
    assert "another layout than ours" in page(clerk, address)


def test_a_file_is_read_with_its_mapping_which_is_kept_as_a_preset(clerk: Client) -> None:
    address = upload(clerk, FOREIGN.removeprefix("# our provider\n"))
    saved = clerk.post(f"{address}mapping/", form(do="save", preset_name="Alpha list"))
    assert saved.status_code == 303
    assert "Alpha list" in page(clerk, saved.headers["Location"])
    worked(clerk.post(f"{address}mapping/", form(do="read")).headers["Location"])
    assert "Apply 1 change" in page(clerk, address)

    (preset,) = back_api().market_files.presets(OWNER)
    again = upload(clerk, FOREIGN.removeprefix("# our provider\n"), mode="ValidRows", preset=preset.id)
    assert "Applied in one step" in page(clerk, again)
    assert back_api().markets.get(OWNER, "cfd.xau_eur").value.subtype == "Metals"
    clerk.post(f"/files/presets/{preset.id}/delete/", {"next": f"{address}mapping/"})
    assert back_api().market_files.presets(OWNER) == []


def test_a_preset_without_a_name_is_refused_and_the_mapping_stays(clerk: Client) -> None:
    address = upload(clerk, FOREIGN.removeprefix("# our provider\n"))
    answer = clerk.post(f"{address}mapping/", form(do="save", preset_name=" "))
    assert answer.status_code == 400
    assert 'name="keep.venue" value="alpha" checked' in answer.content.decode()
    assert 'name="keep.venue" value="beta">' in answer.content.decode()


def test_a_field_that_gets_another_column_forgets_the_values_of_the_old_one(clerk: Client) -> None:
    address = upload(clerk, FOREIGN.removeprefix("# our provider\n"))
    sent = form(**{"source.subtype": "column:venue"})
    line = clerk.post(f"{address}mapping/source/", sent, headers={**HTMX, "HX-Trigger-Name": "source.subtype"}).content.decode()
    assert 'name="was.subtype" value="alpha"' in line
    assert 'value="metal"' not in line


def test_progress_is_polled_until_the_file_rests_then_the_page_loads_again(clerk: Client) -> None:
    address = clerk.post("/files/upload/", {"file": SimpleUploadedFile("a.csv", OURS.encode()), "mode": "Preview"}).headers["Location"]
    running = page(clerk, address)
    assert 'hx-trigger="every 1s"' in running
    assert "Waiting for a worker" in running
    assert clerk.get(f"{address}progress/", headers=HTMX).status_code == 200
    assert 'hx-trigger="every 1s"' in page(clerk, "/files/")
    worked(address)
    last = clerk.get(f"{address}progress/", headers=HTMX)
    assert (last.status_code, last.headers["HX-Refresh"]) == (286, "true")
    assert clerk.get(f"{address}pulse/", headers=HTMX).status_code == 286


def test_the_same_bytes_applied_before_are_pointed_out(clerk: Client) -> None:
    first = upload(clerk, OURS, mode="ValidRows")
    again = page(clerk, upload(clerk, OURS))
    assert "The very same file was applied before" in again
    assert first in again
    assert "There is nothing to apply" in again


def test_what_is_not_waiting_is_neither_applied_nor_discarded(clerk: Client) -> None:
    address = upload(clerk, OURS)
    assert clerk.post(f"{address}discard/").status_code == 303
    assert "Discarded before it was applied" in page(clerk, address)
    answer = clerk.post(f"{address}apply/")
    assert answer.status_code == 409
    assert "The file is Discarded" in answer.content.decode()


def test_all_or_nothing_fails_with_its_reason(clerk: Client) -> None:
    failed = page(clerk, upload(clerk, FAULTY, mode="AllOrNothing"))
    assert "2 of 4 rows have faults; nothing was applied." in failed
    assert back_api().markets.names(OWNER) == []


def test_an_upload_without_a_file_or_with_a_wrong_one_says_why(clerk: Client) -> None:
    assert "Choose a file first." in clerk.post("/files/upload/", {"mode": "Preview"}).content.decode()
    answer = clerk.post("/files/upload/", {"file": SimpleUploadedFile("a.csv", b"%PDF-1.7"), "mode": "AllOrNothing"})
    assert answer.status_code == 400
    assert "is neither CSV nor XLSX" in answer.content.decode()
    assert 'value="AllOrNothing" checked' in answer.content.decode()


def test_the_template_is_a_header_that_we_understand(clerk: Client) -> None:
    answer = clerk.get("/files/template/")
    header = answer.content.decode().strip()
    assert header.split(",") == [column.field for column in COLUMNS]
    assert "There is nothing to apply" in page(clerk, upload(clerk, header + "\n"))


def test_an_export_is_downloaded_from_its_page(clerk: Client) -> None:
    make_market()
    address = clerk.post("/markets/export/", {"format": "Csv", "query": ""}).headers["Location"]
    worked(address)
    assert f'href="{address}download/"' in page(clerk, address)
    assert "cfd.xau_usd" in b"".join(clerk.get(f"{address}download/")).decode()  # type: ignore[arg-type]


@pytest.mark.parametrize("path", ["/files/", "/files/upload/"])
def test_files_are_for_those_who_manage_markets(viewer: Client, path: str) -> None:
    answer = viewer.get(path)
    assert answer.status_code == 403
    assert "manage-markets" in answer.content.decode()
    assert 'href="/files/"' not in viewer.get("/markets/").content.decode()


def test_an_unknown_file_is_not_there(clerk: Client) -> None:
    assert clerk.get("/files/00000000-0000-0000-0000-000000000000/").status_code == 404
    assert clerk.get("/files/nonsense/mapping/").status_code == 404
