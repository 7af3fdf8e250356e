"""A market file's way through the API: upload, look, repair, apply, undo, export."""

import io
import json
from typing import Any

import pytest

from backoffice.services import back_api
from tests.api.callers import OWNER, Caller
from tests.contract.area import UPLOAD, form, upload

HEAD = b"marketId,type,baseAssetId,quoteAssetId,displayName,status,priceScale,amountScale\n"
RIGHT = b",Spot,btc,usd,BTC/USD,Disabled,2,8\n"
WRONG = b",Spot,btc,usd,BTC2/USD,Opne,2,8\n"
FOREIGN = {
    "sources": [
        {"field": "displayName", "column": "symbol"},
        {"field": "baseAssetId", "column": "coin", "transform": "Lower"},
        {"field": "quoteAssetId", "constant": "usd"},
        {"field": "type", "constant": "Spot"},
        {"field": "priceScale", "constant": "2"},
    ]
}
FOREIGN_CSV = b"symbol,coin\nBTC/USD,BTC\n"


def sent(caller: Caller, content: bytes, name: str = "markets.csv", **fields: str) -> Any:
    return caller.send("POST", "markets/file", form(file=upload(name, content), **fields), media=UPLOAD)


def worked(caller: Caller, content: bytes, **fields: str) -> str:
    """The file's id, after the worker did its part."""
    answer = sent(caller, content, **fields)
    assert (answer.status_code, answer.json()["status"]) == (200, "InProcess")
    return run(answer.json()["id"])


def run(file_id: str) -> str:
    back_api().market_files.run(OWNER, file_id)
    return file_id


@pytest.fixture
def clerk(anybody: Caller, broker: None) -> Caller:
    return anybody


def test_the_right_rows_are_applied_and_the_result_is_the_contracts(clerk: Caller) -> None:
    file = worked(clerk, HEAD + RIGHT + WRONG)
    assert clerk.get(f"markets/file/{file}").json() == {"status": "Completed", "created": 1, "updated": 0, "errors": 1, "incorrectRows": [3]}
    assert clerk.get("markets/spot.btc_usd").status_code == 200


def test_all_or_nothing_applies_nothing_when_a_row_is_wrong(clerk: Caller) -> None:
    file = worked(clerk, HEAD + RIGHT + WRONG, mode="AllOrNothing")
    assert clerk.get(f"markets/file/{file}").json()["status"] == "Failed"
    assert clerk.get("markets/spot.btc_usd").status_code == 404


def test_a_preview_is_looked_through_repaired_applied_and_undone(clerk: Caller) -> None:
    file = worked(clerk, HEAD + WRONG, mode="Preview")
    shown = clerk.get(f"markets/files/{file}").json()
    assert (shown["stage"], shown["errors"]) == ("Previewed", 1)
    page = clerk.get(f"markets/file/{file}/errors").json()
    assert set(page) == {"items", "next", "total", "isExceeded"}
    (fault,) = page["items"]
    assert (fault["row"], fault["column"], fault["value"], fault["suggestion"]) == (2, "status", "Opne", "Open")
    assert [row["action"] for row in clerk.get(f"markets/file/{file}/rows?action=Invalid").json()["items"]] == ["Invalid"]
    repaired = run(clerk.post(f"markets/file/{file}/repair").json()["id"])
    assert clerk.get(f"markets/files/{repaired}").json()["stage"] == "Previewed"


def test_a_preview_is_applied_and_undone(clerk: Caller) -> None:
    file = worked(clerk, HEAD + RIGHT, mode="Preview")
    assert clerk.get("markets/spot.btc_usd").status_code == 404
    assert clerk.post(f"markets/file/{file}/apply").json() == {"id": file, "status": "InProcess"}
    run(file)
    assert clerk.get("markets/spot.btc_usd").status_code == 200
    undone = clerk.post(f"markets/file/{file}/undo")
    assert (undone.status_code, undone.content) == (200, b"")
    assert clerk.get("markets/spot.btc_usd").status_code == 404
    assert clerk.post(f"markets/file/{file}/undo").status_code == 409


def test_a_preview_is_discarded_once(clerk: Caller) -> None:
    file = worked(clerk, HEAD + RIGHT, mode="Preview")
    assert [clerk.post(f"markets/file/{file}/discard").status_code for _ in range(2)] == [200, 409]


@pytest.mark.parametrize(("format", "media"), [("Csv", "text/csv"), ("Xlsx", "application/vnd.openxmlformats")])
def test_the_incorrect_rows_come_as_a_file(format: str, media: str, clerk: Caller) -> None:
    file = worked(clerk, HEAD + RIGHT + WRONG, mode="Preview")
    answer = clerk.get(f"markets/file/{file}/errors?format={format}")
    assert answer.streaming
    content = b"".join(answer.streaming_content)
    assert answer["Content-Type"].startswith(media)
    assert answer["Content-Disposition"] == f'attachment; filename="market-errors.{format.lower()}"'
    assert (b"Opne" in content) == (format == "Csv")


