"""Marked secrets, and where each of them was found after the desk was used with them."""

import base64
import re
import secrets
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import redis
from psycopg import sql

# The body of a Celery message, as it stands in what the broker was sent.
BODY = re.compile(r'body[\\]*": ?[\\]*"([A-Za-z0-9+/=]+)')
TABLES = """
SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
GROUP BY c.relname ORDER BY c.relname
"""


class Canaries(dict[str, str]):
    """Kind of secret to its text."""

    def plant(self, kind: str, text: str = "") -> str:
        self[kind] = text or f"canary{kind.replace(' ', '')}{secrets.token_hex(8)}"
        return self[kind]

    def found_in(self, text: str) -> set[str]:
        return {kind for kind, canary in self.items() if canary in text}


class Wire:
    """Every command that the broker is sent, while it listens."""

    def __init__(self, url: str) -> None:
        self.broker = redis.Redis.from_url(url, protocol=2)
        self.commands: list[str] = []
        self.ended = threading.Event()
        self.listening = threading.Event()
        self.thread = threading.Thread(target=self._listen, name="wire", daemon=True)

    def __enter__(self) -> "Wire":
        self.thread.start()
        assert self.listening.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        # It hears this one, and sees that it is over.
        self.broker.ping()
        self.thread.join(10)

    def _listen(self) -> None:
        with self.broker.monitor() as monitor:
            self.listening.set()
            while not self.ended.is_set():
                self.commands.append(str(monitor.next_command()["command"]))

    @property
    def text(self) -> str:
        said = "\n".join(self.commands)
        bodies = [base64.b64decode(body).decode(errors="replace") for body in BODY.findall(said)]
        return "\n".join([said, *bodies])


def in_logs(canaries: Canaries, logs: Path) -> Mapping[str, set[str]]:
    """Kinds by the file that holds them."""
    return _some((path.name, canaries.found_in(path.read_text(errors="replace"))) for path in sorted(logs.iterdir()))


def in_broker(canaries: Canaries, broker: redis.Redis) -> set[str]:
    return canaries.found_in("\n".join(_everything(broker)))


def _everything(broker: redis.Redis) -> Iterator[str]:
    read = {
        b"string": lambda key: broker.get(key),
        b"list": lambda key: broker.lrange(key, 0, -1),
        b"set": lambda key: broker.smembers(key),
        b"hash": lambda key: broker.hgetall(key),
        b"zset": lambda key: broker.zrange(key, 0, -1, withscores=True),
    }
    for key in broker.scan_iter():
        kind = broker.type(key)
        yield f"{key!r} {read[kind](key) if kind in read else ''!r}"


def in_tables(canaries: Canaries, connection: psycopg.Connection[Any]) -> Mapping[str, set[str]]:
    """Kinds by `table.column`."""
    return _some(
        (f"{table}.{column}", found)
        for table, columns in connection.execute(TABLES).fetchall()
        if _anywhere(canaries, connection, table)
        for column in columns
        if (found := _in_column(canaries, connection, table, column))
    )


def _anywhere(canaries: Canaries, connection: psycopg.Connection[Any], table: str) -> bool:
    asked = sql.SQL("SELECT EXISTS (SELECT FROM {0} WHERE {0}::text LIKE ANY(%s))").format(sql.Identifier(table))
    found = connection.execute(asked, [[f"%{canary}%" for canary in _spellings(canaries)]]).fetchone()
    return bool(found and found[0])


def _in_column(canaries: Canaries, connection: psycopg.Connection[Any], table: str, column: str) -> set[str]:
    asked = sql.SQL("SELECT string_agg({1}::text, ' ') FROM {0} WHERE {1}::text LIKE ANY(%s)").format(sql.Identifier(table), sql.Identifier(column))
    found = connection.execute(asked, [[f"%{canary}%" for canary in _spellings(canaries)]]).fetchone()
    text = str(found[0] or "") if found else ""
    return {kind for kind, canary in canaries.items() if canary in text or canary.encode().hex() in text}


def _spellings(canaries: Canaries) -> Iterator[str]:
    """Bytes are shown in hexadecimal."""
    for canary in canaries.values():
        yield from (canary, canary.encode().hex())


def _some(found: Iterable[tuple[str, set[str]]]) -> Mapping[str, set[str]]:
    return {place: kinds for place, kinds in found if kinds}
