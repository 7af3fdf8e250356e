"""How the databases are reached: the primary, and a replica where there is one."""

from typing import Any

from backoffice import env

DB_POOL = env.whole("DB_POOL", 0, 0, 64)
SESSION_LIMITS = (
    f"-c statement_timeout={env.whole('STATEMENT_TIMEOUT_MS', 5_000, 0, 3_600_000)} -c lock_timeout=3s -c idle_in_transaction_session_timeout=60s"
)


def _connection(name: str, *, patience: int, options: str = SESSION_LIMITS) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.postgresql",
        **env.database(env.text(name), name),
        "CONN_MAX_AGE": 0 if DB_POOL else 60,
        "CONN_HEALTH_CHECKS": not DB_POOL,
        "OPTIONS": {
            # A pool only where threads serve requests; a forked worker must not inherit one.
            **({"pool": {"min_size": 1, "max_size": DB_POOL, "timeout": patience}} if DB_POOL else {}),
            "connect_timeout": patience,
            "options": options,
        },
    }


def read() -> dict[str, dict[str, Any]]:
    found = {"default": _connection("DATABASE_URL", patience=5)}
    if env.text("DATABASE_REPLICA_URL", ""):
        # Without it the primary answers, so nobody waits long for it. Tests have no second server: there it is the first one again.
        reading = f"{SESSION_LIMITS} -c default_transaction_read_only=on"
        found["replica"] = _connection("DATABASE_REPLICA_URL", patience=2, options=reading) | {"TEST": {"MIRROR": "default"}}
    return found
