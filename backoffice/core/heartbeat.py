"""Signs of life of the worker and of beat, kept in PostgreSQL so that any process can read their age."""

from django.db import DatabaseError, connection

SIGN = "INSERT INTO core_heartbeat (name, at) VALUES (%s, clock_timestamp()) ON CONFLICT (name) DO UPDATE SET at = EXCLUDED.at"


def beat(name: str) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(SIGN, [name])
    except DatabaseError:
        # Beat has no request at whose end a broken connection would be dropped.
        connection.close()
        raise


def ages() -> dict[str, float]:
    """Seconds since each one's last sign, by the database's clock, which is the only one they share."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, extract(epoch FROM clock_timestamp() - at)::float8 FROM core_heartbeat")
        return dict(cursor.fetchall())
