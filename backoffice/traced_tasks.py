"""Tasks under the id of the request that rang for them, with a line of log for each that somebody rang for and each that failed."""

import logging
import time
from typing import Any

from celery import Task

from backoffice import spans
from backoffice.trace_ids import HEADER, bound, trace_id_for

log = logging.getLogger(__name__)
# A sweep that took this long is worth a line as well.
LONG_SECONDS = 10.0


class TracedTask(Task):  # type: ignore[type-arg]  # generic in its stubs only
    abstract = True

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        rang = self._header(HEADER)
        began, outcome = time.perf_counter(), "failed"
        with bound(trace_id_for(rang)), spans.task(self.name, self._header("traceparent")):
            try:
                result = super().__call__(*arguments, **named)
                outcome = "done"
                return result
            finally:
                seconds = time.perf_counter() - began
                if rang or outcome != "done" or seconds > LONG_SECONDS:
                    log.info("worked", extra={"task": self.name, "outcome": outcome, "duration_ms": round(seconds * 1000, 1)})

    def _header(self, name: str) -> str:
        """Of a message they are spread over the request; of a call in the same process they are one part of it."""
        return str(self.request.get(name) or (self.request.headers or {}).get(name) or "")
