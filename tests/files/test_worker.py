"""Workers die at any moment; a file is then read again or fails with a reason, and is never half applied."""

import io
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pytest
from celery import current_app
from django.conf import settings
from django.db import connection
from django.utils import timezone

from backoffice.contracts.errors import NotPermitted
from backoffice.core.models import AuditChange
from backoffice.markets.files import claims, doorbell, storage
from backoffice.markets.models import Market, MarketFile, MarketFileRow
from backoffice.services import BackApi, back_api
from tests.files.conftest import CLERK, WORKER, as_csv, counts, desk, row, rows, upload, worked

COUNT = 20_000
WORK = """
import django; django.setup()
from django.conf import settings; settings.MEDIA_ROOT = {media!r}
from tests.files.conftest import CLERK
from backoffice.services import back_api
back_api().market_files.run(CLERK, {file!r})
"""


def waiting(content: bytes) -> str:
    return back_api().market_files.upload(CLERK, io.BytesIO(content), name="x.csv", mode="ValidRows").id


def later(file_id: str) -> None:
    """The lease of whoever held it has run out."""
    MarketFile.objects.filter(pk=file_id, lease_until__isnull=False).update(lease_until=timezone.now() - timedelta(seconds=1))


@pytest.fixture
def committed(transactional_db: None) -> BackApi:
    """Other processes see what the test writes."""
    desk()
    return back_api()


@pytest.fixture(scope="module")
def large() -> bytes:
    pairs = [(base, other) for base in range(200) for other in range(200) if base != other][:COUNT]
    return as_csv(row(baseAssetId=f"x{base}", quoteAssetId=f"x{other}", displayName=f"X{base}/X{other}") for base, other in pairs)


def worker(file_id: str) -> "subprocess.Popen[bytes]":
    there = connection.settings_dict
    # The host may be the directory of a socket.
    url = f"postgresql://{quote(there['USER'])}:{quote(there['PASSWORD'], safe='')}@:{there['PORT']}/{there['NAME']}?host={quote(there['HOST'])}"
    # Behind whoever watches it, so that a moment of its work is not missed on a busy machine.
    command = ["nice", "-n", "19", sys.executable, "-c", WORK.format(media=str(settings.MEDIA_ROOT), file=file_id)]
    return subprocess.Popen(command, env=os.environ | {"DATABASE_URL": url}, cwd=Path(__file__).parents[2])


def killed_when(file_id: str, reached: Callable[[MarketFile], bool]) -> None:
    """A worker of its own process, killed without warning at a moment of its work."""
    process = worker(file_id)
    until = time.monotonic() + 60
    while not reached(MarketFile.objects.get(pk=file_id)):
        assert process.poll() is None, "the worker was too fast"
        assert time.monotonic() < until
        time.sleep(0.001)
    process.kill()
    process.wait()


MOMENTS: dict[str, Callable[[MarketFile], bool]] = {
    "claimed": lambda file: file.claims == 1,
    "first rows": lambda file: file.rows_read >= 4_000,
    "most rows": lambda file: file.rows_read >= 12_000,
    "applying": lambda file: file.stage == "Applying",
}


@pytest.mark.faults
@pytest.mark.xdist_group("faults")
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_worker_leaves_a_file_that_another_finishes(committed: BackApi, large: bytes, moment: str) -> None:
    file_id = waiting(large)
    killed_when(file_id, MOMENTS[moment])
    assert Market.objects.count() in (0, COUNT)
    assert worked(file_id).stage in ("Reading", "Applying", "Applied"), "while the lease lasts nobody else takes it"
    later(file_id)
    file = worked(file_id)
    assert (file.stage, counts(file)) == ("Applied", (COUNT, 0, 0, 0))
    assert (Market.objects.count(), MarketFileRow.objects.count()) == (COUNT, COUNT)
    assert AuditChange.objects.filter(object_type="market").count() == COUNT


@pytest.mark.faults
@pytest.mark.xdist_group("faults")
def test_a_worker_killed_in_the_middle_of_applying_leaves_nothing(committed: BackApi, large: bytes) -> None:
    file_id = waiting(large)
    process = worker(file_id)
    until = time.monotonic() + 60
    while MarketFile.objects.get(pk=file_id).stage != "Applying":
        assert process.poll() is None, "the worker was too fast"
        assert time.monotonic() < until
        time.sleep(0.001)
    time.sleep(0.2)
    process.kill()
    process.wait()
    until = time.monotonic() + 20
    while Market.objects.exists() != (MarketFile.objects.get(pk=file_id).stage == "Applied") and time.monotonic() < until:
        time.sleep(0.05)
    assert Market.objects.count() == (COUNT if MarketFile.objects.get(pk=file_id).stage == "Applied" else 0)
    later(file_id)
    assert counts(worked(file_id)) == (COUNT, 0, 0, 0)


