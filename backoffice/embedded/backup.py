"""`bin/backup DIR`: one moment of the database and the files beside it, while the desk works; secrets only into a directory of their own."""

import argparse
import os
import shutil
import sys
import tarfile
from datetime import UTC, datetime
from pathlib import Path

from backoffice.embedded import dumps
from backoffice.embedded.failures import Failed
from backoffice.embedded.places import Places, default_data, places
from backoffice.embedded.sharing import services


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/backup", description="Back up the desk of DATA_DIR, or the one that DATABASE_URL names.")
    parser.add_argument("directory", type=Path, help="where to; must not exist yet")
    parser.add_argument("--secrets", type=Path, metavar="DIR", help="copy the secrets too, into this directory: keep it apart from the backup")
    asked = parser.parse_args()
    os.umask(0o077)
    try:
        at = places(default_data())
        if asked.secrets:
            _new(asked.secrets)
        with services(at.data) as urls:
            make(at, urls.database, asked.directory)
        if asked.secrets:
            _copy_secrets(at, asked.secrets)
    except Failed as failure:
        print(f"bin/backup: {failure}", file=sys.stderr)
        return 1
    print(f"backed up into {asked.directory}")
    if not asked.secrets and at.secrets.exists():
        print(f"without the secrets of {at.secrets}: what they seal cannot be opened without them")
    return 0


def make(at: Places, database: str, directory: Path) -> None:
    """Appears whole or not at all."""
    _new(directory)
    draft = directory.with_name(directory.name + ".partial")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700, parents=True)
    made_at = datetime.now(UTC)
    # The database first: a file that is newer than its rows harms nobody, a row without its file would.
    dumps.run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={draft / dumps.DUMP}", database=database)
    _copy_files(at, draft / dumps.FILES)
    note = at.data / "first_start"
    dumps.write_manifest(draft, {"madeAt": made_at.isoformat(timespec="seconds"), "firstStart": note.read_text() if note.exists() else ""})
    for path in (*draft.iterdir(), draft):
        _to_disk(path)
    draft.rename(directory)


def _new(directory: Path) -> None:
    if directory.exists():
        raise Failed(f"{directory} exists already; name a new one")


def _copy_files(at: Places, to: Path) -> None:
    with tarfile.open(to, "w") as archive:
        for path in sorted((at.data / "files").rglob("*")):
            try:
                archive.add(path, arcname=str(path.relative_to(at.data)), recursive=False)
            except FileNotFoundError:
                # It was removed meanwhile, as old reports are.
                continue


def _copy_secrets(at: Places, to: Path) -> None:
    to.mkdir(mode=0o700, parents=True)
    for path in at.secrets.iterdir():
        if path.is_file() and path.name != dumps.OF_THE_CLUSTER:
            shutil.copyfile(path, to / path.name)


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


if __name__ == "__main__":
    sys.exit(main())
