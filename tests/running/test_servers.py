"""The embedded PostgreSQL and Valkey start, survive a kill and stop, and lose nothing they acknowledged."""

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from backoffice.embedded import discard, services
from backoffice.embedded.failures import Failed
from backoffice.embedded.places import Places
from backoffice.embedded.postgres import Postgres
from backoffice.embedded.processes import serving
from backoffice.embedded.valkey import Valkey

pytestmark = [pytest.mark.usefixtures("no_servers_given"), pytest.mark.xdist_group("running"), pytest.mark.faults]


def kill(server: Postgres | Valkey) -> None:
    assert server.child
    assert server.child.process
    server.child.process.kill()
    server.child.process.wait()


def test_postgresql_keeps_what_it_acknowledged_through_a_kill(at: Places) -> None:
    server = Postgres(at)
    server.start()
    with psycopg.connect(server.url, autocommit=True) as connection:
        assert connection.info.server_version >= 180000
        connection.execute("CREATE EXTENSION btree_gist")
        connection.execute("CREATE TABLE written (n int)")
        connection.execute("INSERT INTO written VALUES (1)")
        kill(server)
    began = time.monotonic()
    server.start()
    assert time.monotonic() - began < 30
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT n FROM written").fetchall() == [(1,)]
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
    server.stop()
    assert serving(at) == []


def test_postgresql_listens_on_a_private_socket_and_wants_the_password(at: Places) -> None:
    server = Postgres(at)
    server.start()
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host=str(at.sockets), user="postgres", password="wrong", dbname="postgres")
    assert stat.S_IMODE(at.sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE((at.secrets / "postgres_password").stat().st_mode) == 0o600
    server.stop()


def test_a_server_left_by_a_killed_owner_is_replaced(at: Places) -> None:
    left = Postgres(at)
    left.start()
    again = Postgres(at)
    again.start()
    assert left.poll() is not None
    assert again.answers()
    again.stop()
    assert serving(at) == []


def test_a_lock_file_that_names_a_stranger_does_not_block_the_start(at: Places) -> None:
    server = Postgres(at)
    server.start()
    kill(server)
    lock_file = at.postgres / "postmaster.pid"
    lock_file.write_text("\n".join([str(os.getppid()), *lock_file.read_text().split("\n")[1:]]))
    server.start()
    server.stop()


def test_valkey_keeps_what_it_acknowledged_through_a_kill(at: Places) -> None:
    server = Valkey(at)
    server.start()
    with redis.Redis.from_url(server.url) as client:
        client.set("written", "1")
        kill(server)
        server.start()
        assert client.get("written") == b"1"
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("port") == {"port": "0"}
    server.stop()
    assert serving(at) == []


def test_a_borrower_uses_the_servers_that_run_and_leaves_them_running(at: Places) -> None:
    with services(at.data) as urls:
        with services(at.data) as borrowed:
            assert borrowed == urls
        with psycopg.connect(urls.database) as connection:
            assert connection.execute("SELECT current_database()").fetchone() == ("backoffice",)
    assert serving(at) == []


def test_given_addresses_are_used_and_nothing_is_started(at: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://desk@db/desk")
    monkeypatch.setenv("REDIS_URL", "redis://broker")
    with services(at.data) as urls:
        assert (urls.database, urls.broker) == ("postgresql://desk@db/desk", "redis://broker")
        assert serving(at) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as somebody else")
def test_a_data_directory_the_servers_user_cannot_reach_keeps_its_cluster_elsewhere(fresh: dict[str, str]) -> None:
    private = Path(fresh["DATA_DIR"]) / "private"
    private.mkdir(mode=0o700)
    inside = {**fresh, "DATA_DIR": str(private / "var")}
    ask = "import os, psycopg; print(psycopg.connect(os.environ['DATABASE_URL']).execute('select 1').fetchone()[0])"
    try:
        for _ in range(2):
            done = subprocess.run(
                [sys.executable, "-m", "backoffice.embedded.command", "--", sys.executable, "-c", ask], env=inside, capture_output=True, text=True
            )
            assert (done.stdout, done.returncode) == ("1\n", 0), done.stderr
        assert (private / "var/postgres").is_symlink()
        assert not (private / "var/postgres").resolve().is_relative_to(private)
    finally:
        discard(private / "var")


def test_a_wrong_password_file_is_named(at: Places) -> None:
    (at.secrets / "postgres_password").write_text("not it")
    with pytest.raises(Failed, match="postgres_password is not the password"):
        Postgres(at).start()
    assert serving(at) == []
