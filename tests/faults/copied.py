"""A copy of the lab's desk out of a backup: servers and workers of its own, and a receiver that only the copy can reach."""

import contextlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import psycopg

from backoffice.embedded import discard, parts
from backoffice.embedded.places import ROOT, places
from backoffice.embedded.postgres import Postgres
from backoffice.embedded.processes import Child
from backoffice.embedded.valkey import Valkey
from tests.faults.lab import DOMAIN, HOSTS, Lab
from tests.faults.receiver import Receiver

# Those that name the lab's own servers and secrets.
OF_THE_LAB = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY_FILE", "JWT_SIGNING_KEY_FILE", "FAULTLAB", "DATA_DIR")
ELSEWHERE = "127.0.0.2"


class Copy:
    def __init__(self, lab: Lab) -> None:
        data = Path(tempfile.mkdtemp(prefix="faults-copy-"))
        data.chmod(0o711)
        # Not made yet: a restore wants an empty place.
        self.data = data / "desk"
        kept = {name: value for name, value in lab.environment.items() if name not in OF_THE_LAB}
        names = ",".join(f"h{number}.{DOMAIN}={ELSEWHERE}" for number in range(HOSTS))
        mail = {"MAIL_URL": "folder", "MAIL_FROM": "desk@example.com"}
        self.environment = kept | mail | {"DATA_DIR": str(self.data), "CALLBACK_LOCAL_HOSTS": names}
        # The same port as in the stored addresses, at another address of this machine.
        self.receiver = Receiver((ELSEWHERE, lab.receiver.port))
        self.stack = contextlib.ExitStack()
        self.stack.callback(shutil.rmtree, data, ignore_errors=True)
        self.stack.callback(discard, self.data)

    def restore(self, backup: Path, secrets: Path) -> None:
        self.run("-m", "backoffice.embedded.restore", str(backup), "--secrets", str(secrets))

    def start_servers(self) -> None:
        at = places(self.data)
        self.postgres, self.valkey = Postgres(at), Valkey(at)
        for server in (self.postgres, self.valkey, self.receiver):
            server.start()
            self.stack.callback(server.stop)
        made = {"DATABASE_URL": self.postgres.url, "REDIS_URL": self.valkey.url}
        made |= {"SECRET_KEY_FILE": str(at.secrets / "secret_key"), "JWT_SIGNING_KEY_FILE": str(at.secrets / "jwt_signing_key.pem")}
        self.environment |= made

    def start_workers(self) -> None:
        at = places(self.data)
        children: list[Child] = [parts.worker(at, self.environment, queue=queue) for queue in ("desk", "callbacks", "reports", "mail")]
        for child in (*children, parts.beat(at, self.environment)):
            child.start()
            self.stack.callback(child.stop)

    def stop(self) -> None:
        self.stack.close()

    def run(self, *arguments: str) -> str:
        done = subprocess.run([sys.executable, *arguments], env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.postgres.url, autocommit=True)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with self.connect() as connection:
            return connection.execute(sql).fetchall()

    def execute(self, sql: str) -> None:
        with self.connect() as connection:
            connection.execute(sql)

    @property
    def mails(self) -> list[Path]:
        return [path for path in (self.data / "mail").rglob("*") if path.is_file()]
