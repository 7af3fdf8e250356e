"""F59: a backup taken in the middle of the load, restored elsewhere: its books balance, and it acts on nothing outside before a person arms it."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from backoffice.embedded.processes import wait_until
from tests.faults.audit import faults
from tests.faults.copied import Copy
from tests.faults.lab import Lab
from tests.faults.load import Load
from tests.faults.receiver import Reply
from tests.faults.test_report_mail import ASKED

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]

# Beat asks every job at its start, then every five seconds.
SILENT_SECONDS = 12
WAITING = "SELECT webhook_id FROM callbacks_callback WHERE state = 'Waiting'"
DUE = "UPDATE callbacks_callback SET next_attempt_at = now(), lease_until = NULL, lease_token = NULL, attempts = 0 WHERE state = 'Waiting'"
RESTED = "DELETE FROM callbacks_host"


@pytest.fixture
def copy(lab: Lab) -> Iterator[Copy]:
    found = Copy(lab)
    yield found
    found.stop()


def test_a_backup_under_load_is_whole_and_its_copy_waits_to_be_armed(lab: Lab, rng: Random, copy: Copy, tmp_path: Path) -> None:
    lab.execute("TRUNCATE reports_template, reports_report CASCADE")
    backup, secrets = tmp_path / "backup", tmp_path / "secrets"
    _back_up_under_load(lab, rng, backup, secrets)
    assert (backup.stat().st_mode & 0o777, sorted(path.name for path in backup.iterdir())) == (0o700, ["database.dump", "files.tar", "manifest.json"])
    copy.restore(backup, secrets)
    copy.start_servers()
    with copy.connect() as connection:
        assert faults(connection) == []
    copy.run("manage.py", "verify_audit")
    waiting = {webhook_id for (webhook_id,) in copy.rows(WAITING)}
    assert len(waiting) >= 5
    copy.execute(DUE)
    copy.execute(RESTED)
    copy.start_workers()
    assert wait_until(lambda: copy.rows("SELECT status FROM reports_report") == [("Completed",)], 90, 0.2), copy.rows(
        "SELECT status FROM reports_report"
    )
    time.sleep(SILENT_SECONDS)
    assert (copy.receiver.heard, copy.mails) == ([], [])
    assert {webhook_id for (webhook_id,) in copy.rows(WAITING)} == waiting
    copy.run("manage.py", "arm")
    assert wait_until(lambda: copy.rows(WAITING) == [] and len(copy.mails) >= 3, 90, 0.2), (copy.rows(WAITING), copy.mails)
    assert Counter(one.webhook_id for one in copy.receiver.heard) == dict.fromkeys(waiting, 1)
    assert len(copy.mails) == 3
    with copy.connect() as connection:
        assert faults(connection) == []


def _back_up_under_load(lab: Lab, rng: Random, backup: Path, secrets: Path) -> None:
    load = Load(lab, rng, accounts=4, hosts=3, pause=0.02)
    for url in load.urls:
        lab.receiver.script(url.split("/")[2].partition(":")[0], then=Reply(status=503))
    lab.call(ASKED)
    working = threading.Thread(target=lambda: load.run(seconds=6, threads=6))
    working.start()
    assert wait_until(lambda: lab.waiting() >= 5, 30, 0.05)
    said = lab.run("-m", "backoffice.embedded.backup", str(backup), "--secrets", str(secrets))
    assert working.is_alive(), "the load had ended before the backup did"
    assert "backed up" in said
    working.join()
    lab.receiver.release()
    load.prove()
