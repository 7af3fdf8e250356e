"""`bin/restore DIR`: a desk out of a backup, into an empty DATA_DIR or database; it stays disarmed until a person arms it."""

import argparse
import os
import shutil
import sys
import tarfile
from pathlib import Path

import psycopg

from backoffice.embedded import dumps, steps
from backoffice.embedded.failures import Failed
from backoffice.embedded.places import Places, default_data, places
from backoffice.embedded.sharing import environment, services

IS_EMPTY = "SELECT NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm'))"
DISARM = "UPDATE core_installation SET armed_as = '', changed_at = now()"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="bin/restore", description="Restore a backup into the empty DATA_DIR, or the empty database of DATABASE_URL."
    )
    parser.add_argument("directory", type=Path, help="what bin/backup made")
    parser.add_argument("--secrets", type=Path, metavar="DIR", help="the secrets that were backed up with it")
    asked = parser.parse_args()
    os.umask(0o077)
    try:
        restore(places(default_data()), asked.directory, asked.secrets)
    except Failed as failure:
        print(f"bin/restore: {failure}", file=sys.stderr)
        return 1
    print("restored and disarmed: it sends no callbacks and no mails and runs no schedules")
    print("look at it with bin/run and bin/manage audit_books; when no other one is at work, bin/manage arm")
    return 0


def restore(at: Places, directory: Path, secrets: Path | None) -> None:
    manifest = dumps.read_manifest(directory)
    if secrets:
        # Before anything makes new ones.
        _bring_secrets(at, secrets)
    with services(at.data) as urls:
        _require_empty(urls.database)
        arguments = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
        dumps.run("pg_restore", *arguments, f"--dbname={_name_of(urls.database)}", str(directory / dumps.DUMP), database=urls.database)
        _disarm(urls.database)
        steps.migrate(environment(at, urls))
        # A backup of an earlier release learnt of arming only now.
        _disarm(urls.database)
    _bring_files(at, directory / dumps.FILES)
    # Nothing of the demo is loaded over it.
    (at.data / "first_start").write_text(manifest["firstStart"] or steps.EMPTY)


def _bring_secrets(at: Places, secrets: Path) -> None:
    for path in sorted(secrets.iterdir()):
        to = at.secrets / path.name
        if path.name == dumps.OF_THE_CLUSTER or not path.is_file():
            continue
        if to.exists() and to.read_bytes() != path.read_bytes():
            raise Failed(f"{to} exists already and differs; restore into an empty DATA_DIR")
        shutil.copyfile(path, to)


def _bring_files(at: Places, archive: Path) -> None:
    """Plain files under `files` and nothing else: an archive may name any place and hold any kind. Its own filter came after Python 3.11."""
    with tarfile.open(archive) as found:
        for member in found:
            to = (at.data / member.name).resolve()
            if not (member.isfile() or member.isdir()) or not to.is_relative_to(at.data / "files"):
                raise Failed(f"{archive}: {member.name} is no file of a desk")
            content = found.extractfile(member)
            if content is None:
                to.mkdir(mode=0o700, parents=True, exist_ok=True)
                continue
            to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with content, to.open("wb") as out:
                shutil.copyfileobj(content, out)


def _require_empty(database: str) -> None:
    with psycopg.connect(database) as connection:
        found = connection.execute(IS_EMPTY).fetchone()
    if not found or not found[0]:
        raise Failed("the database is not empty; restore into an empty DATA_DIR, or name an empty database in DATABASE_URL")


def _disarm(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        if connection.execute("SELECT to_regclass('core_installation')").fetchone() != (None,):
            connection.execute(DISARM)
        connection.execute("ANALYZE")


def _name_of(database: str) -> str:
    return str(psycopg.conninfo.conninfo_to_dict(database)["dbname"])


if __name__ == "__main__":
    sys.exit(main())
