"""Signs of life of the worker and of beat, kept in PostgreSQL so that any process can read their age."""

from django.db import connection


def beat(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_heartbeat (name, at) VALUES (%s, clock_timestamp()) ON CONFLICT (name) DO UPDATE SET at = EXCLUDED.at",
            [name],
        )


def ages() -> dict[str, float]:
    """Seconds since each one's last sign, by the database's clock, which is the only one they share."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, extract(epoch FROM clock_timestamp() - at)::float8 FROM core_heartbeat")
        return dict(cursor.fetchall())
