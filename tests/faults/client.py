"""A gateway that never believes silence: it writes down what it is about to ask, then what it was told, and asks again until it knows."""

import contextlib
import http.client
import json
import re
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from tests.faults.lab import Lab

TRANSFERS = "/back-api/backoffice/transfers"
Verb = Literal["deposit", "withdrawal", "withdrawal-confirm", "withdrawal-cancel"]
PATIENCE_SECONDS = 60
TRACE = re.compile(rb'"traceId":"[^"]*"')
NUMBERS = count(1)


@dataclass(frozen=True)
class Asked:
    """`id` is the same for every repetition: the deduplication id, or the transfer and what is to become of it."""

    verb: Verb
    id: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    is_replayed: bool
    seconds: float

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def told(self) -> tuple[int, bytes]:
        """What must be the same in every answer to one id. Only refusals that are not on record name the trace of their own request."""
        return self.status, self.body if b'"transferId"' in self.body else TRACE.sub(b"", self.body)

    @property
    def is_final(self) -> bool:
        """A 5xx says that nothing is known; all else is the truth for ever."""
        return self.status < 500


@dataclass
class Log:
    """`asked` before the request leaves, `told` after its answer arrived; an intent without an answer has an unknown outcome."""

    asked: dict[str, Asked] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    told: dict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))
    lost: int = 0
    wrong: list[Answer] = field(default_factory=list)


class Client:
    def __init__(self, lab: "Lab", gateway: str, *, port: int | None = None, log: Log | None = None) -> None:
        self.port = port or lab.port
        self.token = lab.gateways[gateway]["token"] if lab.gateways else ""
        self.log = log or Log()
        self.lock = threading.Lock()

    def deposit(self, account: str, amount: str, *, id: str = "", url: str | None = None) -> Asked:
        return self._new("deposit", account, amount, id, url)

    def withdraw(self, account: str, amount: str, *, id: str = "", url: str | None = None) -> Asked:
        return self._new("withdrawal", account, amount, id, url)

    def confirm(self, account: str, transfer: str, *, url: str | None = None) -> Asked:
        return self._decision("withdrawal-confirm", account, transfer, url)

    def cancel(self, account: str, transfer: str, *, url: str | None = None) -> Asked:
        return self._decision("withdrawal-cancel", account, transfer, url)

    def once(self, asked: Asked, *, timeout: float = 20) -> Answer | None:
        """None: nobody knows what became of it."""
        with self.lock:
            self.log.asked[asked.id] = asked
            self.log.sent[asked.id] += 1
        answer = self._exchange("POST", f"{TRANSFERS}/{asked.verb}", asked.body, "1.0", timeout)
        with self.lock:
            if answer is None:
                self.log.lost += 1
                return None
            self.log.told[asked.id].append(answer)
            if answer.status >= 500 and answer.status != 503:
                self.log.wrong.append(answer)
        return answer

    def settled(self, asked: Asked, *, seconds: float = PATIENCE_SECONDS, rng: Random | None = None) -> Answer:
        """Asks until it is told."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            answer = self.once(asked)
            if answer is not None and answer.is_final:
                return answer
            time.sleep(rng.uniform(0.01, 0.3) if rng else 0.05)
        raise AssertionError(f"no answer to {asked} in {seconds} s")

    def all_at_once(self, asked: list[Asked], *, threads: int = 64) -> list[Answer]:
        """As many at the same moment as there are threads; who is turned away because there are too many comes again."""
        ready = threading.Barrier(min(threads, len(asked)))

        def ask(place: int) -> Answer:
            if place < ready.parties:
                ready.wait(30)
            return self.settled(asked[place])

        with ThreadPoolExecutor(ready.parties) as pool:
            return list(pool.map(ask, range(len(asked))))

    def get(self, path: str) -> int:
        """The status; 0 when nobody answers."""
        answer = self._exchange("GET", path, None, "1.0", 10)
        return answer.status if answer else 0

    def must(self, path: str, body: Any, *, version: str) -> Any:
        answer = self._exchange("POST", path, body, version, 20)
        assert answer, path
        assert answer.status in (200, 201), answer.body
        return answer.json

    def _new(self, verb: Verb, account: str, amount: str, id: str, url: str | None) -> Asked:
        id = id or f"{verb}-{next(NUMBERS)}"
        body = {"deduplicationId": id, "accountId": account, "amount": amount, "assetId": "usd"}
        return Asked(verb, id, body | ({"callbackUrl": url} if url else {}))

    def _decision(self, verb: Verb, account: str, transfer: str, url: str | None) -> Asked:
        body = {"accountId": account, "transferId": transfer}
        return Asked(verb, f"{verb}:{transfer}", body | ({"callbackUrl": url} if url else {}))

    def _exchange(self, method: str, path: str, body: Any, version: str, timeout: float) -> Answer | None:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": f"application/json; x-api-version={version}", "Connection": "close"}
        began = time.monotonic()
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)) as line:
            try:
                line.request(method, path, None if body is None else json.dumps(body), headers)
                response = line.getresponse()
                content = response.read()
            except (OSError, http.client.HTTPException):
                return None
        return Answer(response.status, content, response.headers.get("Idempotency-Replayed") == "true", time.monotonic() - began)
