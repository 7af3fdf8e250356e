"""Files of reports in a store of objects that speaks S3, where the setting names one; the folder of the desk is then only in front of it."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

import obstore
from django.conf import settings
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

from backoffice.contracts.errors import Unavailable
from backoffice.tables.store import fresh_name

if TYPE_CHECKING:
    from obstore.store import S3Config

log = logging.getLogger(__name__)
CHUNK = 8 << 20
TRIES, PATIENCE, TIMEOUT = 3, timedelta(seconds=60), "30s"
AWAY = "The store of files does not answer; try again in a while."


def is_used() -> bool:
    return settings.REPORT_STORE is not None


def put(place: Path, name: str) -> None:
    """All of the file, or nothing. Refuses: Unavailable."""
    with _answering():
        obstore.put(_store(), name, place, chunk_size=CHUNK)


def fetch(place: Path) -> None:
    """Into the place, whole or not at all; nothing when there is no such object. Refuses: Unavailable."""
    part = place.with_name(f"{fresh_name()}.part")
    try:
        with _answering(), part.open("wb") as out:
            for chunk in obstore.get(_store(), place.name).stream(min_chunk_size=CHUNK):
                out.write(chunk)
        part.chmod(0o600)
        part.rename(place)
    except FileNotFoundError:
        return
    finally:
        part.unlink(missing_ok=True)


def remove(names: Iterable[str]) -> None:
    """What cannot be removed now is a stray, and goes with those."""
    try:
        with _answering():
            obstore.delete(_store(), list(names))
    except (Unavailable, FileNotFoundError):
        log.warning("objects could not be removed", exc_info=True)


def strays(*, older_than: timedelta) -> list[str]:
    """Names of objects that have been there for so long. Refuses: Unavailable."""
    before = datetime.now(UTC) - older_than
    with _answering():
        return [one["path"] for batch in obstore.list(_store()) for one in batch if one["last_modified"] < before]


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except NotFoundError as error:
        raise FileNotFoundError(str(error)) from error
    except BaseError as error:
        # Its text may hold the address of the store, which is nobody's business.
        log.warning("the store of files: %s", type(error).__name__)
        raise Unavailable(AWAY) from error


def _store() -> S3Store:
    return _made(**cast(dict[str, str], settings.REPORT_STORE))


@cache
def _made(*, bucket: str, prefix: str, endpoint: str, region: str, key: str, secret: str) -> S3Store:
    told: S3Config = {"region": region, "access_key_id": key, "secret_access_key": secret}
    if endpoint:
        told["endpoint"] = endpoint
    return S3Store(
        bucket,
        prefix=prefix or None,
        config=told,
        client_options={"timeout": TIMEOUT, "allow_http": endpoint.startswith("http://")},
        retry_config={"max_retries": TRIES, "retry_timeout": PATIENCE},
    )
