"""What backup and restore refuse, before they touch anything."""

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from backoffice.embedded import dumps, restore
from backoffice.embedded.failures import Failed
from backoffice.embedded.places import ROOT, places


def ran(module: str, *arguments: str | Path, data: Path) -> tuple[int, str]:
    """On the server of this test run, which is in use."""
    environment = {**os.environ, "DATA_DIR": str(data)}
    argv = [sys.executable, "-m", f"backoffice.embedded.{module}", *map(str, arguments)]
    done = subprocess.run(argv, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stderr.strip()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    found = tmp_path / "data"
    (found / "files").mkdir(parents=True)
    (found / "files" / "upload.csv").write_text("a,b\n")
    return found


@pytest.fixture
def backup(data: Path, tmp_path: Path) -> Path:
    made = tmp_path / "backup"
    assert ran("backup", made, data=data) == (0, "")
    return made


def test_a_backup_is_private_and_holds_no_secret(data: Path, backup: Path) -> None:
    assert [oct(path.stat().st_mode & 0o777) for path in (backup, *sorted(backup.iterdir()))] == ["0o700", "0o600", "0o600", "0o600"]
    manifest = json.loads((backup / "manifest.json").read_text())
    assert set(manifest["sha256"]) == {"database.dump", "files.tar"}
    password = os.environ["DATABASE_URL"].partition("//")[2].partition("@")[0].partition(":")[2]
    assert not any(password.encode() in path.read_bytes() for path in backup.iterdir())


def test_it_never_writes_over_another(data: Path, backup: Path) -> None:
    before = (backup / "manifest.json").read_bytes()
    assert ran("backup", backup, data=data) == (1, f"bin/backup: {backup} exists already; name a new one")
    assert (backup / "manifest.json").read_bytes() == before


def test_nothing_is_left_of_one_that_failed(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@/none?host=/nowhere")
    status, said = ran("backup", tmp_path / "failed", data=data)
    assert (status, "pg_dump failed" in said, (tmp_path / "failed").exists()) == (1, True, False)


@pytest.mark.parametrize(("name", "said"), [("database.dump", "is not as it was written"), ("manifest.json", "holds no whole backup")])
def test_a_damaged_one_is_refused(data: Path, backup: Path, tmp_path: Path, name: str, said: str) -> None:
    with (backup / name).open("r+b") as file:
        file.write(b"damage")
    status, told = ran("restore", backup, data=tmp_path / "elsewhere")
    assert (status, said in told) == (1, True), told


@pytest.mark.django_db
def test_a_database_that_is_in_use_is_refused(backup: Path, tmp_path: Path, settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    used = settings.DATABASES["default"]  # type: ignore[attr-defined]  # the fixture of pytest-django
    monkeypatch.setenv("DATABASE_URL", f"postgresql://{used['USER']}:{used['PASSWORD']}@/{used['NAME']}?host={used['HOST']}")
    status, told = ran("restore", backup, data=tmp_path / "elsewhere")
    assert (status, "the database is not empty" in told) == (1, True), told


def test_passwords_are_no_arguments(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whoever may list processes reads what they are called with."""
    seen = tmp_path / "seen"
    program = tmp_path / "pg_dump"
    program.write_text(f'#!/bin/sh\necho "$@" > {seen}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    dumps.run("pg_dump", "--format=custom", database="postgresql://desk:hunter2@db/backoffice")
    assert "hunter2" not in seen.read_text()


@pytest.mark.parametrize(("name", "kind"), [("files/../escaped", tarfile.REGTYPE), ("/escaped", tarfile.REGTYPE), ("files/link", tarfile.SYMTYPE)])
def test_an_archive_reaches_nothing_outside_its_folder(tmp_path: Path, name: str, kind: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, "/etc/passwd"
    with tarfile.open(tmp_path / "files.tar", "w") as archive:
        archive.addfile(member)
    at = places(tmp_path / "desk")
    with pytest.raises(Failed, match="is no file of a desk"):
        restore._bring_files(at, tmp_path / "files.tar")
    assert not (at.data / "escaped").exists()
