"""Readers for environment variables. A missing or unknown value stops the start with one clear line."""

import base64
import ipaddress
import os
import tempfile
from collections.abc import Collection
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Never
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from backoffice.contracts.timetable import zones
from backoffice.contracts.wire import decode_list


def refuse(reason: str) -> Never:
    """Stop the process before it serves anything."""
    raise SystemExit(f"settings: {reason}")


def text(name: str, default: str | None = None) -> str:
    """The variable, or the content of the file that NAME_FILE names; secrets come by file."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            refuse(f"{name}_FILE={path}: {error.strerror if isinstance(error, OSError) else 'it is not text'}")
    value = os.environ.get(name, default)
    if value is None:
        refuse(f"{name} (or {name}_FILE) is not set")
    return value


def choice(name: str, allowed: Collection[str], default: str) -> str:
    value = os.environ.get(name, default)
    if value not in allowed:
        refuse(f"{name}={value!r} is not one of {', '.join(sorted(allowed))}")
    return value


def flag(name: str, default: bool) -> bool:
    return choice(name, ("true", "false"), "true" if default else "false") == "true"


def whole(name: str, default: int, least: int, most: int) -> int:
    raw = os.environ.get(name, str(default))
    if not raw.isascii() or not raw.isdigit() or not least <= int(raw) <= most:
        refuse(f"{name}={raw!r} is not a whole number from {least} to {most}")
    return int(raw)


def zone(name: str, default: str) -> str:
    """The name of a time zone."""
    value = os.environ.get(name, default)
    if value not in zones():
        refuse(f"{name}={value!r} is no time zone like Europe/Berlin")
    return value


def names(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def records(name: str, kind: type[msgspec.Struct]) -> list[dict[str, Any]]:
    """A JSON array of such objects."""
    try:
        found: list[dict[str, Any]] = msgspec.to_builtins(decode_list(text(name, "[]"), kind))
    except msgspec.DecodeError as error:
        refuse(f"{name}: {error}")
    return found


def pairs(name: str) -> dict[str, str]:
    """`this=that`, comma-separated."""
    found = dict(part.partition("=")[::2] for part in names(name))
    if not all(key and value for key, value in found.items()):
        refuse(f"{name} must look like name=value, comma-separated")
    return found


def keys(name: str, default: str | None = None) -> dict[str, bytes]:
    """`id:base64 of 32 bytes`, comma-separated, in their order; a value is never told."""
    found: dict[str, bytes] = {}
    for number, part in enumerate((part.strip() for part in text(name, default).split(",") if part.strip()), start=1):
        id, _, encoded = part.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if not 1 <= len(id) <= 40 or len(key) != 32 or id in found:
            refuse(f"{name}: entry {number} must look like id:base64, of exactly 32 bytes, each id once")
        found[id] = key
    if default is None and not found:
        refuse(f"{name} holds no key")
    return found


def live(name: str, default: str, *, is_production: bool) -> tuple[str, str]:
    """A path of this desk, an address of http or https, or nothing; and the origin of an address."""
    raw = text(name, default)
    parts = urlsplit(raw)
    if raw and not (parts.path.startswith("/") and (not parts.netloc or parts.scheme in ("http", "https"))):
        refuse(f"{name}={raw!r} must be a path like /events/, or an address like https://live.example.com/events/")
    if is_production and parts.scheme == "http":
        refuse(f"{name}: in production its address must begin with https://")
    return raw, f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def address(name: str) -> tuple[str, int] | None:
    """`address:port` of a server, an IPv6 one in brackets."""
    raw = text(name, "")
    if not raw:
        return None
    host, _, port = raw.rpartition(":")
    try:
        return str(ipaddress.ip_address(host.strip("[]"))), int(port)
    except ValueError:
        refuse(f"{name}={raw!r} must look like 127.0.0.1:53")


def bucket(name: str) -> dict[str, str] | None:
    """`s3://bucket/prefix?region=...&endpoint=https://...`, with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY beside it; None when unset."""
    raw = text(name, "")
    if not raw:
        return None
    parts = urlsplit(raw)
    query = {key: found[0] for key, found in parse_qs(parts.query).items()}
    endpoint = query.get("endpoint", "")
    if (
        parts.scheme != "s3"
        or not parts.netloc
        or query.keys() - {"region", "endpoint"}
        or (endpoint and not endpoint.startswith(("https://", "http://")))
    ):
        refuse(f"{name} must look like s3://bucket/prefix?region=eu-central-1&endpoint=https://storage.example.com")
    keys = {"key": text("AWS_ACCESS_KEY_ID"), "secret": text("AWS_SECRET_ACCESS_KEY")}
    return {"bucket": parts.netloc, "prefix": parts.path.strip("/"), "endpoint": endpoint, "region": query.get("region", "us-east-1"), **keys}


def database(url: str, name: str = "DATABASE_URL") -> dict[str, str]:
    """postgresql://user:password@host:port/name?host=/socket/dir -> Django's connection fields."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        refuse(f"{name}: its host or port cannot be read")
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        refuse(f"{name} must look like postgresql://user:password@host:5432/name")
    query = parse_qs(parts.query)
    return {
        "NAME": parts.path.strip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", [parts.hostname or ""])[0],
        "PORT": str(port or ""),
    }


def broker(url: str) -> str:
    """redis://, rediss:// or unix:// (a socket) -> what Celery's transport calls it."""
    parts = urlsplit(url)
    if parts.scheme in ("redis", "rediss"):
        return url
    if parts.scheme != "unix":
        refuse("REDIS_URL must begin with redis://, rediss:// or unix://")
    return f"redis+socket://{parts.path}?virtual_host={parse_qs(parts.query).get('db', ['0'])[0]}"


def metrics() -> tuple[str, str]:
    """Who may read /metrics: whoever shows METRICS_TOKEN. Without it there is no such page, and nothing is counted in the folder beside it."""
    token = text("METRICS_TOKEN", "")
    if token and len(token) < 20:
        refuse("METRICS_TOKEN must be at least 20 characters")
    return token, _shared_counts() if token else ""


def traces() -> str:
    """Where spans go: OTEL_EXPORTER_OTLP_ENDPOINT, or the one for traces alone; nowhere without it."""
    to = text("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "") or text("OTEL_EXPORTER_OTLP_ENDPOINT", "")
    if to and find_spec("opentelemetry") is None:
        refuse("OTEL_EXPORTER_OTLP_ENDPOINT is set, and requirements-tracing.txt is not installed")
    return to


def _shared_counts() -> str:
    """The folder in which the processes of one server count together; the library that counts looks for its name when it is loaded.

    Named for the process they come from, since processes of other containers may have the same numbers as ours.
    """
    folder = Path(tempfile.gettempdir()) / f"backoffice-counts-{os.geteuid()}-{os.getppid()}"
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    return str(folder)
