"""`bin/run` starts the whole desk, mends what dies, recovers after its own death and stops everything."""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from backoffice.embedded.places import Places
from backoffice.embedded.processes import command, servers, serving, supervised, wait_until
from tests.faults.machine import free_port

# One after another in one process: two desks at once would slow each other.
pytestmark = [pytest.mark.xdist_group("running"), pytest.mark.faults]


@dataclass
class Desk:
    root: Path
    at: Places
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        return int(self.environment["PORT"])

    def start(self) -> None:
        with self.at.log("test").open("ab") as out:
            self.process = subprocess.Popen(
                [self.root / "bin/run", "--empty"], env=self.environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out
            )
        assert wait_until(lambda: self.says("ready after"), 180, 0.1), self.at.log("test").read_text()

    def says(self, words: str) -> bool:
        assert self.process
        assert self.process.poll() is None, self.at.log("test").read_text()
        return words in self.at.log("test").read_text()

    def report(self) -> tuple[int, dict[str, Any]]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with contextlib.closing(line):
            line.request("GET", "/readyz")
            answer = line.getresponse()
            return answer.status, json.loads(answer.read())

    def is_ready(self) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
            return self.report()[0] == 200
        return False

    def age(self, name: str) -> float:
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
            return float(self.report()[1]["checks"][name]["age_seconds"])
        return 1e9


@pytest.fixture(scope="module")
def desk(fresh: dict[str, str], at: Places) -> Iterator[Desk]:
    found = Desk(Path(__file__).parents[2], at, {**fresh, "PORT": str(free_port())})
    found.start()
    yield found
    if found.process and found.process.poll() is None:
        found.process.terminate()
        found.process.wait(120)


def test_every_check_of_readyz_passes(desk: Desk) -> None:
    status, report = desk.report()
    assert status == 200, report
    assert set(report["checks"]) == {"database", "broker", "worker", "beat", "outbox", "books", "totals", "armed", "trail"}


def test_a_second_one_on_the_same_data_is_refused_in_one_line(desk: Desk) -> None:
    second = subprocess.run([desk.root / "bin/run"], env=desk.environment, capture_output=True, text=True, timeout=120)
    assert second.returncode == 1
    assert second.stderr == f"bin/run: already running on {desk.at.data}; stop that one first, or set DATA_DIR and PORT\n"


def test_manage_prints_its_own_output_alone_and_leaves_the_desk_running(desk: Desk) -> None:
    before = servers(desk.at, "postgres")
    asked = subprocess.run(
        [desk.root / "bin/manage", "diffsettings", "--output", "unified"], env=desk.environment, capture_output=True, text=True, timeout=120
    )
    assert asked.returncode == 0, asked.stderr
    assert all(line[0] in "+-" for line in asked.stdout.splitlines() if line.strip() and not line.startswith(" "))
    assert set(before) & set(servers(desk.at, "postgres"))
    assert wait_until(desk.is_ready, 90, 0.05)


@pytest.mark.parametrize(
    "words",
    [
        "celery --app backoffice worker --pool prefork --concurrency 1 --queues desk",
        "celery --app backoffice worker --pool prefork --concurrency 1 --queues callbacks",
        "celery --app backoffice beat",
        "granian --interface wsgi",
        "granian --interface asginl",
    ],
)
def test_a_killed_process_is_started_again(desk: Desk, words: str) -> None:
    killed = [pid for pid in supervised(desk.at) if words in command(pid).replace("\n", " ")]
    assert killed
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: any(words in command(pid).replace("\n", " ") for pid in supervised(desk.at) if pid not in killed), 90, 0.05)
    assert wait_until(desk.is_ready, 90, 0.05)


def test_killed_servers_are_started_again_and_the_worker_goes_on(desk: Desk) -> None:
    for program in ("valkey-server", "postgres"):
        killed = servers(desk.at, program)
        os.kill(min(killed), signal.SIGKILL)
        assert wait_until(lambda gone=killed, name=program: set(servers(desk.at, name)) - set(gone), 90, 0.05)
    back = time.monotonic()
    # A sign younger than the restart went through both servers.
    assert wait_until(lambda: desk.is_ready() and desk.age("worker") < time.monotonic() - back, 120, 0.1), desk.report()


def test_after_the_supervisor_is_killed_the_next_one_takes_over_and_a_signal_stops_everything(desk: Desk) -> None:
    assert desk.process
    orphans = set(serving(desk.at)) - {desk.process.pid}
    desk.process.kill()
    desk.process.wait()
    assert orphans & set(serving(desk.at))
    desk.at.log("test").unlink()
    desk.start()
    assert not orphans & set(serving(desk.at))
    desk.process.terminate()
    assert desk.process.wait(120) == 0
    assert serving(desk.at) == []


def test_manage_starts_the_database_when_it_is_down_and_stops_it_again(desk: Desk) -> None:
    assert serving(desk.at) == []
    asked = subprocess.run([desk.root / "bin/manage", "migrate", "--check"], env=desk.environment, capture_output=True, text=True, timeout=120)
    assert (asked.returncode, asked.stdout) == (0, ""), asked.stderr
    assert serving(desk.at) == []
