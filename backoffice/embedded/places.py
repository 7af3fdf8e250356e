"""Where everything the desk writes lies, for one data directory."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from backoffice.embedded.failures import Failed

ROOT = Path(__file__).resolve().parents[2]
# sun_path holds 107 characters and the longest socket name is `.s.PGSQL.5432.lock`.
LONGEST_SOCKET_DIRECTORY = 80


@dataclass(frozen=True)
class Places:
    data: Path

    @property
    def mark(self) -> str:
        """Stands in the command line or environment of every process that serves this data directory."""
        return "backoffice-" + hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]

    @property
    def secrets(self) -> Path:
        return self.data / "secrets"

    @property
    def logs(self) -> Path:
        return self.data / "log"

    @property
    def locks(self) -> Path:
        return self.data / "run"

    @property
    def static(self) -> Path:
        return self.data / "static"

    @property
    def postgres(self) -> Path:
        return self.data / "postgres"

    @property
    def valkey(self) -> Path:
        return self.data / "valkey"

    @property
    def sockets(self) -> Path:
        base = Path(tempfile.gettempdir())
        return (base if len(str(base)) + len(self.mark) < LONGEST_SOCKET_DIRECTORY else Path("/tmp")) / self.mark  # noqa: S108  a place to look for, its folder is made private

    @property
    def uploads(self) -> Path:
        """Where the web server puts a file while it arrives."""
        return self.data / "tmp"

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"


def places(data: Path) -> Places:
    """The data directory, made when absent. Refuses: Failed when it cannot be written."""
    found = Places(data.resolve())
    try:
        # 0711: the server's own user must pass through to its directory, and need not list it.
        found.data.mkdir(mode=0o711, parents=True, exist_ok=True)
        for private in (found.secrets, found.logs, found.locks, found.valkey, found.uploads):
            private.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise Failed(f"cannot write to the data directory {found.data}: {error.strerror}") from error
    return found


def default_data() -> Path:
    return Path(os.environ.get("DATA_DIR") or ROOT / "var").resolve()
