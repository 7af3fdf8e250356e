"""The bell of the worker that sends callbacks: rung for every event that has one, heard as one while nobody has answered it yet.

A thread carries it, so no request ever waits for the broker; while the broker is down it is left alone for as long as a sweep takes.
"""

import threading
import time

from django.core.cache import cache

from backoffice.core import doorbell
from backoffice.trace_ids import bound, current

DELIVER = "backoffice.jobs.callbacks.deliver"
QUEUE = "callbacks"
SWEEP_SECONDS = 5
# A round trip to the broker for every event would cost a tenth of what a deposit costs; nobody notices a fiftieth of a second.
REST_SECONDS = 0.02
RUNG = "callbacks-rung"
NEWS = "callbacks-news"


class _Ringer:
    def __init__(self) -> None:
        self.asked = threading.Event()
        self.lock = threading.Lock()
        self.trace_id = ""
        self.thread: threading.Thread | None = None

    def ask(self) -> None:
        # One bell for many: the worker's lines name whoever asked last.
        self.trace_id = current()
        self.asked.set()
        if self.thread is None or not self.thread.is_alive():
            with self.lock:
                # Another may have made it meanwhile; a process that was forked has to make its own.
                if self.thread is None or not self.thread.is_alive():
                    self.thread = threading.Thread(target=self._carry, name="callbacks doorbell", daemon=True)
                    self.thread.start()

    def _carry(self) -> None:
        while self.asked.wait():
            self.asked.clear()
            # What is rung meanwhile is heard as one; a broker that is down is left alone until the next sweep.
            with bound(self.trace_id):
                rang = _rang()
            time.sleep(REST_SECONDS if rang else SWEEP_SECONDS)


def _rang() -> bool:
    try:
        cache.set(NEWS, 1, timeout=SWEEP_SECONDS)
        if not cache.add(RUNG, 1, timeout=SWEEP_SECONDS):
            return True
    except Exception:  # as for the bell itself: whatever is wrong with the broker, the sweep comes
        return False
    return doorbell.ring(DELIVER, queue=QUEUE, expires=SWEEP_SECONDS)


_ringer = _Ringer()


def ring() -> None:
    """Once the event is committed."""
    _ringer.ask()


def has_news() -> bool:
    """Whether somebody rang since the last time, for one who is at work already and takes no other message meanwhile."""
    try:
        return cache.delete(NEWS)
    except Exception:  # it will look again soon
        return False


def heard() -> None:
    """Before looking for work: whoever rings from now on wants another look."""
    try:
        cache.delete(RUNG)
    except Exception:  # it ends by itself within a sweep
        return
