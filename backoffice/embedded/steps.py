"""What must be done before the desk serves: schema, first data, static files."""

import contextlib
import hashlib
import subprocess
import sys
from collections.abc import Generator, Mapping
from pathlib import Path

from backoffice.demo.receiver import secrets
from backoffice.embedded.failures import Failed
from backoffice.embedded.places import ROOT, Places

EMPTY, DEMO = "empty\n", "demo with money\n"
# Its trades moved no money, so the auditor closes its books.
EARLIER_DEMO = "demo\n"


def migrate(environment: Mapping[str, str]) -> None:
    _managed(environment, "migrate", "--verbosity", "0")


def first_data(at: Places, environment: Mapping[str, str], *, empty: bool) -> None:
    """Load the demo broker once. A desk begun empty stays so: the demo must never mix into somebody's data."""
    note = _first_start(at)
    if note.exists():
        return
    if not empty:
        _managed(environment, "seed_demo", "--first-start")
    note.write_text(EMPTY if empty else DEMO)


def is_demo(at: Places, *, empty: bool) -> bool:
    """Of a desk that begins now too."""
    note = _first_start(at)
    return note.read_text() in (DEMO, EARLIER_DEMO) if note.exists() else not empty


def warning(at: Places) -> str:
    """What whoever starts this desk should know of its data."""
    if _first_start(at).read_text() != EARLIER_DEMO:
        return ""
    return f"this demo is of an earlier version, whose trades moved no money: its books close. Stop, remove {at.data} and run again for today's"


def receiver_beside(at: Places, environment: Mapping[str, str], *, port: int) -> dict[str, str]:
    """What the desk needs to call the demo's receiver, which keeps the port that its gateway was made with; what is set already stands."""
    gateway = secrets.read(at.data)
    chosen = gateway.receiver_port if gateway else port + 1
    plain = {"PLAIN_HTTP_CALLBACKS": "true", "CALLBACK_LOCAL_HOSTS": "receiver.demo.test=127.0.0.1"} if _is_development(environment) else {}
    return {"RECEIVER_PORT": str(chosen), **plain, **environment}


@contextlib.contextmanager
def static_files(at: Places, environment: Mapping[str, str]) -> Generator[None]:
    """Collect and compress them while the body runs, but only when one has changed since."""
    note = at.static / ".collected"
    now = _fingerprint()
    if note.exists() and note.read_text() == now:
        yield
        return
    argv = _command("collectstatic", "--no-input", "--clear", "--verbosity", "0")
    with subprocess.Popen(argv, env=dict(environment), cwd=ROOT, stdin=subprocess.DEVNULL) as collecting:
        try:
            yield
            _require(collecting.wait(), "collectstatic")
            note.write_text(now)
        finally:
            collecting.kill()


def demo_sign_ins(at: Places, environment: Mapping[str, str]) -> str:
    if _first_start(at).read_text() == EMPTY:
        return ""
    done = subprocess.run(_command("demo_sign_ins"), env=dict(environment), cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""


def _is_development(environment: Mapping[str, str]) -> bool:
    return environment.get("DESK_ENV", "production") != "production"


def _first_start(at: Places) -> Path:
    return at.data / "first_start"


def _managed(environment: Mapping[str, str], *arguments: str) -> None:
    # Its standard input is closed: nothing here may wait for an answer.
    done = subprocess.run(_command(*arguments), env=dict(environment), cwd=ROOT, stdin=subprocess.DEVNULL)
    _require(done.returncode, arguments[0])


def _require(status: int, name: str) -> None:
    if status:
        raise Failed(f"`manage.py {name}` failed with status {status}")


def _command(*arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "manage.py"), *arguments]


def _fingerprint() -> str:
    seen = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for directory in (ROOT / "static", *sorted(ROOT.glob("*/static")), *sorted(ROOT.glob("backoffice/*/static"))):
        for path in sorted(directory.rglob("*")):
            seen.update(f"{path}{path.stat().st_size}{path.stat().st_mtime_ns}".encode())
    return seen.hexdigest()
