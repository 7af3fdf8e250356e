"""What arrived, in a small SQLite file: every request, also those that repeat one."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

TABLE = """
CREATE TABLE IF NOT EXISTS arrival (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, webhook_id TEXT NOT NULL, verified TEXT NOT NULL, answered TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS arrival_by_id ON arrival (webhook_id);
"""
KEPT = 5_000


class Arrival(NamedTuple):
    """`verified` is empty when the signature is good, else what is wrong; `times` is how often this id has arrived."""

    at: str
    webhook_id: str
    verified: str
    answered: str
    body: str
    times: int


class Kept:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = folder / "arrivals.sqlite3"
        with closing(self._connect()) as connection:
            connection.executescript(TABLE)

    def add(self, *, at: str, webhook_id: str, verified: str, answered: str, body: str) -> None:
        with closing(self._connect()) as connection, connection:
            connection.execute(
                "INSERT INTO arrival (at, webhook_id, verified, answered, body) VALUES (?, ?, ?, ?, ?)", (at, webhook_id, verified, answered, body)
            )
            connection.execute("DELETE FROM arrival WHERE number <= (SELECT max(number) FROM arrival) - ?", (KEPT,))

    def latest(self, count: int = 100) -> list[Arrival]:
        asked = """
            SELECT at, webhook_id, verified, answered, body, (SELECT count(*) FROM arrival other WHERE other.webhook_id = arrival.webhook_id)
            FROM arrival ORDER BY number DESC LIMIT ?
        """
        with closing(self._connect()) as connection:
            return [Arrival(*row) for row in connection.execute(asked, (count,))]

    def _connect(self) -> sqlite3.Connection:
        # Of the moment: each request has a thread of its own.
        return sqlite3.connect(self.path, timeout=10)
