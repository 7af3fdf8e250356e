"""Files of commission rules in the portal: upload, faults and their repair, the change set, downloads."""

import csv
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.portal.commission_desk import open_desk, outline
from tests.portal.desk_people import EVERYTHING, signed_in
from tests.portal.posted import page_of

UPLOAD, DOWNLOAD = "/commissions/files/upload/", "/commissions/rules/download/"
HEAD = "profileId,priority,marketId,marketGroupId,isDefault,spotSize,cfdType,cfdSize,cfdAssetId,minFeeRAT\n"
RIGHT = "vip,1,,metals,,0.2,PerVolume,0.05,,0\nvip,2,cfd.xau_usd,,,0.1,PerVolume,0.05,,1\n"


@pytest.fixture(autouse=True)
def storage(tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def clerk(db: None) -> Client:
    open_desk()
    return signed_in(*EVERYTHING)


def sent(client: Client, text: str, name: str = "rules.csv") -> Any:
    return client.post(UPLOAD, {"file": SimpleUploadedFile(name, text.encode(), content_type="text/csv")})


def test_a_right_file_leads_to_its_change_set(clerk: Client) -> None:
    answer = sent(clerk, HEAD + RIGHT)
    assert (answer.status_code, answer["Location"][:21]) == (303, "/commissions/changes/")
    page = page_of(clerk, answer["Location"])
    assert "rules.csv" in page
    assert outline() == ["cfd.xau_usd", "metals", "default"]


def test_faults_are_shown_and_the_incorrect_rows_come_back_to_be_repaired(clerk: Client) -> None:
    answer = sent(clerk, HEAD + RIGHT.replace("metals", "metalz"))
    page = page_of(clerk, answer["Location"])
    assert "1 of 2 rows is incorrect" in page
    assert "<ins>metals</ins>" in page
    incorrect = b"".join(clerk.get(answer["Location"] + "incorrect-rows/?format=Csv").streaming_content).decode()
    repaired = sent(clerk, incorrect.replace("metalz,", "metals,", 1))
    assert repaired["Location"].startswith("/commissions/changes/")


def test_rules_that_are_so_already_are_said_to_be(clerk: Client) -> None:
    content = b"".join(clerk.get(DOWNLOAD + "?format=Csv&profile=vip").streaming_content).decode()
    assert [one["profileId"] for one in csv.DictReader(io.StringIO(content))] == ["vip"] * 3
    assert "There is nothing to change" in page_of(clerk, sent(clerk, content)["Location"])


def test_a_file_that_cannot_be_read_is_refused_on_the_form(clerk: Client) -> None:
    answer = sent(clerk, "%PDF-1.7")
    assert answer.status_code == 400
    assert "neither CSV nor XLSX" in answer.content.decode()
    assert "Choose a file first" in clerk.post(UPLOAD).content.decode()
    assert HEAD.strip() == clerk.get("/commissions/files/template/").content.decode().strip()


def test_a_hostile_name_and_hostile_cells_stay_text(clerk: Client) -> None:
    answer = sent(clerk, HEAD + RIGHT.replace("cfd.xau_usd", "<img src=x onerror=alert(1)>"), name="<b>x.csv")
    page = page_of(clerk, answer["Location"])
    assert "<img src=x" not in page
    assert "<b>x.csv" not in page
    assert "&lt;b&gt;x.csv" in page


def test_who_may_only_look_downloads_and_uploads_nothing(clerk: Client) -> None:
    reader = signed_in("view-commission-rules", "view-common", name="Vera Viewer")
    assert reader.get(UPLOAD).status_code == 403
    assert sent(reader, HEAD + RIGHT).status_code == 403
    assert reader.get(DOWNLOAD).status_code == 200
    assert "Download rules" in page_of(reader, "/commissions/profiles/vip/")


@pytest.mark.parametrize(
    ("path", "section"),
    [
        (UPLOAD, "/commissions/profiles/"),
        ("/new/commission-profile/", "/commissions/profiles/"),
        ("/new/commission-assignment/", "/commissions/assignments/"),
        ("/new/client/", "/clients/"),
        ("/new/account-group/", "/account-groups/"),
    ],
)
def test_the_sidebar_shows_where_one_is(clerk: Client, path: str, section: str) -> None:
    marked = re.findall(r'<a class="nav" href="([^"]+)"[^>]* aria-current="page"', page_of(clerk, path))
    assert marked == [section]
