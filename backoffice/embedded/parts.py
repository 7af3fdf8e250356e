"""The desk's own processes, as the supervisor starts them."""

import sys
from collections.abc import Mapping

from backoffice.embedded.places import Places
from backoffice.embedded.processes import MARK, Child

WEB_PROCESSES = 2
# Four of a process are at work at once, as turnstile.py counts; the others wait there or turn requests away.
WEB_THREADS = 40


def web(at: Places, environment: Mapping[str, str], *, host: str, port: int) -> Child:
    flags = ["--interface", "wsgi", "--http", "1", "--no-ws", "--host", host, "--port", str(port), "--workers", str(WEB_PROCESSES)]
    flags += ["--blocking-threads", str(WEB_THREADS), "--http1-header-read-timeout", "10000", "--http1-buffer-size", "32768"]
    flags += ["--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "5"]
    return _child(at, "web", environment, "granian", *flags, "backoffice.wsgi:application")


def live(at: Places, environment: Mapping[str, str], *, host: str, port: int) -> Child:
    """Streams of events; one process holds thousands of them."""
    flags = ["--interface", "asginl", "--http", "1", "--no-ws", "--host", host, "--port", str(port), "--workers", "1", "--log-level", "warning"]
    # Streams never end by themselves, so nothing is gained by waiting for them.
    flags += ["--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "1"]
    return _child(at, "live", environment, "granian", *flags, "backoffice.events.asgi:application")


def worker(at: Places, environment: Mapping[str, str], *, queue: str) -> Child:
    """One process for each queue, so that neither two long imports nor a receiver that hangs hold up what is short."""
    flags = ["--pool", "prefork", "--concurrency", "1", "--queues", queue, "--hostname", f"{queue}@%h", "--loglevel", "WARNING"]
    flags += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    patience = {"STATEMENT_TIMEOUT_MS": "300000", "BROKER_PATIENCE_MS": "5000"}
    return _child(at, f"worker-{queue}", {**patience, **environment}, "celery", "--app", "backoffice", "worker", *flags)


def receiver(at: Places, environment: Mapping[str, str]) -> Child:
    """Of the demo's callbacks; it listens on loopback alone."""
    return _child(at, "receiver", environment, "backoffice.demo.receiver", "--port", environment["RECEIVER_PORT"])


def beat(at: Places, environment: Mapping[str, str]) -> Child:
    return _child(at, "beat", environment, "celery", "--app", "backoffice", "beat", "--loglevel", "WARNING", "--pidfile", "")


def _child(at: Places, name: str, environment: Mapping[str, str], module: str, *arguments: str) -> Child:
    return Child(name, [sys.executable, "-m", module, *arguments], at.log(name), {**environment, MARK: at.mark})
