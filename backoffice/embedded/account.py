"""PostgreSQL refuses to run as root: who it runs as then, and what that user can reach."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from backoffice.embedded.failures import Failed
from backoffice.embedded.places import Places


@dataclass(frozen=True)
class Account:
    uid: int | None = None
    gid: int | None = None

    @property
    def groups(self) -> list[int] | None:
        return None if self.uid is None else []

    def own(self, path: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def can(self, test: str, path: Path) -> bool:
        """`test` is a letter of test(1); asked as that user, since only the kernel knows all the parents' modes."""
        if self.uid is None:
            return True
        asked = subprocess.run(["/bin/sh", "-c", f'test -{test} "$1"', "sh", str(path)], user=self.uid, group=self.gid, extra_groups=[], cwd="/")
        return asked.returncode == 0


def server_account() -> Account:
    if os.geteuid():
        return Account()
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(found.pw_uid, found.pw_gid)
    raise Failed("PostgreSQL cannot run as root and there is no user postgres or nobody to run it as")


def socket_directory(places: Places) -> None:
    """Make the directory of the sockets; its name is guessable, so one that another user made is refused."""
    owner, path = server_account(), places.sockets
    path.mkdir(mode=0o700, exist_ok=True)
    if path.is_symlink() or path.lstat().st_uid not in {os.geteuid(), owner.uid}:
        raise Failed(f"{path} belongs to another user; remove it or set TMPDIR")
    path.chmod(0o700)
    owner.own(path)
