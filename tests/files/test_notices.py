"""Of imports that came to an end those who keep markets are told, once each."""

from typing import Any

from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.markets.files import claims
from backoffice.services import BackApi
from tests.files.conftest import CLERK, WORKER, as_csv, exported, row, rows, upload
from tests.files.test_worker import later, waiting

KEEPER = Actor(kind="operator", id="kim", name="Kim", door="portal", operations=frozenset(operations.ALL))


def told(api: BackApi) -> list[tuple[str, Any]]:
    return [(one.type, one.data) for one in api.notifications.find(KEEPER)]


def test_an_applied_file_is_told_of_with_its_counts(api: BackApi) -> None:
    file = upload(as_csv([row(0), row(1, status="Opened"), row(2)]), "ValidRows")
    ((type, data),) = told(api)
    assert (type, data.file_id, data.created, data.updated, data.errors) == ("MarketFileApplied", file.id, 2, 0, 1)
    assert data.requested_by == CLERK.name


def test_a_preview_is_no_news_and_a_failed_file_is(api: BackApi) -> None:
    upload(as_csv(rows(1)))
    assert told(api) == []
    file = upload(as_csv([row(0), row(1, status="Opened")]), "AllOrNothing")
    ((type, data),) = told(api)
    assert (type, data.file_id, data.reason) == ("MarketFileFailed", file.id, "1 of 2 rows have faults; nothing was applied.")


def test_a_file_without_a_header_that_is_understood_is_told_of(api: BackApi) -> None:
    upload(b"colour;shape\nred;round\n")
    assert [type for type, _ in told(api)] == ["MarketFileFailed"]


def test_a_file_that_stopped_its_worker_or_was_given_up_is_told_of_once(api: BackApi) -> None:
    file_id, other = waiting(as_csv(rows(1))), waiting(as_csv(rows(2)))
    for _ in range(claims.CLAIMS_MOST):
        claims.claim(file_id)
        later(file_id)
    assert (claims.claim(file_id), claims.claim(file_id)) == (None, None)
    for _ in range(2):
        api.market_files.abandon(WORKER, other, reason="nobody may")
    assert [(type, data.reason) for type, data in told(api)] == [
        ("MarketFileFailed", "nobody may"),
        ("MarketFileFailed", "It stopped the worker 3 times."),
    ]


def test_an_export_is_no_news(api: BackApi) -> None:
    exported()
    assert told(api) == []
