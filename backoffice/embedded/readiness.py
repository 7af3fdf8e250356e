"""Asks a running desk whether it is ready, and whether its port is free before it starts.

As a container's health check: `python -m backoffice.embedded.readiness HOST PORT CHECK ...` succeeds when those checks pass.
"""

import contextlib
import http.client
import json
import socket
import sys
from typing import Any

from backoffice.embedded.failures import Failed


def require_free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as line:
        # As the web server does: a port in TIME_WAIT is free.
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            line.bind((host, port))
        except OSError as error:
            raise Failed(f"cannot listen on {host}:{port}: {error.strerror}; set PORT to another") from error


def free_from(host: str, port: int) -> int:
    """The first port from that one on that is free. Refuses: Failed."""
    for tried in range(port, port + 20):
        with contextlib.suppress(Failed):
            require_free(host, tried)
            return tried
    raise Failed(f"no port from {port} to {port + 19} is free; set PORT to another")


def failing(host: str, port: int, *, seconds_up: float) -> list[str]:
    """The checks that do not pass yet. A heartbeat older than this start belongs to an earlier one."""
    try:
        found = _report(host, port)
    except (OSError, ValueError, http.client.HTTPException) as error:
        return [f"web: {error}"]
    checks: dict[str, Any] = found["checks"]
    wrong = [f"{name}: {check['detail']}" for name, check in checks.items() if not check["ok"]]
    return wrong or [f"{name}: no heartbeat yet" for name in ("worker", "beat") if checks[name]["age_seconds"] > seconds_up]


def _report(host: str, port: int) -> dict[str, Any]:
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  told apart, not bound
    line = http.client.HTTPConnection(near, port, timeout=5)
    try:
        line.request("GET", "/readyz")
        answer = line.getresponse()
        body = answer.read()
        if answer.status not in (200, 503):
            raise ValueError(f"/readyz answered {answer.status}")
        report: dict[str, Any] = json.loads(body)
        return report
    finally:
        line.close()


def main() -> int:
    host, port, *names = sys.argv[1:]
    try:
        checks = _report(host, int(port))["checks"]
    except (OSError, ValueError, http.client.HTTPException) as error:
        print(error, file=sys.stderr)
        return 1
    return 0 if all(checks[name]["ok"] for name in names) else 1


if __name__ == "__main__":
    sys.exit(main())
