"""Files of reports in a store of objects: whole or absent there, fetched where they are not, gone when they should be."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from backoffice.contracts.errors import Unavailable
from backoffice.reports import objects, storage
from backoffice.services import back_api
from tests.money.bank import OWNER
from tests.reports.bucket import Bucket, bucket
from tests.reports.desk import WORKER, completed, file, made, wanted

pytestmark = pytest.mark.usefixtures("bank", "storage")


@pytest.fixture
def store(settings: Any) -> Iterator[Bucket]:
    with bucket(settings) as found:
        yield found


def forget() -> None:
    """As another host, which has made none of them."""
    for place in storage.folder().iterdir():
        place.unlink()


def test_a_file_is_in_the_store_and_comes_back_from_there(store: Bucket) -> None:
    state = completed(wanted())
    ((key, content),) = store.objects.items()
    assert key.startswith("desk/")
    assert state.receipt is not None
    assert hashlib.sha256(content).hexdigest() == state.receipt.sha256
    forget()
    assert file(state).read_bytes() == content
    forget()
    assert b"SHA-256" in file(state, "Receipt").read_bytes()


def test_a_large_one_goes_in_parts(store: Bucket) -> None:
    part = storage.fresh(".csv")
    content = bytes(range(256)) * (objects.CHUNK // 100)
    part.write_bytes(content)
    name = storage.keep(part)
    assert len([one for one in store.asked if one.startswith("PUT")]) > 1
    assert store.objects == {f"desk/{name}": content}
    forget()
    assert storage.found(name).read_bytes() == content


def test_it_goes_with_its_report(store: Bucket) -> None:
    state = completed(wanted())
    back_api().reports.delete(OWNER, state.report.id)
    assert store.objects == {}


def test_strays_go_after_a_day_and_copies_too(store: Bucket) -> None:
    completed(wanted())
    kept = set(store.objects)
    store.objects["desk/stray.csv"] = b"of a worker that was killed"
    assert back_api().reports.clean(WORKER) == 0
    store.at -= timedelta(days=2)
    assert back_api().reports.clean(WORKER) == 1
    assert set(store.objects) == kept


def test_a_store_that_is_away_fails_the_report_and_says_so(store: Bucket) -> None:
    there = completed(wanted())
    forget()
    store.is_down = True
    state = made(wanted())
    assert (state.report.status_type, state.report.status_reason) == ("Failed", objects.AWAY)
    assert list(storage.folder().iterdir()) == []
    with pytest.raises(Unavailable):
        file(there)