def test_a_file_that_keeps_killing_its_worker_fails_after_three_claims(api: BackApi) -> None:
    file_id = waiting(as_csv(rows(1)))
    for _ in range(claims.CLAIMS_MOST):
        assert claims.claim(file_id) is not None
        later(file_id)
    assert claims.claim(file_id) is None
    file = api.market_files.get(CLERK, file_id)
    assert (file.stage, file.stage_reason) == ("Failed", "It stopped the worker 3 times.")
    assert api.market_files.due(WORKER) == []


def test_a_file_that_is_held_is_left_alone(api: BackApi) -> None:
    file_id = waiting(as_csv(rows(1)))
    assert claims.claim(file_id) is not None
    assert claims.claim(file_id) is None
    assert worked(file_id).stage == "Reading"


def test_a_lost_lease_cannot_write(api: BackApi) -> None:
    file_id = waiting(as_csv(rows(1)))
    first = claims.claim(file_id)
    later(file_id)
    second = claims.claim(file_id)
    assert first is not None
    assert second is not None
    with pytest.raises(claims.LeaseLost):
        first[1].write(rows_read=7)
    second[1].write(rows_read=1)
    assert MarketFile.objects.get(pk=file_id).rows_read == 1


def test_a_successful_step_forgets_earlier_claims(api: BackApi) -> None:
    file_id = waiting(as_csv(rows(1)))
    claims.claim(file_id)
    later(file_id)
    worked(file_id)
    assert MarketFile.objects.get(pk=file_id).claims == 0


def test_a_stored_file_that_is_gone_fails_with_a_reason(api: BackApi) -> None:
    file_id = waiting(as_csv(rows(1)))
    storage.remove(MarketFile.objects.get(pk=file_id).stored_as)
    assert worked(file_id).stage_reason == "The stored file is gone."


def test_what_waits_is_due_and_a_requester_without_rights_ends_it(api: BackApi) -> None:
    file_id = waiting(as_csv(rows(1)))
    assert [(due.id, due.requester_kind, due.requester_id) for due in api.market_files.due(WORKER)] == [(file_id, "operator", "clerk")]
    api.market_files.abandon(WORKER, file_id, reason="No longer allowed.")
    assert (api.market_files.get(CLERK, file_id).stage_reason, api.market_files.due(WORKER)) == ("No longer allowed.", [])
    with pytest.raises(NotPermitted):
        api.market_files.due(CLERK)


def test_the_sweep_removes_what_is_older_than_a_week(api: BackApi) -> None:
    file = upload(as_csv(rows(3)))
    orphan = storage.folder() / "orphan"
    orphan.write_bytes(b"x")
    os.utime(orphan, (time.time() - 100_000, time.time() - 100_000))
    assert api.market_files.clean(WORKER) == 1
    MarketFile.objects.update(updated_at=timezone.now() - timedelta(days=8))
    assert api.market_files.clean(WORKER) == 1
    assert (list(storage.folder().iterdir()), MarketFileRow.objects.count()) == ([], 0)
    file = api.market_files.get(CLERK, file.id)
    assert (file.stage, file.stage_reason) == ("Failed", "Nobody applied it for a week; its rows have been removed.")


def test_a_discarded_file_leaves_nothing(api: BackApi, django_capture_on_commit_callbacks: Callable[..., object]) -> None:
    file = upload(as_csv(rows(3)))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        api.market_files.discard(CLERK, file.id)
    assert (list(storage.folder().iterdir()), MarketFileRow.objects.count()) == ([], 0)
    assert api.market_files.get(CLERK, file.id).stage == "Discarded"


def test_a_broker_that_is_down_does_not_hold_up_a_request(settings: object) -> None:

    before = current_app.conf.broker_url
    current_app.conf.broker_url = "redis://127.0.0.1:1/0"
    try:
        began = time.monotonic()
        doorbell.ring(str(uuid4()))
        assert time.monotonic() - began < 5
    finally:
        current_app.conf.broker_url = before
