"""Mixed calls of two gateways over a few accounts, repeated at random, and the proof of what became of them."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

from tests.faults.client import Answer, Asked, Client, Log
from tests.faults.lab import Lab
from tests.faults.proof import assert_all_heard, assert_told_the_truth

OPENING = "1000"


class Load:
    """`rng` decides what is asked; the accounts open with money, so that most withdrawals find some. `pause`: the mean of that between two calls."""

    def __init__(self, lab: Lab, rng: Random, *, accounts: int, hosts: int, pause: float = 0.0) -> None:
        self.lab, self.rng, self.pause = lab, rng, pause
        self.log, self.lock = Log(), threading.Lock()
        self.clients = [Client(lab, name, log=self.log) for name in ("gateway", "other")]
        for client in self.clients:
            # One log of both.
            client.lock = self.lock
        self.accounts = [lab.account() for _ in range(accounts)]
        self.urls = [lab.url(lab.host()) for _ in range(hosts)]
        self.waiting: list[tuple[str, str]] = []
        self.done: list[tuple[Client, Asked]] = []
        for account in self.accounts:
            self.clients[0].settled(self.clients[0].deposit(account, OPENING))

    def run(self, *, seconds: float, threads: int) -> None:
        """As many as fit into the time."""
        until = time.monotonic() + seconds
        self._in_threads(threads, lambda _: time.monotonic() < until)

    def ask(self, count: int, *, threads: int) -> None:
        self._in_threads(threads, lambda place: place < count)

    def prove(self) -> int:
        """Waits until everything is told. How many events there were."""
        self.lab.quiet()
        assert_told_the_truth(self.lab, self.log, self.accounts)
        return assert_all_heard(self.lab, [gateway["secret"] for gateway in self.lab.gateways.values()], self.accounts)

    def _in_threads(self, threads: int, goes_on: Any) -> None:
        places = iter(range(1_000_000))
        seeds = [self.rng.getrandbits(64) for _ in range(threads)]

        def work(seed: int) -> None:
            rng = Random(seed)
            while goes_on(self._next(places)):
                self._one(rng)
                time.sleep(rng.uniform(0, 2 * self.pause))

        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(work, seeds))

    def _next(self, places: Any) -> int:
        with self.lock:
            return int(next(places))

    def _one(self, rng: Random) -> None:
        client, asked = self._chosen(rng)
        answer = client.settled(asked, rng=rng)
        self._learn(client, asked, answer)
        # Gateways repeat what they know already.
        while rng.random() < 0.2:
            client.settled(asked, rng=rng)

    def _chosen(self, rng: Random) -> tuple[Client, Asked]:
        client, account = rng.choice(self.clients), rng.choice(self.accounts)
        url = rng.choice([*self.urls, None])
        amount = f"{rng.randint(1, 300)}.{rng.randint(0, 99):02}"
        with self.lock:
            pick = rng.random()
            if pick < 0.05 and self.done:
                return rng.choice(self.done)
            if pick < 0.45 and self.waiting:
                # Somebody may decide it the other way at the same moment.
                at = rng.randrange(len(self.waiting))
                account, transfer = self.waiting[at] if rng.random() < 0.2 else self.waiting.pop(at)
                return client, rng.choice([client.confirm, client.cancel])(account, transfer, url=url)
        return client, (client.deposit if pick < 0.65 else client.withdraw)(account, amount, url=url)

    def _learn(self, client: Client, asked: Asked, answer: Answer) -> None:
        with self.lock:
            self.done.append((client, asked))
            if asked.verb == "withdrawal" and answer.status == 201 and not answer.is_replayed:
                self.waiting.append((asked.body["accountId"], answer.json["transferId"]))
