"""A whole desk of real processes on a data directory of its own, to be killed in every way."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from itertools import count, cycle
from pathlib import Path
from typing import Any

import psycopg
import redis
from celery import Celery

from backoffice import env
from backoffice.embedded import discard, parts, steps
from backoffice.embedded.failures import Failed
from backoffice.embedded.places import ROOT, places
from backoffice.embedded.postgres import Postgres
from backoffice.embedded.processes import Child, Part, supervised, wait_until
from backoffice.embedded.valkey import Valkey
from tests.faults.audit import faults
from tests.faults.client import Client
from tests.faults.machine import environment, free_port, parent, process_of
from tests.faults.names import NameServer
from tests.faults.receiver import Receiver

HOSTS = 200
DOMAIN = "lab.test"
# What a slow machine needs, many times what a quick one does.
READY_SECONDS, QUIET_SECONDS = 180, 180


class Lab:
    def __init__(self) -> None:
        data = Path(tempfile.mkdtemp(prefix="faults-"))
        # The server's own user must be able to pass through.
        data.chmod(0o711)
        self.at = places(data)
        self.receiver, self.names = Receiver(), NameServer()
        self.postgres, self.valkey = Postgres(self.at), Valkey(self.at)
        self.port = free_port()
        self.points = data / "points"
        self.points.mkdir()
        self.environment = environment(
            self.at,
            DATABASE_URL=self.postgres.url,
            REDIS_URL=self.valkey.url,
            CALLBACK_LOCAL_HOSTS=",".join(f"h{number}.{DOMAIN}=127.0.0.1" for number in range(HOSTS)),
            CALLBACK_RESOLVER=f"127.0.0.1:{self.names.port}",
            FAULTLAB=str(self.points),
        )
        self.web = parts.web(self.at, self.environment, host="127.0.0.1", port=self.port)
        self.worker = parts.worker(self.at, self.environment, queue="callbacks")
        self.desk_worker = parts.worker(self.at, self.environment, queue="desk")
        self.beat = parts.beat(self.at, self.environment)
        self.more: list[Child] = []
        self.down: list[Part] = []
        self.mending, self.ended = threading.RLock(), threading.Event()
        self.watcher = threading.Thread(target=self._watch, name="lab", daemon=True)
        self.gateways: dict[str, dict[str, str]] = {}
        self.hosts = cycle([f"h{number}.{DOMAIN}" for number in range(HOSTS)])
        self.numbers = count(1)

    @property
    def parts(self) -> list[Part]:
        return [self.postgres, self.valkey, *self.children]

    @property
    def children(self) -> list[Child]:
        return [self.web, self.worker, self.desk_worker, self.beat]

    def start(self) -> None:
        for server in (self.receiver, self.names, self.postgres, self.valkey):
            server.start()
        steps.migrate(self.environment)
        self.gateways = json.loads(self.run("-m", "tests.faults.opened", f"*.{DOMAIN}:{self.receiver.port}"))
        for child in self.children:
            child.start()
        self.watcher.start()
        assert wait_until(self.answers, READY_SECONDS, 0.1), self.web.last_lines()

    def stop(self, *, keep: bool = False) -> None:
        self.ended.set()
        if self.watcher.ident:
            self.watcher.join()
        for child in (*self.more, *self.children):
            if child.process and child.poll() is None:
                self.kill(child)
        for part in (self.valkey, self.postgres, self.names, self.receiver):
            part.stop()
        if not keep:
            discard(self.at.data)

    def heal(self) -> None:
        """Everything runs again and nothing is armed; extra processes are gone."""
        while self.more:
            self.more.pop().stop()
        for point in self.points.iterdir():
            point.unlink()
        self.receiver.release()
        self.down.clear()
        self.mend()
        self.thaw(self.valkey)
        assert wait_until(self.answers, READY_SECONDS, 0.05), self.web.last_lines()

    def answers(self) -> bool:
        return Client(self, "gateway").get("/livez") == 200

    def mend(self) -> None:
        """What is down and should not be starts again, at once: what a supervisor does, without its patience.

        The watcher does so all the time: whoever starts or kills one of the parts holds `mending`, so that none is started twice.
        """
        with self.mending:
            for part in self.parts:
                if part.poll() is not None and not any(part is one for one in self.down):
                    part.start()

    # Killing

    def arm(self, point: str) -> None:
        (self.points / point).touch()

    def is_armed(self, point: str) -> bool:
        return (self.points / point).exists()

    def kill(self, part: Part) -> None:
        """All processes of it at once, without warning, and not while it is being started; one may be down by itself."""
        with self.mending, contextlib.suppress(ProcessLookupError):
            process = process_of(part)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def take_down(self, part: Part) -> None:
        """Killed, and not started again before `heal` or `bring_back`."""
        self.down.append(part)
        self.kill(part)

    def bring_back(self) -> None:
        self.down.clear()
        self.mend()

    def freeze(self, part: Part) -> None:
        with self.mending:
            os.killpg(process_of(part).pid, signal.SIGSTOP)

    def thaw(self, part: Part) -> None:
        os.killpg(process_of(part).pid, signal.SIGCONT)

    def workers_of(self, child: Child) -> list[int]:
        """The processes under its first one."""
        return [pid for pid in supervised(self.at) if parent(pid) == process_of(child).pid]

    def restart_postgres_at_once(self) -> None:
        """As `pg_ctl restart -m immediate`: nobody is asked, the log is replayed."""
        with self.mending:
            process_of(self.postgres).send_signal(signal.SIGQUIT)
            process_of(self.postgres).wait(30)
            self.postgres.start()

    def terminate_backends(self) -> int:
        """Of the desk's own sessions, not ours."""
        with self.connect() as mine:
            found = mine.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE datname = 'backoffice' AND backend_type = 'client backend' AND application_name <> 'lab'"
            )
            return int(found.fetchone()[0])

    # More processes

    def another_worker(self) -> Child:
        """A second one of the queue that sends callbacks."""
        name = f"callbacks-{next(self.numbers)}"
        argv = [word.replace("callbacks@", f"{name}@") for word in self.worker.argv]
        return self._add(Child(f"worker-{name}", argv, self.at.log(f"worker-{name}"), self.worker.environment))

    def another_web(self, **environment: str) -> tuple[Child, int]:
        port = free_port()
        child = parts.web(self.at, self.environment | environment, host="127.0.0.1", port=port)
        child.log = self.at.log(f"web-{port}")
        self._add(child)
        assert wait_until(lambda: Client(self, "gateway", port=port).get("/livez") == 200, READY_SECONDS, 0.1), child.last_lines()
        return child, port

    def send_task(self, name: str, *arguments: str, times: int = 1, queue: str = "callbacks") -> None:
        with Celery(broker=env.broker(self.valkey.url), set_as_current=False) as app:
            for _ in range(times):
                app.send_task(f"backoffice.jobs.{name}", args=arguments, queue=queue, ignore_result=True)

    def run(self, *arguments: str) -> str:
        """Python in the desk's environment; what it printed."""
        done = subprocess.run([sys.executable, *arguments], env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def call(self, code: str) -> str:
        """A few lines of the desk's own code; `print` gives the answer."""
        return self.run("-c", f"import django; django.setup()\nfrom backoffice.services import back_api\nfrom tests.money.bank import OWNER\n{code}")

    # Looking

    def connect(self, **options: Any) -> psycopg.Connection[Any]:
        return psycopg.connect(self.postgres.url, **{"autocommit": True, "application_name": "lab", **options})

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.connect() as connection:
            return connection.execute(sql, values).fetchall()

    def scalar(self, sql: str, *values: Any) -> Any:
        return self.rows(sql, *values)[0][0]

    def execute(self, sql: str, *values: Any) -> None:
        with self.connect() as connection:
            connection.execute(sql, values)

    def broker(self) -> redis.Redis:
        return redis.Redis.from_url(self.valkey.url, protocol=2)

    def waiting(self, transfers: Iterable[str] | None = None) -> int:
        if transfers is None:
            return int(self.scalar("SELECT count(*) FROM callbacks_callback WHERE state = 'Waiting'"))
        return int(self.scalar("SELECT count(*) FROM callbacks_callback WHERE state = 'Waiting' AND subject_id = ANY(%s)", list(transfers)))

    def hurry(self, *, leases: bool = True) -> None:
        """Every wait is over, and every lease has run out: also of those who are sending at this moment."""
        self.execute(
            "WITH waiting AS (SELECT webhook_id, lease_token FROM callbacks_callback WHERE state = 'Waiting' AND (lease_token IS NULL OR %s) "
            "FOR UPDATE SKIP LOCKED) "
            "UPDATE callbacks_callback c SET next_attempt_at = now(), lease_until = CASE WHEN w.lease_token IS NOT NULL THEN now() END "
            "FROM waiting w WHERE c.webhook_id = w.webhook_id",
            leases,
        )
        self.execute("UPDATE callbacks_host SET penalty_until = NULL")
        self.send_task("callbacks.deliver")

    def quiet(self, seconds: float = QUIET_SECONDS) -> None:
        """Until no callback waits; what a killed worker had taken is taken again at once, and what failed is tried again at once."""
        until = time.monotonic() + seconds
        self.hurry()
        while not wait_until(lambda: self.waiting() == 0, 1, 0.1):
            assert time.monotonic() < until, self.rows(
                "SELECT host, count(*), min(attempts), max(attempts), max(next_attempt_at) - now(), max(lease_until) - now() "
                "FROM callbacks_callback WHERE state = 'Waiting' GROUP BY host"
            )
            self.hurry(leases=False)

    def faults(self) -> list[tuple[str, Any]]:
        with self.connect() as connection:
            return faults(connection)

    # Opening

    def host(self) -> str:
        """A name of its own for the receiver, without a past."""
        return next(self.hosts)

    def url(self, host: str) -> str:
        return f"http://{host}:{self.receiver.port}/callbacks"

    def account(self, deposit: str = "") -> str:
        client, user = Client(self, "gateway"), f"user-{next(self.numbers)}"
        client.must("/back-api/backoffice/v2/users", {"userId": user, "email": f"{user}@example.com"}, version="2.0")
        draft = {"accountName": "Main", "accountGroupId": "retail", "accountType": "Netting"}
        account = client.must(f"/back-api/backoffice/v2/users/{user}/accounts", draft, version="2.0")["accountId"]
        if deposit:
            client.settled(client.deposit(account, deposit))
        return str(account)

    def balance(self, account: str, asset: str = "usd") -> tuple[str, str]:
        found = self.rows(
            "SELECT trim_scale(total)::text, trim_scale(locked)::text FROM ledger_balance WHERE (account_id, asset_id) = (%s, %s)", account, asset
        )
        return found[0] if found else ("0", "0")

    def _watch(self) -> None:
        while not self.ended.wait(0.1):
            # One that does not start at once is tried again.
            with contextlib.suppress(Failed):
                self.mend()

    def _add(self, child: Child) -> Child:
        self.more.append(child)
        child.start()
        return child
