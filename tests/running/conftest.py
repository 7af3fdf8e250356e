"""Real servers and a real `bin/run`, killed and started again; each on a data directory of its own."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from backoffice.embedded import discard
from backoffice.embedded.places import Places, places

GIVEN = ("DATABASE_URL", "REDIS_URL", "DATA_DIR", "DESK_ENV", "SECRET_KEY", "SECRET_KEY_FILE", "JWT_SIGNING_KEY", "JWT_SIGNING_KEY_FILE", "PORT")


@pytest.fixture(scope="module")
def fresh() -> Iterator[dict[str, str]]:
    """An environment that names a new data directory, and nothing of the servers the test run itself uses."""
    data = Path(tempfile.mkdtemp(prefix="desk-"))
    data.chmod(0o711)
    # As a test, for then static files are not compressed, and with little history: either takes longer than all the rest.
    own = {"DATA_DIR": str(data), "DESK_ENV": "test", "DEMO_TRADES": "400"}
    yield {**{name: value for name, value in os.environ.items() if name not in GIVEN}, **own}
    discard(data)


@pytest.fixture(scope="module")
def at(fresh: dict[str, str]) -> Places:
    return places(Path(fresh["DATA_DIR"]))


@pytest.fixture
def no_servers_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in GIVEN:
        monkeypatch.delenv(name, raising=False)