@pytest.mark.parametrize("format", ["Csv", "Xlsx"])
def test_an_export_is_made_and_handed_over_and_imports_as_unchanged(format: str, clerk: Caller) -> None:
    worked(clerk, HEAD + RIGHT)
    started = clerk.get(f"markets/download?format={format}").json()
    assert clerk.get(f"markets/download/{started['id']}").status_code == 400
    file = run(started["id"])
    assert clerk.get(f"markets/file/{file}").json()["status"] == "Completed"
    answer = clerk.get(f"markets/download/{file}")
    content = b"".join(answer.streaming_content)
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    again = run(sent(clerk, content, name=f"markets.{format.lower()}").json()["id"])
    assert clerk.get(f"markets/files/{again}").json()["unchanged"] == 1


def test_a_foreign_layout_comes_with_its_mapping_or_a_preset(clerk: Caller) -> None:
    saved = clerk.post("markets/mapping-presets", {"name": "LP", "mapping": FOREIGN})
    assert saved.status_code == 201
    preset = saved.json()["id"]
    assert [found["id"] for found in clerk.get("markets/mapping-presets").json()] == [preset]
    mapped = worked(clerk, FOREIGN_CSV, mapping=json.dumps(FOREIGN), mode="Preview")
    preset_mapped = worked(clerk, FOREIGN_CSV, presetId=preset, mode="Preview")
    again = worked(clerk, FOREIGN_CSV, mode="Preview")
    assert clerk.post(f"markets/file/{again}/mapping", FOREIGN).status_code == 200
    for file in (mapped, preset_mapped, run(again)):
        shown = clerk.get(f"markets/files/{file}").json()
        assert (shown["stage"], shown["created"], shown["errors"]) == ("Previewed", 1, 0), clerk.get(f"markets/file/{file}/errors").content
    assert clerk.delete(f"markets/mapping-presets/{preset}").status_code == 200
    assert sent(clerk, FOREIGN_CSV, presetId=preset).status_code == 404


def test_files_are_listed_page_by_page(clerk: Caller) -> None:
    files = [worked(clerk, HEAD + RIGHT, mode="Preview") for _ in range(3)]
    first = clerk.get("markets/files?limit=2").json()
    second = clerk.get(f"markets/files?limit=2&after={first['next']}").json()
    assert {file["id"] for page in (first, second) for file in page["items"]} == set(files)
    assert second["next"] is None
    assert list(clerk.get("markets/files?after=nowhere").json()["errors"]) == ["after"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"mode": "preview"}, "mode"),
        ({"mapping": "{"}, "mapping"),
        ({"mapping": '{"sources": [{"field": "a", "feild": "b"}]}'}, "mapping.sources[0].feild"),
        ({"mapping": "{}"}, "mapping.sources"),
        ({"mapping": '{"sources": []}', "presetId": "x"}, "presetId"),
        ({"presetId": "a\0"}, "presetId"),
        ({"overwrite": "true"}, "overwrite"),
    ],
)
def test_a_form_that_does_not_fit(fields: dict[str, str], field: str, clerk: Caller) -> None:
    answer = sent(clerk, HEAD + RIGHT, **fields)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_a_body_that_is_no_form_or_has_no_file(clerk: Caller) -> None:
    assert list(clerk.post("markets/file", {"file": "x"}).json()["errors"]) == ["Content-Type"]
    assert list(clerk.send("POST", "markets/file", form(mode="Preview"), media=UPLOAD).json()["errors"]) == ["file"]
    two = form(file=[upload(), upload()])
    assert list(clerk.send("POST", "markets/file", two, media=UPLOAD).json()["errors"]) == ["file"]
    assert clerk.send("POST", "markets/file", b"--nonsense", media="multipart/form-data").status_code == 400
    assert clerk.send("POST", "markets/file", b"--nonsense", media=UPLOAD).status_code == 400


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(clerk: Caller, settings: Any) -> None:
    settings.MARKET_FILE_MAX_BYTES = 100
    answer = sent(clerk, io.BytesIO(b"x" * 1_200_000).getvalue())
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["file"])


@pytest.mark.parametrize("id", ["x", "00000000-0000-0000-0000-000000000000", "%27", "a" * 500])
def test_a_file_that_is_not_there(id: str, clerk: Caller) -> None:
    reads = [f"markets/file/{id}", f"markets/file/{id}/errors", f"markets/file/{id}/errors?format=Csv", f"markets/file/{id}/rows"]
    for path in (*reads, f"markets/files/{id}", f"markets/download/{id}"):
        assert clerk.get(path).status_code == 404, path
    for act in ("apply", "repair", "discard", "undo"):
        assert clerk.post(f"markets/file/{id}/{act}").status_code == 404
