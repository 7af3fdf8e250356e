"""How many requests a client may make in a minute, counted in Redis; while Redis does not answer, nobody is held up."""

import threading
import time
from dataclasses import dataclass, field

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from backoffice.api.auth import caller
from backoffice.contracts.errors import TooMany

WINDOW_SECONDS = 60
PATIENCE_SECONDS = 0.1
SKIP_SECONDS = 5.0
# A round trip to Redis costs about as much as an empty request, so a process tells it what it counted only this often.
SETTLE_SECONDS = 0.1


@dataclass
class Count:
    """`total` as Redis knew it last, `own` what this process counted since."""

    total: int = 0
    own: int = 0
    settle_at: float = 0.0


@dataclass
class Counter:
    """Counts what happens under a key in the running window. After a failure it asks nobody for SKIP_SECONDS and counts nothing."""

    url: str
    resting_until: float = 0.0
    window: int = 0
    counts: dict[str, Count] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    store: redis.Redis = field(init=False)

    def __post_init__(self) -> None:
        self.store = redis.Redis.from_url(
            self.url, socket_connect_timeout=PATIENCE_SECONDS, socket_timeout=PATIENCE_SECONDS, retry=Retry(NoBackoff(), 0), protocol=2
        )

    def add(self, key: str) -> int:
        """How many there are now, this one included; 0 when nobody knows."""
        now = time.monotonic()
        if now < self.resting_until:
            return 0
        with self.lock:
            window = int(time.time()) // WINDOW_SECONDS
            if window != self.window:
                self.window, self.counts = window, {}
            count = self.counts.setdefault(key, Count())
            count.own += 1
            if now < count.settle_at:
                return count.total + count.own
            told, count.own, count.settle_at = count.own, 0, now + SETTLE_SECONDS
        try:
            count.total = self._settle(f"desk:requests:{window}:{key}", told)
        except redis.RedisError:
            self.resting_until = now + SKIP_SECONDS
            return 0
        return count.total

    def _settle(self, name: str, told: int) -> int:
        with self.store.pipeline(transaction=False) as together:
            together.incrby(name, told)
            together.expire(name, 2 * WINDOW_SECONDS)
            return int(together.execute()[0])


COUNTER = Counter(settings.REDIS_URL)


class PerClient(BaseThrottle):
    def allow_request(self, request: Request, _view: object) -> bool:
        actor = caller(request)
        if actor and COUNTER.add(f"{actor.kind}:{actor.id}") > settings.API_REQUESTS_PER_MINUTE:
            retry_after = WINDOW_SECONDS - int(time.time()) % WINDOW_SECONDS
            raise TooMany(f"More than {settings.API_REQUESTS_PER_MINUTE} requests in a minute.", retry_after=retry_after)
        return True
