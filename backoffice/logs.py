"""Log lines as JSON, one a line, so that a value can never forge a second one; what they may hold is listed here, all else is left out."""

import logging
import re
import traceback
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from backoffice.trace_ids import current

# What a line may carry beside its message: the attribute of the record, and its name in the line.
FIELDS: Mapping[str, str] = {
    "method": "method",
    "route": "route",
    "status": "status",
    "duration_ms": "durationMs",
    "actor": "actor",
    "door": "door",
    "action": "action",
    "code": "code",
    "task": "task",
    "outcome": "outcome",
}
OURS = ("backoffice", "portal", "tests")
CONFIGURATION: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "backoffice.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # A worker is started with less for everybody else.
        "backoffice": {"level": "INFO"},
        "django.request": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
    },
}
# What these say names types and attributes of the code, never a value of somebody's.
TELLING = (TypeError, AttributeError, NameError, ImportError, NotImplementedError, AssertionError)
# Celery's words for how a task ended.
ENDINGS = frozenset({"raised unexpected", "raised expected", "INTERNAL ERROR"})
PLAIN_WORD = re.compile(r"[A-Za-z_][\w.]{0,79}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
HIDDEN = "(not shown)"


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
        }
        if trace_id := getattr(record, "trace_id", "") or current():
            line["traceId"] = trace_id
        for attribute, name in FIELDS.items():
            value = getattr(record, attribute, None)
            if isinstance(value, str | int | float):
                line[name] = value
        if record.exc_info and record.exc_info[1]:
            line["exception"] = "\n".join(_told_of(record.exc_info[1]))
        return msgspec.json.encode(line).decode()


def _message(record: logging.LogRecord) -> str:
    """Ours as it is. Of a library's, which nobody here wrote, only numbers and plain words go into the places it left open."""
    if record.name.partition(".")[0] in OURS:
        return _as_text(record.getMessage())
    arguments: Any = record.args
    try:
        if isinstance(arguments, Mapping):
            return _as_text(str(record.msg) % {name: _shown(value) for name, value in arguments.items()})
        return _as_text(str(record.msg) % tuple(_shown(value) for value in arguments) if arguments else str(record.msg))
    except (TypeError, ValueError):
        return _as_text(str(record.msg))


def _shown(value: Any) -> Any:
    if isinstance(value, BaseException):
        return type(value).__name__
    if value is None or isinstance(value, int | float):
        return value
    return value if isinstance(value, str) and (PLAIN_WORD.fullmatch(value) or value in ENDINGS) else HIDDEN


def _told_of(error: BaseException) -> Iterator[str]:
    """Which error, where, and what led to it; not its words, which may quote a row, a secret or a receiver's answer."""
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None:
        yield from _told_of(earlier)
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"  {frame.filename}:{frame.lineno} in {frame.name}"
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    yield ": ".join([kind, *_details(error)])


def _details(error: BaseException) -> Iterator[str]:
    if isinstance(error, TELLING) or type(error) is RuntimeError:
        yield _as_text(str(error))
    elif isinstance(error, OSError) and error.strerror:
        yield error.strerror
    diag = getattr(error, "diag", None)
    if diag is not None:
        yield ", ".join(str(part) for part in (diag.sqlstate, diag.table_name, diag.constraint_name) if part)


def _as_text(text: str) -> str:
    """Half of a character, which JSON cannot hold, is written as a question mark."""
    return text.encode("utf-8", "replace").decode()
